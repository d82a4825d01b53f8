/** Questions at a real terminal: whether a key is right, passphrases and passwords that are not shown. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from '../../repl/screen/program.js'
import { hasScreen, Screen } from '../../repl/screen/screen.js'
import { fingerprintOf, makeKey, makeUser, removeUser, Sshd } from './sshd.js'

const PASSWORD = 'the-Pass-word-9'

describe.skipIf(!hasScreen)('at a terminal', () => {
  let server: Sshd
  let program: Awaited<ReturnType<typeof bundledProgram>>
  let screen: Screen
  let user: string
  beforeAll(async () => {
    program = await bundledProgram()
    server = await Sshd.start({ config: ['PasswordAuthentication yes'] })
    user = makeUser(PASSWORD)
  }, 100_000)
  afterEach(() => screen?.close())
  afterAll(async () => {
    if (user) removeUser(user)
    await server?.stop()
    program?.remove()
  })

  async function open(): Promise<void> {
    screen = new Screen([process.execPath, program.file], { columns: 120, environment: { SSH_AUTH_SOCK: '' } })
    await screen.prompt()
  }

  /** All files below the home folder of the program: history, known hosts. */
  function written(folder = screen.home): string {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) =>
        entry.isDirectory()
          ? written(join(folder, entry.name))
          : entry.isFile()
            ? readFileSync(join(folder, entry.name), 'latin1')
            : '',
      )
      .join('\n')
  }

  it('an unknown key is shown and asked about: no, once, yes', { timeout: 90_000 }, async () => {
    await open()
    const known = join(screen.home, '.ssh', 'known_hosts')
    const line = `s = ssh.connect('${server.target}', {key: '${server.key}'})`
    screen.enter(line)
    const text = await screen.shows('yes (and remember it), no, once:')
    expect(text.replaceAll('\n', '')).toContain(fingerprintOf(join(server.folder, 'host_ed25519.pub')))
    screen.enter('perhaps')
    await screen.shows("'yes', 'no' or 'once':")
    screen.enter('no')
    await screen.shows('its key was not accepted')
    await screen.prompt()
    expect(existsSync(known)).toBe(false)
    screen.press('C-l')
    screen.enter(line)
    await screen.shows('once:')
    screen.press('C-c')
    await screen.prompt()
    screen.press('C-l')
    screen.enter(line)
    await screen.shows('remember it), no, once:')
    screen.enter('once')
    await screen.shows(/ssh root@127\.0\.0\.1:\d+: open/)
    await screen.prompt()
    expect(existsSync(known)).toBe(false)
    screen.press('C-l')
    screen.enter(line.replace('s =', 't ='))
    await screen.shows('remember it), no, once:')
    screen.enter('yes')
    await screen.shows('is remembered in ~/.ssh/known_hosts')
    await screen.prompt()
    expect(statSync(known).mode & 0o777).toBe(0o600)
    // The prompt still edits, and the session works.
    screen.enter("t.run('echo $((6*7))').stdout.trim() + '!'")
    await screen.shows("'42!'")
  })

  it('passphrase and password are asked for, not shown, and kept nowhere', { timeout: 90_000 }, async () => {
    await open()
    mkdirSync(join(screen.home, '.ssh'), { mode: 0o700 })
    const word = 'open-Sesame-7'
    const key = makeKey(server.folder, 'asked', 'ed25519', word)
    server.authorize(`${key}.pub`)
    screen.enter(`a = ssh.connect('${server.target}', {key: '${key}', unknown: 'remember'})`)
    await screen.shows('Passphrase of ')
    screen.enter('wrong-one')
    await screen.shows(/Passphrase of [^\n]*\n+Passphrase of /)
    screen.enter(word)
    await screen.shows(/ssh root@127\.0\.0\.1:\d+: open/)
    await screen.prompt()
    screen.press('C-l')
    screen.enter(`b = ssh.connect('${user}@127.0.0.1:${server.port}')`)
    await screen.shows(/: password:$/)
    screen.enter('not-that-one')
    await screen.shows(/password:\n+[^\n]*password:$/)
    screen.enter(PASSWORD)
    await screen.shows(new RegExp(`ssh ${user}@127\\.0\\.0\\.1:\\d+: open`))
    await screen.prompt()
    // Typed by mistake at the prompt, it does not get into the history either.
    screen.enter(`'${PASSWORD}'.length`)
    await screen.prompt()
    screen.enter("b.run('id -un').lines")
    await screen.shows(`'${user}'`)
    const seen = screen.text({ history: true }).replace(`'${PASSWORD}'.length`, '')
    screen.enter('.exit')
    expect(await screen.ended()).toBe(0)
    for (const secret of [word, PASSWORD, 'wrong-one', 'not-that-one']) {
      expect(seen).not.toContain(secret)
      expect(written()).not.toContain(secret)
    }
    expect(written()).toContain('ssh.connect')
  })

  it('a shell of the other machine has the terminal, and gives it back', { timeout: 90_000 }, async () => {
    await open()
    screen.enter(`s = ssh.connect('${server.target}', {key: '${server.key}', unknown: 'accept'})`)
    await screen.shows(': open')
    await screen.prompt()
    screen.enter('s.shell()')
    await screen.shows(/[#$] $|[#$]$/)
    screen.enter('echo "in $((40+2)) $(tty)"; stty size')
    await screen.shows(/in 42 \/dev\/pts\/\d+\n24 120/)
    screen.press('C-c')
    screen.enter('exit')
    await screen.prompt()
    screen.enter("'back ' + s.run('echo here').stdout.trim()")
    await screen.shows("'back here'")
  })

  it('Ctrl-C ends a remote command and keeps its output', { timeout: 90_000 }, async () => {
    await open()
    screen.enter(`s = ssh.connect('${server.target}', {key: '${server.key}', unknown: 'accept'})`)
    await screen.shows(': open')
    await screen.prompt()
    screen.enter("r = s.run('echo begun; sleep 100', {show: true})")
    await screen.shows(/^begun$/m)
    screen.press('C-c')
    await screen.shows('interrupted')
    await screen.prompt()
    screen.enter('JSON.stringify(r)')
    await screen.shows(/"stdout":"begun\\+n"/)
    screen.enter("for (const line of s.stream('for i in 1 2 3; do echo line $i; done; sleep 100')) console.log(line)")
    await screen.shows(/^line 3$/m)
    screen.press('C-c')
    await screen.prompt()
    screen.enter("s.run('echo still on').lines")
    await screen.shows('still on')
  })
})
