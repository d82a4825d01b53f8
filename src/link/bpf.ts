/**
 * The BPF machine (the classic one: McCanne and Jacobson, "The BSD Packet Filter", 1993; opcodes in pcap/bpf.h). It
 * runs programs that libpcap compiled, over frames that are here already: no foreign call for each frame.
 */

/** A program, one array for each part of its instructions. */
export interface BpfProgram {
  code: Uint16Array
  /** Instructions to skip when a jump's condition holds. */
  jumpTrue: Uint8Array
  jumpFalse: Uint8Array
  k: Uint32Array
}

const BYTES_OF_INSTRUCTION = 8
const MEMORY_WORDS = 16
/** Classes of instructions, their lowest three bits. */
const ALU = 4
const JUMP = 5
/** Bits of a load that tell its size. */
const SIZE = 0x18

/** Reads an array of struct bpf_insn in this machine's byte order. */
export function readBpfProgram(bytes: Uint8Array, littleEndian: boolean): BpfProgram {
  const count = Math.floor(bytes.length / BYTES_OF_INSTRUCTION)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const program = {
    code: new Uint16Array(count),
    jumpTrue: new Uint8Array(count),
    jumpFalse: new Uint8Array(count),
    k: new Uint32Array(count),
  }
  for (let i = 0; i < count; i++) {
    const at = i * BYTES_OF_INSTRUCTION
    program.code[i] = view.getUint16(at, littleEndian)
    program.jumpTrue[i] = bytes[at + 2]!
    program.jumpFalse[i] = bytes[at + 3]!
    program.k[i] = view.getUint32(at + 4, littleEndian)
  }
  return program
}

const memory = new Uint32Array(MEMORY_WORDS)

/**
 * Runs a program over the frame in `bytes[start, end)` that had `originalLength` bytes on the wire. Returns what the
 * program returns: 0 for a frame that does not match, else how many bytes to keep. A load outside of the frame, an
 * unknown instruction and running off the end return 0.
 */
export function runBpf(
  program: BpfProgram,
  bytes: Uint8Array,
  originalLength: number,
  start: number,
  end: number,
): number {
  const { code, jumpTrue, jumpFalse, k } = program
  const count = code.length
  const length = end - start
  let a = 0 // unsigned 32-bit at all times
  let x = 0
  for (let pc = 0; pc < count; pc++) {
    const value = k[pc]!
    switch (code[pc]) {
      case 0x20: // ld [k], ldh [k], ldb [k]
      case 0x28:
      case 0x30: {
        const loaded = load(bytes, code[pc]! & SIZE, start + value, end)
        if (loaded < 0) return 0
        a = loaded
        break
      }
      case 0x40: // the same at [x + k]
      case 0x48:
      case 0x50: {
        const loaded = load(bytes, code[pc]! & SIZE, start + x + value, end)
        if (loaded < 0) return 0
        a = loaded
        break
      }
      case 0xb1: // ldxb 4*([k]&0xf)
        if (value >= length) return 0
        x = (bytes[start + value]! & 15) << 2
        break
      case 0x06: // ret k
        return value
      case 0x16: // ret a
        return a
      case 0x00: // ld k
        a = value
        break
      case 0x01: // ldx k
        x = value
        break
      case 0x80: // ld len
        a = originalLength >>> 0
        break
      case 0x81: // ldx len
        x = originalLength >>> 0
        break
      case 0x60: // ld M[k]
        a = memory[value & (MEMORY_WORDS - 1)]!
        break
      case 0x61:
        x = memory[value & (MEMORY_WORDS - 1)]!
        break
      case 0x02: // st M[k]
        memory[value & (MEMORY_WORDS - 1)] = a
        break
      case 0x03:
        memory[value & (MEMORY_WORDS - 1)] = x
        break
      case 0x07: // tax
        x = a
        break
      case 0x87: // txa
        a = x
        break
      default: {
        const operation = code[pc]!
        const operand = (operation & 8) === 0 ? value : x
        if ((operation & 7) === JUMP) {
          // Not by the operand: a jump that is always taken goes by k.
          if (operation === 0x05) pc += value
          else pc += holds(operation & 0xf0, a, operand) ? jumpTrue[pc]! : jumpFalse[pc]!
          break
        }
        const result = (operation & 7) === ALU ? arithmetic(operation & 0xf0, a, operand) : -1
        if (result < 0) return 0
        a = result
      }
    }
  }
  return 0
}

/** A number of 4, 2 or 1 bytes in network order, or -1 when it does not end by `end`. */
function load(bytes: Uint8Array, size: number, at: number, end: number): number {
  if (size === 0x10) return at < end ? bytes[at]! : -1
  if (size === 0x08) return at + 2 <= end ? (bytes[at]! << 8) | bytes[at + 1]! : -1
  if (at + 4 > end) return -1
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** The condition of a jump. */
function holds(operation: number, a: number, b: number): boolean {
  switch (operation) {
    case 0x10:
      return a === b
    case 0x20:
      return a > b
    case 0x30:
      return a >= b
    default:
      return (a & b) !== 0
  }
}

/** The ALU; -1 for a division by zero or an unknown operation. */
function arithmetic(operation: number, a: number, b: number): number {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0
    case 0x10:
      return (a - b) >>> 0
    case 0x20:
      return Math.imul(a, b) >>> 0
    case 0x30:
      return b === 0 ? -1 : Math.floor(a / b)
    case 0x40:
      return (a | b) >>> 0
    case 0x50:
      return (a & b) >>> 0
    case 0x60:
      return b < 32 ? (a << b) >>> 0 : 0
    case 0x70:
      return b < 32 ? a >>> b : 0
    case 0x80:
      return -a >>> 0
    case 0x90:
      return b === 0 ? -1 : a % b
    case 0xa0:
      return (a ^ b) >>> 0
    default:
      return -1
  }
}
