/** Links that are good for one complete download, and not for ever. */
import { randomBytes } from 'node:crypto'

/** 128 bits: nobody guesses one. */
const TOKEN_BYTES = 16
/** As they stand in a path: `/token/name`. */
const IN_PATH = /^\/([A-Za-z0-9_-]{22})(?=\/|$)/
/** Links that wait at the same time. */
const MOST = 1000

/** A link that was given out. */
export interface Link {
  /** What stands in its URL. */
  readonly token: string
  /** When it is over, ms since 1970. */
  readonly until: number
}

/** What is known of a link while it is good. */
interface Known extends Link {
  /** Who downloads with it now, and over how many connections. */
  client: string
  running: number
}

/** The links of one server. */
export class Links {
  readonly #links = new Map<string, Known>()

  /** @param seconds that each is good for */
  constructor(readonly seconds: number) {}

  /** Gives a new one. The oldest goes when there are too many. */
  make(now = Date.now()): Link {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const link: Known = { token, until: now + this.seconds * 1000, client: '', running: 0 }
    if (this.#links.size >= MOST) this.#links.delete(this.#links.keys().next().value!)
    this.#links.set(token, link)
    return link
  }

  /** The link that a path begins with, and the path behind it; undefined: none, or one that is good no more. */
  inPath(path: string, now = Date.now()): { link: Link; path: string } | undefined {
    const token = IN_PATH.exec(path)?.[1]
    const link = token === undefined ? undefined : this.#good(token, now)
    return link === undefined ? undefined : { link, path: path.slice(1 + link.token.length) || '/' }
  }

  /**
   * A download with it begins. Several of one client are parts of one; another client has to wait whether it ends well.
   * @returns false: it may not
   */
  begin({ token }: Link, client: string): boolean {
    const link = this.#links.get(token)
    if (link === undefined || (link.running > 0 && link.client !== client)) return false
    link.client = client
    link.running++
    return true
  }

  /** It has ended. @param isComplete the client has got all: the link is good for nothing from now on */
  end({ token }: Link, isComplete: boolean): void {
    const link = this.#links.get(token)
    if (link === undefined) return
    link.running--
    if (isComplete) this.#links.delete(token)
  }

  #good(token: string, now: number): Known | undefined {
    const link = this.#links.get(token)
    if (link === undefined || now < link.until) return link
    // What has begun in time may still end.
    if (link.running === 0) this.#links.delete(token)
    return undefined
  }
}
