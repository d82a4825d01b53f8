/** Serving files over HTTP. */
import { later } from '../face/later.js'
import { serve as serveNow } from './serve.js'

export type { FileServer, FileServerEvents } from './file-server.js'
export type { ServeOptions } from './serve-options.js'
export type { Transfer } from './resource.js'
export type { ServedData, Servable } from './sources.js'
export type { TransferList } from './transfer-list.js'

/** What the prompt calls `serve`. */
export const serve = later(() => serveNow)
