/** The page of facts: what the server knows of a request. */
import { escapeHtml, page } from '../serve/pages/page.js'
import { HTML, WebReply } from './web-reply.js'
import type { WebRequest } from './web-request.js'

/** Name and value of each fact of a request, headers as they came behind the others. */
export function factsOf(request: WebRequest): [name: string, value: string][] {
  const { client, method, target, rawPath, rawQuery, version, rawHeaders } = request
  const facts: [string, string][] = [
    ['client_address', client],
    ['command', method],
    ['unparsed path', target],
    ['parsed path', rawPath],
    ['query', rawQuery],
    ['request version', version],
    ['server version', `netshell (Node.js ${process.versions.node})`],
    // What answers say, whatever was asked with (RFC 9110 §2.5).
    ['protocol version', 'HTTP/1.1'],
  ]
  for (let i = 0; i < rawHeaders.length; i += 2) facts.push([`HEADER ${rawHeaders[i]}`, rawHeaders[i + 1]!])
  return facts
}

/** A page that lists what the server knows of a request. */
export function facts(request: WebRequest): WebReply {
  const items = factsOf(request).map(([name, value]) => `<li><b>${escapeHtml(name)}:</b> ${escapeHtml(value)}</li>`)
  return new WebReply(
    200,
    { 'Content-Type': HTML },
    page({ title: 'Your request', main: `<ul>\n${items.join('\n')}\n</ul>` }),
  )
}
