/** Very many clients at once: all connect, all ask, all are answered while all are there. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

/** Connections that are being made at a time. */
const AT_ONCE = 500
/** Clients of one source address: it has not more than 28 000 ports. */
const OF_ADDRESS = 20_000

/**
 * Prints `{clients, answered, bytes}`: the server's memory for each client that is there. Then waits for a line on standard input, and tells how many
 * connections the server has ended by then.
 * @param pid of the server
 */
export async function crowd(port: number, clients: number, pid: number): Promise<void> {
  const before = residentBytes(pid)
  const sockets: Socket[] = []
  let ended = 0
  for (let i = 0; i < clients; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, clients - i) }, (_, j) =>
      open(port, `127.0.0.${2 + Math.floor((i + j) / OF_ADDRESS)}`),
    )
    for (const socket of await Promise.all(some)) {
      socket.on('close', () => ended++)
      sockets.push(socket)
    }
  }
  const answered = (await Promise.all(sockets.map(ask))).filter(Boolean).length
  const bytes = Math.round((residentBytes(pid) - before) / clients)
  console.log(JSON.stringify({ clients: sockets.length, answered, bytes }))
  await new Promise((resolve) => process.stdin.once('data', resolve))
  const until = performance.now() + 10_000
  while (ended < sockets.length && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
  console.log(JSON.stringify({ ended }))
  process.exit()
}

function open(port: number, localAddress: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

/** Whether the answer is what was asked. */
function ask(socket: Socket, number: number): Promise<boolean> {
  const message = `client ${number}\n`
  return new Promise((resolve) => {
    let answer = ''
    socket.on('data', (data) => {
      answer += data
      if (answer.length >= message.length) resolve(answer === message)
    })
    socket.on('error', () => resolve(false))
    socket.write(message)
  })
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
}
