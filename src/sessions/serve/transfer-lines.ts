/** How far transfers are: a bar for each client at a terminal, and a line for each when it is over. */
import { hasLivePlace, showLive } from '../../exchange/live-lines.js'
import { printableLine } from '../../exchange/printable.js'
import { cutTo, textWidth } from '../../exchange/text-width.js'
import { byteCount } from '../face/session.js'
import { SessionLog } from '../face/session-log.js'
import { plainAddress } from '../stream/place.js'
import type { Transfer } from './resource.js'

/** Bars at the same time; of more transfers it is told how many they are. */
const MOST_BARS = 5
/** Columns of a bar: fewer show nothing, more are not needed. */
const SHORTEST_BAR = 8
const LONGEST_BAR = 24
/** Columns that client and name have before the speed and the time that is left are shown. */
const LEAST_HEAD = 24
/** What is over before needs no bar, ms. */
const PATIENCE = 500
/** Where there are no bars a long transfer is told of so often, ms. */
const TELL_EVERY = 10_000
/** The speed is that of the last seconds, ms. */
const WINDOW = 5000
/** From this time on a transfer has a speed worth telling, ms. */
const WORTH_A_SPEED = 500

/** A look at a transfer. */
interface Sample {
  at: number
  done: number
}

/** The transfers of one server. */
export class TransferLines {
  /** Those that run, and what was seen of them. */
  readonly #running = new Map<Transfer, Sample[]>()
  readonly #log: SessionLog
  #hide: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param isTold whether a line is printed for each that is over */
  constructor(isTold: boolean) {
    this.#log = new SessionLog(() => '', isTold)
  }

  began(transfer: Transfer): void {
    this.#running.set(transfer, [])
    this.#hide ??= showLive((columns) => this.lines(columns))
    if (this.#log.isOn) this.#timer ??= setInterval(() => this.#tellLong(), TELL_EVERY).unref()
  }

  ended(transfer: Transfer): void {
    if (!this.#running.delete(transfer)) return
    this.#log.tell(endLine(transfer))
    if (this.#running.size === 0) this.#rest()
  }

  /** It was none: nothing is told of it. */
  dropped(transfer: Transfer): void {
    if (this.#running.delete(transfer) && this.#running.size === 0) this.#rest()
  }

  /** Tells what was not told yet. */
  end(): void {
    this.#running.clear()
    this.#rest()
    this.#log.end()
  }

  /** A bar for each that runs, of the latest; each call is a look at them. */
  lines(columns: number, now = Date.now()): string[] {
    const all = [...this.#running].filter(([transfer]) => now - transfer.began.getTime() >= PATIENCE)
    const shown = all.slice(-MOST_BARS)
    const lines = shown.map(([transfer, samples]) => barLine(transfer, speedOf(transfer, samples, now), columns))
    const rest = all.slice(0, all.length - shown.length)
    // What is not shown is looked at, too: its bytes are in the sum.
    if (rest.length === 0) return lines
    const speed = rest.reduce((sum, [transfer, samples]) => sum + (speedOf(transfer, samples, now) ?? 0), 0)
    return [...lines, cutTo(`… and ${rest.length} more, ${byteCount(Math.round(speed))}/s`, columns)]
  }

  #rest(): void {
    this.#hide?.()
    this.#hide = undefined
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Without a screen: how far those are that take long. */
  #tellLong(now = Date.now()): void {
    if (hasLivePlace()) return
    for (const [transfer, samples] of this.#running) {
      const speed = speedOf(transfer, samples, now)
      if (now - transfer.began.getTime() >= TELL_EVERY)
        this.#log.tell(`${headOf(transfer)}: ${partsOf(transfer, speed).join(', ')}`)
    }
  }
}

/** Bytes a second, lately. */
function speedOf(transfer: Transfer, samples: Sample[], now: number): number | undefined {
  if (samples.length === 0) samples.push({ at: transfer.began.getTime(), done: 0 })
  while (samples.length > 1 && now - samples[1]!.at > WINDOW) samples.shift()
  const first = samples[0]!
  samples.push({ at: now, done: transfer.done })
  return now - first.at < WORTH_A_SPEED ? undefined : ((transfer.done - first.done) * 1000) / (now - first.at)
}

/** `192.0.2.7 ↓ photos/a.jpg`: the arrow as the client sees it. */
function headOf({ client, direction, name }: Transfer): string {
  return printableLine(`${plainAddress(client)} ${direction === 'down' ? '↓' : '↑'} ${name}`)
}

/** `43 %`, `98 MB/s`, `5 s left`. */
function partsOf({ done, total }: Transfer, speed: number | undefined): string[] {
  const parts =
    total === undefined || total === 0 ? [byteCount(done)] : [`${Math.floor((Math.min(done, total) * 100) / total)} %`]
  if (speed !== undefined) parts.push(`${byteCount(Math.round(speed))}/s`)
  if (speed !== undefined && speed > 0 && total !== undefined && total > done)
    parts.push(`${durationText((total - done) / speed)} left`)
  return parts
}

function barLine(transfer: Transfer, speed: number | undefined, columns: number): string {
  const { done, total } = transfer
  const head = headOf(transfer)
  const all = partsOf(transfer, speed)
  // On a narrow screen, who it is and how far comes before how long it takes.
  const least = Math.min(textWidth(head), LEAST_HEAD)
  while (all.length > 1 && columns - textWidth(all.join(', ')) - 2 < least) all.pop()
  const parts = all.join(', ')
  const rest = columns - textWidth(parts) - 2
  // A long name is cut before there is no bar.
  const shown = cutTo(head, Math.max(least, rest - SHORTEST_BAR - 1))
  const room = Math.min(LONGEST_BAR, rest - textWidth(shown) - 1)
  if (total === undefined || total === 0 || room < SHORTEST_BAR) return cutTo(`${cutTo(head, rest)}: ${parts}`, columns)
  const full = Math.round((Math.min(done, total) / total) * room)
  return `${shown}: ${'━'.repeat(full)}${'─'.repeat(room - full)} ${parts}`
}

/** `192.0.2.7 took a.iso: 1.2 GB in 12 s, 98 MB/s`; of what went quickly no time is told. */
export function endLine(transfer: Transfer): string {
  const { client, direction, name, done, total, began, ended = new Date(), outcome } = transfer
  const who = plainAddress(client)
  if (outcome === 'broken') {
    const part = total === undefined ? byteCount(done) : `${byteCount(done)} of ${byteCount(total)}`
    return printableLine(`${who} did not ${direction === 'down' ? 'get' : 'send'} all of ${name}: ${part}`)
  }
  const ms = ended.getTime() - began.getTime()
  const time =
    ms < WORTH_A_SPEED ? '' : ` in ${durationText(ms / 1000)}, ${byteCount(Math.round((done * 1000) / ms))}/s`
  return printableLine(`${who} ${direction === 'down' ? 'took' : 'sent'} ${name}: ${byteCount(done)}${time}`)
}

/** `0.3 s`, `4 s`, `2 min 5 s`. */
function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
