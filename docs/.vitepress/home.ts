import type { DefaultTheme } from 'vitepress'

interface Home {
  readonly layout: 'home'
  readonly title: string
  readonly hero: {
    readonly name: string
    readonly text: string
    readonly tagline: string
    readonly image: { readonly light: string; readonly dark: string; readonly alt: string }
    readonly actions: readonly {
      readonly theme: 'brand' | 'alt'
      readonly text: string
      readonly link: string
    }[]
  }
  readonly features: readonly DefaultTheme.Feature[]
}

/** The first page of the site, above the index in docs/README.md. */
export const home: Home = {
  layout: 'home',
  title: 'Sluice',
  hero: {
    name: 'Sluice',
    text: 'Models to every Region, and back',
    tagline:
      'One document says what goes where. A durable workflow replicates, tests, asks, shifts traffic in steps while it watches, and undoes all of it when a part goes wrong.',
    image: {
      light: '/images/web-rollout.png',
      dark: '/images/web-rollout-dark.png',
      alt: 'A rollout while it bakes, on the web page',
    },
    actions: [
      { theme: 'brand', text: 'Get started in five minutes', link: '/getting-started.html' },
      { theme: 'alt', text: 'Connect real accounts', link: '/real-accounts.html' },
    ],
  },
  features: [
    {
      title: 'Approve from Slack',
      details: 'One message a rollout, with buttons where a person must decide.',
      link: '/slack.html',
    },
    {
      title: 'Add a Region',
      details: 'Two lines in the document; the plan says what would be created.',
      link: '/guides/add-a-region.html',
    },
    {
      title: 'Undo',
      details: 'By weights, within minutes, while the previous version still stands.',
      link: '/guides/undo.html',
    },
    {
      title: 'Read a rollback',
      details: 'Which alarm decided, at which value, and what was put back.',
      link: '/guides/read-a-rollback.html',
    },
    {
      title: 'Keep quiet times',
      details: 'Freezes by weekday, date or year, in time zones.',
      link: '/guides/keep-quiet-times.html',
    },
    {
      title: 'A message you do not understand',
      details: 'What every message means, why it is there, and the cure.',
      link: '/troubleshooting.html',
    },
  ],
}
