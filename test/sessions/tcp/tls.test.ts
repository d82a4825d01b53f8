/** TLS at both ends, against OpenSSL, curl and Python; and all the ways in which the two ends do not fit. */
import { generate } from 'selfsigned'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type SessionError,
  type TcpListenOptions,
  type TcpServer,
  type TcpSession,
  tcp,
} from '../../../src/sessions/index.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { type Child, run, start } from '../../lab/process.js'
import { eventually, startPeer } from '../peer.js'
import { closedPort, file, LINES } from './kinds.js'

const closers: (() => unknown)[] = []
const later = <T extends { close(): unknown }>(session: T): T => {
  closers.push(() => session.close())
  return session
}
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** An echo server with TLS, and what went wrong with its clients. */
async function echo(tls: TcpListenOptions['tls'] = true): Promise<{ server: TcpServer; errors: string[] }> {
  const server = later(await tcp.listen(0, { message: (line: string) => line }, { ...LINES, tls, log: false }))
  const errors: string[] = []
  server.on('error', (error) => void errors.push(error.message))
  return { server, errors }
}

/** OpenSSL's server, which sends each line back the other way round. */
async function opensslServer(...more: string[]): Promise<number> {
  const port = await closedPort()
  const child = start(['openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-rev', '-naccept', '5', ...more])
  closers.push(() => child.stop('SIGKILL'))
  await child.waitFor(/ACCEPT/)
  return port
}

async function failureOf(task: PromiseLike<TcpSession>): Promise<SessionError> {
  return await Promise.resolve(task).then(
    async (session) => {
      // With TLS 1.3 a server says no after the client's handshake is over: it is heard with the first answer.
      later(session)
      return await Promise.resolve(session.recvLine()).then(
        (line) => {
          throw new Error(`it works: ${line}`)
        },
        (error: SessionError) => error,
      )
    },
    (error: SessionError) => error,
  )
}

/** A certificate whose time was over yesterday. */
async function expired(): Promise<{ cert: string; key: string }> {
  const day = 86_400_000
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() - 3 * day),
    notAfterDate: new Date(Date.now() - day),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { cert, key }
}

describe('a certificate that is made on the spot', () => {
  test('is verified by OpenSSL', async () => {
    const { cert, key } = await selfSigned(['127.0.0.1', 'localhost', '::1'])
    const path = file('cert', cert)
    const verified = await run([
      'openssl',
      'verify',
      '-x509_strict',
      '-check_ss_sig',
      '-verify_ip',
      '127.0.0.1',
      '-CAfile',
      path,
      path,
    ])
    expect(verified.stderr + verified.stdout).toContain(': OK')
    const other = await run(['openssl', 'verify', '-verify_hostname', 'example.org', '-CAfile', path, path])
    expect(other.stderr).toMatch(/hostname mismatch/i)
    const { stdout } = await run(['openssl', 'x509', '-in', path, '-noout', '-text'])
    expect(stdout).toContain('IP Address:127.0.0.1')
    expect(stdout).toContain('DNS:localhost')
    expect(stdout).toContain('CA:FALSE')
    const [ofCert, ofKey] = await Promise.all([
      run(['openssl', 'x509', '-in', path, '-noout', '-pubkey']),
      run(['openssl', 'pkey', '-in', file('key', key), '-pubout']),
    ])
    expect(ofCert.stdout).toBe(ofKey.stdout)
  })

  test('is the same for the same names, and another one for others', async () => {
    expect(await selfSigned(['a', 'b'])).toBe(await selfSigned(['b', 'a']))
    expect((await selfSigned(['a'])).cert).not.toBe((await selfSigned(['b'])).cert)
  })

  test('is trusted by Python, when it is told to', async () => {
    const { server } = await echo()
    const program =
      'import socket, ssl, sys\n' +
      'context = ssl.create_default_context(cafile=sys.argv[1])\n' +
      's = context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[2]))), server_hostname=sys.argv[3])\n' +
      's.sendall(b"Bonjour\\n"); print(s.recv(100)); print(s.version())\n'
    const ask = (name: string): ReturnType<typeof run> =>
      run(['/usr/bin/python3', '-c', program, file('ca', server.certificate!), String(server.port), name])
    for (const name of ['127.0.0.1', 'localhost']) expect((await ask(name)).stdout).toBe("b'Bonjour\\n'\nTLSv1.3\n")
    expect((await ask('example.org')).stderr).toMatch(/CERTIFICATE_VERIFY_FAILED.*mismatch/)
  })

  test('is trusted by curl, when it is told to', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nBonjour\n'
    const server = later(
      await tcp.listen(
        0,
        async (client) => {
          await client.recvUntil('\r\n\r\n')
          return answer
        },
        { tls: true, log: false },
      ),
    )
    const ca = file('ca', server.certificate!)
    const got = await run(['curl', '-sS', '--noproxy', '*', '--cacert', ca, `https://localhost:${server.port}/`])
    expect([got.stdout, got.stderr]).toEqual(['Bonjour\n', ''])
    const refused = await run(['curl', '-sS', '--noproxy', '*', `https://localhost:${server.port}/`])
    expect(refused.status).toBe(60)
  })
})

describe('the two ends fit', () => {
  test('netshell with OpenSSL as the server', async () => {
    const { cert, key } = await selfSigned(['localhost', '127.0.0.1'])
    const port = await opensslServer('-cert', file('cert', cert), '-key', file('key', key))
    const session = later(await tcp.connect('localhost', port, { ...LINES, tls: { ca: file('ca', cert) } }))
    await session.send('Bonjour')
    expect(await session.recvLine()).toBe('ruojnoB')
    expect(session.tls).toMatchObject({ protocol: 'TLSv1.3', authorized: true })
    await session.close()
    expect(session.state).toBe('closed')
  })

  test('netshell with OpenSSL as the client', async () => {
    const { server } = await echo()
    const ca = file('ca', server.certificate!)
    const client: Child = start([
      ...[
        'openssl',
        's_client',
        '-connect',
        `127.0.0.1:${server.port}`,
        '-CAfile',
        ca,
        '-verify_return_error',
        '-quiet',
      ],
    ])
    closers.push(() => client.stop('SIGKILL'))
    client.write('Bonjour\n')
    await client.waitFor(/^Bonjour$/m)
    expect(client.stderr).toContain('verify return:1')
  })

  test('with a client that shows a certificate, where the server asks for one', async () => {
    const { cert, key } = await selfSigned(['a client'])
    const { server } = await echo({ ca: cert })
    const tls = { ca: server.certificate!, cert, key }
    const session = later(await tcp.connect('127.0.0.1', server.port, { ...LINES, tls }))
    await session.send('it is me')
    expect(await session.recvLine()).toBe('it is me')
    expect(server.clients()[0]!.tls).toMatchObject({ authorized: true, peer: 'a client' })
  })

  test('without looking at the certificate, where that is said: it shows', async () => {
    const { cert, key } = await expired()
    const port = await opensslServer('-cert', file('cert', cert), '-key', file('key', key))
    const session = later(await tcp.connect('127.0.0.1', port, { ...LINES, tls: { insecure: true } }))
    await session.send('abc')
    expect(await session.recvLine()).toBe('cba')
    expect(session.tls).toMatchObject({ authorized: false })
  })
})

describe('the two ends do not fit', () => {
  test('a plain client at a TLS server', async () => {
    const { server, errors } = await echo()
    const client = later(await tcp.connect('127.0.0.1', server.port, LINES))
    await client.send('GET / HTTP/1.0\r\n\r\n')
    await Promise.resolve(client.recvAll({ encoding: 'bytes' })).catch(() => {})
    await eventually(() => errors.length === 1, 'it is told')
    expect(errors[0]).toMatch(/^tcp server 127\.0\.0\.1:\d+: the other end does not speak TLS there$/)
    // And the server goes on.
    const good = later(await tcp.connect('127.0.0.1', server.port, { ...LINES, tls: { ca: server.certificate! } }))
    await good.send('x')
    expect(await good.recvLine()).toBe('x')
  })

  test('a TLS client at a plain server', async () => {
    const server = later(await tcp.listen(0, { message: () => 'this is no TLS\n' }, { log: false }))
    const error = await failureOf(tcp.connect('127.0.0.1', server.port, { tls: { insecure: true } }))
    expect(error).toMatchObject({ name: 'SessionError' })
    expect(error.message).toMatch(/the other end does not speak TLS there$/)
    const silent = later(await tcp.listen(0, async (client) => void (await client.recv()), { log: false }))
    const closed = await failureOf(tcp.connect('127.0.0.1', silent.port, { tls: { insecure: true } }))
    expect(closed.message).toMatch(/during the TLS handshake|closed|broke/)
  })

  test('a TLS client at a server that never says anything: its time is over', async () => {
    const peer = await startPeer('tcp', 'stay')
    closers.push(() => peer.kill())
    const error = await failureOf(tcp.connect('127.0.0.1', peer.port, { tls: true, timeout: 0.3 }))
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    expect(error.message).toMatch(/within 0\.3 s/)
    await peer.tells('ended')
  })

  test('a certificate that nobody has signed', async () => {
    const { server, errors } = await echo()
    const error = await failureOf(tcp.connect('127.0.0.1', server.port, { tls: true }))
    expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(error.message).toMatch(/signed by itself; tls: \{ca: … names|signed by itself; tls: \{ca: …\} names/)
    await eventually(() => errors.length === 1 || server.clients().length === 0, 'the server sees it, too')
  })

  test('the certificate of another server', async () => {
    const { server } = await echo()
    const { cert } = await selfSigned(['somebody else'])
    const error = await failureOf(tcp.connect('127.0.0.1', server.port, { tls: { ca: cert } }))
    expect(error.message).toMatch(/certificate is signed by itself|not known/)
  })

  test('one that has expired', async () => {
    const { cert, key } = await expired()
    const port = await opensslServer('-cert', file('cert', cert), '-key', file('key', key))
    const error = await failureOf(tcp.connect('127.0.0.1', port, { tls: { ca: cert } }))
    expect(error).toMatchObject({ code: 'CERT_HAS_EXPIRED' })
    expect(error.message).toMatch(/has expired/)
  })

  test('one that is for another name', async () => {
    const { cert, key } = await selfSigned(['somewhere.example'])
    const port = await opensslServer('-cert', file('cert', cert), '-key', file('key', key))
    const error = await failureOf(tcp.connect('127.0.0.1', port, { tls: { ca: cert } }))
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    expect(error.message).toMatch(/for another name/)
    const session = later(await tcp.connect('127.0.0.1', port, { tls: { ca: cert, servername: 'somewhere.example' } }))
    expect(session.state).toBe('open')
  })

  test('a client without a certificate, or with that of somebody else, where one is demanded', async () => {
    const { cert } = await selfSigned(['a client'])
    const { server, errors } = await echo({ ca: cert })
    const nothing = await failureOf(tcp.connect('127.0.0.1', server.port, { tls: { ca: server.certificate! } }))
    expect(nothing.message).toMatch(/TLS handshake failed: .*certificate required/)
    const foreign = await selfSigned(['another client'])
    const wrong = later(await tcp.connect('127.0.0.1', server.port, { tls: { ca: server.certificate!, ...foreign } }))
    // The server says nothing more: the connection is over.
    expect(await Promise.resolve(wrong.recvLine()).catch(() => null)).toBeNull()
    await eventually(
      () => errors.length === 2,
      () => `both are told: ${errors}`,
    )
    expect(errors[0]).toMatch(/a certificate is demanded, and none was shown/)
    expect(errors[1]).toMatch(/the certificate of a client is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT/)
    expect(server.clients()).toHaveLength(0)
  })

  test('versions: TLS 1.1 is too old', async () => {
    const { server, errors } = await echo()
    const { stdout, stderr } = await run(
      ['openssl', 's_client', '-connect', `127.0.0.1:${server.port}`, '-tls1_1', '-cipher', 'ALL@SECLEVEL=0'],
      { input: '' },
    )
    expect(stdout + stderr).toMatch(/alert|no protocols available|New, \(NONE\)/)
    await eventually(() => errors.length > 0 || /no protocols/.test(stderr), 'the server saw it')
    expect(server.clients()).toHaveLength(0)
  })
})

test('files that are none are told before anything is opened', async () => {
  const attempt = async (tls: object): Promise<string> => {
    try {
      await tcp.connect('127.0.0.1', 1, { tls })
      return 'no error'
    } catch (error) {
      return String(error)
    }
  }
  expect(await attempt({ ca: '/nowhere.pem' })).toMatch(
    /OptionError: tcp\.connect: tls\.ca: \/nowhere\.pem cannot be read/,
  )
  expect(await attempt({ ca: '/etc/hostname' })).toMatch(/is no PEM file/)
  expect(await attempt({ insecur: true })).toMatch(/insecure/)
})
