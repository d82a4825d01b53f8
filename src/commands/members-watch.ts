/** What help says of watched folders, agents and their collector. */
import { describe, describeMembers, type Metadata, readMembers } from './metadata.js'
import { WATCH_PARAMETERS } from './watch-entries.js'

const WATCHER = "const w = watch('.', {recursive: false})"
const PAIR = "const collector = watch.collector(0); const agent = watch.agent('.', collector.port, {recursive: false})"
const END = 'agent.close(); collector.close()'

function watched(example: string): string {
  return `${WATCHER}; ${example}; w.close()`
}

function within(example: string): string {
  return `${PAIR}; ${example}; ${END}`
}

/** Registers them. */
export function describeWatch(): void {
  describeMembers('watch', {
    agent: {
      summary: 'Watches a folder and sends each change to a collector; while that is away, changes are kept.',
      usage: "watch.agent(folder, 'host:port', {name, tls, spool, queue, …})",
      positionals: [
        { name: 'folder', type: 'string', summary: 'its name', values: 'file' },
        { name: 'where', type: 'string | number', summary: "the collector: 'host:port', or a port of this machine" },
      ],
      parameters: [
        { name: 'name', type: 'string', summary: 'what it calls itself', default: 'the name of this machine' },
        { name: 'tls', type: 'boolean | object', summary: 'true, {ca}, {insecure: true}', default: 'false' },
        {
          name: 'spool',
          type: 'string',
          summary: 'file for changes that are not acknowledged: there they outlive the agent',
          default: 'none',
          values: 'file',
        },
        {
          name: 'queue',
          type: 'number',
          summary: 'changes kept in memory; without a file the oldest are dropped when there are more',
          default: '100 000',
        },
        ...WATCH_PARAMETERS,
      ],
      returns: 'a WatchAgent, a session',
      errors: ['SessionError when the folder cannot be watched. That the collector is away is none'],
      example: within('agent.connected'),
      see: ['watch', 'watch.collector', 'WatchAgent'],
    },
    collector: {
      summary: 'Takes the changes that agents send, of each agent all, in order, and once.',
      usage: 'watch.collector(port, handler, {host, file, tls, agents})',
      positionals: [
        { name: 'port', type: 'number', summary: 'where it listens; 0 takes a free one' },
        {
          name: 'handler',
          type: 'function',
          summary: 'called with each change and its agent; a change is acknowledged when it has ended',
        },
      ],
      parameters: [
        { name: 'host', type: 'string', summary: "address of this machine; '*': all", default: '127.0.0.1' },
        {
          name: 'file',
          type: 'string',
          summary: 'to which each change is appended, a line of JSON; after a restart nothing is written twice',
          default: 'none',
          values: 'file',
        },
        { name: 'tls', type: 'boolean | object', summary: 'true makes a certificate on the spot', default: 'false' },
        { name: 'agents', type: 'number', summary: 'agents at once at most', default: '10 000' },
        { name: 'history', type: 'number', summary: 'changes that history keeps', default: '0' },
      ],
      returns: 'a WatchCollector, a session',
      errors: ['SessionError when the port is in use, or the file cannot be written'],
      example: within('collector.agents()'),
      see: ['watch', 'watch.agent', 'WatchCollector'],
    },
  })
  describeWatcher()
  describeChanges()
  describeAgents()
}

function describeWatcher(): void {
  describe('Watcher', {
    group: 'Objects',
    summary: 'A watched folder: a session with the events change, create, modify, delete, move, overflow.',
    usage: "w = watch(folder); w.on('move', change => …)",
    example: watched('String(w)'),
    examples: [watched("w.on('move', change => console.log(change.from, change.path))")],
    see: ['watch', 'Change', 'Session'],
  })
  describeMembers('Watcher', {
    ...readMembers('w', watched, {
      folder: "The folder's whole path.",
      folders: 'How many folders are watched, itself included.',
      count: 'How many changes were told.',
      counts: 'How often each event was told.',
      unwatched: 'Folders in it that cannot be watched, the first ten.',
      pairsMoves: 'Whether the system tells both names of a move; without inotify it does not.',
      subject: 'The folder.',
    }),
    toJSON: { summary: 'It as plain data.', usage: 'w.toJSON()', example: watched('JSON.stringify(w)') },
  })
}

function describeChanges(): void {
  const change =
    "const w = watch('.', {recursive: false, initial: true}); for (const c of w) { console.log(CODE); break } w.close()"
  const members: Readonly<Record<string, string>> = {
    event: "'create', 'modify', 'delete', 'move' or 'overflow'.",
    path: 'The whole path; of a move the new one.',
    name: 'The same within the watched folder.',
    from: 'The whole path from before: of a move.',
    fromName: 'The same within the watched folder.',
    isFolder: 'Whether it is a folder.',
    time: 'When it was told.',
    size: 'Bytes, where it is a file that is still there.',
    replaced: 'Whether a move took the place of another file.',
    initial: 'Whether it was there before: with the option initial.',
    bytes: 'The path as it is, where it is no UTF-8.',
  }
  describe('Change', {
    group: 'Objects',
    summary: 'What happened to a file or folder. overflow: the system forgot some, which are found by looking.',
    usage: 'watch(folder, change => …)',
    example: change.replace('CODE', 'String(c)'),
    see: ['watch', 'CollectedChange'],
  })
  describeMembers('Change', {
    ...Object.fromEntries(
      Object.entries(members).map(([name, summary]) => [
        name,
        { summary, example: change.replace('CODE', `c.${name}`) } satisfies Metadata,
      ]),
    ),
    toString: { summary: 'A line.', usage: 'change.toString()', example: change.replace('CODE', 'c.toString()') },
    toJSON: { summary: 'It as plain data.', usage: 'change.toJSON()', example: change.replace('CODE', 'c.toJSON()') },
  })
  describe('CollectedChange', {
    group: 'Objects',
    summary: 'A change that an agent told: a Change with its agent, session and number.',
    usage: 'watch.collector(port, change => …)',
    example: within("collector.on('change', change => console.log(change.agent, change.event, change.path))"),
    see: ['watch.collector', 'Change'],
  })
  const collected = (code: string): string => within(`collector.on('change', change => console.log(${code}))`)
  describeMembers('CollectedChange', {
    agent: { summary: 'The name of its agent.', example: collected('change.agent') },
    session: { summary: 'The run of the agent that it is from.', example: collected('change.session') },
    seq: { summary: 'Its number among the changes of that run, from 1 on.', example: collected('change.seq') },
    toString: { summary: 'A line.', usage: 'change.toString()', example: collected('change.toString()') },
    toJSON: {
      summary: 'The line that the agent sent.',
      usage: 'change.toJSON()',
      example: collected('change.toJSON()'),
    },
  })
}

function describeAgents(): void {
  describe('WatchAgent', {
    group: 'Objects',
    summary: 'An agent: it watches a folder for a collector. Events: change, connect, disconnect.',
    usage: "agent = watch.agent(folder, 'host:port')",
    example: within('String(agent)'),
    see: ['watch.agent', 'Session'],
  })
  describeMembers('WatchAgent', {
    ...readMembers('agent', within, {
      name: 'What it calls itself.',
      folder: "The folder's whole path.",
      session: 'Tells this run of it from another.',
      connected: 'Whether the collector is there.',
      count: 'Changes so far.',
      delivered: 'How many of them the collector has.',
      waiting: 'Changes that the collector does not have yet, as far as they are in memory.',
      dropped: 'Changes that were dropped, since too many waited.',
      subject: 'The folder, and where the collector is.',
    }),
    toJSON: { summary: 'It as plain data.', usage: 'agent.toJSON()', example: within('JSON.stringify(agent)') },
  })
  describe('WatchCollector', {
    group: 'Objects',
    summary: 'A collector of changes of many agents. Events: change, agent, away, lost.',
    usage: 'collector = watch.collector(port, (change, agent) => …)',
    example: within('String(collector)'),
    examples: [within("collector.on('away', agent => console.log(agent.name))")],
    see: ['watch.collector', 'AgentList', 'Session'],
  })
  describeMembers('WatchCollector', {
    ...readMembers('collector', within, {
      port: 'The port that it listens on.',
      certificate: 'The certificate that it shows, PEM: with TLS.',
      count: 'Changes that came, without those that came twice.',
      repeated: 'Changes that came again after a connection was lost, and were not told again.',
      subject: 'Where it listens.',
    }),
    agents: {
      summary: 'Its agents, those that are away too.',
      usage: 'collector.agents()',
      returns: 'an AgentList',
      example: within('collector.agents()'),
    },
    toJSON: { summary: 'It as plain data.', usage: 'collector.toJSON()', example: within('JSON.stringify(collector)') },
  })
  describe('AgentList', {
    group: 'Objects',
    summary:
      'Agents of a collector: an array of {name, session, address, folder, since, last, seq, count, lost, connected} that prints as a table.',
    usage: 'agents = collector.agents()',
    example: within('collector.agents().length'),
    see: ['WatchCollector'],
  })
  const agents = `${PAIR}; const agents = collector.agents(); ${END}`
  describeMembers('AgentList', {
    toString: { summary: 'The table.', usage: 'agents.toString()', example: `${agents}; String(agents)` },
    toJSON: { summary: 'The rows.', usage: 'agents.toJSON()', example: `${agents}; JSON.stringify(agents)` },
  })
}
