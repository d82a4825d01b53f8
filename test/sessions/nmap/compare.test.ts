/** Lists side by side. What they are made of is written here by hand: states by place, and what must come out. */
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, nmap } from '../../../src/sessions/nmap/index.js'
import { connections } from '../../../src/tools/connections/index.js'
import { scan } from '../../../src/tools/scan/index.js'
import { type Lab, openLab } from '../../lab/lab.js'

let lab: Lab
let open: number
beforeAll(async () => {
  lab = await openLab()
  open = (await lab.tcpListener()).port
}, 30_000)
afterAll(() => lab?.close())

/** A result of nmap with these states of TCP ports. */
function result(address: string, states: Record<number, string>, closed = ''): ReturnType<typeof nmap.parse> {
  const ports = Object.entries(states).map(
    ([port, state]) => `<port protocol="tcp" portid="${port}"><state state="${state}" reason="x"/></port>`,
  )
  const hidden =
    closed === ''
      ? ''
      : `<extraports state="closed" count="1"><extrareasons reason="reset" count="1" proto="tcp" ports="${closed}"/></extraports>`
  return nmap.parse(
    `<nmaprun><host><status state="up"/><address addr="${address}" addrtype="ipv4"/><ports>${hidden}${ports.join('')}</ports></host><runstats><finished/></runstats></nmaprun>`,
  )
}

const rows = (all: readonly { port?: number; ports?: string; states: object }[]): unknown[] =>
  all.map(({ port, ports, states }) => [port ?? ports, Object.values(states)])

describe('scans', () => {
  test('differ where they say different things; what was not asked is no difference', async () => {
    const found = await compare({
      a: result('10.0.0.1', { 22: 'open', 80: 'open', 443: 'filtered' }, '1-5'),
      b: result('10.0.0.1', { 22: 'open', 80: 'closed', 8080: 'open' }, '1-4'),
    })
    expect(rows(found.different)).toEqual([[80, ['open', 'closed']]])
    expect(rows(found.same)).toEqual([
      [22, ['open', 'open']],
      [443, ['filtered', null]],
      [8080, [null, 'open']],
      ['1-4', ['closed', 'closed']],
      ['5', ['closed', null]],
    ])
    expect(rows(found.onlyFrom('a'))).toEqual([[80, ['open', 'closed']]])
    expect(rows(found.onlyFrom('b'))).toEqual([[8080, [null, 'open']]])
    expect(String(found)).toBe(
      [
        '   HOST      PORT      a     b',
        '≠  10.0.0.1  80/tcp    open  closed',
        '   10.0.0.1  22/tcp    open  open',
        '   10.0.0.1  8080/tcp  –     open',
        '1 differs, 1 the same, 1 not scanned from everywhere, 6 not open anywhere',
      ].join('\n'),
    )
  })

  test('of several hosts are told apart, in the order of numbers', async () => {
    const found = await compare([
      result('10.0.0.10', { 80: 'open' }),
      result('10.0.0.9', { 80: 'open' }),
      result('10.0.0.9', { 80: 'closed' }),
    ])
    expect(found.places).toEqual(['first', 'second', 'third'])
    expect(found.rows.map(({ host, different }) => [host, different])).toEqual([
      ['10.0.0.9', true],
      ['10.0.0.10', false],
    ])
  })

  test('of nmap and of our own agree on what both have asked', async () => {
    const { namespace } = lab.here
    const ports = `20-60,${open}`
    const found = await compare({
      nmap: nmap(lab.there.ipv4, { netns: namespace, ports, args: '-n' }),
      scan: scan(lab.there.ipv4, { netns: namespace, ports, quiet: true }),
      expected: [open, 22],
    })
    expect(rows(found.different)).toEqual([[22, ['closed', 'closed', 'open']]])
    expect(rows(found.same)).toEqual([
      [open, ['open', 'open', 'open']],
      ['20-21,23-60', ['closed', 'closed', null]],
    ])
    expect(found.onlyFrom('expected').map(({ port, host }) => [port, host])).toEqual([[22, lab.there.ipv4]])
  }, 30_000)

  test('of all ports of many hosts are quick', async () => {
    const many = (state: string) =>
      nmap.parse(
        `<nmaprun>${Array.from({ length: 40 }, (_, i) => `<host><status state="up"/><address addr="10.0.0.${i}" addrtype="ipv4"/><ports><extraports state="${state}" count="65535"><extrareasons reason="r" count="65535" proto="tcp" ports="1-65535"/></extraports></ports></host>`).join('')}</nmaprun>`,
      )
    const began = performance.now()
    const found = await compare({ a: many('closed'), b: many('filtered') })
    expect(performance.now() - began).toBeLessThan(5000)
    expect(found.different).toHaveLength(40)
    expect(found.different[0]).toMatchObject({ ports: '1-65535', count: 65535 })
    expect(String(found)).toMatch(/2621400 differ$/)
  }, 40_000)
})

describe('other lists', () => {
  test('of ports: what is not in them is not there', async () => {
    const found = await compare({
      before: [22, 80, '53/udp'],
      now: [22, { port: 8080, protocol: 'tcp', service: 'web' }],
    })
    expect(found.different.map(({ port, protocol, name }) => [port, protocol, name])).toEqual([
      [80, 'tcp', ''],
      [8080, 'tcp', 'web'],
      [53, 'udp', ''],
    ])
    expect(found.same.map(({ port }) => port)).toEqual([22])
  })

  test('of names, and of anything that has one', async () => {
    const found = await compare({
      a: ['x', { name: 'y', state: 'up' }],
      b: [{ name: 'y', state: 'down' }, { id: 'x' }],
    })
    expect(found.rows.map(({ name, states, different }) => [name, states, different])).toEqual([
      ['y', { a: 'up', b: 'down' }, true],
      ['x', { a: 'there', b: 'there' }, false],
    ])
    const sockets = await connections()
    expect((await compare({ a: sockets, b: sockets })).different).toEqual([])
  })

  test('that are none are refused', async () => {
    await expect(compare({ a: [1] })).rejects.toThrow('give two lists or more')
    await expect(compare({ a: [1], b: 5 })).rejects.toThrow('compare: b is no list')
    await expect(compare({ a: [1], b: [{ x: 1 }] })).rejects.toThrow('b: {x} has neither a port nor a name')
    await expect(compare(5 as never)).rejects.toThrow('give lists with names')
    const found = await compare({ a: [1], b: [2] })
    expect(() => found.onlyFrom('c')).toThrow("no list 'c'; there are a, b")
  })
})

describe('the table', () => {
  test('fits its width, and what is in it is safe to print', async () => {
    const evil = '\x1b[2J\u202e'
    const found = await compare({
      [`place${evil}`]: [
        { port: 1, protocol: 'tcp', address: `h${evil}`, state: `open${evil}`, service: `name${evil}` },
      ],
      b: [{ port: 1, address: '2001:db8:1111:2222:3333:4444:5555:6666', service: 'a name of a service that is long' }],
    })
    const narrow = inspect(found, { breakLength: 58 })
    for (const line of narrow.split('\n').slice(0, 3)) expect(line.length, line).toBeLessThanOrEqual(60)
    expect(narrow).toContain('≠')
    expect(`${narrow}${String(found)}`).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
    expect(inspect([found])).toBe('[ <Comparison of place\\x1b[2J\\u202e, b: 2 differ> ]')
    expect(JSON.parse(JSON.stringify(found))).toMatchObject({ places: [`place${evil}`, 'b'], rows: [{}, {}] })
    expect([...found]).toEqual(found.rows)
  })
})
