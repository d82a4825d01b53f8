import type { ChildProcess } from 'node:child_process'
import { errnoOfWords } from './error-words.js'
import { findProgram } from './find-program.js'
import { interfaces, noSuchInterface } from './interfaces.js'
import { LinkError } from './link.js'
import { inNamespace } from './namespace.js'
import type { HandleOptions } from './pcap-handle.js'
import type { CaptureProgram, CaptureProgramEvents } from './process-capture.js'

/** Bytes kept of what tcpdump says. */
const MOST_WORDS = 4096

/** Path of tcpdump. Throws a LinkError when it is not there. */
export function requireTcpdump(): string {
  const path = findProgram('tcpdump')
  if (path !== undefined) return path
  throw new LinkError('LIBRARY_MISSING', 'tcpdump is not installed: sudo apt-get install tcpdump')
}

/** What tcpdump's words are read in. */
export const PLAIN_LANGUAGE = { LC_ALL: 'C', LANG: 'C' }

/** tcpdump, writing what it captures to a pipe. */
export class TcpdumpProgram implements CaptureProgram {
  readonly dropsUnknown = false
  private words = ''
  private listening = false

  constructor(
    private readonly interfaceName: string,
    private readonly netns: string | undefined,
    private readonly options: HandleOptions,
  ) {}

  start(events: CaptureProgramEvents): ChildProcess {
    this.words = ''
    this.listening = false
    const [command, ...argv] = tcpdumpCommand(this.interfaceName, this.options)
    const { spawn } = process.getBuiltinModule('node:child_process')
    const child = inNamespace(this.netns, () =>
      spawn(command!, argv, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...PLAIN_LANGUAGE },
        // A group of its own: Ctrl-C at the terminal is for us.
        detached: true,
      }),
    )
    let line = ''
    // Without descriptors to spare there is no pipe; 'error' tells.
    child.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      this.words = (this.words + text).slice(-MOST_WORDS)
      const lines = (line + text).slice(-MOST_WORDS).split('\n')
      line = lines.pop()!
      for (const each of lines) {
        this.listening ||= /listening on /.test(each)
        hear(each, events)
      }
    })
    return child
  }

  /** It prints them at this signal, on Linux; elsewhere, and before it is ready, it would end by it. */
  askCounters(child: ChildProcess): void {
    if (this.listening && process.platform === 'linux') child.kill('SIGUSR1')
  }

  explain(status: number | null, signal: NodeJS.Signals | null): LinkError {
    const { interfaceName, words } = this
    const own = words
      .split('\n')
      .filter((each) => each !== '' && !/listening on|packets? (captured|received|dropped)/.test(each))
      .map((each) => each.replace(/^tcpdump: /, ''))
      .join(' ')
    const errno = errnoOfWords(own)
    const details = errno === undefined ? {} : { errno }
    switch (errno) {
      case 'EPERM':
      case 'EACCES':
        return new LinkError(
          'NOT_PERMITTED',
          `tcpdump may not capture on ${interfaceName} (${own}).\nRun it with sudo: sudo netshell`,
          details,
        )
      case 'ENODEV':
      case 'ENXIO':
        return noSuchInterface(interfaceName, interfaces({ netns: this.netns }), { netns: this.netns })
      case 'ENETDOWN':
        return new LinkError(
          'INTERFACE_DOWN',
          `${interfaceName} is down: sudo ip link set ${interfaceName} up`,
          details,
        )
    }
    if (/filter|illegal|unknown host|syntax/i.test(own))
      return new LinkError('BAD_FILTER', `the filter '${this.options.filter}' is not understood: ${own}`)
    const how = signal === null ? `status ${status}` : signal
    return new LinkError('SYSTEM', `tcpdump on ${interfaceName} ended (${how}): ${own || 'it said nothing'}`, details)
  }
}

/**
 * Program and arguments. Where it is possible the kernel ends tcpdump when we are killed: else, seeing nothing to write,
 * it would stay. That holds only while it keeps its user; it writes frames and reads nothing of them.
 */
export function tcpdumpCommand(interfaceName: string, options: HandleOptions): string[] {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined
  const stayRoot = setpriv !== undefined && process.geteuid?.() === 0 ? ['-Z', 'root'] : []
  return [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL']),
    requireTcpdump(),
    ...stayRoot,
    ...['-i', interfaceName, '-n', '-w', '-', '-U', '--immediate-mode', '--time-stamp-precision=nano'],
    ...['-s', String(options.snaplen), '-B', String(Math.ceil(options.bufferSize / 1024))],
    ...(options.promiscuous ? [] : ['-p']),
    // Whatever follows is no option, however it begins.
    ...(options.filter.trim() === '' ? [] : ['--', options.filter]),
  ]
}

function hear(line: string, events: CaptureProgramEvents): void {
  if (/listening on /.test(line)) events.ready()
  const dropped = /(\d+) packets? dropped by kernel/.exec(line)
  const byInterface = /(\d+) packets? dropped by interface/.exec(line)
  if (dropped !== null) events.counters(Number(dropped[1]), Number(byInterface?.[1] ?? 0))
}
