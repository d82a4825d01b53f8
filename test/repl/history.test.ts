import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keepSecret } from '../../src/exchange/secrets.js'
import { changeSetting, DEFAULT_SETTINGS } from '../../src/exchange/settings.js'
import { History, redact } from '../../src/repl/history.js'
import { bundleSource } from '../lab/bundle.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-history-'))
let bundled: string
beforeAll(async () => {
  bundled = await bundleSource(
    folder,
    "import { changeSetting } from './src/exchange/settings.js'\nchangeSetting('historySize', 1000)\nexport { History } from './src/repl/history.js'\n",
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('History', () => {
  it('keeps entries of several lines over a restart, newest first, for the user alone', () => {
    const file = path.join(folder, 'deep', 'history')
    const first = new History(file)
    for (const entry of ['one', 'function f() {\n  return "\\n"\n}', ' hidden', '  ', 'last', 'last']) first.add(entry)
    first.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(new History(file).entries).toEqual(['last', 'function f() {\n  return "\\n"\n}', 'one'])
  })

  it('takes the rights of others from a file that is there', () => {
    const file = path.join(folder, 'open')
    writeFileSync(file, 'old\n', { mode: 0o644 })
    expect(new History(file).entries).toEqual(['old'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('does not follow a link, and works without a file', () => {
    const target = path.join(folder, 'target')
    writeFileSync(target, '')
    symlinkSync(target, path.join(folder, 'link'))
    const history = new History(path.join(folder, 'link'))
    history.add('x')
    expect(readFileSync(target, 'utf8')).toBe('')
    expect(history.entries).toEqual(['x'])
    expect(new History(null).entries).toEqual([])
  })

  it('does not wait for who writes into a pipe', () => {
    const pipe = path.join(folder, 'pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    const history = new History(pipe)
    history.add('x')
    expect(history.entries).toEqual(['x'])
  })

  it('takes what is damaged as it is, and begins a line of its own behind a cut one', () => {
    const file = path.join(folder, 'damaged')
    const damaged = Buffer.from('good\n\xff\xfe\0\n\\\nin the mid', 'latin1')
    writeFileSync(file, damaged)
    const history = new History(file)
    expect(history.entries).toEqual(['in the mid', '\\', '\ufffd\ufffd\0', 'good'])
    history.add('new')
    expect(readFileSync(file)).toEqual(Buffer.concat([damaged, Buffer.from('\nnew\n')]))
    expect(new History(file).entries.slice(0, 2)).toEqual(['new', 'in the mid'])
  })

  it('is forgotten, in the file too', () => {
    const file = path.join(folder, 'forgotten')
    const [history, other] = [new History(file), new History(file)]
    history.add('one')
    history.clear()
    expect([history.entries, readFileSync(file, 'utf8')]).toEqual([[], ''])
    other.add('from the other')
    history.add('two')
    expect(readFileSync(file, 'utf8')).toBe('from the other\ntwo\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('The size of the history', () => {
  afterEach(() => changeSetting('historySize', DEFAULT_SETTINGS.historySize))

  it('is cut to the setting once it is past half as much again', () => {
    const file = path.join(folder, 'small')
    changeSetting('historySize', 10)
    const history = new History(file)
    for (let i = 1; i <= 15; i++) history.add(`line ${i}`)
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(16)
    history.add('line 16')
    const lines = readFileSync(file, 'utf8').split('\n')
    expect(lines).toEqual([...Array.from({ length: 10 }, (_, i) => `line ${i + 7}`), ''])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).filter((name) => name.startsWith('small'))).toEqual(['small'])
  })

  it('keeps what several shells write while one of them cuts', () => {
    const file = path.join(folder, 'shared')
    changeSetting('historySize', 40)
    const shells = Array.from({ length: 4 }, () => new History(file))
    for (let i = 0; i < 400; i++) shells[i % 4]!.add(`line ${i}`)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(40)
    // The last 40 at least, in order, none of them lost.
    expect(lines.slice(-40)).toEqual(Array.from({ length: 40 }, (_, i) => `line ${i + 360}`))
  })

  it('keeps every line of processes that write at the same time', () => {
    const file = path.join(folder, 'crowd')
    // It is cut while they write, and what they write fits in what is kept.
    writeFileSync(file, 'old\n'.repeat(1400))
    const writer = (name: string): string => `
      const { History } = await import(${JSON.stringify(pathToFileURL(bundled).href)})
      const history = new History(${JSON.stringify(file)})
      for (let i = 0; i < 300; i++) history.add('${name} ' + i)`
    const script = ['a', 'b', 'c']
      .map((name) => `'${process.execPath}' --input-type=module -e "$W${name}" &`)
      .join('\n')
    const environment = Object.fromEntries(['a', 'b', 'c'].map((name) => [`W${name}`, writer(name)]))
    const { status, stderr } = spawnSync('sh', ['-c', `${script}\nwait`], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.length).toBeLessThan(2000)
    const found = new Set(lines)
    const expected = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 300 }, (_, i) => `${name} ${i}`))
    expect(expected.filter((line) => !found.has(line))).toEqual([])
  })

  it('writes nothing more with 0', () => {
    const file = path.join(folder, 'none')
    writeFileSync(file, 'old\n')
    changeSetting('historySize', 0)
    const history = new History(file)
    history.add('new')
    expect([readFileSync(file, 'utf8'), history.entries]).toEqual(['old\n', ['new', 'old']])
  })

  it('goes on when a killed shell left its work half done', () => {
    const file = path.join(folder, 'killed')
    changeSetting('historySize', 2)
    writeFileSync(`${file}.new`, 'half')
    const history = new History(file)
    for (const entry of ['1', '2', '3', '4']) history.add(entry)
    expect(readFileSync(file, 'utf8')).toBe('1\n2\n3\n4\n')
    utimesSync(`${file}.new`, 0, 0)
    history.add('5')
    expect(readFileSync(file, 'utf8')).toBe('4\n5\n')
  })
})

describe.skipIf(process.getuid?.() !== 0)('Under sudo', () => {
  afterEach(() => {
    delete process.env.SUDO_UID
    delete process.env.SUDO_GID
  })

  it('the file and what replaces it are of who called it', () => {
    const home = path.join(folder, 'home')
    mkdirSync(home)
    chownSync(home, 65534, 65534)
    chmodSync(folder, 0o755)
    Object.assign(process.env, { SUDO_UID: '65534', SUDO_GID: '65534' })
    const file = path.join(home, '.local', 'state', 'netshell', 'history')
    const history = new History(file)
    history.add('one')
    history.clear()
    history.add('two')
    const { uid, gid, mode } = statSync(file)
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 65534, gid: 65534, mode: 0o600 })
    expect(statSync(path.dirname(file)).uid).toBe(65534)
    expect(process.geteuid?.()).toBe(0)
  })
})

describe('redact', () => {
  const cases: [source: string, kept: string][] = [
    ['login({user: "bob", password: "s3cret"})', 'login({user: "bob", password: "REDACTED"})'],
    ["const API_KEY = 'abc'", "const API_KEY = 'REDACTED'"],
    ['token=`x${1}`', 'token=`REDACTED`'],
    ['{"access_token": "a\\"b"}', '{"access_token": "REDACTED"}'],
    ['github("ghp_0123456789abcdefghij")', 'github("REDACTED")'],
    ["slack('xoxb-1234567890-abc')", "slack('REDACTED')"],
    [
      "http.get(u, {headers: {Authorization: 'Bearer abcdefgh1234'}})",
      "http.get(u, {headers: {Authorization: 'REDACTED'}})",
    ],
    ["get('https://bob:pw1@host/x')", "get('https://bob:REDACTED@host/x')"],
    ["login({user: 'bob', pass: 's3cret'})", "login({user: 'bob', pass: 'REDACTED'})"],
    ["wifi({psk: 's3cret'})", "wifi({psk: 'REDACTED'})"],
    [
      'key = `-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----`',
      'key = `-----BEGIN RSA PRIVATE KEY----- REDACTED`',
    ],
    ["bypass('x'); compass = 'north'", "bypass('x'); compass = 'north'"],
    ["IP({dst: '10.0.0.1'})/Raw('key')", "IP({dst: '10.0.0.1'})/Raw('key')"],
    ["headers.set('Authorization', 'x y')", "headers.set('Authorization', 'REDACTED')"],
    ["sh('mysql', ['--password', 'pw'])", "sh('mysql', ['--password', 'REDACTED'])"],
    ['!mysql --password=s3cret -u bob', '!mysql --password=REDACTED -u bob'],
    ['!mysql --password s3cret -u bob', '!mysql --password REDACTED -u bob'],
    ['sh`tool --api-key abc123 run`', 'sh`tool --api-key REDACTED run`'],
    ['!curl -u bob:pw1 http://h/', '!curl -u bob:REDACTED http://h/'],
    ["sh('curl', ['--user', 'bob:pw1'])", "sh('curl', ['--user', 'bob:REDACTED'])"],
    ['sh`curl --user bob:pw1 http://h/`', 'sh`curl --user bob:REDACTED http://h/`'],
    ["!curl -H 'Authorization: Token abc' h", "!curl -H 'Authorization: REDACTED' h"],
    ["raw('GET / HTTP/1.0\\r\\nCookie: sid=1; a=2')", "raw('GET / HTTP/1.0\\r\\nCookie: REDACTED')"],
    ["get(u, {headers: {Cookie: 'sid=1'}})", "get(u, {headers: {Cookie: 'REDACTED'}})"],
    ['!PGPASSWORD=pw1 psql', '!PGPASSWORD=REDACTED psql'],
    ['!sshpass -p pw1 ssh bob@h', '!sshpass -p REDACTED ssh bob@h'],
    ["write('ssid=lab psk=abc def')", "write('ssid=lab psk=REDACTED def')"],
    ["post('user=bob&password=pw1&x=1')", "post('user=bob&password=REDACTED&x=1')"],
    ['dbPassword = "pw1"', 'dbPassword = "REDACTED"'],
    [
      'key = `-----BEGIN OpenVPN Static key V1-----\nab\n-----END OpenVPN Static key V1-----`',
      'key = `-----BEGIN OpenVPN Static key V1----- REDACTED`',
    ],
    ["http.session({base: u, auth: 'bob:pw1'})", "http.session({base: u, auth: 'bob:REDACTED'})"],
    ["http.get(u, {auth: ['bob', 'pw1']})", "http.get(u, {auth: ['bob', 'REDACTED']})"],
    ["http.get(u, {auth: http.auth.digest('bob', 'pw1')})", "http.get(u, {auth: http.auth.digest('bob', 'REDACTED')})"],
    ["http.get(u, {auth: {bearer: 'abc'}})", "http.get(u, {auth: {bearer: 'REDACTED'}})"],
    ["http.auth.bearer('abc')", "http.auth.bearer('REDACTED')"],
    ["http.curl('curl -u bob:pw1 http://h/')", "http.curl('curl -u bob:REDACTED http://h/')"],
    [
      "http.session({credentials: {'https://a/v1/': 'bob:hush', 'https://b/': ['bob', 'hush']}, base: 'https://c/'})",
      "http.session({credentials: {'https://a/v1/': 'REDACTED', 'https://b/': ['bob', 'REDACTED']}, base: 'https://c/'})",
    ],
    // Code that only speaks of secrets.
    ...[
      'http.get(u, {auth: false})',
      "http.get(u, {auth: proof}); x.basic('a')",
      'tokens.map(t => t.length)',
      'token = parse()',
      'token=parse(input)',
      'const token = parse("a b")',
      "tokenize('a b c')",
      "tokens.join(', ')",
      "split(token, ',')",
      'password.length > 8',
      "if (token === 'end') next()",
      "openvpnProbe('h', {tlsAuth: 'ta.key'})",
      'console.log(`token=${token}`)',
      "console.log('password = ' + password)",
      'login(user, password)',
      "secretary('x')",
      "compass = 'north'; pass()",
      "passive = 'yes'",
      '!ls -u a:b',
      "rdpcap('token.pcap')",
      "password = ''",
    ].map((source): [string, string] => [source, source]),
  ]
  for (const [source, kept] of cases) {
    it(source, () => {
      expect(redact(source)).toBe(kept)
    })
  }

  it.each([
    ["const pw = 'abc12345'", "const pw = 'REDACTED'"],
    ["TCP()/'PASS abc12345\\r\\n'", "TCP()/'PASS REDACTED\\r\\n'"],
    ['!mysql -pabc12345 db', '!mysql -pREDACTED db'],
    ["post('https://hooks.slack.com/services/T0/B0/abc')", "post('https://hooks.slack.com/services/REDACTED')"],
  ])('%s', (source, kept) => {
    expect(redact(source)).toBe(kept)
  })

  it('looks at each character of long texts a few times only', () => {
    const texts = ['a', '-', 'a-', 'token-', 'curl -u ', "auth: ['", "credentials: {'a': ", ".basic('a', "].map(
      (piece) => `x = '=${piece.repeat(400_000 / piece.length)}'`,
    )
    const began = performance.now()
    for (const text of texts) redact(text)
    // With time that grows as the square of the length, each took minutes.
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  it('knows the values that were given as secrets, and those of the environment', () => {
    keepSecret('correct horse')
    expect(redact("login('bob', 'correct horse')")).toBe("login('bob', 'REDACTED')")
    process.env.MY_SERVICE_TOKEN = 'abcd1234efgh'
    try {
      expect(redact("get('abcd1234efgh')")).toBe("get('REDACTED')")
    } finally {
      delete process.env.MY_SERVICE_TOKEN
    }
  })

  it('knows the names of the setting', () => {
    expect(redact("unlock({pin: '1234', spin: '1'})")).toBe("unlock({pin: '1234', spin: '1'})")
    changeSetting('redact', ['pin'])
    try {
      expect(redact("unlock({pin: '1234', spin: '1'})")).toBe("unlock({pin: 'REDACTED', spin: '1'})")
    } finally {
      changeSetting('redact', [])
    }
  })
})
