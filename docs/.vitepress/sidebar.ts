import type { DefaultTheme } from 'vitepress'

/** Every page once, by what a reader came for. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'All pages', link: '/index.md' },
      { text: 'Getting started', link: '/getting-started.md' },
      { text: 'The web page', link: '/web.md' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'Write a document', link: '/guides/write-a-document.md' },
      { text: 'Connect real accounts', link: '/real-accounts.md' },
      { text: 'Approve from Slack', link: '/slack.md' },
      { text: 'Add a Region', link: '/guides/add-a-region.md' },
      { text: 'Undo', link: '/guides/undo.md' },
      { text: 'Read a rollback', link: '/guides/read-a-rollback.md' },
      { text: 'Keep quiet times', link: '/guides/keep-quiet-times.md' },
      { text: 'Tell people', link: '/notifications.md' },
      { text: 'Bring your own test', link: '/test-service.md' },
    ],
  },
  {
    text: 'Reference',
    items: [
      {
        text: 'Rollout document',
        link: '/document.md',
        items: [{ text: 'Every key', link: '/reference/document.md' }],
      },
      { text: 'Calendar', link: '/reference/calendar.md' },
      { text: 'Notifications file', link: '/reference/notifications.md' },
      {
        text: 'Command line',
        link: '/cli.md',
        items: [{ text: 'Every command', link: '/reference/commands.md' }],
      },
      { text: 'HTTP API', link: '/api.md', items: [{ text: 'Every request', link: '/reference/http.md' }] },
      { text: 'Variables', link: '/reference/variables.md' },
      { text: 'Metrics', link: '/operations.md#metrics' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'Troubleshooting', link: '/troubleshooting.md' },
      { text: 'Operations', link: '/operations.md' },
      { text: 'Security', link: '/security.md' },
      { text: 'Reliability', link: '/reliability.md' },
      { text: 'Performance', link: '/performance.md' },
    ],
  },
  {
    text: 'Understand',
    items: [
      { text: 'Architecture', link: '/architecture.md' },
      { text: 'The sandbox', link: '/sandbox.md' },
      { text: 'What is shown by what', link: '/proof.md' },
      { text: 'Contributing', link: '/source/CONTRIBUTING.md' },
    ],
  },
]

export const nav: DefaultTheme.NavItem[] = [
  { text: 'Get started', link: '/getting-started.md' },
  { text: 'Troubleshooting', link: '/troubleshooting.md' },
]
