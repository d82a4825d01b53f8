/** What the fields of NetFlow 9 and IPFIX are called and hold. RFC 3954 §8; IANA, "IPFIX Information Elements". */

export type ElementKind = 'number' | 'ipv4' | 'ipv6' | 'mac' | 'text'

const UNSIGNED: Readonly<Record<number, string>> = {
  1: 'IN_BYTES',
  2: 'IN_PKTS',
  3: 'FLOWS',
  4: 'PROTOCOL',
  5: 'TOS',
  6: 'TCP_FLAGS',
  7: 'L4_SRC_PORT',
  9: 'SRC_MASK',
  10: 'INPUT_SNMP',
  11: 'L4_DST_PORT',
  13: 'DST_MASK',
  14: 'OUTPUT_SNMP',
  16: 'SRC_AS',
  17: 'DST_AS',
  19: 'MUL_DST_PKTS',
  20: 'MUL_DST_BYTES',
  21: 'LAST_SWITCHED',
  22: 'FIRST_SWITCHED',
  23: 'OUT_BYTES',
  24: 'OUT_PKTS',
  25: 'MIN_PKT_LNGTH',
  26: 'MAX_PKT_LNGTH',
  29: 'IPV6_SRC_MASK',
  30: 'IPV6_DST_MASK',
  31: 'IPV6_FLOW_LABEL',
  32: 'ICMP_TYPE',
  33: 'MUL_IGMP_TYPE',
  34: 'SAMPLING_INTERVAL',
  35: 'SAMPLING_ALGORITHM',
  36: 'FLOW_ACTIVE_TIMEOUT',
  37: 'FLOW_INACTIVE_TIMEOUT',
  38: 'ENGINE_TYPE',
  39: 'ENGINE_ID',
  40: 'TOTAL_BYTES_EXP',
  41: 'TOTAL_PKTS_EXP',
  42: 'TOTAL_FLOWS_EXP',
  46: 'MPLS_TOP_LABEL_TYPE',
  48: 'FLOW_SAMPLER_ID',
  49: 'FLOW_SAMPLER_MODE',
  50: 'FLOW_SAMPLER_RANDOM_INTERVAL',
  52: 'MIN_TTL',
  53: 'MAX_TTL',
  54: 'IPV4_IDENT',
  55: 'DST_TOS',
  58: 'SRC_VLAN',
  59: 'DST_VLAN',
  60: 'IP_PROTOCOL_VERSION',
  61: 'DIRECTION',
  64: 'IPV6_OPTION_HEADERS',
  70: 'MPLS_LABEL_1',
  71: 'MPLS_LABEL_2',
  72: 'MPLS_LABEL_3',
  85: 'OCTETS_PERMANENT',
  86: 'PACKETS_PERMANENT',
  88: 'FRAGMENT_OFFSET',
  89: 'FORWARDING_STATUS',
  90: 'MPLS_PAL_RD',
  91: 'MPLS_PREFIX_LEN',
  92: 'SRC_TRAFFIC_INDEX',
  93: 'DST_TRAFFIC_INDEX',
  95: 'APPLICATION_TAG',
  128: 'bgpNextAdjacentAsNumber',
  129: 'bgpPrevAdjacentAsNumber',
  136: 'flowEndReason',
  138: 'observationPointId',
  139: 'icmpTypeCodeIPv6',
  141: 'LineCardId',
  142: 'PortId',
  143: 'meteringProcessId',
  144: 'FLOW_EXPORTER',
  145: 'templateId',
  148: 'flowId',
  149: 'observationDomainId',
  150: 'flowStartSeconds',
  151: 'flowEndSeconds',
  152: 'flowStartMilliseconds',
  153: 'flowEndMilliseconds',
  154: 'flowStartMicroseconds',
  155: 'flowEndMicroseconds',
  156: 'flowStartNanoseconds',
  157: 'flowEndNanoseconds',
  158: 'flowStartDeltaMicroseconds',
  159: 'flowEndDeltaMicroseconds',
  160: 'systemInitTimeMilliseconds',
  161: 'flowDurationMilliseconds',
  162: 'flowDurationMicroseconds',
  163: 'observedFlowTotalCount',
  164: 'ignoredPacketTotalCount',
  165: 'ignoredOctetTotalCount',
  166: 'notSentFlowTotalCount',
  167: 'notSentPacketTotalCount',
  168: 'notSentOctetTotalCount',
  173: 'flowKeyIndicator',
  176: 'icmpTypeIPv4',
  177: 'icmpCodeIPv4',
  178: 'icmpTypeIPv6',
  179: 'icmpCodeIPv6',
  180: 'udpSourcePort',
  181: 'udpDestinationPort',
  182: 'tcpSourcePort',
  183: 'tcpDestinationPort',
  189: 'ipHeaderLength',
  192: 'ipTTL',
  193: 'nextHeaderIPv6',
  195: 'ipDiffServCodePoint',
  205: 'udpMessageLength',
  224: 'ipTotalLength',
  227: 'postNAPTSourceTransportPort',
  228: 'postNAPTDestinationTransportPort',
  229: 'natOriginatingAddressRealm',
  230: 'natEvent',
  231: 'initiatorOctets',
  232: 'responderOctets',
  233: 'firewallEvent',
  234: 'ingressVRFID',
  235: 'egressVRFID',
  239: 'biflowDirection',
  243: 'dot1qVlanId',
  244: 'dot1qPriority',
  252: 'ingressPhysicalInterface',
  253: 'egressPhysicalInterface',
  256: 'ethernetType',
  277: 'observationPointType',
  298: 'initiatorPackets',
  299: 'responderPackets',
  302: 'selectorId',
  304: 'selectorAlgorithm',
  305: 'samplingPacketInterval',
  306: 'samplingPacketSpace',
  309: 'samplingSize',
  310: 'samplingPopulation',
  322: 'observationTimeSeconds',
  323: 'observationTimeMilliseconds',
  361: 'portRangeStart',
  362: 'portRangeEnd',
}

const IPV4: Readonly<Record<number, string>> = {
  8: 'IPV4_SRC_ADDR',
  12: 'IPV4_DST_ADDR',
  15: 'IPV4_NEXT_HOP',
  18: 'BGP_IPV4_NEXT_HOP',
  44: 'IPV4_SRC_PREFIX',
  45: 'IPV4_DST_PREFIX',
  47: 'MPLS_TOP_LABEL_IP_ADDR',
  130: 'exporterIPv4Address',
  225: 'postNATSourceIPv4Address',
  226: 'postNATDestinationIPv4Address',
}

const IPV6: Readonly<Record<number, string>> = {
  27: 'IPV6_SRC_ADDR',
  28: 'IPV6_DST_ADDR',
  62: 'IPV6_NEXT_HOP',
  63: 'BPG_IPV6_NEXT_HOP',
  131: 'exporterIPv6Address',
  140: 'MPLS_TOP_LABEL_IPV6_ADDR',
  281: 'postNATSourceIPv6Address',
  282: 'postNATDestinationIPv6Address',
}

const MAC: Readonly<Record<number, string>> = {
  56: 'SRC_MAC',
  57: 'DST_MAC',
  80: 'DST_MAC_80',
  81: 'SRC_MAC_81',
}

const TEXT: Readonly<Record<number, string>> = {
  82: 'IF_NAME',
  83: 'IF_DESC',
  84: 'SAMPLER_NAME',
  94: 'APPLICATION_DESCRIPTION',
  96: 'APPLICATION_NAME',
  147: 'wlanSSID',
  236: 'VRFname',
  371: 'userName',
}

/** Scopes of options in NetFlow 9. RFC 3954 §6.1. */
export const SCOPES: Readonly<Record<number, string>> = {
  1: 'System',
  2: 'Interface',
  3: 'Line Card',
  4: 'Cache',
  5: 'Template',
}

let names: Readonly<Record<number, string>> | null = null
let kinds: Map<string, ElementKind> | null = null

/** Names of the fields by their number. */
export function elementNames(): Readonly<Record<number, string>> {
  names ??= { ...UNSIGNED, ...IPV4, ...IPV6, ...MAC, ...TEXT }
  return names
}

/** What a field of that name holds. */
export function elementKind(name: string): ElementKind {
  if (kinds === null) {
    kinds = new Map()
    const tables: readonly (readonly [Readonly<Record<number, string>>, ElementKind])[] = [
      [IPV4, 'ipv4'],
      [IPV6, 'ipv6'],
      [MAC, 'mac'],
      [TEXT, 'text'],
    ]
    for (const [table, kind] of tables) for (const each of Object.values(table)) kinds.set(each, kind)
  }
  return kinds.get(name) ?? 'number'
}

/** Name of a field: `element_500` when it has none here, `35632/57` for one of an enterprise. */
export function elementName(type: number, enterprise: number | undefined): string {
  return enterprise === undefined ? (elementNames()[type] ?? `element_${type}`) : `${enterprise}/${type}`
}
