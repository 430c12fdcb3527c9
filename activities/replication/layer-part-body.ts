import type { UploadLayerPartCommand } from '@aws-sdk/client-ecr'

/** A multiple of three bytes, so that no piece but the last is padded. */
const pieceBytes = 96 * 1024
const noBytes = new Uint8Array()

/** What the part is sent as when its bytes are written by `writeLayerPart`. */
export const withoutBytes = { layerPartBlob: noBytes } as const

/** Room for the body of a part of so many bytes, with the other members of the request. */
export function roomForLayerPart(partBytes: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.ceil(partBytes / 3) * 4 + 4_096)
}

/**
 * Makes the request's body here, into `room`: the SDK writes base64 byte by byte in JavaScript, which is most of what copying
 * an image costs; Node's own is ten times as fast, and the room is used for every part.
 */
export function writeLayerPart(command: UploadLayerPartCommand, part: Buffer, room: Buffer): void {
  const { layerPartBlob: _none, ...members } = command.input
  let end = room.write(`${JSON.stringify(members).slice(0, -1)},"layerPartBlob":"`, 0, 'utf8')
  for (let at = 0; at < part.length; at += pieceBytes) {
    end += room.write(part.toString('base64', at, Math.min(at + pieceBytes, part.length)), end, 'latin1')
  }
  end += room.write('"}', end, 'latin1')
  const body = room.subarray(0, end)
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { body })
      return next(args)
    },
    // After the SDK's own serializer, before anything measures or signs the body.
    { step: 'serialize', priority: 'low', name: 'writeLayerPart' },
  )
}
