/** The documents of the page and of the frame in it, and the policies that they are sent with. */
import { createHash } from 'node:crypto'
import { frameScript } from './scripts.js'

/** Empty but for what is not of the window. @param frame the address of the frame */
export function pageDocument(frame: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>netshell</title>
<link rel="stylesheet" href="page.css">
<link rel="icon" href="data:,">
<script src="page.js" defer></script>
</head>
<body data-frame="${frame}">
<noscript><p class="status">This page needs JavaScript.</p></noscript>
<p id="status" class="status" role="status">Loading …</p>
<main id="window"></main>
<section id="notes" class="notes" aria-label="Messages" hidden>
<ul id="note-list" role="log"></ul>
<button id="clear" class="button" type="button">Clear</button>
</section>
<p id="live" class="spoken" aria-live="polite"></p>
</body>
</html>
`
}

/** No script but ours, no connection but to us, and nothing that makes HTML of text. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Where handlers run. */
export function frameDocument(): string {
  return `<!doctype html><meta charset="utf-8"><title>Handlers</title><script>${frameScript()}</script>`
}

/** The one script, by its hash, and the worker that it makes; the origin is nobody's. What a worker of `blob:` may do is what the frame may. */
export function framePolicy(): string {
  const hash = createHash('sha256').update(frameScript()).digest('base64')
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-scripts',
  ].join('; ')
}
