/** What a handler returns when the handlers behind it are not to hear of the event. */
export const STOP: unique symbol = Symbol('STOP')
