/** Values in quotes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chosen, detail, items, texts, type } from './session.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(async () => {
  await type("var packet = IP({dst: '10.0.0.1'})/TCP({dport: 80}); var packets = new PacketList([packet])")
  mkdirSync(join(folder, 'sub folder'))
  mkdirSync(join(folder, '.hidden'))
  writeFileSync(join(folder, "it's.pcap"), 'x')
  writeFileSync(join(folder, 'a "b" c.nsh'), '')
  writeFileSync(join(folder, 'plain.pcap'), 'x'.repeat(1500))
})

describe('names of values', () => {
  it('of a field in the making', () => {
    expect(texts("ICMP({type: 'ech")).toEqual(["echo-reply'", "echo-request'"])
    expect(detail("ICMP({type: '", 'echo-request')).toBe('8, the default')
    expect(texts("Ether({type: '")).toContain("ARP'")
    expect(texts("IP({proto: 'ud")).toContain("udp'")
    expect(texts('UDP({dport: "dom')).toEqual(['domain"', 'domain_s"'])
    expect(texts("TCP({dport: ['http', 'ss")).toEqual(["ssh'"])
    expect(texts("IP()/UDP({sport: 5, dport: 'dom")).toEqual(["domain'", "domain_s'"])
    expect(chosen("ICMP({type: 'ech|'})", 'echo-reply')).toBe("ICMP({type: 'echo-reply|'})")
    expect(chosen("ICMP({type: 'ech|})", 'echo-reply')).toBe("ICMP({type: 'echo-reply'|})")
    expect(texts("ICMP({id: 'ech")).toEqual([])
    expect(texts("ICMP({code: 'host-u").length).toBeGreaterThan(0)
  })

  it('are flags: letters with what they mean, and what is usual together', () => {
    expect(texts("TCP({flags: '").slice(0, 3)).toEqual(["S'", "SA'", "A'"])
    expect(detail("TCP({flags: '", 'SA')).toBe('SYN ACK: accepts it')
    expect(detail("TCP({flags: '", 'F')).toBe('FIN: no more data')
    expect(texts("TCP({flags: 'S").slice(0, 2)).toEqual(["S'", "SA'"])
    expect(texts("TCP({flags: 'SA")).toContain("SAE'")
    expect(texts("TCP({flags: 'SA")).not.toContain("SAS'")
    expect(texts("IP({flags: '")).toEqual(["MF'", "DF'", "evil'"])
    expect(chosen("IP({flags: 'MF+|'})", 'DF')).toBe("IP({flags: 'MF+DF|'})")
  })

  it('of a field of a packet, assigned or compared', () => {
    expect(texts("packet.dport = 'htt").slice(0, 2)).toEqual(["http'", "https'"])
    expect(texts("packet[TCP].flags = 'P")).toContain("PA'")
    expect(texts("packets.filter(p => p.dport === 'ss")).toEqual(["ssh'"])
    expect(texts("if (packet.sport !== 'ss")).toEqual(["ssh'"])
    expect(texts("nosuch.sport = 'ss")).toEqual([])
    expect(texts("packet.ttl = 'ss")).toEqual([])
  })

  it('of options of layers', () => {
    expect(texts("TCP({options: [['MS")).toEqual(["MSS'"])
    expect(texts("TCP({options: [['MSS', 1460], 'SAckO")).toEqual(["SAckOK'"])
    expect(texts("DHCP({options: [['message-t")).toEqual(["message-type'"])
    expect(texts("TCP({options: [['MSS', 'MS")).toEqual([])
  })

  it('of layers of a packet, keys of an object', async () => {
    expect(texts("packet['")).toEqual(["IP'", "TCP'"])
    await type("var table = {'a b': 1, \"it's\": 2}")
    expect(texts("table['")).toEqual(["a b'", "it\\'s'"])
    expect(detail('table["', 'a b')).toBe('number 1')
  })

  it('of options of commands', () => {
    expect(texts("wrpcap('x', packets, {format: '")).toEqual(["pcap'", "pcapng'"])
    const names = texts("sniff({iface: '")
    expect(names.at(-1)).toBe("any'")
    for (const name of Object.keys(networkInterfaces())) expect(names).toContain(`${name}'`)
    expect(texts("sniff({iface: ['lo', '")).toContain("any'")
    expect(texts("send(packet, {iface: '")).not.toContain("any'")
    expect(items("sniff({netns: '").every(({ kind }) => kind === 'value')).toBe(true)
    expect(texts("sniff({filter: '")).toEqual([])
  })

  it('of settings', () => {
    expect(texts("conf.color = 'al")).toEqual(["always'"])
    expect(texts("conf.iface = '")).toContain("lo'")
    expect(texts("conf.nosuch = '")).toEqual([])
  })

  it('bring their quotes where there are none yet, and are none where a word is begun', () => {
    expect(texts('TCP({flags: ').slice(0, 2)).toEqual(["'S'", "'SA'"])
    expect(items('TCP({flags: ')[0]).toMatchObject({ label: 'S', detail: 'SYN: opens a connection' })
    expect(texts('packet.dport === ')).toContain("'http'")
    expect(texts('sniff({iface: ')).toContain("'lo'")
    expect(texts('sniff({iface: ')).toContain('packet')
    expect(texts('sniff({iface: ')).not.toContain('sniff')
    expect(texts('sniff({store: ').slice(0, 2)).toEqual(['true', 'false'])
    expect(texts("wrpcap('x', packets, {format: ")).toContain("'pcapng'")
    expect(texts('rdpcap(')).toContain("'package.json'")
    expect(texts('rdpcap(')).toContain("'src/")
    expect(texts('TCP({flags: packe')).toEqual(['packet', 'packets', 'packetFromJson'])
    expect(texts('1 + ')[0]).toBe('packet')
  })

  it('are nothing in other texts', () => {
    for (const input of [
      "'",
      "x = '",
      "f('",
      "console.log('",
      "sniff('",
      "IP('",
      "sniff({prn: p => '",
      "a + '",
      "['",
    ]) {
      expect([input, texts(input)]).toEqual([input, []])
    }
  })
})

describe('files', () => {
  it('are offered where commands take them, folders first', () => {
    expect(texts(`rdpcap('${folder}/`)).toEqual(['sub folder/', 'a "b" c.nsh\'', "it\\'s.pcap'", "plain.pcap'"])
    expect(detail(`rdpcap('${folder}/`, 'plain.pcap')).toBe('1.5 kB')
    expect(texts(`rdpcap("${folder}/a`)).toEqual(['a \\"b\\" c.nsh"'])
    expect(texts(`rdpcap('${folder}/.`)).toEqual(['.hidden/'])
    expect(texts(`rdpcap('${folder}/it\\'s`)).toEqual(["it\\'s.pcap'"])
    expect(chosen(`rdpcap('${folder}/pl|')`, 'plain.pcap')).toBe(`rdpcap('${folder}/plain.pcap|')`)
    for (const call of [
      'wrpcap(',
      'pcapReader(',
      'sniff({offline: ',
      'sniff({write: ',
      'fs.readFileSync(',
      'openSync(',
    ])
      expect([call, texts(`${call}'${folder}/pl`)]).toEqual([call, ["plain.pcap'"]])
    expect(texts("rdpcap('/no/such/folder/")).toEqual([])
    expect(texts("rdpcap('~/").length).toBe(texts(`rdpcap('${process.env.HOME}/`).length)
  })

  it('may have any names', () => {
    const odd = join(folder, 'sub folder', 'a\nb\x1b[31m\\c`${d}.pcap')
    writeFileSync(odd, '')
    for (const quote of ["'", '"', '`']) {
      const [written] = texts(`rdpcap(${quote}${folder}/sub folder/`)
      expect(written).not.toMatch(/[\n\x1b]/)
      // What is inserted is that name as JavaScript reads it.
      expect(new Function(`return ${quote}${written}`)()).toBe('a\nb\x1b[31m\\c`${d}.pcap')
    }
    expect(items(`rdpcap('${folder}/sub folder/`)[0]?.label).not.toMatch(/[\n\x1b]/)
    expect(texts(`.load "${folder}/sub folder/`)).toEqual([])
    rmSync(odd)
  })

  it('are offered behind dot commands', () => {
    expect(chosen(`.load ${folder}/su|`, 'sub folder/')).toBe(`.load "${folder}/sub folder/|`)
    expect(chosen(`.load "${folder}/su|`, 'sub folder/')).toBe(`.load "${folder}/sub folder/|`)
    expect(chosen(`.load ${folder}/pl|`, 'plain.pcap')).toBe(`.load ${folder}/plain.pcap|`)
    expect(chosen(`.load ${folder}/a|`, 'a "b" c.nsh')).toBe(`.load '${folder}/a "b" c.nsh'|`)
    expect(texts('.load no/such/folder/x')).toEqual([])
  })

  it('are offered in lines that run a program, not where `!` is JavaScript’s', () => {
    expect(chosen(`!ls ${folder}/su|`, 'sub folder/')).toBe(`!ls ${folder}/sub\\ folder/|`)
    expect(chosen(`out = !cat -n ${folder}/pl|`, 'plain.pcap')).toBe(`out = !cat -n ${folder}/plain.pcap|`)
    expect(chosen(`x = 1\n!cat ${folder}/sub\\ f|`, 'sub folder/')).toBe(`x = 1\n!cat ${folder}/sub\\ folder/|`)
    expect(texts('!packet.dpo')).toEqual(['dport'])
    expect(texts('!packet && packe')).toEqual(['packet', 'packets', 'packetFromJson'])
    expect(chosen(`sh\`cat ${folder}/su|`, 'sub folder/')).toBe(`sh\`cat ${folder}/sub\\ folder/|`)
    expect(texts('f(\n!ls packe')).toEqual(['packet', 'packets', 'packetFromJson'])
  })

  it('and modules where they are imported', () => {
    expect(texts("import {basename} from 'node:pa")).toEqual(["node:path'", "node:path/posix'", "node:path/win32'"])
    expect(texts("import 'node:ht")).toContain("node:http'")
    expect(texts("await import('node:ht")).toContain("node:http'")
    expect(texts("const fs = require('fs/")).toEqual(["node:fs/promises'"])
    expect(texts("require('vites")).toContain("vitest'")
    expect(texts("require('./packag")).toContain("package.json'")
    expect(texts("x.require('vites")).toEqual([])
  })
})

describe('dot commands', () => {
  it('are offered at the beginning, with what they do', () => {
    expect(texts('.lo')).toEqual(['.load '])
    expect(texts('.ex')).toEqual(['.exit'])
    expect(items('.ex')[0]).toMatchObject({ kind: 'command', detail: expect.stringContaining('leave') })
    expect(texts('x\n.exi')).toEqual([])
    expect(texts('.5')).toEqual([])
  })
})

describe('events', () => {
  it('are those that the class of the receiver names, and of those it extends', async () => {
    await type("class Session { static events = {message: 'text came in', close: 'it is over'}; on(name, handler) {} }")
    await type("class Chat extends Session { static events = {join: 'somebody came'} }; var chat = new Chat()")
    expect(texts("chat.on('")).toEqual(["join'", "message'", "close'"])
    expect(detail("chat.on('", 'message')).toBe('text came in')
    expect(items("chat.on('")[0]?.kind).toBe('event')
    expect(texts("chat.say('")).toEqual([])
    expect(texts("chat.on('join', '")).toEqual([])
    expect(texts("new Session().on('cl")).toEqual(["close'"])
  })
})

describe('layers', () => {
  it('come first where a layer is expected', () => {
    expect(texts('packet[').slice(0, 2)).toEqual(['IP', 'TCP'])
    expect(texts('packets[T')[0]).toBe('TCP')
    expect(texts('TCP in packe')[0]).toBe('packet')
    expect(
      items('packet/')
        .slice(0, 5)
        .map(({ kind }) => kind),
    ).toEqual(Array(5).fill('layer'))
    expect(texts('IP()/T')[0]).toBe('TCP')
    expect(items('6 / p')[0]?.kind).not.toBe('layer')
  })
})
