import { PacketList } from '../../capture/index.js'
import { checkOptions } from '../../exchange/index.js'
import { Ether, IP, IPv6 } from '../../layers/index.js'
import { dissect, type Layer, PacketError, printed } from '../../packet/index.js'
import { bytesInText } from './hex-text.js'

export interface HexdumpOptions {
  /** Layer that the bytes begin with. Unset: IP or IPv6 where the bytes are a whole packet of it, else Ether. */
  layer?: Layer
}

/**
 * The packets in a text: dumps with offsets as tcpdump -x, -xx and -X, tshark -x, Wireshark, xxd, hexdump -C and text2pcap have them, plain
 * hexadecimal digits (a packet a line), arrays of C, strings of C and Python. Lines that are no part of a dump are passed over.
 * @throws PacketError for a text without packets, and where a dump contradicts itself, with the line
 */
export function importHexdump(text: string, options: HexdumpOptions = {}): PacketList {
  if (typeof text !== 'string') throw new PacketError(`importHexdump: takes a text, not ${printed(text)}`)
  checkOptions('importHexdump', options, ['layer'])
  const packets = bytesInText(text).map(({ bytes, time }) => {
    const packet = dissect(options.layer ?? firstLayer(bytes), bytes)
    if (time !== undefined) packet.time = time
    return packet
  })
  return new PacketList(packets)
}

/** What the bytes begin with. An address of a network card that looks like a header of IP has no length that fits, too. */
function firstLayer(bytes: Uint8Array): Layer {
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  const isIpv4 = bytes[0]! >>> 4 === 4 && (bytes[0]! & 15) >= 5 && bytes.length >= 20 && length === bytes.length
  if (isIpv4) return IP as Layer
  const payload = ((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0)
  return (bytes[0]! >>> 4 === 6 && bytes.length >= 40 && payload + 40 === bytes.length ? IPv6 : Ether) as Layer
}
