/** HAR 1.2, the archive format of browsers' developer tools: http://www.softwareishard.com/blog/har-12-spec/ */

/** A name with its value: header fields, query parameters. */
export interface HarPair {
  name: string
  value: string
}

export interface HarCookie extends HarPair {
  path?: string
  domain?: string
  expires?: string
  httpOnly?: boolean
  secure?: boolean
}

export interface HarRequest {
  method: string
  url: string
  httpVersion: string
  cookies: HarCookie[]
  headers: HarPair[]
  queryString: HarPair[]
  postData?: { mimeType: string; text: string; params?: HarPair[] }
  /** -1: not known. */
  headersSize: number
  bodySize: number
}

export interface HarResponse {
  status: number
  statusText: string
  httpVersion: string
  cookies: HarCookie[]
  headers: HarPair[]
  content: { size: number; compression?: number; mimeType: string; text?: string; encoding?: 'base64' }
  /** '': nowhere. */
  redirectURL: string
  headersSize: number
  bodySize: number
}

/** Milliseconds; -1: it did not happen. `ssl` is a part of `connect`. */
export interface HarTimings {
  blocked: number
  dns: number
  connect: number
  send: number
  wait: number
  receive: number
  ssl: number
}

export interface HarEntry {
  startedDateTime: string
  /** Milliseconds: the sum of the timings. */
  time: number
  request: HarRequest
  response: HarResponse
  cache: object
  timings: HarTimings
  serverIPAddress?: string
}

export interface HarLog {
  version: '1.2'
  creator: { name: string; version: string }
  entries: HarEntry[]
}
