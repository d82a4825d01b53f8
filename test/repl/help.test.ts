import { beforeAll, describe, expect, it } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { metadataOf } from '../../src/commands/metadata.js'
import { Evaluator } from '../../src/repl/evaluate.js'
import { helpFor, helpGlobals, helpList, sourceFor, usageOf } from '../../src/repl/help.js'
import { formOf } from '../../src/repl/input-forms.js'

let evaluator: Evaluator
let count = 0

async function type(source: string): Promise<unknown> {
  return await evaluator.run(source, { file: `prompt-${++count}`, prompt: true })
}

const help = (subject: unknown): string => helpFor(subject, undefined, 80, evaluator)

beforeAll(async () => {
  evaluator = new Evaluator({})
  evaluator.preload(preloaded())
  await type("let pkt = IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP({flags: 'S'})")
})

describe('the list', () => {
  it('begins with first steps, has a line for each command and the names of the many', () => {
    const list = helpList(undefined, 80)
    const lines = list.split('\n')
    expect(lines[0]).toBe('Start here')
    expect(lines.slice(1, 6).every((line) => line.startsWith('  '))).toBe(true)
    expect(lines.length).toBeLessThan(160)
    expect(list).toMatch(/\n {2}sniff +Captures packets until/)
    expect(list).toMatch(/\nLayers: the usual ones of \d+; ls\(\) lists all\n.*\bTCP\b/)
    expect(list).not.toContain('Transmission Control')
    expect(list).toMatch(/\nTopics\n {2}filters +BPF/)
  })

  it('fits the columns of the terminal', () => {
    for (const columns of [72, 80, 120, 200]) {
      const wide = helpList(undefined, columns)
        .split('\n')
        .filter((line) => line.length > columns && !line.startsWith('help(NAME)'))
      expect(wide.filter((line) => !/^ {2}sr1\(IP/.test(line))).toEqual([])
    }
  })
})

describe('help of one', () => {
  it('tells usage, parameters, options, what is given and thrown, examples, more', () => {
    const text = help('sr1')
    expect(text).toMatch(
      /^sr1\(packets, \{timeout, retry, iface\}\)\n {2}Sends packets and gives the first answer, or null\.\n/,
    )
    expect(text).toContain('\n  packets  packets that begin with IP or IPv6')
    expect(text).toMatch(/\noptions\n {2}timeout +seconds to wait after the last packet was sent \(number; unset:/)
    expect(text).toMatch(/\n {2}gives +the answer/)
    expect(text).toMatch(/\n {2}throws +OptionError/)
    expect(text).toMatch(/\nexamples\n {2}sr1\(IP\(.*practiceNetwork\(\)\.link\}\)\n {2}sr1\(.* \/\/ needs root\n/)
    expect(text).toMatch(/\nsee {2}sr, srp1/)
    expect(help('sr1()')).toBe(text)
    expect(help(' sr1(IP({dst: 1})/ICMP()) ')).toBe(text)
    expect(help((globalThis as Record<string, unknown>).sr1)).toBe(text)
  })

  it('fits the columns, and breaks lines between words only; examples are not broken', () => {
    for (const name of [
      'sr1',
      'sniff',
      'TCP',
      'Packet',
      'filters',
      'keys',
      'TCP.dport',
      'ICMP.code',
      'scan',
      'PingHost',
    ])
      for (const columns of [60, 80, 200]) {
        const lines = helpFor(name, undefined, columns, evaluator).split('\n')
        const code = lines.findIndex((line) => /^examples?$/.test(line))
        const told = lines.filter((_, at) => at > 0 && (code < 0 || at < code))
        expect(told.filter((line) => line.length > columns && !/^ {2}\S.* {2,}/.test(line))).toEqual([])
      }
    expect(helpFor('sr1')).toContain('until the time is over (boolean; unset: false)\n')
  })

  it('tells of a member by its name, by a value of it, by the name of a value', async () => {
    const show = help('Packet.show')
    expect(show).toMatch(/^packet\.show\(\{dump, color\}\)\n/)
    expect(help('pkt.show')).toBe(show)
    expect(help(await type('pkt.show'))).toBe(show)
    expect(help('packet.show')).toBe(show)
    expect(help(await type('new PacketList().show'))).toMatch(/^packets\.show\(/)
    expect(help('job.stop')).toMatch(/^job\.stop\(\)/)
    expect(help('route.add')).toMatch(/^route\.add\(network, \{gateway/)
  })

  it('tells of a value by its class', async () => {
    const text = help(await type('pkt'))
    expect(text).toMatch(/^packet\.FIELD, packet\.METHOD/)
    expect(text).toMatch(/\nhas\n {2}layerName/)
    expect(text).toMatch(/\n {2}show\(…\) +Prints every field/)
    expect(help(await type('jobs()'))).toMatch(/An array of Job|an array of Job/)
    expect(help(5)).toBe('There is no help for a number; help lists what there is.')
    expect(help(null)).toBe('There is no help for null; help lists what there is.')
  })

  it('tells of an option, of a positional, of a setting', () => {
    expect(help('sniff.filter')).toMatch(/^sniff\(\{filter: …\}\)\n {2}BPF expression.*\n\n {2}type +string/s)
    expect(help('sr1.packets')).toMatch(/^sr1\(packets\)\n/)
    expect(help('conf.timeout')).toMatch(/^conf\.timeout = /)
  })

  it('tells of a field: kind, size, place, default, range, names', () => {
    const flags = help('TCP.flags')
    expect(flags).toMatch(/^TCP\.flags\n {2}S: opens a connection\./)
    expect(flags).toMatch(
      /\n {2}kind +flags\n {2}size +9 bits\n {2}place +bit 7 of byte 12 of the header\n {2}default {2}S\n/,
    )
    expect(flags).toMatch(/\n {4}0 F {2}1 S {2}2 R/)
    expect(help('IP.ttl')).toMatch(/\n {2}takes +0\.\.255; a list is a set\n/)
    expect(help('ICMP.code')).toMatch(/names where type is 3 \(dest-unreach\)\n {4}0 network-unreachable/)
    expect(help('pkt.ttl')).toBe(help('IP.ttl'))
    expect(help('pkt.window')).toBe(help('TCP.window'))
    expect(help('TCP.flag')).toMatch(/TCP has no field 'flag'; did you mean 'flags'\?/)
  })

  it('tells of groups, topics, operators and the commands of the prompt', () => {
    expect(help('Layers')).toMatch(/^Layers: link\n.*\nLayers: network\n.*\n {2}IPv6ExtHdrFragment/s)
    expect(help('tools')).toMatch(/^Tools\n {2}ping /)
    expect(help('filters')).toMatch(/not port 22 +all but your own ssh/)
    expect(help('/')).toMatch(/^outer \/ inner\n/)
    expect(help('.load')).toMatch(/^\.load /)
  })

  it('suggests where there is nothing of that name', () => {
    expect(help('snif')).toMatch(/There is no help for 'snif'; did you mean 'sniff'\?/)
    expect(help('zebra crossing')).toBe("There is no help for 'zebra crossing'; help lists what there is")
    expect(help('handshake')).toMatch(/There is no help for 'handshake'/)
  })

  it('runs nothing of the user for it', async () => {
    await type(
      'var danger = { get trap() { throw new Error("ran") } }; var shy = new Proxy({}, { get() { throw new Error("ran") } })',
    )
    expect(() => help('danger.trap')).not.toThrow()
    expect(() => help('shy.anything')).not.toThrow()
    expect(() => help((globalThis as Record<string, unknown>).shy)).not.toThrow()
  })
})

describe("the user's own", () => {
  beforeAll(async () => {
    await type(
      '// Asks twice.\n// Gives the time to live.\nfunction probe(host, {n = 2} = {}) {\n  const a = sr1(IP({dst: host})/ICMP())\n  return a.ttl / n\n}',
    )
    await type('const half = x => x / 2')
    await type('const f = [x => x / 3, x => x / 4]')
    await type(
      'class Walker {\n  /** Goes on. */\n  step(x) {\n    /** Waits a little. */\n    sleep(0)\n    return x\n  }\n}',
    )
    await type(
      "const Tick = layer('Tick', {kind: u8Enum(1, {1: 'ask'}), at: u32().auto(c => c.headerLength)}, 'Clock ticks.', 'RFC 0')",
    )
  })

  it('functions are told by their head and the comment above', () => {
    expect(help('probe')).toBe(
      'probe(host, {n = 2} = {})\n  Asks twice.\n  Gives the time to live.\n  typed at the prompt; probe?? shows it',
    )
    expect(help((globalThis as Record<string, unknown>).probe)).toBe(help('probe'))
    expect(help('half')).toMatch(/^half\(x\)\n/)
    expect(help('Walker')).toMatch(/^class Walker\n/)
  })

  it('functions show their own text, not what runs', async () => {
    expect(sourceFor('probe', undefined, 80, evaluator)).toMatch(
      /\nfunction probe\(host, \{n = 2\} = \{\}\) \{\n {2}const a = sr1\(IP\(\{dst: host\}\)\/ICMP\(\)\)\n {2}return a\.ttl \/ n\n\}$/,
    )
    expect(sourceFor('half', undefined, 80, evaluator)).toMatch(/\nconst half = x => x \/ 2$/)
    expect(sourceFor('Walker', undefined, 80, evaluator)).toMatch(/\nclass Walker \{\n[^$]*\}$/)
    const step = sourceFor(await type('Walker.prototype.step'), undefined, 80, evaluator)
    expect(step).toContain('Goes on.')
    expect(step).toMatch(/\nstep\(x\) \{\n {2}\/\*\* Waits a little\. \*\/\n {2}sleep\(0\)\n {2}return x\n\}$/)
    expect(sourceFor(await type('f[1]'), undefined, 80, evaluator)).toContain('x => x / 4')
  })

  it('the latest of a name counts', async () => {
    await type('function again(a) { return 1 }')
    await type('/** Newer. */\nfunction again(a, b) { return 2 }')
    expect(help('again')).toMatch(/^again\(a, b\)\n {2}Newer\.\n/)
  })

  it('layers are full citizens', async () => {
    expect(help('Tick')).toMatch(/^Tick\(\{field: value, …\}\)\n {2}Clock ticks\.\n/)
    expect(help(await type('Tick'))).toBe(help('Tick'))
    expect(help('Tick.kind')).toMatch(/^Tick\.kind\n\n {2}kind +u8\n.*\n {4}1 ask/s)
    expect(sourceFor('Tick', undefined, 80, evaluator)).toContain(
      "layer('Tick', {\n  kind: u8Enum(1, {1: 'ask'}),\n  at: u32().auto(…),\n}, 'Clock ticks.', 'RFC 0')",
    )
  })
})

describe('source', () => {
  it('of layers is their declaration, of commands where it is', () => {
    expect(sourceFor('UDP', undefined, 80, evaluator)).toContain(
      "layer('UDP', {\n  sport: u16Enum(53, {7: 'echo', 9: 'discard', 13: 'daytime', … 48 names}),",
    )
    expect(sourceFor('sr1', undefined, 80, evaluator)).toMatch(
      /\npart of netshell: src\/exchange\/exchange\.ts in its sources$/,
    )
    expect(sourceFor('parseInt', undefined, 80, evaluator)).toMatch(/It is built into JavaScript\.$/)
  })
})

describe('the forms x? and x??', () => {
  const shown: string[] = []
  const shell = {
    face: { paint: (_: string, text: string) => text, columns: 80, page: (text: string) => void shown.push(text) },
    get evaluator() {
      return evaluator
    },
  }

  async function ask(text: string): Promise<string | null> {
    shown.length = 0
    const form = formOf(text)
    if (form === null) return null
    await form(shell as never)
    return shown.join('\n')
  }

  it.each([
    ['sr1?', 'sr1'],
    ['sr1()?', 'sr1'],
    ['  pkt.show?  ', 'pkt.show'],
    ['IP.dst?', 'IP.dst'],
    ["'TCP.flags'?", 'TCP.flags'],
    ['"filters"?', 'filters'],
    ['/?', '/'],
    ['.load?', '.load'],
    ["sr1(IP({dst: '10.0.0.2'}))?", 'sr1'],
  ])('%s', async (typed, name) => {
    expect(await ask(typed)).toBe(name.startsWith('sr1') ? help('sr1') : help(name))
  })

  it('x?? shows the source too', async () => {
    expect(await ask('UDP??')).toBe(sourceFor('UDP', undefined, 80, evaluator))
  })

  it.each(['a ?', 'a ? b : c', 'x?.y', '?', 'a ?? b', 'a ??', "'a' + 'b'?"])('%s is JavaScript', async (text) => {
    expect(formOf(text)).toBeNull()
  })
})

it('knows how a function is called', () => {
  const { scan } = globalThis as unknown as Record<string, unknown>
  expect(usageOf(scan)).toMatch(/^scan\(targets, /)
  expect(usageOf(() => 1)).toBeUndefined()
})

it('gives help, ls and apropos to the prompt', () => {
  const printed: string[] = []
  const given = helpGlobals({
    print: (text) => void printed.push(text),
    paint: () => (_style, text) => text,
    columns: () => 80,
  })
  given.help('sr1')
  given.ls('UDP')
  given.apropos('checksum')
  expect(printed[0]).toBe(help('sr1'))
  expect(printed[1]).toMatch(/^UDP {2}User Datagram Protocol\./)
  expect(printed[2]).toMatch(/checksum/)
  expect(() => given.apropos(5 as never)).toThrow(/apropos: give a word/)
  for (const name of ['help', 'ls', 'apropos']) expect(metadataOf(name)?.group).toBe('Help')
})
