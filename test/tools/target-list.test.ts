import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatIpv4 } from '../../src/packet/index.js'
import { parseTargets } from '../../src/tools/target-list.js'

const addresses = async (given: string | string[]) =>
  (await parseTargets('scan', given)).targets.map(({ address }) => address)

describe('parseTargets', () => {
  test.each([undefined, '', ' , ', []])('no target at all: %j', async (given) => {
    await expect(parseTargets('scan', given as string)).rejects.toThrow('scan: there is no target')
  })

  test.each([null, 42, {}, true, [null], [['10.0.0.1']], new Uint8Array(4)])('what is no text: %j', async (given) => {
    await expect(parseTargets('scan', given as string)).rejects.toThrow('scan: a target is a text such as')
  })

  test.each(['10.0.0.300', '1.2.3.4.5', 'a_b!', 'x'.repeat(1000)])('what can be no host: %.20s', async (given) => {
    const error = await parseTargets('scan', given, 4).catch((cause: unknown) => cause as Error)
    expect((error as Error).message).toMatch(/^'.{1,42}' is neither an address, .* nor the name of a host$/)
  })

  test('hosts, lists, ranges and networks, each address once and in order', async () => {
    expect(await addresses('10.0.0.1')).toEqual(['10.0.0.1'])
    expect(await addresses('10.0.0.3, 10.0.0.1 10.0.0.3')).toEqual(['10.0.0.3', '10.0.0.1'])
    expect(await addresses(['10.0.0.9', '10.0.0.8-10'])).toEqual(['10.0.0.9', '10.0.0.8', '10.0.0.10'])
    expect(await addresses('10.0.0.6/30')).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7'])
    expect(await addresses('10.0.0.254-1.1')).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1'])
    expect(await addresses('255.255.255.254/31')).toEqual(['255.255.255.254', '255.255.255.255'])
    expect(await addresses('FD00::7/126')).toEqual(['fd00::4', 'fd00::5', 'fd00::6', 'fd00::7'])
    expect((await addresses('fd00::/112')).length).toBe(65536)
  })

  test('a zone is kept apart, a network is told', async () => {
    expect((await parseTargets('scan', 'fe80::1%eth0')).targets).toEqual([
      { name: 'fe80::1%eth0', address: 'fe80::1', family: 6, zone: 'eth0' },
    ])
    expect((await parseTargets('scan', '10.0.0.0/30')).hasNetwork).toBe(true)
    expect((await parseTargets('scan', '10.0.0.0/32')).hasNetwork).toBe(false)
    expect((await parseTargets('scan', '10.0.0.1 10.0.0.2')).hasNetwork).toBe(false)
  })

  test('a name keeps its name', async () => {
    const { targets } = await parseTargets('scan', 'localhost', 4)
    expect(targets).toEqual([{ name: 'localhost', address: '127.0.0.1', family: 4 }])
  })

  test.each([
    ['10.0.0.0/33', 'scan: 10.0.0.0/33: the prefix length is 0..32, not 33'],
    ['10.0.0.0/8', 'scan: with 10.0.0.0/8 these are more than 65536 addresses'],
    ['fd00::/64', 'these are more than 65536 addresses'],
    ['10.0.0.300/24', "scan: '10.0.0.300' in '10.0.0.300/24' is no address"],
    ['10.0.0.9-3', 'scan: 10.0.0.9-3 goes backwards: 10.0.0.3 is before 10.0.0.9'],
    ['10.0.0.1-300', "scan: '10.0.0.1-300' is no range"],
    ['host/x', "scan: 'host/x' is no network"],
    ['', 'scan: there is no target'],
    [' , ', 'scan: there is no target'],
  ])('%s is refused: %s', async (given, message) => {
    await expect(parseTargets('scan', given)).rejects.toThrow(message)
  })

  test('a network has the addresses that its prefix says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffffffff), fc.integer({ min: 20, max: 32 }), async (base, prefix) => {
        const found = await addresses(`${formatIpv4(base)}/${prefix}`)
        expect(found.length).toBe(2 ** (32 - prefix))
        expect(found).toContain(formatIpv4(base))
      }),
      { numRuns: 30 },
    )
  })
})
