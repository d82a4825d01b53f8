import { describe, expect, test } from 'vitest'
import { IP, SDP, SIP, sipHeader, TCP, UDP } from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, stack, toBytes } from '../../../src/packet/index.js'
import { evaluateCommand } from '../evaluate-command.js'
import { familySuite } from '../family.js'

familySuite('sip', [SDP, SIP])

const names = (packet: AnyPacket) => packet.layers().map((layer) => layer.layerName)
const text = (packet: AnyPacket) => packet.bytes().toString()
const read = (message: string) => dissect(SIP, toBytes(message))

describe('SIP, beyond the suite', () => {
  test('made from nothing it is a request with all that it needs', () => {
    expect(text(stack(SIP()))).toBe(
      [
        'OPTIONS sip:127.0.0.1 SIP/2.0',
        'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK0',
        'Max-Forwards: 70',
        'From: <sip:netshell@127.0.0.1>;tag=0',
        'To: <sip:127.0.0.1>',
        'Call-ID: 0@127.0.0.1',
        'CSeq: 1 OPTIONS',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    )
    expect(text(stack(TCP(), SIP({ method: 'INVITE' }), SDP())).slice(20)).toContain(
      'CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 43\r\n\r\nv=0\r\n',
    )
  })

  test('a status makes it a response', () => {
    expect(text(stack(SIP({ status: 180, reason: 'Ringing', headers: [['Content-Length']] })))).toBe(
      'SIP/2.0 180 Ringing\r\nContent-Length: 0\r\n\r\n',
    )
    expect(SIP({ status: 486 }).summary()).toBe('SIP 486 Busy Here')
    expect(SIP({ method: 'INVITE', uri: 'sip:bob@example.com' }).summary()).toBe('SIP INVITE sip:bob@example.com')
  })

  test('headers may be an object, and are found by either name', () => {
    const message = SIP({ headers: { f: '<sip:a@b>', Subject: 'tea' } })
    expect(message.headers).toEqual([
      ['f', '<sip:a@b>'],
      ['Subject', 'tea'],
    ])
    expect([sipHeader(message, 'From'), sipHeader(message, 's'), sipHeader(message, 'to')]).toEqual([
      '<sip:a@b>',
      'tea',
      undefined,
    ])
  })

  test('whatever the line ends, spaces and folding, the bytes stay; a change leaves the rest alone', () => {
    const odd = 'OPTIONS  sip:x SIP/2.0\nSubject:a\r\n\t b\nno colon\nl :0\n\n'
    const message = read(odd)
    expect(message.headers).toEqual([
      ['Subject', 'a b'],
      ['', 'no colon'],
      ['l', '0'],
    ])
    expect(text(message as AnyPacket)).toBe(odd)
    message.method = 'INFO'
    expect(text(message as AnyPacket)).toBe(odd.replace('OPTIONS', 'INFO'))
  })

  test('the text of others neither steers the terminal nor becomes code', () => {
    const message = read("OPTIONS sip:\u001b[2J SIP/2.0\r\nSubject: ']],x:[['\u001b[31m\r\n\r\n")
    expect(message.show({ dump: true })).not.toContain('\u001b')
    expect(evaluateCommand(message.command()).hex()).toBe(message.hex())
  })

  test('over TCP several stand in one segment, and a body may go on in the next', () => {
    const one = 'SIP/2.0 100 Trying\r\nCall-ID: a\r\nContent-Length: 3\r\n\r\nabc'
    const segment = (message: string) => stack(TCP({ sport: 5060, dport: 5062 }), message).rebuilt()
    const both = segment(`${one}${one.replace('100', '180')}`)
    expect(names(both)).toEqual(['TCP', 'SIP', 'Raw', 'SIP', 'Raw'])
    expect(both.issues()).toEqual([])
    const part = segment(one.slice(0, -2))
    expect([names(part), part.issues()]).toEqual([['TCP', 'SIP', 'Raw'], []])
    expect(names(segment('bc'))).toEqual(['TCP', 'Raw'])
    const cut = segment(one.slice(0, 30))
    expect([names(cut), cut.issues()]).toEqual([['TCP', 'SIP'], []])
    // A length without a value counts its own body only.
    const first = SIP({ status: 100, headers: [['l']] })
    expect(text(stack(first, 'abc', SIP({ status: 200, headers: [] })))).toContain('l: 3\r\n')
  })

  test('is known on any port by its first line, and on its own nothing else is taken for it', () => {
    const on = (message: string, port: number) => names(stack(UDP({ sport: 4000, dport: port }), message).rebuilt())
    expect(on('REGISTER sip:a SIP/2.0\r\n\r\n', 7777)).toEqual(['UDP', 'SIP'])
    expect(on('GET / HTTP/1.1\r\n\r\n', 7777)).toEqual(['UDP', 'Raw'])
    expect(on('\r\n\r\n', 5060)).toEqual(['UDP', 'Raw'])
    expect(on('SIP/2.0 2x0 OK and more', 5060)).toEqual(['UDP', 'Raw'])
    expect(stack(UDP(), SIP()).dport).toBe(5060)
  })

  test('a response answers the request of its Call-ID and CSeq', () => {
    const headers = (cseq: string) => [['i', 'a@b'] as const, ['CSeq', cseq] as const]
    const ends = (src: string, dst: string) => IP({ src, dst })
    const request = stack(ends('10.0.0.1', '10.0.0.2'), UDP({ sport: 5060 }), SIP({ headers: headers('1 INVITE') }))
    const response = (cseq: string) =>
      stack(
        ends('10.0.0.2', '10.0.0.1'),
        UDP({ sport: 5060 }),
        SIP({ status: 200, headers: [['Call-ID', 'a@b'], headers(cseq)[1]!] }),
      )
    expect(answers(response('1 INVITE'), request)).toBe(true)
    expect(answers(response('2 BYE'), request)).toBe(false)
    expect(answers(request, request)).toBe(false)
  })

  test('what would break the lines is refused', () => {
    expect(() => SIP({ method: 'A\nB' })).toThrow('is no text of one line')
    expect(() => SIP({ headers: [['To', 'a\r\nb']] })).toThrow('is no value of one line for To')
    expect(() => SIP({ headers: [['To: x', 'y']] })).toThrow('is no name of a header')
    expect(() => SIP({ headers: [['To']] })).toThrow('only Content-Length is computed')
    expect(() => SIP({ status: 1000 })).toThrow('is no status')
  })
})

describe('SDP, beyond the suite', () => {
  test('lines may be given as text', () => {
    expect(text(stack(SDP({ lines: ['v=0', ['m', 'audio 4000 RTP/AVP 0']] })))).toBe(
      'v=0\r\nm=audio 4000 RTP/AVP 0\r\n',
    )
    expect(SDP({ lines: ['m=audio 4000 RTP/AVP 0'] }).summary()).toBe('SDP audio 4000 RTP/AVP 0')
    expect(() => SDP({ lines: [['m', 'a\nb']] })).toThrow('is no line such as')
  })

  test('line ends and odd lines stay as they are', () => {
    const message = dissect(SDP, toBytes('v=0\nodd\n\nm=audio 1 x 0'))
    expect(message.lines).toEqual([
      ['v', '0'],
      ['', 'odd'],
      ['', ''],
      ['m', 'audio 1 x 0'],
    ])
    expect(text(message as AnyPacket)).toBe('v=0\nodd\n\nm=audio 1 x 0')
  })
})
