import { app } from '../sessions/app/index.js'
import type { Entry } from './entry.js'

/** Applications in a network. */
export const APP_ENTRIES: readonly Entry[] = [
  [
    'app',
    app,
    () => ({
      summary:
        'Graphical applications in a network: a server with commands, a client that draws a Glade window as a web page, and windows alone.',
      usage: 'app.listen(port, commands), app.connect(host, port), app.show(window, handlers)',
      example:
        "const server = app.listen(0, {hello: text => `Bonjour ${text}.`}); const s = app.connect('127.0.0.1', server.port); s.call('hello', 'World'); s.close(); server.close()",
      see: ['app.listen', 'app.connect', 'app.show', 'AppServer', 'AppSession', 'sessions'],
    }),
  ],
]
