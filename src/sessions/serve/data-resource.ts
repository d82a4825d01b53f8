/** Bytes in memory as something that can be downloaded. */
import { createHash } from 'node:crypto'
import type { Resource } from './resource.js'

/** Pieces that are sent at once, bytes. */
const PIECE = 512 * 1024

/** @param type media type, with the character set where it is text */
export function dataResource(name: string, type: string, bytes: Uint8Array, modified = new Date()): Resource {
  return {
    name,
    type,
    size: bytes.length,
    modified,
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    disposition: 'attachment',
    async *read(start, end = bytes.length) {
      for (let at = start; at < end; at += PIECE) yield bytes.subarray(at, Math.min(end, at + PIECE))
    },
  }
}
