/** The events that handlers can be given for: `job.on('…`. */
import { types } from 'node:util'
import type { Known } from './known.js'
import { prototypeNamed } from './return-types.js'
import type { Completion } from './types.js'
import { levels, oneLine, ownNames, ownProperty } from './values.js'

/**
 * The events of a receiver: its class says them in a static property, `static readonly events = {name: 'what it means'}`;
 * classes that it extends may add theirs.
 */
export function eventsOf(owner: Known | undefined): Completion[] {
  if (owner === undefined) return []
  const events = new Map<string, string>()
  for (const maker of makersOf(owner)) {
    const declared: unknown = ownProperty(maker, 'events')?.value
    if (typeof declared !== 'object' || declared === null) continue
    for (const name of ownNames(declared)) {
      const summary: unknown = ownProperty(declared, name)?.value
      if (typeof summary === 'string' && !events.has(name)) events.set(name, summary)
    }
  }
  return [...events].map(([text, summary]) => ({ text, kind: 'event', detail: oneLine(summary) }))
}

function* makersOf(owner: Known): Generator<object> {
  const start =
    owner.is === 'instance' ? prototypeNamed(owner.className) : owner.is === 'value' ? owner.value : undefined
  for (const level of levels(start)) {
    const maker: unknown = ownProperty(level, 'constructor')?.value
    if (typeof maker === 'function' && !types.isProxy(maker)) yield maker
  }
}
