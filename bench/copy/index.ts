import { startChild } from '../support/child.ts'
import { usageOf, watchMemory } from '../support/process-usage.ts'
import type { Aim, Bench, BenchOptions, Table } from '../support/report.ts'
import { renderSpread, spread } from '../support/statistics.ts'
import type { SandboxProcess } from '../support/sandbox.ts'
import type { CopyJob, CopyTaken } from './copier.ts'
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

/** Replication of large objects and images: constant memory, and how near it comes to a plain stream over loopback. */
export const copy: Bench = async ({ quick, say }) => {
  const sizes = quick
    ? { objects: [16, 48], images: [16, 48] }
    : { objects: [256, 2_048], images: [128, 1_024] }
  say('a plain stream over loopback')
  const plain = await plainSpeed(Math.max(...sizes.objects), quick ? 2 : plainCopies)
  const copies = [
    ...(await copyAll({ say }, 'object through the worker', sizes.objects, { readable: false }, artifactJob)),
    ...(await copyAll({ say }, 'object by S3 itself', sizes.objects, { readable: true }, artifactJob)),
    ...(await copyAll({ say }, 'image', sizes.images, { readable: true }, imageJob)),
  ]
  const { median } = spread(plain)
  return { tables: [speedTable(copies, plain), memoryTable(copies)], aims: aimsOf(copies, median) }
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

/** MiB/s of each plain stream. */
async function plainSpeed(mib: number, times: number): Promise<readonly number[]> {
  const server = startChild('bench/copy/loopback.ts', ['serve'])
  const client = startChild('bench/copy/loopback.ts', ['copy'])
  try {
    const { port } = await server.next<{ port: number }>()
    const speeds: number[] = []
    for (let run = 0; run < times; run++) {
      client.send({ port, size: mib * 1024 ** 2 })
      const { seconds } = await client.next<{ seconds: number }>()
      speeds.push(mib / seconds)
    }
    return speeds
  } finally {
    await Promise.all([server.close(), client.close()])
  }
}

function speedTable(copies: readonly Copied[], plain: readonly number[]): Table {
  const { median } = spread(plain)
  return {
    title: 'Throughput, against a plain stream over loopback in the same run',
    columns: ['copy', 'MiB', 'seconds', 'MiB/s', 'plain ÷ this', 'CPU s, copying', 'CPU s, simulated AWS'],
    rows: [
      ['plain stream', '', '', renderSpread(spread(plain), 0), 1, '', ''],
      ...copies.map(({ what, mib, seconds, cpuSeconds, sandboxCpuSeconds }) => [
        what,
        mib,
        seconds,
        mib / seconds,
        median / (mib / seconds),
        cpuSeconds,
        sandboxCpuSeconds,
      ]),
    ],
    note: 'Plain stream: median (smallest–largest). An object "by S3 itself" moves no byte through the worker, and none through the simulated S3.',
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

function aimsOf(copies: readonly Copied[], plain: number): readonly Aim[] {
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
    const slower = plain / (large.mib / large.seconds)
    const speed: Aim = {
      aim: `${what}: near the machine's own copy speed (at most twice a plain stream's time)`,
      found: `${slower.toFixed(2)} times`,
      met: slower <= 2,
    }
    return [memory, speed]
  })
}
