import { http, publicIp } from '../sessions/http/index.js'
import type { Entry } from './entry.js'

/** HTTP: requests, sessions, answers. */
export const HTTP_ENTRIES: readonly Entry[] = [
  [
    'http',
    http,
    () => ({
      summary:
        'Requests to web servers and REST APIs: http.get(url), http.post(url, {json}), http.session({base, auth}).',
      usage: 'http.get(url, options)',
      example:
        "const server = web.listen(0, {'GET /': {hello: 'world'}}, {log: false}); http.get(server.url).json(); server.close()",
      source: 'RFC 9110, RFC 9112, RFC 9113',
      see: ['http.get', 'http.session', 'http.download', 'HttpResponse', 'HttpSession', 'web', 'serve'],
    }),
  ],
  [
    'publicIp',
    publicIp,
    () => ({
      summary: 'The address under which this machine is seen from the Internet, asked from a service there.',
      usage: 'publicIp({family, service, timeout, tls, proxy})',
      parameters: [
        {
          name: 'family',
          type: 'number',
          summary: 'a version of IP',
          choices: ['4', '6'],
          default: 'whichever is used',
        },
        {
          name: 'service',
          type: 'string | array',
          summary:
            'URL of a service that answers with the address, as text or in JSON; several are asked until one has it',
          default: 'services on the Internet, over https',
        },
        { name: 'timeout', type: 'number', summary: 'seconds for each service', default: '5' },
        { name: 'tls', type: 'object', summary: '{ca, cert, key, servername, insecure}' },
        { name: 'proxy', type: 'string | false', summary: "a proxy's URL; false: none" },
      ],
      returns: 'the address, a text',
      errors: ['SessionError when no service answers with an address'],
      example:
        "const server = web.listen(0, {'GET /': req => req.client.replace(/:\\d+$/, '')}, {log: false}); publicIp({service: server.url}); server.close()",
      examples: [{ code: 'publicIp()', needs: 'network' }],
      see: ['http.get', 'interfaces'],
    }),
  ],
]
