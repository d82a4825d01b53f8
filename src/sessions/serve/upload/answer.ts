/** Answers to uploads: a page for browsers, JSON where it is asked for, lines of text for all others. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { byteCount } from '../../face/session.js'
import { sendEarly, sendReply } from '../../web/send-reply.js'
import { HTML, type ReplyHeaders, TEXT, type WebError, WebReply } from '../../web/web-reply.js'
import { errorPage } from '../pages/error-page.js'
import { escapeHtml, escapeName, page, pagePolicy } from '../pages/page.js'
import type { ReceivedFile, UploadOptions } from './upload-options.js'

/** What a request has brought, and the answer to it. */
export interface Brought {
  readonly files: readonly ReceivedFile[]
  readonly reply: WebReply
}

/**
 * `201`: these files are there now.
 * @param place path of their folder's URL
 * @param hasUrls whether they can be had there
 */
export function stored(
  request: IncomingMessage,
  place: string,
  files: readonly ReceivedFile[],
  { hasUrls = true }: Pick<UploadOptions, 'hasUrls'>,
): Brought {
  const rows = files.map(({ name, asked, bytes }) => ({
    name,
    asked,
    bytes,
    ...(hasUrls && { url: urlOf(place, name) }),
  }))
  const url = rows.length === 1 ? rows[0]!.url : undefined
  const body = {
    html: () => page({ title: 'Uploaded', main: `<ul>\n${rows.map(row).join('\n')}\n</ul>\n${back(place)}` }),
    json: () => ({ files: rows }),
    text: () => rows.map(({ name, bytes }) => `${name}: ${byteCount(bytes)}`).join('\n'),
  }
  return { files, reply: replyIn(request, 201, body, url === undefined ? {} : { Location: url }) }
}

/** Where a file of a folder is, as a URL from the root of this server. */
export function urlOf(place: string, name: string): string {
  return place + encodeURIComponent(name)
}

function row({ name, asked, bytes, url }: { name: string; asked: string; bytes: number; url?: string }): string {
  const shown = url === undefined ? escapeName(name) : `<a href="${escapeHtml(url)}">${escapeName(name)}</a>`
  const why = name === asked ? '' : `; there was a file ${escapeName(asked)} already`
  return `<li>${shown}: ${byteCount(bytes)}${why}</li>`
}

function back(place: string): string {
  return `<p><a href="${escapeHtml(place)}">Back to the folder</a></p>`
}

export function errorReply(request: IncomingMessage, { status, message, headers }: WebError): WebReply {
  const title = STATUS_CODES[status] ?? 'Error'
  const body = {
    html: () => errorPage(status, `${message[0]?.toUpperCase()}${message.slice(1)}.`),
    // RFC 9457
    json: () => ({ title, status, detail: message }),
    text: () => `${status} ${title}: ${message}`,
  }
  return replyIn(request, status, body, headers)
}

function replyIn(
  { headers: { accept = '' } }: IncomingMessage,
  status: number,
  body: { html(): string; json(): object; text(): string },
  more: ReplyHeaders,
): WebReply {
  const headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', Vary: 'Accept', ...more }
  if (/\btext\/html\b/i.test(accept)) {
    const own = { 'Content-Type': HTML, 'Content-Security-Policy': pagePolicy(), 'Referrer-Policy': 'same-origin' }
    return new WebReply(status, { ...own, ...headers }, body.html())
  }
  if (!/\bjson\b/i.test(accept)) return new WebReply(status, { 'Content-Type': TEXT, ...headers }, `${body.text()}\n`)
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  return new WebReply(status, { 'Content-Type': type, ...headers }, `${JSON.stringify(body.json())}\n`)
}

/** Sends it; what of the request is still to come is not wanted any more. */
export function send(response: ServerResponse, reply: WebReply): void {
  if (response.destroyed || response.headersSent) return
  const { req } = response
  // Of a request without a body nothing comes, read or not.
  const isComing = !req.complete && (req.headers['transfer-encoding'] ?? req.headers['content-length'] ?? '0') !== '0'
  if (isComing) sendEarly(response, reply, { bytes: 0 })
  else void sendReply(response, reply, { bytes: 0 })
}
