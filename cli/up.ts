import { exitCodes } from '../rollout/outcome.ts'
import { usualPorts } from './up/ports.ts'
import { startStack, type LocalStack } from './up/start-stack.ts'
import { untilInterrupted } from './up/until-interrupted.ts'
import { CliFailure } from './failure.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export interface UpOptions {
  readonly db?: string
  readonly notify?: string
  readonly clockRate: string
}

/** Everything embedded, until Ctrl-C. */
export async function up({ db, notify, clockRate }: UpOptions): Promise<number> {
  const rate = Number(clockRate)
  if (!(rate > 0 && rate <= 1_000)) {
    throw new CliFailure(exitCodes.usage, `--clock-rate ${clockRate}: must be a number from above 0 to 1000`)
  }
  const terminal = openTerminal()
  const interrupted = untilInterrupted()
  const stack = await startStack({
    clockRate: rate,
    say: (line) => terminal.note(`… ${line}`),
    ...(db === undefined ? {} : { dbFile: db }),
    ...(notify === undefined ? {} : { notifyFile: notify }),
  })
  for (const line of describeStack(stack, rate, terminal)) terminal.out(line)
  const end = await Promise.race([
    interrupted.then((signal) => ({ signal })),
    stack.broken.then((reason) => ({ reason })),
  ])
  terminal.note('signal' in end ? '\nstopping…' : `stopping: ${end.reason}; see ${stack.logFile}`)
  await stack.close()
  return 'signal' in end ? exitCodes.fine : exitCodes.failed
}

/** Where everything is, and what to type first. */
export function describeStack(stack: LocalStack, rate: number, { colors }: Terminal): readonly string[] {
  const elsewhere = new URL(stack.apiUrl).port !== String(usualPorts.api)
  const server = elsewhere ? `SLUICE_SERVER=${stack.apiUrl} ` : ''
  return [
    '',
    colors.bold(`Sluice is up. One minute of a document takes ${duration(60 / rate)}.`),
    `  API           ${stack.apiUrl}`,
    ...(stack.temporalUiUrl === undefined ? [] : [`  Temporal UI   ${stack.temporalUiUrl}`]),
    `  Temporal      ${stack.temporalAddress}`,
    `  simulated AWS ${stack.sandboxUrl}`,
    `  logs          ${stack.logFile}`,
    '',
    'Try, in another terminal:',
    `  ${server}npx sluice start examples/three-regions.yaml --watch`,
    'and approve it as mia of ml-leads, who is not the one who started it:',
    `  ${server}SLUICE_TOKEN=${stack.people.tokens.mia} npx sluice approve ID --comment "golden set is fine"`,
    '',
    'Versions 39, 40 and 41 of the model are bad in ways of their own: put one into the document. Ctrl-C stops everything.',
  ]
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toFixed(1))} s`
}
