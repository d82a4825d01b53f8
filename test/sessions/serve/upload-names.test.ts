/** Names that strangers give to files. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numbered } from '../../../src/sessions/files/plain-name.js'
import { safeName } from '../../../src/sessions/serve/upload/file-name.js'

describe('the name of an upload', () => {
  it.each([
    ['a.txt', 'a.txt'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['été 2024 – plage.jpg', 'été 2024 – plage.jpg'],
    ['写真.png', '写真.png'],
    ['  spaces  ', 'spaces'],
    ['dots and spaces . . .', 'dots and spaces'],
    ['line\nend\r\n.txt', 'lineend.txt'],
    ['\x1b[31mred\x07.txt', '[31mred.txt'],
    // The writing direction turned round: it would be shown as photoexe.jpg.
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['zero\u200bwidth\ufeff.txt', 'zerowidth.txt'],
    ['nul\0byte.txt', 'nulbyte.txt'],
    ['👩\u200d🚒.txt', '👩\u200d🚒.txt'],
    ['half \ud83d pair.txt', 'half  pair.txt'],
    ['NUL', '_NUL'],
    ['con.txt', '_con.txt'],
    ['Com1.tar.gz', '_Com1.tar.gz'],
    ['console.txt', 'console.txt'],
    ['-rf', '-rf'],
    ['a%2fb', 'a%2fb'],
  ])('%j becomes %j', (given, name) => {
    expect(safeName(given)).toBe(name)
  })

  it.each([
    '',
    '.',
    '..',
    '...',
    '.bashrc',
    ' .bashrc',
    '\u200b.bashrc',
    '\x00.ssh',
    'a/',
    '/',
    'a\\',
    ' ',
    '\u202e',
    '\u200d',
  ])('%j is none', (given) => {
    expect(() => safeName(given)).toThrow(expect.objectContaining({ status: 400 }))
  })

  it('is cut to 255 bytes with its ending kept, and no character is cut in two', () => {
    expect(safeName(`${'a'.repeat(300)}.jpg`)).toBe(`${'a'.repeat(251)}.jpg`)
    expect(safeName(`${'é'.repeat(200)}.tar.gz`)).toBe(`${'é'.repeat(124)}.tar.gz`)
    expect(safeName('語'.repeat(100))).toBe('語'.repeat(85))
    expect(safeName(`a.${'b'.repeat(300)}`)).toBe(`a.${'b'.repeat(253)}`)
    expect(numbered(`${'a'.repeat(251)}.jpg`, 12)).toBe(`${'a'.repeat(246)} (12).jpg`)
  })

  it('gets its number before the ending', () => {
    expect(numbered('a.txt', 1)).toBe('a.txt')
    expect(numbered('a.txt', 2)).toBe('a (2).txt')
    expect(numbered('backup.tar.gz', 3)).toBe('backup (3).tar.gz')
    expect(numbered('README', 2)).toBe('README (2)')
    expect(numbered('v1.2 final', 2)).toBe('v1.2 final (2)')
  })

  it('is always one that a folder can have, and stays the same when it is made safe again', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 }))
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 9999 }), (given, number) => {
        let name: string
        try {
          name = safeName(given)
        } catch (error) {
          return (error as { status: number }).status === 400
        }
        const all = [name, numbered(name, number)]
        return (
          safeName(name) === name &&
          all.every(
            (each) => Buffer.byteLength(each) <= 255 && !/^\.|[/\\\0-\x1f\x7f]/.test(each) && each.trim() !== '',
          )
        )
      }),
      { numRuns: 2000 },
    )
  })
})
