/** Types of files by the ends of their names (IANA media types). */
import path from 'node:path'

const TEXTS: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  // RFC 9239.
  js: 'text/javascript',
  mjs: 'text/javascript',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  nsh: 'text/plain',
}

const OTHERS: Readonly<Record<string, string>> = {
  json: 'application/json',
  map: 'application/json',
  xml: 'application/xml',
  pdf: 'application/pdf',
  wasm: 'application/wasm',
  zip: 'application/zip',
  gz: 'application/gzip',
  tar: 'application/x-tar',
  pcap: 'application/vnd.tcpdump.pcap',
  pcapng: 'application/x-pcapng',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/vnd.microsoft.icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

/** What a file is, by its name; texts are said to be UTF-8. */
export function contentType(name: string): string {
  const end = path.extname(name).slice(1).toLowerCase()
  if (Object.hasOwn(TEXTS, end)) return `${TEXTS[end]}; charset=utf-8`
  return Object.hasOwn(OTHERS, end) ? OTHERS[end]! : 'application/octet-stream'
}
