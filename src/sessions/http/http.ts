/** Requests without a session: each stands for itself; connections are kept for the next. */
import { Task } from '../../exchange/index.js'
import { HttpClient } from './client.js'
import type { HttpOptions } from './http-options.js'
import type { HttpResponse } from './response.js'

let shared: HttpClient | undefined

/** The client of all calls that have no session. */
export function sharedClient(): HttpClient {
  shared ??= new HttpClient({}, false, 'http')
  return shared
}

/** A request of any method. */
export function request(method: string, url: string | URL, options?: HttpOptions): Task<HttpResponse> {
  return Task.run((control) => sharedClient().send(method, url, options, control), {
    name: `http.${String(method).toLowerCase()}`,
  })
}

function verb(method: string): (url: string | URL, options?: HttpOptions) => Task<HttpResponse> {
  return (url, options) => request(method, url, options)
}

/** GET. */
export const get = verb('GET')
/** HEAD: what GET would give, without the body. Redirects are not followed unless it is said how many. */
export const head = verb('HEAD')
/** OPTIONS. */
export const options = verb('OPTIONS')
/** POST. */
export const post = verb('POST')
/** PUT. */
export const put = verb('PUT')
/** PATCH. */
export const patch = verb('PATCH')
/** DELETE. */
export const del = verb('DELETE')
