import { watch } from '../sessions/watch/index.js'
import type { Entry } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

/** The options of watching. */
export const WATCH_PARAMETERS: readonly ParameterMetadata[] = [
  { name: 'recursive', type: 'boolean', summary: 'with all folders in it', default: 'true' },
  {
    name: 'ignore',
    type: 'list',
    summary: "patterns of names that are passed over: ['*.tmp', 'node_modules', 'build/**']",
    default: 'none',
  },
  { name: 'initial', type: 'boolean', summary: 'what is there already is told as created', default: 'false' },
  {
    name: 'events',
    type: 'list',
    summary: 'only these: create, modify, delete, move, overflow',
    default: 'all',
  },
  {
    name: 'settle',
    type: 'number',
    summary: 'seconds for which modifications of one file are gathered, and told once',
    default: '0.05',
  },
  { name: 'history', type: 'number', summary: 'changes that history keeps', default: '0' },
]

/** Watched folders. */
export const WATCH_ENTRIES: readonly Entry[] = [
  [
    'watch',
    watch,
    () => ({
      summary:
        'Watches a folder and all in it: what is created, modified, deleted, moved. watch.agent and watch.collector do so for many machines.',
      usage: 'watch(folder, handler, {recursive, ignore, initial, events, settle})',
      positionals: [
        { name: 'folder', type: 'string', summary: 'its name', values: 'file' },
        {
          name: 'handler',
          type: 'function',
          summary: 'called with each change: {event, path, name, from, isFolder, time, size}; may be left out',
        },
      ],
      parameters: WATCH_PARAMETERS,
      returns: 'a Watcher, a session; for (const change of watcher) goes through the changes',
      errors: [
        'SessionError when there is no such folder, or it may not be read, or there are more folders than one may watch',
      ],
      example: "const w = watch('.', change => console.log(String(change)), {recursive: false}); w.close()",
      examples: [
        "const w = watch('.', {recursive: false, ignore: ['*.tmp', '.*'], events: ['create', 'move']}); w.folders; w.close()",
      ],
      source: 'inotify(7)',
      see: ['watch.agent', 'watch.collector', 'Watcher', 'Change', 'sessions'],
    }),
  ],
]
