/** Options of `serve`. */
import { OptionError } from '../../exchange/index.js'
import {
  checkTable,
  FLAG,
  type OptionKind,
  type OptionTable,
  oneOf,
  positive,
  text,
  wholeNumber,
} from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import { TLS, type TlsServerOptions } from '../tls/tls-options.js'

/** How a folder can be packed while it is sent, by the endings of its name. */
export const ARCHIVE_FORMATS = ['tar', 'tar.gz', 'tar.bz2', 'tar.zst', 'zip'] as const
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]

/** Options of `serve`; those of `netshell serve` are called the same, as `--open-once`. */
export interface ServeOptions {
  /** Port to listen on; 0 takes a free one. Default 8000, or the next free one up to 8099. */
  port?: number
  /** Address to listen on. Default: all of this machine's. */
  host?: string
  /** It ends after so many complete downloads. Default 0: it does not. */
  count?: number
  /** It ends when there was no request for so many seconds. Default: it does not. */
  timeout?: number
  /** A folder is given packed, instead of as a page of what is in it. */
  archive?: ArchiveFormat
  /** Files whose names begin with a dot can be had, too. Default false. */
  hidden?: boolean
  /** Files can be put: into the folder that is served, or into the one that is named. Default false. */
  upload?: boolean | string
  /** Bytes of one upload, or a text as '2 GB'. Default 10 GB. */
  uploadLimit?: number | string
  /** It is asked for; true: one is made, and shown. Default: none. */
  password?: string | boolean
  /** The user that belongs to the password. Default: any. */
  user?: string
  /** The password may go over the network as it is, where everyone between can read it. Default false. */
  insecurePassword?: boolean
  /** HTTPS: true makes a certificate on the spot, signed by itself; `{cert, key}` are PEM, or names of files. Default false. */
  tls?: boolean | TlsServerOptions
  /** Only who has the link can download, and only once; then it ends. Default false. */
  openOnce?: boolean
  /** It ends after so many seconds. Default with openOnce: 3600; else it does not. */
  expires?: number
  /** Bytes a second, of all downloads together, or a text as '1 MB'. Default: as fast as it goes. */
  limit?: number | string
  /** Show the address as a QR code, too. Default: at a terminal. */
  qr?: boolean
  /** Log of requests: true prints a line for each, a name is that of a file to which they are added. Default false. */
  log?: boolean | string
  /** What clients call it, instead of by the name of the file. */
  name?: string
  /** Serve this netshell, as a package that npm installs. Default false. */
  self?: boolean
  /** Transfers that `transfers()` keeps behind their end, and messages that `history` keeps. Default 1000. */
  history?: number
}

/** The options as they are used: what has a default has it, sizes are in bytes. */
export interface ServeSettings extends ServeOptions {
  /** As it is listened on; undefined: all addresses. */
  host: string | undefined
  /** Complete downloads until it ends; 0: any number. */
  count: number
  hidden: boolean
  upload: boolean | string
  uploadLimit: number
  insecurePassword: boolean
  tls: boolean | TlsServerOptions
  openOnce: boolean
  limit: number | undefined
  log: boolean | string
  self: boolean
  history: number
}

/** Longer timers do not work. */
const LONGEST_TIME = 2_147_483
const TIME: OptionKind = {
  takes: `a number of seconds above 0, ${LONGEST_TIME} at most`,
  accepts: (value) => positive('seconds').accepts(value) && (value as number) <= LONGEST_TIME,
}
const SIZE: OptionKind = {
  takes: "a number of bytes above 0, or a text as '2 GB'",
  accepts: (value) => byteSize(value) !== undefined,
}
const NAME: OptionKind = {
  takes: 'a name without /',
  accepts: (value) => typeof value === 'string' && /^[^/\0]+$/.test(value) && !/^\.\.?$/.test(value),
}

/** A flag, or a text. */
function flagOr(of: OptionKind): OptionKind {
  return {
    takes: `true, false or ${of.takes}`,
    accepts: (value) => typeof value === 'boolean' || of.accepts(value),
  }
}

/** What each option takes. */
export const SERVE_OPTIONS: OptionTable<ServeOptions> = {
  port: wholeNumber(0, 65535),
  host: LISTEN_HOST,
  count: wholeNumber(0),
  timeout: TIME,
  archive: oneOf(...ARCHIVE_FORMATS),
  hidden: FLAG,
  upload: flagOr(text('the name of a folder')),
  uploadLimit: SIZE,
  password: flagOr(text('a text')),
  user: text('a name'),
  insecurePassword: FLAG,
  tls: TLS,
  openOnce: FLAG,
  expires: TIME,
  limit: SIZE,
  qr: FLAG,
  log: flagOr(text('the name of a file')),
  name: NAME,
  self: FLAG,
  history: HISTORY,
}

const UPLOAD_LIMIT = 10e9
/** A link that can be opened once is not good for longer, seconds. */
const OPEN_ONCE_EXPIRES = 3600

/** Checks what was given, and fills in the rest. @throws OptionError for what is no option, or has no such value */
export function serveSettings(given: ServeOptions): ServeSettings {
  checkTable('serve', given, SERVE_OPTIONS)
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ServeOptions
  const { openOnce = false, count = 0, password } = options
  if (openOnce && count > 1)
    throw new OptionError('serve: with option openOnce there is one download: leave out option count')
  if (options.user !== undefined && (password === undefined || password === false))
    throw new OptionError('serve: option user needs a password: add option password')
  return {
    hidden: false,
    upload: false,
    insecurePassword: false,
    tls: false,
    log: false,
    self: false,
    history: 1000,
    ...options,
    host: options.host === '*' ? undefined : options.host,
    count: openOnce ? 1 : count,
    openOnce,
    expires: options.expires ?? (openOnce ? OPEN_ONCE_EXPIRES : undefined),
    uploadLimit: byteSize(options.uploadLimit) ?? UPLOAD_LIMIT,
    limit: byteSize(options.limit),
  }
}

const UNITS = ['', 'k', 'm', 'g', 't']

/** `1500`, `'2 GB'`, `'1.5 MiB'`, `'512k'` in bytes: GB and G are 10⁹, GiB is 2³⁰. Undefined for what is no size above 0. */
export function byteSize(size: unknown): number | undefined {
  const [, number, unit, binary] =
    /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(i)?)?(?:b|bytes?)?\s*$/i.exec(
      typeof size === 'number' ? String(size) : textOf(size),
    ) ?? []
  if (number === undefined) return undefined
  const bytes = Math.round(
    Number(number) * (binary === undefined ? 1000 : 1024) ** UNITS.indexOf(unit?.toLowerCase() ?? ''),
  )
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
