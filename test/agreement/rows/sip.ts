import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Lines = readonly (readonly [letter: string, value: string])[]

const linesOf =
  (letter: string) =>
  ({ fields }: OurLayer) =>
    (fields.lines as Lines).filter(([each]) => each === letter).map(([, value]) => value)
const headerOf =
  (long: string, short: string) =>
  ({ fields }: OurLayer) =>
    (fields.headers as Lines).filter(([name]) => [long, short].includes(name.toLowerCase())).map(([, value]) => value)

export const agreement: VectorAgreement = {
  vectors: ['sip'],
  protocols: { sip: /^SIP$/, sdp: /^SDP$/ },
  except: {
    'spaces around the colon': 'tshark does not know a short name with a space behind it, which RFC 3261 §7.3.1 allows',
  },
  rows: [
    field('sip.Method', 'SIP', 'method', same),
    field('sip.r-uri', 'SIP', 'uri', same),
    field('sip.Status-Code', 'SIP', 'status'),
    row('sip.From', 'SIP', headerOf('from', 'f'), same),
    row('sip.To', 'SIP', headerOf('to', 't'), same),
    row('sip.Via', 'SIP', headerOf('via', 'v'), same),
    row('sip.Call-ID', 'SIP', headerOf('call-id', 'i'), same),
    row('sip.CSeq', 'SIP', headerOf('cseq', 'cseq'), same),
    row('sip.Contact', 'SIP', headerOf('contact', 'm'), same),
    row('sip.WWW-Authenticate', 'SIP', headerOf('www-authenticate', 'www-authenticate'), same),
    row('sip.Authorization', 'SIP', headerOf('authorization', 'authorization'), same),
    row('sip.Expires', 'SIP', headerOf('expires', 'expires')),
    row('sip.Max-Forwards', 'SIP', headerOf('max-forwards', 'max-forwards')),
    row('sip.Content-Type', 'SIP', headerOf('content-type', 'c'), same),
    row('sip.Content-Length', 'SIP', headerOf('content-length', 'l')),
    row('sdp.version', 'SDP', linesOf('v'), same),
    row('sdp.owner', 'SDP', linesOf('o'), same),
    row('sdp.session_name', 'SDP', linesOf('s'), same),
    row('sdp.media', 'SDP', linesOf('m'), same),
    row('sdp.media_attr', 'SDP', linesOf('a'), same),
  ],
}
