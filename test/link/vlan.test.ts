/** The kernel takes the VLAN tag off a frame and keeps it beside it: what is captured has it back in its place. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dissectLink } from '../../src/layers/index.js'
import { fromHex } from '../../src/packet/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { bundleBackends, started } from './backends-lab.js'
import { results } from './in-lab.js'

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
  await bundleBackends(lab)
})
afterAll(() => lab?.close())

describe.each(['pcap', 'cap', 'tcpdump'])('captured through %s', (backend) => {
  test.each([
    ['Dot1Q({vlan: 7, prio: 3})', 'vlan 7', ['Ether', 'Dot1Q', 'ARP'], { vlan: 7, prio: 3 }],
    [
      'Dot1AD({vlan: 100})/Dot1Q({vlan: 42})',
      'ether src 02:00:00:00:00:07',
      ['Ether', 'Dot1AD', 'Dot1Q', 'ARP'],
      { vlan: 100 },
    ],
  ])('%s', async (tags, filter, layers, fields) => {
    const child = await started(lab, 'here', ['capture', 'veth-here', backend, JSON.stringify({ filter }), '1'])
    const sent = await lab.netshell('there', [
      '-e',
      `sendp(Ether({dst: 'ff:ff:ff:ff:ff:ff', src: '02:00:00:00:00:07'})/${tags}/ARP({psrc: '10.9.0.1', pdst: '10.9.0.2'}), {iface: 'veth-there', quiet: true})`,
    ])
    expect(sent.stderr).toBe('')
    const [result] = (await results(child)) as [{ seen: string[] }]
    const packet = dissectLink(1, fromHex(result.seen[0]!))
    expect(packet.layers().map(({ layerName }) => layerName)).toEqual(layers)
    expect(packet.toJSON().layers[1]!.fields).toMatchObject(fields)
  })
})
