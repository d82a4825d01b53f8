/** Packets of another machine: its tcpdump writes them into the session, `sniff` reads them here. */
import { PassThrough } from 'node:stream'
import type { PacketList } from '../../capture/index.js'
import { OptionError, printable, report, runSniff, type SniffOptions, type TaskControl } from '../../exchange/index.js'
import { lostText } from '../../exchange/sniff-progress.js'
import { SessionError } from '../face/session-error.js'
import { quoted } from '../face/shell-words.js'
import type { SshSession } from './ssh-session.js'
import { startCommand } from './start-command.js'

/** What `sniff` takes that has a meaning there. */
export interface RemoteSniffOptions
  extends Pick<
    SniffOptions,
    | 'filter'
    | 'count'
    | 'timeout'
    | 'prn'
    | 'lfilter'
    | 'stop'
    | 'store'
    | 'ring'
    | 'write'
    | 'rotate'
    | 'defragment'
    | 'promiscuous'
    | 'snaplen'
    | 'started'
    | 'quiet'
  > {
  /** Interface of the other machine, `'any'` for all; unset: the one that its tcpdump takes. */
  iface?: string
  /** Also packets of this very session. Default false: each of them would make more of them. */
  own?: boolean
  /** Run tcpdump by `sudo -n`, for users who may do so without a password. Default false. */
  sudo?: boolean
}

const OURS = ['iface', 'own', 'sudo', 'filter', 'count', 'timeout', 'promiscuous', 'snaplen', 'started'] as const
const NOT_THERE = ['link', 'netns', 'offline', 'bufferSize']
/** How long tcpdump may take to tell its counters, ms. */
const PATIENCE = 2000
const MOST_WORDS = 4096
const SNAPLEN = 262_144

/** The work of `session.sniff`. */
export async function runRemoteSniff(
  control: TaskControl<PacketList>,
  session: SshSession,
  options: RemoteSniffOptions,
): Promise<PacketList> {
  check(options)
  return new RemoteSniff(control, session, options).run()
}

class RemoteSniff {
  /** What tcpdump says besides packets. */
  #words = ''
  #isListening = false
  #isAskedToEnd = false
  /** It has ended by itself. */
  #isEarly = false
  #status: number | null = null
  #timer: NodeJS.Timeout | undefined
  readonly #stream = new PassThrough()
  #askToEnd: () => void = () => undefined

  constructor(
    private readonly control: TaskControl<PacketList>,
    private readonly session: SshSession,
    private readonly options: RemoteSniffOptions,
  ) {}

  async run(): Promise<PacketList> {
    const { session, control, options } = this
    const channel = await startCommand(session._client(), session.label, commandOf(options))
    let finish: () => void = () => undefined
    const over = new Promise<void>((resolve) => {
      finish = resolve
    })
    let timer: NodeJS.Timeout | undefined
    this.#askToEnd = () => {
      if (this.#isAskedToEnd) return
      this.#isAskedToEnd = true
      // The end of its input ends tcpdump: it then writes what it still has, and its counters.
      channel.end()
      timer = setTimeout(() => {
        this.#stream.end()
        finish()
      }, PATIENCE)
    }
    channel.on('exit', (status: number | null) => {
      this.#status = status
    })
    channel.on('error', () => undefined)
    channel.stderr.on('data', (piece: Buffer) => this.#hear(piece.toString('utf8')))
    channel.on('data', (piece: Buffer) => session._count(piece.length, 0))
    channel.pipe(this.#stream)
    channel.once('close', () => {
      this.#isEarly = !this.#isAskedToEnd
      this.#stream.end()
      finish()
    })
    try {
      const list = await this.#read(control)
      this.#askToEnd()
      // More may come than is wanted: it is read, so that the counters come through.
      channel.unpipe(this.#stream).resume()
      await over
      this.#explain(list)
      return list
    } finally {
      clearTimeout(timer)
      clearTimeout(this.#timer)
      channel.close()
    }
  }

  /** Everything that `sniff` does with what it reads. Time and Ctrl-C end tcpdump first, and with it the reading. */
  async #read(control: TaskControl<PacketList>): Promise<PacketList> {
    const rest: SniffOptions = {}
    for (const [name, value] of Object.entries(this.options))
      if (!OURS.includes(name as (typeof OURS)[number])) Object.assign(rest, { [name]: value })
    const { count } = this.options
    const { session } = this
    try {
      return await runSniff(
        {
          signal: control.signal,
          onAbort: control.onAbort,
          get interrupted() {
            return control.interrupted
          },
          onInterrupt: () => control.onInterrupt(() => this.#askToEnd()),
          progress: (state) => {
            state.subject = `of ${session.subject}`
            control.progress(state)
          },
          partial: control.partial,
          finish: control.finish,
        },
        {
          ...rest,
          offline: this.#stream,
          ...(count === undefined ? {} : { count }),
        },
      )
    } catch (error) {
      // An empty stream is no capture: what tcpdump said tells why.
      const why = this.#why()
      if (why !== undefined && !control.signal.aborted) throw why
      throw error
    }
  }

  #hear(text: string): void {
    this.#words = (this.#words + text).slice(-MOST_WORDS)
    if (this.#isListening || !/listening on /.test(this.#words)) return
    this.#isListening = true
    const { started, timeout } = this.options
    if (timeout !== undefined) this.#timer = setTimeout(() => this.#askToEnd(), timeout * 1000)
    if (started !== undefined) this.session._call('started', started, [])
  }

  /** Notes what was lost. @throws SessionError when tcpdump ended by itself, without packets */
  #explain(list: PacketList): void {
    const why = this.#why()
    if (why !== undefined && list.length === 0 && (list.statistics?.packets ?? 0) === 0) throw why
    if (why !== undefined) report(why.message, 'warning')
    const number = (words: RegExp): number => Number(words.exec(this.#words)?.[1] ?? 0)
    const lost = {
      kernel: number(/(\d+) packets? dropped by kernel/),
      interface: number(/(\d+) packets? dropped by interface/),
      netshell: 0,
    }
    if (list.statistics !== undefined && list.statistics !== null) list.statistics = { ...list.statistics, lost }
    const text = lostText(lost)
    if (text !== undefined && this.options.quiet !== true) report(`${this.session.label}: ${text}`, 'warning')
  }

  /** Why it ended before it was asked to; undefined: it did not. */
  #why(): SessionError | undefined {
    const { session } = this
    const said = this.#words
      .split('\n')
      .filter(
        (line) => line.trim() !== '' && !/listening on|data link type|packets? (captured|received|dropped)/.test(line),
      )
      .map((line) => printable(line.replace(/^(sudo|tcpdump): /, '').trim()))
      .join('; ')
    const about = (why: string, code: string): SessionError =>
      new SessionError(`sniff on ${session.subject}: ${why}`, code)
    if (!session.isOpen && this.#isEarly) return about('the connection was lost', 'CLOSED')
    if (this.#status === 127 || /command not found|: not found/.test(said))
      return about('tcpdump is not installed there: sudo apt-get install tcpdump', 'NO_PROGRAM')
    if (/password is required|a terminal is required|not allowed to execute|not in the sudoers/.test(said))
      return about(`sudo does not let it run tcpdump without a password (${said})`, 'NOT_PERMITTED')
    if (/permission|not permitted|are you root/i.test(said) && !this.#isListening)
      return about(
        `its user may not capture (${said}). sudo: true runs tcpdump by sudo; or log in as root`,
        'NOT_PERMITTED',
      )
    if (/No such device|doesn't exist|not that interface/i.test(said))
      return about(`it has no interface '${this.options.iface}' (${said})`, 'NO_SUCH_INTERFACE')
    if (/syntax error|illegal|parse|unknown host|filter/i.test(said) && !this.#isListening)
      return about(`the filter '${this.options.filter}' is not understood there: ${said}`, 'BAD_FILTER')
    if (!this.#isListening && this.#isEarly)
      return about(`tcpdump ended with status ${this.#status}: ${said || 'it said nothing'}`, 'FAILURE')
    return undefined
  }
}

/**
 * tcpdump, and beside it what waits for the end of its input: so it ends when we want it to, with its counters, and also when the connection is
 * lost, whatever the server does with signals.
 */
function commandOf(options: RemoteSniffOptions): string {
  const { iface, snaplen = SNAPLEN, promiscuous = true, sudo = false, own = false } = options
  const words = [
    ...(sudo ? ['sudo', '-n'] : []),
    'tcpdump',
    ...(iface === undefined ? [] : ['-i', quoted(iface)]),
    ...['-n', '-U', '-w', '-', '-s', String(snaplen)],
    ...(promiscuous ? [] : ['-p']),
  ]
  const ports = '$(set -- $SSH_CONNECTION; [ $# = 4 ] && echo "tcp port $2 and tcp port $4")'
  const filter = options.filter?.trim() ?? ''
  const script = [
    'PATH="$PATH:/usr/sbin:/sbin"; LC_ALL=C; export PATH LC_ALL; f=$1; exec 3<&0',
    ...(own ? [] : [`o=${ports}; [ -n "$o" ] && f="not ($o)\${f:+ and ($f)}"`]),
    // The options for a kernel buffer and for packets at once are not everywhere: without them it is as good.
    `${words.join(' ')} --immediate-mode -B 16384 \${f:+--} \${f:+"$f"} </dev/null 3<&- & p=$!`,
    '(cat <&3; kill -TERM $p) >/dev/null 2>&1 & w=$!; exec 3<&-',
    'wait $p; s=$?; kill $w 2>/dev/null; exit $s',
  ].join('\n')
  return `sh -c ${quoted(script)} sh ${quoted(filter)}`
}

function check(options: RemoteSniffOptions): void {
  for (const name of NOT_THERE)
    if (name in options)
      throw new OptionError(`sniff: option ${name} is about this machine; packets come from the other one here`)
  const { iface, filter, snaplen, timeout } = options
  for (const [name, value] of Object.entries({ iface, filter }))
    if (
      value !== undefined &&
      (typeof value !== 'string' || /[\0\n]/.test(value) || (name === 'iface' && !/^[^-\s]\S*$/.test(value)))
    )
      throw new OptionError(`sniff: option ${name} must be a text, not ${String(value)}`)
  if (snaplen !== undefined && !(Number.isInteger(snaplen) && snaplen > 0 && snaplen <= SNAPLEN))
    throw new OptionError(`sniff: option snaplen must be a whole number, 1..${SNAPLEN}, not ${String(snaplen)}`)
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0))
    throw new OptionError(`sniff: option timeout must be a number of seconds, not ${String(timeout)}`)
}
