/** What help says of HTTP: what proves who asks. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'

const USER: ParameterMetadata = { name: 'user', type: 'string', summary: 'name of the user' }
const PASSWORD: ParameterMetadata = {
  name: 'password',
  type: 'string',
  summary: 'never shown again, and never in the history',
}
const BASIC = "const auth = http.auth.basic('user', 'open sesame')"
const DIGEST = "const auth = http.auth.digest('user', 'open sesame')"
const BEARER = "const auth = http.auth.bearer('mF_9.B5f-4.1JqM')"
const ISSUER = "{issuer: 'https://login.example.com', clientId: 'netshell', store: false}"
const OAUTH = `const auth = http.auth.oauth(${ISSUER})`
/** The token of RFC 7519 §3.1, and its key (RFC 7515 §A.1). */
const TOKEN =
  "'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'"
const JWT = `const token = http.jwt(${TOKEN})`
const KEY = "{kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'}"

/** Registers them. */
export function describeHttpAuth(): void {
  describeNamespace()
  describeProofs()
  describeOAuth()
  describeJwt()
}

function describeNamespace(): void {
  describeMembers('http.auth', {
    basic: {
      summary: 'Sends user and password with each request, as good as in plain text: over https only.',
      usage: 'http.auth.basic(user, password)',
      positionals: [USER, PASSWORD],
      returns: "a BasicAuth, for option auth; 'user:password' is the same",
      errors: ['OptionError for a control character, or a colon in the name'],
      example: "http.auth.basic('user', 'open sesame')",
      see: ['http.auth.digest', 'HttpAuth'],
      source: 'RFC 7617',
    },
    digest: {
      summary: 'Proves that both know the password without sending it, when a server asks for that.',
      usage: 'http.auth.digest(user, password)',
      positionals: [USER, PASSWORD],
      returns: 'a DigestAuth, for option auth; it remembers what servers ask for, so keep it for many requests',
      errors: ['OptionError for a control character'],
      example: "http.auth.digest('user', 'open sesame')",
      see: ['http.auth.basic', 'HttpAuth'],
      source: 'RFC 7616',
    },
    bearer: {
      summary: 'Sends a token with each request.',
      usage: 'http.auth.bearer(token)',
      positionals: [{ name: 'token', type: 'string', summary: "one word, without 'Bearer'; never shown again" }],
      returns: 'a BearerAuth, for option auth; {bearer: token} is the same',
      errors: ['OptionError for what is no token'],
      example: "http.auth.bearer('mF_9.B5f-4.1JqM')",
      see: ['http.auth.oauth', 'http.jwt', 'HttpAuth'],
      source: 'RFC 6750',
    },
    oauth: {
      summary: 'Gets tokens of OAuth 2 with the first request, keeps them on disk, and replaces those that are over.',
      usage: "http.auth.oauth({issuer, clientId, scope, flow: 'code', …})",
      parameters: oauthOptions(),
      returns: 'an OAuthAuth, for option auth',
      errors: ['OptionError for options that are missing, wrong, or do not go together'],
      example: `http.auth.oauth(${ISSUER})`,
      see: ['OAuthAuth', 'http.auth.bearer'],
      source: 'RFC 6749, RFC 7636, RFC 8252, RFC 8628',
    },
  })
}

function oauthOptions(): ParameterMetadata[] {
  const text = (name: string, summary: string): ParameterMetadata => ({ name, type: 'string', summary })
  return [
    text('issuer', 'URL of the server that gives tokens: it tells its other URLs'),
    text('authorizationEndpoint', 'URL where a person signs in, where the issuer does not tell it'),
    text('tokenEndpoint', 'URL of the tokens, where the issuer does not tell it'),
    text('deviceEndpoint', 'URL of the codes for another device, where the issuer does not tell it'),
    text('revocationEndpoint', 'URL where tokens are made worthless, where the issuer does not tell it'),
    text('clientId', 'as what this client is known there'),
    text('clientSecret', 'its secret, where it has one'),
    {
      name: 'clientAuth',
      type: 'string',
      summary: 'how the secret is sent: in a header or in the body',
      default: 'as the server says',
      choices: ['basic', 'post'],
    },
    { name: 'scope', type: 'string | string[]', summary: 'what the token is to be good for' },
    {
      name: 'flow',
      type: 'string',
      summary:
        'how the first token is got: in a browser here, with a code on another device, by the secret alone, from a refresh token',
      default: "'refresh' with a refreshToken, else 'code'",
      choices: ['code', 'device', 'client', 'refresh'],
    },
    text('refreshToken', 'one that was got elsewhere'),
    { name: 'parameters', type: 'object', summary: "further ones of the first request: {audience: '…'}" },
    {
      name: 'redirectPort',
      type: 'number',
      summary: 'port that the browser is sent back to',
      default: '0: a free one',
    },
    { name: 'redirectPath', type: 'string', summary: 'path that it is sent back to', default: '/callback' },
    {
      name: 'redirectHost',
      type: 'string',
      summary: 'host in that URL, as the server knows it',
      default: '127.0.0.1',
      choices: ['127.0.0.1', '::1', 'localhost'],
    },
    {
      name: 'browser',
      type: 'boolean',
      summary: 'start a browser where there is a screen; the URL is printed anyway',
      default: 'true',
    },
    { name: 'loginTimeout', type: 'number', summary: 'seconds that a person has to sign in', default: '300' },
    {
      name: 'store',
      type: 'boolean | string',
      summary: 'keep tokens on disk, in a file for the user alone; or the folder',
      default: "true, for flow 'client' false",
    },
    { name: 'tls', type: 'object', summary: 'the certificates that are trusted: {ca}' },
  ]
}

function describeProofs(): void {
  describe('HttpAuth', {
    group: 'Objects',
    summary: 'What proves who asks: what the functions of http.auth give, for option auth of requests and sessions.',
    usage: "http.get(url, {auth: http.auth.basic('user', 'password')})",
    example: "http.auth.basic('user', 'open sesame')",
    see: ['http.auth.basic', 'http.auth.digest', 'http.auth.bearer', 'http.auth.oauth'],
  })
  describeMembers('HttpAuth', {
    ...readMembers('auth', BASIC, { scheme: 'How it is proved: Basic, Digest, Bearer.' }),
    authorize: {
      summary: 'Puts the proof into the headers of a request: called for each that goes out.',
      usage: 'auth.authorize(request)',
      positionals: [{ name: 'request', type: 'object', summary: 'a request before it is sent' }],
      example: `${BASIC}; typeof auth.authorize`,
    },
    challenged: {
      summary: 'Hears of a 401, and says whether the request has a better chance now.',
      usage: 'auth.challenged(answer, request)',
      positionals: [
        { name: 'answer', type: 'object', summary: 'what came' },
        { name: 'request', type: 'object', summary: 'what was sent' },
      ],
      returns: 'true: it is sent once more',
      example: `${BASIC}; auth.challenged()`,
    },
    settled: {
      summary: 'Hears of the answer that the caller gets.',
      usage: 'auth.settled(answer, request)',
      positionals: [
        { name: 'answer', type: 'object', summary: 'what came' },
        { name: 'request', type: 'object', summary: 'what was sent' },
      ],
      example: `${BASIC}; typeof auth.settled`,
    },
    toString: {
      summary: 'One line that gives no secret away.',
      usage: 'auth.toString()',
      example: `${BASIC}; String(auth)`,
    },
    toJSON: { summary: 'The same.', usage: 'auth.toJSON()', example: `${BASIC}; JSON.stringify(auth)` },
  })
  describeMembers('BasicAuth', readMembers('auth', BASIC, { user: 'The name of the user.' }))
  describeMembers('DigestAuth', readMembers('auth', DIGEST, { user: 'The name of the user.' }))
  describeMembers(
    'BearerAuth',
    readMembers('auth', BEARER, { jwt: 'What the token says, where it is a JSON Web Token: a Jwt; else undefined.' }),
  )
}

function describeOAuth(): void {
  const tokens = `const server = web.listen(0, () => ({access_token: 'mF_9.B5f-4.1JqM', token_type: 'Bearer'}), {log: false}); const auth = http.auth.oauth({tokenEndpoint: server.url + 'token', clientId: 'netshell', clientSecret: 'open sesame', flow: 'client'})`
  describe('OAuthAuth', {
    group: 'Objects',
    summary: 'What http.auth.oauth gives: tokens of OAuth 2, for option auth of requests and sessions.',
    usage: 'auth = http.auth.oauth(options)',
    example: `${OAUTH}; auth`,
    see: ['http.auth.oauth'],
  })
  describeMembers('OAuthAuth', {
    ...readMembers('auth', OAUTH, {
      server: 'The server: its issuer, else the URL of its tokens.',
      clientId: 'As what this client is known there.',
      flow: "How the first token is got: 'code', 'device', 'client' or 'refresh'.",
      scope: 'What the token is good for, as far as the server has told; before that what is asked for.',
      isSignedIn: 'Whether there is a token that is good now.',
      expires: 'Until when the token is good, a Date; undefined: there is none, or the server does not say.',
      canRefresh: 'Whether another token can be had without signing in.',
      identity: 'Who has signed in, where the server tells: a Jwt.',
      file: 'Where tokens are kept; undefined: only in memory.',
    }),
    login: {
      summary: 'Signs in anew, whatever token there is.',
      usage: 'auth.login()',
      returns: 'itself',
      errors: ['SessionError where it does not work'],
      example: `${tokens}; auth.login(); server.close()`,
    },
    refresh: {
      summary: 'Gets another token without signing in.',
      usage: 'auth.refresh()',
      returns: 'itself',
      errors: ['OptionError where that is not possible', 'SessionError where it does not work'],
      example: `${tokens}; auth.refresh(); server.close()`,
    },
    logout: {
      summary: 'Has the tokens made worthless by the server, and forgets them here, also on disk.',
      usage: 'auth.logout()',
      returns: 'itself',
      example: `${OAUTH}; auth.logout()`,
    },
    toString: {
      summary: 'One line without the token.',
      usage: 'auth.toString()',
      example: `${OAUTH}; String(auth)`,
    },
    toJSON: { summary: 'The same.', usage: 'auth.toJSON()', example: `${OAUTH}; JSON.stringify(auth)` },
  })
}

function describeJwt(): void {
  describeMembers('http', {
    auth: {
      summary: 'What proves who asks, for option auth: basic, digest, bearer, oauth.',
      usage: 'http.get(url, {auth: http.auth.digest(user, password)})',
      example: "http.auth.digest('user', 'open sesame')",
      see: ['http.auth.basic', 'http.auth.digest', 'http.auth.bearer', 'http.auth.oauth', 'HttpAuth'],
    },
    jwt: {
      summary: 'Reads a JSON Web Token: what it says, times as dates; the signature is checked by verify alone.',
      usage: 'http.jwt(token)',
      positionals: [
        { name: 'token', type: 'string', summary: "three parts with dots between; 'Bearer' may stand before" },
      ],
      returns: 'a Jwt',
      errors: ['OptionError for what is no JWT, with what is wrong with it'],
      example: `http.jwt(${TOKEN})`,
      see: ['Jwt', 'http.auth.bearer'],
      source: 'RFC 7519',
    },
  })
  describe('Jwt', {
    group: 'Objects',
    summary: 'What http.jwt gives: a JSON Web Token in its parts.',
    usage: 'token = http.jwt(text)',
    example: `${JWT}; token`,
    see: ['http.jwt'],
  })
  describeMembers('Jwt', {
    ...readMembers('token', JWT, {
      header: 'What the token says of itself: {alg, typ, kid}.',
      claims: 'What it says: {sub, exp, …}.',
      expires: 'From when on it is not to be taken any more, a Date; undefined: it does not say.',
      notBefore: 'Before that it is not to be taken, a Date; undefined: it does not say.',
      issued: 'When it was made, a Date; undefined: it does not say.',
      isExpired: 'Whether its time is over.',
      validity: "How long it is good, in words: 'expired 3 min ago'; empty: it does not say.",
    }),
    verify: {
      summary: 'Checks the signature, not the times: HMAC, RSA, ECDSA and EdDSA.',
      usage: 'token.verify(key)',
      positionals: [
        {
          name: 'key',
          type: 'string | Buffer | object',
          summary: 'the secret, a key or certificate in PEM, a JWK, or a set of them',
        },
      ],
      returns: 'true or false',
      errors: ["OptionError for a key that is not of the kind that the token's algorithm takes"],
      example: `${JWT}; token.verify(${KEY})`,
    },
    toString: {
      summary: 'A line about it, and one for each claim.',
      usage: 'token.toString()',
      example: `${JWT}; String(token)`,
    },
    toJSON: { summary: 'Header and claims.', usage: 'token.toJSON()', example: `${JWT}; JSON.stringify(token)` },
  })
}
