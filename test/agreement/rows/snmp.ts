import { field, hexIfAny, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const SNMP = /^SNMP(v3)?$/

/** The message inside, where it is not encrypted. */
const message = ({ fields }: OurLayer): OurLayer | undefined => (fields.PDU as OurLayer[] | undefined)?.[0]
const of = (name: string) => (layer: OurLayer) => message(layer)?.fields[name]
const bindings = (layer: OurLayer): OurLayer[] => (message(layer)?.fields.varbindlist ?? []) as OurLayer[]
const values =
  (...types: number[]) =>
  (layer: OurLayer) =>
    bindings(layer)
      .filter(({ fields }) => types.includes(Number(fields.type)))
      .map(({ fields }) => {
        const value = fields.value as { number?: string } | number
        return typeof value === 'object' ? value.number : value
      })
/** Values that are octets, as hexadecimal. */
const octetStrings = (layer: OurLayer) =>
  bindings(layer)
    .filter(({ fields }) => fields.type === 4)
    .map(({ fields: { value } }) =>
      typeof value === 'string' ? Buffer.from(value).toString('hex') : (value as { hex: string }).hex,
    )
const there = () => 'there'
/** tshark's numbers of the messages are the ends of their tags. RFC 3416 §3. */
const MESSAGES = ['get', 'next', 'response', 'set', 'trapv1', 'bulk', 'inform', 'trapv2', 'report']
/** Octets of our JSON. */
const octets = (name: string) =>
  row(`snmp.${name}`, 'SNMPv3', ({ fields }) => (fields[name] as { hex: string } | null | undefined)?.hex, hexIfAny)

export const agreement: VectorAgreement = {
  vectors: ['snmp'],
  protocols: { snmp: SNMP },
  rows: [
    field('snmp.version', 'SNMP', 'version'),
    field('snmp.community', 'SNMP', 'community', same),
    field('snmp.msgVersion', 'SNMPv3', 'version'),
    field('snmp.msgID', 'SNMPv3', 'msgID'),
    field('snmp.msgMaxSize', 'SNMPv3', 'msgMaxSize'),
    field('snmp.msgSecurityModel', 'SNMPv3', 'msgSecurityModel'),
    octets('msgAuthoritativeEngineID'),
    field('snmp.msgAuthoritativeEngineBoots', 'SNMPv3', 'msgAuthoritativeEngineBoots'),
    field('snmp.msgAuthoritativeEngineTime', 'SNMPv3', 'msgAuthoritativeEngineTime'),
    field('snmp.msgUserName', 'SNMPv3', 'msgUserName', same),
    octets('msgAuthenticationParameters'),
    octets('msgPrivacyParameters'),
    octets('contextEngineID'),
    row('snmp.data', SNMP, (layer) => {
      const found = message(layer)
      return found && MESSAGES.indexOf(found.name.slice('SNMP'.length))
    }),
    row('snmp.request_id', SNMP, of('id')),
    row('snmp.error_status', SNMP, of('error')),
    row('snmp.error_index', SNMP, of('error_index')),
    row('snmp.non_repeaters', SNMP, of('non_repeaters')),
    row('snmp.max_repetitions', SNMP, of('max_repetitions')),
    row('snmp.variable_bindings', SNMP, (layer) => (message(layer) === undefined ? undefined : bindings(layer).length)),
    row('snmp.name', SNMP, (layer) => bindings(layer).map(({ fields }) => fields.oid), same),
    row('snmp.value.int', SNMP, values(2)),
    row('snmp.value.octets', SNMP, octetStrings, hexIfAny),
    row('snmp.value.counter', SNMP, values(0x41, 0x46)),
    row('snmp.noSuchObject', SNMP, (layer) => values(0x80)(layer).map(() => 'there'), there),
    row('snmp.value.oid', SNMP, values(6), same),
    row('snmp.value.ipv4', SNMP, values(0x40), same),
    row('snmp.value.timeticks', SNMP, values(0x43)),
    row('snmp.enterprise', SNMP, of('enterprise'), same),
    row('snmp.agent_addr', SNMP, of('agent_addr'), same),
    row('snmp.generic_trap', SNMP, of('generic_trap')),
    row('snmp.specific_trap', SNMP, of('specific_trap')),
    row('snmp.time_stamp', SNMP, of('time_stamp')),
  ],
}
