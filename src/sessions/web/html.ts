/** HTML: text put into it safely. */
import { OptionError } from '../../exchange/index.js'
import { escapeHtml } from '../serve/pages/page.js'
import { HTML, WebReply } from './web-reply.js'

/**
 * HTML with values in it, which show as they are whatever is in them: html`<p>Hello ${request.query.name}`. What another html`…` gave stays HTML, and a
 * list is put together.
 */
export function html(parts: TemplateStringsArray, ...values: unknown[]): WebReply {
  if (!Array.isArray(parts?.raw)) throw new OptionError('web.html: write it as web.html`<p>${value}`')
  const text = parts.map((part, i) => (i === 0 ? part : htmlOf(values[i - 1]) + part)).join('')
  return new WebReply(200, { 'Content-Type': HTML }, text)
}

function htmlOf(value: unknown): string {
  if (value instanceof WebReply) return typeof value.body === 'string' ? value.body : ''
  if (Array.isArray(value)) return value.map(htmlOf).join('')
  return value === undefined || value === null ? '' : escapeHtml(String(value))
}
