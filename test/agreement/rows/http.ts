import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const header =
  (name: string) =>
  ({ fields }: { fields: Record<string, unknown> }): unknown =>
    (fields.headers as [string, string][]).find((each) => String(each[0]).toLowerCase() === name)?.[1]

export const agreement: VectorAgreement = {
  vectors: ['http'],
  protocols: { http: /^HTTP(Request|Response)$/ },
  rows: [
    field('http.request.method', 'HTTPRequest', 'Method', same),
    field('http.request.uri', 'HTTPRequest', 'Path', same),
    field('http.request.version', 'HTTPRequest', 'Http_Version', same),
    field('http.response.version', 'HTTPResponse', 'Http_Version', same),
    field('http.response.code', 'HTTPResponse', 'Status_Code'),
    field('http.response.phrase', 'HTTPResponse', 'Reason_Phrase', same),
    row('http.host', 'HTTPRequest', header('host'), same),
    row('http.user_agent', 'HTTPRequest', header('user-agent'), same),
    row('http.content_type', /^HTTP/, header('content-type'), same),
    row('http.server', 'HTTPResponse', header('server'), same),
    row('http.accept', 'HTTPRequest', header('accept'), same),
    row('http.connection', /^HTTP/, header('connection'), same),
    row('http.content_length_header', /^HTTP/, header('content-length'), same),
    row('http.transfer_encoding', /^HTTP/, header('transfer-encoding'), same),
    row('http.date', 'HTTPResponse', header('date'), same),
    row('http.last_modified', 'HTTPResponse', header('last-modified'), same),
  ],
}
