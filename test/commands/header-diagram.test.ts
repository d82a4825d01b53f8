/** The diagrams that `ls` makes from layouts are those that stand in the layers' files. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagramCells, headerDiagram } from '../../src/commands/header-diagram.js'
import { allLayers, bits, flags, ipv6, layer, layerByName, u8, u16, u32, u64 } from '../../src/packet/index.js'
import '../../src/layers/index.js'

const FOLDER = path.resolve(import.meta.dirname, '../../src/layers')
const layers = allLayers()

/** A cell of a diagram in a comment: what stands in it, and how many bits it takes. */
interface Drawn {
  text: string
  bits: number
}

/** Rows of the first diagram in a file's header: two characters a bit. Cells with notes have their first word. */
function drawnRows(file: string): Drawn[][] {
  const comment = readFileSync(path.join(FOLDER, file), 'utf8').split('*/')[0]!
  return [...comment.matchAll(/^ \* {3}(\|.*\|)/gm)].map(([, row]) =>
    row!
      .slice(1, -1)
      .split('|')
      .map((cell) => ({ text: cell.trim(), bits: (cell.length + 1) / 2 })),
  )
}

/** Files whose diagram is that of one layer, field by field. */
const WHOLE: readonly [file: string, layer: string, rows: number][] = [
  ['network/ip.ts', 'IP', 5],
  ['network/ipv6.ts', 'IPv6', 4],
  ['transport/tcp.ts', 'TCP', 5],
  ['link/mpls.ts', 'MPLS', 1],
  ['link/dot1q.ts', 'Dot1Q', 1],
  ['link/arp.ts', 'ARP', 2],
  ['network/icmp.ts', 'ICMP', 1],
  ['services/dhcp.ts', 'BOOTP', 2],
]

describe.each(WHOLE)('%s', (file, name, rows) => {
  it(`draws ${name} as its layout has it`, () => {
    const cells = diagramCells(layerByName(name)!.definition)
    const drawn = drawnRows(file).slice(0, rows)
    expect(drawn.length).toBe(rows)
    drawn.forEach((row, at) => {
      const own = cells.filter((cell) => cell.row === at)
      expect(row.map((cell) => cell.bits)).toEqual(own.map((cell) => cell.bits))
      for (const [i, { text }] of row.entries())
        expect(own[i]!.name.startsWith(text.replace(/ \(.*\)$/, ''))).toBe(true)
    })
  })
})

it('finds the same rows for the messages of ICMP that its file draws', () => {
  const drawn = drawnRows('network/icmp.ts').slice(1)
  const cells = diagramCells(layerByName('ICMP')!.definition)
  const rows = [...new Set(cells.map((cell) => cell.row))].map((row) =>
    cells
      .filter((cell) => cell.row === row)
      .map(({ name, bits }) => `${name}:${bits}`)
      .join(' '),
  )
  for (const row of drawn) expect(rows).toContain(row.map(({ text, bits }) => `${text}:${bits}`).join(' '))
})

describe('every layer', () => {
  it('is drawn in rows of at most 32 bits, in the columns of a terminal', () => {
    for (const { layerName, definition } of layers) {
      for (const line of headerDiagram(definition).slice(0, -1))
        expect(line.length, `${layerName}: ${line}`).toBeLessThan(79)
      const total = new Map<number, number>()
      for (const { row, bits: count } of diagramCells(definition)) total.set(row, (total.get(row) ?? 0) + count)
      for (const [row, count] of total) expect(count, `${layerName} row ${row}`).toBeLessThanOrEqual(32)
    }
  })

  it('has all of its fields in its diagram', () => {
    for (const { layerName, definition } of layers) {
      const names = new Set(diagramCells(definition).map(({ name }) => name.replace('?', '')))
      expect([...names].sort(), layerName).toEqual(definition.fields.map(({ name }) => name).sort())
    }
  })

  it('has every file of a protocol with a diagram looked at', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    const withDiagram = files.filter((file) => file.endsWith('.ts') && drawnRows(file).length > 0)
    expect(withDiagram.length).toBeGreaterThanOrEqual(WHOLE.length)
  })
})

describe('a layer of the prompt', () => {
  it('is drawn with its borders, names that do not fit below', () => {
    const Drawn = layer('DrawnExample', {
      version: bits(4, 1),
      marks: flags(4, 'ABCD'),
      a: u8(),
      tail: u16(),
      at: u32(),
    })
    expect(headerDiagram(Drawn.definition)).toEqual([
      ' 0                   1                   2                   3',
      ' 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1',
      '+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+',
      '|version| marks |       a       |             tail              |',
      '+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+',
      '|                              at                               |',
      '+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+',
    ])
  })

  it('has numbers of 64 bits over two rows, longer ones in one row with their length', () => {
    const Long = layer('DrawnLong', { wide: u64(), who: ipv6(), verylongname: bits(3), rest: bits(5) })
    const lines = headerDiagram(Long.definition)
    expect(lines[3]).toContain('wide')
    expect(lines[4]).toMatch(/^\+ +\+$/)
    expect(lines.join('\n')).toContain('who (16 bytes)')
    expect(lines.at(-1)).toBe('veryl = verylongname')
  })
})
