/** Why a capture file could not be opened, read or written at all. */
export type CaptureErrorCode =
  | 'NOT_FOUND'
  | 'PERMISSION'
  | 'DIRECTORY'
  | 'EMPTY'
  | 'NOT_A_CAPTURE'
  | 'UNSUPPORTED'
  | 'MIXED_LINK_TYPES'
  | 'NO_LINK_TYPE'
  | 'TOO_LARGE'
  | 'DAMAGED'
  | 'INPUT_OUTPUT'

/** Thrown when nothing of a capture file can be used. The message is for the user: what, where, what to do. */
export class CaptureFileError extends Error {
  override readonly name = 'CaptureFileError'

  constructor(
    readonly code: CaptureErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Where and how a capture file is damaged, as a parser sees it. */
export interface CaptureFault {
  /** Bytes from the start of the (uncompressed) data. */
  offset: number
  /** Number of the first packet that is missing, counted from 1 as in Wireshark. */
  packetNumber: number
  /** What should have stood there. */
  expected: string
  /** What stands there. */
  found: string
}

/** One damaged place in a capture file; everything before it was read. */
export class CaptureWarning {
  readonly file: string
  readonly offset: number
  readonly packetNumber: number
  readonly expected: string
  readonly found: string

  constructor(
    file: string,
    fault: CaptureFault,
    /** Number of further damaged blocks that were passed over. */
    readonly more: number = 0,
    compressed = false,
  ) {
    this.file = file
    this.offset = fault.offset
    this.packetNumber = fault.packetNumber
    this.expected = fault.expected
    this.found = fault.found
    this.#compressed = compressed
  }

  readonly #compressed: boolean

  /** The whole warning in one line. */
  get message(): string {
    const place = this.#compressed ? `byte ${this.offset} of the uncompressed data` : `byte ${this.offset}`
    const before = this.packetNumber - 1
    const intact =
      before === 0
        ? 'no packet can be read'
        : before === 1
          ? '1 packet before it is intact'
          : `${before} packets before it are intact`
    const more =
      this.more === 0 ? '' : ` (and ${this.more} more damaged block${this.more === 1 ? '' : 's'}, passed over)`
    return (
      `${this.file}: damaged at packet ${this.packetNumber}, ${place}: ` +
      `expected ${this.expected}, found ${this.found}${more}; ${intact}`
    )
  }

  toString(): string {
    return this.message
  }
}

/** Turns an error of the file system into one for the user. */
export function fileSystemError(file: string, error: unknown, doing: 'read' | 'write'): CaptureFileError {
  const cause = error as NodeJS.ErrnoException
  const fail = (code: CaptureErrorCode, text: string): CaptureFileError =>
    new CaptureFileError(code, `${file}: ${text}`, { cause })
  switch (cause.code) {
    case 'ENOENT':
      return doing === 'read'
        ? fail('NOT_FOUND', 'there is no such file')
        : fail('NOT_FOUND', 'the folder for it does not exist; create it first')
    case 'EACCES':
    case 'EPERM':
      return fail('PERMISSION', `no permission to ${doing} it; check its mode and owner with ls -l, or use sudo`)
    case 'EROFS':
      return fail('PERMISSION', 'the file system is read-only; write somewhere else')
    case 'EISDIR':
      return fail('DIRECTORY', 'is a directory, not a capture file; name a file in it')
    case 'ENOTDIR':
      return fail('NOT_FOUND', 'a part of the path before the last is a file, not a directory')
    case 'ENOSPC':
      return fail('INPUT_OUTPUT', 'the disk is full; the end of the file is missing')
    default:
      return fail('INPUT_OUTPUT', `cannot ${doing} it: ${cause.message ?? String(error)}`)
  }
}
