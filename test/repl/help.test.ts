import { expect, it } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { helpFor, helpList } from '../../src/repl/help.js'

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
