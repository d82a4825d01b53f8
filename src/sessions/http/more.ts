/** What is built on requests, for calls without a session: pages, events, WebSocket, GraphQL, curl commands, the public address. */
import type { Task } from '../../exchange/index.js'
import { fromCurl as readCurl } from './curl/from-curl.js'
import { runCurl } from './curl/run-curl.js'
import { openEvents } from './events/open-events.js'
import { graphql as askGraphql } from './graphql.js'
import { sharedClient } from './http.js'
import { paginate as pagesOf } from './paging/pages.js'
import { publicIp as askPublicIp, type PublicIpOptions } from './public-ip.js'
import { openWebSocket } from './websocket/open-websocket.js'

/** What a function takes behind the client. */
type Rest<F> = F extends (client: never, ...rest: infer R) => unknown ? R : never

/** Goes through a list that comes in pages. */
export function paginate(...values: Rest<typeof pagesOf>): ReturnType<typeof pagesOf> {
  return pagesOf(sharedClient(), ...values)
}

/** Opens a session of server-sent events. */
export function events(...values: Rest<typeof openEvents>): ReturnType<typeof openEvents> {
  return openEvents(sharedClient(), ...values)
}

/** Opens a WebSocket. */
export function websocket(...values: Rest<typeof openWebSocket>): ReturnType<typeof openWebSocket> {
  return openWebSocket(sharedClient(), ...values)
}

/** Asks a query of GraphQL. */
export function graphql(...values: Rest<typeof askGraphql>): ReturnType<typeof askGraphql> {
  return askGraphql(sharedClient(), ...values)
}

/** Carries a curl command out. */
export function curl(command: string): ReturnType<typeof runCurl> {
  return runCurl(sharedClient(), command)
}

/** Reads a curl command. */
export function fromCurl(command: string): ReturnType<typeof readCurl> {
  return readCurl(command)
}

/** Asks under which address this machine is seen. */
export function publicIp(options?: PublicIpOptions): Task<string> {
  return askPublicIp(sharedClient(), options)
}
