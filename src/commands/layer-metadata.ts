/** What is known of a layer, as of a command: from its declaration. */
import { layerGroup } from '../layers/index.js'
import { Kind, type Layer } from '../packet/index.js'
import { meaningOf } from './field-meanings.js'
import { conditionText, defaultText, kindText, sizeText } from './field-text.js'
import type { Metadata, ParameterMetadata } from './metadata.js'

/** Layers that have examples of their own; all others are made with what stands in their fields anyway. */
const EXAMPLES: Readonly<Record<string, string>> = {
  Ether: "Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.2'})",
  Dot1Q: "Ether()/Dot1Q({vlan: 42})/IP({src: '10.0.0.1', dst: '10.0.0.2'})",
  ARP: "ARP({op: 'who-has', pdst: '10.0.0.2'})",
  IP: "IP({src: '10.0.0.1', dst: '10.0.0.2', ttl: 5})/ICMP()",
  IPv6: "IPv6({src: 'fd00::1', dst: 'fd00::2'})/ICMPv6EchoRequest()",
  ICMP: "IP({src: '10.0.0.1', dst: '10.0.0.2'})/ICMP({type: 'echo-request', seq: 7})",
  TCP: "TCP({dport: [80, 443], flags: 'S', options: [['MSS', 1460], 'SAckOK']})",
  UDP: "IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP({dport: 53})/DNS({qd: 'example.org'})",
  DNS: "DNS({qd: 'example.org'})",
  DHCP: "BOOTP()/DHCP({options: [['message-type', 'discover'], 'end']})",
  Raw: "IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP()/Raw('hello')",
}

/** The layers that people meet first. */
export const USUAL_LAYERS: readonly string[] = Object.keys(EXAMPLES)

/** The description of a layer: its fields are the options. */
export function layerMetadata(layer: Layer): Metadata {
  const { layerName, about, source } = layer
  return {
    group: 'Layers',
    section: layerGroup(layerName),
    summary: about === '' ? 'A layer of your own.' : about,
    usage: `${layerName}({field: value, …})`,
    positionals: [
      {
        name: 'fields',
        type: 'object | bytes',
        summary: 'values of fields, all others are as by default; or bytes to dissect',
        default: 'all by default',
      },
    ],
    // Lists of names do without: the fields are made when somebody looks at them.
    get parameters() {
      return layer.definition.fields.map(
        (field): ParameterMetadata => ({
          name: field.name,
          type:
            field.kind === Kind.BITS || field.flagNames !== null
              ? `${kindText(field)}, ${sizeText(field)}`
              : kindText(field),
          summary: [meaningOf(field) ?? '', conditionText(field)].filter((text) => text !== '').join(' '),
          default: defaultText(field),
        }),
      )
    },
    returns: 'Packet: stack more on it with /',
    errors: ['PacketError for a field that it does not have, or a value that does not fit'],
    example: EXAMPLES[layerName] ?? `${layerName}()`,
    source,
    see: ['ls', 'dissect', 'Packet'],
  }
}
