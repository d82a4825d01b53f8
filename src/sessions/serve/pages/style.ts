import { UPLOAD_STYLE } from '../upload/upload-style.js'

/**
 * The style of the pages: the browser's own colours for light and dark, one column that is as wide as the window lets it be. Nothing is told by colour
 * alone, and nothing moves.
 */
export const STYLE = [
  ':root{color-scheme:light dark}',
  '*{box-sizing:border-box}',
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}',
  'h1{font-size:1.5rem;line-height:1.3;margin:.5rem 0 1rem;overflow-wrap:anywhere}',
  'li{overflow-wrap:anywhere}b{font-weight:600}',
  'nav ol{display:flex;flex-wrap:wrap;gap:.25rem .5rem;list-style:none;margin:0;padding:0}',
  'nav li+li::before{content:"/" / "";padding-inline-end:.5rem}',
  // 24 pixels at least, for fingers (WCAG 2.2 §2.5.8).
  'nav a,table a,.all a{display:inline-block;min-width:1.5rem;min-height:1.5rem}',
  '.all{display:flex;flex-wrap:wrap;gap:.25rem 1rem}',
  'table{border-collapse:collapse;width:100%}',
  'caption{text-align:start;padding:.35rem 0}',
  'th,td{padding:.35rem .5rem;text-align:start;vertical-align:top;border-bottom:1px solid GrayText}',
  'thead th{white-space:nowrap;border-bottom-width:2px}',
  'tbody th{font-weight:400;overflow-wrap:anywhere;width:100%}',
  'td{white-space:nowrap;font-variant-numeric:tabular-nums}',
  'td.size,th.size{text-align:end}',
  'a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid Highlight;outline-offset:2px}',
  // On a phone the names get the room.
  '@media(max-width:36rem){body{margin:1rem auto;padding:0 .75rem}th,td{padding:.35rem .25rem}',
  // Wide enough for the day: the time goes below it.
  '.date{white-space:normal;min-width:6.25rem}}',
  ...UPLOAD_STYLE,
].join('')
