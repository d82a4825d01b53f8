/** The frame of the pages that servers here make themselves, and text put into HTML safely. */
import { createHash } from 'node:crypto'
import { printable } from '../../../exchange/printable.js'
import { STYLE } from './style.js'

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

/** A name that a stranger may have chosen: what turns the direction of writing, and all else that does not show, is written as `\u202e`. */
export function plainName(name: string): string {
  return printable(name).replace(/[\t\n]/g, (character) => JSON.stringify(character).slice(1, -1))
}

/** The same as HTML. */
export function escapeName(name: string): string {
  return escapeHtml(plainName(name))
}

/** What a page has. */
export interface PageContent {
  /** Plain text: the heading, and the name of the window. */
  title: string
  /** HTML below the heading. */
  main: string
  /** Plain text: the heading, where it is shorter than the title. */
  heading?: string
  /** HTML above the heading: the way here. */
  above?: string
  /** For a policy that allows what has it, instead of `pagePolicy()`. */
  nonce?: string
}

/** A page of our own. It stands on its own: no request but that for the page. */
export function page({ title, main, heading = title, above, nonce }: PageContent): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style${nonce === undefined ? '' : ` nonce="${escapeHtml(nonce)}"`}>${STYLE}</style>
</head>
<body>
${above === undefined ? '' : `${above}\n`}<main>
<h1>${escapeHtml(heading)}</h1>
${main}
</main>
</body>
</html>
`
}

let styleHash: string | undefined

/**
 * The Content-Security-Policy of these pages: their style, and nothing else.
 * @param more directives for what else a page has: `script-src …`
 */
export function pagePolicy(...more: readonly string[]): string {
  styleHash ??= createHash('sha256').update(STYLE).digest('base64')
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...more,
  ].join('; ')
}
