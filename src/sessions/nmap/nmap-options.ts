/** What `nmap` is asked for → the words of its command line. No shell reads them. */
import { OptionError } from '../../exchange/index.js'
import type { NamespaceOptions } from '../../link/index.js'
import { ANYTHING, checkTable, type OptionTable, positive, text } from '../../tools/option-kinds.js'
import { type PortsGiven, parsePorts, portsText } from '../../tools/scan/ports.js'

/** Where a command can be run: a session of ssh, or anything else that has `run`. */
export interface CommandRunner {
  /** Hands the text to a POSIX shell over there. */
  run(command: string): PromiseLike<CommandOutcome>
}

/** What a command gave. */
export interface CommandOutcome {
  readonly stdout: string | Uint8Array
  readonly stderr: string | Uint8Array
  /** Exit status; null when a signal ended it. */
  readonly status: number | null
}

/** How nmap asks: its options `-sT`, `-sS`, `-sU` … in words. */
export type NmapScanType = keyof typeof SCAN_TYPES

/** Options of `nmap`. */
export interface NmapOptions extends NamespaceOptions {
  /** Which ports: as nmap writes them (`'22,80,8000-8010'`, `'T:22,U:53'`, `'-'` for all), a number or a list `[22, [8000, 8010]]`. Default: nmap's thousand. */
  ports?: PortsGiven
  /** How to ask, or several ways. Default: nmap's own, SYN with rights, else connections. */
  scan?: NmapScanType | readonly NmapScanType[]
  /** Further options, as nmap has them: `'-sV -T4'`, or one word each: `['--script', 'banner']`. */
  args?: string | readonly string[]
  /** Where nmap runs: a session of ssh. Default: on this machine. */
  via?: CommandRunner
  /** Seconds after which nmap is ended; what it has found until then is kept. Default: never. */
  timeout?: number
}

const SCAN_TYPES = {
  connect: '-sT',
  syn: '-sS',
  udp: '-sU',
  ack: '-sA',
  window: '-sW',
  maimon: '-sM',
  null: '-sN',
  fin: '-sF',
  xmas: '-sX',
  sctp: '-sY',
  protocols: '-sO',
  ping: '-sn',
  list: '-sL',
} as const

const OPTIONS: OptionTable<NmapOptions> = {
  ports: ANYTHING,
  scan: ANYTHING,
  args: ANYTHING,
  via: {
    takes: 'a session of ssh, or something else with run(command)',
    accepts: (value) => typeof (value as { run?: unknown } | null)?.run === 'function',
  },
  timeout: positive('seconds'),
  netns: text('the name of a network namespace; ip netns lists them'),
}

/** How often nmap tells how far it is. */
const TOLD_EVERY = '1s'
/** Of one word; the whole line has to fit a command line. */
const LONGEST_WORD = 100_000

/** What was asked for, checked. */
export interface NmapRequest {
  readonly targets: readonly string[]
  readonly scan: readonly NmapScanType[]
  /** The user's own words for nmap. */
  readonly own: readonly string[]
  /** All words behind `nmap`. */
  readonly words: readonly string[]
}

/** @throws OptionError that says what is wrong and what to do */
export function nmapRequest(given: string | readonly string[], options: NmapOptions): NmapRequest {
  checkTable('nmap', options, OPTIONS)
  if (options.via !== undefined && options.netns !== undefined)
    throw new OptionError('nmap: via runs it on another machine, netns in a namespace of this one: take one of the two')
  const own = ownWords(options.args ?? [])
  const targets = targetWords(given, own)
  const scan = scanTypes(options.scan)
  const words = ['-oX', '-']
  if (!own.some((word) => word.startsWith('--stats-every'))) words.push('--stats-every', TOLD_EVERY)
  if (targets.some((target) => target.includes(':')) && !own.includes('-6')) {
    if (!targets.every((target) => target.includes(':')))
      throw new OptionError('nmap: it scans IPv4 or IPv6, not both at once: call it once for each')
    words.push('-6')
  }
  words.push(...scan.map((type) => SCAN_TYPES[type]), ...portWords(options.ports), ...own, ...targets)
  return { targets, scan, own, words }
}

function targetWords(given: unknown, own: readonly string[]): string[] {
  const targets = typeof given === 'string' ? given.trim().split(/\s+/).filter(Boolean) : (given ?? [])
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string'))
    throw new OptionError("nmap: give a target such as '192.168.0.254' or '10.0.0.0/24', or a list of them")
  if (targets.length === 0 && !own.some((word) => /^-i[LR]/.test(word)))
    throw new OptionError("nmap: a target is missing: nmap('192.168.0.254')")
  for (const target of targets) {
    if (target.startsWith('-'))
      throw new OptionError(`nmap: '${target}' is no target; options of nmap's own go into args: {args: '${target}'}`)
    checkWord(target)
    if (target === '' || /\s/.test(target)) throw new OptionError(`nmap: '${target}' is no target`)
  }
  return targets
}

function scanTypes(given: NmapOptions['scan'] = []): NmapScanType[] {
  const types = (Array.isArray(given) ? given : [given]) as NmapScanType[]
  for (const type of types)
    if (!Object.hasOwn(SCAN_TYPES, type))
      throw new OptionError(
        `nmap: option scan is ${Object.keys(SCAN_TYPES)
          .map((each) => `'${each}'`)
          .join(', ')} or a list of these, not ${String(type)}`,
      )
  return types
}

function portWords(ports: PortsGiven | undefined): string[] {
  // nmap's own choice is "the usual ones".
  if (ports === undefined || ports === 'top') return []
  if (typeof ports === 'string') {
    checkWord(ports)
    if (ports.trim() === '') throw new OptionError("nmap: option ports is empty; '22,80,8000-8010' names some")
    return [`-p${ports.replace(/\s+/g, '')}`]
  }
  return [`-p${portsText(parsePorts(ports))}`]
}

function ownWords(args: unknown): string[] {
  const words = typeof args === 'string' ? splitWords(args) : args
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new OptionError("nmap: option args is a text such as '-sV -T4', or a list of words")
  for (const [index, word] of words.entries()) {
    checkWord(word)
    // The XML is what netshell reads, and standard output is where.
    const output = /^-o([XANGS])(.*)$/.exec(word) ?? undefined
    if (output?.[1] === 'X' || output?.[1] === 'A' || (output && (output[2] || words[index + 1]) === '-'))
      throw new OptionError(`nmap: ${word}: netshell reads the XML itself; result.save('file.xml') writes it to a file`)
    if (/^--resum/.test(word)) throw new OptionError('nmap: --resume takes no other options: sh runs it')
  }
  return words
}

/** Words as in a shell: quotes, also within a word, keep spaces together. Nothing else is special. */
function splitWords(line: string): string[] {
  return (line.match(/(?:"[^"]*"|'[^']*'|[^\s"']|["'])+/g) ?? []).map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  )
}

function checkWord(word: string): void {
  if (word.includes('\0')) throw new OptionError('nmap: a NUL character can be in no argument')
  if (word.length > LONGEST_WORD) throw new OptionError(`nmap: an argument of ${word.length} characters is too long`)
}
