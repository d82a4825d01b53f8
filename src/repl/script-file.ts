/** Scripts as files: their text, what is known of it before it runs, and words for what is no script. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { closest } from '../packet/index.js'
import { type Evaluator, SourceError } from './evaluate.js'
import type { ScriptFacts } from './params.js'
import type { ScriptArguments, ScriptCall } from './params-line.js'
import type { Parsed } from './parse.js'

/** A script that cannot be read: exit code 2. The message names the file. */
export class ScriptFileError extends Error {
  override readonly name = 'ScriptFileError'
}

/** A script that could run now. */
export interface PreparedScript {
  source: string
  parsed: Parsed & { state: 'complete' }
  /** Null: it declares no parameters, and nobody asks what it is for. */
  facts: ScriptFacts | null
}

/** The text of a script file. @throws ScriptFileError that says why not, and names similar files */
export function readScriptFile(file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new ScriptFileError(`${file} cannot be read: ${reasonOf(error)}${remedy(file, error)}`)
  }
  return scriptText(bytes, file)
}

/** Bytes as the text of a script: without a byte order mark, lines ended by LF alone. */
export function scriptText(bytes: Uint8Array, file: string): string {
  const magic = bytes.length >= 4 ? Buffer.from(bytes.subarray(0, 4)).toString('hex') : ''
  if (/^(?:d4c3b2a1|a1b2c3d4|4d3cb2a1|a1b23c4d|0a0d0d0a)$/.test(magic))
    throw new ScriptFileError(`${file} is a capture file, not a script; netshell read ${file} prints it`)
  if (bytes.subarray(0, 8192).includes(0)) throw new ScriptFileError(`${file} is no text, so it is no script`)
  // As JavaScript itself reads them: positions stay right, and no text shows a stray \r.
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
}

/**
 * Parses a script and finds what it declares, without running it.
 * @param file names it in errors: its absolute path
 * @param prompt its declarations are to stay in the session
 * @param args what it is to be run with
 * @throws SourceError
 */
export async function prepareScript(
  evaluator: Evaluator,
  source: string,
  { file, prompt, args }: { file: string; prompt: boolean; args: readonly string[] },
): Promise<PreparedScript> {
  const parsed = await evaluator.parse(source, { prompt })
  if (parsed.state !== 'complete') {
    const { message, offset, state } = parsed
    throw new SourceError(message, { file, source, offset, incomplete: state === 'incomplete' })
  }
  if (!/\bparam\b/.test(source) && args[0] !== '--help') return { source, parsed, facts: null }
  const { factsOf } = await import('./params.js')
  try {
    return { source, parsed, facts: factsOf(parsed.source, parsed.program) }
  } catch (error) {
    const { offset } = error as { offset?: number }
    if (!(error instanceof SyntaxError) || offset === undefined) throw error
    throw new SourceError(error.message, { file, source, offset })
  }
}

/** What the arguments of a script say: values for its parameters, or a text to print instead of running it. */
export async function argumentsOf(
  { facts }: PreparedScript,
  args: readonly string[],
  call: ScriptCall,
): Promise<ScriptArguments> {
  if (facts === null) return { globals: { args: [...args] } }
  const { readArguments } = await import('./params-line.js')
  return await readArguments(args, facts, call)
}

/** Why a file cannot be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'ENOTDIR') return 'there is no such folder'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return message
}

function remedy(file: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EISDIR') {
    const scripts = scriptsIn(file)
    return scripts.length > 0 ? ` with scripts in it: ${listed(scripts)}` : ''
  }
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return ''
  const near = similarScript(file)
  return near === undefined ? '' : `; did you mean '${near}'?`
}

function listed(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(' ')} …` : names.join(' ')
}

function scriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.nsh'))
      .sort()
  } catch {
    return []
  }
}

/** A script that is there and has a name like this one: beside it, here, in `scripts/` here or of netshell itself. */
export function similarScript(file: string): string | undefined {
  const wanted = path.basename(file).replace(/\.[a-z]{1,4}$/i, '')
  const seen = new Set<string>()
  let nearest: string | undefined
  for (const folder of [path.dirname(file), '.', 'scripts', ownScripts()]) {
    if (folder === undefined) continue
    const real = realFolder(folder)
    if (real === undefined || seen.has(real)) continue
    seen.add(real)
    const names = scriptsIn(folder).map((name) => name.replace(/\.nsh$/, ''))
    if (names.includes(wanted)) return path.join(folder, `${wanted}.nsh`)
    const near = closest(wanted, names)
    if (near !== undefined) nearest ??= path.join(folder, `${near}.nsh`)
  }
  return nearest
}

/** The scripts that netshell comes with: beside the folder of the program. */
function ownScripts(): string | undefined {
  const program = process.argv[1]
  if (program === undefined) return undefined
  try {
    return path.join(realpathSync(program), '../../scripts')
  } catch {
    return undefined
  }
}

function realFolder(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? realpathSync(folder) : undefined
  } catch {
    return undefined
  }
}
