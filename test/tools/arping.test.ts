import { afterEach, describe, expect, test } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { type ArpingOptions, arping } from '../../src/tools/arping/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Responder, type ResponderOptions, responder } from './scan-responder.js'

const networks: Responder[] = []
afterEach(() => {
  for (const network of networks.splice(0)) network.close()
  setReporter(() => undefined)
})

function network(options: ResponderOptions): Responder {
  const made = responder(options)
  networks.push(made)
  return made
}

const QUICK: ArpingOptions = { timeout: 0.2, rate: 20_000 }

describe('arping', () => {
  test('tells who has an address, and how long it took', async () => {
    const { link } = network({ hosts: ['10.0.0.2'] })
    const result = await arping('10.0.0.2', { link, timeout: 5 })
    expect(result.stations).toMatchObject([{ address: '10.0.0.2', mac: '02:00:00:00:01:02' }])
    expect(result.stations[0]!.rtt).toBeGreaterThan(0)
    expect(result.sent).toBe(1)
    expect(
      result
        .toString()
        .replace(/[\d.]+ (µs|ms|s)/g, 'T')
        .replace(/ {2,}/g, ' '),
    ).toBe('ADDRESS MAC RTT\n10.0.0.2 02:00:00:00:01:02 T\ndone: 1 of 1 address answered, in T')
  })

  test('options alone: everybody', async () => {
    const { link } = network({ hosts: ['10.0.0.200'] })
    expect((await arping({ ...QUICK, link })).stations.map(({ address }) => address)).toEqual(['10.0.0.200'])
  })

  test('asks everybody in the networks of the interface, but itself', async () => {
    const { link } = network({ hosts: ['10.0.0.2', '10.0.0.200', '10.0.0.1'] })
    const result = await arping('lan', { ...QUICK, link })
    expect(result.stations.map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.0.200'])
    expect(result.asked).toBe(253)
    expect(result.silent).toHaveLength(251)
  })

  test('a silent address is asked again as often as `retry` says, and named', async () => {
    const { link } = network({ hosts: [] })
    const result = await arping('10.0.0.9', { ...QUICK, link, retry: 3 })
    expect(result.sent).toBe(4)
    expect(result.toString()).toMatch(/^no answer: 10\.0\.0\.9\ndone: 0 of 1 address answered/)
  })

  test('an address that two stations have is shown twice', async () => {
    const macs = (host: string) =>
      host === '10.0.0.3' ? ['02:aa:00:00:00:01', '02:bb:00:00:00:02'] : ['02:cc:00:00:00:03']
    const { link } = network({ hosts: ['10.0.0.2', '10.0.0.3'], macs })
    const result = await arping('10.0.0.2-3', { ...QUICK, link })
    expect(result.stations.map(({ address, mac, duplicate }) => [address, mac, duplicate ?? false])).toEqual([
      ['10.0.0.2', '02:cc:00:00:00:03', false],
      ['10.0.0.3', '02:aa:00:00:00:01', true],
      ['10.0.0.3', '02:bb:00:00:00:02', true],
    ])
    expect(result.duplicates).toHaveLength(2)
    expect(result.toString()).toMatch(/02:bb:00:00:00:02 .*duplicate address/)
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      asked: 2,
      stations: [{}, { duplicate: true }, {}],
      silent: [],
    })
  })

  test('IPv6: neighbour solicitation (practice network)', async () => {
    const net = practiceNetwork()
    try {
      const server = net.hosts.find(({ name }) => name === 'server')!
      const result = await arping(server.ipv6!, { link: net.link, timeout: 5 })
      expect(result.stations).toMatchObject([{ address: server.ipv6, mac: server.mac }])
    } finally {
      net.close()
    }
  })

  test('interrupted, it gives those found by then', async () => {
    const { link } = network({ hosts: ['10.0.0.2'] })
    const task = arping('10.0.0.0/20', { link, timeout: 5, rate: 500 })
    task.onProgress(({ text }) => {
      if (text === '1 found') task.interrupt()
    })
    const result = await task
    expect(result.interrupted).toBe(true)
    expect(result.stations.map(({ address }) => address)).toEqual(['10.0.0.2'])
  })

  test.each([
    [{ wait: 1 }, "arping has no option 'wait'"],
    [{ retry: 16 }, 'arping: option retry must be a whole number, 0..15, not 16'],
    [{ rate: 0 }, 'arping: option rate must be a number of packets per second above 0, not 0'],
    [{ ipv4: true, ipv6: true }, 'arping: either IPv4 or IPv6'],
  ])('%j is refused: %s', async (options, message) => {
    const { link } = network({ hosts: [] })
    await expect(arping('10.0.0.2', { link, ...options } as ArpingOptions)).rejects.toThrow(message)
  })
})
