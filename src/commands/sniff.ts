import { CaptureFileError, type RotateOptions } from '../capture/index.js'
import { printable, type SniffOptions, type SniffProgress, sniff } from '../exchange/index.js'
import { LinkError } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import { LineOutput } from './line-output.js'
import { packetForm } from './packet-lines.js'

/** Options of `netshell sniff`, as the command line gives them. */
export interface SniffCommandOptions {
  /** Names, with commas between several. */
  iface?: string
  count?: number
  timeout?: number
  /** File to read instead; `-` is standard input. */
  read?: string
  write?: string
  /** `bytes=100M,files=10` */
  rotate?: string
  /** Prints packets although they are written to a file. */
  print?: boolean
  json?: boolean
  show?: boolean
  snaplen?: number
  bufferSize?: number
  promiscuous?: boolean
  defragment?: boolean
  netns?: string
}

/** How often the counters at the terminal change, ms. */
const COUNTERS_EVERY = 500

/**
 * `netshell sniff [FILTER…]`: prints packets as they come, or writes them to a file, until the count, the time or Ctrl-C ends it. Messages
 * and counters go to standard error. Gives the exit code: 0, also after Ctrl-C; 1 after an error or a damaged file.
 */
export async function sniffCommand(
  filter: readonly string[],
  options: SniffCommandOptions,
  output = new LineOutput(),
): Promise<number> {
  const complain = (text: string): void => void process.stderr.write(`netshell: ${printable(text)}\n`)
  const form = packetForm(options)
  const prints = options.write === undefined || options.print === true
  let number = 0
  let flushing = false
  const line = (text: string): void => {
    const due = output.line(text)
    if (due) void output.flush()
    else if (!flushing) {
      flushing = true
      // What came together is written together.
      setImmediate(() => {
        flushing = false
        void output.flush()
      })
    }
  }
  const stopCounters = prints ? () => undefined : showCounters(() => task?.state as Partial<SniffProgress> | undefined)
  let task: ReturnType<typeof sniff> | undefined
  const press = (): void => {
    // The terminal has put its ^C behind what stands there.
    if (process.stderr.isTTY) process.stderr.write(prints ? '\n' : '\r\x1b[K^C\n')
    if (interrupted) task?.abort()
    else task?.interrupt()
    interrupted = true
  }
  let interrupted = false
  process.on('SIGINT', press)
  process.on('SIGTERM', press)
  try {
    if (options.write === '-' && options.print === true)
      throw new PacketError('--print and --write - both want standard output; write to a file, or leave --print out')
    task = sniff({
      ...sniffOptions(filter, options),
      store: false,
      ...(prints ? { prn: (packet) => line(form(packet, ++number)) } : {}),
      started: () => {
        const { subject } = task?.state ?? {}
        if (options.read === undefined) process.stderr.write(`listening ${subject ?? ''}; Ctrl-C ends it\n`)
      },
    })
    const list = await task
    await output.flush()
    stopCounters()
    process.stderr.write(`${(task.state as Partial<SniffProgress>).text ?? '0 packets'}\n`)
    return list.warnings.length === 0 ? 0 : 1
  } catch (error) {
    await output.flush()
    stopCounters()
    if (!(error instanceof CaptureFileError || error instanceof LinkError || error instanceof PacketError)) throw error
    complain(error.message)
    return 1
  } finally {
    process.off('SIGINT', press)
    process.off('SIGTERM', press)
  }
}

/** Declares the subcommand. `done` gets the exit code. */
export function declareSniff(
  program: import('commander').Command,
  { InvalidArgumentError }: Pick<typeof import('commander'), 'InvalidArgumentError'>,
  done: (exitCode: number) => void,
): void {
  const number = (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It must be a number, 0 or more.')
    return value
  }
  const size = (text: string): number => {
    const value = sizeOf(text, 1024)
    if (value === undefined) throw new InvalidArgumentError('It must be a number such as 65536, 64k or 16M.')
    return value
  }
  program
    .command('sniff [filter...]')
    .showHelpAfterError('(netshell sniff --help lists its options)')
    .description(
      'capture packets and print them as they come; the filter is a BPF expression, as for tcpdump:\nnetshell sniff -i eth0 tcp port 80',
    )
    .option('-i, --iface <names>', "interface, several with commas, or 'any' (default: that of the default route)")
    .option('-c, --count <n>', 'end after so many packets', number)
    .option('-t, --timeout <seconds>', 'end after so many seconds', number)
    .option('-r, --read <file>', 'read a capture file instead, as it grows; - is standard input')
    .option('-w, --write <file>', 'write to a capture file (.pcapng or .pcap; - is standard output), print nothing')
    .option('--rotate <limits>', 'with --write: next file when one is full: packets=N,bytes=100M,seconds=N,files=N')
    .option('--print', 'print as well as write')
    .option('--json', 'one JSON object a packet (docs/json.md)')
    .option('--show', 'every field')
    .option('-s, --snaplen <bytes>', 'bytes kept of each packet', number)
    .option('-B, --buffer-size <bytes>', "size of the kernel's buffer, such as 64M", size)
    .option('-p, --no-promiscuous', 'only packets for this station')
    .option('--defragment', 'put fragments of IP together')
    .option('--netns <name>', 'network namespace to capture in')
    .action(async (filter: string[], options: SniffCommandOptions) => done(await sniffCommand(filter, options)))
}

function sniffOptions(filter: readonly string[], options: SniffCommandOptions): SniffOptions {
  const { iface, count, timeout, read, write, rotate, snaplen, bufferSize, promiscuous, defragment, netns } = options
  const names = iface?.split(',').filter((name) => name !== '')
  const given: SniffOptions = {
    iface: names,
    filter: filter.length === 0 ? undefined : filter.join(' '),
    offline: read,
    rotate: rotate === undefined ? undefined : rotateOptions(rotate),
    count,
    timeout,
    write,
    snaplen,
    bufferSize,
    promiscuous,
    defragment,
    netns,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** `bytes=100M,files=10` @throws PacketError */
function rotateOptions(text: string): RotateOptions {
  const limits: Record<string, number> = {}
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=')
    // Files by thousands, as tcpdump counts them; memory above by 1024.
    const limit = sizeOf(value, 1000)
    if (limit === undefined)
      throw new PacketError(`--rotate takes limits such as bytes=100M,files=10; '${part}' is none`)
    limits[name.trim()] = limit
  }
  return limits
}

const UNITS = ['', 'k', 'm', 'g']

/** A number with an optional unit, each `step` times the one before: k, M, G; undefined when it is none. */
function sizeOf(text: string, step: 1000 | 1024): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text.trim()) ?? []
  return digits === undefined ? undefined : Math.round(Number(digits) * step ** UNITS.indexOf(unit.toLowerCase()))
}

/** Shows counters at the terminal while nothing else is printed; gives the function that ends that. */
function showCounters(state: () => Partial<SniffProgress> | undefined): () => void {
  if (!process.stderr.isTTY) return () => undefined
  const timer = setInterval(() => {
    const text = state()?.text
    if (text !== undefined) process.stderr.write(`\r${text}\x1b[K`)
  }, COUNTERS_EVERY)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[K')
  }
}
