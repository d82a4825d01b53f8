/** What requests and their answers consist of. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Access, Link } from './access/index.js'
import type { DownloadCount } from './count.js'
import type { Limiter } from './limiter.js'
import type { Transfer } from './resource.js'
import { NotThere } from './safe-path.js'
import type { Site } from './site.js'
import type { PartialUploads } from './upload/index.js'

/** What uploads need. */
export interface Uploading {
  /** Where all of them go, absolute; undefined: into the folder of the URL. */
  folder: string | undefined
  /** Bytes of each. */
  limit: number
  uploads: PartialUploads
}

/** What answers come from. */
export interface RequestParts {
  readonly site: Site
  readonly access: Access
  readonly count: DownloadCount
  readonly limiter: Limiter | undefined
  /** Undefined: there are none. */
  readonly uploading: Uploading | undefined
  /** On a server that only this machine listens to: the name that requests must have. */
  readonly ownName: string | undefined
  /** The name of this machine, or that which it listens by. */
  readonly machineName: string
  /** A transfer begins. */
  began(direction: Transfer['direction'], client: string, name: string): Transfer
  /** It is over; undefined outcome: it was none. */
  ended(transfer: Transfer, outcome: TransferOutcome): void
  /** Something of ours went wrong: a file that was changed, a disk that cannot be read. */
  failed(error: Error, what: string): void
}

/**
 * How a transfer ended: `complete` counts as a download; of `part` there is more to come; `broken`: it broke off; `none`: nothing was sent, as the client had it
 * already.
 */
export type TransferOutcome = 'complete' | 'part' | 'broken' | 'none'

/** A request that was looked at. */
export interface Asked {
  incoming: IncomingMessage
  response: ServerResponse
  method: string
  /** The path of the URL, with percent signs, without a link's token. */
  path: string
  query: URLSearchParams
  /** The link that it came by. */
  link: Link | undefined
  client: string
}

/** A part of a URL's path without percent signs. @throws NotThere */
export function decodedName(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new NotThere('its percent signs are wrong')
  }
}
