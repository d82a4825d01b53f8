import { web } from '../sessions/web/index.js'
import type { Entry } from './entry.js'

/** The web server. */
export const WEB_ENTRIES: readonly Entry[] = [
  [
    'web',
    web,
    () => ({
      summary: 'A web server at the prompt: web.listen(port, routes), and what routes answer with.',
      usage: 'web.listen(port, routes)',
      example:
        "const server = web.listen(0, {'GET /': req => `Hello ${req.query.name}`}); (await fetch(server.url + '?name=World')).text(); server.close()",
      source: 'RFC 9110, RFC 9112',
      see: ['web.listen', 'WebServer', 'WebRequest', 'sessions', 'tcp'],
    }),
  ],
]
