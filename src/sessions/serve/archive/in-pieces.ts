/** Bytes in pieces of one size. */

/** The same bytes in pieces of a size, the last one smaller; each has its memory to itself. */
export async function* inPieces(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(size)
  let length = 0
  for await (const bytes of pieces) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + size - length)
      piece.set(part, length)
      length += part.length
      at += part.length
      if (length < size) break
      yield piece
      piece = Buffer.allocUnsafeSlow(size)
      length = 0
    }
  }
  if (length > 0) yield piece.subarray(0, length)
}
