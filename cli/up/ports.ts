import { isPortTaken } from '../embedded/ports.ts'

/** Where `sluice up` and `sluice demo` listen unless somebody else does already. */
export const usualPorts = { api: 8080, ui: 8233, temporal: 7233, sandbox: 4566 } as const

/** The usual port if it is free; else undefined, and the listener takes any free one. */
export async function usualPort(name: keyof typeof usualPorts): Promise<number | undefined> {
  const port = usualPorts[name]
  return (await isPortTaken(port)) ? undefined : port
}
