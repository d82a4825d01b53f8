/** `http.har`: exchanges as a HAR file, which browsers and others read. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { OptionError, Task } from '../../../exchange/index.js'
import { atHome } from '../../../exchange/invoking-user.js'
import { withoutSecrets } from '../../../exchange/secrets.js'
import { checkTable, FLAG, type OptionTable } from '../../../tools/option-kinds.js'
import { SessionError, sessionError } from '../../face/session-error.js'
import type { HttpResponse } from '../response.js'
import { type Exchange, harEntry } from './har-entry.js'
import type { HarEntry, HarLog } from './har-format.js'

/** Options of `http.har`. */
export interface HarOptions {
  /** Write passwords, tokens and cookies down, too. Default false. */
  secrets?: boolean
}

const TABLE: OptionTable<HarOptions> = { secrets: FLAG }

/** What has answers: a session, or one of them, or several. */
export type HarSource = HttpResponse | Iterable<HttpResponse> | { readonly responses: readonly HttpResponse[] }

/** Exchanges in the form of HAR 1.2; answers that led to another (redirects, 401) are entries of their own. */
export class Har {
  readonly log: HarLog

  constructor(entries: HarEntry[]) {
    this.log = { version: '1.2', creator: { name: 'netshell', version: '0.1.0' }, entries }
  }

  /** Writes it to a file, which only you can read; gives its name. */
  save(file: string): Task<string> {
    if (typeof file !== 'string' || file === '') throw new OptionError('save: give the name of a file')
    return Task.run(
      async () => {
        try {
          await writePrivate(atHome(file), `${JSON.stringify(this, null, 2)}\n`)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT')
            throw new SessionError(`${file}: there is no folder '${path.dirname(file)}'`, 'ENOENT')
          throw sessionError(file, error)
        }
        return file
      },
      { name: 'save' },
    )
  }

  /** `3 exchanges, HAR 1.2`. */
  toString(): string {
    const { length } = this.log.entries
    return `${length} exchange${length === 1 ? '' : 's'}, HAR 1.2`
  }

  toJSON(): object {
    return { log: this.log }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Answers as HAR. Passwords, tokens and cookies are left out unless option `secrets` asks for them. */
export function har(source: HarSource, options: HarOptions = {}): Har {
  checkTable('http.har', options, TABLE)
  const { secrets = false } = options
  const entries = responsesOf(source)
    .flatMap(exchangesOf)
    .map((exchange) => harEntry(exchange, secrets))
  if (secrets) return new Har(entries)
  return new Har(
    JSON.parse(JSON.stringify(entries), (_, value) =>
      typeof value === 'string' ? withoutSecrets(value) : value,
    ) as HarEntry[],
  )
}

/** Nobody else reads it, also where others could read what was in the file before. */
async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT, 0o600)
  try {
    // A pipe or a terminal stays as it is.
    if ((await handle.stat()).isFile()) {
      await handle.chmod(0o600)
      await handle.truncate()
    }
    await handle.writeFile(text)
  } finally {
    await handle.close()
  }
}

function responsesOf(source: HarSource): HttpResponse[] {
  const list = isList(source)
    ? [...source]
    : 'responses' in Object(source)
      ? (source as { responses: HttpResponse[] }).responses
      : [source]
  for (const one of list)
    if (typeof one !== 'object' || one === null || !('request' in one && 'timing' in one))
      throw new OptionError('http.har: give a session, an answer, or a list of answers')
  return list as HttpResponse[]
}

function isList(source: HarSource): source is Iterable<HttpResponse> {
  return typeof source === 'object' && source !== null && Symbol.iterator in source
}

/** Those before it one after the other, and itself behind them. */
function exchangesOf(response: HttpResponse): Exchange[] {
  const { history, time, timing } = response
  let at = time.getTime() - timing.total
  const before = history.map((one) => {
    const exchange = { response: one, started: new Date(at), total: one.timing.total }
    at += one.timing.total
    return exchange
  })
  return [...before, { response, started: new Date(at), total: Math.max(0, time.getTime() - at) }]
}
