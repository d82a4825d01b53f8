/** Sends a resource: whole, in parts, or not at all where the client has it already. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, answerTo, type Part } from './answer.js'
import type { Limiter } from './limiter.js'
import { Outlet } from './outlet.js'
import { type Resource, ResourceChanged, type Transfer } from './resource.js'

export interface DeliverOptions {
  /** Is told how far it is: all of these are set here. */
  transfer: Pick<Transfer, 'total' | 'done' | 'ended' | 'outcome'>
  /** Unset: as fast as it goes. */
  limiter?: Limiter
  /** More headers of the answer; those of the same name as ours win. */
  headers?: Readonly<Record<string, string>>
  /** A client that takes nothing for so long is given up, ms. Default 60 000. */
  patience?: number
}

/** What has become of a request for a resource. */
export interface Delivered {
  /** 200, 206, 304, 412 or 416. */
  readonly status: number
  /** Bytes of the resource that have left: from, up to but not including. An empty resource that was sent: [[0, 0]]. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
  /** Bytes of the resource that have left; what stands around parts is not counted. */
  readonly bytes: number
  /** An answer with a body of the resource (200 and 206, not to HEAD) has left with all its bytes. */
  readonly isWhole: boolean
  /** Why it did not: the file was changed (ResourceChanged), or could not be read. Unset: the client has left. */
  readonly error?: Error
}

/**
 * Answers a request with a resource.
 * @throws what reading throws before anything was sent (ResourceChanged; the system's EACCES …): another answer can still be given
 */
export async function deliver(
  incoming: IncomingMessage,
  response: ServerResponse,
  resource: Resource,
  { transfer, limiter, headers, patience }: DeliverOptions,
): Promise<Delivered> {
  const answer = await answerTo(incoming, resource)
  const { status, parts, tail } = answer
  const begin = (): void => {
    // Their names may differ in case.
    for (const [name, value] of Object.entries({ ...answer.headers, ...headers })) response.setHeader(name, value)
    response.writeHead(status)
    // What makes its bytes while they leave may need long for the first ones.
    if (answer.length === undefined) response.flushHeaders()
  }
  if (incoming.method === 'HEAD' || parts.length === 0) {
    begin()
    response.end(incoming.method === 'HEAD' ? undefined : tail)
    Object.assign(transfer, { total: 0, ended: new Date(), outcome: 'complete' })
    return { status, ranges: [], bytes: 0, isWhole: false }
  }
  transfer.total = totalOf(parts)
  const outlet = new Outlet(incoming, response, { limiter, patience })
  const sending = new Sending(answer, resource, outlet, transfer)
  let error: Error | undefined
  try {
    await sending.run(begin)
  } catch (caught) {
    if (!response.headersSent && !outlet.isGone) throw caught
    error = caught as Error
  } finally {
    outlet.release()
    Object.assign(transfer, { ended: new Date(), outcome: sending.isWhole ? 'complete' : 'broken' })
  }
  if (!sending.isWhole) outlet.breakOff()
  const { ranges, isWhole } = sending
  return { status, ranges, bytes: transfer.done, isWhole, ...(error && { error }) }
}

/** Bytes of all parts; undefined: the end of one is not known. */
function totalOf(parts: readonly Part[]): number | undefined {
  let total = 0
  for (const { start, end } of parts) {
    if (end === undefined) return undefined
    total += end - start
  }
  return total
}

/** A piece of a body; `from`: where it stands in the resource, unset for what stands around parts. */
interface Piece {
  readonly data: Uint8Array
  readonly from?: number
}

/** An answer's body on its way out. */
class Sending {
  readonly ranges: [start: number, end: number][] = []
  /** Bytes of the body that have left. */
  #sent = 0
  #hasEnded = false

  constructor(
    private readonly answer: Answer,
    private readonly resource: Resource,
    private readonly outlet: Outlet,
    private readonly transfer: DeliverOptions['transfer'],
  ) {}

  /** A client that knows how much there is may leave as soon as it has it. */
  get isWhole(): boolean {
    return this.#hasEnded || (this.#sent > 0 && this.#sent === this.answer.length)
  }

  /** @param begin sends the headers. Where the length is promised, the first bytes must be there before */
  async run(begin: () => void): Promise<void> {
    const { outlet } = this
    const body = this.#pieces()
    let isFirst = this.answer.length !== undefined
    try {
      if (!isFirst) begin()
      for (; ; isFirst = false) {
        const step = await outlet.until(body.next())
        if (step === undefined) return
        if (isFirst) begin()
        if (step.done) break
        if (!(await this.#send(step.value))) return
      }
      this.#hasEnded = await outlet.end()
    } finally {
      // It may wait for something that never comes: nobody waits with it.
      body.return(undefined).catch(() => undefined)
    }
  }

  #send({ data, from }: Piece): Promise<boolean> {
    return this.outlet.send(data, (bytes) => {
      this.#sent += bytes
      if (from === undefined) return
      this.transfer.done += bytes
      this.ranges.at(-1)![1] += bytes
    })
  }

  /** All of the body; heads of parts stand before the first byte that was read, so that they are not sent when there is none. */
  async *#pieces(): AsyncGenerator<Piece, void> {
    for (const { head, start, end } of this.answer.parts) {
      let at = start
      for await (const data of this.resource.read(start, end)) {
        if (at === start) {
          this.ranges.push([start, start])
          if (head !== '') yield { data: Buffer.from(head) }
        }
        if (end !== undefined && at + data.length > end) throw new ResourceChanged('there is more than was promised')
        yield { data, from: at }
        at += data.length
      }
      if (end !== undefined && at < end) throw new ResourceChanged('there is less than was promised')
      if (at === start) this.ranges.push([start, start])
    }
    if (this.answer.tail !== '') yield { data: Buffer.from(this.answer.tail) }
  }
}
