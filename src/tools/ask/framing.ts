/** Messages over TCP that stand behind their length, two bytes: DNS (RFC 1035 §4.2.2) and OpenVPN. */

/** A message behind its length. */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + message.length)
  bytes[0] = message.length >>> 8
  bytes[1] = message.length
  bytes.set(message, 2)
  return bytes
}

/**
 * Takes messages apart: given all bytes that have come so far, it gives what `accept` makes of the first message that is an
 * answer; undefined while there is none. Each message is looked at once.
 */
export function takeFramed<T>(accept: (message: Uint8Array) => T | undefined): (bytes: Uint8Array) => T | undefined {
  let start = 0
  return (bytes) => {
    while (bytes.length >= start + 2) {
      const end = start + 2 + ((bytes[start]! << 8) | bytes[start + 1]!)
      if (bytes.length < end) return undefined
      const taken = accept(bytes.subarray(start + 2, end))
      if (taken !== undefined) return taken
      start = end
    }
    return undefined
  }
}
