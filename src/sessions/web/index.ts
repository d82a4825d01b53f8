/** Web: a small HTTP server at the prompt, and what it answers with. */
import { later } from '../face/later.js'
import { facts } from './facts.js'
import { html } from './html.js'
import { listen } from './listen.js'
import { file, folder } from './static-files.js'
import { redirect, reply } from './web-reply.js'

export type { LoggedRequest } from './request-log.js'
export type { Routes, WebHandler } from './routes.js'
export type { WebOptions } from './web-options.js'
export type { ReplyOptions, WebReply } from './web-reply.js'
export type { WebRequest } from './web-request.js'
export type { WebServer, WebServerEvents } from './web-server.js'

/** What the prompt calls `web`. */
export const web = {
  listen: later(() => listen),
  reply: later(() => reply),
  redirect: later(() => redirect),
  file: later(() => file),
  folder: later(() => folder),
  facts: later(() => facts),
  html: later(() => html),
}
