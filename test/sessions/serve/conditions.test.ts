/** Conditions: tags and dates against those of a resource. */
import { describe, expect, it } from 'vitest'
import { allowsParts, preconditions } from '../../../src/sessions/serve/conditions.js'
import { parseHttpDate } from '../../../src/sessions/serve/http-date.js'

const modified = new Date('1994-11-06T08:49:37.500Z')
const file = { etag: '"a,b"', modified }
const [before, same, after] = [
  'Sun, 06 Nov 1994 08:49:36 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:38 GMT',
]

describe('dates of HTTP', () => {
  it('are read in three forms, the example of RFC 9110 §5.6.7', () => {
    for (const text of [same, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
      expect([text, parseHttpDate(text)]).toEqual([text, Date.UTC(1994, 10, 6, 8, 49, 37)])
  })

  it('with two digits are at most 50 years ahead', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37))
    expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37))
  })

  it('are nothing else', () => {
    const others = [
      '',
      '0',
      '2024',
      '1994-11-06T08:49:37Z',
      'Sun, 06 Nov 1994 08:49:37',
      'Sun, 6 Nov 1994 08:49:37 GMT',
    ]
    others.push(`${same}, ${same}`, 'Sun, 06 Nov 1994 24:49:37 GMT', 'Sun, 32 Nov 1994 08:49:37 GMT', 'NaN', '"a"')
    others.push('Sun, 06 Nov 1994 08:49:37 +0000', 'sun, 06 nov 1994 08:49:37 gmt')
    for (const text of others) expect([text, parseHttpDate(text)]).toEqual([text, undefined])
  })
})

describe('conditions', () => {
  it('by tag: If-Match for the very same bytes, If-None-Match for as good as the same', () => {
    const match = (header: string): unknown => preconditions({ 'if-match': header }, file)
    for (const header of ['"a,b"', '*', '"x", "a,b"', '"x" , W/"y","a,b"'])
      expect([header, match(header)]).toEqual([header, undefined])
    for (const header of ['"a"', 'W/"a,b"', 'a,b', '', '"A,B"']) expect([header, match(header)]).toEqual([header, 412])
    const none = (header: string): unknown => preconditions({ 'if-none-match': header }, file)
    for (const header of ['"a,b"', '*', 'W/"a,b"', '"x", W/"a,b"'])
      expect([header, none(header)]).toEqual([header, 304])
    for (const header of ['"a"', 'a,b', '', '"x","y"']) expect([header, none(header)]).toEqual([header, undefined])
    // What has no tag is there, but is none of those.
    const untagged = { etag: undefined, modified }
    expect(preconditions({ 'if-match': '*' }, untagged)).toBeUndefined()
    expect(preconditions({ 'if-match': '"a"' }, untagged)).toBe(412)
    expect(preconditions({ 'if-none-match': '"a"' }, untagged)).toBeUndefined()
  })

  it('by date, in whole seconds; what is no date does not count', () => {
    const since = (header: string): unknown => preconditions({ 'if-modified-since': header }, file)
    expect([before, same, after, '', 'x'].map(since)).toEqual([undefined, 304, 304, undefined, undefined])
    const until = (header: string): unknown => preconditions({ 'if-unmodified-since': header }, file)
    expect([before, same, after, '', 'x'].map(until)).toEqual([412, undefined, undefined, undefined, undefined])
    const undated = { etag: '"a"', modified: undefined }
    expect(preconditions({ 'if-modified-since': after }, undated)).toBeUndefined()
    expect(preconditions({ 'if-unmodified-since': before }, undated)).toBeUndefined()
  })

  it('by tag come before those by date', () => {
    expect(preconditions({ 'if-match': '"a,b"', 'if-unmodified-since': before }, file)).toBeUndefined()
    expect(preconditions({ 'if-none-match': '"x"', 'if-modified-since': after }, file)).toBeUndefined()
    expect(preconditions({ 'if-none-match': '"a,b"', 'if-modified-since': before }, file)).toBe(304)
    expect(preconditions({ 'if-match': '"x"', 'if-none-match': '"a,b"' }, file)).toBe(412)
    expect(preconditions({ 'if-unmodified-since': before, 'if-none-match': '"a,b"' }, file)).toBe(412)
  })
})

describe('If-Range', () => {
  it('allows parts of the very same bytes only', () => {
    expect(allowsParts(undefined, file)).toBe(true)
    expect(allowsParts('"a,b"', file)).toBe(true)
    for (const header of ['W/"a,b"', '"a"', '*', '', '"a,b", "a,b"', 'a,b'])
      expect([header, allowsParts(header, file)]).toEqual([header, false])
    expect(allowsParts('W/"a"', { etag: 'W/"a"', modified })).toBe(false)
  })

  it('takes the date of the last change and no other, once its second is over', () => {
    expect([before, same, after].map((date) => allowsParts(date, file))).toEqual([false, true, false])
    expect(allowsParts(same, file, modified.getTime() + 400)).toBe(false)
    expect(allowsParts(same, file, modified.getTime() + 500)).toBe(true)
    expect(allowsParts(same, { etag: '"a"', modified: undefined })).toBe(false)
  })
})
