/** The bytes of a datagram that are there so far: pieces in order, which do not overlap. */

/** Bytes of a datagram and where they belong in it. */
export interface Piece {
  start: number
  data: Uint8Array
}

/** Position of the first piece that ends behind `offset`. */
function position(pieces: readonly Piece[], offset: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const piece = pieces[middle]!
    if (piece.start + piece.data.length <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** The parts of `data` for which nothing is there yet. */
export function missingParts(pieces: readonly Piece[], offset: number, data: Uint8Array): Piece[] {
  const end = offset + data.length
  const missing: Piece[] = []
  let from = offset
  for (let i = position(pieces, offset); i < pieces.length && pieces[i]!.start < end; i++) {
    const piece = pieces[i]!
    if (piece.start > from) missing.push({ start: from, data: data.subarray(from - offset, piece.start - offset) })
    from = Math.max(from, piece.start + piece.data.length)
  }
  if (from < end) missing.push({ start: from, data: data.subarray(from - offset) })
  return missing
}

/** Puts a part in its place; it must not overlap. */
export function insert(pieces: Piece[], piece: Piece): void {
  pieces.splice(position(pieces, piece.start), 0, piece)
}

/** Whether these very bytes are there; in IPv6 only as one fragment of the same extent. RFC 8200 §4.5. */
export function isSame(pieces: readonly Piece[], offset: number, data: Uint8Array, version: 4 | 6): boolean {
  let from = offset
  const end = offset + data.length
  for (let i = position(pieces, offset); from < end; i++) {
    const piece = pieces[i]
    if (piece === undefined || piece.start > from) return false
    if (version === 6 && (piece.start !== offset || piece.data.length !== data.length)) return false
    const until = Math.min(end, piece.start + piece.data.length)
    for (; from < until; from++) if (piece.data[from - piece.start] !== data[from - offset]) return false
  }
  return true
}

/** All of it, when nothing is missing. */
export function joined(pieces: readonly Piece[], total: number): Uint8Array {
  const data = new Uint8Array(total)
  for (const piece of pieces) data.set(piece.data, piece.start)
  return data
}
