import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PLACEHOLDERS } from '../../src/commands/setting-rules.js'
import { bg } from '../../src/exchange/job.js'
import { changeSetting } from '../../src/exchange/settings.js'
import { Task } from '../../src/exchange/task.js'
import { plain } from '../../src/exchange/terminal-colours.js'
import { promptText } from '../../src/repl/prompt-text.js'
import { bundleSource, MODULES } from '../lab/bundle.js'

const isRoot = process.geteuid?.() === 0
const mark = isRoot ? '#' : '>'
afterEach(() => {
  changeSetting('iface', undefined)
  changeSetting('prompt', undefined)
})

describe('the prompt', () => {
  it('tells the interface that is set, and root', () => {
    changeSetting('iface', 'tun7')
    expect(promptText(plain)).toMatch(new RegExp(`^netshell tun7(@[\\w-]+)?${mark} $`))
  })

  it('counts the jobs that run', async () => {
    changeSetting('iface', 'tun7')
    const forever = () =>
      bg(Task.run<void>(({ onInterrupt }) => new Promise((resolve) => onInterrupt(() => resolve())), { name: 'x' }))
    const first = forever()
    expect(promptText(plain)).toMatch(/^netshell tun7\S*(?: ·|,) 1 job[#>] $/)
    const second = forever()
    expect(promptText(plain)).toMatch(/ 2 jobs[#>] $/)
    await first.stop()
    await second.stop()
    expect(promptText(plain)).toMatch(/^netshell tun7[^ ]*[#>] $/)
  })

  it('can be the user’s own, with placeholders', () => {
    changeSetting('iface', 'tun7')
    changeSetting('prompt', '{user}@{host} {iface} {jobs} {nosuch} {cwd}{mark} ')
    const text = promptText(plain)
    expect(text.startsWith(`${userInfo().username}@${hostname().split('.')[0]} tun7 0 {nosuch} `)).toBe(true)
    expect(text.endsWith(`${mark} `)).toBe(true)
  })

  it('knows every placeholder that the setting allows', () => {
    changeSetting(
      'prompt',
      Object.keys(PLACEHOLDERS)
        .map((name) => `{${name}}`)
        .join('|'),
    )
    expect(promptText(plain)).not.toMatch(/\{\w+\}/)
  })

  it('does not obey what is in a name', () => {
    changeSetting('iface', 'e\x1b[2Jth')
    expect(promptText(plain)).toContain('e\\x1b[2Jth')
    changeSetting('prompt', '{iface}> ')
    expect(promptText(plain)).toBe('e\\x1b[2Jth> ')
  })

  it('takes well under a millisecond', () => {
    promptText(plain)
    const began = process.cpuUsage()
    for (let i = 0; i < 200; i++) promptText(plain)
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 200).toBeLessThan(1000)
  })
})

describe.skipIf(!isRoot)('in a network of its own', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-prompt-'))
  const netns = `prompt-${process.pid}`
  let program: string
  const run = (...argv: string[]): string => {
    const { stdout, stderr, status } = spawnSync(argv[0]!, argv.slice(1), {
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: MODULES },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout
  }
  beforeAll(async () => {
    program = await bundleSource(
      folder,
      "import { promptText } from './src/repl/prompt-text.js'\nconsole.log(promptText((_, text) => text))\n",
    )
    run('ip', 'netns', 'add', netns)
  })
  afterAll(() => {
    spawnSync('ip', ['netns', 'delete', netns])
    rmSync(folder, { recursive: true, force: true })
  })

  it('has no interface where there is no default route', () => {
    expect(run('unshare', '--net', process.execPath, program)).toBe('netshell# \n')
  })

  it('tells the namespace by its name, and the interface of the default route', () => {
    expect(run('ip', 'netns', 'exec', netns, process.execPath, program)).toBe(`netshell @${netns}# \n`)
    run('ip', '-n', netns, 'link', 'add', 'far', 'type', 'veth', 'peer', 'name', 'near')
    for (const name of ['far', 'near']) run('ip', '-n', netns, 'link', 'set', name, 'up')
    run('ip', '-n', netns, '-6', 'route', 'add', 'default', 'dev', 'far', 'metric', '50')
    expect(run('ip', 'netns', 'exec', netns, process.execPath, program)).toBe(`netshell far@${netns}# \n`)
    run('ip', '-n', netns, 'route', 'add', 'default', 'dev', 'far', 'metric', '50')
    run('ip', '-n', netns, 'route', 'add', 'default', 'dev', 'near', 'metric', '20')
    expect(run('ip', 'netns', 'exec', netns, process.execPath, program)).toBe(`netshell near@${netns}# \n`)
  })
})
