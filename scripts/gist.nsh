#!/usr/bin/env netshell
// A gist of GitHub's: members of an organisation, then a gist that is made, read, changed and deleted, and what happens when JSON is not sent as JSON.
// As it stands it talks to a small server of its own that answers as GitHub does, so no network and no account are needed. For the real one:
//   ./netshell run scripts/gist.nsh --api https://api.github.com --token ghp_… --org nodejs
// The token needs the right 'gist'; GITHUB_TOKEN in the environment does as well.

const api = param('api', { help: "GitHub's API; unset: a small server of this script" })
const token = param('token', { help: 'a token with the right gist; unset: GITHUB_TOKEN' })
const org = param('org', { default: 'octo-org', help: 'organisation whose repositories are listed' })

/** What GitHub does with gists, in a few lines. */
function ownGitHub() {
  const gists = new Map()
  const known = req => /^(Bearer|token) \S+$/.test(req.headers.authorization ?? '')
  const json = (status, body) => web.reply({ status, body })
  const one = (req, work) => {
    if (!known(req)) return json(401, { message: 'Requires authentication' })
    const gist = gists.get(req.params.id)
    return gist ? work(gist) : json(404, { message: 'Not Found' })
  }
  return web.listen(0, {
    'GET /orgs/:org/repos': req => {
      const all = ['docs', 'tools', 'website', 'lessons', 'lab'].map(name => ({ name, full_name: `${req.params.org}/${name}` }))
      const [page, size] = [Number(req.query.page ?? 1), Number(req.query.per_page ?? 30)]
      const headers = page * size < all.length ? { Link: `<${own.url}orgs/${req.params.org}/repos?type=${req.query.type}&per_page=${size}&page=${page + 1}>; rel="next"` } : {}
      return web.reply({ headers, body: all.slice((page - 1) * size, page * size) })
    },
    'POST /gists': req => {
      if (!known(req)) return json(401, { message: 'Requires authentication' })
      let sent
      try {
        sent = JSON.parse(req.text())
      } catch {
        return json(400, { message: 'Problems parsing JSON' })
      }
      const id = String(gists.size + 1).padStart(20, 'a')
      gists.set(id, { id, ...sent, html_url: `${own.url}${id}` })
      return json(201, gists.get(id))
    },
    'GET /gists/:id': req => one(req, gist => json(200, gist)),
    'PATCH /gists/:id': req => one(req, gist => json(200, Object.assign(gist, req.json()))),
    'DELETE /gists/:id': req => one(req, gist => (gists.delete(gist.id), json(204))),
  }, { log: false })
}

const own = api ? undefined : ownGitHub()
const secret = token || process.env.GITHUB_TOKEN || (own ? 'practice' : undefined)
if (secret === undefined) throw new Error('give --token, or GITHUB_TOKEN in the environment: gists belong to somebody')

const github = http.session({
  base: own ? own.url : api.replace(/\/*$/, '/'),
  headers: { Accept: 'application/vnd.github+json', 'User-Agent': 'netshell' },
  auth: { bearer: secret },
})

try {
  // A list in pages; 'type' and 'per_page' stand behind the ? of the URL.
  const names = []
  for (const repo of github.paginate(`orgs/${org}/repos`, { params: { type: 'public', per_page: 2 }, limit: 5 })) names.push(repo.name)
  print(`repositories of ${org}: ${names.join(', ')}`)

  const gist = { description: 'made with netshell', public: false, files: { 'hello.txt': { content: 'Bonjour' } } }

  // Sent as a form, it is no JSON: 400.
  const wrong = github.post('gists', { form: { description: gist.description, public: 'false' } })
  print(`as a form: ${wrong.status} ${wrong.json().message}`)

  const made = github.post('gists', { json: gist })
  print(`as JSON: ${made.status}`)
  const { id } = made.expectOk().json()
  try {
    print(`read: ${github.get(`gists/${id}`).expectOk().json().files['hello.txt'].content}`)
    const changed = github.patch(`gists/${id}`, { json: { description: 'changed with netshell' } })
    print(`changed: ${changed.status} ${changed.json().description}`)
  } finally {
    print(`deleted: ${github.delete(`gists/${id}`).status}`)
  }
  print(`and gone: ${github.get(`gists/${id}`).status}`)

  // Without a token nobody may make one.
  print(`nobody: ${github.post('gists', { json: gist, auth: false }).status}`)
} finally {
  github.close()
  own?.close()
}
