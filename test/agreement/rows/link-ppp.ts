import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const plainHex = (text: string): string => text.replaceAll(':', '')
const CONTROL = /^PPP_(LCP|IPCP|IPV6CP|CCP|MPLSCP)/

/** The value of an option by its name, or one of its parts. */
function option(name: string, part?: number): (layer: { fields: Record<string, unknown> }) => unknown {
  return ({ fields }) =>
    ((fields.options ?? []) as [string, unknown][])
      .filter(([known]) => known === name)
      .map(([, value]) => (part === undefined ? value : (value as unknown[])[part]))
}

interface Tag {
  fields: { tag_type: number; tag_value: string | { hex: string } }
}
const tags = (type: number) => (layer: { fields: Record<string, unknown> }) =>
  ((layer.fields.tag_list ?? []) as Tag[])
    .filter(({ fields }) => fields.tag_type === type)
    .map(({ fields: { tag_value: value } }) => (typeof value === 'string' ? value : value.hex))

/** The same as hexadecimal digits, also where it is a text. */
const bytesOfTags = (type: number) => (layer: { fields: Record<string, unknown> }) =>
  ((layer.fields.tag_list ?? []) as Tag[])
    .filter(({ fields }) => fields.tag_type === type)
    .map(({ fields: { tag_value: value } }) =>
      typeof value === 'string' ? Buffer.from(value).toString('hex') : value.hex,
    )

export const agreement: VectorAgreement = {
  vectors: ['ppp', 'ppp-lcp', 'ppp-network', 'ppp-authentication', 'pppoe'],
  protocols: {
    ppp: /^PPP$/,
    lcp: /^PPP_LCP/,
    ipcp: /^PPP_IPCP/,
    ipv6cp: /^PPP_IPV6CP/,
    ccp: /^PPP_CCP/,
    mplscp: /^PPP_MPLSCP/,
    pap: /^PPP_PAP/,
    chap: /^PPP_CHAP/,
    pppoed: /^PPPoED$/,
    pppoes: /^PPPoE$/,
  },
  rows: [
    field('ppp.protocol', 'PPP', 'proto'),
    field('ppp.address', 'HDLC', 'address'),
    field('ppp.control', 'HDLC', 'control'),
    field('ppp.code', CONTROL, 'code'),
    field('ppp.identifier', CONTROL, 'id'),
    field('ppp.length', CONTROL, 'len'),
    field('lcp.magic_number', /^PPP_LCP_(Echo|Discard_Request|Identification)$/, 'magic_number'),
    field('lcp.rej_proto', 'PPP_LCP_Protocol_Reject', 'rejected_protocol'),
    row('lcp.opt.mru', 'PPP_LCP_Configure', option('max-receive-unit')),
    row('lcp.opt.auth_protocol', 'PPP_LCP_Configure', option('auth-protocol', 0)),
    row('lcp.opt.magic_number', 'PPP_LCP_Configure', option('magic-number')),
    row('lcp.opt.asyncmap', 'PPP_LCP_Configure', option('async-control-character-map')),
    row('ipcp.opt.ip_address', 'PPP_IPCP', option('ip-address'), same),
    row('ipcp.opt.pri_dns_address', 'PPP_IPCP', option('primary-dns'), same),
    row('ipcp.opt.sec_dns_address', 'PPP_IPCP', option('secondary-dns'), same),
    row('ipcp.opt.pri_nbns_address', 'PPP_IPCP', option('primary-nbns'), same),
    field('pap.code', /^PPP_PAP/, 'code'),
    field('pap.peer_id', 'PPP_PAP_Request', 'username', same),
    field('pap.password', 'PPP_PAP_Request', 'password', same),
    field('pap.message', 'PPP_PAP_Response', 'message', same),
    field('chap.code', /^PPP_CHAP/, 'code'),
    field('chap.value', 'PPP_CHAP_ChallengeResponse', 'value', plainHex),
    field('chap.name', 'PPP_CHAP_ChallengeResponse', 'optional_name', same),
    field('chap.message', 'PPP_CHAP', 'data', same),
    field('pppoe.version', /^PPPoED?$/, 'version'),
    field('pppoe.code', /^PPPoED?$/, 'code'),
    field('pppoe.session_id', /^PPPoED?$/, 'sessionid'),
    field('pppoe.payload_length', /^PPPoED?$/, 'len'),
    row('pppoed.tags.service_name', 'PPPoED_Tags', tags(0x0101), same),
    row('pppoed.tags.ac_name', 'PPPoED_Tags', tags(0x0102), same),
    row('pppoed.tags.ac_cookie', 'PPPoED_Tags', bytesOfTags(0x0104), plainHex),
    row('pppoed.tags.host_uniq', 'PPPoED_Tags', bytesOfTags(0x0103), plainHex),
    row('pppoed.tags.generic_error', 'PPPoED_Tags', tags(0x0203), same),
  ],
  except: { 'time that remains': 'this message has no layer of its own: its magic number is in data' },
}
