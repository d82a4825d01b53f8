/** Asks an echo server as fast as it answers, over bare sockets, and counts. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

const SIZE = 64
/** Messages under way on each connection. */
const DEPTH: Record<string, number> = { single: 1, many: 1, pipelined: 16, fresh: 1 }
/** Source addresses, in turn, of those who connect anew for each: each has 28 000 ports, which stay taken for a minute. */
const SOURCES = 16
const WARM_UP = 1
/** Connections that are being made at a time. */
const AT_ONCE = 200

/** Of a clock tick, as /proc counts them: seconds. */
const TICK = 0.01

/**
 * Prints `{requests, seconds, cpu}`: answers that came in whole, after a second of warm-up, and the seconds of CPU that the server took for them.
 * @param pid of the server
 */
export async function load(
  port: number,
  how: string,
  connections: number,
  seconds: number,
  pid: number,
): Promise<void> {
  const depth = DEPTH[how]!
  const message = Buffer.from(`${'x'.repeat(SIZE - 1)}\n`)
  const several = Buffer.concat(Array.from({ length: depth }, () => message))
  let answers = 0
  let opened = 0
  const again = (): void => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.0.${2 + (opened++ % SOURCES)}`,
      noDelay: true,
    })
    let bytes = 0
    socket.on('data', (data) => {
      bytes += data.length
      if (bytes < SIZE) return
      answers++
      socket.end()
    })
    socket.on('error', () => undefined)
    socket.on('close', again)
    socket.write(message)
  }
  if (how === 'fresh') for (let i = 0; i < connections; i++) again()
  const sockets: Socket[] = []
  while (how !== 'fresh' && sockets.length < connections) {
    const some = Array.from({ length: Math.min(AT_ONCE, connections - sockets.length) }, () => open(port))
    sockets.push(...(await Promise.all(some)))
  }
  for (const socket of sockets) {
    let bytes = 0
    socket.on('data', (data) => {
      bytes += data.length
      const whole = Math.floor(bytes / SIZE)
      bytes -= whole * SIZE
      answers += whole
      if (whole > 0) socket.write(whole === 1 ? message : several.subarray(0, whole * SIZE))
    })
    socket.write(several)
  }
  await pause(WARM_UP)
  const [before, begun, used] = [answers, performance.now(), cpuOf(pid)]
  await pause(seconds)
  const [requests, cpu] = [answers - before, cpuOf(pid) - used]
  console.log(JSON.stringify({ requests, seconds: (performance.now() - begun) / 1000, cpu }))
  process.exit()
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Seconds of CPU that a process has taken, all its threads. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user! + system!) * TICK
}
