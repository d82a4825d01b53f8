import { expect, it } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { helpFor, helpList, usageOf } from '../../src/repl/help.js'

it('lists the many by name alone, and tells of them as a group', () => {
  Object.assign(globalThis, preloaded())
  const list = helpList(undefined, 72)
  expect(list.split('\n').length).toBeLessThan(140)
  expect(list).toMatch(/\bIPv6ExtHdrFragment\b/)
  expect(list).not.toContain('Fragment of a packet.')
  expect(helpFor('Layers')).toMatch(/^Layers\n.*\n {2}IPv6ExtHdrFragment +Fragment of a packet\./s)
  expect(helpFor('tools')).toMatch(/^Tools\n {2}ping /)
  expect(helpFor('nothing of that name')).toContain('There is no help for')
})

it('knows how a function is called', () => {
  const { scan } = preloaded()
  Object.assign(globalThis, { scan })
  expect(usageOf(scan)).toMatch(/^scan\(targets, /)
  expect(usageOf(() => 1)).toBeUndefined()
})

it('fits the columns of the terminal, and breaks lines between words only', () => {
  Object.assign(globalThis, preloaded())
  for (const text of [helpList(undefined, 72), helpFor('sr1', undefined, 72), helpFor('TCP', undefined, 72)]) {
    const lines = text.split('\n').filter((line) => !/^\s*(example:|help\(NAME|\S.*\(\{)/.test(line))
    expect(lines.filter((line) => line.length > 72)).toEqual([])
  }
  expect(helpFor('sr1', undefined, 72)).toContain(
    '\n  multi          collect more than one answer to a packet, until the\n                 time is over (unset: false)\n',
  )
  // No terminal, no breaks.
  expect(helpFor('sr1')).toContain('until the time is over (unset: false)\n')
})
