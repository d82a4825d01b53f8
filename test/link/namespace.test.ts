import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  inNamespace,
  interfaceNameOf,
  interfaces,
  type Link,
  LinkError,
  namespaceKey,
  namespaces,
  neighbour,
  neighbours,
  openLink,
  requireInterface,
  route,
} from '../../src/link/index.js'
import { requireIndex } from '../../src/link/interfaces.js'
import { bundleSource, MODULES } from '../lab/bundle.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'

const own = () => readlinkSync('/proc/thread-self/ns/net')
const namesIn = (netns?: string) => interfaces({ netns }).map((each) => each.name)

/** ICMP echo request of an Ethernet link, built by hand: this folder does not know the layers' ways. */
function echoFrame(from: { mac: string; ipv4: string }, to: { mac: string; ipv4: string }): Uint8Array {
  const mac = (text: string) => Buffer.from(text.replaceAll(':', ''), 'hex')
  const address = (text: string) => Buffer.from(text.split('.').map(Number))
  const sum = (bytes: Buffer) => {
    let total = 0
    for (let i = 0; i < bytes.length; i += 2) total += bytes.readUInt16BE(i)
    while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
    return ~total & 0xffff
  }
  const ip = Buffer.concat([
    Buffer.from('4500001c000100004001', 'hex'),
    Buffer.alloc(2),
    address(from.ipv4),
    address(to.ipv4),
  ])
  ip.writeUInt16BE(sum(ip), 10)
  const icmp = Buffer.from('0800000012340001', 'hex')
  icmp.writeUInt16BE(sum(icmp), 2)
  return Buffer.concat([mac(to.mac), mac(from.mac), Buffer.from('0800', 'hex'), ip, icmp])
}

/** The first frame with this filter after `cause`. */
async function capture(link: Link, filter: string, cause: () => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing for '${filter}' in 5 s`)), 5000)
    const running = link.capture(
      { filter, immediate: true },
      (batch) => {
        clearTimeout(timer)
        const bytes = Buffer.from(batch.buffer.subarray(batch.offsets[0]!, batch.offsets[0]! + batch.lengths[0]!))
        running.stop()
        resolve(bytes)
      },
      reject,
    )
    cause()
  })
}

test('undefined is no namespace at all', () => {
  expect(inNamespace(undefined, () => 7)).toBe(7)
  expect(namespaceKey(undefined)).toBe('')
})

describe('names', () => {
  test('what can not be a name says so', () => {
    for (const name of ['', '.', '..', 'a\0b'])
      expect(() => inNamespace(name, () => 0)).toThrow(/netns: a network namespace is given by its name/)
    expect(() => inNamespace(7 as unknown as string, () => 0)).toThrow(/not 7$/)
  })

  test('a process that is not there', () => {
    expect(() => inNamespace('4194999', () => 0)).toThrow(
      expect.objectContaining({
        code: 'NO_SUCH_NAMESPACE',
        message: expect.stringContaining(`no network namespace '4194999', and no process of this number`),
      }),
    )
  })
})

describe('in a lab', () => {
  let lab: Lab
  let here: string
  beforeAll(async () => {
    lab = await openLab()
    here = lab.here.namespace
  })
  afterAll(() => lab?.close())

  test('work is inside, and the thread comes back', () => {
    const before = own()
    const inside = inNamespace(here, () => ({ own: own(), names: namesIn() }))
    expect(inside.own).not.toBe(before)
    expect(inside.names).toEqual(['lo', 'veth-here'])
    expect(own()).toBe(before)
    const nested = inNamespace(here, () => {
      const other = inNamespace(lab.there.namespace, () => own())
      return [own(), other]
    })
    expect(nested[0]).toBe(inside.own)
    expect(nested[1]).not.toBe(inside.own)
    expect(own()).toBe(before)
  })

  test('it comes back when the work throws, and its error is the one that is seen', () => {
    const before = own()
    expect(() =>
      inNamespace(here, () => {
        throw new RangeError('of the work')
      }),
    ).toThrow(new RangeError('of the work'))
    expect(own()).toBe(before)
    expect(() => inNamespace(here, () => Promise.resolve(1))).toThrow(/asynchronous/)
    expect(own()).toBe(before)
  })

  test('no descriptor stays open', () => {
    const count = () => readdirSync('/proc/self/fd').length
    inNamespace(here, () => 0)
    const before = count()
    for (let i = 0; i < 100; i++) inNamespace(here, () => 0)
    expect(count()).toBe(before)
  })

  test('children are inside', () => {
    const list = inNamespace(here, () => execFileSync('ip', ['-j', 'link'], { encoding: 'utf8' }))
    expect((JSON.parse(list) as { ifname: string }[]).map((each) => each.ifname)).toEqual(['lo', 'veth-here'])
  })

  test('by name, by path, by the number of a process', () => {
    const child = lab.spawn('here', ['sleep', '20'])
    expect(namesIn(`/run/netns/${here}`)).toEqual(['lo', 'veth-here'])
    expect(namesIn(`/proc/${process.pid}/ns/net`)).toEqual(namesIn())
    expect(namespaces()).toContain(here)
    // `ip netns exec` becomes the program once it is inside.
    expect.soft(child.pid).toBeGreaterThan(0)
    for (let i = 0; i < 100 && readlinkSync(`/proc/${child.pid}/ns/net`) === own(); i++) spawnSync('sleep', ['0.02'])
    expect(namesIn(String(child.pid))).toEqual(['lo', 'veth-here'])
  })

  test('no such namespace: a suggestion, and those there are', () => {
    const wrong = here.replace('-here', '-hare')
    const call = () => inNamespace(wrong, () => 0)
    expect(call).toThrow(`there is no network namespace '${wrong}'; did you mean '${here}'? (there are: `)
    expect(call).toThrow(/ip netns list shows them\)$/)
    expect(() => interfaces({ netns: wrong })).toThrow(expect.objectContaining({ code: 'NO_SUCH_NAMESPACE' }))
    expect(() => route('127.0.0.1', { netns: wrong })).toThrow(expect.objectContaining({ code: 'NO_SUCH_NAMESPACE' }))
    expect(() => openLink('lo', { netns: wrong })).toThrow(expect.objectContaining({ code: 'NO_SUCH_NAMESPACE' }))
  })

  test('a file that is no namespace', () => {
    const path = join(lab.folder, 'file')
    writeFileSync(path, '')
    expect(() => inNamespace(path, () => 0)).toThrow(`'${path}' is no network namespace, but another file`)
  })

  test('a pipe is no namespace either, and is not waited for; options are checked', () => {
    const path = join(lab.folder, 'pipe')
    execFileSync('mkfifo', [path])
    expect(() => inNamespace(path, () => 0)).toThrow(/is no network namespace/)
    expect(() => interfaces({ netn: here } as object)).toThrow(`interfaces has no option 'netn'; did you mean 'netns'?`)
    expect(() => neighbours({ netn: here } as object)).toThrow(`neighbours has no option 'netn'; did you mean 'netns'?`)
  })

  test('what is asked of the system is asked there', async () => {
    const { there } = lab
    await must(['ip', 'netns', 'exec', here, 'ping', '-c', '1', there.ipv4])
    const netns = here
    expect(requireInterface('veth-here', { netns })).toMatchObject({ mac: lab.here.mac })
    expect(() => requireInterface('veth-hare', { netns })).toThrow(
      `there is no interface 'veth-hare' in the network namespace '${here}'; did you mean 'veth-here'? (there are: lo, veth-here)`,
    )
    expect(() => requireInterface('veth-here')).toThrow(/there is no interface 'veth-here'/)
    const index = requireIndex('veth-here', { netns })
    expect(interfaceNameOf(index, { netns })).toBe('veth-here')
    expect(route(there.ipv4, { netns })).toMatchObject({ interfaceName: 'veth-here', source: lab.here.ipv4 })
    expect(route(lab.here.ipv4, { netns })).toMatchObject({ type: 'local' })
    expect(route(lab.here.ipv4, { netns: there.namespace })).toMatchObject({ interfaceName: 'veth-there' })
    expect(neighbour(there.ipv4, 'veth-here', netns)).toBe(there.mac)
    expect(neighbours({ netns })).toContainEqual(
      expect.objectContaining({ address: there.ipv4, mac: there.mac, interfaceName: 'veth-here' }),
    )
  })

  test('links in two namespaces at once, from a process that is in neither', async () => {
    const one = openLink('veth-here', { netns: here })
    const other = openLink('veth-there', { netns: lab.there.namespace })
    try {
      expect(one).toMatchObject({ name: 'veth-here', netns: here, linkType: 1 })
      expect(one.addresses).toMatchObject({ mac: lab.here.mac, mtu: 1500 })
      const asked = capture(other, 'icmp[0] = 8', () => undefined)
      const answer = await capture(one, 'icmp[0] = 0', () => one.send([echoFrame(lab.here, lab.there)]))
      expect(answer.subarray(26, 30).join('.')).toBe(lab.there.ipv4)
      expect((await asked).subarray(26, 30).join('.')).toBe(lab.here.ipv4)
    } finally {
      one.close()
      other.close()
    }
  })

  test('loopback in a namespace is its own', async () => {
    const link = openLink('lo', { netns: here })
    const zero = '00:00:00:00:00:00'
    const self = { mac: zero, ipv4: lab.here.ipv4 }
    try {
      const answer = await capture(link, 'icmp[0] = 0', () => link.send([echoFrame(self, self)]))
      expect(answer.subarray(26, 30).join('.')).toBe(lab.here.ipv4)
    } finally {
      link.close()
    }
  })

  test('an interface that goes down and away there is noticed', async () => {
    await must(['ip', '-n', here, 'link', 'add', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1'])
    await must(['ip', '-n', here, 'link', 'set', 'gone0', 'up'])
    const link = openLink('gone0', { netns: here })
    const warnings: string[] = []
    const ended = new Promise<Error>((resolve) => {
      link.capture({ immediate: true, onWarning: (warning) => warnings.push(warning.code) }, () => undefined, resolve)
    })
    await must(['ip', '-n', here, 'link', 'set', 'gone0', 'down'])
    for (let i = 0; i < 200 && warnings.length === 0; i++) await sleep(20)
    expect(warnings).toEqual(['INTERFACE_DOWN'])
    await must(['ip', '-n', here, 'link', 'del', 'gone0'])
    expect(await ended).toMatchObject({ code: 'NO_SUCH_INTERFACE' })
    link.close()
  })

  test('a namespace made again under the same name is another one', async () => {
    const name = `${here}-again`
    const make = async (address: string) => {
      await must(['ip', 'netns', 'add', name])
      await must(['ip', '-n', name, 'link', 'set', 'lo', 'up'])
      await must(['ip', '-n', name, 'address', 'add', `${address}/24`, 'dev', 'lo'])
    }
    try {
      await make('10.200.1.1')
      const link = openLink('lo', { netns: name })
      const key = namespaceKey(name)
      expect(namespaceKey(name)).toBe(key)
      expect(route('10.200.1.1', { netns: name }).type).toBe('local')
      await must(['ip', 'netns', 'del', name])
      expect(() => route('10.200.1.1', { netns: name })).toThrow(/there is no network namespace/)
      await make('10.200.2.1')
      expect(namespaceKey(name)).not.toBe(key)
      expect(route('10.200.1.1', { netns: name }).type).not.toBe('local')
      expect(() =>
        link.capture(
          {},
          () => undefined,
          () => undefined,
        ),
      ).toThrow(/was deleted, and another one is called/)
      link.close()
    } finally {
      await must(['ip', 'netns', 'del', name])
    }
  })

  describe('in a program of its own', () => {
    const run = (bundle: string, prefix: string[] = [], environment: Record<string, string> = {}) => {
      const [command, ...rest] = [...prefix, process.execPath, bundle]
      return spawnSync(command!, rest, {
        encoding: 'utf8',
        timeout: 20_000,
        env: { ...process.env, NODE_PATH: MODULES, ...environment },
      })
    }

    test('without rights it says what to do', async () => {
      const bundle = await bundleSource(
        lab.folder,
        `import { inNamespace } from './src/link/index.js'
        try { inNamespace(${JSON.stringify(here)}, () => 0); console.log('inside') } catch (error) { console.log(error.code, error.message) }`,
      )
      const { stdout } = run(bundle, ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'])
      expect(stdout).toMatch(
        /^NOT_PERMITTED working in the network namespace '.*' needs rights .*\(CAP_SYS_ADMIN\)\.\nRun it with sudo/,
      )
      expect(run(bundle, [], { NODE_PATH: '/nowhere' }).stdout).toMatch(/^LIBRARY_MISSING .*npm install koffi/)
    })

    test('without a way back it ends loudly', async () => {
      // The work closes the descriptor of the way back: what no program should do.
      const bundle = await bundleSource(
        lab.folder,
        `import { closeSync, readdirSync, readlinkSync } from 'node:fs'
        import { inNamespace } from './src/link/index.js'
        const home = readlinkSync('/proc/self/ns/net')
        inNamespace(${JSON.stringify(here)}, () => {
          for (const fd of readdirSync('/proc/self/fd')) {
            let target = ''
            try { target = readlinkSync('/proc/self/fd/' + fd) } catch {}
            if (target === home) closeSync(Number(fd))
          }
        })
        console.log('still running')`,
      )
      const { status, stdout, stderr } = run(bundle)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^netshell: no way back from the network namespace '.*' \(EBADF\): ending here/)
      expect(status).toBe(70)
    })
  })
})

test('errors are LinkErrors', () => {
  expect(() => namespaceKey('no-such-namespace-here')).toThrow(LinkError)
})
