/** Which conversations this process has while something runs: Node tells of each socket that it makes. */

import type { Socket as UdpSocket } from 'node:dgram'
import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Conversation } from './flows.js'

/** Notes the sockets of TCP and UDP that are made from its start to its stop. */
export class OwnConversations {
  readonly #found: (() => Conversation | undefined)[] = []
  readonly #subscriptions: readonly (readonly [name: string, listener: (message: unknown) => void])[]

  constructor() {
    this.#subscriptions = [
      ['net.client.socket', (message) => this.#tcp((message as { socket: Socket }).socket)],
      ['net.server.socket', (message) => this.#tcp((message as { socket: Socket }).socket)],
      ['udp.socket', (message) => this.#udp((message as { socket: UdpSocket }).socket)],
    ]
    for (const [name, listener] of this.#subscriptions) channel(name).subscribe(listener)
  }

  /** No more sockets are noted. */
  stop(): void {
    for (const [name, listener] of this.#subscriptions) channel(name).unsubscribe(listener)
  }

  /** The conversations of these sockets. */
  get list(): Conversation[] {
    return this.#found.flatMap((read) => read() ?? [])
  }

  #tcp(socket: Socket): void {
    let found: Conversation | undefined
    // Of one that is refused only this tells where it went.
    socket.on('connectionAttempt', (address: string, port: number) => {
      found ??= { protocol: 'tcp', remote: { address, port } }
    })
    const note = (): void => {
      const { localPort, remoteAddress, remotePort } = socket
      if (localPort === undefined || remotePort === undefined) return
      found = { protocol: 'tcp', localPort, remote: { address: remoteAddress, port: remotePort } }
    }
    if (socket.remotePort !== undefined) note()
    else socket.once('connect', note)
    this.#found.push(() => found)
  }

  #udp(socket: UdpSocket): void {
    let found: Conversation | undefined
    socket.once('listening', () => {
      found = { protocol: 'udp', localPort: socket.address().port }
    })
    this.#found.push(() => found)
  }
}
