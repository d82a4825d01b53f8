#!/usr/bin/env netshell
// What a client of REST APIs does, call by call: verbs, parameters, JSON and forms, passwords and tokens, cookies, redirects, uploads, pages, curl, HAR.
// As it stands it starts httpbin (Debian: apt-get install python3-httpbin) on this machine, and a small server of its own for what httpbin has not.
//   ./netshell run scripts/rest.nsh --host https://httpbin.org      asks httpbin elsewhere

const host = param('host', { help: 'URL of an httpbin; unset: one is started here' })
const keep = param('keep', { help: 'folder for what is downloaded; unset: a temporary one' })

const { mkdtempSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs')
const { tmpdir } = process.getBuiltinModule('node:os')
const folder = keep ?? mkdtempSync(`${tmpdir()}/netshell-rest-`)

const PROGRAM = 'import sys; from httpbin import app; app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)'

/** Starts httpbin on a free port; gives its URL when it answers. */
function startHttpbin() {
  const place = tcp.listen(0, { log: false })
  const { port } = place
  place.close()
  const job = bg(sh({ timeout: 300 })`/usr/bin/python3 -c ${PROGRAM} ${port}`)
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    try {
      http.get(`${url}/get`, { timeout: 5, retries: 0 })
      return { url, job }
    } catch (error) {
      if (tries === 100) throw new Error(`httpbin does not answer (is python3-httpbin installed? --host names another): ${error.message}`)
      sleep(0.1)
    }
  }
}

/** What httpbin has not: a login that gives a token, a list in pages, GraphQL's way of answering. */
function ownServer() {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: '42', name: 'practice' })}.`
  return web.listen(0, {
    'POST /login': req => (req.json().password === 'open sesame' ? { token, user: { id: 42 } } : web.reply({ status: 401, body: { error: 'wrong password' } })),
    'GET /users/:id': req => (req.headers.authorization === `Bearer ${token}` ? { id: Number(req.params.id), name: 'practice' } : web.reply({ status: 401 })),
    'GET /list': req => {
      const page = Number(req.query.page ?? 1)
      return web.reply({ headers: page < 3 ? { Link: `</list?page=${page + 1}>; rel="next"` } : {}, body: [page * 10, page * 10 + 1] })
    },
    'POST /graphql': req => ({ data: { echo: req.json().variables.text } }),
    'GET /seldom': () => web.reply({ headers: { 'Cache-Control': 'max-age=60' }, body: { asked: ++seldom } }),
  }, { log: false })
}
let seldom = 0

const { url: httpbin, job } = host ? { url: host.replace(/\/$/, ''), job: undefined } : startHttpbin()
const own = ownServer()

try {
  print('--- GET: status, text, JSON; parameters from an object')
  const res = http.get(`${httpbin}/get`, { params: { type: 'member', tag: ['a', 'b'] } })
  print(res.status, res.ok, res.headers['Content-Type'], res.text().length > 0, JSON.stringify(res.json().args))
  print(`parts of its time: ${Object.keys(res.timing).join(' ')}`)

  print('--- POST: JSON, a form')
  print(JSON.stringify(http.post(`${httpbin}/post`, { json: { description: 'a gist', public: false } }).json().json))
  print(JSON.stringify(http.post(`${httpbin}/post`, { form: { a: 1, b: 'two words' } }).json().form))

  print('--- the other verbs, and one of our own')
  for (const verb of ['put', 'patch', 'delete']) print(verb, http[verb](`${httpbin}/${verb}`, { json: { verb } }).json().json.verb)
  print('head', http.head(`${httpbin}/get`).status, 'options', http.options(`${httpbin}/get`).headers.allow.split(/, */).sort().join(' '))
  print('no content', http.delete(`${httpbin}/status/204`).status)
  print('custom', http.request('TRACE', `${httpbin}/anything`).json().method)

  print('--- who asks: Basic, Digest, a token, credentials bound to a prefix of URLs')
  print('wrong', http.get(`${httpbin}/basic-auth/me/word`, { auth: 'me:wrong' }).status)
  print('basic', http.get(`${httpbin}/basic-auth/me/word`, { auth: 'me:word' }).json().authenticated)
  print('digest', http.get(`${httpbin}/digest-auth/auth/me/word/SHA-256`, { auth: http.auth.digest('me', 'word') }).json().authenticated)
  print('bearer', http.get(`${httpbin}/bearer`, { auth: { bearer: 'a-token' } }).json().authenticated)
  const bound = http.session({ credentials: { [`${httpbin}/basic-auth/`]: 'me:word' } })
  print('bound', bound.get(`${httpbin}/basic-auth/me/word`).status, bound.get(`${httpbin}/headers`).json().headers.Authorization ?? 'not sent elsewhere')
  bound.close()

  print('--- a login that gives a JWT')
  const { token, user } = http.post(`${own.url}login`, { json: { user: 'me', password: 'open sesame' } }).expectOk().json()
  print(http.jwt(token).claims.name, http.get(`${own.url}users/${user.id}`, { auth: { bearer: token } }).json().name)

  print('--- a session keeps base, headers, credentials and cookies')
  const api = http.session({ base: `${httpbin}/`, headers: { 'X-From': 'netshell' }, auth: 'me:word' })
  api.get('cookies/set', { params: { flavour: 'chocolate' } })
  print(JSON.stringify(api.get('cookies').json().cookies), api.get('headers').json().headers['X-From'], api.get('basic-auth/me/word').status)
  print(`cookies: ${api.cookies.list().map(cookie => `${cookie.name}=${cookie.value} for ${cookie.domain}`).join(', ')}`)

  print('--- redirects: followed, with their history; those of HEAD are not')
  const moved = api.get('redirect/2')
  print(moved.status, moved.history.map(one => one.status).join(' '), http.head(`${httpbin}/redirect/1`).status)

  print('--- uploads: several files in one request, a stream')
  for (const name of ['one', 'two']) writeFileSync(`${folder}/${name}.txt`, `file ${name}`)
  const uploaded = http.post(`${httpbin}/post`, { form: { note: 'both' }, files: { first: `${folder}/one.txt`, second: `${folder}/two.txt` } }).json()
  print(JSON.stringify(uploaded.files), uploaded.form.note)
  print(http.put(`${httpbin}/put`, { file: `${folder}/one.txt` }).json().data)

  print('--- downloads: to a file, and bit by bit')
  print(http.download(`${httpbin}/bytes/100000?seed=1`, `${folder}/bytes.bin`).bytes)
  let lines = 0
  for (const line of http.stream(`${httpbin}/stream/3`).lines()) lines += JSON.parse(line).id >= 0 ? 1 : 0
  print(`${lines} lines`)

  print('--- a cache on disk, timeouts, retries')
  const cached = { cache: `${folder}/cache` }
  print(http.get(`${own.url}seldom`, cached).json().asked, http.get(`${own.url}seldom`, cached).source)
  try {
    http.get(`${httpbin}/delay/5`, { timeout: 0.5, retries: 0 })
  } catch (error) {
    print(error.code)
  }
  print('after retries', http.get(`${httpbin}/status/503`, { retries: 1 }).status)

  print('--- pages, GraphQL')
  const items = []
  for (const item of http.paginate(`${own.url}list`)) items.push(item)
  print(items.join(' '))
  print(http.graphql(`${own.url}graphql`, 'query ($text: String!) { echo(text: $text) }', { text: 'Bonjour' }).echo)

  print('--- curl commands in and out, HAR')
  print(http.fromCurl(`curl -X PUT ${httpbin}/put -H 'X-A: 1' --json '{"a":1}'`).options.json.a)
  print(JSON.stringify(http.curl(`curl ${httpbin}/post -d a=1 -d b=2`).json().form))
  print(res.curl().startsWith('curl '), String(api.har()))
  api.close()
} finally {
  own.close()
  job?.stop()
  if (!keep) rmSync(folder, { recursive: true, force: true })
}
