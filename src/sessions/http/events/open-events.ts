/** `http.events`: opens a session of server-sent events. */
import { onAbort, type Task } from '../../../exchange/index.js'
import { ANYTHING, checkTable, type OptionTable } from '../../../tools/option-kinds.js'
import type { Session } from '../../face/session.js'
import { SessionError } from '../../face/session-error.js'
import type { HttpClient } from '../client.js'
import { HttpHeaders } from '../headers.js'
import { addParams, type HttpOptions, REQUEST_TABLE, urlOf } from '../http-options.js'
import { withoutSecretParts } from '../secret-headers.js'
import { type AskForEvents, EVENTS_TABLE, type EventsOptions, EventsSession } from './events-session.js'

/** What a server may take to begin with its answer, s. */
const PATIENCE = 30

/** Options of `http.events`: those of a request, and its own. */
export type OpenEventsOptions = HttpOptions & EventsOptions & { method?: string }

const TABLE: OptionTable<OpenEventsOptions> = { ...REQUEST_TABLE, ...EVENTS_TABLE, method: ANYTHING }

/**
 * Asks for events, and goes on when the connection is lost. Its options are those of a request, and its own.
 * @throws SessionError when the answer is none of events; OptionError for options that there are not
 */
export function openEvents(
  client: Pick<HttpClient, 'open' | 'base'> & { adopt?(session: Session<never>): void },
  url: string | URL,
  options: OpenEventsOptions = {},
): Task<EventsSession> {
  checkTable('http.events', options, TABLE)
  const { lastEventId, reconnect, eventLimit, history, method = 'GET', timeout = PATIENCE, ...more } = options
  const own: EventsOptions = Object.fromEntries(
    Object.entries({ lastEventId, reconnect, eventLimit, history }).filter(([, value]) => value !== undefined),
  )
  const ask: AskForEvents = async (headers, signal) => {
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new SessionError(`no answer within ${timeout} s; option timeout waits longer`, 'TIMEOUT')),
      timeout * 1000,
    )
    const either = AbortSignal.any([signal, late.signal])
    client.adopt?.(session as never)
    try {
      const all = new HttpHeaders([...Object.entries(headers).flat(), ...HttpHeaders.from(more.headers).raw])
      const { answer, body } = await client.open(
        method,
        url,
        // The answer goes on for as long as the session is open.
        { ...more, headers: all, timeout: 0 },
        {
          signal: either,
          onAbort: (handler) => void onAbort(either, handler),
          progress: () => undefined,
        },
      )
      const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
      return { status: answer.status, statusText: answer.statusText, type, body }
    } finally {
      clearTimeout(timer)
    }
  }
  const place = urlOf('http.events', url, client.base)
  addParams('http.events', place, more.params)
  const session = new EventsSession(withoutSecretParts(place), ask, own)
  return session.open() as Task<EventsSession>
}
