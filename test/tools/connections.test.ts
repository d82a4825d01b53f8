import { spawn, spawnSync } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Connection, ConnectionList, connections } from '../../src/tools/connections/index.js'
import { internetSockets, packetSockets, unixSockets } from '../../src/tools/connections/proc-net.js'
import { bundleSource } from '../lab/bundle.js'
import { openLab } from '../lab/lab.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-connections-'))
const closers: (() => void)[] = []
let port: number
let server: net.Server
let path: string
const accepted: net.Socket[] = []

beforeAll(async () => {
  server = net.createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as net.AddressInfo).port
  path = join(folder, 'socket')
  const unix = net.createServer()
  await new Promise<void>((resolve) => unix.listen(path, resolve))
  closers.push(
    () => server.close(),
    () => unix.close(),
  )
})
afterAll(() => {
  for (const close of closers) close()
  for (const socket of accepted) socket.destroy()
  rmSync(folder, { recursive: true, force: true })
})

async function connected(options: { port: number; host?: string }): Promise<net.Socket> {
  const socket = net.connect({ allowHalfOpen: true, host: '127.0.0.1', ...options })
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Waits until the list has such a socket. */
async function eventually(options: object, is: (connection: Connection) => boolean): Promise<Connection> {
  for (let round = 0; round < 250; round++) {
    const found = (await connections(options)).find(is)
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`it never was:\n${String(await connections(options))}`)
}

describe('sockets of this process', () => {
  it('that listen come first, with their process', async () => {
    const list = await connections({ port })
    expect(list[0]).toMatchObject({
      protocol: 'tcp',
      family: 4,
      local: `127.0.0.1:${port}`,
      remote: '0.0.0.0:*',
      localAddress: '127.0.0.1',
      localPort: port,
      remoteAddress: '0.0.0.0',
      remotePort: 0,
      state: 'LISTEN',
      listening: true,
      pid: process.pid,
      uid: process.getuid!(),
    })
  })

  it('have both ends of a connection, and its queues', async () => {
    const client = await connected({ port })
    const own = client.localPort!
    client.write('hello')
    const far = await eventually({ port }, ({ localPort, remotePort, receiveQueue }) =>
      Boolean(localPort === port && remotePort === own && receiveQueue >= 0),
    )
    expect(far).toMatchObject({ state: 'ESTABLISHED', listening: false, remote: `127.0.0.1:${own}` })
    const near = (await connections({ port: own })).find(({ localPort }) => localPort === own)
    expect(near).toMatchObject({ state: 'ESTABLISHED', remotePort: port, pid: process.pid })
    expect(near!.inode).not.toBe(far.inode)
  })

  it('count what nobody has read, and who waits to be accepted', async () => {
    // A process that never reads nor accepts.
    const child = spawn(
      'python3',
      [
        '-c',
        'import socket,sys,time\n' +
          's=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(5); print(s.getsockname()[1],flush=True)\n' +
          'c,_=s.accept(); print("accepted",flush=True); time.sleep(60)',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    closers.push(() => child.kill('SIGKILL'))
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    while (!said.includes('\n')) await once(child.stdout, 'data')
    const silent = Number.parseInt(said, 10)
    const first = await connected({ port: silent })
    while (!said.includes('accepted')) await once(child.stdout, 'data')
    first.write('hello')
    await eventually({ port: silent }, (one) => one.localPort === silent && one.receiveQueue === 5)
    await connected({ port: silent })
    const waiting = await eventually({ port: silent }, ({ listening, receiveQueue }) => listening && receiveQueue === 1)
    expect(waiting).toMatchObject({ pid: child.pid, state: 'LISTEN' })
    expect(waiting.process).toMatch(/^python3/)
    expect((await connections({ pid: child.pid! })).every(({ pid }) => pid === child.pid)).toBe(true)
    expect(await connections({ pid: child.pid!, established: true })).toHaveLength(1)
    expect((await connections({ process: 'python', port: silent })).map(({ state }) => state)).toContain('LISTEN')
  })

  it('are half-closed, and then wait', async () => {
    const client = await connected({ port })
    const own = client.localPort!
    client.end()
    await eventually({ port: own }, ({ localPort, state }) => localPort === own && state === 'FIN_WAIT2')
    await eventually({ port: own }, ({ remotePort, state }) => remotePort === own && state === 'CLOSE_WAIT')
    accepted.find(({ remotePort }) => remotePort === own)!.end()
    const over = await eventually({ port: own }, ({ state }) => state === 'TIME_WAIT')
    expect(over).toMatchObject({ inode: 0, timer: { kind: 'time-wait' } })
    expect(over.timer!.seconds).toBeGreaterThan(0)
    expect(over.timer!.seconds).toBeLessThanOrEqual(60)
    expect(over.pid).toBeUndefined()
  })

  it('are UDP with and without a peer', async () => {
    const open = dgram.createSocket('udp4')
    const peered = dgram.createSocket('udp4')
    closers.push(
      () => open.close(),
      () => peered.close(),
    )
    await new Promise<void>((resolve) => open.bind(0, '127.0.0.1', resolve))
    await new Promise<void>((resolve) => peered.connect(open.address().port, '127.0.0.1', resolve))
    const list = await connections({ udp: true, port: open.address().port })
    expect(
      list.map(({ protocol, state, listening, localPort }) => ({ protocol, state, listening, localPort })),
    ).toEqual([
      { protocol: 'udp', state: null, listening: true, localPort: open.address().port },
      { protocol: 'udp', state: 'ESTABLISHED', listening: false, localPort: peered.address().port },
    ])
    expect(await connections({ tcp: true, port: open.address().port })).toHaveLength(0)
  })

  it('are IPv6', async () => {
    const six = net.createServer()
    await new Promise<void>((resolve) => six.listen(0, '::1', resolve))
    closers.push(() => six.close())
    const sixPort = (six.address() as net.AddressInfo).port
    expect(await connections({ port: sixPort, family: 6 })).toMatchObject([
      { protocol: 'tcp', family: 6, local: `[::1]:${sixPort}`, remote: '[::]:*', localAddress: '::1', state: 'LISTEN' },
    ])
    expect(await connections({ port: sixPort, ipv4: true })).toHaveLength(0)
  })

  it('are unix sockets where that is asked for', async () => {
    const list = await connections({ unix: true, listening: true })
    expect(list.find(({ local }) => local === path)).toMatchObject({
      protocol: 'unix',
      state: 'LISTENING',
      type: 'stream',
      pid: process.pid,
    })
    expect((await connections()).some(({ protocol }) => protocol === 'unix')).toBe(false)
  })
})

it('has the sockets that ss has', async () => {
  await connected({ port })
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
  const ss = spawnSync('ss', ['-Hanp', '--tcp'], { encoding: 'utf8' })
  const list = await connections({ tcp: true })
  // Others of this machine may come and go between the two looks: those of this process do not.
  const own = rows(ss.stdout)
    .filter((row) => row.some((word) => word.includes(`pid=${process.pid},`)))
    .map(([state, receive, send, local, remote]) => [
      state!.replace('LISTEN', 'LISTEN').replace('ESTAB', 'ESTABLISHED').replace('CLOSE-WAIT', 'CLOSE_WAIT'),
      receive,
      send,
      local,
      remote,
    ])
    .sort()
  const ours = list
    .filter(({ pid }) => pid === process.pid)
    .map(({ state, receiveQueue, sendQueue, local, remote }) => [
      state,
      String(receiveQueue),
      // Of a listener ss tells how many may wait at most.
      state === 'LISTEN' ? own.find((row) => row[0] === 'LISTEN' && row[3] === local)?.[2] : String(sendQueue),
      local,
      remote,
    ])
    .sort()
  expect(ours.length).toBeGreaterThan(1)
  expect(ours).toEqual(own)
})

describe('the list', () => {
  it('is an array of records that prints as a table', async () => {
    await connected({ port })
    const list = await connections({ tcp: true, port })
    expect(Array.isArray(list)).toBe(true)
    const text = inspect(list, { breakLength: 118 })
    expect(text).toMatch(/^PROTO +(?:RECV-Q +SEND-Q +)?LOCAL +REMOTE +STATE +USER +PROCESS\n/)
    expect(text.split('\n')[1]).toMatch(
      new RegExp(`^tcp +(?:\\d+ +\\d+ +)?127\\.0\\.0\\.1:${port} +0\\.0\\.0\\.0:\\* +LISTEN +\\S+ +${process.pid}/`),
    )
    expect(text.split('\n').at(-1)).toMatch(/^\d+ sockets: 1 listening, \d+ connected/)
    const filtered = list.filter(({ listening }) => listening)
    expect(filtered).toBeInstanceOf(ConnectionList)
    expect(inspect(filtered)).toContain('1 socket: 1 listening')
    expect(inspect(list.filter(({ listening }) => listening).map(({ localPort }) => localPort))).toBe(`[ ${port} ]`)
    expect(JSON.parse(JSON.stringify(filtered))).toMatchObject([{ local: `127.0.0.1:${port}` }])
    expect(inspect(await connections({ tcp: true, port: 0 }).then((none) => none.filter(() => false)))).toBe(
      'no sockets',
    )
  })

  it('fits the terminal', () => {
    const list = new ConnectionList()
    const line = (address: string) =>
      `   0: ${address}:1F90 ${address}:01BB 01 00000000:00000000 00:00000000 00000000     0        0 7 1`
    list.push({
      ...internetSockets('tcp', 6)(line('B80D0120DEADBEEFDEADBEEFDEADBEEF'))!,
      pid: 12345,
      process: 'a-long-process',
    })
    for (const width of [200, 120, 80, 60]) {
      const lines = inspect(list, { breakLength: width - 2 })
        .split('\n')
        .slice(0, 2)
      expect(Math.max(...lines.map((each) => each.length)), String(width)).toBeLessThanOrEqual(width)
    }
    expect(inspect(list, { breakLength: 198 })).toContain('[2001:db8:efbe:adde:efbe:adde:efbe:adde]:8080')
    expect(inspect(list, { breakLength: 78 })).toMatch(
      /^tcp6 +\[2001:\S+…\S+\]:8080 +\[2001:\S+…\S+\]:443 +ESTABLISHED /m,
    )
  })

  it('shows control characters as text', () => {
    const list = new ConnectionList()
    list.push(unixSockets('0000: 00000002 00000000 00010000 0001 01 7 /tmp/a\x1b[2J')!)
    expect(inspect(list)).toContain('/tmp/a\\x1b[2J')
  })

  it('refuses what it does not know', async () => {
    await expect(connections({ lisening: true } as object)).rejects.toThrow("did you mean 'listening'")
    await expect(connections({ port: 70000 })).rejects.toThrow('option port must be a whole number, 0..65535')
    await expect(connections({ netns: 'nosuch' })).rejects.toThrow("no network namespace 'nosuch'")
  })
})

describe('lines of /proc', () => {
  it('are read as the kernel writes them', () => {
    // Documentation/networking/proc_net_tcp.rst of Linux, with an inode that fits a column.
    const line =
      '  46: 010310AC:9C4C 030310AC:1770 01 00000150:00000000 01:00000019 00000000  1000        0 54165785 4 cd1e6040 25 4 27 3 -1'
    expect(internetSockets('tcp', 4)(line)).toEqual({
      protocol: 'tcp',
      family: 4,
      local: '172.16.3.1:40012',
      remote: '172.16.3.3:6000',
      localAddress: '172.16.3.1',
      localPort: 40012,
      remoteAddress: '172.16.3.3',
      remotePort: 6000,
      state: 'ESTABLISHED',
      listening: false,
      receiveQueue: 0,
      sendQueue: 0x150,
      uid: 1000,
      inode: 54165785,
      timer: { kind: 'retransmit', seconds: 0.25 },
    })
    expect(unixSockets('0: 00000003 00000000 00000000 0002 03 12')).toMatchObject({
      local: '',
      state: 'CONNECTED',
      type: 'dgram',
    })
    expect(unixSockets('0: 00000002 00000000 00010000 0005 01 12 @a b')).toMatchObject({
      local: '@a b',
      listening: true,
    })
    const packet = packetSockets((index) => (index === 2 ? 'eth0' : undefined))
    expect(packet('0000 3      3    0003   2     1 832    0      5421')).toMatchObject({
      local: 'eth0:*',
      receiveQueue: 832,
      inode: 5421,
    })
    expect(packet('0000 3      2    0806   0     1 0      0      5422')).toMatchObject({ local: '*:0x0806' })
  })

  it('that are none are passed over', () => {
    for (const line of ['', '  sl  local_address rem_address   st tx_queue', 'x'.repeat(10_000), '   0: 0100:0 0:0 01'])
      for (const parse of [internetSockets('tcp', 4), unixSockets, packetSockets(() => undefined)])
        expect(parse(line)).toBeNull()
  })
})

describe.skipIf(process.getuid?.() !== 0)('with rights', () => {
  it('sees another namespace', async () => {
    const lab = await openLab()
    try {
      const listener = await lab.tcpListener(4321)
      const found = await connections({ netns: lab.there.namespace, tcp: true, port: 4321 })
      expect(found.map(({ state }) => state)).toContain('LISTEN')
      expect(found[0]!.pid).toBeGreaterThan(0)
      expect(await connections({ tcp: true, port: 4321, listening: true })).toHaveLength(0)
      await listener.stop()
    } finally {
      await lab.close()
    }
  })

  it('says what another user may not see', async () => {
    const program = await bundleSource(
      folder,
      "import { connections } from './src/tools/connections/index.js'\n" +
        'process.setgid(65534); process.setuid(65534)\n' +
        `const list = await connections({ port: ${port}, listening: true })\n` +
        'console.log(JSON.stringify({ hidden: list.hidden, pid: list[0].pid ?? null, text: String(list) }))\n',
    )
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const { hidden, pid, text } = JSON.parse(stdout)
    expect({ hidden, pid }).toEqual({ hidden: 1, pid: null })
    expect(text).toContain("1 socket: 1 listening; of 1 the process is another user's: sudo netshell shows it")
  })
})

it('lists thousands of sockets', async () => {
  const clients: Promise<net.Socket>[] = []
  for (let i = 0; i < 2000; i++) {
    clients.push(connected({ port }))
    if (i % 200 === 199) await Promise.all(clients)
  }
  await Promise.all(clients)
  const list = await connections({ port })
  expect(list.filter(({ remotePort }) => remotePort === port).length).toBeGreaterThanOrEqual(2000)
  expect(list.every(({ pid, state }) => pid !== undefined || state === 'TIME_WAIT' || state === 'ESTABLISHED')).toBe(
    true,
  )
  const shown = inspect(list).split('\n')
  expect(shown.length).toBeLessThan(1010)
  expect(shown.at(-1)).toContain('.slice(1000) shows the next')
  expect(String(list).split('\n').length).toBeGreaterThan(2000)
}, 60_000)

describe('the view of netstat', () => {
  /** The lines of the real netstat (net-tools), without spaces at their ends. */
  const netstat = (...options: string[]): string[] =>
    spawnSync('netstat', ['-an', ...options], { encoding: 'utf8' })
      .stdout.split('\n')
      .map((line) => line.trimEnd())

  it('has the lines that netstat -an has, of sockets of every kind', async () => {
    const ports: number[] = []
    const listen = async (host: string): Promise<number> => {
      const listener = net.createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.pause()))
      closers.push(() => listener.close())
      await new Promise<void>((resolve) => listener.listen(0, host, resolve))
      ports.push((listener.address() as net.AddressInfo).port)
      return ports.at(-1)!
    }
    const bind = async (type: 'udp4' | 'udp6', address: string): Promise<dgram.Socket> => {
      const socket = dgram.createSocket(type)
      closers.push(() => socket.close())
      await new Promise<void>((resolve) => socket.bind(0, address, resolve))
      ports.push(socket.address().port)
      return socket
    }
    const four = await listen('0.0.0.0')
    const six = await listen('::1')
    const both = await listen('::')
    const client = await connected({ port: four })
    client.write('hello')
    await connected({ port: six, host: '::1' })
    // An IPv4 peer of an IPv6 socket.
    await connected({ port: both })
    const half = await connected({ port: four })
    half.end()
    const udp = await bind('udp4', '127.0.0.1')
    await bind('udp6', '::')
    const joined = await bind('udp4', '127.0.0.1')
    await new Promise<void>((resolve) => joined.connect(udp.address().port, '127.0.0.1', resolve))
    await eventually({ port: four }, ({ state }) => state === 'FIN_WAIT2')

    const ofTest = (line: string): boolean => ports.some((each) => new RegExp(`:${each}\\b`).test(line))
    const theirs = netstat().filter(ofTest)
    const view = (await connections()).netstat()
    const [title, heading, ...lines] = String(view).split('\n')
    expect([title, heading]).toEqual(netstat().slice(0, 2))
    expect(lines.filter(ofTest).toSorted()).toEqual(theirs.toSorted())
    expect(theirs.length).toBeGreaterThanOrEqual(14)
    for (const state of ['LISTEN', 'ESTABLISHED', 'FIN_WAIT2', 'CLOSE_WAIT']) expect(theirs.join('\n')).toContain(state)
    expect([...view].length).toBe(lines.length)
    expect(inspect(view)).toBe(String(view))
    expect(JSON.parse(JSON.stringify(view))[0]).toMatchObject({ proto: 'tcp', foreign: '0.0.0.0:*', state: 'LISTEN' })
  })

  it('has whole addresses, and raw sockets with the number that netstat shows', async () => {
    const lab = await openLab()
    const long = 'fd00:1234:5678:9abc:def0:1234:5678:9abc'
    const program =
      'import socket,time\n' +
      'a=socket.socket(socket.AF_INET6); a.bind(("' +
      long +
      '",40009)); a.listen()\n' +
      'b=socket.socket(socket.AF_INET,socket.SOCK_RAW,1)\n' +
      'c=socket.socket(socket.AF_INET6,socket.SOCK_RAW,58)\n' +
      'd=socket.socket(socket.AF_INET,socket.SOCK_RAW,253); d.connect(("127.0.0.1",0))\n' +
      'print("ready",flush=True); time.sleep(60)'
    try {
      await lab.exec('here', ['ip', 'address', 'add', `${long}/128`, 'dev', 'lo'])
      const sockets = lab.spawn('here', ['/usr/bin/python3', '-c', program])
      await sockets.waitFor(/ready/)
      const { stdout } = await lab.exec('here', ['netstat', '-anW', '-4', '-6'])
      const theirs = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd())
      expect(theirs).toHaveLength(6)
      const ours = String((await connections({ netns: lab.here.namespace })).netstat()).split('\n')
      expect(ours.map(spaced).toSorted()).toEqual(theirs.map(spaced).toSorted())
    } finally {
      await lab.close()
    }
  })

  /** With -W netstat pads its columns otherwise. */
  const spaced = (line: string): string => line.replace(/ +/g, ' ')
})
