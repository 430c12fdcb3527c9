import { readFile } from 'node:fs/promises'

/** What a process uses, as Linux tells it. */
export interface Usage {
  readonly rssMiB: number
  /** CPU time since it started, user and system. */
  readonly cpuSeconds: number
}

/** Linux counts CPU time in hundredths of a second wherever Node runs. */
const ticksPerSecond = 100

/** Reads /proc. Throws where there is none, or when the process is gone. */
export async function usageOf(pid: number): Promise<Usage> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ])
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
  // The name of the program, in parentheses, may hold blanks: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { rssMiB: kib / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond }
}

/** What `watchMemory` has seen. */
export interface MemoryWatch {
  /** Ends the watch. Memory over time, evenly spaced. */
  stop(): readonly number[]
}

/** Samples a process's resident memory, MiB, until stopped or until it is gone. */
export function watchMemory(pid: number, everyMs = 100): MemoryWatch {
  const samples: number[] = []
  const timer = setInterval(() => {
    usageOf(pid).then(
      ({ rssMiB }) => samples.push(rssMiB),
      () => clearInterval(timer),
    )
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return samples
    },
  }
}
