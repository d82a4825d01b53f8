/** Capture files byte by byte, for what no tool writes. */

export interface Record {
  seconds?: number
  fraction?: number
  bytes: Uint8Array
  length?: number
  originalLength?: number
}

export function pcapFile(
  options: {
    magic?: number
    littleEndian?: boolean
    linkType?: number
    snaplen?: number
    version?: [number, number]
    extra?: number
  },
  records: Record[],
): Buffer {
  const little = options.littleEndian ?? true
  const header = Buffer.alloc(24)
  const view = viewOf(header)
  view.setUint32(0, options.magic ?? 0xa1b2c3d4, little)
  view.setUint16(4, options.version?.[0] ?? 2, little)
  view.setUint16(6, options.version?.[1] ?? 4, little)
  view.setUint32(16, options.snaplen ?? 262144, little)
  view.setUint32(20, options.linkType ?? 1, little)
  const parts: Uint8Array[] = [header]
  for (const record of records) {
    const head = Buffer.alloc(16 + (options.extra ?? 0))
    const headView = viewOf(head)
    headView.setUint32(0, record.seconds ?? 0, little)
    headView.setUint32(4, record.fraction ?? 0, little)
    headView.setUint32(8, record.length ?? record.bytes.length, little)
    headView.setUint32(12, record.originalLength ?? record.bytes.length, little)
    parts.push(head, record.bytes)
  }
  return Buffer.concat(parts)
}

/** Blocks of a pcapng file in one byte order. */
export class PcapngBuilder {
  readonly parts: Uint8Array[] = []

  constructor(readonly littleEndian = true) {}

  u16(value: number): Buffer {
    const bytes = Buffer.alloc(2)
    viewOf(bytes).setUint16(0, value, this.littleEndian)
    return bytes
  }

  u32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    viewOf(bytes).setUint32(0, value, this.littleEndian)
    return bytes
  }

  u64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8)
    viewOf(bytes).setBigInt64(0, value, this.littleEndian)
    return bytes
  }

  option(code: number, value: Uint8Array | string): Buffer {
    const bytes = Buffer.from(value as string)
    return Buffer.concat([this.u16(code), this.u16(bytes.length), pad(bytes)])
  }

  block(type: number, ...body: Uint8Array[]): this {
    const bytes = pad(Buffer.concat(body))
    const length = this.u32(bytes.length + 12)
    this.parts.push(this.u32(type), length, bytes, length)
    return this
  }

  section(...options: Uint8Array[]): this {
    return this.block(0x0a0d0d0a, this.u32(0x1a2b3c4d), this.u16(1), this.u16(0), this.u64(-1n), ...options)
  }

  interface(linkType: number, snaplen: number, ...options: Uint8Array[]): this {
    return this.block(1, this.u16(linkType), this.u16(0), this.u32(snaplen), ...options)
  }

  enhanced(interfaceId: number, ticks: bigint, bytes: Uint8Array, ...options: Uint8Array[]): this {
    const time = [this.u32(Number(ticks >> 32n)), this.u32(Number(ticks & 0xffffffffn))]
    return this.block(
      6,
      this.u32(interfaceId),
      ...time,
      this.u32(bytes.length),
      this.u32(bytes.length),
      pad(bytes),
      ...options,
    )
  }

  simple(originalLength: number, bytes: Uint8Array): this {
    return this.block(3, this.u32(originalLength), pad(bytes))
  }

  build(): Buffer {
    return Buffer.concat(this.parts)
  }
}

/** Bytes 0, 1, 2 … */
export function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index)
}

function pad(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
