/** What HTTP clients can: each is run against a server that sees what it is asked. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LONG, type TestServer, testServer } from './http-server.js'
import { inFolder, NETSHELL, type Ran, run } from './programs.js'

export const CLIENTS = ['netshell', 'curl', 'httpie', 'wget'] as const
export type Client = (typeof CLIENTS)[number]

const NO = '–'
const yesIf = (holds: boolean): string => (holds ? 'yes' : NO)

/** How each is started; options follow. */
const COMMANDS: Record<Client, readonly string[]> = {
  netshell: [process.execPath, NETSHELL, '-e'],
  curl: ['curl', '-sS'],
  httpie: ['http', '--ignore-stdin', '--body'],
  wget: ['wget', '-q', '-O', '-'],
}

interface Trial {
  name: Client
  server: TestServer
  folder: string
  /** Runs the program with what stands here for it; undefined where nothing does. */
  run(words: Partial<Record<Client, readonly string[]>>): Promise<Ran | undefined>
  /** What its help says. */
  help(): Promise<string>
}

export interface HttpRow {
  feature: string
  found: (trial: Trial) => Promise<string>
}

/** What a row says of one of them. */
export async function foundOf({ found }: HttpRow, name: Client): Promise<string> {
  const server = await testServer()
  try {
    return await inFolder((folder) =>
      found({
        name,
        server,
        folder,
        run: async (words) =>
          words[name] === undefined ? undefined : await run([...COMMANDS[name], ...words[name]], folder),
        help: async () => (await run(HELP[name], folder)).output,
      }),
    )
  } finally {
    server.close()
  }
}

const HELP: Record<Client, readonly string[]> = {
  netshell: [process.execPath, NETSHELL, 'help', 'http'],
  curl: ['curl', '--help', 'all'],
  httpie: ['http', '--help'],
  wget: ['wget', '--help'],
}

/** Those that are not run have no option whose name would say it. */
async function yesOrNothingIn(
  trial: Trial,
  ran: Ran | undefined,
  holds: (ran: Ran) => boolean,
  option: RegExp,
): Promise<string> {
  if (ran !== undefined) return yesIf(holds(ran))
  const help = await trial.help()
  if (help.length < 200 || option.test(help)) throw new Error(`the help of ${trial.name} speaks of ${option}`)
  return NO
}

export const HTTP_ROWS: readonly HttpRow[] = [
  {
    feature: 'JSON in lines that people can read',
    found: async ({ run, server: { url } }) => {
      const ran = await run({
        netshell: [`http.get('${url}json')`],
        curl: [`${url}json`],
        httpie: ['--pretty=all', `${url}json`],
        wget: [`${url}json`],
      })
      return yesIf(/name.*\n/.test(ran!.output))
    },
  },
  {
    feature: 'sessions: cookies and headers for all requests',
    found: async ({ run, server: { url, requests } }) => {
      const session = ['--session=s']
      await run({
        netshell: [
          `s = http.session({base: '${url}', headers: {'X-Mine': 'a'}}); s.get('login'); s.get('next').status`,
        ],
        curl: ['-c', 'jar', '-H', 'X-Mine: a', `${url}login`],
        httpie: [...session, `${url}login`, 'X-Mine:a'],
        wget: ['--save-cookies=jar', '--keep-session-cookies', '--header=X-Mine: a', `${url}login`],
      })
      await run({
        curl: ['-b', 'jar', `${url}next`],
        httpie: [...session, `${url}next`],
        wget: ['--load-cookies=jar', `${url}next`],
      })
      const { headers } = requests.at(-1)!
      const hasCookie = headers.cookie === 'id=7'
      return hasCookie && headers['x-mine'] === 'a' ? 'yes' : hasCookie ? 'cookies' : NO
    },
  },
  {
    feature: 'proof: Basic, Digest, Bearer',
    found: async ({ run, server: { url, requests } }) => {
      const kinds: Record<string, Partial<Record<Client, readonly string[]>>> = {
        Basic: {
          netshell: [`http.get('${url}basic', {auth: 'me:right'}).text()`],
          curl: ['-u', 'me:right', `${url}basic`],
          httpie: ['-a', 'me:right', `${url}basic`],
          wget: ['--user=me', '--password=right', `${url}basic`],
        },
        Digest: {
          netshell: [`http.get('${url}digest', {auth: http.auth.digest('me', 'right')}).text()`],
          curl: ['--digest', '-u', 'me:right', `${url}digest`],
          httpie: ['-A', 'digest', '-a', 'me:right', `${url}digest`],
          wget: ['--user=me', '--password=right', `${url}digest`],
        },
        Bearer: {
          netshell: [`http.get('${url}bearer', {auth: {bearer: 't0k3n'}}).text()`],
          curl: ['--oauth2-bearer', 't0k3n', `${url}bearer`],
          httpie: ['-A', 'bearer', '-a', 't0k3n', `${url}bearer`],
        },
      }
      const can: string[] = []
      for (const [kind, words] of Object.entries(kinds)) {
        const before = requests.length
        if (/\bin\b/.test((await run(words))?.output ?? '') && requests.length > before) can.push(kind)
      }
      return can.join(', ')
    },
  },
  {
    feature: 'gets OAuth2 tokens by itself',
    found: async (trial) => {
      const { url } = trial.server
      const options = `{tokenEndpoint: '${url}token', clientId: 'me', clientSecret: 'x', flow: 'client'}`
      const ran = await trial.run({
        netshell: [`http.get('${url}bearer', {auth: http.auth.oauth(${options})}).text()`],
      })
      return await yesOrNothingIn(
        trial,
        ran,
        ({ output }) => /\bin\b/.test(output),
        /client.?credentials|token.?(?:url|endpoint)/i,
      )
    },
  },
  {
    feature: 'behind a redirect to another server: no password, no token given as a header, no API key',
    found: async ({ run, server: { url, requests } }) => {
      const ways: [string, Partial<Record<Client, readonly string[]>>, string][] = [
        [
          'password',
          {
            netshell: [`http.get('${url}leave', {auth: http.auth.basic('me', 'right')}).status`],
            curl: ['-L', '-u', 'me:right', `${url}leave`],
            httpie: ['-F', '-a', 'me:right', `${url}leave`],
            wget: ['--auth-no-challenge', '--user=me', '--password=right', `${url}leave`],
          },
          'authorization',
        ],
        [
          'token',
          {
            netshell: [`http.get('${url}leave', {headers: {Authorization: 'Bearer a'}}).status`],
            curl: ['-L', '-H', 'Authorization: Bearer a', `${url}leave`],
            httpie: ['-F', `${url}leave`, 'Authorization:Bearer a'],
            wget: ['--header=Authorization: Bearer a', `${url}leave`],
          },
          'authorization',
        ],
        [
          'key',
          {
            netshell: [`http.get('${url}leave', {headers: {'X-API-Key': 'a'}}).status`],
            curl: ['-L', '-H', 'X-API-Key: a', `${url}leave`],
            httpie: ['-F', `${url}leave`, 'X-API-Key:a'],
            wget: ['--header=X-API-Key: a', `${url}leave`],
          },
          'x-api-key',
        ],
      ]
      const sent: string[] = []
      for (const [what, words, header] of ways) {
        requests.length = 0
        await run(words)
        const [left, arrived] = requests
        if (left?.headers[header] === undefined || arrived?.url !== '/arrived')
          throw new Error(`${what}: nothing was sent`)
        if (arrived.headers[header] !== undefined) sent.push(what)
      }
      return sent.length === 0 ? 'yes' : `sends the ${sent.join(', ')}`
    },
  },
  {
    feature: 'asks again when the server is busy, as late as it says',
    found: async ({ name, run, server: { url } }) => {
      const began = performance.now()
      const ran = await run({
        netshell: [`http.get('${url}busy').text()`],
        curl: ['--retry', '2', `${url}busy`],
        httpie: [`${url}busy`],
        wget: ['--tries=2', '--retry-on-http-error=503', `${url}busy`],
      })
      if (!/done/.test(ran!.output)) return NO
      if (performance.now() - began < 1000) return 'yes, not when it says'
      return name === 'netshell' ? 'yes' : 'by option'
    },
  },
  {
    feature: 'goes on with a download that broke off',
    found: async ({ name, run, folder, server: { url, requests } }) => {
      const words = {
        netshell: [`http.download('${url}long', 'f')`],
        curl: ['-C', '-', '-o', 'f', `${url}long`],
        httpie: ['--download', '--continue', '-o', 'f', `${url}long`],
        wget: ['-c', '-O', 'f', '--tries=2', `${url}long`],
      }
      // curl and HTTPie want the file to be there.
      if (name === 'curl' || name === 'httpie') writeFileSync(join(folder, 'f'), LONG.subarray(0, 1000))
      for (let i = 0; i < 2; i++) await run(words)
      const isWhole = existsSync(join(folder, 'f')) && readFileSync(join(folder, 'f')).equals(LONG)
      return yesIf(isWhole && requests.some(({ headers }) => headers.range !== undefined))
    },
  },
  {
    feature: 'several files in one form',
    found: async (trial) => {
      const { run, folder, server } = trial
      for (const file of ['a', 'b']) writeFileSync(join(folder, file), `content of ${file}`)
      const ran = await run({
        netshell: [`http.post('${server.url}', {files: {one: 'a', two: 'b'}}).status`],
        curl: ['-F', 'one=@a', '-F', 'two=@b', server.url],
        httpie: ['-f', 'POST', server.url, 'one@a', 'two@b'],
      })
      const has = (): boolean => /content of a.*content of b/s.test(server.requests[0]?.body ?? '')
      return await yesOrNothingIn(trial, ran, has, /multipart|upload/i)
    },
  },
  {
    feature: 'lists that come in pages, as one',
    found: async (trial) => {
      const { url } = trial.server
      const ran = await trial.run({ netshell: [`http.paginate('${url}pages').all()`] })
      return await yesOrNothingIn(trial, ran, ({ output }) => /item1.*item3/s.test(output), /paginat|rel="?next/i)
    },
  },
  {
    feature: 'server-sent events',
    found: async ({ run, server: { url } }) => {
      const ran = await run({
        netshell: [
          `s = http.events('${url}events'); for (const e of s) { console.log(e.event ?? e.type, JSON.parse(e.data).n); break }; s.close()`,
        ],
        curl: ['-N', `${url}events`],
        httpie: ['--stream', `${url}events`],
        wget: [`${url}events`],
      })
      if (/\ba 1\b/.test(ran!.output)) return 'yes'
      return /data:/.test(ran!.output) ? 'as text' : `nothing: ${ran!.output}${ran!.errors}`
    },
  },
  {
    feature: 'WebSocket',
    found: async ({ run, server: { url } }) => {
      const chat = `${url.replace('http', 'ws')}chat`
      const ran = await run({
        netshell: [`s = http.websocket('${chat}'); s.send('hi'); console.log(s.recv()); s.close()`],
        curl: [chat],
        httpie: [chat],
        wget: [chat],
      })
      return yesIf(/you said hi/.test(ran!.output))
    },
  },
  {
    feature: 'GraphQL',
    found: async (trial) => {
      const { url } = trial.server
      const ran = await trial.run({ netshell: [`http.graphql('${url}graphql', 'query q', {a: 1}).asked.a`] })
      return await yesOrNothingIn(trial, ran, ({ output }) => /\b1\b/.test(output), /graphql/i)
    },
  },
  {
    feature: 'curl commands read, and written',
    found: async (trial) => {
      const { url } = trial.server
      if (trial.name === 'curl') return 'read'
      const ran = await trial.run({
        netshell: [`r = http.curl('curl ${url}json -H "A: b"'); console.log(r.status, r.curl())`],
      })
      return await yesOrNothingIn(trial, ran, ({ output }) => /200 curl .*A: b/.test(output), /curl/i)
    },
  },
  {
    feature: 'HAR',
    found: async (trial) => {
      const { url } = trial.server
      const ran = await trial.run({ netshell: [`http.har([http.get('${url}json')]).log.entries.length`] })
      return await yesOrNothingIn(trial, ran, ({ output }) => /\b1\b/.test(output), /\bHAR\b/)
    },
  },
  {
    feature: 'how long each part took: name, TCP, TLS, first byte',
    found: async (trial) => {
      const { url } = trial.server
      const ran = await trial.run({
        netshell: [`Object.keys(http.get('${url}json').timing).join(' ')`],
        curl: [
          '-o',
          'f',
          '-w',
          'dns %{time_namelookup} tcp %{time_connect} tls %{time_appconnect} firstByte %{time_starttransfer}',
          `${url}json`,
        ],
        httpie: ['--meta', `${url}json`],
      })
      if (ran === undefined) return await yesOrNothingIn(trial, ran, () => false, /timing|elapsed/i)
      return /dns.*tcp.*tls.*firstByte/.test(ran.output) ? 'yes' : /Elapsed time/.test(ran.output) ? 'in all' : NO
    },
  },
  {
    feature: 'HTTP/2',
    found: async ({ run, server: { secure } }) => {
      const ran = await run({
        netshell: [`http.get('${secure}', {http2: true, tls: {insecure: true}}).text()`],
        curl: ['-k', '--http2', secure],
        httpie: ['--verify=no', secure],
        wget: ['--no-check-certificate', secure],
      })
      if (!/here, HTTP/.test(ran!.output)) throw new Error(ran!.errors)
      return yesIf(/HTTP\/2/.test(ran!.output))
    },
  },
  {
    feature: 'HTTP/3',
    found: async (trial) => {
      const ran = await trial.run({ curl: ['--http3', trial.server.secure] })
      // The option is in the help of builds that do not have it, too.
      if (ran !== undefined) return /doesn't support this/.test(ran.errors) ? 'other builds' : yesIf(ran.status === 0)
      return await yesOrNothingIn(trial, ran, () => false, /HTTP\/3|http3/i)
    },
  },
  {
    feature: 'HTTP proxies',
    found: async ({ run, server: { url, elsewhere, requests } }) => {
      await run({
        netshell: [`http.get('${elsewhere}x', {proxy: '${url}'}).status`],
        curl: ['-x', url, `${elsewhere}x`],
        httpie: [`--proxy=http:${url}`, `${elsewhere}x`],
        wget: ['-e', 'use_proxy=on', '-e', `http_proxy=${url}`, `${elsewhere}x`],
      })
      return yesIf(requests.some((request) => request.url === `${elsewhere}x`))
    },
  },
]
