/** curl commands in and out. Words are judged by bash, requests by the real curl: both go to httpbin, which says what arrived. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { setReporter } from '../../../src/exchange/report.js'
import { quoted } from '../../../src/sessions/face/shell-words.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import { commandWords } from '../../../src/sessions/http/curl/command-words.js'
import { fromCurl } from '../../../src/sessions/http/curl/from-curl.js'
import { runCurl } from '../../../src/sessions/http/curl/run-curl.js'
import { toCurl } from '../../../src/sessions/http/curl/to-curl.js'
import { HttpHeaders } from '../../../src/sessions/http/headers.js'
import { requestBody, textBody } from '../../../src/sessions/http/request-body.js'
import { must } from '../../lab/process.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

let httpbin: Httpbin
const client = new HttpClient()
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-curl-'))
const FILE = path.join(folder, 'file.txt')
const BINARY = path.join(folder, 'bytes.bin')

beforeAll(async () => {
  httpbin = await startHttpbin()
  writeFileSync(FILE, 'first line\r\nsecond & third=ä\n')
  writeFileSync(BINARY, Uint8Array.of(0, 1, 10, 13, 255, 254))
})
afterAll(async () => {
  await client.close()
  await httpbin?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('words', () => {
  /** What bash makes of them. */
  async function bash(line: string): Promise<string[]> {
    const out = await must(['bash', '-c', `printf '%s\\0' ${line}`], { environment: { LC_ALL: 'C.UTF-8' } })
    return out.split('\0').slice(0, -1)
  }

  test.each([
    String.raw`a 'b c' "d e" f\ g ''`,
    String.raw`"a\"b\\c\$d\e" 'it'\''s' x"y"'z'`,
    String.raw`$'a\tb\nc\'d\\e\x41\u00e9\101\e[0m\?' $'\U0001F600 \q'`,
    'a \\\n  b \\\n\tc',
    '\'line\nend\' "line\nend" "go\\\non"',
    '--data-raw $\'{"a":"it\\u0021"}\' a#b # not this',
    String.raw`100% ~x a=b {x} "!" $ a$ $'\xc3\xa9'`,
  ])('are those of bash: %j', async (line) => {
    expect(commandWords(line, 'x')).toEqual(await bash(line))
  })

  test('whatever is quoted comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        expect(commandWords(words.map(quoted).join(' '), 'x')).toEqual(words)
      }),
    )
  })

  test('two halves of a character, as browsers write it, are one', () => {
    expect(commandWords(String.raw`$'\uD83D\uDE00'`, 'x')).toEqual(['\u{1f600}'])
  })

  test.each([
    ['curl http://a/?a=1&b=2', /ends at '&'.*in quotes/],
    ['curl http://a/ | jq .', /ends at '\|'/],
    ['curl "http://a/$HOST"', /nothing is filled in for \$HOST/],
    ['curl http://a/$(id)', /nothing is filled in for \$\(/],
    ['curl `id`', /nothing is filled in for `/],
    ["curl 'http://a/", /quote that ' begins has no end/],
    ["curl $'\\xff' http://a/", /must be UTF-8/],
    ['curl http://a/\ncurl http://b/', /second command/],
    ['wget http://a/', /begins with curl, not with 'wget'/],
    ['curl ^"http://a/^" ^\n -H ^"A: b^"', /for cmd of Windows/],
    ['', /begins with curl/],
  ])('%j is refused', (command, says) => {
    expect(() => fromCurl(command)).toThrow(OptionError)
    expect(() => fromCurl(command)).toThrow(says)
  })

  test('no text makes it fail otherwise', () => {
    const piece = fc.constantFrom(
      'curl ',
      "'",
      '"',
      '\\',
      '$',
      "$'",
      '-d ',
      '-X',
      '-F ',
      '@',
      '=',
      ' ',
      '\n',
      'http://a/',
      '--',
      '-u',
      'é',
      ';type=',
      ',',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        try {
          fromCurl(`curl ${pieces.join('')}`)
        } catch (error) {
          expect(error).toBeInstanceOf(OptionError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

/** What httpbin says of a request, without what differs between any two clients. */
function seen(text: string): Record<string, unknown> {
  const { headers, data, files, form, args, json, method, url } = JSON.parse(text) as Record<string, never>
  const kept = Object.entries(headers as Record<string, string>).filter(
    ([name]) => !/^(?:User-Agent|Accept-Encoding|Host|Content-Length|Connection|Expect)$/.test(name),
  )
  const shown = kept.map(([name, value]) => [
    name.toLowerCase(),
    value.replace(/boundary=\S+/, 'boundary=…').replace(/;(?=\S)/g, '; '),
  ])
  return { headers: Object.fromEntries(shown), data, files, form, args, json, method, url }
}

/** Commands with {} for httpbin, {file} and {bytes} for files. */
const COMMANDS = [
  'curl {}/anything',
  "curl '{}/anything?a=1&b=%20x' -H 'X-One: 1' -H 'X-Two;' -H 'Accept:' --compressed",
  "curl {}/anything -d a=1 -d 'b=2 3' --data-urlencode 'c=ä & b' --data-urlencode =x=y --data-urlencode 'd e'",
  'curl {}/anything -d @{file} -d x=@y',
  'curl {}/anything --data-binary @{file}',
  "curl {}/anything --data-binary @{bytes} -H 'Content-Type: application/octet-stream'",
  'curl {}/anything --data-urlencode n@{file} --data-raw @raw',
  `curl {}/anything --json '{"a": [1, 2]}' `,
  `curl {}/anything --json '{"a":' --json '1}'`,
  `curl {}/anything -H 'Content-Type: application/json' -d '{"a":[1,"ü"]}'`,
  `curl {}/anything -X PUT -H "content-type: application/json;charset=utf-8" -d '{ "a": 1 }'`,
  "curl {}/anything -F a=1 -F 'b=two words' -F c=@{file} -F 'd=@{file};filename=other.txt;type=text/x-own'",
  `curl {}/anything -F 'meta={"a":1};type=application/json' -F 'e=<{file}' --form-string 'f=@;x'`,
  "curl {}/anything -F a=1 -F a=2 -F 'first=@{file}' -F 'second=@{bytes}'",
  'curl {}/anything -F only=text',
  'curl -G {}/anything?z=0 -d a=1 --data-urlencode "b=x y&z"',
  'curl {}/anything --url-query "q=a b" --url-query "+r=%41"',
  'curl -XDELETE {}/anything',
  'curl -X TRACE {}/anything',
  'curl -T {file} {}/anything',
  'curl -sSLA agent/1 -e http://from.example/ -b "a=1; b=two" -b c=3 {}/anything',
  'curl -u user:pass:word {}/anything',
  'curl {user}/anything',
  'curl --oauth2-bearer abc.def {}/anything',
  'curl -r 0-99 {}/anything',
  "curl {}/anything -H 'X-Twice: 1' -H 'x-twice: 2'",
  String.raw`curl '{}/anything' \
  -H 'accept: */*' \
  --data-raw $'a\'b\u0021\n' \
  --compressed`,
  'curl --request POST --url {}/anything --header "Content-Type: text/plain" --data "x y"',
  'curl -g "{}/anything?a[]=1&b={c}"',
  'curl -L {}/redirect-to?url=/anything',
  'curl -L {}/redirect-to?url=/anything -d a=1',
]

function filled(command: string): string {
  const { origin } = httpbin
  return command
    .replaceAll('{user}', origin.replace('//', '//me:p%40ss@'))
    .replaceAll('{}', origin)
    .replaceAll('{file}', FILE)
    .replaceAll('{bytes}', BINARY)
}

/** What the real curl sends. */
async function bySh(command: string): Promise<string> {
  return await must(['sh', '-c', `exec </dev/null; ${command.replace(/(^|\| )curl /, '$1curl -s --noproxy "*" ')}`], {
    timeout: 20_000,
  })
}

describe('a command that is read', () => {
  test.each(COMMANDS)('sends what curl sends: %s', async (template) => {
    // sh has no $'…'.
    const command = filled(template)
    const { stdout } = {
      stdout: await must(['bash', '-c', command.replace(/^curl /, 'curl -s --noproxy "*" ')], { timeout: 20_000 }),
    }
    const response = await runCurl(client, command)
    expect(seen(response.text())).toEqual(seen(stdout))
  })

  test('with HEAD, digest, and a failure', async () => {
    const head = await runCurl(client, `curl -I ${httpbin.origin}/get`)
    expect([head.method, head.status, head.length]).toEqual(['HEAD', 200, 0])
    const digest = await runCurl(client, `curl --digest -u me:secret ${httpbin.origin}/digest-auth/auth/me/secret`)
    expect(digest.status).toBe(200)
    const missing = await runCurl(client, `curl ${httpbin.origin}/status/404`)
    expect(missing.status).toBe(404)
    await expect(Promise.resolve(runCurl(client, `curl -f ${httpbin.origin}/status/404`))).rejects.toThrow(/404/)
    // Without -L nothing is followed.
    expect((await runCurl(client, `curl ${httpbin.origin}/redirect/1`)).status).toBe(302)
  })

  test('writes the answer with -o', async () => {
    const file = path.join(folder, 'out.bin')
    const said: string[] = []
    setReporter((text) => said.push(text))
    const response = await runCurl(client, `curl -o ${file} ${httpbin.origin}/bytes/100?seed=1`)
    setReporter(() => undefined)
    expect(said).toEqual([`http.curl: written to ${file}`])
    expect((await import('node:fs')).readFileSync(file)).toEqual(Buffer.from(response.bytes))
  })

  test('is shown as the call that does the same', () => {
    const shown = String(
      fromCurl(`curl -sS -X POST https://api.example.com/x -H 'X-A: it'\\''s' --json '{"a":1}' -m 2.5 -k`),
    )
    expect(shown).toBe(
      "http.post('https://api.example.com/x', {headers: {'X-A': 'it\\'s', Accept: 'application/json'}, json: {a: 1}, tls: {insecure: true}, timeout: 2.5, retries: 0, redirects: 0})  // without -s -S",
    )
  })

  test('has plain objects, whatever the names in them are', () => {
    const { options } = fromCurl("curl http://a/ -H 'X-A: 1' -b 'c=1; __proto__=2' -F __proto__=3 -F constructor=4")
    for (const part of [options.headers, options.cookies, options.form]) {
      expect(Object.getPrototypeOf(part)).toBe(Object.prototype)
      expect(inspect(part)).not.toContain('null prototype')
    }
    expect(Object.entries(options.cookies as object)).toEqual([
      ['c', '1'],
      ['__proto__', '2'],
    ])
    expect(Object.entries(options.form as object)).toEqual([
      ['__proto__', '3'],
      ['constructor', '4'],
    ])
  })

  test('is shown without its password', () => {
    const shown = `${fromCurl('curl -u me:verysecretword http://a/')} ${fromCurl('curl -H "Authorization: Bearer topsecrettoken" http://a/')}`
    expect(shown).not.toMatch(/verysecretword|topsecrettoken/)
  })

  test.each([
    ['--locaton', /--locaton is no option.*did you mean 'location'/],
    ['-Q x', /-Q is no option/],
    ['--max-time=3', /as the next word: --max-time 3/],
    ['-H', /-H: its value is missing/],
    ['-H nothing', /give 'Name: value'/],
    ['-d a -F b=c', /one body: -d, -F or -T/],
    ['http://b/', /one URL at a time/],
    ['-d @/no/such/file', /-d: \/no\/such\/file cannot be read: there is no such file/],
    ['-d @-', /no standard input/],
    ['-u me', /the password is missing/],
    ['-b jar.txt', /from a file of curl's/],
    ['-F a', /give name=text/],
    ['-F a=@b,c', /one file at a time/],
    ["-F 'a=b;encoder=base64'", /only ;type=/],
    ['-m soon', /give a number/],
    ['--ntlm', /--ntlm is no option/],
  ])('is refused with %s', (words, says) => {
    expect(() => fromCurl(`curl http://a/ ${words}`)).toThrow(OptionError)
    expect(() => fromCurl(`curl http://a/ ${words}`)).toThrow(says)
  })

  test.each([
    ['curl', /the URL is missing/],
    ['curl ftp://a/', /ftp:\/\/ is not spoken/],
    ["curl 'http://a/{b,c}'", /stands for several URLs; with -g/],
    ['curl http://', /is no URL/],
  ])('%s is refused', (command, says) => {
    expect(() => fromCurl(command)).toThrow(says)
  })
})

describe('a command that is written', () => {
  const headers = (list: [string, string][]): HttpHeaders => new HttpHeaders(list.flat())
  const request = (
    method: string,
    target: string,
    list: [string, string][],
    options: Parameters<typeof requestBody>[1] = {},
  ): Parameters<typeof toCurl>[0] => {
    const body = requestBody('x', options)
    const all = [...list, ...(body?.type === undefined ? [] : [['Content-Type', body.type] as [string, string]])]
    return { method, url: httpbin.url(target), headers: headers(all), body }
  }

  test.each([
    ['GET', '/anything?a=1&b=it%27s', [['X-Quote', `it's "quoted" $HOME \`id\` \\`]], {}],
    ['GET', '/anything?a[]=1', [['Accept', '*/*']], {}],
    ['POST', '/anything', [['Accept', 'application/json']], { json: { text: "it's\nü ☃ $x" } }],
    ['POST', '/anything', [], { form: { a: '1', b: "two words & 'more'" } }],
    ['POST', '/anything', [], { body: '@not-a-file' }],
    [
      'PUT',
      '/anything',
      [['Content-Type', 'application/octet-stream']],
      { body: Uint8Array.from({ length: 256 }, (_, i) => i) },
    ],
    ['PATCH', '/anything', [], { body: Uint8Array.of(65, 66) }],
    ['DELETE', '/anything', [['X-Empty', '']], {}],
    [
      'POST',
      '/anything',
      [
        ['X-Twice', '1'],
        ['X-Twice', '2'],
      ],
      { body: '' },
    ],
    [
      'GET',
      '/anything',
      [
        ['Authorization', 'Bearer abc'],
        ['Cookie', 'a=1; b=2'],
      ],
      {},
    ],
  ] as [string, string, [string, string][], object][])(
    'makes curl send the same: %s %s %j %j',
    async (method, target, list, options) => {
      const asked = request(method, target, list, options)
      const command = toCurl(asked, { secrets: true })
      const own = await client.send(method, asked.url, {
        ...options,
        // What curl is told to leave out is left out here, too.
        headers: Object.fromEntries([...asked.headers].map(([name]) => [name, asked.headers.getAll(name)])),
        retries: 0,
      })
      const ours = seen(own.text())
      const theirs = seen(await bySh(command))
      if (!asked.headers.has('accept')) delete (ours.headers as Record<string, string>).accept
      expect(theirs).toEqual(ours)
    },
  )

  test('bytes beyond ASCII in a header arrive as they are', async () => {
    const command = toCurl(request('GET', '/anything', [['X-Latin', 'caf\u00e9 100% \\n']]))
    expect(JSON.parse(await bySh(command)).headers['X-Latin']).toBe('caf\u00e9 100% \\n')
  })

  test('has no secrets unless they are asked for', async () => {
    const secret = request('GET', '/anything', [
      ['Authorization', 'Bearer topsecret'],
      ['Cookie', 'sid=topsecret'],
    ])
    const command = toCurl({ ...secret, url: httpbin.url('/anything').replace('//', '//me:topsecret@') })
    expect(command).not.toContain('topsecret')
    // What stands for them can be filled in.
    const out = JSON.parse(await bySh(`AUTHORIZATION='Bearer x'; COOKIE=a=b; ${command}`))
    expect(out.headers).toMatchObject({ Authorization: 'Bearer x', Cookie: 'a=b' })
  })

  test('has no secrets of URLs unless they are asked for', () => {
    const asked = {
      ...request('GET', '/anything', [['Referer', 'https://x.example/?token=topsecret']]),
      url: httpbin.url('/anything?a=1&api_key=topsecret'),
    }
    expect(toCurl(asked)).not.toContain('topsecret')
    expect(toCurl(asked)).toContain('a=1&api_key=REDACTED')
    expect(toCurl(asked, { secrets: true }).match(/topsecret/g)!.length).toBe(2)
    expect(() => toCurl(asked, { secret: true } as never)).toThrow(/did you mean 'secrets'/)
  })

  test('a HEAD waits for no body', async () => {
    expect(await bySh(toCurl(request('HEAD', '/get', [])))).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  test('what cannot stand in a command is a file to be named', () => {
    const { body: _, ...rest } = request('POST', '/post', [])
    const bytes = new Uint8Array(200_000).fill(255)
    expect(toCurl({ ...rest, body: requestBody('x', { body: bytes }) })).toContain("--data-binary '@FILE'")
    expect(toCurl({ ...rest, body: requestBody('x', { file: BINARY }) })).toContain("--data-binary '@FILE'")
  })

  test('is read back as the same request', () => {
    const name = fc.stringMatching(/^X-[A-Za-z]{1,8}$/)
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PURGE'),
        fc.webUrl({ withQueryParameters: true }),
        fc.dictionary(name, value),
        fc.option(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))),
        (method, url, fields, text) => {
          const list = Object.entries(fields).flat()
          const all = new HttpHeaders([...list, 'Content-Type', 'text/plain', 'Accept', '*/*', 'User-Agent', 'x'])
          const { href } = new URL(url)
          const command = toCurl({
            method,
            url: href,
            headers: all,
            body: text === null ? undefined : textBody(text, undefined),
          })
          const read = fromCurl(command)
          expect([read.method, read.url]).toEqual([method, href])
          expect(read.options.body).toBe(text ?? undefined)
          // Names differ in their case alone for some.
          expect(HttpHeaders.from(read.options.headers as never).toJSON()).toEqual(all.toJSON())
        },
      ),
    )
  })
})
