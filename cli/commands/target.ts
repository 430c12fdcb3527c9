import { exitCodes } from '../../rollout/outcome.ts'
import { CliFailure } from '../failure.ts'
import { connect, type RemoteOptions } from './context.ts'

/** What serves at a target, since when, and by which rollout. */
export async function target(key: string, options: RemoteOptions): Promise<number> {
  const [account, region, endpoint, ...rest] = key.split('/')
  if (!account || !region || !endpoint || rest.length > 0) {
    throw new CliFailure(exitCodes.usage, `${key}: must be ACCOUNT/REGION/ENDPOINT`, {
      cure: 'Such as 333333333333/eu-west-1/fraud-scorer; `sluice get ID` shows the targets of a rollout.',
    })
  }
  const { client, terminal, json } = connect(options)
  const answer = await client.target(account, region, endpoint)
  if (json) {
    terminal.json(answer)
    return exitCodes.fine
  }
  const { serving, current } = answer
  terminal.out(
    serving
      ? `${serving.package} serves since ${serving.since}, by ${serving.rollout}`
      : 'no rollout that Temporal still keeps brought what serves there',
  )
  if (current) {
    const weight = current.actual === undefined ? '' : `, ${current.actual} % on ${current.package}`
    terminal.out(`${current.rollout} works on it: ${current.phase}, ${current.message}${weight}`)
  }
  if (answer.stale) terminal.note('no worker answers: this is what rollouts last wrote down')
  return exitCodes.fine
}
