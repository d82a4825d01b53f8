#!/usr/bin/env netshell
// Tokens of OAuth 2: got, used, refreshed and revoked.
//   ./netshell run scripts/oauth.nsh             against a small server of its own on this machine, step by step
//   ./netshell run scripts/oauth.nsh --flow code the same, with your browser
//   ./netshell run scripts/oauth.nsh --issuer https://login.example.com --client-id netshell --scope 'openid' --url https://api.example.com/me
import { createHash, randomUUID } from 'node:crypto'

const issuer = param('issuer', { help: 'server that gives tokens; without one: one of its own' })
const clientId = param('client-id', { default: 'netshell', help: 'as what this client is known there' })
const clientSecret = param('client-secret', { env: 'OAUTH_CLIENT_SECRET', help: 'its secret, where it has one' })
const flow = param('flow', { choices: ['code', 'device', 'client'], help: 'how a token is got; unset: client and device' })
const scope = param('scope', { default: 'read', help: 'what the token is to be good for' })
const url = param('url', { help: 'what is asked for with the token; unset: what the server says of who has signed in' })
const wait = param('wait', { type: 'duration', default: '5 min', help: 'how long somebody has to sign in' })

/** A server for practice: everybody is alice, and tokens are good for two seconds. */
function practiceServer() {
  const good = new Set()
  const codes = new Map()
  let refresh
  let asked = 0
  const answer = (status, body) => web.reply({ status, body })
  const tokens = () => {
    const access = randomUUID()
    good.clear()
    good.add(access)
    refresh = randomUUID()
    return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 2, scope }
  }
  const here = () => server.url.slice(0, -1)
  const server = web.listen(0, {
    'GET /.well-known/openid-configuration': () => ({
      issuer: here(),
      authorization_endpoint: `${here()}/authorize`,
      token_endpoint: `${here()}/token`,
      device_authorization_endpoint: `${here()}/device`,
      revocation_endpoint: `${here()}/revoke`,
      userinfo_endpoint: `${here()}/me`,
    }),
    'GET /authorize': req => {
      const code = randomUUID()
      codes.set(code, req.query)
      const back = new URL(req.query.redirect_uri)
      for (const [name, value] of Object.entries({ code, state: req.query.state })) back.searchParams.set(name, value)
      return web.html`<h1>Practice</h1><p>Sign in as alice, and let ${req.query.client_id} read: <a href="${back.href}">yes</a>`
    },
    'POST /device': () => ({
      device_code: randomUUID(), user_code: 'WDJB-MJHT', verification_uri: `${here()}/device`, expires_in: 60, interval: 1,
    }),
    'POST /token': req => {
      const form = req.form()
      const { grant_type: grant } = form
      if (grant === 'refresh_token') return form.refresh_token === refresh ? tokens() : answer(400, { error: 'invalid_grant' })
      if (grant === 'client_credentials') return { access_token: tokens().access_token, token_type: 'Bearer', expires_in: 2 }
      // Somebody "signs in" behind the first question.
      if (grant.endsWith(':device_code')) return ++asked === 1 ? answer(400, { error: 'authorization_pending' }) : tokens()
      const challenge = codes.get(form.code)?.code_challenge
      codes.delete(form.code)
      const proof = createHash('sha256').update(form.code_verifier ?? '').digest('base64url')
      return challenge === proof ? tokens() : answer(400, { error: 'invalid_grant' })
    },
    'POST /revoke': req => { good.delete(req.form().token); return 200 },
    'GET /me': req => good.has(req.headers.authorization?.slice(7)) ? { sub: 'alice' } : answer(401, { error: 'invalid_token' }),
  }, { log: false })
  return server
}

/** Without the machine's own time and port, which differ each time. */
const shown = text => String(text).replace(/until .*?,/, 'until …,')

function show(server, chosen, secret) {
  print(`\nFlow ${chosen}:`)
  const auth = http.auth.oauth({
    issuer: server, clientId, scope, flow: chosen, store: false, loginTimeout: wait, ...(secret === undefined ? {} : { clientSecret: secret }),
  })
  print(`  ${shown(auth.login())}`)
  if (auth.identity !== undefined) print(`  ${auth.identity}`)
  return auth
}

function ask(auth, page) {
  const { status, statusText } = http.get(page, { auth })
  return `${status} ${statusText}`
}

if (issuer !== undefined) {
  const auth = show(issuer, flow ?? 'code', clientSecret)
  if (url !== undefined) print(`  GET ${url}: ${ask(auth, url)}`)
  auth.logout()
  print(`  ${shown(auth)}`)
} else {
  const server = practiceServer()
  const me = `${server.url}me`
  const tokensAsked = () => server.requests.filter(({ target }) => target === '/token').length
  try {
    print(`Without a token: ${ask(false, me)}`)
    for (const chosen of flow === undefined ? ['client', 'device'] : [flow]) {
      const auth = show(server.url.slice(0, -1), chosen, chosen === 'client' ? 'open sesame' : undefined)
      print(`  with the token: ${ask(auth, me)}`)
      sleep(2)
      const before = tokensAsked()
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => http.get(me, { auth })))
      print(`  two seconds later, five requests at once: ${answers.map(({ status }) => status).join(' ')}; tokens asked for: ${tokensAsked() - before}`)
      auth.logout()
      print(`  ${shown(auth)}`)
    }
  } finally {
    server.close()
  }
}
