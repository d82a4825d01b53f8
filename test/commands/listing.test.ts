import { beforeAll, describe, expect, it } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { listing } from '../../src/commands/listing.js'
import { search, searchText } from '../../src/commands/search.js'
import type { Page } from '../../src/commands/text-layout.js'
import { plain } from '../../src/exchange/terminal-colours.js'
import { IP, TCP, UDP } from '../../src/layers/index.js'
import { layer, stack, u8 } from '../../src/packet/index.js'
import '../../src/repl/language.js'

const page: Page = { paint: plain, columns: 80 }

beforeAll(() => void preloaded())

describe('ls', () => {
  it('lists layers by group and commands, a line each that fits', () => {
    for (const columns of [80, 200]) {
      const lines = listing(undefined, { paint: plain, columns }).split('\n')
      expect(lines.filter((line) => line.length > columns)).toEqual([])
      expect(lines[0]).toBe('Layers: link')
      expect(lines[1]).toMatch(/^ {2}ARP +/)
      expect(lines).toContain('Tools')
      expect(lines.some((line) => /^ {2}ping +Asks hosts/.test(line))).toBe(true)
    }
  })

  it('cuts no summary behind a colon that says nothing', () => {
    const lines = listing('link', page).split('\n')
    expect(lines[0]).toBe('Layers: link')
    expect(lines.find((line) => line.startsWith('  ARP '))).toMatch(/Unset: the own addresses.*…$/)
    expect(lines.filter((line) => / Unset\.$/.test(line))).toEqual([])
  })

  it('leaves out a header that a narrow screen would break', () => {
    const text = listing(UDP, { paint: plain, columns: 60 })
    expect(text).not.toContain('+-+-')
    expect(text).toContain('FIELD')
  })

  it('shows a layer: what it is, what defines it, its header, its fields, what follows', () => {
    const text = listing(TCP, page)
    expect(text).toMatch(/^TCP {2}Transmission Control Protocol\./)
    expect(text).toContain('RFC 9293 §3.1')
    expect(text).toContain('|dataofs|reser|      flags      |            window             |')
    expect(text).toMatch(/\n {2}FIELD +SIZE +DEFAULT +KIND +VALUES\n/)
    expect(text).toMatch(/\n {2}dport +16 bits +80 http +u16 +7 echo, .*\(75 in\n? *all\)/s)
    expect(text).toMatch(/\n {2}flags +9 bits +S +flags +FSRPAUECN\n/)
    expect(text).toMatch(/\n {2}chksum +16 bits +auto +u16\n/)
    expect(text).toMatch(/\n {2}then {2}\w+ \(.* and \d+ more/s)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(listing('TCP', page)).toBe(text)
  })

  it('shows a packet: values beside defaults', () => {
    const text = listing(stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', ttl: 5 }), UDP({ dport: [53, 123] })), page)
    expect(text).toMatch(/^IP\n/)
    expect(text).toMatch(/\n {2}ttl +u8, 8 bits += 5 +\(64\)\n/)
    expect(text).toMatch(/\n {2}len +u16, 16 bits += auto +\(auto\)\n/)
    expect(text).toMatch(/\nUDP\n.*\n {2}dport +u16, 16 bits += \[53, 123\] +\(53 domain\)\n/s)
  })

  it('finds by a part of a name; shows a field', () => {
    const text = listing('tcp', page)
    expect(text).toMatch(/\n {2}TCP +/)
    expect(text).toMatch(/\n {2}TCPerror +/)
    expect(text).not.toContain('\n  UDP ')
    expect(listing('TCP.flags', page)).toMatch(/^TCP\.flags\n/)
    expect(listing('tools', page)).toMatch(/^Tools\n/)
  })

  it('says what is wrong, and what may have been meant', () => {
    expect(() => listing('TCPP', page)).toThrow("ls: no name has 'TCPP' in it; did you mean 'TCP'?")
    expect(() => listing('TCP.flag', page)).toThrow("ls: TCP has no field 'flag'; did you mean 'flags'?")
    expect(() => listing(5, page)).toThrow(/^ls: give a layer/)
    expect(() => listing('', page)).toThrow(/^ls: /)
  })

  it('has layers of the prompt among all others', () => {
    const Listed = layer('ListedExample', { kind: u8() }, 'One of my own.')
    expect(listing(undefined, page)).toMatch(/\n {2}ListedExample +One of my own\.\n/)
    expect(listing(Listed, page)).toMatch(/^ListedExample {2}One of my own\.\n/)
    expect(listing('listed', page)).toContain('kind')
  })
})

describe('apropos', () => {
  it('finds names, options, fields, members and topics', () => {
    const groups = new Map(search('checksum').map(({ group, name }) => [`${group} ${name}`, true]))
    for (const hit of ['Packets checksum', 'Fields TCP.chksum', 'Members Field.checksum', 'Topics stacking'])
      expect([...groups.keys()]).toContain(hit)
    expect(search('BPF').map(({ name }) => name)).toEqual(expect.arrayContaining(['sniff.filter', 'filters']))
    // All words count.
    expect(search('capture file gzipped').map(({ name }) => name)).toContain('rdpcap')
    // In sentences a word counts where one begins: 'ttl' is in little.
    expect(search('ttl').map(({ name }) => name)).not.toContain('Loopback')
    expect(search('ttl').map(({ name }) => name)).toContain('IP.ttl')
    expect(search('(')).toBeInstanceOf(Array)
    expect(search('  ')).toEqual([])
  })

  it('groups what it finds, marks the word, and fits', () => {
    const marked: string[] = []
    const text = searchText('Fragment', {
      paint: (style, part) => {
        if (style === 'yellow') marked.push(part)
        return part
      },
      columns: 80,
    })
    expect(new Set(marked.map((part) => part.toLowerCase()))).toEqual(new Set(['fragment']))
    expect(text).toMatch(/^Wire\n {2}fragment /)
    expect(text).toMatch(/\n {2}… \d+ more\n/)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('suggests where it finds nothing', () => {
    expect(searchText('snifff', page)).toBe("nothing has 'snifff' in its help; did you mean 'sniff'?")
  })
})
