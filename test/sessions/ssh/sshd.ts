/** A real OpenSSH server on loopback or in a namespace, with keys of its own in a temporary folder. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Child, start } from '../../lab/process.js'

/** `expect.poll` with the patience that a busy machine needs. */
export const eventually: typeof expect.poll = (look, options) => expect.poll(look, { timeout: 15_000, ...options })

export interface SshdOptions {
  /** Network namespace. */
  netns?: string
  host?: string
  port?: number
  /** Further lines of sshd_config. */
  config?: string[]
  /** Folder with keys of another server, to be the same host again. */
  folder?: string
}

/** A key of a user, with its file. */
export function makeKey(folder: string, name: string, type: string, passphrase = '', bits?: number): string {
  const file = join(folder, name)
  const size = bits === undefined ? [] : ['-b', String(bits)]
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-f', file, '-C', name])
  return file
}

/** `SHA256:…` as ssh-keygen says. */
export function fingerprintOf(file: string): string {
  return execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1]!
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export class Sshd {
  child: Child | undefined
  private constructor(
    readonly folder: string,
    readonly host: string,
    readonly port: number,
    private readonly options: SshdOptions,
  ) {}

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'netshell-sshd-'))
    mkdirSync('/run/sshd', { recursive: true })
    for (const type of ['ed25519', 'rsa', 'ecdsa'])
      if (!existsSync(join(folder, `host_${type}`))) makeKey(folder, `host_${type}`, type)
    if (!existsSync(join(folder, 'user'))) makeKey(folder, 'user', 'ed25519')
    const server = new Sshd(folder, options.host ?? '127.0.0.1', options.port ?? (await freePort()), options)
    // The server reads it with the rights of who logs in.
    chmodSync(folder, 0o755)
    server.authorize(`${folder}/user.pub`)
    await server.launch()
    return server
  }

  /** Private key that is let in. */
  get key(): string {
    return join(this.folder, 'user')
  }

  get known(): string {
    return join(this.folder, 'known_hosts')
  }

  get target(): string {
    return `root@${this.host}:${this.port}`
  }

  /** Options with which a connection works. */
  get login() {
    return { key: this.key, known: this.known, unknown: 'remember', config: false, agent: false } as const
  }

  authorize(...publicKeys: string[]): void {
    const file = join(this.folder, 'authorized_keys')
    const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
    writeFileSync(file, before + publicKeys.map((each) => readFileSync(each, 'utf8')).join(''))
    chmodSync(file, 0o644)
  }

  async launch(): Promise<void> {
    const { folder, host, port, options } = this
    const config = join(folder, 'sshd_config')
    const own = options.config ?? []
    writeFileSync(
      config,
      [
        ...own,
        `ListenAddress ${host}:${port}`,
        ...(own.some((line) => line.startsWith('HostKey '))
          ? []
          : ['ed25519', 'rsa', 'ecdsa'].map((type) => `HostKey ${folder}/host_${type}`)),
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        'PermitRootLogin yes',
        'StrictModes no',
        'UsePAM no',
        'PidFile none',
        'LogLevel VERBOSE',
        'AcceptEnv LANG LC_*',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'Subsystem sftp internal-sftp',
        '',
      ].join('\n'),
    )
    const inside = options.netns === undefined ? [] : ['ip', 'netns', 'exec', options.netns]
    this.child = start([...inside, '/usr/sbin/sshd', '-D', '-e', '-f', config])
    await this.child.waitFor(/Server listening/)
  }

  /** Its connections, which are processes of their own. */
  connections(): number[] {
    return pidsOf(['--ppid', String(this.child?.pid ?? 0)])
  }

  /** Ends the server and all its connections. */
  async kill(): Promise<void> {
    for (const pid of this.connections()) killQuietly(pid)
    await this.child?.stop('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.child?.stop()
    if (this.options.folder === undefined) rmSync(this.folder, { recursive: true, force: true })
  }
}

let users = 0

/** Makes a user of this machine. @param password unset: none */
export function makeUser(password?: string): string {
  const name = `nsh${process.pid % 100_000}x${++users}`
  execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', name])
  // Without a password the account would be locked, for keys too.
  execFileSync('chpasswd', password === undefined ? ['-e'] : [], { input: `${name}:${password ?? '*'}\n` })
  return name
}

export function removeUser(name: string): void {
  for (const pid of pidsOf(['-u', name])) killQuietly(pid)
  execFileSync('userdel', ['--remove', '--force', name], { stdio: 'ignore' })
}

function pidsOf(which: string[]): number[] {
  try {
    const text = execFileSync('ps', ['-o', 'pid=', ...which], { encoding: 'utf8' })
    return text.trim().split(/\s+/).filter(Boolean).map(Number)
  } catch {
    // ps ends with a status when there is none.
    return []
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
