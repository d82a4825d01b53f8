import { parseIpv4, parseIpv6 } from '../../packet/index.js'

/** A network: all addresses that begin with the same bits. */
export class AddressArea {
  constructor(
    private readonly bytes: Uint8Array,
    readonly prefix: number,
  ) {}

  has(address: string): boolean {
    const other = addressBytes(address)
    if (other === undefined || other.length !== this.bytes.length) return false
    const whole = this.prefix >>> 3
    for (let i = 0; i < whole; i++) if (other[i] !== this.bytes[i]) return false
    const rest = this.prefix & 7
    return rest === 0 || ((other[whole]! ^ this.bytes[whole]!) & (0xff << (8 - rest)) & 0xff) === 0
  }
}

/** The network of a text such as `'10.4.0.0/16'` or `'fd00::/64'`; undefined when it is none. */
export function parseNetwork(text: string): AddressArea | undefined {
  const [address = '', prefixText = '', ...more] = text.split('/')
  const bytes = addressBytes(address)
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1
  if (bytes === undefined || prefix < 0 || prefix > bytes.length * 8 || more.length > 0) return undefined
  return new AddressArea(bytes, prefix)
}

function addressBytes(text: string): Uint8Array | undefined {
  const ipv4 = parseIpv4(text)
  if (ipv4 < 0) return parseIpv6(text)
  return Uint8Array.of(ipv4 >>> 24, (ipv4 >>> 16) & 255, (ipv4 >>> 8) & 255, ipv4 & 255)
}
