import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeLinks, rdpcap, releasePorts, send, sr1, suppressReset } from '../../src/exchange/index.js'
import { IP, IPv6, TCP } from '../../src/layers/index.js'
import { removeStaleTables } from '../../src/link/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import { bundleSource, MODULES } from './bundle.js'
import { type Lab, type LabListener, openLab } from './lab.js'
import { type Child, start } from './process.js'

let lab: Lab
let listener: LabListener
let netns: string

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  listener = await lab.tcpListener()
})

afterAll(async () => {
  releasePorts()
  closeLinks()
  await lab.close()
})

const quiet = true

/** SYN, ACK, data, all crafted; gives the echo of the data, or null when the kernel has reset before. */
async function crafted(
  family: 4 | 6,
  sport: number,
  options: { suppressReset?: boolean } = {},
): Promise<string | null> {
  const common = { netns, quiet, ...options }
  const network = () => (family === 4 ? IP({ dst: lab.there.ipv4 }) : IPv6({ dst: lab.there.ipv6 }))
  const ports = { sport, dport: listener.port }
  const synAck = await sr1(stack(network(), TCP({ ...ports, flags: 'S', seq: 1000 })), { ...common, timeout: 1 })
  expect(synAck?.get(TCP)?.flags).toBe('SA')
  // The kernel's reset, when there is one, is on its way before ours.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const next = { ...ports, seq: 1001, ack: ((synAck as AnyPacket).seq as number) + 1 }
  await send(stack(network(), TCP({ ...next, flags: 'A' })), common)
  const echo = await sr1(stack(network(), TCP({ ...next, flags: 'PA' }), 'hello'), {
    ...common,
    timeout: 1,
    retry: 1,
    filter: 'tcp[tcpflags] & (tcp-push|tcp-rst) != 0 or ip6',
    multi: true,
  })
  const load = echo?.get('Raw')?.load as Uint8Array | undefined
  await send(stack(network(), TCP({ ...next, flags: 'R' })), common)
  return load === undefined ? null : Buffer.from(load).toString()
}

/** RST segments with this source port that the other side saw, but for our own. */
async function resetsFrom(sport: number, work: () => Promise<void>): Promise<number> {
  const capture = await lab.capture('there', `tcp[tcpflags] & tcp-rst != 0 and src port ${sport}`)
  await work()
  return (await rdpcap(await capture.stop())).length
}

describe('crafted TCP', () => {
  test('goes through the handshake: the kernel does not reset', async () => {
    const resets = await resetsFrom(4321, async () => {
      const synAck = await sr1(
        stack(IP({ dst: lab.there.ipv4 }), TCP({ sport: 4321, dport: listener.port, flags: 'S' })),
        {
          netns,
          quiet,
          timeout: 1,
        },
      )
      expect(synAck?.get(TCP)?.flags).toBe('SA')
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    expect(resets).toBe(0)
    expect(await crafted(4, 4322)).toBe('hello')
  })

  test('is reset by the kernel when that is wanted', async () => {
    const resets = await resetsFrom(4323, async () => {
      await sr1(stack(IP({ dst: lab.there.ipv4 }), TCP({ sport: 4323, dport: listener.port, flags: 'S' })), {
        netns,
        quiet,
        suppressReset: false,
      })
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    expect(resets).toBeGreaterThan(0)
  })

  test('works over IPv6', async () => {
    const answer = await sr1(
      stack(IPv6({ dst: lab.there.ipv6 }), TCP({ sport: 4324, dport: listener.port, flags: 'S' })),
      {
        netns,
        quiet,
        timeout: 1,
      },
    )
    expect(answer?.get(TCP)?.flags).toBe('SA')
    const sockets = await lab.exec('here', ['ss', '-Hltn'])
    expect(sockets.stdout).toContain('[::]:4324')
  })

  test('holds the port until it is let go', async () => {
    const held = suppressReset([4330, 4331], { netns })
    expect(String(held)).toBe('<resets kept back from TCP ports 4330 (socket), 4331 (socket)>')
    expect((await lab.exec('here', ['ss', '-Hltn'])).stdout).toContain(':4330')
    held.close()
    held.close()
    expect((await lab.exec('here', ['ss', '-Hltn'])).stdout).not.toContain(':4330')
    expect(String(held)).toContain('4330 (let go)')
  })

  test.each([
    [() => suppressReset(0), '0 is no TCP port'],
    [() => suppressReset(70000), '70000 is no TCP port'],
    [() => suppressReset([]), 'give 1 to 1024 ports'],
    [() => suppressReset(1, { nets: 'x' } as never), "has no option 'nets'"],
  ])('mistakes are told (%#)', (call, message) => {
    expect(call).toThrow(message)
  })
})

describe('a port that somebody else has', () => {
  const tables = async (): Promise<string> => (await lab.exec('here', ['nft', 'list', 'tables'])).stdout

  test('is guarded by a firewall table, which goes with the last port', async () => {
    const taken = lab.spawn('here', ['nc', '-l', '-p', '4340'])
    await expect.poll(async () => (await lab.exec('here', ['ss', '-Hltn'])).stdout).toContain(':4340')
    const held = suppressReset(4340, { netns })
    expect(String(held)).toContain('4340 (nft)')
    const rules = await lab.exec('here', ['nft', 'list', 'ruleset'])
    expect(rules.stdout).toMatch(/elements = \{ 4340 expires \d+/)
    held.close()
    expect(await tables()).not.toContain('netshell')
    await taken.stop()
  })

  test('a process that is killed leaves nothing that lasts: the next one removes its table', async () => {
    const taken = lab.spawn('here', ['nc', '-l', '-p', '4341'])
    await expect.poll(async () => (await lab.exec('here', ['ss', '-Hltn'])).stdout).toContain(':4341')
    const folder = mkdtempSync(join(tmpdir(), 'netshell-guard-'))
    try {
      const outfile = await bundleSource(
        folder,
        `import { suppressReset } from './src/exchange/index.js'
         console.log(String(suppressReset([4341, 4342], { netns: '${netns}' })))
         setInterval(() => {}, 1000)`,
      )
      const child = spawn(process.execPath, [outfile], {
        env: { ...process.env, NODE_PATH: MODULES },
      })
      let output = ''
      child.stdout.on('data', (text) => {
        output += text
      })
      await expect.poll(() => output, { timeout: 10_000 }).toContain('4341 (nft), 4342 (socket)')
      expect(await tables()).toContain(`netshell_${child.pid}_`)
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      expect((await lab.exec('here', ['ss', '-Hltn'])).stdout).not.toContain(':4342')
      closeLinks()
      await sr1(stack(IP({ dst: lab.there.ipv4 })), { netns, quiet, timeout: 0.01 })
      expect(await tables()).not.toContain('netshell')
      expect(readdirSync('/run/netshell').filter((name) => name.includes(`_${child.pid}_`))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
      await taken.stop()
    }
  })

  test('a process that was in a namespace of its own choice is cleared up after from outside', async () => {
    const note = 'netshell_999999999_1'
    const { ino } = statSync(`/run/netns/${netns}`)
    await lab.exec('here', ['nft', 'add', 'table', 'inet', note])
    mkdirSync('/run/netshell', { recursive: true })
    writeFileSync(`/run/netshell/${note}`, `net:${ino}`)
    writeFileSync(`/run/netshell/${note}1`, 'net:1')
    writeFileSync(`/run/netshell/${note}2`, 'no-such-namespace')
    // What is in a note is a name at most, and never a command.
    writeFileSync(`/run/netshell/${note}3`, 'x; flush ruleset')
    removeStaleTables()
    expect(await tables()).not.toContain('netshell')
    expect(readdirSync('/run/netshell').filter((name) => name.startsWith(note))).toEqual([])
  })

  test('the namespace goes away: nothing throws, then or at the end; another of its name is guarded anew', async () => {
    const name = `${netns}-gone`
    const ip = (...words: string[]) => execFileSync('ip', words)
    const taken = (): Child => {
      ip('netns', 'add', name)
      ip('-n', name, 'link', 'set', 'lo', 'up')
      return start(['ip', 'netns', 'exec', name, 'nc', '-l', '-p', '4350'])
    }
    const listens = () => expect.poll(() => ip('netns', 'exec', name, 'ss', '-Hltn').toString()).toContain(':4350')
    try {
      const first = taken()
      await listens()
      const held = suppressReset([4350, 4351], { netns: name })
      expect(String(held)).toContain('4350 (nft), 4351 (socket)')
      await first.stop()
      ip('netns', 'del', name)
      const second = taken()
      await listens()
      const again = suppressReset([4350, 4351], { netns: name })
      expect(String(again)).toContain('4350 (nft), 4351 (socket)')
      expect(ip('netns', 'exec', name, 'nft', 'list', 'ruleset').toString()).toMatch(/elements = \{ 4350 expires/)
      expect(ip('netns', 'exec', name, 'ss', '-Hltn').toString()).toContain(':4351')
      await second.stop()
      ip('netns', 'del', name)
      again.close()
      held.close()
      releasePorts()
    } finally {
      execFileSync('sh', ['-c', `ip netns del ${name} 2>/dev/null; true`])
    }
  })

  test('a rule that works: the kernel stays silent for a port that is only bound', async () => {
    const script =
      "import socket,time; s=socket.socket(); s.bind(('0.0.0.0', 4345)); print('bound', flush=True); time.sleep(60)"
    const bound = lab.spawn('here', ['python3', '-c', script])
    await bound.waitFor(/bound/)
    const resets = await resetsFrom(4345, async () => {
      const answer = await sr1(
        stack(IP({ dst: lab.there.ipv4 }), TCP({ sport: 4345, dport: listener.port, flags: 'S' })),
        {
          netns,
          quiet,
          timeout: 1,
        },
      )
      expect(answer?.get(TCP)?.flags).toBe('SA')
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    expect(resets).toBe(0)
    await bound.stop()
    releasePorts()
    expect(await tables()).not.toContain('netshell')
  })
})

test('nothing in this file left a note', () => {
  let notes: string[] = []
  try {
    notes = readdirSync('/run/netshell')
  } catch {
    // There never was one.
  }
  for (const name of notes) {
    const pid = Number(name.split('_')[1])
    expect(() => readFileSync(`/proc/${pid}/stat`)).not.toThrow()
    expect(pid).not.toBe(process.pid)
  }
})
