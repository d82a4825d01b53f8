/** Sessions: what is opened, used for a while, and closed. */
export type { ReconnectOptions } from './face/backoff.js'
export type { EventStream, SessionEvent } from './face/event-stream.js'
export { type Handler, type HandlerOptions, STOP } from './face/handlers.js'
export type { Exchanged, History } from './face/history.js'
export { type CommonEvents, Session, type SessionOptions, type SessionState } from './face/session.js'
export { SessionError } from './face/session-error.js'
export { closeSessions, SessionList, sessions } from './face/session-list.js'
