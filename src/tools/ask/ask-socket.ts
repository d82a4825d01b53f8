/** One question over an ordinary socket and what came of it. */
import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket as TcpSocket } from 'node:net'
import { LONGEST_TIMER, onAbort } from '../../exchange/index.js'
import { LinkError } from '../../link/index.js'
import { openTcp, openUdp, type SocketPlace } from './open-socket.js'
import type { AskOptions, Outcome } from './outcome.js'

/**
 * Asks over UDP. `accept` gives the value of a datagram that is an answer, undefined for one that is not: the wait goes
 * on then. Leaves no socket.
 */
export async function askUdp<T>(
  place: SocketPlace,
  question: Uint8Array,
  options: AskOptions,
  accept: (datagram: Uint8Array) => T | undefined,
): Promise<Outcome<T>> {
  let socket: UdpSocket
  try {
    socket = await openUdp(place)
  } catch (error) {
    if (error instanceof LinkError) throw error
    return failure(error, 0, 0)
  }
  try {
    return await askSocket(socket, question, options, accept)
  } finally {
    socket.close()
  }
}

function askSocket<T>(
  socket: UdpSocket,
  question: Uint8Array,
  { timeout, retry, stop }: AskOptions,
  accept: (datagram: Uint8Array) => T | undefined,
): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    let tries = 0
    let sentAt = 0
    let timer: NodeJS.Timeout | undefined
    const end = (outcome: Outcome<T>): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      resolve(outcome)
    }
    const onStop = (): void => end({ kind: 'stopped', tries })
    const sendOnce = (): void => {
      tries++
      sentAt = performance.now()
      socket.send(question, (error) => {
        if (error) end(failure(error, tries, secondsSince(sentAt)))
      })
      timer = setTimeout(() => (tries > retry ? end({ kind: 'silent', tries }) : sendOnce()), milliseconds(timeout))
    }
    socket.on('error', (error) => end(failure(error, tries, secondsSince(sentAt))))
    socket.on('message', (datagram) => {
      try {
        const value = accept(datagram)
        if (value !== undefined) end({ kind: 'answer', value, rtt: secondsSince(sentAt), tries })
      } catch (error) {
        reject(error)
        end({ kind: 'stopped', tries })
      }
    })
    onAbort(stop, onStop)
    if (!stop.aborted) sendOnce()
  })
}

/** Most bytes that are read of one answer. */
const MOST_BYTES = 1 << 20

/**
 * Asks over TCP. `accept` is given all bytes read so far, and gives the answer in them or undefined while it is not
 * complete. The time counts from the start of the connection. Asked once: TCP itself sends again. Leaves no socket.
 */
export function askTcp<T>(
  place: SocketPlace,
  question: Uint8Array,
  { timeout, stop }: AskOptions,
  accept: (bytes: Uint8Array) => T | undefined,
): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    let socket: TcpSocket
    const start = performance.now()
    try {
      socket = openTcp(place)
    } catch (error) {
      reject(error)
      return
    }
    let read = Buffer.alloc(0)
    const end = (outcome: Outcome<T>): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      socket.destroy()
      resolve(outcome)
    }
    const onStop = (): void => end({ kind: 'stopped', tries: 1 })
    const timer = setTimeout(() => end({ kind: 'silent', tries: 1 }), milliseconds(timeout))
    const onEnd = (): void => end({ kind: 'hung up', tries: 1, rtt: secondsSince(start) })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? onEnd() : end(failure(error, 1, secondsSince(start))),
    )
    socket.on('end', onEnd)
    socket.on('connect', () => socket.write(question))
    socket.on('data', (bytes) => {
      read = Buffer.concat([read, bytes])
      try {
        const value = accept(read)
        if (value !== undefined) end({ kind: 'answer', value, rtt: secondsSince(start), tries: 1 })
        else if (read.length > MOST_BYTES) onEnd()
      } catch (error) {
        reject(error)
        onStop()
      }
    })
    onAbort(stop, onStop)
  })
}

function failure<T>(error: unknown, tries: number, rtt: number): Outcome<T> {
  const { code, message } = error as NodeJS.ErrnoException
  return { kind: 'error', code: code ?? message, tries, rtt }
}

const milliseconds = (seconds: number): number => Math.min(seconds * 1000, LONGEST_TIMER)

const secondsSince = (start: number): number => (performance.now() - start) / 1000
