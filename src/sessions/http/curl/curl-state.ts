/** What the options of a curl command come to, while they are read one after the other. */

/** One part of a multipart form. */
export interface FormPart {
  name: string
  /** What it holds, or the file that it is read from. */
  content: { text: string } | { file: string }
  /** File name that the server is told; undefined with a text: it is an ordinary field. */
  filename?: string
  type?: string
}

/** All that a command has said so far. */
export interface CurlState {
  urls: string[]
  method: string | undefined
  headers: [name: string, value: string | undefined][]
  /** What is sent as the body: pieces with & between them. */
  data: (string | Uint8Array)[]
  isJson: boolean
  query: string[]
  parts: FormPart[]
  upload: string | undefined
  isGet: boolean
  isHead: boolean
  user: string | undefined
  bearer: string | undefined
  isDigest: boolean
  netrc: string | boolean
  cookies: string[]
  isFollowing: boolean
  mostRedirects: number | undefined
  retries: number | undefined
  timeout: number | undefined
  limit: number | undefined
  proxy: string | false | undefined
  proxyUser: string | undefined
  http2: boolean | undefined
  tls: { ca?: string; cert?: string; key?: string; insecure?: boolean }
  /** File for the answer; true: named as the URL ends. */
  output: string | true | undefined
  isFailing: boolean
  isGlobbing: boolean
  /** Options that mean nothing here, as they were written. */
  ignored: string[]
}

export function newState(): CurlState {
  return {
    urls: [],
    method: undefined,
    headers: [],
    data: [],
    isJson: false,
    query: [],
    parts: [],
    upload: undefined,
    isGet: false,
    isHead: false,
    user: undefined,
    bearer: undefined,
    isDigest: false,
    netrc: false,
    cookies: [],
    isFollowing: false,
    mostRedirects: undefined,
    retries: undefined,
    timeout: undefined,
    limit: undefined,
    proxy: undefined,
    proxyUser: undefined,
    http2: undefined,
    tls: {},
    output: undefined,
    isFailing: false,
    isGlobbing: true,
    ignored: [],
  }
}
