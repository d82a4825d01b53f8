/** Capturing and sending, done on loopback. */
import { pause } from '../../exchange/pause.js'
import { Ether, IP, UDP } from '../../layers/index.js'
import { type Capture, LINKTYPE_ETHERNET, type Link, LinkError, openLink, permissionAdvice } from '../../link/index.js'
import { stack } from '../../packet/index.js'
import { type Check, reason } from './check.js'
import { asRoot, installCommand } from './install.js'

const MESSAGE = 'netshell doctor'
const LOOPBACK = process.platform === 'linux' ? 'lo' : 'lo0'
/** How long a packet on loopback may take, ms. */
const PATIENCE = 2000

/** A port that nobody has for long: RFC 6335 §6. */
export function somePort(): number {
  return 49_152 + Math.floor(Math.random() * 16_000)
}

/** Captures on loopback what a socket sends and what we send ourselves: both have to come in. */
export async function wireChecks(stop: AbortSignal): Promise<[capture: Check, send: Check]> {
  const capturing = { name: 'capture', tried: `captured a datagram on ${LOOPBACK}`, essential: true } as const
  const sending = { name: 'send', tried: `sent a packet of our own on ${LOOPBACK}`, essential: true } as const
  let link: Link | undefined
  try {
    link = openLink(LOOPBACK)
    const listener = new Listener(link, stop)
    await listener.capture.ready
    const arrived = await listener.comesIn((port) => sendBySocket(port))
    const works = `by ${link.backend}`
    const capture: Check =
      typeof arrived === 'number'
        ? { ...capturing, state: arrived < 1000 ? 'ok' : 'limited', found: `${works}; ${lateText(arrived)}` }
        : { ...capturing, state: 'missing', found: shortReason(arrived), fix: [asRoot(`ip link set ${LOOPBACK} up`)] }
    const refused = await listener.comesIn((port) => sendFrame(link!, port))
    listener.capture.stop()
    const send: Check =
      typeof refused === 'number'
        ? { ...sending, state: 'ok', found: `${works}; what was sent came in` }
        : { ...sending, state: 'missing', found: shortReason(refused), fix: adviceFor(refused) }
    return [capture, send]
  } catch (error) {
    return [
      { ...capturing, state: 'missing', found: shortReason(error), fix: adviceFor(error) },
      { ...sending, state: 'missing', found: 'for the same reason' },
    ]
  } finally {
    link?.close()
  }
}

function lateText(milliseconds: number): string {
  return `its time and the clock differ by ${milliseconds < 1 ? 'less than 1' : Math.round(milliseconds)} ms`
}

/** A capture on loopback that waits for packets to a port of its own. */
class Listener {
  readonly capture: Capture
  private readonly port = somePort()
  private arrived: (at: number) => void = () => undefined
  private failed: (error: unknown) => void = () => undefined

  constructor(
    link: Link,
    private readonly stop: AbortSignal,
  ) {
    this.capture = link.capture(
      { filter: `udp and dst port ${this.port}`, immediate: true },
      ({ seconds, nanoseconds }) => this.arrived(seconds[0]! * 1000 + nanoseconds[0]! / 1e6),
      (error) => this.failed(error),
    )
  }

  /** How far the time of what comes in is from the clock, ms, or why nothing does. */
  async comesIn(send: (port: number) => void | Promise<void>): Promise<number | Error> {
    const over = new AbortController()
    let result: number | Error = new Error(`nothing came in within ${PATIENCE / 1000} s`)
    const end = (value: number | Error): void => {
      result = value
      over.abort()
    }
    const began = Date.now()
    this.arrived = (at) => end(Math.max(0, began - at, at - Date.now()))
    this.failed = (error) => end(error as Error)
    try {
      await send(this.port)
      if (!over.signal.aborted) await pause(PATIENCE, AbortSignal.any([this.stop, over.signal]))
    } catch (error) {
      return error as Error
    }
    return result
  }
}

/** An ordinary datagram, for which no rights are needed. */
function sendBySocket(port: number): Promise<void> {
  const { createSocket } = process.getBuiltinModule('node:dgram')
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    // That nobody listens there is told as an error.
    socket.on('error', () => undefined)
    socket.send(MESSAGE, port, '127.0.0.1', (error) => {
      socket.close()
      if (error) reject(error)
      else resolve()
    })
  })
}

function sendFrame(link: Link, port: number): void {
  const packet = stack(IP({ src: '127.0.0.1', dst: '127.0.0.1' }), UDP({ sport: port, dport: port }), MESSAGE)
  const nobody = '00:00:00:00:00:00'
  const frame = link.linkType === LINKTYPE_ETHERNET ? stack(Ether({ src: nobody, dst: nobody }), packet) : packet
  if (link.send([frame.bytes()]) !== 1) throw new Error('the kernel did not take the packet')
}

/** A remedy at the end of a message: `lo is down: sudo ip link set lo up`. */
const REMEDY = /: (?:sudo )?(ip link set .+)$/

/** An error without the advice that follows as commands. */
function shortReason(error: unknown): string {
  return reason(error)
    .replace(REMEDY, '')
    .replace(/: to send, install .*$/, '')
    .replace(/\.$/, '')
}

/** What to type against an error: the lines of the advice that are commands. */
function adviceFor(error: unknown): string[] {
  if (!(error instanceof LinkError)) return []
  if (error.code === 'NOT_PERMITTED') {
    const lines = permissionAdvice().split('\n')
    return lines
      .map((line) => line.trim().replace(/^Run it with sudo: /, ''))
      .filter((line) => line.startsWith('sudo '))
  }
  const [, command] = REMEDY.exec(reason(error)) ?? []
  if (command !== undefined) return [asRoot(command)]
  return error.code === 'LIBRARY_MISSING' ? [installCommand('libpcap')] : []
}
