/** Errors in files that a script imports: Node tells the place of some only in the stack, of others not at all. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { placeOf } from './edits.js'
import type { Parsed } from './parse.js'

/** The files that programs have imported by a path, the latest last. */
const imported: string[] = []
/** More are not looked through for a mistake. */
const MOST_FILES = 200
const SPECIFIER = /(?:from|import)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g

/** How the files of our own program begin, or when run from its sources its folder: nothing in it is the user's. */
const OWN = fileURLToPath(import.meta.url).replace(/repl\/imported-places\.ts$|\.cjs$/, '')

/** Notes what a program in `file` imports. */
export function noteImport(specifier: string, file: string): void {
  if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) return
  const folder = path.isAbsolute(file) ? path.dirname(file) : process.cwd()
  imported.push(specifier.startsWith('file:') ? fileURLToPath(specifier) : path.resolve(folder, specifier))
}

/**
 * Where in an imported file an error is, as `lib.mjs:2:16`; undefined when it is not in one.
 * @param isUsers whether a file is the text of a script or prompt, whose places are told in another way
 * @param parse parses JavaScript
 */
export function importedPlace(
  error: unknown,
  isUsers: (file: string) => boolean,
  parse: (source: string) => Parsed | null,
): string | undefined {
  if (imported.length === 0 || !(error instanceof Error)) return undefined
  for (const line of String(error.stack).split('\n')) {
    const [, where, row, column] =
      /^\s+at (?:.*\()?(?:async )?((?:file:\/\/)?\/[^()]+):(\d+):(\d+)\)?$/.exec(line) ?? []
    if (where === undefined) continue
    if (isUsers(where)) break
    const file = where.startsWith('file:') ? fileURLToPath(where) : where
    if (file.includes('/node_modules/') || file.startsWith(OWN)) continue
    return `${shown(file)}:${row}:${column}`
  }
  return error instanceof SyntaxError ? mistake(parse) : undefined
}

/** The first mistake in an imported file. */
function mistake(parse: (source: string) => Parsed | null): string | undefined {
  const left = [...imported].reverse()
  const seen = new Set<string>()
  for (let file = left.shift(); file !== undefined && seen.size < MOST_FILES; file = left.shift()) {
    if (seen.has(file) || !/\.m?js$/.test(file)) continue
    seen.add(file)
    let source: string
    try {
      source = readFileSync(file, 'utf8')
    } catch {
      continue
    }
    const parsed = parse(source)
    if (parsed !== null && parsed.state !== 'complete') {
      const { line, column } = placeOf(source, parsed.offset)
      return `${shown(file)}:${line}:${column}`
    }
    for (const [, , specifier] of source.matchAll(SPECIFIER)) left.push(path.resolve(path.dirname(file), specifier!))
  }
  return undefined
}

function shown(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative.startsWith('..') ? file : relative
}
