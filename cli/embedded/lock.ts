import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const STALE_AFTER_MS = 15 * 60_000

/**
 * Runs `work` while holding a lock file, so that processes started together fetch a program once. A lock whose process
 * is gone, or that is older than any fetch can last, is taken over. (Should two processes take it over at once, both
 * fetch; the cache's rename keeps that harmless.)
 * @param onWait called once if another process holds the lock, with its process id
 */
export async function withLock<T>(
  path: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  let told = false
  while (!(await take(path))) {
    const holder = await holderOf(path)
    if (holder === undefined) continue
    if (!holder.alive) {
      await rm(path, { force: true })
      continue
    }
    if (!told) onWait(holder.pid)
    told = true
    await delay(250)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(path: string): Promise<{ pid: number; alive: boolean } | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const age = Date.now() - mtimeMs
    // An empty file is a lock whose owner has not written its id yet, or died before it could.
    if (text === '') return { pid: 0, alive: age < 5_000 }
    return { pid: Number(text), alive: age < STALE_AFTER_MS && isAlive(Number(text)) }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
