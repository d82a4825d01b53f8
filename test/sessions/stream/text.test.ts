/** Text and bytes, and characters that are never cut; places. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { IP, UDP } from '../../../src/index.js'
import { tcp } from '../../../src/sessions/index.js'
import { hostPort, placeFrom, placeText } from '../../../src/sessions/stream/place.js'
import { decoded, encoded, wholeCharacters } from '../../../src/sessions/stream/text.js'

describe('whole characters', () => {
  test('as many as fit, cut at every byte, as another decoder has them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), fc.nat({ max: 60 }), (text, cut) => {
        const bytes = Buffer.from(text)
        const count = Math.min(cut, bytes.length)
        const whole = wholeCharacters(bytes, count, 'utf8')
        // TextDecoder keeps what is not whole to itself.
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, count), {
          stream: true,
        })
        if (expected !== '' || count === 0) expect(decoded(bytes.subarray(0, whole), 'utf8')).toBe(expected)
        // Nothing would fit: one character all the same, or nobody would ever get on.
        else expect(decoded(bytes.subarray(0, whole), 'utf8')).toBe([...text][0])
      }),
      { numRuns: 1000 },
    )
  })

  test('bytes that are no UTF-8 do not stop anybody', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 20 }), fc.integer({ min: 1, max: 20 }), (array, count) => {
        const whole = wholeCharacters(Buffer.from(array), count, 'utf8')
        expect(whole).toBeGreaterThan(0)
        expect(whole).toBeLessThanOrEqual(Math.min(array.length, Math.max(count, 4)))
      }),
    )
  })

  test('of other encodings', () => {
    const bytes = Buffer.from('abcde')
    for (const encoding of ['latin1', 'ascii', 'bytes'] as const) expect(wholeCharacters(bytes, 3, encoding)).toBe(3)
    expect(wholeCharacters(bytes, 3, 'utf16le')).toBe(2)
    expect(wholeCharacters(bytes, 1, 'utf16le')).toBe(2)
  })

  test('recv(1) gives one character after the other, of one to four bytes', async () => {
    const server = await tcp.listen(0, () => 'aé€😀z', { log: false })
    const session = await tcp.connect(server.port)
    const seen: unknown[] = []
    for (let one = await session.recv(1); one !== null; one = await session.recv(1)) seen.push(one)
    expect(seen).toEqual(['a', 'é', '€', '😀', 'z'])
    await session.close()
    await server.close()
  })

  test.each(['utf8', 'latin1', 'ascii', 'utf16le', 'bytes'] as const)(
    'a session of %s gives what was sent',
    async (encoding) => {
      const text = encoding === 'ascii' ? 'abc' : encoding === 'latin1' ? 'été' : 'été €'
      const sent = encoding === 'bytes' ? Uint8Array.of(0, 255, 10) : text
      const server = await tcp.listen(0, () => sent, { log: false, encoding })
      for (const count of [1, 2, 3, 100]) {
        const session = await tcp.connect(server.port, { encoding })
        const parts: (string | Uint8Array)[] = []
        for (let one = await session.recv(count); one !== null; one = await session.recv(count)) parts.push(one)
        const all =
          typeof sent === 'string'
            ? parts.join('')
            : Uint8Array.from(parts.flatMap((part) => [...(part as Uint8Array)]))
        expect(all).toEqual(sent)
        await session.close()
      }
      await server.close()
    },
  )
})

describe('what is sent', () => {
  test('may be text, bytes of any kind, or a packet', () => {
    const hex = (data: unknown, encoding = 'utf8'): string =>
      Buffer.from(encoded(data, encoding as never, 'x')).toString('hex')
    expect(hex('é')).toBe('c3a9')
    expect(hex('é', 'latin1')).toBe('e9')
    expect(hex('é', 'utf16le')).toBe('e900')
    expect(hex('é', 'bytes')).toBe('c3a9')
    expect(hex(Uint8Array.of(1, 2).subarray(1))).toBe('02')
    expect(hex(new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1))).toBe('02')
    expect(hex(Uint16Array.of(258).buffer)).toBe('0201')
    expect(
      hex(IP({ src: '10.0.0.1', dst: '10.0.0.2', id: 1 })['/' as never] ?? IP({ src: '10.0.0.1', dst: '10.0.0.2' })),
    ).toMatch(/^45/)
    expect(hex(UDP)).toHaveLength(16)
  })
})

describe('places', () => {
  test.each<[unknown[], string]>([
    [['localhost', 80], 'localhost:80'],
    [['localhost:80'], 'localhost:80'],
    [['localhost', '80'], 'localhost:80'],
    [[8808], '127.0.0.1:8808'],
    [['8808'], '127.0.0.1:8808'],
    [['::1', 80], '[::1]:80'],
    [['[::1]', 80], '[::1]:80'],
    [['[::1]:80'], '[::1]:80'],
    [['[fe80::1%eth0]:80'], '[fe80::1%eth0]:80'],
    [['fe80::1%eth0', 80], '[fe80::1%eth0]:80'],
    [['/run/a.sock'], '/run/a.sock'],
    [['./a'], './a'],
    [['a.sock'], 'a.sock'],
    [['unix:a:1'], 'a:1'],
    [['::ffff:127.0.0.1', 80], '127.0.0.1:80'],
  ])('%j', (given, shown) => {
    expect(placeText(placeFrom('tcp.connect', given[0], given[1]))).toBe(shown)
  })

  test.each<[unknown[], RegExp]>([
    [['localhost'], /port is missing.*'localhost:8808'/],
    [['::1'], /port is missing.*'\[::1\]:8808'/],
    [[''], /host and a port/],
    [[undefined], /host and a port/],
    [[{}, 80], /host and a port/],
    [[0], /1\.\.65535/],
    [[65536], /1\.\.65535/],
    [[80.5], /whole number/],
    [['localhost', -1], /1\.\.65535/],
    [['localhost', Number.NaN], /whole number/],
    [['localhost', 'http'], /whole number/],
    [['localhost:99999'], /1\.\.65535/],
  ])('%j is none', (given, says) => {
    expect(() => placeFrom('tcp.connect', given[0], given[1])).toThrow(OptionError)
    expect(() => placeFrom('tcp.connect', given[0], given[1])).toThrow(says)
  })

  test.each<[string, string]>([
    ['localhost', 'localhost:8808'],
    ['::1', '[::1]:8808'],
    ['[::1]', '[::1]:8808'],
    ['localhost:80', 'localhost:80'],
    ['80', '127.0.0.1:80'],
  ])('%s, where a port is usual', (given, shown) => {
    expect(placeText(placeFrom('app.connect', given, undefined, { port: 8808 }))).toBe(shown)
    expect(() => placeFrom('app.connect', 'localhost:http', undefined, { port: 8808 })).toThrow(/port is missing/)
  })

  test('port 0 is for those who listen', () => {
    expect(placeFrom('tcp.listen', 0, undefined, { lowest: 0 })).toEqual({ host: '127.0.0.1', port: 0 })
    expect(hostPort('::FFFF:10.0.0.1', 1)).toBe('10.0.0.1:1')
  })
})
