/** A whole conversation of a real OpenVPN client and server: with the key all of its packets can be verified and read. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCapture } from '../../src/capture/index.js'
import { dissectLink, OpenVPN, type OpenvpnKey, openvpnKey, openvpnUnwrap } from '../../src/layers/index.js'
import type { AnyPacket, Packet } from '../../src/packet/index.js'
import { type Lab, openLab } from './lab.js'
import { type OpenVpnConversation, openVpnFolder, openVpnTalk } from './openvpn-client.js'

let lab: Lab
let folder: string
beforeAll(async () => {
  // Large segments, so that no packet goes on in the next one.
  lab = await openLab({ mtu: 9000 })
  folder = await openVpnFolder(lab)
})
afterAll(() => lab?.close())

const DATA_V2 = 9

/** The OpenVPN packets of a packet; over TCP a segment may have several. */
const openVpnOf = (packet: Packet): AnyPacket[] =>
  packet.layers().filter(({ layerName }) => layerName === 'OpenVPN') as AnyPacket[]

/** The packets of the handshake, as they were sent. */
async function handshakeOf(conversation: OpenVpnConversation): Promise<Packet[]> {
  const capture = await lab.capture('here', 'port 1194')
  await openVpnTalk(lab, conversation)
  const packets: Packet[] = []
  for await (const batch of readCapture(await capture.stop()))
    for (let i = 0; i < batch.count; i++) {
      const start = batch.offsets[i]!
      // A copy, so that nobody remembers of these bytes what another test found out.
      packets.push(dissectLink(batch.linkType, batch.buffer.slice(start, start + batch.lengths[i]!)))
    }
  return packets.filter((packet) => openVpnOf(packet).some(({ opcode }) => opcode !== DATA_V2))
}

/** The same packet with one bit changed in each of its OpenVPN packets in turn, behind what stands there in clear. */
function changed(packet: Packet): Packet[] {
  const bytes = packet.bytes()
  return openVpnOf(packet).map((layer) => {
    const copy = bytes.slice()
    const last = layer._offset + (layer.length === undefined ? 0 : 2 + (layer.length as number))
    copy[(layer.length === undefined ? copy.length : last) - 1]! ^= 1
    return dissectLink(1, copy)
  })
}

interface Case extends OpenVpnConversation {
  name: string
  key: (file: (name: string) => string) => OpenvpnKey
}

const SMALL = ['--max-packet-size', '300']

const cases: readonly Case[] = [
  { name: 'tls-auth', mode: 'tls-auth', key: (file) => openvpnKey(file('static.key'), { mode: 'tls-auth' }) },
  {
    name: 'tls-auth with SHA256, over TCP',
    mode: 'tls-auth',
    protocol: 'tcp',
    words: ['--auth', 'SHA256', ...SMALL],
    key: (file) => openvpnKey(file('static.key'), { mode: 'tls-auth', digest: 'SHA256' }),
  },
  { name: 'tls-crypt', mode: 'tls-crypt', key: (file) => openvpnKey(file('static.key'), { mode: 'tls-crypt' }) },
  {
    name: 'tls-crypt over TCP, several packets in a segment',
    mode: 'tls-crypt',
    protocol: 'tcp',
    words: SMALL,
    key: (file) => openvpnKey(file('static.key'), { mode: 'tls-crypt' }),
  },
  {
    name: "tls-crypt-v2 with the client's key",
    mode: 'tls-crypt-v2',
    key: (file) => openvpnKey(file('v2-client.key')),
  },
  {
    name: "tls-crypt-v2 with the server's key",
    mode: 'tls-crypt-v2',
    key: (file) => openvpnKey(file('v2-server.key')),
  },
]

describe.each(cases)('$name', ({ key: keyOf, ...conversation }) => {
  let packets: Packet[]
  let key: OpenvpnKey
  beforeAll(async () => {
    packets = await handshakeOf(conversation)
    key = keyOf((name) => join(folder, name))
  })

  test('every packet of the handshake fits the key, and the messages inside are in their order', () => {
    const opened = packets.map((packet) => openvpnUnwrap(packet, key))
    const all = opened.flatMap(openVpnOf)
    expect(all.length).toBeGreaterThan(8)
    if (conversation.protocol === 'tcp') expect(all.length).toBeGreaterThan(opened.length)
    expect(new Set(all.map(({ protection }) => protection))).toEqual(new Set(['plain']))
    expect(opened.flatMap((packet) => packet.issues())).toEqual([])
    const sessions = [...new Set(all.map(({ sessionid }) => sessionid as string))]
    expect(sessions).toHaveLength(2)
    for (const session of sessions) {
      const numbers = all
        .filter((each) => each.sessionid === session && each.messageid !== undefined)
        .map((each) => each.messageid)
      expect([...new Set(numbers)].sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from(new Set(numbers), (_, i) => i),
      )
    }
    for (const each of all.filter(({ remotesessionid }) => remotesessionid !== undefined))
      expect([each.sessionid, each.remotesessionid].sort()).toEqual([...sessions].sort())
  })

  test('the ClientHello inside can be read', () => {
    const opened = packets.map((packet) => openvpnUnwrap(packet, key))
    const names = opened.flatMap((packet) => packet.layers().map(({ layerName }) => layerName))
    const data = opened.flatMap(openVpnOf).map((each) => each.data as Uint8Array | undefined)
    // Over TCP, with packets behind it in the segment, the record is the packet's data.
    expect(
      names.includes('TLSClientHello') || data.some((each) => each?.[0] === 22 && each[1] === 3 && each[5] === 1),
    ).toBe(true)
  })

  test('a packet with a changed bit fits no more, and no packet another key', () => {
    for (const packet of packets)
      for (const each of changed(packet)) expect(() => openvpnUnwrap(each, key)).toThrow('does not fit')
    const other = openvpnKey(new Uint8Array(256).fill(7), {
      mode: conversation.mode === 'tls-auth' ? 'tls-auth' : 'tls-crypt',
    })
    for (const packet of packets) expect(() => openvpnUnwrap(packet, other)).toThrow('does not fit')
  })
})

test('without a key the handshake is read as it is, and OpenVPN() of it is built again as it was', async () => {
  const packets = await handshakeOf({ mode: 'plain' })
  const names = packets.flatMap((packet) => packet.layers().map(({ layerName }) => layerName))
  for (const name of ['TLSClientHello', 'TLSServerHello']) expect(names).toContain(name)
  for (const packet of packets) {
    const copy = packet.copy()
    copy.get(OpenVPN)!.unset('ackcount')
    expect(copy.hex()).toBe(packet.hex())
  }
})
