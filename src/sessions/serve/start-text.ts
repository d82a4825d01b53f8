/** What is told when a server is there: where it is, what is asked for, when it ends, and who can read it. */
import { X509Certificate } from 'node:crypto'
import { printableLine } from '../../exchange/printable.js'
import { textWidth } from '../../exchange/text-width.js'
import type { ServedUrl } from './addresses.js'

/** What is to be told of a server. */
export interface StartFacts {
  /** What is served: `notes.txt`, `3 files`; undefined: nothing, files can only be brought. */
  what: string | undefined
  /** The main one first. */
  urls: readonly ServedUrl[]
  password: string | undefined
  /** Whether the password was made, and so has to be shown. */
  isMade: boolean
  user: string | undefined
  /** Of a certificate that is signed by itself, PEM. */
  certificate: string | undefined
  /** The link is good once. */
  openOnce: boolean
  /** Seconds. */
  expires: number | undefined
  timeout: number | undefined
  count: number
  /** The folder that uploads go to. */
  upload: string | undefined
  /** Whether more than this machine can reach it. */
  isReached: boolean
}

/** Of more addresses only the first are told. */
const MOST_URLS = 12

/** Lines, and what is to be told as a warning. */
export function startText(facts: StartFacts): { lines: string[]; warning: string | undefined } {
  const { what, password, isMade, user, certificate, upload, openOnce } = facts
  const title = what === undefined ? 'waiting for uploads:' : `serving ${what}:`
  const lines = [printableLine(title), ...urlLines(facts.urls)]
  if (isMade && password !== undefined) lines.push(printableLine(`password: ${password}, user: ${user ?? 'any'}`))
  if (certificate !== undefined)
    lines.push(
      'the certificate is signed by itself: browsers warn; its SHA-256 fingerprint, to be compared, is',
      ...fingerprintLines(certificate),
    )
  if (upload !== undefined) lines.push(printableLine(`uploads go to ${upload}`))
  const end = endText(facts)
  if (end !== '') lines.push(end)
  return { lines, warning: warningOf(facts, password !== undefined || openOnce) }
}

function urlLines(urls: readonly ServedUrl[]): string[] {
  const shown = urls.slice(0, MOST_URLS)
  const width = Math.max(...shown.map(({ url }) => textWidth(url)))
  const lines = shown.map(
    ({ url, iface }) => `  ${url}${iface === undefined ? '' : `${' '.repeat(width - textWidth(url))}  ${iface}`}`,
  )
  return shown.length < urls.length ? [...lines, `  … and ${urls.length - shown.length} more`] : lines
}

/** The fingerprint in two halves, so that it fits 80 columns and can be compared by eye. */
function fingerprintLines(certificate: string): string[] {
  const fingerprint = fingerprintOf(certificate)
  const half = (fingerprint.length + 1) / 2
  return [`  ${fingerprint.slice(0, half)}`, `  ${fingerprint.slice(half)}`]
}

/** SHA-256 over a certificate, as browsers and openssl show it: `AB:CD:…`. */
export function fingerprintOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256
}

function endText({ count, timeout, expires, openOnce }: StartFacts): string {
  const ends: string[] = []
  if (openOnce) ends.push('when the file was downloaded once')
  else if (count > 0) ends.push(`after ${count} complete download${count === 1 ? '' : 's'}`)
  if (timeout !== undefined) ends.push(`after ${timeText(timeout)} without a request`)
  if (expires !== undefined) ends.push(`after ${timeText(expires)}`)
  return ends.length === 0 ? '' : `it ends ${ends.join(', or ')}`
}

function timeText(seconds: number): string {
  const [amount, unit] =
    seconds < 120 || seconds % 60 !== 0
      ? [seconds, 'second']
      : seconds % 3600 === 0
        ? [seconds / 3600, 'hour']
        : [seconds / 60, 'minute']
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

function warningOf({ what, upload, isReached }: StartFacts, isAsked: boolean): string | undefined {
  if (!isReached || isAsked) return undefined
  const can = [...(what === undefined ? [] : ['read it']), ...(upload === undefined ? [] : ['upload'])]
  return `there is no password: anyone in the network can ${can.join(', and ')}`
}
