const WIDTH = 16

/** Lines of offset, 16 bytes in hexadecimal, and the same as text (a dot for what is not printable ASCII). */
export function hexdumpOf(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH)
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'))
    const left = hex.slice(0, 8).join(' ')
    const right = hex.slice(8).join(' ')
    const text = Array.from(row, (byte) => (byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${left.padEnd(23)}  ${right.padEnd(23)}  ${text}`)
  }
  return lines.join('\n')
}
