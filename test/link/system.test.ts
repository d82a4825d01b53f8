import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findInterface, type Interface, interfaces, requireInterface } from '../../src/link/interfaces.js'
import type { Neighbour } from '../../src/link/neighbours.js'
import { type Route, route } from '../../src/link/routes.js'
import { type Lab, openLab } from '../lab/lab.js'
import { bundleProgram, scenario } from './in-lab.js'

describe('without root', () => {
  test('interfaces are those of the ip command', () => {
    const expected = (
      JSON.parse(execFileSync('ip', ['-j', 'address'], { encoding: 'utf8' })) as Record<string, never>[]
    ).map((entry) => ({
      name: entry.ifname,
      index: entry.ifindex,
      mtu: entry.mtu,
      addresses: (entry.addr_info as { local: string; prefixlen: number }[]).map(
        (info) => `${info.local}/${info.prefixlen}`,
      ),
    }))
    const ours = interfaces().map(({ name, index, mtu, ipv4, ipv6 }) => ({
      name,
      index,
      mtu,
      addresses: [...ipv4, ...ipv6].map((info) => `${info.address}/${info.prefix}`),
    }))
    expect(ours).toEqual(expected)
  })

  test('the loopback', () => {
    const lo = requireInterface('lo')
    expect(lo).toMatchObject({ index: 1, mac: '00:00:00:00:00:00', linkType: 1 })
    expect(lo.ipv4).toContainEqual({ address: '127.0.0.1', prefix: 8 })
    expect(lo.flags).toEqual(expect.arrayContaining(['up', 'loopback', 'running']))
    expect(findInterface('1')?.name).toBe('lo')
    expect(findInterface('any')).toMatchObject({ index: 0, linkType: 276 })
    expect(Object.keys(networkInterfaces())).toEqual(
      expect.arrayContaining(
        interfaces()
          .filter((each) => each.ipv4.length > 0)
          .map((each) => each.name),
      ),
    )
  })

  test('a route to this machine', () => {
    expect(route('127.0.0.1')).toEqual({
      destination: '127.0.0.1',
      type: 'local',
      interfaceName: 'lo',
      interfaceIndex: 1,
      source: '127.0.0.1',
    })
    expect(route('::1')).toMatchObject({ type: 'local', interfaceName: 'lo' })
  })

  test('wrong names and addresses say so', () => {
    expect(() => requireInterface('l0')).toThrow(/there is no interface 'l0'; did you mean 'lo'\? \(there are: lo/)
    expect(() => route('localhost')).toThrow(`'localhost' is no IPv4 or IPv6 address`)
    expect(() => route('1.2.3.4%lo')).toThrow(/no IPv4 or IPv6 address/)
    expect(() => route('1.2.3.4', { interfaceName: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_INTERFACE' }),
    )
    expect(() => route('1.2.3.4', { source: '::1' })).toThrow(/not of one family/)
  })

  test('an answer that is changed by its reader does not change the next', () => {
    route('127.0.0.1').type = 'blackhole'
    expect(route('127.0.0.1').type).toBe('local')
  })
})

describe('in a lab', () => {
  let lab: Lab
  let bundle: string
  beforeAll(async () => {
    lab = await openLab()
    bundle = await bundleProgram(lab)
  })
  afterAll(() => lab?.close())

  const ip = async (...argv: string[]) => {
    const result = await lab.exec('here', ['ip', ...argv])
    if (result.status !== 0) throw new Error(result.stderr)
    return result.stdout
  }

  test('routes as the kernel chooses them', async () => {
    const { here, there } = lab
    await ip('route', 'add', '10.1.0.0/16', 'via', there.ipv4, 'mtu', '1280')
    await ip('route', 'add', 'unreachable', '10.2.0.0/16')
    await ip('route', 'add', 'prohibit', '10.3.0.0/16')
    await ip('route', 'add', 'blackhole', '10.4.0.0/16')
    await ip('address', 'add', '10.5.0.1/32', 'dev', 'lo')
    await ip('route', 'add', '10.6.0.0/16', 'via', there.ipv4, 'src', '10.5.0.1')
    // A policy rule: what comes from 10.5.0.1 takes another table.
    await ip('rule', 'add', 'from', '10.5.0.1', 'table', '77')
    await ip('route', 'add', 'default', 'via', there.ipv4, 'table', '77')
    await ip('route', 'add', '10.8.0.0/16', 'via', 'inet6', there.ipv6, 'dev', 'veth-here')
    const asked = [
      there.ipv4,
      here.ipv4,
      there.ipv4.replace(/\d+$/, '255'),
      '10.1.2.3',
      '10.2.0.1',
      '10.3.0.1',
      '10.4.0.1',
      '10.6.0.1',
      '8.8.8.8',
      '8.8.8.8,,10.5.0.1',
      there.ipv6,
      'fd00:dead::1',
      '224.0.0.251,veth-here',
      'fe80::99%veth-here',
      '10.8.0.1',
      '8.8.8.8,,9.9.9.9',
    ]
    const routes = (await scenario(lab, bundle, 'here', ['route', ...asked])) as Route[]
    const base = { interfaceName: 'veth-here', source: here.ipv4 }
    const none = { interfaceName: '', interfaceIndex: 0 }
    const expected = [
      { type: 'unicast', ...base },
      { type: 'local', interfaceName: 'lo', source: here.ipv4 },
      { type: 'broadcast', ...base },
      { type: 'unicast', ...base, gateway: there.ipv4, mtu: 1280 },
      { type: 'unreachable', ...none },
      { type: 'prohibit', ...none },
      { type: 'blackhole', ...none },
      { type: 'unicast', interfaceName: 'veth-here', source: '10.5.0.1', gateway: there.ipv4 },
      { type: 'unreachable', ...none },
      { type: 'unicast', interfaceName: 'veth-here', source: '10.5.0.1', gateway: there.ipv4 },
      { type: 'unicast', interfaceName: 'veth-here', source: here.ipv6 },
      { type: 'unreachable', ...none },
      { type: 'multicast', ...base },
      { type: 'unicast', interfaceName: 'veth-here' },
      { type: 'unicast', ...base, gateway: there.ipv6 },
      { type: 'unreachable', ...none }, // from an address that is not this machine's
    ]
    expected.forEach((each, i) => expect({ asked: asked[i], ...routes[i] }).toMatchObject(each))
    expect(routes[0]).not.toHaveProperty('gateway')
    expect(routes[0]).not.toHaveProperty('mtu')
  })

  test('the ip command, where koffi is missing, gives the same', async () => {
    const asked = [lab.there.ipv4, lab.here.ipv4, '10.1.2.3', '10.2.0.1', '10.6.0.1', '8.8.8.8', lab.there.ipv6]
    const kernel = await scenario(lab, bundle, 'here', ['route', ...asked])
    const withoutKoffi = ['env', 'NODE_PATH=/nowhere']
    const command = await scenario(lab, bundle, 'here', ['route', ...asked], withoutKoffi)
    expect(command).toEqual(kernel)
    const [table] = (await scenario(lab, bundle, 'here', ['neighbours', 'veth-here'], withoutKoffi)) as [Neighbour[]]
    expect(Array.isArray(table)).toBe(true)
  })

  test('neighbours', async () => {
    const { there } = lab
    await ip(
      'neigh',
      'replace',
      there.ipv4.replace(/\d+$/, '77'),
      'lladdr',
      '02:00:00:00:00:77',
      'dev',
      'veth-here',
      'nud',
      'permanent',
    )
    await lab.exec('here', ['ping', '-c', '1', there.ipv4])
    await lab.exec('here', ['ping', '-c', '1', there.ipv6])
    await lab.exec('here', ['ping', '-c', '1', '-W', '1', there.ipv4.replace(/\d+$/, '66')])
    const addresses = [
      there.ipv4,
      there.ipv6,
      there.ipv4.replace(/\d+$/, '77'),
      there.ipv4.replace(/\d+$/, '66'),
      '1.2.3.4',
      'text',
    ]
    const [table, ...macs] = (await scenario(lab, bundle, 'here', ['neighbours', 'veth-here', ...addresses])) as [
      Neighbour[],
      ...unknown[],
    ]
    expect(table.find((each) => each.address === there.ipv4)).toMatchObject({
      mac: there.mac,
      interfaceName: 'veth-here',
    })
    expect(macs).toEqual([
      there.mac,
      there.mac,
      '02:00:00:00:00:77',
      null,
      null,
      expect.objectContaining({ code: 'BAD_ADDRESS' }),
    ])
    const [, missing] = await scenario(lab, bundle, 'here', ['neighbours', 'nothing', there.ipv4])
    expect(missing).toMatchObject({ code: 'NO_SUCH_INTERFACE' })
  })

  test('without koffi the user decides whether one may capture (which backend is left: backends.test.ts)', async () => {
    const argv = ['rights', 'veth-here', lab.there.ipv4]
    const [may] = await scenario(lab, bundle, 'here', argv, ['env', 'NODE_PATH=/nowhere'])
    expect(may).toBe(true)
  })

  test('an interface that is down and has no address is listed too', async () => {
    await ip('link', 'add', 'name', 'off0', 'type', 'veth', 'peer', 'name', 'off1')
    const [opened] = (await scenario(lab, bundle, 'here', ['type', 'off0'])) as [
      { linkType: number; addresses: Interface },
    ]
    expect(opened).toMatchObject({ linkType: 1, addresses: { ipv4: [], mtu: 1500 } })
    await ip('link', 'del', 'off0')
  })
})
