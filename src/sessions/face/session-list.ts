/** The sessions that are open. */
import type { Session } from './session.js'

// biome-ignore lint/suspicious/noExplicitAny: of whatever events
type AnySession = Session<any>

const open = new Set<AnySession>()

/** Sessions in the order in which they were opened; shown as one line each. */
export class SessionList extends Array<AnySession> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    return this.length === 0
      ? 'no sessions are open'
      : this.map((session) => `[${session.number}] ${String(session)}`).join('\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** The sessions that are open now. */
export function sessions(): SessionList {
  const list = new SessionList()
  for (const session of open) list.push(session)
  return list
}

/** Notes a session as open. */
export function keep(session: AnySession): void {
  open.add(session)
}

/** It is over. */
export function forget(session: AnySession): void {
  open.delete(session)
}

/** Closes all sessions, each within two seconds. */
export async function closeSessions(): Promise<void> {
  await Promise.allSettled([...open].map((session) => session.close()))
}
