import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Lab, openLab, type Side } from '../../test/lab/lab.js'
import type { Child } from '../../test/lab/process.js'
import { compiledWire } from '../workplace.js'

/** Bytes of the frames that are sent. */
export const FRAME = 64
/** TCP ports that are open on the far host. */
export const OPEN_PORTS = [22, 25, 53, 80, 110, 143, 443, 587, 993, 995, 3306, 5432, 6379, 8080, 9200]

/** The longest that one program of a measurement may take, ms. */
const GIVE_UP = 120_000
/** Processors of senders and of receivers: one each, where there are two. */
const SENDER = 0
const RECEIVER = cpus().length > 1 ? 1 : 0

/** What `wire send` prints. */
export interface Sent {
  sent: number
  seconds: number
}

/** The lab of the test suite (two namespaces, one cable), with what the measurements need in it. */
export class WireLab {
  /** A neighbour that is not there: its frames cross the cable and are dropped at once, so that no answer costs anybody time. */
  readonly sink: { ipv4: string; mac: string }

  private constructor(readonly lab: Lab) {
    this.sink = { ipv4: lab.there.ipv4.replace(/\d+$/, '99'), mac: '02:00:0a:56:ff:99' }
  }

  /** Makes the lab, gives it to `work`, and removes it whatever happens. @throws Error without root */
  static async with<T>(work: (lab: WireLab) => Promise<T>): Promise<T> {
    if (process.getuid?.() !== 0)
      throw new Error('this makes network namespaces, which needs root: sudo env "PATH=$PATH" npm run bench -- wire')
    const interrupted = () => process.exit(130)
    process.once('SIGINT', interrupted)
    const lab = await openLab()
    try {
      const wire = new WireLab(lab)
      await wire.prepare()
      return await work(wire)
    } finally {
      await lab.close()
      process.off('SIGINT', interrupted)
    }
  }

  /** Runs a program to its end in a namespace and parses the JSON that it prints. @throws Error with what it wrote */
  async json<T>(side: Side, command: readonly string[]): Promise<T> {
    return JSON.parse(await this.output(side, command)) as T
  }

  /** What a program prints. @throws Error with what it wrote to its error stream, when it fails */
  async output(side: Side, command: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.lab.exec(side, command, { timeout: GIVE_UP })
    if (status === 0) return stdout
    throw new Error(`${command.slice(0, 4).join(' ')} failed: ${stderr.trim().split('\n').slice(-6).join('\n')}`)
  }

  /** Starts a receiver in `there`, on its own processor, and waits until its output says that it is ready. */
  async receiver(command: readonly string[], ready: RegExp): Promise<Child> {
    const child = this.lab.spawn('there', pinned(RECEIVER, command))
    await child.waitFor(ready)
    return child
  }

  /** Sends so many frames to the sink with the compiled sender; rate 0: as fast as it goes. */
  sendFrames(count: number, rate = 0): Promise<Sent> {
    const { here } = this.lab
    return this.json(
      'here',
      onSender(
        compiledWire(
          'send',
          here.interfaceName,
          count,
          rate,
          here.mac,
          this.sink.mac,
          here.ipv4,
          this.sink.ipv4,
          FRAME,
        ),
      ),
    )
  }

  /** Frames that have arrived in `there` so far. */
  async arrived(): Promise<number> {
    const file = `/sys/class/net/${this.lab.there.interfaceName}/statistics/rx_packets`
    return Number(await this.output('there', ['cat', file]))
  }

  private async prepare(): Promise<void> {
    const { here } = this.lab
    const neighbour = ['neigh', 'add', this.sink.ipv4, 'lladdr', this.sink.mac, 'dev', here.interfaceName]
    await this.output('here', ['ip', ...neighbour, 'nud', 'permanent'])
    const listener = this.lab.spawn('there', compiledWire('listen', ...OPEN_PORTS))
    await listener.waitFor(/ready/)
    // The neighbour tables know each other: nobody's first packet has to ask.
    await this.output('here', ['ping', '-c', '1', '-W', '2', this.lab.there.ipv4])
  }
}

/** The command on the senders' processor. */
export function onSender(command: readonly string[]): string[] {
  return pinned(SENDER, command)
}

function pinned(processor: number, command: readonly string[]): string[] {
  return ['taskset', '--cpu-list', String(processor), ...command]
}

/** Nanoseconds of CPU that all threads of a process have used so far. */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    0,
  )
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
