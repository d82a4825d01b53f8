import { describe, expect, test } from 'vitest'
import { type BpfProgram, readBpfProgram, runBpf } from '../../src/link/bpf.js'
import { compileProgram } from '../../src/link/filter.js'
import { pcapLibrary } from '../../src/link/pcap-library.js'

const EXPRESSIONS = [
  'tcp',
  'not tcp',
  'udp port 53',
  'tcp dst port 80 and host 10.0.0.1',
  'ip6 and tcp portrange 1000-2000',
  'net 10.0.0.0/8 or net 192.168.0.0/16',
  'icmp[icmptype] == icmp-echo',
  'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn',
  'ip[2:2] > 100 and ip[2:2] < 1000',
  'len > 60 and less 200',
  'vlan 5 and ip',
  'arp or rarp',
  'ether src 02:00:00:00:00:01',
  'ether multicast',
  'ip proto 47 or ip6 proto 58',
  'tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420',
  'ip[0] & 0xf != 5',
  '(ip[8] * 2 + 3) / 7 % 5 = 1 or -ip[8] = 0xffffffc0 or ip[8] ^ 3 = 67',
  'ip[6:2] & 0x1fff = 0 and udp[4:2] - 8 = len - 42',
  'mpls 100 and host 10.1.2.3',
]

/** Frames like those of a wire (so that deep branches are reached), cut and changed at random. Repeatable. */
function* frames(count: number): Generator<Uint8Array> {
  let state = 12345
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x100000000) * limit)
  }
  const any = <T>(list: readonly T[]): T => list[random(list.length)]!
  for (let i = 0; i < count; i++) {
    const frame = new Uint8Array(34 + random(300)).map(() => random(256))
    const view = new DataView(frame.buffer)
    frame.set(
      any([
        [2, 0, 0, 0, 0, 1],
        [255, 255, 255, 255, 255, 255],
      ]),
      any([0, 6]),
    )
    const kind = any([0x800, 0x800, 0x800, 0x86dd, 0x806, 0x8100, 0x8847])
    view.setUint16(12, kind)
    frame[14] = any([0x45, 0x45, 0x46, 0x60])
    if (kind === 0x8100) frame.set([0, any([5, 6]), 8, 0], 14)
    frame[20] = kind === 0x86dd ? any([6, 17, 58]) : any([0, 0, 0x40, 0x20])
    frame[21] = 0
    frame[22] = any([64, 255, 1])
    frame[23] = any([1, 6, 6, 17, 17, 47])
    frame.set(
      any([
        [10, 0, 0, 1],
        [192, 168, 1, 1],
        [1, 2, 3, 4],
      ]),
      any([26, 30]),
    )
    if (frame.length > 60) {
      view.setUint16(34, any([53, 80, 0x800, 1500]))
      view.setUint16(any([36, 54, 56]), any([53, 80, 1500]))
      frame[46] = 0x50
      frame.set(
        any([
          [0x47, 0x45, 0x54, 0x20],
          [5, 0xdc, 5, 0xdc],
        ]),
        54,
      )
    }
    yield frame.subarray(0, any([frame.length, frame.length, random(frame.length)]))
  }
}

/** What libpcap's own machine says. */
function offline(
  expression: string,
  snaplen: number,
): { match: (frame: Uint8Array, length: number) => number; free: () => void } {
  const pcap = pcapLibrary()
  const handle = pcap.openDead(1, snaplen)
  const program = new Uint8Array(16)
  if (pcap.compile(handle, program, expression, 1, 0xffffffff) < 0) throw new Error(pcap.getErr(handle))
  const header = new Uint8Array(24) // struct pcap_pkthdr of 64-bit systems: time, caplen, len
  const view = new DataView(header.buffer)
  return {
    match: (frame, length) => {
      view.setUint32(16, frame.length, true)
      view.setUint32(20, length, true)
      return pcap.offlineFilter(program, header, frame)
    },
    free: () => {
      pcap.freecode(program)
      pcap.close(handle)
    },
  }
}

describe('the BPF machine', () => {
  test.each(EXPRESSIONS)("agrees with libpcap's on 3000 frames: %s", (expression) => {
    const program = compileProgram(expression, 1, 65535)
    const reference = offline(expression, 65535)
    let matches = 0
    let number = 0
    for (const frame of frames(3000)) {
      const length = frame.length + (number++ % 3)
      // Inside a larger buffer, as in a batch.
      const buffer = new Uint8Array(frame.length + 40).fill(0xaa)
      buffer.set(frame, 17)
      const ours = runBpf(program, buffer, length, 17, 17 + frame.length)
      const theirs = reference.match(new Uint8Array(frame), length)
      if (ours !== theirs) expect({ ours, frame: Buffer.from(frame).toString('hex') }).toEqual({ ours: theirs })
      if (ours !== 0) matches++
    }
    reference.free()
    // An expression that never (or always) matches would prove little; MPLS and double conditions are rare.
    if (!/mpls|udp\[4/.test(expression)) expect(matches).toBeGreaterThan(0)
    expect(matches).toBeLessThan(3000)
  })

  const run = (instructions: [number, number, number, number][], bytes: number[] = []) => {
    const program: BpfProgram = {
      code: Uint16Array.from(instructions, (each) => each[0]),
      jumpTrue: Uint8Array.from(instructions, (each) => each[1]),
      jumpFalse: Uint8Array.from(instructions, (each) => each[2]),
      k: Uint32Array.from(instructions, (each) => each[3]),
    }
    return runBpf(program, Uint8Array.from(bytes), bytes.length, 0, bytes.length)
  }

  test('arithmetic is unsigned and of 32 bits', () => {
    const result = (code: number, start: number, k: number) =>
      run([
        [0x00, 0, 0, start],
        [code, 0, 0, k],
        [0x16, 0, 0, 0],
      ])
    expect(result(0x04, 0xffffffff, 2)).toBe(1)
    expect(result(0x14, 1, 2)).toBe(0xffffffff)
    expect(result(0x24, 0x10001, 0x10001)).toBe(0x20001)
    expect(result(0x34, 0xfffffffe, 2)).toBe(0x7fffffff)
    expect(result(0x94, 0xffffffff, 16)).toBe(15)
    expect(result(0x44, 0x80000000, 1)).toBe(0x80000001)
    expect(result(0x54, 0xffffffff, 0xf0000000)).toBe(0xf0000000)
    expect(result(0xa4, 0xffffffff, 1)).toBe(0xfffffffe)
    expect(result(0x64, 1, 31)).toBe(0x80000000)
    expect(result(0x64, 1, 32)).toBe(0)
    expect(result(0x74, 0x80000000, 31)).toBe(1)
    expect(result(0x84, 1, 0)).toBe(0xffffffff)
  })

  test('loads outside, division by zero, unknown instructions and a missing end do not match', () => {
    expect(
      run(
        [
          [0x20, 0, 0, 0],
          [0x06, 0, 0, 9],
        ],
        [1, 2, 3],
      ),
    ).toBe(0)
    expect(
      run(
        [
          [0x20, 0, 0, 0xfffffffd],
          [0x06, 0, 0, 9],
        ],
        [1, 2, 3],
      ),
    ).toBe(0)
    expect(
      run(
        [
          [0x30, 0, 0, 2],
          [0x16, 0, 0, 0],
        ],
        [1, 2, 3],
      ),
    ).toBe(3)
    expect(
      run([
        [0x34, 0, 0, 0],
        [0x06, 0, 0, 9],
      ]),
    ).toBe(0)
    expect(
      run([
        [0xff, 0, 0, 0],
        [0x06, 0, 0, 9],
      ]),
    ).toBe(0)
    expect(run([[0x05, 0, 0, 0xffffffff]])).toBe(0)
    expect(run([])).toBe(0)
  })

  test('instructions are read in both byte orders', () => {
    expect(readBpfProgram(Uint8Array.of(0x15, 0, 1, 2, 8, 0, 0, 0, 9), true)).toEqual(
      readBpfProgram(Uint8Array.of(0, 0x15, 1, 2, 0, 0, 0, 8), false),
    )
  })
})
