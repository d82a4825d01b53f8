import { describe, expect, test } from 'vitest'
import { IP, Syslog, Syslog5424, UDP } from '../../../src/layers/index.js'
import { dissect, stack, toBytes } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('syslog', [Syslog, Syslog5424])

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('syslog, beyond the suite', () => {
  test('a message is written as its form says', () => {
    expect(textOf(Syslog({ facility: 'auth', severity: 2, tag: 'su', pid: '7', msg: 'failed' }).bytes())).toBe(
      '<34>su[7]: failed',
    )
    expect(textOf(Syslog({ timestamp: 'Oct 11 22:14:15', hostname: 'h', msg: 'x' }).bytes())).toBe(
      '<13>Oct 11 22:14:15 h x',
    )
    expect(textOf(Syslog({ facility: '', msg: 'x' }).bytes())).toBe('x')
    expect(
      textOf(Syslog5424({ appname: 'su', structured_data: [['a@1', ['b', '"]\\']]], msg: 'Zeit läuft' }).bytes()),
    ).toBe('<13>1 - - su - - [a@1 b="\\"\\]\\\\"] Zeit läuft')
    expect(stack(IP(), UDP(), Syslog()).dport).toBe(514)
  })

  test.each([
    '<34>1 - - - - - -',
    '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - text',
    '<0>1 - h a p m [a][b c="d"] \ufeffx',
    '<34>Oct 11 22:14:15 host su[1]: text\n',
    '<34>Oct  1 22:14:15 host text without a tag',
    '<191>text',
    '<192>no priority',
    '<034>no priority either',
    'plain text',
  ])('%s is read and written back', (text) => {
    const packet = dissect(UDP, stack(UDP({ dport: 514 }), text).bytes())
    const message = packet.get(Syslog) ?? packet.get(Syslog5424)!
    expect(packet.issues()).toEqual([])
    const fresh = (message._layer.callable as () => typeof message)()
    for (const field of message._layer.fields) fresh._write(field.index, message._read(field.index))
    expect(textOf(fresh.bytes())).toBe(text)
  })

  test('bytes that are no text are bytes; what steers a terminal does not show', () => {
    expect(dissect(UDP, stack(UDP({ dport: 514 }), Uint8Array.of(0, 1, 255)).bytes()).payload!.layerName).toBe('Raw')
    expect(dissect(Syslog, toBytes('<13>a\u001b[31m')).summary()).not.toContain('\u001b')
    expect(() => Syslog({ facility: 'nobody' })).toThrow('Syslog.facility: ')
    expect(() => Syslog5424({ hostname: 'a b' })).toThrow('is no word')
  })
})
