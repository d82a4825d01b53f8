/** What the protocols of the web do beyond their known packets: lengths, what follows, what answers, what is refused. */
import { expect, test } from 'vitest'
import '../../../src/layers/index.js'
import { IP } from '../../../src/layers/network/ip.js'
import { TCP } from '../../../src/layers/transport/tcp.js'
import {
  H2PingFrame,
  HTTPRequest,
  HTTPResponse,
  TLS,
  TLSAlert,
  TLSApplicationData,
  TLSChangeCipherSpec,
  TLSClientHello,
  TLSServerHello,
  WebSocket,
} from '../../../src/layers/web/index.js'
import { answers, bind, dissect, fromHex, stack } from '../../../src/packet/index.js'

const names = (packet: { layers(): { layerName: string }[] }): string[] => packet.layers().map((each) => each.layerName)
const over = (bytes: Uint8Array | string, ports = { sport: 40000, dport: 40001 }) =>
  dissect(IP, stack(IP({ dst: '10.9.0.2', src: '10.9.0.1' }), TCP({ ...ports, flags: 'PA' }), bytes).bytes())

test('a record counts its own messages only', () => {
  const hello = TLSClientHello({
    ext: [
      ['server_name', 'example.org'],
      ['alpn', ['h2']],
    ],
  })
  const packet = stack(
    IP({ dst: '10.9.0.2' }),
    TCP(),
    TLS(),
    hello,
    TLS({ type: 20 }),
    TLSChangeCipherSpec(),
    TLS({ type: 23 }),
    TLSApplicationData({ data: 'abc' }),
  )
  const read = dissect(IP, packet.bytes())
  expect(read.get(TCP)!.dport).toBe(443)
  const records = read.layers().filter((each) => each.layerName === 'TLS') as unknown as { len: number }[]
  expect(records.map(({ len }) => len)).toEqual([hello.bytes().length, 1, 3])
  expect(read.get(TLSClientHello)!.ext).toEqual([
    ['server_name', 'example.org'],
    ['application_layer_protocol_negotiation', ['h2']],
  ])
  expect(read.issues()).toEqual([])
})

test('a ClientHello that goes on in the next segment says whom it is for', () => {
  const hello = stack(
    TLS(),
    TLSClientHello({
      ext: [
        ['server_name', 'example.org'],
        ['padding', 900],
      ],
    }),
  ).bytes()
  const packet = over(hello.subarray(0, 300))
  expect(packet.get(TLSClientHello)!.ext[0]).toEqual(['server_name', 'example.org'])
  expect(packet.issues()).toEqual([])
  expect(names(over(hello.subarray(300)))).toEqual(['IP', 'TCP', 'Raw'])
})

test('extensions are given by name or by number, and refused with a remedy', () => {
  expect(TLSClientHello({ ext: [[43, new Uint8Array([2, 3, 4])]] }).rebuilt().ext).toEqual([
    ['supported_versions', ['TLS 1.3']],
  ])
  expect(TLSClientHello({ ext: [[0x2a2a], [0x0a, new Uint8Array([0, 2, 0x2a, 0x2a])]] }).rebuilt().ext).toEqual([
    [0x2a2a],
    ['supported_groups', [0x2a2a]],
  ])
  expect(() => TLSClientHello({ ext: [['server_nam', 'x']] })).toThrow("did you mean 'server_name'?")
  expect(() => TLSClientHello({ ext: [['supported_groups', ['x25518']]] })).toThrow(
    "TLSClientHello.ext supported_groups: 'x25518' is no known name nor a number (0..65535)",
  )
  expect(() => TLSClientHello({ ciphers: ['TLS_AES_128_GCM_SHA255'] })).toThrow(
    /did you mean 'TLS_AES_128_GCM_SHA256'\?/i,
  )
})

test('other payloads are none of the web', () => {
  for (const payload of [
    'SSH-2.0-OpenSSH_9.2\r\n',
    'GETTING started',
    '\x16\x03\x01',
    '\x16\x09\x01\x00\x05hello',
    'POST',
    'HTTP/1.1 2',
    '220 mail ESMTP\r\n',
  ])
    expect(names(over(payload))).toEqual(['IP', 'TCP', 'Raw'])
  expect(names(over('the middle of a page', { sport: 80, dport: 40000 }))).toEqual(['IP', 'TCP', 'Raw'])
})

test('messages of HTTP follow one another, as far as their lengths go', () => {
  const two = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n\r\n'
  expect(names(over(two))).toEqual(['IP', 'TCP', 'HTTPRequest', 'HTTPRequest'])
  const answersOf = over(
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  )
  expect(
    answersOf
      .layers()
      .slice(2)
      .map((each) => (each as unknown as { Status_Code: number }).Status_Code),
  ).toEqual([200, 404])
  expect(answersOf.summary()).toMatch(/ \/ HTTPResponse \/ HTTP 404 Not Found 13 bytes$/)
  const odd = 'GET /a  HTTP/1.0 \nHost:x\n folded\r\nNo colon\r\n\n'
  const packet = over(odd)
  expect(packet.get(HTTPRequest)!.headers.map(([name]) => name)).toEqual(['Host', 'No colon'])
  const { Method, Path, Http_Version, headers, blank, body } = packet.get(HTTPRequest)!
  expect(HTTPRequest({ Method, Path, Http_Version, headers, blank, body }).bytes().toString()).toBe(odd)
})

test('built messages of HTTP', () => {
  const request = HTTPRequest({
    Path: '/index.html',
    headers: { Host: 'example.org', 'Content-Length': 2 },
    body: 'hi',
  })
  expect(request.bytes().toString()).toBe(
    'GET /index.html HTTP/1.1\r\nHost: example.org\r\nContent-Length: 2\r\n\r\nhi',
  )
  expect(request.summary()).toBe('HTTP GET /index.html host example.org')
  const response = HTTPResponse({ headers: [['Content-Type', 'text/html; charset=utf-8']], body: 'x'.repeat(512) })
  expect(response.summary()).toBe('HTTP 200 OK text/html 512 bytes')
  expect(answers(response, request)).toBe(true)
  expect(answers(request, request)).toBe(false)
  expect(() => HTTPResponse({ Status_Code: 1000 })).toThrow(
    'HTTPResponse.Status_Code: 1000 is no status such as 200 (0..999)',
  )
  expect(() => HTTPRequest({ headers: ['Host'] as never })).toThrow(
    "'Host' is no header field such as ['Host', 'example.org']",
  )
})

test('answers of TLS and HTTP/2', () => {
  const hello = TLSClientHello({ ciphers: [0x1301] })
  expect(answers(TLSServerHello({ cipher: 0x1301 }), hello)).toBe(true)
  expect(answers(TLSServerHello({ cipher: 0x1302 }), hello)).toBe(false)
  expect(answers(stack(TLS(), TLSAlert()), stack(TLS(), hello))).toBe(true)
  expect(answers(H2PingFrame({ flags: 'ACK', opaque: 5n }), H2PingFrame({ opaque: 5n }))).toBe(true)
  expect(answers(H2PingFrame({ opaque: 5n }), H2PingFrame({ opaque: 5n }))).toBe(false)
})

test('WebSockets follow the upgrade', () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  const packet = over(Buffer.concat([Buffer.from(upgrade), WebSocket({ data: 'Hello' }).bytes()]))
  expect(packet.summary()).toMatch(/ \/ HTTPResponse \/ WebSocket text 'Hello'$/)
  expect(WebSocket({ mask: 1, masking_key: 0x37fa213d, data: 'Hello' }).hex()).toBe('818537fa213d7f9f4d5158')
  expect(WebSocket({ opcode: 'close', code: 'going away', data: 'bye' }).hex()).toBe('880503e9627965')
  expect(
    WebSocket({ opcode: 2, data: new Uint8Array(256) })
      .hex()
      .slice(0, 8),
  ).toBe('827e0100')
  expect(
    WebSocket({ opcode: 2, data: new Uint8Array(65536) })
      .hex()
      .slice(0, 20),
  ).toBe('827f0000000000010000')
  expect(WebSocket({ opcode: 'close', code: 1001 }).text('code')).toBe('1001 (going away)')
})

test('frames of HTTP/2 are found where a connection began before, and only where all fits', () => {
  // GOAWAY, then WINDOW_UPDATE of stream 1; empty data without the end of a stream are nothing that a server sends.
  const goAway = '000008 07 00 00000000 00000002 00000000'
  const update = '000004 08 00 00000001 00001000'
  const layersOf = (hexadecimal: string, ports?: { sport: number; dport: number }) =>
    names(over(fromHex(hexadecimal.replaceAll(' ', '')), ports)).slice(2)
  for (const ports of [undefined, { sport: 8080, dport: 50000 }]) {
    expect(layersOf(goAway + update, ports)).toEqual(['H2GoAwayFrame', 'H2WindowUpdateFrame'])
    // Headers with data behind them that go on in the next segment.
    expect(layersOf('000001 01 04 00000001 88 001000 00 00 00000001 616263', ports)).toEqual([
      'H2HeadersFrame',
      'H2DataFrame',
    ])
    for (const other of [
      `${goAway}00`,
      '000008 07 00 00000001 00000002 00000000',
      '000004 08 01 00000001 00001000',
      '000001 01 04 00000000 88',
      '000000 00 00 00000001',
      '001000 00 00 00000001 616263',
    ])
      expect(layersOf(other, ports), other).toEqual(['Raw'])
  }
})

test('the handshake of a WebSocket is HTTP also on a port of WebSockets', () => {
  const unbind = bind(TCP, WebSocket, { dport: 40001 })
  const request = 'GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n\r\n'
  const response = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
  expect(names(over(request)).slice(2)).toEqual(['HTTPRequest'])
  expect(names(over(response)).slice(2)).toEqual(['HTTPResponse'])
  // A frame behind the answer, in the same segment.
  expect(names(over(Buffer.from(`${response}\x81\x02hi`, 'latin1'))).at(-1)).toBe('WebSocket')
  expect(names(over(Buffer.from('\x81\x02hi', 'latin1'))).slice(2)).toEqual(['WebSocket'])
  unbind()
})
