import { startChild } from '../support/child.ts'
import { usageOf, watchMemory } from '../support/process-usage.ts'
import type { Aim, Bench, BenchOptions, Table } from '../support/report.ts'
import { renderSpread, spread } from '../support/statistics.ts'
import type { SandboxProcess } from '../support/sandbox.ts'
import type { CopyJob, CopyTaken } from './copier.ts'
import type { Demand, LoopbackCopy } from './loopback.ts'
import { credentials, planArtifact, planImage, startCopyWorld } from './world.ts'

/** One copy as it went. */
interface Copied {
  readonly what: string
  readonly mib: number
  readonly seconds: number
  /** Of the copying process. */
  readonly cpuSeconds: number
  readonly sandboxCpuSeconds: number
  /** Resident memory of the copying process in tenths of the copy, the most in each, MiB. */
  readonly memory: readonly number[]
  readonly idleMiB: number
}

const plainCopies = 5

/** MiB/s over loopback, of several streams for each demand. */
type Plain = Readonly<Record<Demand, readonly number[]>>

/** Replication of large objects and images: constant memory, and how near it comes to what the machine can do at best. */
export const copy: Bench = async ({ quick, say }) => {
  const sizes = quick
    ? { objects: [16, 48], images: [16, 48] }
    : { objects: [256, 2_048], images: [128, 1_024] }
  say('plain streams over loopback')
  const plain = await plainSpeeds(Math.max(...sizes.images), quick ? 2 : plainCopies)
  const copies = [
    ...(await copyAll({ say }, 'object through the worker', sizes.objects, { readable: false }, artifactJob)),
    ...(await copyAll({ say }, 'object by S3 itself', sizes.objects, { readable: true }, artifactJob)),
    ...(await copyAll({ say }, 'image', sizes.images, { readable: true }, imageJob)),
  ]
  return { tables: [speedTable(copies, plain), memoryTable(copies)], aims: aimsOf(copies, plain) }
}

type Plan = (sandbox: SandboxProcess, mib: number) => Promise<CopyJob>
const artifactJob: Plan = async (sandbox, mib) => ({
  kind: 'artifact',
  copy: await planArtifact(sandbox, mib),
})
const imageJob: Plan = async (sandbox, mib) => ({ kind: 'image', copy: await planImage(sandbox, mib) })

async function copyAll(
  { say }: Pick<BenchOptions, 'say'>,
  what: string,
  sizes: readonly number[],
  { readable }: { readonly readable: boolean },
  plan: Plan,
): Promise<readonly Copied[]> {
  const copies: Copied[] = []
  for (const mib of sizes) {
    say(`${what}, ${mib} MiB`)
    const of = what === 'image' ? { objects: [], images: [mib] } : { objects: [mib], images: [] }
    const sandbox = await startCopyWorld({ ...of, readable })
    const copier = startChild('bench/copy/copier.ts', [], credentials(sandbox))
    try {
      const job = await plan(sandbox, mib)
      const before = await usageOf(sandbox.pid)
      // The process has loaded everything by the time that it answers.
      copier.send(null)
      await copier.next()
      const idleMiB = (await usageOf(copier.pid)).rssMiB
      const memory = watchMemory(copier.pid, 20)
      copier.send(job)
      const { seconds, cpuSeconds } = await copier.next<CopyTaken>()
      const samples = [...memory.stop(), (await usageOf(copier.pid)).rssMiB]
      const after = await usageOf(sandbox.pid)
      const sandboxCpuSeconds = after.cpuSeconds - before.cpuSeconds
      copies.push({ what, mib, seconds, cpuSeconds, sandboxCpuSeconds, memory: tenths(samples), idleMiB })
    } finally {
      await copier.close()
      await sandbox.close()
    }
  }
  return copies
}

function tenths(samples: readonly number[]): readonly number[] {
  const parts = Math.min(10, samples.length)
  return Array.from({ length: parts }, (_, index) =>
    Math.max(
      ...samples.slice(
        Math.floor((index * samples.length) / parts),
        Math.floor(((index + 1) * samples.length) / parts),
      ),
    ),
  )
}

const demands: readonly Demand[] = ['stream', 's3', 'ecr']
const named: Readonly<Record<Demand, string>> = {
  stream: 'plain stream',
  s3: 'plain stream, hashed as S3 demands',
  ecr: 'plain stream, in base64 and JSON and hashed as ECR demands',
}

/** What the protocol of a copy demands of every byte. */
function demandOf({ what }: Pick<Copied, 'what'>): Demand {
  return what === 'image' ? 'ecr' : 's3'
}

async function plainSpeeds(mib: number, times: number): Promise<Plain> {
  const server = startChild('bench/copy/loopback.ts', ['serve'])
  const client = startChild('bench/copy/loopback.ts', ['copy'])
  try {
    const { port } = await server.next<{ port: number }>()
    const speeds: Record<Demand, number[]> = { stream: [], s3: [], ecr: [] }
    // In turns, so that what else the machine does meets all of them.
    for (let run = 0; run < times; run++) {
      for (const demand of demands) {
        const job: LoopbackCopy = { port, size: mib * 1024 ** 2, demand }
        client.send(job)
        const { seconds } = await client.next<{ seconds: number }>()
        speeds[demand].push(mib / seconds)
      }
    }
    return speeds
  } finally {
    await Promise.all([server.close(), client.close()])
  }
}

function speedTable(copies: readonly Copied[], plain: Plain): Table {
  const times = (demand: Demand, speed: number): number => spread(plain[demand]).median / speed
  return {
    title: 'Throughput, against streams over loopback in the same run',
    columns: [
      'copy',
      'MiB',
      'seconds',
      'MiB/s',
      'plain ÷ this',
      'with what is demanded ÷ this',
      'CPU s, copying',
      'CPU s, simulated AWS',
    ],
    rows: [
      ...demands.map((demand) => {
        const speeds = spread(plain[demand])
        return [named[demand], '', '', renderSpread(speeds, 0), times('stream', speeds.median), '', '', '']
      }),
      ...copies.map((copied) => {
        const { what, mib, seconds, cpuSeconds, sandboxCpuSeconds } = copied
        const speed = mib / seconds
        return [
          what,
          mib,
          seconds,
          speed,
          times('stream', speed),
          times(demandOf(copied), speed),
          cpuSeconds,
          sandboxCpuSeconds,
        ]
      }),
    ],
    note: 'Plain streams: median (smallest–largest). What is demanded of every byte of an object is SHA-256 by who sends it, and SHA-256 and MD5 by who receives it; of an image base64 in JSON, with SHA-256 on both sides. An object "by S3 itself" moves no byte through the worker, and none through the simulated S3.',
  }
}

function memoryTable(copies: readonly Copied[]): Table {
  return {
    title: 'Resident memory of the copying process, MiB: the most in each tenth of the copy',
    columns: ['copy', 'MiB', 'idle', ...Array.from({ length: 10 }, (_, index) => `${(index + 1) * 10} %`)],
    rows: copies.map(({ what, mib, idleMiB, memory }) => [
      what,
      mib,
      Math.round(idleMiB),
      ...Array.from({ length: 10 }, (_, index) => Math.round(memory[index] ?? memory.at(-1) ?? 0)),
    ]),
  }
}

function aimsOf(copies: readonly Copied[], plain: Plain): readonly Aim[] {
  const whats = [...new Set(copies.map(({ what }) => what))]
  return whats.flatMap((what) => {
    const [small, large] = copies.filter((one) => one.what === what)
    if (!small || !large) return []
    const peaks = [small, large].map(({ memory }) => Math.max(...memory)) as [number, number]
    const grown = peaks[1] / peaks[0]
    const memory: Aim = {
      aim: `${what}: memory does not grow with size (at most 1.25 times as much for ${large.mib / small.mib} times the bytes)`,
      found: `${Math.round(peaks[0])} and ${Math.round(peaks[1])} MiB, ${grown.toFixed(2)} times`,
      met: grown <= 1.25,
    }
    const slower = spread(plain[demandOf(large)]).median / (large.mib / large.seconds)
    const speed: Aim = {
      aim: `${what}: near the machine's own copy speed (at most twice the time of a stream with what is demanded)`,
      found: `${slower.toFixed(2)} times`,
      met: slower <= 2,
    }
    return [memory, speed]
  })
}
