import { describe, expect, it } from 'vitest'
import { changeCommentedJson, JsonError, readCommentedJson } from '../../src/commands/commented-json.js'

const valuesOf = (text: string): object =>
  Object.fromEntries(readCommentedJson(text).map(({ key, value }) => [key, value]))

describe('readCommentedJson', () => {
  it('reads what JSON.parse reads, the same', () => {
    for (const text of [
      '{}',
      '{"a":1,"b":[true,false,null],"c":{"d":"\\u00e4\\n\\"//\\""},"e":-1.5e-3}',
      ' {\n\t"x": "/* no comment */" }\n',
      '{"":[[],{}]}',
    ])
      expect(valuesOf(text)).toEqual(JSON.parse(text))
  })

  it('allows comments and a last comma, and knows the lines', () => {
    const entries = readCommentedJson('// top\n{ /* a\n b */ "one": 1, // one\n\n  "two": [1, 2, ],\n}\n// end')
    expect(entries.map(({ key, value, line }) => [key, value, line])).toEqual([
      ['one', 1, 3],
      ['two', [1, 2], 5],
    ])
  })

  const wrong: [text: string, message: string, line: number][] = [
    ['', 'an object is expected: { … }', 1],
    ['[]', 'an object is expected: { … }', 1],
    ['{\n"a": 1\n', 'the closing } is missing', 1],
    ['{"a": [1,\n2', 'the closing ] is missing', 1],
    ['{\n"a": 1\n"b": 2}', 'a comma or } is missing', 3],
    ['{\n\n timeout: 2}', 'names stand in double quotes: "timeout"', 3],
    ["{'a': 2}", 'names stand in double quotes: "timeout"', 1],
    ['{\n"a": \'x\'}', 'a text stands in double quotes: "…"', 2],
    ['{"a": yes}', 'a text stands in double quotes: "…"', 1],
    ['{"a" 2}', 'a colon is missing behind "a"', 1],
    ['{"a": }', 'a value is expected, not "}"', 1],
    ['{"a":', 'a value is missing at the end', 1],
    ['{"a": "x\n"}', 'the text lacks its closing ", or has a wrong \\ in it', 1],
    ['{"a": 1} x', 'nothing may stand behind the closing }', 1],
    ['{"a": 1,\n"a": 2}', '"a" is there twice', 2],
    ['{ /* a', 'the comment lacks its end', 1],
    ['{,}', 'a name is expected, not ","', 1],
    [`{"a":${'['.repeat(50)}`, 'it is nested too deeply', 1],
  ]
  for (const [text, message, line] of wrong) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 20))}`, () => {
      let error: unknown
      try {
        readCommentedJson(text)
      } catch (caught) {
        error = caught
      }
      expect(error).toBeInstanceOf(JsonError)
      expect(error).toMatchObject({ message, line })
    })
  }
})

describe('changeCommentedJson', () => {
  const changed = (text: string, changes: object): string => changeCommentedJson(text, new Map(Object.entries(changes)))

  it('changes a value and keeps all else', () => {
    const text = '{\n  // the lab\n  "iface": "lo", /* loop */\n  "rows": 20 // few\n}\n'
    expect(changed(text, { iface: 'eth0', rows: 5 })).toBe(
      '{\n  // the lab\n  "iface": "eth0", /* loop */\n  "rows": 5 // few\n}\n',
    )
  })

  it('adds behind the last value, whatever follows it', () => {
    expect(changed('', { a: 1, b: 'x' })).toBe('{\n  "a": 1,\n  "b": "x"\n}\n')
    expect(changed('// only this\n{}', { a: 1 })).toBe('// only this\n{\n  "a": 1\n}')
    expect(changed('{\n  "a": 1,\n}\n', { b: 2 })).toBe('{\n  "a": 1,\n  "b": 2\n}\n')
    expect(changed('{"a": 1}', { b: 2 })).toBe('{"a": 1,\n  "b": 2\n}')
    expect(valuesOf(changed('{\n"a": 1 // {\n}', { b: 2 }))).toEqual({ a: 1, b: 2 })
  })

  it('takes values away, with their lines', () => {
    const text = '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n'
    expect(changed(text, { a: undefined })).toBe('{\n  "b": 2,\n  "c": 3\n}\n')
    expect(changed(text, { c: undefined })).toBe('{\n  "a": 1,\n  "b": 2\n}\n')
    expect(valuesOf(changed(text, { a: undefined, b: undefined, c: undefined }))).toEqual({})
    expect(changed('{"a": 1, "b": 2}', { a: undefined })).toBe('{ "b": 2}')
  })

  it('gives what was asked for, from any start', () => {
    const names = ['a', 'b', 'c', 'd']
    const starts = ['{}', '{\n}', '{"a":1}', '{\n"b": [1, 2], // x\n"a": "y",\n}', '/**/{"d":4,/*,*/"c":3/*}*/}']
    for (const start of starts) {
      for (let mask = 0; mask < 81; mask++) {
        const changes: Record<string, unknown> = {}
        for (const [i, name] of names.entries()) {
          const choice = Math.floor(mask / 3 ** i) % 3
          if (choice > 0) changes[name] = choice === 1 ? { new: name } : undefined
        }
        const expected = Object.fromEntries(
          Object.entries({ ...valuesOf(start), ...changes }).filter(([, value]) => value !== undefined),
        )
        expect(valuesOf(changed(start, changes)), `${start} with ${JSON.stringify(changes)}`).toEqual(expected)
      }
    }
  })
})
