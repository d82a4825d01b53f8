import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setReporter } from '../../../src/exchange/index.js'
import { withoutSecrets } from '../../../src/exchange/secrets.js'
import type { SshOptions } from '../../../src/sessions/ssh/options.js'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import { openLab } from '../../lab/lab.js'
import { eventually, fingerprintOf, freePort, makeKey, makeUser, removeUser, Sshd } from './sshd.js'

let server: Sshd
const told: string[] = []
beforeAll(async () => {
  setReporter((text) => told.push(text))
  server = await Sshd.start()
})
afterAll(async () => {
  setReporter(() => undefined)
  await server?.stop()
})

/** Connects, runs `true`, closes. */
async function visit(target: string, options: SshOptions): Promise<string> {
  const session = await connect(target, options)
  try {
    return (await session.run('echo in')).stdout
  } finally {
    await session.close()
  }
}

async function errorOf(target: string, options: SshOptions): Promise<string> {
  return await visit(target, options).then(
    () => 'it went well',
    (error: Error) => error.message,
  )
}

describe('keys', () => {
  it.each([
    ['ed25519', undefined],
    ['rsa', 3072],
    ['ecdsa', 256],
    ['ecdsa', 521],
  ])('of type %s (%s bits) are taken, plain and encrypted', async (type, bits) => {
    const word = `words-${type}-${bits}`
    const plain = makeKey(server.folder, `plain_${type}_${bits}`, type, '', bits)
    const locked = makeKey(server.folder, `locked_${type}_${bits}`, type, word, bits)
    server.authorize(`${plain}.pub`, `${locked}.pub`)
    expect(await visit(server.target, { ...server.login, key: plain })).toBe('in\n')
    expect(await visit(server.target, { ...server.login, key: readFileSync(plain, 'utf8') })).toBe('in\n')
    expect(await visit(server.target, { ...server.login, key: locked, passphrase: word })).toBe('in\n')
    expect(await errorOf(server.target, { ...server.login, key: locked })).toMatch(/encrypted; give its passphrase/)
    const wrong = await errorOf(server.target, { ...server.login, key: locked, passphrase: 'not-this-one' })
    expect(wrong).toMatch(/the passphrase is wrong/)
    expect(wrong).not.toContain('not-this-one')
    expect(withoutSecrets(`it is ${word}`)).toBe('it is REDACTED')
  })

  it('that are wrong, public, missing or open to others are told apart', async () => {
    const wrong = makeKey(server.folder, 'wrong', 'ed25519')
    const error = await errorOf(server.target, { ...server.login, key: wrong })
    expect(error).toContain(`not logged in. Tried: key ${wrong} (${fingerprintOf(wrong)})`)
    expect(error).toContain('The server takes: publickey.')
    expect(await errorOf(server.target, { ...server.login, key: `${server.key}.pub` })).toMatch(
      /others may read|public key/,
    )
    expect(await errorOf(server.target, { ...server.login, key: '/nowhere/key' })).toMatch(/there is no such file/)
    chmodSync(wrong, 0o644)
    expect(await errorOf(server.target, { ...server.login, key: wrong })).toContain(`chmod 600 ${wrong}`)
    writeFileSync(wrong, 'nonsense', { mode: 0o600 })
    chmodSync(wrong, 0o600)
    expect(await errorOf(server.target, { ...server.login, key: wrong })).toMatch(/no private key that can be read/)
  })

  it('of an agent are taken', async () => {
    const socket = join(server.folder, 'agent')
    const said = execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' })
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)![1])
    try {
      const key = makeKey(server.folder, 'with_agent', 'rsa')
      server.authorize(`${key}.pub`)
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      rmSync(key)
      const { known } = server
      expect(await visit(server.target, { agent: socket, known, unknown: 'remember', config: false })).toBe('in\n')
    } finally {
      process.kill(pid)
    }
    const { known } = server
    expect(await errorOf(server.target, { agent: socket, known, unknown: 'remember', config: false })).toMatch(
      /the agent/,
    )
  })
})

describe('passwords', () => {
  it('are taken from option and environment; wrong ones are refused and told nowhere', async () => {
    const word = `pw-${randomBytes(6).toString('hex')}`
    const user = makeUser(word)
    const own = await Sshd.start({ config: ['PasswordAuthentication yes'] })
    const target = `${user}@${own.host}:${own.port}`
    const options: SshOptions = { known: own.known, unknown: 'remember', config: false, agent: false }
    try {
      expect(await visit(target, { ...options, password: word })).toBe('in\n')
      const session = await connect(target, { ...options, password: word })
      expect(JSON.stringify(session) + String(session) + String(session.history)).not.toContain(word)
      await session.close()
      process.env.NETSHELL_SSH_PASSWORD = word
      expect(await visit(target, options)).toBe('in\n')
      delete process.env.NETSHELL_SSH_PASSWORD
      const wrong = await errorOf(target, { ...options, password: 'wrong-password' })
      expect(wrong).toMatch(/not logged in. Tried: the password. The server takes: publickey, password/)
      expect(wrong).not.toContain('wrong-password')
      expect(await errorOf(target, options)).toMatch(/NETSHELL_SSH_PASSWORD or the option password/)
    } finally {
      delete process.env.NETSHELL_SSH_PASSWORD
      removeUser(user)
      await own.stop()
    }
  })
})

describe('the key of the host', () => {
  it('is refused when it is unknown, and the message has what to do', async () => {
    const known = join(server.folder, 'known_none')
    const shown = fingerprintOf(join(server.folder, 'host_ed25519.pub'))
    for (const unknown of ['refuse', 'ask', undefined] as const) {
      const error = await errorOf(server.target, { ...server.login, known, unknown })
      expect(error).toContain(`fingerprint: '${shown}'`)
      expect(error).toContain("unknown: 'remember'")
      expect(existsSync(known)).toBe(false)
    }
    expect(await visit(server.target, { ...server.login, known, unknown: 'refuse', fingerprint: shown })).toBe('in\n')
    const other = fingerprintOf(`${server.key}.pub`)
    expect(await errorOf(server.target, { ...server.login, known, fingerprint: other })).toContain(`and not ${other}`)
  })

  it('is remembered in a form that OpenSSH reads, and only then', async () => {
    const known = join(server.folder, 'known_new')
    expect(await visit(server.target, { ...server.login, known, unknown: 'accept' })).toBe('in\n')
    expect(existsSync(known)).toBe(false)
    expect(await visit(server.target, { ...server.login, known, unknown: 'remember' })).toBe('in\n')
    expect(statSync(known).mode & 0o777).toBe(0o600)
    expect(told.join('\n')).toMatch(/its key SHA256:\S+ is remembered in /)
    const ssh = ['-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes']
    const args = [
      ...ssh,
      '-F',
      'none',
      '-i',
      server.key,
      '-p',
      String(server.port),
      `root@${server.host}`,
      'echo openssh',
    ]
    expect(execFileSync('ssh', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('openssh\n')
    const before = readFileSync(known, 'utf8')
    expect(await visit(server.target, { ...server.login, known, unknown: 'refuse' })).toBe('in\n')
    expect(readFileSync(known, 'utf8')).toBe(before)
  })

  it('is found under a hashed name, as ssh-keygen -H writes it', async () => {
    const known = join(server.folder, 'known_hashed')
    await visit(server.target, { ...server.login, known, unknown: 'remember' })
    execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' })
    expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|/)
    expect(await visit(server.target, { ...server.login, known, unknown: 'refuse' })).toBe('in\n')
    // And the other way round: OpenSSH finds what we have hashed.
    const ours = join(server.folder, 'known_ours')
    const config = join(server.folder, 'config_hash')
    writeFileSync(config, 'Host *\n  HashKnownHosts yes\n')
    await visit(server.target, { ...server.login, known: ours, unknown: 'remember', config })
    expect(readFileSync(ours, 'utf8')).toMatch(/^\|1\|/)
    const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${server.port}`, '-f', ours], { encoding: 'utf8' })
    expect(found).toMatch(/found: line 1/)
  })

  it('that has changed is refused whatever the options say, with both fingerprints and the line', async () => {
    const known = join(server.folder, 'known_changed')
    const fake = makeKey(server.folder, 'fake_host', 'ed25519')
    const [type, base64] = readFileSync(`${fake}.pub`, 'utf8').split(' ')
    writeFileSync(known, `# a comment\n\n[127.0.0.1]:${server.port} ${type} ${base64}\n`)
    for (const unknown of ['accept', 'remember', 'ask'] as const) {
      const error = await errorOf(server.target, { ...server.login, known, unknown })
      expect(error).toContain('HAS CHANGED')
      expect(error).toContain(fingerprintOf(`${fake}.pub`))
      expect(error).toContain(fingerprintOf(join(server.folder, 'host_ed25519.pub')))
      expect(error).toContain('known_changed, line 3')
      expect(error).toContain(`-R '[127.0.0.1]:${server.port}'`)
    }
    expect(server.child!.stderr).not.toMatch(/Accepted publickey.*known_changed/)
  })

  it('of a type that is known is asked for, when the host has several', async () => {
    const known = join(server.folder, 'known_rsa')
    const [type, base64] = readFileSync(join(server.folder, 'host_rsa.pub'), 'utf8').split(' ')
    writeFileSync(known, `other,127.0.0.*,[127.0.0.*]:* ${type} ${base64}\n`)
    const session = await connect(server.target, { ...server.login, known, unknown: 'refuse' })
    expect(session.hostKey).toBe(`ssh-rsa ${fingerprintOf(join(server.folder, 'host_rsa.pub'))}`)
    await session.close()
  })

  it('follows patterns, negations, revocations, and leaves out certificate authorities', async () => {
    const known = join(server.folder, 'known_marked')
    const line = readFileSync(join(server.folder, 'host_ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    const refuse = { ...server.login, known, unknown: 'refuse' } as const
    writeFileSync(known, `[127.0.0.*]:*,![127.0.0.1]:${server.port} ${line}\n`)
    expect(await errorOf(server.target, refuse)).toMatch(/not known yet/)
    writeFileSync(known, `@cert-authority * ${line}\n`)
    expect(await errorOf(server.target, refuse)).toMatch(/@cert-authority, are not supported/)
    appendFileSync(known, `[127.0.0.1]:${server.port} ${line}`)
    expect(await visit(server.target, refuse)).toBe('in\n')
    appendFileSync(known, `\n@revoked * ${line}\n`)
    expect(await errorOf(server.target, { ...refuse, unknown: 'accept' })).toMatch(/is revoked: .*known_marked, line 3/)
  })
})

describe('what is no way in', () => {
  let other: Server
  const answer = async (reply: string | null): Promise<string> => {
    other = createServer((socket) => {
      socket.on('error', () => undefined)
      if (reply !== null) socket.on('data', () => socket.end(reply))
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const error = await errorOf(`root@127.0.0.1:${port}`, { ...server.login, timeout: 1 })
    other.close()
    return error
  }

  it('is told: a web server', async () => {
    expect(await answer('HTTP/1.1 400 Bad Request\r\n\r\n')).toMatch(
      /no SSH server: it says "HTTP\/1.1 400 Bad Request"/,
    )
  })

  it('is told: garbage, which is shown harmlessly', async () => {
    const error = await answer('\x1b[31m\x07\x00garbage\r\n'.repeat(2000))
    expect(error).toMatch(/no SSH server: it says/)
    expect(error).not.toContain('\x1b')
  })

  it('is told: a server that says nothing', async () => {
    expect(await answer(null)).toMatch(/says nothing: is that an SSH server\? \(after 1 s/)
  })

  it('is told: an end right away', async () => {
    expect(await answer('')).toMatch(/closed the connection|[Cc]onnection lost before handshake/)
  })

  it('is told: a server whose words are SSH and nothing more', async () => {
    expect(await answer(`SSH-2.0-x\r\n${'\xff'.repeat(200)}`)).toMatch(/ssh root@127.0.0.1:\d+: /)
  })

  it('is told: a port where nothing listens, a name that is not known', async () => {
    expect(await errorOf(`root@127.0.0.1:${await freePort()}`, server.login)).toMatch(/refused: nothing listens there/)
    expect(await errorOf('root@no-such-host.invalid', { ...server.login, timeout: 8 })).toMatch(
      /name is not known|could not be looked up/,
    )
  })

  it('is told: options and targets that make no sense', async () => {
    expect(await errorOf('', server.login)).toMatch(/names no host/)
    expect(await errorOf('root@h:99999', server.login)).toMatch(/99999 is no port/)
    expect(await errorOf('-oProxyCommand=x', server.login)).toMatch(/names no host/)
    expect(await errorOf(server.target, { ...server.login, unknown: 'yes' as never })).toMatch(/'ask', 'refuse'/)
    const secret = await errorOf(server.target, { ...server.login, password: 12345 as never })
    expect(secret).toMatch(/option password must be a text/)
    expect(secret).not.toContain('12345')
  })

  it('ends at Ctrl-C before it has begun, and goes nowhere', async () => {
    const known = join(server.folder, 'known_never')
    const task = connect(server.target, { ...server.login, known })
    task.interrupt()
    await expect(task).rejects.toThrow(/interrupted/)
    // The next one takes longer than it would have taken.
    await visit(server.target, server.login)
    expect(existsSync(known)).toBe(false)
  })

  it('ends at Ctrl-C while it connects', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const task = connect(`root@127.0.0.1:${port}`, server.login)
    setTimeout(() => task.interrupt(), 100)
    await expect(task).rejects.toThrow(/interrupted/)
    await eventually(() => new Promise((resolve) => silent.getConnections((_, count) => resolve(count)))).toBe(0)
    silent.close()
  })
})

describe('~/.ssh/config', () => {
  it('gives name, port, user, key and known hosts', async () => {
    const config = join(server.folder, 'config')
    const more = join(server.folder, 'more.conf')
    writeFileSync(more, `Host lab-*\n  IdentityFile "${server.key}"\n  IdentitiesOnly=yes\n`)
    writeFileSync(
      config,
      [
        'Host !lab-x lab-*',
        '  HostName 127.0.0.1 # a comment',
        `  Port ${server.port}`,
        '  User root',
        `  Include ${more}`,
        'Match host nothing exec "touch /nowhere"',
        '  User nobody',
        'Host *',
        '  User other',
        `  UserKnownHostsFile ${server.known}`,
        '  StrictHostKeyChecking accept-new',
      ].join('\n'),
    )
    expect(await visit('lab-a', { config, agent: false })).toBe('in\n')
    expect(await errorOf('lab-x', { config, agent: false, timeout: 8 })).toMatch(/^ssh other@lab-x: /)
    expect(await errorOf('lab-a', { config, agent: false, user: 'no-such-user' })).toMatch(
      /^ssh no-such-user@127.0.0.1:\d+: not logged in/,
    )
  })
})

describe('over other machines', () => {
  it('goes the way that is given, by names, sessions and configuration, and closes it again', async () => {
    const lab = await openLab()
    const servers: Sshd[] = []
    try {
      // The gateway is seen from `here`; the goal listens only on the loopback of `there`.
      const gateway = await Sshd.start({ netns: lab.there.namespace, host: lab.there.ipv4, port: 2201 })
      servers.push(gateway)
      const goal = await Sshd.start({
        netns: lab.there.namespace,
        host: '127.0.0.1',
        port: 2202,
        folder: gateway.folder,
      })
      servers.unshift(goal)
      const options = { ...gateway.login, netns: lab.here.namespace }
      const session = await connect(goal.target, { ...options, jump: gateway.target })
      expect((await session.run('echo "$SSH_CONNECTION"')).stdout).toMatch(/ 127\.0\.0\.1 2202\n$/)
      expect(String(session)).toContain(`over ${gateway.target}`)
      await session.close()
      await eventually(() => gateway.connections().length).toBe(0)

      const first = await connect(gateway.target, options)
      expect(await visit(goal.target, { ...gateway.login, jump: [first] })).toBe('in\n')
      expect(first.isOpen).toBe(true)
      expect(await errorOf('root@127.0.0.1:1', { ...gateway.login, jump: first })).toMatch(
        /127\.0\.0\.1:1: no connection from there/,
      )

      const config = join(gateway.folder, 'jump_config')
      writeFileSync(config, `Host goal\n  HostName 127.0.0.1\n  Port 2202\n  ProxyJump ${gateway.target}\n`)
      expect(await visit('root@goal', { ...options, config })).toBe('in\n')
      const chained = [gateway.target, goal.target]
      expect(await visit(goal.target, { ...options, jump: chained })).toBe('in\n')
      await first.close()
      const dead = await errorOf(goal.target, { ...options, jump: `root@${lab.there.ipv4}:9` })
      expect(dead).toMatch(/^ssh root@10\.86\.\d+\.2:9: the connection was refused/)
    } finally {
      for (const each of servers) await each.stop()
      await lab.close()
    }
  })
})
