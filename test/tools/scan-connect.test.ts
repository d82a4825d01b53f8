/** Scans by ordinary connections, on loopback and without rights. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scan } from '../../src/tools/scan/index.js'

let server: Server
let open: number
let closed: number

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const made = createServer((socket) => socket.on('error', () => undefined))
    made.listen(0, '127.0.0.1', () => resolve(made))
  })

beforeAll(async () => {
  server = await listen()
  open = (server.address() as AddressInfo).port
  const other = await listen()
  closed = (other.address() as AddressInfo).port
  await new Promise((resolve) => other.close(resolve))
})

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))

test('tells open from closed, and leaves no connection', async () => {
  const result = await scan('localhost', { type: 'connect', ports: [open, closed], family: 4 })
  expect(result.hosts).toHaveLength(1)
  expect(result.hosts[0]).toMatchObject({ address: '127.0.0.1', name: 'localhost', state: 'up' })
  expect(Object.fromEntries(result.hosts[0]!.ports.map((port) => [port.port, [port.state, port.reason]]))).toEqual({
    [open]: ['open', 'syn-ack'],
    [closed]: ['closed', 'conn-refused'],
  })
  await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0)
})

test('thousands of ports with few descriptors at a time', async () => {
  const result = await scan('127.0.0.1', { connect: true, ports: `1-3000,${open}` })
  const [host] = result.hosts
  const known = host!.ports.length + host!.notShown.reduce((sum, { count }) => sum + count, 0)
  expect(known).toBe(open <= 3000 ? 3000 : 3001)
  expect(host!.open.map(({ port }) => port)).toContain(open)
})

test('interrupted, it is what is known by then', async () => {
  const task = scan('127.0.0.1', { type: 'connect', ports: '1-5000', rate: 1000 })
  task.onProgress(() => task.interrupt())
  const result = await task
  expect(result.interrupted).toBe(true)
  expect(result.hosts[0]!.unfinished).toBeGreaterThan(0)
})
