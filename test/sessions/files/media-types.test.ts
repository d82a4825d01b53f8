/** Types of files by their names. */
import { describe, expect, it } from 'vitest'
import { mediaType } from '../../../src/sessions/files/media-types.js'

describe('the type of a file', () => {
  it('is that of the end of its name; texts are said to be UTF-8', async () => {
    const types = {
      'a.html': 'text/html; charset=utf-8',
      'A.TXT': 'text/plain; charset=utf-8',
      'a.b.css': 'text/css; charset=utf-8',
      'x.js': 'text/javascript; charset=utf-8',
      'données.json': 'application/json',
      'x.png': 'image/png',
      'x.svg': 'image/svg+xml',
      'x.tar.gz': 'application/gzip',
      'x.pcap': 'application/vnd.tcpdump.pcap',
      'x.pcapng': 'application/x-pcapng',
      'x.nsh': 'text/plain; charset=utf-8',
      'x.ts': 'text/plain; charset=utf-8',
    }
    for (const [name, type] of Object.entries(types)) expect([name, await mediaType(name)]).toEqual([name, type])
  })

  it('is just bytes where the name does not say more', async () => {
    for (const name of [
      'README',
      '',
      'x.',
      '.html',
      'x.unheard-of',
      'x.__proto__',
      'x.constructor',
      'a.html/b',
      'x. html',
    ])
      expect([name, await mediaType(name)]).toEqual([name, 'application/octet-stream'])
  })
})
