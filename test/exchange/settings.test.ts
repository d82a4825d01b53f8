/** Settings of the session in what sends and captures. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chosenInterface, sendp, setReporter, sniff, srp, srp1, srploop } from '../../src/exchange/index.js'
import { changeSetting, DEFAULT_SETTINGS } from '../../src/exchange/settings.js'
import { Ether, ICMP, IP } from '../../src/layers/index.js'
import { memoryLinkPair } from '../../src/link/index.js'
import { setPrinter, stack } from '../../src/packet/index.js'
import { bundleSource, MODULES } from '../lab/bundle.js'

const [link, far] = memoryLinkPair()
/** A whole frame, so that no neighbour is asked for. */
const packet = () =>
  stack(Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }), IP({ src: '10.0.0.1', dst: '10.0.0.2' }), ICMP())
let told: string[] = []

afterEach(() => {
  for (const name of ['iface', 'timeout', 'quiet'] as const) changeSetting(name, DEFAULT_SETTINGS[name])
  told = []
})
afterAll(() => {
  setReporter(() => undefined)
  link.close()
  far.close()
})

describe('settings', () => {
  it('timeout is how long sr and its kin wait, unless they are told', async () => {
    changeSetting('timeout', 0.05)
    const began = performance.now()
    expect(await srp1(packet(), { link, quiet: true })).toBeNull()
    await srp(packet(), { link, quiet: true })
    await srploop(packet(), { link, quiet: true, count: 1 })
    // Three times the default would be six seconds.
    expect(performance.now() - began).toBeLessThan(4000)
    changeSetting('timeout', 60)
    expect(await srp1(packet(), { link, quiet: true, timeout: 0.01 })).toBeNull()
  })

  it('quiet is for messages when done, unless a call says otherwise', async () => {
    setReporter((text, kind) => void told.push(`${kind}: ${text}`))
    setPrinter(() => undefined)
    const run = async (options: { quiet?: boolean }) => {
      told = []
      await sendp(packet(), { link, ...options })
      await srp1(packet(), { link, timeout: 0.01, ...options })
      await srploop(packet(), { link, timeout: 0.01, count: 1, ...options })
      return told.length
    }
    expect(await run({})).toBe(3)
    changeSetting('quiet', true)
    expect(await run({})).toBe(0)
    expect(await run({ quiet: false })).toBe(3)
  })

  it('iface counts where neither interface, link nor namespace is named', () => {
    expect(chosenInterface({})).toBeUndefined()
    changeSetting('iface', 'tun7')
    expect(chosenInterface({})).toBe('tun7')
    expect(chosenInterface({ iface: 'eth1' })).toBe('eth1')
    expect(chosenInterface({ netns: 'blue' })).toBeUndefined()
    expect(chosenInterface({ link })).toBeUndefined()
  })

  it('an interface that is gone is told by name', async () => {
    changeSetting('iface', 'gone0')
    await expect(sniff({ timeout: 0.01 })).rejects.toThrow(/there is no interface 'gone0'/)
  })
})

describe.skipIf(process.getuid?.() !== 0)('iface in a network of its own', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-settings-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let found: Record<string, unknown>

  beforeAll(async () => {
    const program = await bundleSource(
      folder,
      `import { pathOf, frameLink } from './src/exchange/addressing.js'
      import { closeLinks, defaultInterface } from './src/exchange/index.js'
      import { changeSetting } from './src/exchange/settings.js'
      import { Ether, IP } from './src/layers/index.js'
      import { stack } from './src/packet/index.js'
      const way = (dst, options = {}) => pathOf('sr1', IP({ dst }), options).link.name
      const look = () => [defaultInterface(), way('10.1.0.9'), way('203.0.113.1'), way('127.0.0.1'), way('10.1.0.1'),
        frameLink(stack(Ether(), IP({ dst: '10.1.0.9' })), {}).name, way('10.1.0.9', { iface: 'one' })]
      const found = { before: look() }
      changeSetting('iface', 'two')
      found.after = look()
      closeLinks()
      console.log(JSON.stringify(found))`,
    )
    const script = `set -e
      ip link set lo up
      ip link add one type veth peer name two
      ip addr add 10.1.0.1/24 dev one; ip addr add 10.2.0.1/24 dev two
      ip link set one up; ip link set two up
      ip route add default via 10.1.0.254
      exec "$0" "$1"`
    const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'sh', '-c', script, process.execPath, program], {
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: MODULES },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    found = JSON.parse(stdout)
  })

  it('decides over the route, but for packets to this machine and calls that name one', () => {
    expect(found).toEqual({
      before: ['one', 'one', 'one', 'lo', 'lo', 'one', 'one'],
      after: ['two', 'two', 'two', 'lo', 'lo', 'two', 'one'],
    })
  })
})
