/**
 * Names of files are bytes, and not always UTF-8. Inside they are kept as text in which each character is one byte ('latin1'), which loses
 * nothing; people get them as text.
 */
import { isUtf8 } from 'node:buffer'

/** A name or path of a user, as bytes. */
export function bytesOf(text: string): string {
  return isPlain(text) ? text : Buffer.from(text).toString('latin1')
}

/** What a call of the system takes. */
export function bufferOf(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1')
}

/** Whether the bytes are text. */
export function isText(bytes: string): boolean {
  return isPlain(bytes) || isUtf8(bufferOf(bytes))
}

/** The text of the bytes; those that are no UTF-8 are written `\xe9`. */
export function textOf(bytes: string): string {
  if (isPlain(bytes)) return bytes
  const buffer = bufferOf(bytes)
  return isUtf8(buffer) ? buffer.toString() : escaped(buffer)
}

/** A character of UTF-8 has four bytes at most. */
const LONGEST = 4

function escaped(buffer: Buffer): string {
  let text = ''
  for (let at = 0; at < buffer.length; ) {
    let length = 1
    while (length <= LONGEST && !isUtf8(buffer.subarray(at, at + length))) length++
    if (length > LONGEST || at + length > buffer.length) {
      text += `\\x${buffer[at]!.toString(16).padStart(2, '0')}`
      at++
    } else {
      text += buffer.toString('utf8', at, at + length)
      at += length
    }
  }
  return text
}

function isPlain(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}
