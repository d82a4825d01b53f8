import { CaptureFileError } from './capture-error.js'

/** First bytes of files that are often taken for captures, and what to do with them. */
const FOREIGN: readonly (readonly [start: string, what: string, remedy: string])[] = [
  ['28b52ffd', 'is compressed with zstd', 'unpack it first: zstd -d FILE'],
  ['fd377a585a00', 'is compressed with xz', 'unpack it first: xz -d FILE'],
  ['425a68', 'is compressed with bzip2', 'unpack it first: bzip2 -d FILE'],
  ['04224d18', 'is compressed with lz4', 'unpack it first: lz4 -d FILE'],
  ['504b0304', 'is a zip archive', 'unpack it first: unzip FILE'],
  ['1f8b', 'is gzipped twice', 'unpack it once: gunzip FILE'],
  ['736e6f6f70000000', 'is a Solaris snoop capture', 'convert it: editcap -F pcap FILE OUT'],
  ['474d4255', 'is a Network Monitor capture', 'convert it: editcap -F pcap FILE OUT'],
  ['5452534e49464620', 'is an NG Sniffer capture', 'convert it: editcap -F pcap FILE OUT'],
  ['7f454c46', 'is a program', 'name a pcap or pcapng file'],
]

/** The error for an input that is neither pcap nor pcapng, from its first bytes. */
export function notACapture(name: string, magic: Uint8Array, compressed: boolean): CaptureFileError {
  const inside = compressed ? 'the gzipped data ' : ''
  if (magic.length === 0) {
    return new CaptureFileError(
      'EMPTY',
      `${name}: ${compressed ? 'the gzipped data' : 'the file'} is empty (0 bytes); a capture has at least 24`,
    )
  }
  const hex = Buffer.from(magic).toString('hex')
  for (const [start, what, remedy] of FOREIGN) {
    if (hex.startsWith(start)) return new CaptureFileError('UNSUPPORTED', `${name}: ${inside}${what}; ${remedy}`)
  }
  if (magic.length < 4) {
    return new CaptureFileError(
      'NOT_A_CAPTURE',
      `${name}: ${inside}has ${magic.length} byte${magic.length === 1 ? '' : 's'}; a capture has at least 24`,
    )
  }
  const shown = hex.slice(0, 8).replace(/..(?=.)/g, '$& ')
  const words = /^[\x09\x0a\x0d\x20-\x7e]+$/.test(Buffer.from(magic).toString('latin1')) ? ', which is text' : ''
  return new CaptureFileError(
    'NOT_A_CAPTURE',
    `${name}: ${inside}is neither pcap nor pcapng: it starts with ${shown}${words}, not a1b2c3d4, a1b23c4d (either byte order) or 0a0d0d0a`,
  )
}
