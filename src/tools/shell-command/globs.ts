/** `*`, `?` and `[…]` → names of files, as a shell has them; but what matches nothing is an error. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ShellError } from './shell-error.js'
import type { Piece, Word } from './words.js'

/** Names that a pattern may give. */
const MOST = 100_000

/** A character, and whether it was quoted. */
type Character = [character: string, literal: boolean]

/** The arguments that a word stands for. @throws ShellError when it is a pattern that no file matches */
export function expandWord({ pieces, list }: Word, folder: string): string[] {
  if (list !== undefined) return list
  const text = pieces.map((piece) => piece.text).join('')
  if (!pieces.some(isPattern) || /^[a-z][a-z\d+.-]*:\/\//i.test(text)) return [text]
  const characters = pieces.flatMap(({ text, literal }) => Array.from(text, (one): Character => [one, literal]))
  const found = filesOf(characters, folder)
  if (found.length === 0)
    throw new ShellError(
      `no file matches ${text}: to pass it to the program as it is, quote it: '${text.replaceAll("'", "'\\''")}'`,
    )
  // A file named -rf is no option.
  return found.map((name) => (name.startsWith('-') ? `./${name}` : name)).sort()
}

function isPattern({ text, literal }: Piece): boolean {
  return !literal && /[*?]|\[.+\]/.test(text)
}

function filesOf(characters: readonly Character[], folder: string): string[] {
  const segments = splitAtSlashes(characters)
  const absolute = segments[0]!.length === 0 && segments.length > 1
  let paths = [absolute ? '/' : '']
  for (const [index, segment] of segments.entries()) {
    if (segment.length === 0) {
      if (index === segments.length - 1) paths = paths.filter((path) => isFolder(join(folder, path)) || absolute)
      continue
    }
    paths = paths.flatMap((path) => step(path, segment, folder, absolute))
    if (paths.length > MOST) throw new ShellError(`a pattern matches more than ${MOST} files: narrow it`)
  }
  // A slash at the end asks for folders, and stays.
  return segments.length > 1 && segments.at(-1)!.length === 0 && paths[0] !== '/'
    ? paths.map((path) => `${path}/`)
    : paths
}

function splitAtSlashes(characters: readonly Character[]): Character[][] {
  const segments: Character[][] = [[]]
  for (const one of characters) {
    if (one[0] === '/') segments.push([])
    else segments.at(-1)!.push(one)
  }
  return segments
}

function step(path: string, segment: readonly Character[], folder: string, absolute: boolean): string[] {
  const base = absolute ? path : join(folder, path)
  const inside = (name: string): string => (path === '' || path.endsWith('/') ? `${path}${name}` : `${path}/${name}`)
  const text = segment.map(([character]) => character).join('')
  if (!segment.some(([character, literal]) => !literal && /[*?[]/.test(character))) {
    return exists(join(base, text)) ? [inside(text)] : []
  }
  const expression = expressionOf(segment)
  let names: string[]
  try {
    names = readdirSync(base === '' ? '.' : base)
  } catch {
    // What is no folder or may not be read has nothing that matches.
    return []
  }
  return names.filter((name) => (text.startsWith('.') || !name.startsWith('.')) && expression.test(name)).map(inside)
}

function expressionOf(segment: readonly Character[]): RegExp {
  let source = ''
  for (let at = 0; at < segment.length; at++) {
    const [character, literal] = segment[at]!
    if (literal) source += escaped(character)
    else if (character === '*') source += source.endsWith('.*') ? '' : '.*'
    else if (character === '?') source += '.'
    else if (character === '[') {
      const end = segment.findIndex(
        ([other], index) => index > at + 1 + Number(isNot(segment[at + 1])) && other === ']',
      )
      if (end < 0) source += '\\['
      else {
        const inner = segment.slice(at + 1, end)
        const not = isNot(inner[0])
        source += `[${not ? '^' : ''}${inner
          .slice(not ? 1 : 0)
          .map(([one, quoted]) => (one === '-' ? (quoted ? '\\-' : '-') : escaped(one)))
          .join('')}]`
        at = end
      }
    } else source += escaped(character)
  }
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch {
    throw new ShellError(`the pattern ${segment.map(([character]) => character).join('')} has a range that is none`)
  }
}

function isNot(one: Character | undefined): boolean {
  return one !== undefined && !one[1] && (one[0] === '!' || one[0] === '^')
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function exists(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
