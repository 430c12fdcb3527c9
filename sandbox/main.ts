import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startSandbox } from './start.ts'

const usage =
  'usage: node --import tsx sandbox/main.ts [--port 4566] [--clock-rate 60] [--random-seed 1] [--seed FILE.json]'

const readNumber = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!(value >= least))
    throw new RangeError(`--${name}: found '${text}', allowed is a number of at least ${least}`)
  return value
}

const run = async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      'clock-rate': { type: 'string', default: '1' },
      'random-seed': { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  })
  const clockRate = readNumber('clock-rate', values['clock-rate'], 0.001)
  const sandbox = await startSandbox({
    port: readNumber('port', values.port, 0),
    clockRate,
    randomSeed: readNumber('random-seed', values['random-seed'], 0),
    seed: values.seed === undefined ? {} : JSON.parse(readFileSync(values.seed, 'utf8')),
  })
  process.stdout.write(
    `Simulated AWS on ${sandbox.url} (clock rate ${clockRate})\n` +
      `  AWS_ENDPOINT_URL=${sandbox.url} AWS_ACCESS_KEY_ID=AKIA111111111111 AWS_SECRET_ACCESS_KEY=any\n` +
      `  control API: ${sandbox.url}/_sandbox/state\n`,
  )
  const stop = () => void sandbox.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  process.exit(64)
})
