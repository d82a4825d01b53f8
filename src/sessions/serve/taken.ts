/**
 * Whether a client has taken all that it was sent. What was handed to the system is not there yet: megabytes wait in its buffers, and a client that leaves
 * before it has read them has not got the file.
 */
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { internetSockets } from '../../tools/connections/proc-net.js'
import { plainAddress } from '../stream/place.js'

/** A client that takes nothing for so long does not take the rest either, ms. */
const PATIENCE = 60_000
/** So long a client that has confirmed all may still leave before it has read it: a small file is confirmed by its system alone, ms. */
const GRACE = 500
/** How often it is looked whether what is still to be sent gets less, ms. */
const LOOK_EVERY = 50

/**
 * Makes an answer the last of its connection, and leaves it to the client to close it. One that leaves before it has read all is told of by the system
 * (RFC 9293 §3.10.7.3, reset), or leaves something in our send buffer.
 * @returns what waits for that, to be called when all was sent: whether the client has all of it
 */
export function lastAnswer(response: ServerResponse, patience = PATIENCE): () => Promise<boolean> {
  const socket = response.socket as (Socket & { destroySoon(): void }) | null
  response.shouldKeepAlive = false
  if (socket === null) return () => Promise.resolve(false)
  // Node would let go of the connection with its last byte, and never hear what became of it.
  socket.destroySoon = () => {
    const tellsItsEnd = response.chunkedEncoding || response.hasHeader('Content-Length')
    if (!tellsItsEnd) socket.end()
  }
  return async () => {
    const hasAll = await hasTaken(socket, patience)
    socket.destroy()
    return hasAll
  }
}

async function hasTaken(socket: Socket, patience: number): Promise<boolean> {
  let least = Number.POSITIVE_INFINITY
  for (let until = Date.now() + patience; ; ) {
    const how = await left(socket, Math.min(GRACE, patience))
    if (how !== 'not yet') return how === 'in order' && (await isAllThere(socket, patience))
    const queue = await sendQueue(socket)
    // It has all and keeps the connection: nobody is to wait for its end.
    if (queue === 0) return true
    if (queue !== undefined && queue < least) {
      least = queue
      until = Date.now() + patience
    } else if (Date.now() >= until) {
      // Where the system does not tell, it has had time enough.
      return queue === undefined
    }
  }
}

/** Waits until the client leaves, but not for long. */
function left(socket: Socket, patience: number): Promise<'in order' | 'broken off' | 'not yet'> {
  const how = (): 'in order' | 'broken off' => (socket.readableEnded ? 'in order' : 'broken off')
  if (socket.readableEnded || socket.destroyed) return Promise.resolve(how())
  return new Promise((resolve) => {
    const over = (isLate: boolean): void => {
      clearTimeout(timer)
      socket.off('end', leaves).off('close', leaves)
      resolve(isLate ? 'not yet' : how())
    }
    const leaves = (): void => over(false)
    const timer = setTimeout(over, patience, true)
    socket.on('end', leaves).on('close', leaves)
  })
}

/** Whether the other end has confirmed all: a client that is killed closes in order when it has just read all that had reached it. */
async function isAllThere(socket: Socket, patience: number): Promise<boolean> {
  if (process.platform !== 'linux') return true
  for (const end = Date.now() + patience; Date.now() < end; await pause(LOOK_EVERY)) {
    const queue = await sendQueue(socket)
    // Of a connection that was reset nothing is known any more; one that we have ended ourselves may be forgotten, too.
    if (queue === undefined) return socket.writableEnded
    if (queue === 0) return true
  }
  return false
}

/** Bytes that the other end has not confirmed; undefined: the system has no such connection. */
async function sendQueue({ localPort, remotePort, remoteAddress = '' }: Socket): Promise<number | undefined> {
  for (const family of [4, 6] as const) {
    const table = await readFile(family === 4 ? '/proc/net/tcp' : '/proc/net/tcp6', 'utf8').catch(() => '')
    const read = internetSockets('tcp', family)
    for (const line of table.split('\n')) {
      const found = read(line)
      if (found?.localPort !== localPort || found?.remotePort !== remotePort) continue
      if (plainAddress(found?.remoteAddress ?? '') === plainAddress(remoteAddress)) return found?.sendQueue
    }
  }
  return undefined
}
