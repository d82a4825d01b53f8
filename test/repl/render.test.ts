import { describe, expect, it } from 'vitest'
import { paintFor, plain } from '../../src/exchange/terminal-colours.js'
import { IP, TCP } from '../../src/layers/index.js'
import { type Packet, stack } from '../../src/packet/index.js'
import { render, renderJson } from '../../src/repl/render.js'

const packet: Packet = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ dport: 80 }))

describe('render', () => {
  it('shows a packet by its summary', () => {
    expect(render(packet)).toBe(packet.summary())
  })

  it('shows a list of packets with numbers, a count, and how to see more', () => {
    expect(render([packet, packet])).toBe(`0000 ${packet.summary()}\n0001 ${packet.summary()}\n2 packets`)
    const many = render(new Array(120).fill(packet))?.split('\n') ?? []
    expect(many).toHaveLength(21)
    expect(many.at(-1)).toBe('120 packets (100 more: .slice(20) shows the next, [n] one)')
  })

  it('shows a list that is one by its methods', () => {
    const list = {
      length: 1,
      summary: () => '',
      toString: () => '<PacketList>',
      *[Symbol.iterator]() {
        yield packet
      },
    }
    expect(render(list)).toBe(`0000 ${packet.summary()}\n<PacketList>`)
  })

  it('shows a timer by when it fires and how it is stopped', () => {
    const timer = setInterval(() => undefined, 1500)
    expect(render(timer, { label: '_3' })).toBe('timer: every 1500 ms; clearInterval(_3) stops it')
    clearInterval(timer)
    expect(render(timer)).toBe('timer that is over')
    const once = setTimeout(() => undefined, 300)
    expect(render(once)).toBe('timer: once after 300 ms; clearTimeout(timer) stops it')
    clearTimeout(once)
    expect(render({ _idleTimeout: 3, _onTimeout: null })).toContain('_idleTimeout')
  })

  it('shows bytes as hexadecimal', () => {
    expect(render(new Uint8Array([1, 0xff]))).toBe('01ff (2 bytes)')
    expect(render(Buffer.from('a'))).toBe('61 (1 byte)')
    expect(render(new Uint8Array(0))).toBe('0 bytes')
    expect(render(new Uint8Array(4000))).toMatch(/\n4000 bytes, the first 512 shown$/)
  })

  it('shows nothing for undefined, null as null, text with quotes unless raw', () => {
    expect(render(undefined)).toBeUndefined()
    expect(render(null)).toBe('null')
    expect(render('a')).toBe("'a'")
    expect(render('a', { raw: true })).toBe('a')
    expect(render('a\nb')).toBe('a\nb')
  })

  it('never hands control characters of a stranger to the terminal', () => {
    const evil = 'x\x1b]0;y\x07\x9b31m\u202e'
    const shown = 'x\\x1b]0;y\\x07\\x9b31m\\u202e'
    expect(render(`${evil}\n`)).toBe(`${shown}\n`)
    expect(render(evil, { raw: true })).toBe(shown)
    expect(render({ [Symbol.for('nodejs.util.inspect.custom')]: () => evil })).toBe(shown)
    expect(render({ evil })?.includes('\u202e')).toBe(false)
    expect(JSON.parse(renderJson({ evil })[0]!)).toEqual({ evil })
    expect(renderJson(evil)[0]).not.toContain('\x9b')
    // A program that reads the text gets it as it is.
    expect(render(evil, { raw: true, verbatim: true })).toBe(evil)
  })

  it('fits the width', () => {
    const long = Array.from({ length: 30 }, (_, index) => `value ${index}`)
    for (const line of render(long, { width: 60 })?.split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(60)
  })
})

describe('renderJson', () => {
  it('gives one line for each packet of a list', () => {
    const lines = renderJson([packet, packet])
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0]).layers.map(({ name }: { name: string }) => name)).toEqual(['IP', 'TCP'])
  })

  it('writes bytes as hexadecimal, bigints as numbers where they fit', () => {
    const value = {
      bytes: new Uint8Array([0, 171]),
      big: 2n ** 60n,
      small: 3n,
      map: new Map([['k', 1]]),
      set: new Set([1]),
    }
    expect(JSON.parse(renderJson(value)[0])).toEqual({
      bytes: '00ab',
      big: String(2n ** 60n),
      small: 3,
      map: { k: 1 },
      set: [1],
    })
    expect(renderJson(undefined)).toEqual([])
    expect(renderJson(new Uint8Array([1]))).toEqual(['"01"'])
  })
})

describe('colours', () => {
  it('are off in pipes and with NO_COLOR, on in terminals and with FORCE_COLOR', () => {
    expect(paintFor({ isTTY: true }, {})('red', 'x')).toContain('\x1b[31m')
    expect(paintFor({}, {})).toBe(plain)
    expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(plain)
    expect(paintFor({ isTTY: true }, { TERM: 'dumb' })).toBe(plain)
    expect(paintFor({}, { FORCE_COLOR: '1' })).not.toBe(plain)
  })
})
