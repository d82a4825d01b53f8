import { describe, expect, it } from 'vitest'
import { colouredPainter } from '../../../src/exchange/terminal-colours.js'
import { textWidth } from '../../../src/exchange/text-width.js'
import { ICMP, IP, IPv6, type Packet, PacketList, stack, TCP, UDP } from '../../../src/index.js'
import { explain } from '../../../src/sessions/explain/explain.js'
import { ladder } from '../../../src/sessions/explain/ladder.js'
import { expectAgreement, seenByTshark, seenByUs } from './against-tshark.js'

const A = '10.0.0.1'
const B = '10.0.0.2'
const CLIENT_START = 1000
const SERVER_START = 5000

/** A connection written down packet by packet: `c` and `s` send, with relative numbers as a ladder has them. */
class Script {
  readonly packets: Packet[] = []
  #time = 1_700_000_000
  #id = 1
  constructor(
    readonly clientStart = CLIENT_START,
    readonly serverStart = SERVER_START,
    readonly port = 40000,
  ) {}

  c(flags: string, seq: number, ack: number, data = '', fields: object = {}, wait = 0.01): this {
    return this.#add(true, flags, seq, ack, data, fields, wait)
  }

  s(flags: string, seq: number, ack: number, data = '', fields: object = {}, wait = 0.01): this {
    return this.#add(false, flags, seq, ack, data, fields, wait)
  }

  open(): this {
    return this.c('S', 0, 0).s('SA', 0, 1).c('A', 1, 1)
  }

  get list(): PacketList {
    return new PacketList(this.packets)
  }

  #add(isClient: boolean, flags: string, seq: number, ack: number, data: string, fields: object, wait: number): this {
    const own = isClient ? this.clientStart : this.serverStart
    const their = isClient ? this.serverStart : this.clientStart
    const [sport, dport] = isClient ? [this.port, 80] : [80, this.port]
    const header = {
      sport,
      dport,
      flags,
      seq: (own + seq) >>> 0,
      ack: flags.includes('A') ? (their + ack) >>> 0 : 0,
      window: 64000,
      ...fields,
    }
    const ip = IP({ src: isClient ? A : B, dst: isClient ? B : A, id: this.#id++ })
    const packet = data === '' ? stack(ip, TCP(header)) : stack(ip, TCP(header), data)
    this.#time += wait
    packet.time = this.#time
    this.packets.push(packet)
    return this
  }
}

const notes = (list: PacketList) =>
  ladder(list).conversations.flatMap(({ steps }) => steps.map((step) => step.notes.map(({ text }) => text).join(', ')))
const titles = (list: PacketList) => ladder(list).conversations.map(({ phases }) => phases.map(({ title }) => title))

describe('what happens to segments, as tshark judges it', () => {
  it('a segment that was lost goes again, after duplicate acknowledgements', async () => {
    const { list } = new Script()
      .open()
      .c('A', 1, 1, 'aaaa')
      .c('A', 5, 1, 'bbbb')
      .c('A', 9, 1, 'cccc')
      .c('A', 13, 1, 'dddd')
      .s('A', 1, 5)
      .s('A', 1, 5)
      .s('A', 1, 5)
      .c('A', 5, 1, 'bbbb', {}, 0.001)
      .s('A', 1, 17)
    await expectAgreement(ladder(list))
    expect(notes(list)).toEqual([
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      'duplicate ACK 1',
      'duplicate ACK 2',
      'retransmission',
      '',
    ])
    expect(ladder(list).counts).toMatchObject({ data: 16, retransmissions: 1 })
  })

  it('a retransmission of what had arrived was in vain', async () => {
    const { list } = new Script()
      .open()
      .c('PA', 1, 1, 'aaaa')
      .s('A', 1, 5)
      .c('PA', 1, 1, 'aaaa', {}, 0.3)
      .s('A', 1, 5, '', {}, 0.3)
    await expectAgreement(ladder(list))
    expect(notes(list)[5]).toBe('retransmission, in vain')
  })

  it('segments that change places are out of order', async () => {
    const { list } = new Script()
      .open()
      .c('A', 1, 1, 'aaaa')
      .c('A', 9, 1, 'cccc', {}, 0.001)
      .c('A', 5, 1, 'bbbb', {}, 0.001)
      .s('A', 1, 13)
    await expectAgreement(ladder(list))
    expect(notes(list).slice(3, 6)).toEqual(['', 'something before it was not seen', 'out of order'])
    expect(ladder(list).counts).toMatchObject({ data: 12, retransmissions: 0 })
  })

  it('what was never captured is missing', async () => {
    const { list } = new Script()
      .open()
      .c('A', 1, 1, 'aaaa')
      .c('A', 9, 1, 'cccc')
      .s('A', 1, 13)
      .s('A', 40, 13, 'late')
      .c('A', 13, 90)
    await expectAgreement(ladder(list))
    expect(notes(list).slice(4)).toEqual([
      'something before it was not seen',
      'acknowledges what was not seen',
      'something before it was not seen',
      'acknowledges what was not seen',
    ])
  })

  it('a window closes, is probed, and opens', async () => {
    const { list } = new Script()
      .open()
      .c('A', 1, 1, 'aaaa')
      .s('A', 1, 5, '', { window: 0 })
      .c('A', 5, 1, 'b', {}, 0.5)
      .s('A', 1, 5, '', { window: 0 })
      .s('A', 1, 5, '', { window: 9000 })
      .c('A', 5, 1, 'bbbb')
      .s('A', 1, 9, '', { window: 9000 })
    await expectAgreement(ladder(list))
    expect(notes(list).slice(3)).toEqual([
      '',
      'zero window',
      'zero window probe',
      'zero window, answers the probe',
      'window update to 9000',
      expect.any(String),
      '',
    ])
  })

  it('a window that is filled to its end', async () => {
    const { list } = new Script()
      .open()
      .s('A', 1, 1, '', { window: 8 })
      .c('A', 1, 1, 'aaaaaaaa')
      .s('A', 1, 9, '', { window: 8 })
    await expectAgreement(ladder(list))
    expect(notes(list)[4]).toBe('window full')
  })

  it('an idle connection is kept alive', async () => {
    const { list } = new Script()
      .open()
      .c('PA', 1, 1, 'aaaa')
      .s('A', 1, 5)
      .c('A', 4, 1, '', {}, 5)
      .s('A', 1, 5)
      .c('A', 4, 1, '\0', {}, 5)
      .s('A', 1, 5)
    await expectAgreement(ladder(list))
    expect(notes(list).slice(5)).toEqual(['keep-alive', 'keep-alive ACK', 'keep-alive', 'keep-alive ACK'])
  })

  it('numbers go on where 32 bits end', async () => {
    const { list } = new Script(2 ** 32 - 3, 2 ** 32 - 2)
      .open()
      .c('A', 1, 1, 'aaaa')
      .s('A', 1, 5, 'bb')
      .c('A', 5, 3, 'cc')
      .s('A', 3, 7)
    await expectAgreement(ladder(list))
    expect(notes(list)).toEqual(['', '', '', '', '', '', ''])
  })

  it('a SYN that goes again belongs to the handshake', async () => {
    const { list } = new Script().c('S', 0, 0).c('S', 0, 0, '', {}, 1).s('SA', 0, 1).c('A', 1, 1)
    expect(seenByUs(ladder(list))).toEqual(await seenByTshark(list))
    expect(titles(list)).toEqual([['three-way handshake']])
    expect(ladder(list).counts.handshake).toBe(4)
  })
})

describe('how connections begin and end', () => {
  it('both ends close at the same time', async () => {
    const { list } = new Script().open().c('FA', 1, 1).s('FA', 1, 1, '', {}, 0.001).c('A', 2, 2).s('A', 2, 2)
    await expectAgreement(ladder(list))
    expect(titles(list)).toEqual([['three-way handshake', 'simultaneous close']])
    expect(ladder(list).counts.close).toBe(4)
  })

  it('both ends open at the same time', () => {
    const { list } = new Script().c('S', 0, 0).s('S', 0, 0).s('SA', 0, 1).c('SA', 0, 1).c('A', 1, 1)
    expect(titles(list)[0]![0]).toBe('simultaneous open')
  })

  it('only one end closes', async () => {
    const { list } = new Script().open().c('FA', 1, 1).s('A', 1, 2)
    await expectAgreement(ladder(list))
    expect(titles(list)).toEqual([['three-way handshake', 'half-close: only the client has ended']])
  })

  it('a capture that begins in the middle has numbers from 1, and says so', async () => {
    const { list } = new Script()
      .s('PA', 700, 300, 'hello')
      .c('A', 300, 705)
      .c('PA', 300, 705, 'world')
      .s('FA', 705, 305)
      .c('A', 305, 706)
      .c('FA', 305, 706)
      .s('A', 706, 306)
    await expectAgreement(ladder(list))
    expect(titles(list)).toEqual([['data (the handshake was not seen)', 'four-way close']])
    expect(ladder(list).conversations[0]!.server.port).toBe(80)
  })

  it('the same ports used again are another connection', async () => {
    const first = new Script().open().c('FA', 1, 1).s('FA', 1, 2).c('A', 2, 2)
    const second = new Script(90_000, 70_000)
    second.packets.push(...first.packets)
    const { list } = second.open()
    expect(ladder(list).conversations.length).toBe(2)
    const streams = new Set((await seenByTshark(list)).map(({ stream }) => stream))
    expect(streams.size).toBe(2)
  })

  it('a frame that was captured twice is shown once', () => {
    const script = new Script().open().c('PA', 1, 1, 'aaaa')
    const again = stack(script.packets[3]!)
    again.time = script.packets[3]!.time! + 0.0001
    const list = new PacketList([...script.packets, again])
    expect(ladder(list).counts).toMatchObject({ packets: 4, data: 4, retransmissions: 0 })
    expect(ladder(list).toString()).toContain('1 more was captured twice, and is shown once.')
  })
})

describe('what is drawn', () => {
  /** A transfer with one retransmission in the middle. */
  function transfer(segments: number): PacketList {
    const script = new Script().open()
    for (let i = 0; i < segments; i++) {
      script.c('A', 1 + i * 1000, 1, 'x'.repeat(1000), {}, 0.001)
      if (i === segments >> 1) script.c('A', 1 + i * 1000, 1, 'x'.repeat(1000), {}, 0.3)
      if (i % 2 === 1) script.s('A', 1, 1 + (i + 1) * 1000)
    }
    return script
      .c('FA', 1 + segments * 1000, 1)
      .s('FA', 1, 2 + segments * 1000)
      .c('A', 2 + segments * 1000, 2).list
  }

  it('fits every width, with and without folding', () => {
    const long = transfer(60)
    for (const list of [long, new Script().open().c('PA', 1, 1, '\x1b[31m日本語\r\n').list])
      for (let width = 40; width <= 200; width += 8)
        for (const all of [false, true])
          for (const line of ladder(list).text({ width, all }).split('\n'))
            expect(textWidth(line), line).toBeLessThanOrEqual(width)
  })

  it('colours change nothing but the colours', () => {
    const { list } = new Script().open().c('FA', 1, 1).s('A', 1, 2).s('PA', 1, 2, 'x').c('A', 2, 2).s('FA', 2, 2)
    for (const packets of [list, transfer(40)])
      for (const width of [50, 80, 120]) {
        const coloured = ladder(packets).text({ width, paint: colouredPainter() })
        expect(coloured).toContain('\x1b[')
        expect(coloured.replace(/\x1b\[[\d;]*m/g, '')).toBe(ladder(packets).text({ width }))
      }
  })

  it('a long transfer is folded around what went wrong, and nothing is counted away', () => {
    const list = transfer(400)
    const text = ladder(list).text({ width: 80 })
    const folds = [...text.matchAll(/⋮ (\d+) packets more/g)].map(([, count]) => Number(count))
    const arrows = text.split('\n').filter((line) => /[▶◀]/.test(line) && !line.includes('⋮')).length
    expect(folds.length).toBe(2)
    expect(folds.reduce((sum, count) => sum + count, arrows)).toBe(list.length)
    expect(text).toContain('retransmission')
    expect(text.split('\n').length).toBeLessThan(40)
    expect(ladder(list).counts.data).toBe(400_000)
  })

  it('what a stranger sent is not obeyed by the terminal', () => {
    const { list } = new Script().open().c('PA', 1, 1, 'a\x1b[2J\u009b\u202e\r\n\x07')
    for (const paint of [undefined, (_role: string, text: string) => text]) {
      const text = ladder(list).text(paint === undefined ? {} : { paint })
      expect(text.replaceAll('\n', '')).toMatch(/^[^\x00-\x1f\x7f-\x9f\u202e]*$/)
    }
  })

  it('takes packets however they come', async () => {
    const { list, packets } = new Script().open()
    const text = ladder(list).toString()
    expect(String(await explain(packets))).toBe(text)
    expect(String(await explain(Promise.resolve(list)))).toBe(text)
    expect(String(await explain(stack(IP({ src: A, dst: B }), ICMP())))).toBe('No packets of TCP or UDP.')
    expect(
      (await explain(stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), UDP({ sport: 9999, dport: 53 }), 'x'))).counts
        .packets,
    ).toBe(1)
    for (const wrong of [5, 'x', {}, [1], null])
      await expect(explain(wrong as never)).rejects.toThrow('explain takes a session of tcp or udp, packets')
    expect(() => explain(list, { wide: 3 } as never)).toThrow("explain has no option 'wide'")
  })

  it('several conversations are a table with what they cost', () => {
    const list = new PacketList()
    for (let i = 0; i < 15; i++)
      list.append(
        new Script(CLIENT_START, SERVER_START, 40000 + i)
          .open()
          .c('PA', 1, 1, 'GET /')
          .s('A', 1, 6)
          .s('FA', 1, 6)
          .c('A', 6, 2)
          .c('FA', 6, 2)
          .s('A', 2, 7).list,
      )
    const result = ladder(list)
    expect(result.counts).toMatchObject({ conversations: 15, handshake: 45, close: 60, packets: 135, data: 75 })
    const text = result.text({ width: 100 })
    expect(text).toContain('15 conversations: 135 packets')
    expect(text).toContain('45 packets to open, 60 to close')
    expect(text.split('\n').length).toBe(18)
    expect(JSON.parse(JSON.stringify(result)).conversations.length).toBe(15)
  })

  it('damaged and foreign packets do no harm', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed % below
    }
    const bytes = transfer(4).bytes()
    for (let round = 0; round < 300; round++) {
      const list = new PacketList(
        bytes.map((original) => {
          const copy = Uint8Array.from(
            original.subarray(0, random(4) === 0 ? random(original.length) + 1 : original.length),
          )
          for (let changes = random(4); changes > 0; changes--) copy[random(Math.min(60, copy.length))] = random(256)
          return IP(copy)
        }),
      )
      for (const line of ladder(list).text({ width: 80 }).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80)
    }
  })
})
