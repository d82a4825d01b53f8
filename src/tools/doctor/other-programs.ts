/** Programs that netshell calls where they are there. */
import { setting } from '../../exchange/settings.js'
import { findProgram } from '../../link/find-program.js'
import type { Check } from './check.js'
import { installCommand } from './install.js'

interface OtherProgram {
  name: string
  purpose: string
  /** Arguments that make it say its version and end. */
  version: readonly string[]
}

const PROGRAMS: readonly OtherProgram[] = [
  { name: 'ip', purpose: 'tells interfaces and routes where the kernel cannot be asked', version: ['-V'] },
  { name: 'tcpdump', purpose: 'captures where libpcap is missing', version: ['--version'] },
  { name: 'less', purpose: 'shows long output page by page', version: ['--version'] },
]

export function otherPrograms(): Check[] {
  return [...PROGRAMS.map(programCheck), editor()]
}

function programCheck({ name, purpose, version }: OtherProgram): Check {
  const file = findProgram(name)
  if (file === undefined)
    return { name, state: 'limited', found: `not installed; it ${purpose}`, fix: [installCommand(name)] }
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { stdout, stderr, status, error } = spawnSync(file, version, { encoding: 'utf8', timeout: 5000 })
  const line = `${stdout}${stderr}`.split('\n')[0]!.trim()
  const tried = `ran ${name} ${version.join(' ')}`
  if (error !== undefined || status !== 0)
    return { name, state: 'limited', found: `it ${purpose}, but does not run: ${error?.message ?? line}`, tried }
  const number = (/\d+\.\d[\w.]*/.exec(line) ?? /\d+/.exec(line))?.[0] ?? 'there'
  return { name, state: 'ok', found: `${number}; ${purpose}`, tried }
}

/** Editors that .edit tries when nobody has chosen one. */
const USUAL = ['nano', 'vi'] as const

function editor(): Check {
  const { VISUAL, EDITOR } = process.env
  const chosen = setting('editor') ?? (VISUAL || EDITOR)
  const name = 'editor'
  if (chosen !== undefined && chosen !== '') {
    const [program] = chosen.trim().split(/\s+/)
    const isThere = program!.startsWith('/') || findProgram(program!) !== undefined
    if (isThere) return { name, state: 'ok', found: `${chosen}; for .edit` }
    return { name, state: 'limited', found: `'${chosen}' is not installed`, fix: [installCommand(program!)] }
  }
  const found = USUAL.find((each) => findProgram(each) !== undefined)
  if (found !== undefined)
    return { name, state: 'ok', found: `${found}; for .edit (conf.editor, VISUAL or EDITOR name another)` }
  return { name, state: 'limited', found: 'none found; .edit opens one', fix: [installCommand('nano')] }
}
