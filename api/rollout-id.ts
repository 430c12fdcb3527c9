import { createHash, randomBytes } from 'node:crypto'
import type { Document } from '../rollout/document/types.ts'

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** `fraud-scorer-38-x7k2p9ab`: new every time. */
export function newRolloutId(document: Document): string {
  const version = /\/(\d+)$/.exec(document.model.package)?.[1]
  return [document.name, ...(version ? [version] : []), write(randomBytes(8))].join('-')
}

/**
 * `ci-x7k2p9abcd3f5h7j`: the same for the same key of the same credential. It must not depend on the document: one key
 * with two documents has to meet itself.
 */
export function keyedRolloutId(credential: string, key: string): string {
  const slug = credential
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 20)
  return `${slug || 'key'}-${write(hash(`${credential}\0${key}`).subarray(0, 16))}`
}

/** `fraud-scorer-38-x7k2p9ab-undo-k3m5`: the same for the same decision. */
export function undoRolloutId(rolloutId: string, decisionId: string): string {
  return undoPrefix(rolloutId) + write(hash(`${rolloutId}\0${decisionId}`).subarray(0, 6))
}

/** How the ids of all undos of a rollout begin; of two rollouts with very long ids, those of both may. */
export function undoPrefix(rolloutId: string): string {
  return `${rolloutId.slice(0, 48)}-undo-`
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** One letter a byte; 32 letters, so every one is as likely. */
function write(bytes: Buffer): string {
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')
}
