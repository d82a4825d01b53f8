/** Messages of a stream: however it is cut into pieces, they are the same. */
import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { SessionError } from '../../../src/sessions/index.js'
import { type FramingContext, type FramingOption, framingOf } from '../../../src/sessions/stream/framing.js'
import { ReceiveBuffer } from '../../../src/sessions/stream/receive-buffer.js'

const TEXT: FramingContext = { encoding: 'utf8', limit: 1000, label: 'tcp test' }
const BYTES: FramingContext = { ...TEXT, encoding: 'bytes' }

/** All messages of a stream that comes in these pieces. */
function messagesOf(option: FramingOption, pieces: readonly Uint8Array[], context = TEXT): unknown[] {
  const framing = framingOf(option, 'test')
  const buffer = new ReceiveBuffer()
  const messages: unknown[] = []
  const takeAll = (isEnded: boolean): void => {
    for (;;) {
      const message = framing.take(buffer, isEnded, context)
      if (message === undefined) return
      messages.push(message)
    }
  }
  for (const piece of pieces) {
    buffer.append(piece)
    takeAll(false)
  }
  takeAll(true)
  return messages
}

/** Each message of the stream when it is cut in two, at every byte, and when every byte comes alone. */
function expectAtAllCuts(option: FramingOption, stream: Uint8Array, messages: unknown[], context = TEXT): void {
  for (let cut = 0; cut <= stream.length; cut++)
    expect(messagesOf(option, [stream.subarray(0, cut), stream.subarray(cut)], context), `cut at ${cut}`).toEqual(
      messages,
    )
  const single = Array.from(stream, (byte) => Uint8Array.of(byte))
  expect(messagesOf(option, single, context)).toEqual(messages)
}

const bytes = (text: string): Buffer => Buffer.from(text)

describe('all cuts give the same messages', () => {
  test('lines, with LF and with CR LF, also the last one without its end', () => {
    expectAtAllCuts('lines', bytes('one\r\ntwo\n\n\r\nà l’été\nrest'), ['one', 'two', '', '', 'à l’été', 'rest'])
    expectAtAllCuts('lines', bytes('a\rb\r\r\n'), ['a\rb\r'])
  })

  test('JSON lines', () => {
    expectAtAllCuts('json', bytes('{"a": "é"}\n\n[1, 2]\r\nnull\n"x"\n4'), [{ a: 'é' }, [1, 2], null, 'x', 4])
  })

  test('until a text', () => {
    expectAtAllCuts({ until: '\r\n.\r\n' }, bytes('one\r\n\r\n.\r\n..\r\n.\r\nrest'), ['one\r\n', '..', 'rest'])
    expectAtAllCuts({ until: 'aab' }, bytes('xaaabyaab'), ['xa', 'y'])
  })

  test.each([1, 2, 4, 8] as const)('lengths of %i bytes, in both orders, as Python writes them', (length) => {
    for (const littleEndian of [false, true]) {
      const code = { 1: 'B', 2: 'H', 4: 'I', 8: 'Q' }[length]
      const program =
        'import struct, sys\n' +
        `for m in ("", "Bonjour", "é" * 100): b = m.encode(); sys.stdout.buffer.write(struct.pack("${littleEndian ? '<' : '>'}${code}", len(b)) + b)`
      const stream = spawnSync('/usr/bin/python3', ['-c', program]).stdout
      const messages = ['', 'Bonjour', 'é'.repeat(100)]
      expectAtAllCuts({ length, littleEndian }, stream, messages)
      const framing = framingOf({ length, littleEndian }, 'test')
      expect(Buffer.concat(messages.map((message) => framing.encode(message, TEXT)))).toEqual(stream)
    }
  })

  test('no framing: text is the same, and characters are never cut', () => {
    const stream = bytes('aé€😀b')
    for (let cut = 0; cut <= stream.length; cut++) {
      const messages = messagesOf('none', [stream.subarray(0, cut), stream.subarray(cut)])
      expect(messages.join('')).toBe('aé€😀b')
      expect(messages.join('')).not.toContain('\ufffd')
    }
    expect(
      messagesOf(
        'none',
        Array.from(stream, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(['a', 'é', '€', '😀', 'b'])
  })

  test('what is encoded is what is read, for any texts and any cuts', () => {
    const options: FramingOption[] = [
      'lines',
      'json',
      { length: 2 },
      { length: 4, littleEndian: true },
      { until: '\0' },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...options),
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/[\0\r\n]/g, '-')),
          { maxLength: 8 },
        ),
        fc.array(fc.nat({ max: 300 }), { maxLength: 6 }),
        (option, texts, cuts) => {
          const framing = framingOf(option, 'test')
          const stream = Buffer.concat(texts.map((text) => framing.encode(text, TEXT)))
          const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, stream.length)), stream.length])].sort(
            (a, b) => a - b,
          )
          const pieces = places.slice(1).map((end, i) => stream.subarray(places[i], end))
          expect(messagesOf(option, pieces)).toEqual(texts)
        },
      ),
    )
  })
})

describe('limits', () => {
  const long = 'x'.repeat(1001)

  test.each<[string, FramingOption, Buffer]>([
    ['a line', 'lines', bytes(`ok\n${long}\n`)],
    ['a line without an end', 'lines', bytes(`ok\n${long}x`)],
    ['JSON', 'json', bytes(`"ok"\n"${long}"\n`)],
    ['until', { until: 'END' }, bytes(`okEND${long}END`)],
    ['a length', { length: 4 }, Buffer.concat([Buffer.from([0, 0, 0, 2]), bytes('ok'), Buffer.from([0, 0, 3, 0xe9])])],
    [
      'a length of 8 bytes',
      { length: 8 },
      Buffer.concat([Buffer.from('0000000000000002', 'hex'), bytes('ok'), Buffer.alloc(8, 0xff)]),
    ],
  ])('%s that is too long is an error, what was before it is not lost', (_name, option, stream) => {
    const framing = framingOf(option, 'test')
    const buffer = new ReceiveBuffer()
    buffer.append(stream)
    expect(framing.take(buffer, false, TEXT)).toBe('ok')
    expect(() => framing.take(buffer, false, TEXT)).toThrow(expect.objectContaining({ code: 'LIMIT' }))
    expect(() => framing.take(buffer, false, TEXT)).toThrow(/^tcp test: .*1000/)
  })

  test('exactly as long as the limit is allowed, however it is cut', () => {
    const line = 'y'.repeat(1000)
    for (const end of ['\n', '\r\n', '']) {
      const stream = bytes(`${line}${end}`)
      expect(messagesOf('lines', [stream])).toEqual([line])
      expect(messagesOf('lines', [stream.subarray(0, 1000), stream.subarray(1000)])).toEqual([line])
      expect(messagesOf('lines', [stream.subarray(0, 1001), stream.subarray(1001)])).toEqual([line])
    }
    expect(messagesOf({ until: 'END' }, [bytes(`${line}EN`), bytes('D')])).toEqual([line])
  })

  test('a message that the stream ends within is told', () => {
    expect(() => messagesOf({ length: 4 }, [Buffer.from([0, 0, 0, 9, 65])])).toThrow(/ended within a message: 5 bytes/)
    expect(() => messagesOf({ length: 4 }, [Buffer.from([0, 0])])).toThrow(SessionError)
    expect(messagesOf({ length: 4 }, [])).toEqual([])
  })

  test('a line that is no JSON is taken, and the next one is read', () => {
    const framing = framingOf('json', 'test')
    const buffer = new ReceiveBuffer()
    buffer.append(bytes('\u001b]0;title\u0007\n{"b": 2}\n'))
    expect(() => framing.take(buffer, false, TEXT)).toThrow(expect.objectContaining({ code: 'FRAMING' }))
    expect(framing.take(buffer, false, TEXT)).toEqual({ b: 2 })
  })
})

describe('encoding', () => {
  test('a line is ended once, and bytes stay bytes', () => {
    const lines = framingOf('lines', 'test')
    expect(String(lines.encode('a', TEXT))).toBe('a\n')
    expect(String(lines.encode('a\n', TEXT))).toBe('a\n')
    expect(Buffer.from(lines.encode(Uint8Array.of(0xff), BYTES)).toString('hex')).toBe('ff0a')
    expect(messagesOf('lines', [Buffer.from([0xff, 10])], BYTES)).toEqual([Uint8Array.of(0xff)])
  })

  test('what can not be sent is told', () => {
    for (const option of ['none', 'lines', { length: 2 }, { until: '!' }] as const)
      for (const value of [5, undefined, null, { a: 1 }, [1], true])
        expect(() => framingOf(option, 'test').encode(value, TEXT)).toThrow(expect.objectContaining({ code: 'TYPE' }))
    expect(() => framingOf('none', 'test').encode({ a: 1 }, TEXT)).toThrow(/framing: 'json' sends objects/)
    const circle: { self?: object } = {}
    circle.self = circle
    expect(() => framingOf('json', 'test').encode(circle, TEXT)).toThrow(expect.objectContaining({ code: 'TYPE' }))
    expect(() => framingOf('json', 'test').encode(() => 1, TEXT)).toThrow(/cannot be written as JSON/)
    expect(() => framingOf({ length: 1 }, 'test').encode('x'.repeat(256), TEXT)).toThrow(
      /do not fit a length of 8 bits/,
    )
    expect(() => framingOf({ until: '!' }, 'test').encode('a!b', TEXT)).toThrow(/would end it/)
  })

  test('a framing that is none is refused', () => {
    for (const wrong of ['line', 5, null, {}, { length: 3 }, { until: '' }, { until: 5 }, []])
      expect(() => framingOf(wrong as never, 'tcp.listen')).toThrow(OptionError)
  })
})
