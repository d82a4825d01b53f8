/** What plain objects have that commands give: they have no class to look it up in. */

const NONE: Shape = Object.freeze(Object.create(null) as Shape)

/** Members by name, each with its type and what it means. */
type Shape = Readonly<Record<string, readonly [type: string, summary: string]>>

const SHAPES: Readonly<Record<string, Shape>> = {
  Interface: {
    name: ['string', 'Its name.'],
    index: ['number', "The kernel's number."],
    mac: ['string', 'MAC address; undefined where there is none.'],
    ipv4: ['InterfaceAddress[]', 'IPv4 addresses.'],
    ipv6: ['InterfaceAddress[]', 'IPv6 addresses.'],
    mtu: ['number', 'Bytes of payload of a frame.'],
    flags: ['string[]', "'up', 'running' (has a carrier), 'loopback', 'multicast' …"],
    linkType: ['number', 'LINKTYPE number of its frames.'],
    backend: ['string', 'What sends and captures with it.'],
  },
  InterfaceAddress: {
    address: ['string', 'The address.'],
    prefix: ['number', 'Leading bits of the network.'],
  },
  Route: {
    destination: ['string', 'The network that the route leads to.'],
    type: ['string', "'unreachable' says that there is no way."],
    interfaceName: ['string', 'Interface that packets leave by.'],
    source: ['string', 'Source address of packets that have none.'],
    gateway: ['string', 'Next hop; undefined on the own link.'],
    mtu: ['number', 'Bytes of the largest packet.'],
  },
  Neighbour: {
    address: ['string', 'IP address.'],
    mac: ['string', 'MAC address; undefined while it is not resolved.'],
    interfaceName: ['string', 'Interface that it is on.'],
    interfaceIndex: ['number', "The interface's number."],
    state: ['string', "'reachable', 'stale' (usable, to be verified), 'incomplete', 'failed' …"],
  },
  Conversation: {
    protocol: ['string', "'TCP', 'UDP' …"],
    a: ['string', 'Who began, with the port where there is one.'],
    b: ['string', 'The other side.'],
    packets: ['number', 'Packets of both directions.'],
    bytes: ['number', 'Bytes on the wire.'],
    packetsAToB: ['number', 'Packets from a to b.'],
    bytesAToB: ['number', 'Bytes from a to b.'],
    packetsBToA: ['number', 'Packets from b to a.'],
    bytesBToA: ['number', 'Bytes from b to a.'],
    start: ['number', 'Time of the first packet, seconds since 1970.'],
    duration: ['number', 'Seconds from the first packet to the last.'],
  },
}

/** The members of a plain object by the name of its type; nothing for others. */
export function shapeOf(type: string): Shape {
  return Object.hasOwn(SHAPES, type) ? SHAPES[type]! : NONE
}
