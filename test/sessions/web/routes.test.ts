/** Which route takes a request, and what is said of routes that are none. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { web } from '../../../src/sessions/web/index.js'
import { curl, serve } from './asking.js'

describe('the route of a request', () => {
  it('is the most special one, whatever their order', async () => {
    const server = await serve({
      '*': 'all',
      '/notes/*': 'rest',
      '/notes/:id': 'one',
      '/notes/new': 'new',
      'GET /:any/new': 'any',
      '/notes/:id/edit': 'edit',
    })
    const answers = async (...paths: string[]): Promise<string[]> =>
      Promise.all(paths.map(async (each) => (await curl(server, each)).body))
    expect(
      await answers('/notes/new', '/notes/7', '/notes/7/edit', '/notes/7/8/9', '/notes/', '/notes', '/x/new', '/'),
    ).toEqual(['new', 'one', 'edit', 'rest', 'rest', 'all', 'any', 'all'])
    // A slash that is written as %2F is part of a name, and parts no path.
    expect(await answers('/notes/n%65w', '/notes%2Fnew', '/notes/a%2Fb')).toEqual(['new', 'all', 'one'])
    // Where the special one does not have the method, another one may.
    expect((await curl(server, '/x/new', '-X', 'POST')).body).toBe('all')
  })

  it('may be added and replaced while the server is open', async () => {
    const server = await serve({ 'GET /a': 'first' })
    expect((await curl(server, '/b')).status).toBe(404)
    server.route('GET /b', 'second').route('get /a', () => 'third')
    expect([(await curl(server, '/a')).body, (await curl(server, '/b')).body]).toEqual(['third', 'second'])
    expect(server.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a', 'GET /b'])
    expect(() => server.route('GET /c', undefined)).toThrow(/has no answer/)
  })

  it('is said to be wrong in words', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'netshell-web-'))
    const wrong: [object, RegExp][] = [
      [{ 'GTE /': 'x' }, /^web\.listen: route 'GTE \/' has no method of HTTP; did you mean 'GET'\?$/],
      [{ 'GET /': undefined }, /route 'GET \/' has no answer: give a function/],
      [{ 'GET notes': 'x' }, /needs a path that begins with '\/'; did you mean '\/notes'\?/],
      [{ notes: 'x' }, /has no method of HTTP/],
      [{ GET: 'x' }, /has no path: 'GET \/' is the page at the top/],
      [{ 'GET /a b': 'x' }, /is a method and a path/],
      [{ '/a/*/b': 'x' }, /only as its last part/],
      [{ '/:a/:a': 'x' }, /two parts ':a'/],
      [{ '/:1': 'x' }, /must be a name such as ':id'/],
      [{ '/a?b=1': 'x' }, /request\.query/],
      [{ '/files': web.folder(folder) }, /ends in '\/\*'/],
      [{ 'GET /:a': 'x', 'get /:b': 'y' }, /routes 'GET \/:a' and 'GET \/:b' are for the same requests/],
      [{ '/': 42 }, /a number is a status, 200\.\.599/],
      [{ '/': Symbol('x') }, /is no answer/],
      [{ '/': ['a'].values() }, /give a function that makes one/],
    ]
    for (const [routes, message] of wrong) await expect(serve(routes)).rejects.toThrow(message)
    await expect(serve({}, { prot: 1 })).rejects.toThrow(/has no option 'prot'/)
    await expect(serve({}, { timeout: 0 })).rejects.toThrow(/timeout must be/)
    await expect(serve('x')).rejects.toThrow(/give routes/)
    await expect(web.listen(70000)).rejects.toThrow(/0\.\.65535/)
    expect(() => web.folder('/no/such/folder')).toThrow(/there is no folder/)
  })
})
