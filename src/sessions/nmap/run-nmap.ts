/** The work of `nmap`: runs it here or elsewhere, and reads what it says. */
import { readFile, stat } from 'node:fs/promises'
import { type Interruptible, OptionError, report, type TaskControl } from '../../exchange/index.js'
import { LONGEST_TIMER, pause } from '../../exchange/pause.js'
import { findProgram } from '../../link/find-program.js'
import { type ScanOptions, scan } from '../../tools/scan/index.js'
import { sh } from '../../tools/shell-command/sh.js'
import { SessionError } from '../face/session-error.js'
import { shellLine } from '../face/shell-words.js'
import {
  type CommandOutcome,
  type CommandRunner,
  type NmapOptions,
  type NmapRequest,
  nmapRequest,
} from './nmap-options.js'
import type { NmapResult } from './nmap-result.js'
import { oneLine } from './nmap-text.js'
import { LONGEST_XML, readXml } from './read-xml.js'

/** How often is looked how far nmap is, ms. */
const LOOK = 500
/** Of its output, where it says so. */
const TAIL = 4096
/** What a program that was told to end may take for that, ms. */
const PATIENCE = 3000
/** Lines of nmap's own words in a message. */
const MOST_WARNINGS = 10
/** A shell's word for "there is no such program" (POSIX, 2.8.2). */
const NOT_FOUND = 127

/** Runs nmap. @throws OptionError, SessionError that say what is wrong */
export async function runNmap(
  control: TaskControl<NmapResult>,
  targets: string | readonly string[],
  options: NmapOptions,
): Promise<NmapResult> {
  const request = nmapRequest(targets, options)
  const { via, timeout, netns } = options
  if (via === undefined && findProgram('nmap') === undefined) return scanInstead(control, request, options)
  const from = via === undefined ? undefined : placeOf(via)
  const words = ['nmap', ...request.words]
  const running: PromiseLike<CommandOutcome> & { partial?: CommandOutcome | undefined } =
    via === undefined ? sh('nmap', request.words, { netns, limit: LONGEST_XML }) : via.run(shellLine(words))
  const looking = new AbortController()
  const ended = waitFor<CommandOutcome>(control, running, timeout)
  void tellProgress(control, running, looking.signal)
  try {
    const { value: outcome, stopped } = await ended
    return await resultOf(outcome, { from, stopped, signal: control.signal })
  } catch (error) {
    // Of too much output the beginning is there.
    const { result } = error as { result?: CommandOutcome }
    const partly = result === undefined ? null : await completeHosts(result, from, control.signal)
    if (partly === null) throw error
    return partly
  } finally {
    looking.abort()
  }
}

/** nmap's XML from a file, or the text itself. @throws OptionError for what names no file, SessionError that says what is wrong */
export async function readNmap(control: TaskControl<NmapResult>, given: unknown): Promise<NmapResult> {
  if (typeof given !== 'string' || given.trim() === '')
    throw new OptionError('nmap.read: give the name of a file with the XML of nmap -oX, or the XML itself')
  if (/^\s*</.test(given)) return readXml(given, { name: 'nmap.read', signal: control.signal })
  let text: string
  try {
    const stats = await stat(given)
    // A pipe or a device may have no end.
    if (!stats.isFile() && !stats.isDirectory()) throw new SessionError(`nmap.read: ${given}: it is no file`, 'EINVAL')
    const { size } = stats
    if (size > LONGEST_XML) throw new SessionError(`${given}: more than ${LONGEST_XML / 2 ** 20} MiB of XML`, 'LIMIT')
    text = await readFile(given, 'utf8')
  } catch (error) {
    if (error instanceof SessionError) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    const why = { ENOENT: 'there is no such file', EACCES: 'permission denied', EISDIR: 'it is a folder' }[code]
    throw new SessionError(`nmap.read: ${given}: ${why ?? message}`, code)
  }
  return readXml(text, { name: given, signal: control.signal })
}

/** What is complete of an output that was cut off; null when nothing is. */
async function completeHosts(
  { stdout }: CommandOutcome,
  from: string | undefined,
  signal: AbortSignal,
): Promise<NmapResult | null> {
  const xml = textOf(stdout)
  if (!/<\/host>/.test(xml)) return null
  return readXml(xml, { name: 'nmap', from, signal, warnings: ['there is more output than is kept'] })
}

/** How a run ended. */
interface Ending {
  from: string | undefined
  stopped: boolean
  signal: AbortSignal
}

async function resultOf(outcome: CommandOutcome | undefined, { from, stopped, signal }: Ending): Promise<NmapResult> {
  const { stdout = '', stderr = '', status = null } = outcome ?? {}
  const where = from === undefined ? 'nmap' : `nmap from ${from}`
  const said = linesOf(textOf(stderr))
  if (!stopped && status === NOT_FOUND && from !== undefined)
    throw new SessionError(
      `${where}: ${said.join(' ') || 'there is no program nmap'}: install it there (Debian: sudo apt-get install nmap)`,
      'NO_PROGRAM',
    )
  const xml = textOf(stdout)
  const failed = !stopped && status !== 0
  const words = said.slice(0, MOST_WARNINGS).join('\n')
  if ((failed || stopped) && !/<nmaprun/.test(xml)) {
    if (failed) throw new SessionError(`${where}: ${words || ending(status)}`, 'NMAP')
    // Ended before it had begun: nothing is known, and that is no error.
    return readXml('<nmaprun></nmaprun>', { name: 'nmap', from, interrupted: true })
  }
  const result = await readXml(xml, { name: 'nmap', from, interrupted: stopped, warnings: said, signal })
  if (failed && result.hosts.length === 0) throw new SessionError(`${where}: ${words || ending(status)}`, 'NMAP')
  return result
}

function ending(status: number | null): string {
  return status === null ? 'it was ended by a signal' : `exit status ${status}`
}

function linesOf(text: string): string[] {
  return text
    .slice(0, 100_000)
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '')
    .slice(0, 100)
}

function textOf(output: string | Uint8Array): string {
  return typeof output === 'string' ? output : Buffer.from(output).toString('utf8')
}

/** Waits for what runs; Ctrl-C and the time-out end it: then it is what there is by then. */
async function waitFor<T>(
  control: TaskControl<unknown>,
  running: PromiseLike<T> & Partial<Interruptible> & { partial?: T | undefined },
  timeout: number | undefined,
): Promise<{ value: T | undefined; stopped: boolean }> {
  let stopped = false
  let giveUp = (): void => undefined
  const gaveUp = new Promise<void>((resolve) => {
    giveUp = resolve
  })
  const over = new AbortController()
  const stop = (): void => {
    if (stopped) return
    stopped = true
    if (running.interrupt === undefined) giveUp()
    else {
      running.interrupt()
      void pause(PATIENCE, over.signal).then(giveUp)
    }
  }
  const abort = (): void => running.abort?.(control.signal.reason)
  control.onInterrupt(stop)
  control.signal.addEventListener('abort', abort, { once: true })
  const timer = timeout === undefined ? undefined : setTimeout(stop, Math.min(timeout * 1000, LONGEST_TIMER))
  let last: T | undefined
  try {
    const value = await Promise.race([running, gaveUp.then(() => running.partial)])
    last = value ?? undefined
  } catch (error) {
    if (!stopped) throw error
    last = running.partial
  } finally {
    clearTimeout(timer)
    over.abort()
    control.signal.removeEventListener('abort', abort)
  }
  return { value: last, stopped }
}

/** Looks now and then how far nmap says it is: `<taskprogress task="SYN Stealth Scan" percent="12.30"/>`. */
async function tellProgress(
  control: TaskControl<unknown>,
  running: { partial?: unknown },
  over: AbortSignal,
): Promise<void> {
  control.progress({ text: 'beginning' })
  for (;;) {
    await pause(LOOK, over)
    if (over.aborted) return
    const all = [...tailOf(running.partial).matchAll(/<taskprogress task="([^"]{1,60})"[^>]*? percent="(\d+\.\d+)"/g)]
    const [, text, percent] = all.at(-1) ?? []
    if (text !== undefined) control.progress({ done: Number(percent), total: 100, text: oneLine(text) })
  }
}

function tailOf(partial: unknown): string {
  const { bytes, stdout } = (partial ?? {}) as { bytes?: unknown; stdout?: unknown }
  if (bytes instanceof Uint8Array) return Buffer.from(bytes.subarray(-TAIL)).toString('latin1')
  if (stdout instanceof Uint8Array) return Buffer.from(stdout.subarray(-TAIL)).toString('latin1')
  return typeof stdout === 'string' ? stdout.slice(-TAIL) : ''
}

/** As it stands in `nmap … from PLACE`. */
function placeOf(via: CommandRunner): string {
  const { subject, host } = via as { subject?: unknown; host?: unknown }
  return oneLine(String(subject ?? host ?? 'the other machine').slice(0, 200))
}

/** What our own scan can do of it. */
const SCAN_TYPES = ['connect', 'syn', 'udp'] as const
/** What it does without being told: it asks for no names, finds its own pace, and sees which addresses are IPv6. */
const NEEDLESS = /^-(n|T[0-5]|v+|6|Pn)$/

/** Without nmap our own scan asks, and its XML is read as nmap's is. */
async function scanInstead(
  control: TaskControl<NmapResult>,
  { scan: types, own, targets }: NmapRequest,
  { ports, timeout, netns }: NmapOptions,
): Promise<NmapResult> {
  const install = `nmap is not installed (${findProgram('apt-get') ? 'sudo apt-get install nmap' : 'nmap.org has it'})`
  const type = types.length === 1 && types[0] === 'ping' ? undefined : (types as ScanOptions['type'] & string[])
  const more = own.filter((word) => !NEEDLESS.test(word))
  if (more.length > 0 || !(type ?? []).every((each) => SCAN_TYPES.includes(each as never)))
    throw new SessionError(`${install}, and scan has nothing for ${[...types, ...more].join(' ')}`, 'NO_PROGRAM')
  report(`${install}: scan asks in its place`, 'warning')
  const running = scan(targets, {
    ...(type === undefined ? { ports: 'none' } : ports === undefined ? {} : { ports }),
    ...(type === undefined || type.length === 0 ? {} : { type }),
    ...(netns === undefined ? {} : { netns }),
    ...(own.includes('-Pn') ? { discover: false } : {}),
  })
  running.onProgress((state) => control.progress(state))
  const { value, stopped } = await waitFor(control, running, timeout)
  const xml = value?.xml() ?? '<nmaprun></nmaprun>'
  return readXml(xml, { name: 'nmap', interrupted: stopped, signal: control.signal })
}
