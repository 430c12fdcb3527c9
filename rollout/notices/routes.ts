import type { NotifySettings } from './settings.ts'
import type { NoticeEvent } from './types.ts'

type Routed = Pick<NotifySettings, 'channels' | 'routes'>

/** Channels that get an event of a model. What needs a person goes to every channel, so that no route can lose it. */
export function channelsFor(
  { channels, routes }: Routed,
  model: string,
  event: NoticeEvent,
): readonly string[] {
  const all = Object.keys(channels)
  if (event === 'needs-human') return all
  const wanted = routes.filter(
    (route) =>
      (route.models?.some((pattern) => fits(pattern, model)) ?? true) &&
      (route.events?.includes(event) ?? true),
  )
  return all.filter((name) => wanted.some((route) => route.to.includes(name)))
}

/** Slack channels that show the rollouts of a model: those that any of its routes leads to. */
export function showsIn({ channels, routes }: Routed, model: string): readonly string[] {
  const here = routes.filter((route) => route.models?.some((pattern) => fits(pattern, model)) ?? true)
  return Object.entries(channels)
    .filter(([name, channel]) => channel.slack && here.some((route) => route.to.includes(name)))
    .map(([name]) => name)
}

function fits(pattern: string, model: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === model
  if (!model.startsWith(first)) return false
  let from = first.length
  for (const [index, part] of rest.entries()) {
    const last = index === rest.length - 1
    const at = last && part !== '' ? model.length - part.length : model.indexOf(part, from)
    if (at < from || !model.startsWith(part, at)) return false
    from = at + part.length
  }
  return true
}
