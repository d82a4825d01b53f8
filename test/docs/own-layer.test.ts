/**
 * docs/own-layer.md against Scapy: each layer of the page is there twice. Both are run, build the same bytes and read the same fields, and
 * ours takes no more lines.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { dissect, fromHex, layerByName, type Packet, stack, toHex } from '../../src/packet/index.js'
import { SCAPY_WORDS } from '../../src/repl/scapy-fields.js'
import { allPages, type Block, ROOT } from './examples.js'
import { Session } from './session.js'

const PYTHON = '/usr/bin/python3'
const hasScapy = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import scapy']).status === 0
/** Longer lines would be a way to have fewer of them. */
const LONGEST = 100

const page = allPages().find(({ name }) => name === 'docs/own-layer.md')!

/** A layer and the values of its fields, for both languages. */
interface Given {
  layer: string
  fields?: Record<string, unknown>
}

/** A layer as it was read: its name and its fields, bytes in hexadecimal. */
interface Found {
  layer: string
  fields: Record<string, unknown>
}

interface Pair {
  scapy: Block
  ours: Block
}

/** Each block of Python with the block that follows it. */
const pairs: Pair[] = page.blocks.flatMap((block, i) =>
  block.language === 'python' ? [{ scapy: block, ours: page.blocks[i + 1]! }] : [],
)

const ADDRESSES = { layer: 'IP', fields: { src: '10.0.0.1', dst: '10.0.0.2', id: 7 } }
const over = (fields: Record<string, unknown>, ...inner: Given[]): Given[] => [
  ADDRESSES,
  { layer: 'UDP', fields },
  ...inner,
]
const tlv = (fields: Record<string, unknown>): Given => ({ layer: 'Tlv', fields })
const SESSION = 0x11223344

/** Packets that both build. */
const BUILT: Given[][] = [
  [{ layer: 'Sensor' }],
  [{ layer: 'Sensor', fields: { id: 7, what: 'noise', reading: 513 } }],
  [{ layer: 'Sensor', fields: { id: 65535, what: 200 } }],
  [{ layer: 'Store', fields: { what: 1 } }],
  [{ layer: 'Store' }, { layer: 'StoreRead', fields: { place: 0xffffffff, amount: 3 } }],
  [{ layer: 'Store' }, { layer: 'StoreWrite', fields: { place: 256, content: 'abc' } }],
  [{ layer: 'Store', fields: { size: 99, check: 1 } }, { layer: 'StoreWrite' }],
  over({ sport: 4000 }, { layer: 'Store' }, { layer: 'StoreWrite', fields: { content: 'even' } }),
  [{ layer: 'Tlv', fields: { value: 'ann' } }],
  [{ layer: 'Roster' }],
  [{ layer: 'Roster', fields: { session: SESSION, parts: [tlv({ value: 'ann' }), tlv({ what: 'uptime' })] } }],
  [{ layer: 'Roster', fields: { what: 'tell', size: 500, parts: [tlv({ size: 9, value: 'x' })] } }],
  over({ sport: 4000 }, { layer: 'Roster', fields: { what: 'tell', parts: [tlv({ value: 'x'.repeat(200) })] } }),
  [{ layer: 'MiniVpn' }],
  [{ layer: 'MiniVpn', fields: { session: SESSION, keyid: 5, number: 9 } }],
  [{ layer: 'MiniVpn', fields: { opcode: 'data', keyid: 1, peer: 0x0a0b0c } }],
  [{ layer: 'MiniVpn', fields: { opcode: 'ack', session: 1, acks: [3, 4], remote: SESSION } }],
  [{ layer: 'MiniVpn', fields: { opcode: 'welcome', session: 1, acks: [0], remote: SESSION, number: 2 } }],
  over({ sport: 4000 }, { layer: 'MiniVpn', fields: { session: SESSION } }),
]

/** The one whose lengths lie: there Scapy takes what is left, and netshell leaves what it cannot read as Raw. */
const LYING = 11

/** Bytes that both read, besides those that they build: made by hand. */
const READ: readonly [layer: string, hex: string][] = [
  ['Sensor', '0102030405'],
  ['Sensor', '0102030405 0607'],
  ['Store', '01 000b 1234 00000001 0002 ffff'],
  ['Store', '03 0007 0000 abcd'],
  ['Roster', '02 0012 0000000000000009 01 03 616e6e 03 00'],
  ['Roster', '02 000b 0000000000000009 0102'],
  ['MiniVpn', '2f 0000000000000001 00'],
  ['MiniVpn', '43 0000000000000001 02 00000001 00000002 00000000000000ff 00000005 aabb'],
  ['MiniVpn', '48 000001 ffff'],
  ['IP', '4500002f000100004011000014141414151515150fa0113300 1b0000 3811223344556677880000000000 aabbccddee'],
]

/** Which packet answers which: numbers of BUILT. */
const ANSWERS: readonly [reply: number, request: number][] = [
  [17, 14],
  [14, 17],
  [17, 13],
  [16, 14],
  [17, 15],
]

/** Runs what the page says, and does what it is asked on its standard input. */
const CHILD = `
import json, logging, struct, sys
logging.getLogger('scapy').setLevel(logging.CRITICAL)
from scapy.all import *
asked = json.load(sys.stdin)
for block in asked['blocks']:
    exec(block, globals())

def value(x):
    if isinstance(x, (bytes, bytearray)):
        return bytes(x).hex()
    if isinstance(x, Packet):
        return layers(x)[0]
    if isinstance(x, (list, tuple)):
        return [value(y) for y in x]
    return x if isinstance(x, (int, float)) and type(x).__name__ != 'FlagValue' else str(x)

def layers(p):
    found = []
    while p and not isinstance(p, NoPayload):
        fields = {f.name: value(p.getfieldval(f.name)) for f in p.fields_desc
                  if not isinstance(f, ConditionalField) or f._evalcond(p)}
        found.append({'layer': type(p).__name__, 'fields': fields})
        p = p.payload
    return found

def made(x):
    if isinstance(x, dict):
        return globals()[x['layer']](**{k: made(v) for k, v in x.get('fields', {}).items()})
    return [made(y) for y in x] if isinstance(x, list) else x

def stacked(given):
    packet = made(given[0])
    for each in given[1:]:
        packet = packet / made(each)
    return packet

built = [stacked(given) for given in asked['built']]
rows = []
for row in asked['rows']:
    class Row(Packet):
        fields_desc = eval('[' + row + ']')
    data = bytes(Row() / b'payload')
    rows.append({'hex': data.hex(), 'fields': layers(Row(bytes(Row())))[0]['fields']})
class Mine(Packet):
    fields_desc = [ByteField('what', 0)]
class Other(Packet):
    fields_desc = [ByteField('x', 0)]
bindings = []
for source, given in asked['bindings']:
    exec(source, globals())
    bindings.append(bytes(stacked(given)).hex())
json.dump({
    'built': [bytes(packet).hex() for packet in built],
    'readBack': [layers(type(packet)(bytes(packet))) for packet in built],
    'read': [layers(globals()[name](bytes.fromhex(data))) for name, data in asked['read']],
    'answers': [bool(built[a].answers(built[b])) for a, b in asked['answers']],
    'rows': rows,
    'bindings': bindings,
}, sys.stdout)
`

interface Told {
  built: string[]
  readBack: Found[][]
  read: Found[][]
  answers: boolean[]
  rows: { hex: string; fields: Record<string, unknown> }[]
  bindings: string[]
}

/** The rows of a table of the page: what stands in backquotes in its two columns. */
function tableBehind(heading: string): [scapy: string, ours: string][] {
  const start = page.lines.indexOf(heading)
  expect(start, heading).toBeGreaterThan(0)
  const end = page.lines.findIndex((line, i) => i > start && line.startsWith('## '))
  return page.lines.slice(start, end).flatMap((line) => {
    const cells = /^\| `(.*)` \| `(.*)` \|$/.exec(line)
    return cells === null ? [] : [[cells[1]!, cells[2]!] as [string, string]]
  })
}

const kinds = tableBehind('## Kinds of fields')
/** What is there of the layers that something is bound to. */
const BELOW: Readonly<Record<string, Given[]>> = {
  Ether: [{ layer: 'Ether', fields: { src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' } }],
  IP: [ADDRESSES],
  UDP: [ADDRESSES, { layer: 'UDP' }],
}
/** Bindings that can be run as they stand, with the layers that they bind. */
const bindings = tableBehind('## What follows what').flatMap(([scapy, ours]) => {
  const [, lower, upper] = /^bind\w*\((\w+), (\w+), \w+=\w+\)$/.exec(scapy) ?? []
  return lower === undefined
    ? []
    : [{ scapy, ours, given: [...(BELOW[lower] ?? [{ layer: lower }]), { layer: upper! }] }]
})

let told: Told
const session = new Session()

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  for (const { ours } of pairs) {
    const shown = await session.type(ours.text)
    expect(shown.join('\n')).not.toMatch(/Error/)
  }
  if (!hasScapy) return
  const asked = {
    blocks: pairs.map(({ scapy }) => scapy.text),
    built: BUILT,
    read: READ.map(([layer, hex]) => [layer, hex.replaceAll(' ', '')]),
    answers: ANSWERS,
    rows: kinds.map(([scapy]) => scapy),
    bindings: bindings.map(({ scapy, given }) => [scapy, given]),
  }
  told = JSON.parse(
    execFileSync(PYTHON, ['-c', CHILD], { input: JSON.stringify(asked), encoding: 'utf8', timeout: 60_000 }),
  ) as Told
}, 90_000)

/** A packet as it is described; packets in lists are described alike. */
function built(given: readonly Given[]): Packet {
  const one = ({ layer, fields = {} }: Given): Packet =>
    layerByName(layer)!(
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.map((each) => (isGiven(each) ? one(each) : each)) : value,
        ]),
      ),
    )
  const [first, ...others] = given.map(one) as [Packet, ...Packet[]]
  return stack(first, ...others)
}

function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && 'layer' in value
}

/** A packet's layers and fields as Scapy's side tells them. */
function layersOf(packet: Packet): Found[] {
  return packet.layers().map((each) => ({
    // What is left over has one name there.
    layer: each.layerName,
    fields: Object.fromEntries(
      each._layer.fields.flatMap((field) => {
        const value = each._read(field.index)
        return value === undefined ? [] : [[field.name, plain(value)]]
      }),
    ),
  }))
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (typeof value === 'bigint') return Number(value)
  if (!Array.isArray(value)) return value
  return value.map((each) => (typeof each === 'object' && '_layer' in each ? layersOf(each as Packet)[0] : plain(each)))
}

/** Without the layers that are not of the page: what they have in fields differs in form. */
function ownOf(found: readonly Found[]): Found[] {
  return found.map((each) => (/^(IP|UDP)$/.test(each.layer) ? { ...each, fields: {} } : each))
}

/** Lines of code: neither blank nor a comment. */
function codeLines({ text }: Block): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(#|\/\/)/.test(line))
}

describe('the layers of docs/own-layer.md', () => {
  it('are there in pairs', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(4)
    for (const { ours } of pairs) expect(ours.language).toBe('netshell')
    // Each has packets that are tried.
    for (const { ours } of pairs)
      for (const [, name] of ours.text.matchAll(/layer\('(\w+)'/g)) expect(JSON.stringify(BUILT)).toContain(`"${name}"`)
  })

  it.each(pairs)('take no more lines than in Scapy: line $ours.line', ({ scapy, ours }) => {
    const [theirs, mine] = [codeLines(scapy), codeLines(ours)]
    for (const line of [...theirs, ...mine]) expect(line.length, line).toBeLessThanOrEqual(LONGEST)
    for (const line of mine) expect(line.split(';').length, `one statement in a line: ${line}`).toBe(1)
    expect(mine.length).toBeLessThanOrEqual(theirs.length)
    // What the page says of them.
    expect(page.lines[scapy.line - 3]).toBe(`Scapy, ${theirs.length} lines:`)
    expect(page.lines[ours.line - 3]).toBe(`netshell, ${mine.length} lines:`)
  })

  it.skipIf(!hasScapy).each(BUILT.map((given, i) => [i, JSON.stringify(given), given] as const))(
    'build the same bytes and read them alike: %i %s',
    (i, _, given) => {
      const packet = built(given)
      expect(packet.hex()).toBe(told.built[i])
      if (i === LYING) return
      const outermost = layerByName(given[0]!.layer)!
      expect(ownOf(layersOf(dissect(outermost, packet.bytes())))).toEqual(ownOf(told.readBack[i]!))
    },
  )

  it.skipIf(!hasScapy).each(READ.map(([layer, hex], i) => [layer, hex, i] as const))(
    'read bytes of others alike: %s %s',
    (layer, hex, i) => {
      const packet = layerByName(layer)!(fromHex(hex)) as Packet
      expect(ownOf(layersOf(packet))).toEqual(ownOf(told.read[i]!))
    },
  )

  it.skipIf(!hasScapy)('agree on what answers what', () => {
    const packets = BUILT.map(built)
    const found = ANSWERS.map(([reply, request]) =>
      layerByName('MiniVpn')!.definition.behaviour.answers!(packets[reply] as never, packets[request] as never),
    )
    expect(found).toEqual(told.answers)
    expect(new Set(found)).toEqual(new Set([true, false]))
  })
})

describe('the kinds of fields of docs/own-layer.md', () => {
  it.skipIf(!hasScapy).each(kinds.map(([scapy, ours], i) => [scapy, ours, i] as const))(
    '%s is %s',
    async (scapy, ours, i) => {
      await session.type(`layer('Row', {${ours}})`)
      const Row = layerByName('Row')!
      const empty = Row() as Packet
      expect(stack(empty.copy(), 'payload').hex()).toBe(told.rows[i]!.hex)
      // Scapy 2.5 reads its own bytes of this one as another number.
      if (scapy.startsWith('NBytesField')) return
      const [row] = layersOf(Row(empty.bytes()) as Packet)
      expect(meant(row!.fields)).toEqual(meant(told.rows[i]!.fields))
    },
  )

  it('are those that the prompt names where Scapy’s name is typed', () => {
    for (const [name, ours] of Object.entries(SCAPY_WORDS)) {
      const rows = [...kinds, ...tableBehind('## What follows what')].filter(([scapy]) =>
        new RegExp(`\\b${name}\\(`).test(scapy),
      )
      expect(rows.length, name).toBeGreaterThan(0)
      const kind = /^\w+/.exec(ours)![0]
      expect(
        rows.some(([, mine]) => new RegExp(`\\b${kind}\\(`).test(mine)),
        `${name}: ${ours}`,
      ).toBe(true)
    }
    for (const [scapy] of kinds)
      for (const [, name] of scapy.matchAll(/\b([A-Z]\w*Field)\(/g)) expect(Object.keys(SCAPY_WORDS)).toContain(name)
  })
})

/** Scapy has bytes where we have text, keeps the zeros or the line's end behind it, and one packet where we have a list of one. */
function meant(fields: Record<string, unknown>): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (isGiven(value)) return [name, [{ ...value, fields: value.fields }]]
      const text = typeof value === 'string' && /^(?:[0-9a-f]{2})+$/.test(value) ? fromHexText(value) : value
      return [name, text]
    }),
  )
}

function fromHexText(hex: string): string {
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replace(/(?:\0|\r\n)+$/, '')
}

describe('the bindings of docs/own-layer.md', () => {
  it.skipIf(!hasScapy)('set the same bytes', async () => {
    await session.type("Mine = layer('Mine', {what: u8()})\nOther = layer('Other', {x: u8()})")
    expect(bindings.length).toBeGreaterThanOrEqual(5)
    for (const [i, { ours, given }] of bindings.entries()) {
      expect((await session.type(ours)).join('\n')).not.toMatch(/Error/)
      expect(built(given).hex(), ours).toBe(told.bindings[i])
    }
  })
})

describe('the files of docs/own-layer.md', () => {
  it('the program is the one that the compiler checks, and it runs', async () => {
    const checked = readFileSync(path.join(ROOT, 'test/docs/own-layer-example.ts'), 'utf8')
    const [block] = page.blocks.filter(({ language }) => language === 'ts')
    expect(`${block!.text}\n`).toBe(checked.replace("'../../src/index.js'", "'netshell'"))
    const lines: unknown[] = []
    vi.mocked(console.log).mockImplementation((line) => void lines.push(line))
    await import('./own-layer-example.js')
    expect(lines).toEqual(['02000505036162' + '63', 5])
  })

  it('the script runs without arguments, and its client gets its answer', { timeout: 120_000 }, async () => {
    const { bundledProgram } = await import('../repl/screen/program.js')
    const program = await bundledProgram()
    try {
      const script = path.join(ROOT, 'scripts/own-layer.nsh')
      // It declares what the page does.
      const source = readFileSync(script, 'utf8').replace(/^const /gm, '')
      for (const { ours } of pairs.slice(2)) expect(source).toContain(ours.text)
      const { status, stdout, stderr } = spawnSync(process.execPath, [program.file, 'run', script], {
        encoding: 'utf8',
        timeout: 60_000,
        env: { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: program.folder, XDG_STATE_HOME: program.folder },
      })
      expect(stderr).toBe('')
      expect(status).toBe(0)
      expect(stdout).toContain('It answers our question: true')
    } finally {
      program.remove()
    }
  })
})
