/** Pages that say why there is nothing. */
import { STATUS_CODES } from 'node:http'
import { escapeHtml, page } from './page.js'

const TEXTS: Readonly<Record<number, string>> = {
  400: 'The request is not one that this server understands.',
  401: 'A password is needed. Load the page again to be asked for it.',
  403: 'This is not given to you.',
  404: 'There is nothing of this name here. It may have been moved or taken away.',
  405: 'This can not be done with what is here.',
  408: 'The request took too long.',
  410: 'This link has been used, or its time is over. Ask for a new one.',
  411: 'The request does not say how long it is.',
  413: 'This is more than this server takes.',
  416: 'The file does not have the part that was asked for.',
  429: 'Too many tries. Wait a moment.',
  431: 'The request has too many headers.',
  500: 'Something went wrong here.',
  503: 'The server is busy. Try again in a moment.',
  507: 'There is no room left for this.',
}

/**
 * @param status 404
 * @param text plain text; unset: what is usual for the status
 */
export function errorPage(status: number, text: string = TEXTS[status] ?? ''): string {
  const reason = STATUS_CODES[status]
  const title = reason === undefined ? `${status}` : `${status} ${reason}`
  // Where there may be more: the address is one of a folder that is there.
  const way = status === 404 || status === 403 ? '\n<p><a href="./">To the folder of this address</a></p>' : ''
  return page({ title, main: `<p>${escapeHtml(text)}</p>${way}` })
}
