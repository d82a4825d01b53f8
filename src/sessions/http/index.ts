/** HTTP: requests, sessions, answers. */
import { later } from '../face/later.js'
import { basic, bearer, digest, jwt } from './auth/index.js'
import { del, get, head, options, patch, post, put, request, sharedClient } from './http.js'
import { har } from './har/har.js'
import { session } from './http-session.js'
import { publicIp as askPublicIp, curl, events, fromCurl, graphql, paginate, websocket } from './more.js'
import { oauth } from './oauth/index.js'
import { download, type DownloadOptions } from './transfer/download.js'
import { type StreamOptions, stream } from './transfer/http-stream.js'

/** HTTP. What it needs is loaded when something is first called. */
export const http = {
  get: later(() => get),
  head: later(() => head),
  options: later(() => options),
  post: later(() => post),
  put: later(() => put),
  patch: later(() => patch),
  delete: later(() => del),
  request: later(() => request),
  session: later(() => session),
  auth: {
    basic: later(() => basic),
    digest: later(() => digest),
    bearer: later(() => bearer),
    oauth: later(() => oauth),
  },
  jwt: later(() => jwt),
  paginate: later(() => paginate),
  events: later(() => events),
  websocket: later(() => websocket),
  graphql: later(() => graphql),
  curl: later(() => curl),
  fromCurl: later(() => fromCurl),
  har: later(() => har),
  download: later(
    () => (url: string | URL, file?: string, given?: DownloadOptions) => download(sharedClient(), url, file, given),
  ),
  stream: later(() => (url: string | URL, given?: StreamOptions) => stream(sharedClient(), url, given)),
}

/** The address under which this machine is seen from the Internet. */
export const publicIp = later(() => askPublicIp)

export {
  type AuthOption,
  BasicAuth,
  BearerAuth,
  type CredentialsOption,
  DigestAuth,
  HttpAuth,
  Jwt,
  type JwtKey,
} from './auth/index.js'
export type { OAuthAuth, OAuthOptions } from './oauth/index.js'
export type { HttpCookie } from './cookies.js'
export { CurlRequest } from './curl/curl-request.js'
export type { EventsOptions } from './events/events-session.js'
export { EventsSession } from './events/events-session.js'
export { ServerEvent } from './events/server-event.js'
export { type GraphqlComplaint, GraphqlError, type GraphqlOptions } from './graphql.js'
export { Har, type HarOptions, type HarSource } from './har/har.js'
export type { HeadersInit } from './headers.js'
export { type NextPage, Pages, type PagesOptions } from './paging/pages.js'
export type { PublicIpOptions } from './public-ip.js'
export type { OpenWebSocketOptions } from './websocket/open-websocket.js'
export { WebSocketSession } from './websocket/websocket-session.js'
export type { HttpDefaults, HttpOptions, HttpSessionOptions, ParamsOption } from './http-options.js'
export { HttpSession, type HttpSessionEvents } from './http-session.js'
export { HttpResponse, type HttpRequest, type HttpTiming } from './response.js'
export { Downloaded, type DownloadOptions } from './transfer/download.js'
export { HttpStream, type StreamOptions } from './transfer/http-stream.js'
