/** What help says of what all sessions have in common. */
import { describeStreams, describeTcp, describeTcpNamespace, withTcp } from './members-tcp.js'
import { describeUdp, describeUdpNamespace } from './members-udp.js'
import { describe, describeMembers, readMembers } from './metadata.js'

/** Registers them, with TCP and UDP. */
export function describeSessions(): void {
  describeSession()
  describeTcpNamespace()
  describeUdpNamespace()
  describeStreams()
  describeTcp()
  describeUdp()
}

function describeSession(): void {
  describe('Session', {
    group: 'Objects',
    summary: 'What all sessions have: a state, events, a history, and a way to close them.',
    usage: 's.state, s.on(event, handler), s.history, s.close()',
    example: withTcp('String(s)'),
    see: ['sessions', 'tcp', 'udp'],
  })
  describeMembers('Session', {
    ...readMembers('s', withTcp, {
      number: 'Its number, as sessions() shows it.',
      kind: "What it is, such as 'tcp'.",
      subject: 'With whom, or where.',
      history: 'What was exchanged, the latest at the end: a History.',
      error: 'Why it failed or was lost; else undefined.',
      opened: 'When it was opened.',
      state: "'new', 'opening', 'open', 'reconnecting', 'closing', 'closed' or 'failed'.",
      isOpen: 'Whether it can be used.',
      label: 'What it is called in messages.',
    }),
    open: {
      summary: 'Opens it; one that was closed, again.',
      usage: 's.open()',
      returns: 'the session',
      errors: ['SessionError that says why it cannot be'],
      example: withTcp('s.close(); s.open(); s.isOpen'),
    },
    close: {
      summary:
        'Closes it; what was sent is still delivered, for at most two seconds. Ctrl-C meanwhile ends it at once.',
      usage: 's.close()',
      example: withTcp('s.close()'),
    },
    wait: {
      summary: 'Waits until it is over: for scripts that serve until Ctrl-C.',
      usage: 's.wait()',
      example: withTcp('const over = bg(() => s.wait()); s.close(); over.wait()'),
    },
    on: {
      summary: 'Calls a function for each event of a name. It may wait; what it throws is shown and ends nothing.',
      usage: 's.on(event, handler, {priority, once})',
      positionals: [
        {
          name: 'event',
          type: 'string',
          summary: 'open, close, error, reconnect, and those of its kind',
          values: 'event',
        },
        {
          name: 'handler',
          type: 'function',
          summary: 'gets what the event has; STOP keeps it from the handlers behind',
        },
      ],
      parameters: [
        { name: 'priority', type: 'number', summary: 'lower ones come first', default: '0' },
        { name: 'once', type: 'boolean', summary: 'only for the first event', default: 'false' },
      ],
      returns: 'the session',
      errors: ['OptionError for an event that it does not have'],
      example: withTcp("s.on('message', m => console.log(m)); s.send('hello')"),
      see: ['STOP'],
    },
    off: {
      summary: 'Takes a handler away, or all of an event.',
      usage: 's.off(event, handler)',
      positionals: [
        { name: 'event', type: 'string', summary: 'its name', values: 'event' },
        { name: 'handler', type: 'function', summary: 'the one that was given to on(); unset: all' },
      ],
      returns: 'the session',
      example: withTcp("s.off('message')"),
    },
    events: {
      summary: 'Events as they come, to be gone through: {event, time, value, values}.',
      usage: 's.events(...names)',
      positionals: [{ name: 'names', type: 'string', summary: 'only these; unset: all', values: 'event' }],
      returns: 'an EventStream, for a for…of loop',
      example: withTcp("const all = s.events('message'); s.send('hello'); for (const e of all) { e.value; break }"),
      see: ['EventStream'],
    },
    toString: {
      summary: 'One line: what it is, with whom, how it is, what went through.',
      example: withTcp('String(s)'),
    },
    toJSON: { summary: 'Number, kind, subject, state and error.', example: withTcp('JSON.stringify(s)') },
  })
  describe('History', {
    group: 'Objects',
    summary: 'What a session has exchanged: the latest messages, each with its time and direction.',
    usage: 's.history',
    example: withTcp('s.history'),
    see: ['Session.history'],
  })
  describeMembers('History', {
    ...readMembers('s.history', withTcp, {
      length: 'How many messages are kept.',
      dropped: 'Messages that were forgotten.',
      isKept: 'Whether messages are kept at all.',
    }),
    at: {
      summary: 'One message: {time, direction, length, data}; -1 is the latest.',
      usage: 's.history.at(index)',
      positionals: [{ name: 'index', type: 'number', summary: 'from 0, or from the end below 0' }],
      example: withTcp("s.send('hello'); s.history.at(-1).data"),
    },
    toArray: { summary: 'The messages as an array.', example: withTcp('s.history.toArray().length') },
    toString: { summary: 'A line a message.', example: withTcp('String(s.history)') },
    toJSON: { summary: 'The messages as plain data.', example: withTcp('JSON.stringify(s.history)') },
  })
  describe('EventStream', {
    group: 'Objects',
    summary: 'Events of a session as they come, for a for…of loop.',
    usage: 'for (const {event, value} of s.events()) …',
    example: withTcp('const all = s.events(); all.return()'),
    see: ['Session.events'],
  })
  describeMembers('EventStream', {
    dropped: { summary: 'Events that were dropped because nobody took them.', example: withTcp('s.events().dropped') },
    next: {
      summary: 'The next event; a for…of loop calls it.',
      example: withTcp('const all = s.events(); all.return(); all.next()'),
    },
    return: { summary: 'Ends it, as break in a loop does.', example: withTcp('s.events().return()') },
  })
  describe('SessionList', {
    group: 'Objects',
    summary: 'What sessions gives: an array of sessions that prints as one line each.',
    usage: 'sessions()[0]',
    example: 'sessions().length',
    see: ['sessions'],
  })
  describeMembers('SessionList', { toString: { summary: 'A line a session.', example: 'String(sessions())' } })
}
