import { type AnyPacket, Field, Kind, PacketError, PlainValueCodec, printed, type Reader } from '../../packet/index.js'
import type { OpenvpnProtection } from './openvpn-shape.js'

const VALUES: readonly OpenvpnProtection[] = ['plain', 'tls-auth', 'tls-crypt', 'protected']

/** How a packet is protected: a field without bytes, which other fields depend on. */
class ProtectionCodec extends PlainValueCodec<string> {
  readonly kindName = 'protection'
  readonly size = 0

  constructor(private readonly found: (packet: AnyPacket) => OpenvpnProtection) {
    super()
  }

  read(_reader: Reader, packet: AnyPacket): OpenvpnProtection {
    return this.found(packet)
  }

  write(): void {}

  coerce(value: unknown, where: string): OpenvpnProtection {
    const known = VALUES.find((each) => each === value)
    if (known !== undefined) return known
    throw new PacketError(`${where}: takes ${VALUES.map((each) => `'${each}'`).join(', ')}, not ${printed(value)}`)
  }

  empty(): OpenvpnProtection {
    return 'plain'
  }

  override show(value: string): string {
    return value
  }
}

/** The field; `found` tells it of a packet that was read. */
export function protection(
  found: (packet: AnyPacket) => OpenvpnProtection,
): Field<OpenvpnProtection, OpenvpnProtection> {
  return new Field<OpenvpnProtection, OpenvpnProtection>(Kind.CODEC, 0, new ProtectionCodec(found))
}
