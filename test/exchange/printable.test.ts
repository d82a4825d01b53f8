import { describe, expect, test } from 'vitest'
import { printable, printableJson } from '../../src/exchange/printable.js'

describe('printable', () => {
  test('shows control characters, C1 and changes of direction instead of obeying them', () => {
    expect(printable('a\x1b]0;x\x07b\x9b31m\x7f\u202ec\0')).toBe('a\\x1b]0;x\\x07b\\x9b31m\\x7f\\u202ec\\x00')
  })

  test('keeps lines, tabs and what people write', () => {
    expect(printable('one\r\ntwo\tthree\nfour ä 日本 🙂')).toBe('one\ntwo\tthree\nfour ä 日本 🙂')
    expect(printable('over\rwritten')).toBe('over\\rwritten')
  })

  test('keeps colours only where they are ours', () => {
    expect(printable('\x1b[31mred\x1b[0m\x1b[2J', true)).toBe('\x1b[31mred\x1b[0m\\x1b[2J')
    expect(printable('\x1b[31mred')).toBe('\\x1b[31mred')
  })

  test('JSON means the same', () => {
    const text = 'a\x9b\x7f\u202e\u2028\x1b'
    const json = printableJson(JSON.stringify(text))
    expect(json).toBe('"a\\u009b\\u007f\\u202e\\u2028\\u001b"')
    expect(JSON.parse(json)).toBe(text)
  })
})
