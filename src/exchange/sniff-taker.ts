import { isUntouched, type StorableBatch } from '../capture/index.js'
import { type AnyPacket, PacketError, print } from '../packet/index.js'
import { BatchPackets } from './frame-copy.js'
import { printable } from './printable.js'
import { Reassembler } from './reassembler.js'
import { report } from './report.js'
import type { SniffKeeper } from './sniff-keeper.js'
import type { SniffOptions } from './sniff-options.js'
import type { SniffProgress } from './sniff-progress.js'
import { Interrupted } from './task.js'
import { isThenable } from './thenable.js'

/** Calls of `prn` that may wait at a time while a file is read. */
const MOST_PENDING = 100

/** What a taker tells its sniff. */
export interface TakerOutcome {
  /** Nothing more is wanted. */
  end(): void
  /** A callback of the user's has failed. */
  fail(error: unknown): void
  /** Packets were taken. */
  taken(): void
  /** Whether Ctrl-C was pressed. */
  interrupted(): boolean
}

/** Takes packets one by one or whole batches: asks the user's callbacks, counts, and hands on what is to be kept. */
export class SniffTaker {
  private readonly packets = new BatchPackets()
  private readonly reassembler: Reassembler | null
  /** Whether each packet is looked at by itself. */
  private readonly singly: boolean
  /** Calls of `prn` that still wait. */
  private readonly pending = new Set<Promise<void>>()
  /** Reading a file waits for one of them, or for the end. */
  private goOn: () => void = () => undefined

  /** @param ended aborted when nothing more is taken */
  constructor(
    private readonly options: SniffOptions,
    private readonly keeper: SniffKeeper,
    private readonly progress: SniffProgress,
    private readonly ended: AbortSignal,
    private readonly outcome: TakerOutcome,
  ) {
    const { prn, lfilter, stop, defragment = false } = options
    this.reassembler = defragment ? new Reassembler() : null
    this.singly = prn !== undefined || lfilter !== undefined || stop !== undefined || defragment
    ended.addEventListener('abort', () => this.goOn(), { once: true })
  }

  /** Waits for calls of `prn` that still wait, and tells what was left incomplete. */
  async finish(): Promise<void> {
    await Promise.all(this.pending)
    const missing = this.reassembler?.stats().pending ?? 0
    if (missing > 0 && this.options.quiet !== true)
      report(`${missing} fragmented datagram${missing === 1 ? ' is' : 's are'} not complete, and left out`, 'warning')
  }

  /** Takes a batch that lasts one by one, so that calls of `prn` that wait do not pile up. */
  async takeSlowly(batch: StorableBatch, stop: AbortSignal, positions?: ArrayLike<number>): Promise<void> {
    const count = positions === undefined ? batch.count : positions.length
    for (let n = 0; n < count && !stop.aborted; n++) {
      this.take(batch, true, [positions === undefined ? n : positions[n]!])
      if (this.pending.size >= MOST_PENDING && !this.ended.aborted)
        await new Promise<void>((resolve) => {
          this.goOn = resolve
        })
    }
  }

  /**
   * Takes a batch, or the packets at `positions` of it: whole where nobody looks at single packets, else one by one.
   * @param lasting its buffer is never written again
   */
  take(batch: StorableBatch, lasting: boolean, positions?: ArrayLike<number>): void {
    if (this.ended.aborted) return
    if (this.singly) this.takeSingly(batch, lasting, positions)
    else this.takeWhole(batch, positions)
    this.outcome.taken()
    const { count = 0 } = this.options
    if (count > 0 && this.progress.packets >= count) this.outcome.end()
  }

  private takeWhole(batch: StorableBatch, positions?: ArrayLike<number>): void {
    const { count = 0 } = this.options
    const all = positions === undefined ? batch.count : positions.length
    const taken = count > 0 ? Math.min(all, count - this.progress.packets) : all
    let some = positions
    if (taken < all) some = Uint32Array.from({ length: taken }, (_, n) => (positions === undefined ? n : positions[n]!))
    this.keeper.add(batch, some)
    let bytes = 0
    for (let n = 0; n < taken; n++) bytes += batch.originalLengths[some === undefined ? n : some[n]!]!
    this.progress.packets += taken
    this.progress.bytes += bytes
  }

  private takeSingly(batch: StorableBatch, lasting: boolean, positions?: ArrayLike<number>): void {
    const { prn, lfilter, stop, count = 0 } = this.options
    const { packets, keeper, progress, reassembler } = this
    const { ended } = this
    const all = positions === undefined ? batch.count : positions.length
    const kept: number[] = []
    packets.use(batch, lasting)
    try {
      for (let n = 0; n < all && !ended.aborted; n++) {
        const i = positions === undefined ? n : positions[n]!
        const seen = packets.at(i)
        const packet = reassembler === null ? seen : (reassembler.add(seen) as AnyPacket | null)
        if (packet === null || (lfilter !== undefined && !answerOf('lfilter', lfilter(packet)))) continue
        progress.packets++
        progress.bytes += packet === seen ? batch.originalLengths[i]! : packet.bytes().length
        if (packet === seen && isUntouched(packet)) kept.push(i)
        else {
          keeper.add(batch, kept)
          kept.length = 0
          keeper.push(packet)
        }
        if (prn !== undefined) {
          const shown = prn(packet)
          if (isThenable(shown)) this.showLater(shown)
          else show(shown)
        }
        if (stop !== undefined && answerOf('stop', stop(packet))) this.outcome.end()
        if (count > 0 && progress.packets >= count) this.outcome.end()
      }
    } catch (error) {
      this.outcome.fail(error)
    } finally {
      keeper.add(batch, kept)
    }
  }

  private showLater(shown: PromiseLike<unknown>): void {
    const done = Promise.resolve(shown)
      .then(show, (error) => {
        // After Ctrl-C the result is what was seen so far, as ever.
        if (!(error instanceof Interrupted && this.outcome.interrupted())) throw error
      })
      .catch((error) => this.outcome.fail(error))
      .finally(() => {
        this.pending.delete(done)
        this.goOn()
      })
    this.pending.add(done)
  }
}

function show(value: unknown): void {
  if (value !== undefined && value !== null) print(printable(String(value)))
}

/** @throws PacketError for an answer that comes later: a promise would always count as true */
function answerOf(name: string, answer: unknown): unknown {
  if (!isThenable(answer)) return answer
  answer.then(undefined, () => undefined)
  throw new PacketError(`sniff: ${name} has to wait, and cannot: it must answer at once; prn may wait`)
}
