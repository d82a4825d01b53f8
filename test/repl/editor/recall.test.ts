import { describe, expect, it } from 'vitest'
import { KillRing, Undo } from '../../../src/repl/editor/past.js'
import { findInHistory, Recall, Search } from '../../../src/repl/editor/recall.js'

describe('up and down', () => {
  it('goes through whole blocks and back to what was typed', () => {
    const recall = new Recall(() => ['three', 'two\nrows', 'one'])
    expect(recall.step('older', '', '')).toBe('three')
    expect(recall.step('older', 'three', 'three')).toBe('two\nrows')
    expect(recall.step('older', 'two\nrows', 'two')).toBe('one')
    expect(recall.step('older', 'one', 'one')).toBeNull()
    expect(recall.step('newer', 'one', 'one')).toBe('two\nrows')
    expect(recall.step('newer', 'two\nrows', '')).toBe('three')
    expect(recall.step('newer', 'three', '')).toBe('')
    expect(recall.step('newer', '', '')).toBeNull()
  })

  it('keeps to blocks that begin as what was typed', () => {
    const recall = new Recall(() => ['sniff(1)', 'IP()', 'sniff(2)'])
    expect(recall.step('older', 'sni', 'sni')).toBe('sniff(1)')
    expect(recall.step('older', 'sniff(1)', 'sniff(1)')).toBe('sniff(2)')
    expect(recall.step('older', 'sniff(2)', 'sniff(2)')).toBeNull()
    recall.step('newer', 'sniff(2)', '')
    expect(recall.step('newer', 'sniff(1)', '')).toBe('sni')
  })

  it('skips what stands there already', () => {
    const recall = new Recall(() => ['a', 'a', 'b'])
    expect(recall.step('older', '', '')).toBe('a')
    expect(recall.step('older', 'a', '')).toBe('b')
  })
})

describe('search', () => {
  const entries = ['let x = 1', 'IP()/TCP()', 'function f() {\n  tcp()\n}', 'IP()/TCP()', 'sniff({filter: "tcp"})']

  it('finds the newest first, in any row, capitals only when asked for', () => {
    const search = new Search(entries)
    search.change('tcp')
    expect(search.found).toEqual({ text: 'IP()/TCP()', at: 5, length: 3 })
    search.next('older')
    expect(search.found).toMatchObject({ text: entries[2], at: 17 })
    search.next('older')
    expect(search.found).toMatchObject({ text: entries[4] })
    search.next('older')
    expect(search.failed).toBe(true)
    expect(search.found).toMatchObject({ text: entries[4] })
    search.next('newer')
    expect(search.failed).toBe(false)
    expect(search.found).toMatchObject({ text: entries[2] })
    search.change('TCP')
    expect(search.found).toMatchObject({ text: 'IP()/TCP()' })
  })

  it('narrows what was found, and begins anew when less is searched for', () => {
    const search = new Search(entries)
    search.change('s')
    expect(search.found?.text).toBe(entries[4])
    search.change('sq')
    expect(search.failed).toBe(true)
    search.change('')
    expect(search).toMatchObject({ failed: false, found: null })
    search.change('l')
    expect(search.found?.text).toBe('let x = 1')
  })

  it('finds nothing in nothing', () => {
    expect(findInHistory([], 'a', { index: 0, at: 0 }, 'older')).toBeNull()
    expect(findInHistory(['a'], '', { index: 0, at: 0 }, 'older')).toBeNull()
  })
})

describe('undo', () => {
  it('takes typed words back one by one', () => {
    const undo = new Undo()
    let now = { text: '', cursor: 0 }
    for (const character of 'ab cd') {
      undo.changing(now, character)
      now = { text: now.text + character, cursor: now.cursor + 1 }
    }
    now = undo.undo(now)!
    expect(now.text).toBe('ab')
    now = undo.undo(now)!
    expect(now.text).toBe('')
    expect(undo.undo(now)).toBeNull()
    expect(undo.redo(now)?.text).toBe('ab')
  })
})

describe('deleted text', () => {
  it('comes back, the newest first', () => {
    const kills = new KillRing()
    expect(kills.current()).toBeNull()
    kills.add('a')
    kills.add('')
    kills.add('b')
    expect([kills.current(), kills.older(), kills.older()]).toEqual(['b', 'a', 'b'])
  })
})
