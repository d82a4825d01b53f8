/** Sockets of the application: lines that come, one question with its answer, and an end to waiting. */
import { connect, type Socket } from 'node:net'
import { SessionError, sessionError } from '../face/session-error.js'
import { takeLine } from '../stream/framing.js'
import { hostPort } from '../stream/place.js'
import { ReceiveBuffer } from '../stream/receive-buffer.js'

/** Where a server is. */
export interface AppPlace {
  host: string
  port: number
}

/** `app 127.0.0.1:8808`: how errors name it. */
export function labelOf({ host, port }: AppPlace): string {
  return `app ${hostPort(host, port)}`
}

const LF = Buffer.from('\n')

/**
 * The lines that come from a socket, without their ends; what is left at its end is a line too. The socket stays open when one stops reading.
 * @throws SessionError 'LIMIT' for a line of more bytes
 */
export async function* linesOf(socket: Socket, limit: number, label: string): AsyncGenerator<string, undefined> {
  const buffer = new ReceiveBuffer()
  const context = { limit, label, encoding: 'utf8' } as const
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    buffer.append(chunk as Buffer)
    for (let line = takeLine(buffer, false, context); line !== undefined; line = takeLine(buffer, false, context))
      yield line.toString()
  }
  const rest = takeLine(buffer, true, context)
  if (rest !== undefined) yield rest.toString()
}

/** A connection. @throws SessionError that says why there is none, or within `seconds` there is none */
export function connectedTo(place: AppPlace, seconds: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, signal })
    const timer = setTimeout(() => socket.destroy(late(labelOf(place), seconds)), seconds * 1000)
    // Stays: an error may also come later, and with nobody to hear of it would end the program.
    socket.on('error', (error) => reject(signal?.aborted ? signal.reason : sessionError(labelOf(place), error)))
    socket.once('close', () => clearTimeout(timer))
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}

/** How one question is asked. */
export interface AskOptions {
  /** Seconds for all of it. */
  timeout: number
  /** Bytes of an answer. */
  limit: number
  /** A line is the whole answer; else all that comes until the connection is closed. */
  line: boolean
  signal?: AbortSignal
}

/** Asks on a connection of its own. @throws SessionError */
export async function ask(place: AppPlace, question: string, options: AskOptions): Promise<Buffer> {
  const { timeout, limit, line, signal } = options
  const label = labelOf(place)
  const began = performance.now()
  const socket = await connectedTo(place, timeout, signal)
  const left = Math.max(0, timeout * 1000 - (performance.now() - began))
  const timer = setTimeout(() => socket.destroy(late(label, timeout)), left)
  try {
    socket.write(question)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > limit) throw new SessionError(`${label}: the answer has more than ${limit} bytes`, 'LIMIT')
      if (line && chunk.includes(LF)) break
    }
    return Buffer.concat(chunks)
  } catch (error) {
    signal?.throwIfAborted()
    throw sessionError(label, error)
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

function late(label: string, seconds: number): SessionError {
  return new SessionError(`${label}: no answer within ${seconds} s`, 'TIMEOUT')
}

/** The value, unless it takes longer. @throws SessionError 'TIMEOUT' with this message */
export async function within<T>(seconds: number, message: string, value: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SessionError(message, 'TIMEOUT')), seconds * 1000)
  })
  try {
    return await Promise.race([value, over])
  } finally {
    clearTimeout(timer)
  }
}
