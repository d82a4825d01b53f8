/** HTML: text put into it safely, and the frame of the pages that the server makes itself. */
import { OptionError } from '../../exchange/index.js'
import { HTML, WebReply } from './web-reply.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that shows as it is, inside of elements and of quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

// It stands on its own: no request but that for the page. Colours are those that the browser has for light and dark.
const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'li{overflow-wrap:anywhere}b{font-weight:600}'

/**
 * A page of our own.
 * @param title plain text
 * @param content HTML
 */
export function htmlPage(title: string, content: string): string {
  const heading = escapeHtml(title)
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${content}
</main>
</body>
</html>
`
}

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
