/** rc.nsh and config.json at a real terminal. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MODULES } from '../../lab/bundle.js'
import { bundledProgram } from './program.js'
import { hasScreen, Screen } from './screen.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program.remove())

/** A screen that holds a shell in a folder with these files in its `config/netshell`; `use` gets it when it shows a prompt. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  {
    args = [],
    environment = {},
    prepare,
  }: { args?: string[]; environment?: Record<string, string>; prepare?: (folder: string) => void },
  use: (screen: Screen, home: string) => Promise<void>,
): Promise<void> {
  const screen = new Screen(
    [
      'sh',
      '-c',
      'while [ ! -e "$HOME/ready" ]; do sleep 0.05; done; XDG_CONFIG_HOME=$HOME/config XDG_STATE_HOME=$HOME/state exec "$0" "$@"',
      process.execPath,
      program.file,
      ...args,
    ],
    {
      environment: { NODE_PATH: MODULES, ...environment },
    },
  )
  try {
    const folder = path.join(screen.home, 'config', 'netshell')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text, { mode: 0o600 })
    prepare?.(screen.home)
    writeFileSync(path.join(screen.home, 'ready'), '')
    await use(screen, screen.home)
  } finally {
    screen.close()
  }
}

const RC = `const lab = '10.0.0.0/24'
const waited = sleep(0.05)
function greet() {
  return 'hi from ' + lab
}
console.log('rc has run')
`

describe.skipIf(!hasScreen)('rc.nsh', () => {
  it('runs before the first line, may wait, and what it declares stays', async () => {
    await withFiles({ 'rc.nsh': RC }, {}, async (screen) => {
      await screen.prompt()
      expect(screen.text()).toMatch(/rc has run\n(?:.*\n)*netshell/)
      screen.enter('greet()')
      await screen.shows("'hi from 10.0.0.0/24'")
    })
  })

  it('names its line when it fails, and the prompt comes', async () => {
    await withFiles({ 'rc.nsh': `${RC}\nnosuch()\nconst after = 1\n` }, {}, async (screen) => {
      const text = await screen.prompt()
      expect(text).toContain('rc has run')
      expect(text).toMatch(/ReferenceError: nosuch is not defined\n +at \S*rc\.nsh:8:1/)
      expect(text).toContain('netshell --norc starts without it')
      screen.enter('lab')
      await screen.shows("'10.0.0.0/24'")
    })
  })

  it('is stopped by Ctrl-C', async () => {
    await withFiles(
      { 'rc.nsh': "console.log('waiting'); sleep(1000)\nconsole.log('not reached')\n" },
      {},
      async (screen) => {
        await screen.shows('waiting')
        screen.press('C-c')
        const text = await screen.prompt()
        expect(text).toContain('interrupted')
        expect(text).not.toContain('not reached')
        screen.enter('6 * 7')
        await screen.shows(/\b42$/m)
      },
    )
  })

  it('is not run with --norc or NETSHELL_NORC', async () => {
    const files = { 'rc.nsh': RC, 'config.json': '{"timeout": 9}' }
    for (const start of [{ args: ['--norc'] }, { environment: { NETSHELL_NORC: '1' } }]) {
      await withFiles(files, start, async (screen) => {
        expect(await screen.prompt()).not.toContain('rc has run')
        screen.enter('typeof lab + conf.timeout')
        await screen.shows("'undefined2'")
      })
    }
  })

  it('is of the prompt alone; the settings are also of -e and scripts', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'netshell-norc-'))
    try {
      const folder = path.join(home, 'netshell')
      mkdirSync(folder)
      writeFileSync(path.join(folder, 'rc.nsh'), RC)
      writeFileSync(path.join(folder, 'config.json'), '{"timeout": 9}')
      const env = { ...process.env, NODE_PATH: MODULES, XDG_CONFIG_HOME: home }
      const run = (args: string[], input = '') =>
        spawnSync(process.execPath, [program.file, ...args], { encoding: 'utf8', env, input })
      const source = 'typeof lab + conf.timeout'
      expect(run(['-e', source])).toMatchObject({ status: 0, stdout: 'undefined9\n', stderr: '' })
      expect(run(['--norc', '-e', source])).toMatchObject({ status: 0, stdout: 'undefined2\n', stderr: '' })
      expect(run(['-e', source, '--norc'])).toMatchObject({ status: 0, stdout: 'undefined2\n', stderr: '' })
      expect(run([], `console.log(${source})`)).toMatchObject({ status: 0, stdout: 'undefined9\n', stderr: '' })
      writeFileSync(path.join(home, 'x.nsh'), `console.log(${source}, args)`)
      expect(run([path.join(home, 'x.nsh'), '--norc'])).toMatchObject({
        status: 0,
        stdout: "undefined9 [ '--norc' ]\n",
      })
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })

  it('is refused when others may write it', async () => {
    const prepare = (home: string) => chmodSync(path.join(home, 'config/netshell/rc.nsh'), 0o666)
    await withFiles({ 'rc.nsh': RC }, { prepare }, async (screen) => {
      const text = (await screen.prompt()).replaceAll('\n', '')
      expect(text).toContain('is not run: others may write to it')
      expect(text).toContain('chmod go-w')
      expect(text).not.toContain('rc has run')
    })
  })

  it.runIf(process.getuid?.() === 0)(
    'is refused when it is of somebody else, and taken from who called sudo',
    async () => {
      const prepare = (home: string) => {
        chmodSync(home, 0o711)
        for (const name of ['config', 'config/netshell', 'config/netshell/rc.nsh'])
          chownSync(path.join(home, name), 65534, 65534)
      }
      await withFiles({ 'rc.nsh': RC }, { prepare }, async (screen) => {
        const text = (await screen.prompt()).replaceAll('\n', '')
        expect(text).toContain('is not run: it belongs to another user (65534)')
        expect(text).not.toContain('rc has run')
      })
      const environment = { SUDO_UID: '65534', SUDO_GID: '65534' }
      await withFiles({ 'rc.nsh': RC }, { prepare, environment }, async (screen) => {
        expect(await screen.prompt()).toContain('rc has run')
      })
    },
  )
})

describe.skipIf(!hasScreen)('config.json', () => {
  it('sets what it has before the first line, and tells what is wrong', async () => {
    await withFiles({ 'config.json': '{\n// mine\n"iface": "lo",\n"tiemout": 3}' }, {}, async (screen) => {
      const text = await screen.prompt()
      expect(text.replaceAll('\n', '')).toMatch(
        /config\.json:4: there is no setting 'tiemout'; did you mean 'timeout'\?/,
      )
      expect(text).toMatch(/\nnetshell lo\S*[#>]$/)
    })
  })

  it.runIf(process.getuid?.() === 0)('is written as a file of who called sudo, as the history is', async () => {
    const environment = { SUDO_UID: '65534', SUDO_GID: '65534' }
    const prepare = (home: string) => {
      mkdirSync(path.join(home, 'state'))
      chmodSync(home, 0o711)
      for (const name of ['config', 'config/netshell', 'state']) chownSync(path.join(home, name), 65534, 65534)
    }
    await withFiles({}, { prepare, environment }, async (screen, home) => {
      await screen.prompt()
      screen.enter('conf.timeout = 7; conf.save()')
      await screen.shows('saved in ')
      for (const name of ['config/netshell/config.json', 'state/netshell', 'state/netshell/history']) {
        const { uid, gid } = statSync(path.join(home, name))
        expect({ name, uid, gid }).toEqual({ name, uid: 65534, gid: 65534 })
      }
      expect(readFileSync(path.join(home, 'config/netshell/config.json'), 'utf8')).toContain('"timeout": 7')
    })
  })
})

describe.skipIf(!hasScreen)('.history and .config', () => {
  it('list what was typed and where things are, and forget', async () => {
    await withFiles({}, {}, async (screen, home) => {
      await screen.prompt()
      screen.enter('11 + 11')
      await screen.shows(/\b22$/m)
      screen.enter("password = 'hunter2'")
      await screen.shows(/hunter2'\n(?:.*\n)*netshell[^\n]*$/)
      screen.press('C-l')
      screen.enter('.history')
      const text = await screen.shows(/REDACTED/)
      expect(text).toMatch(/^11 \+ 11\npassword = 'REDACTED'$/m)
      screen.enter('.history 11 +')
      await screen.shows(/\.history 11 \+\n11 \+ 11\nnetshell/)
      screen.enter('.config')
      expect(await screen.shows('start script')).toMatch(/^settings +~\/config\/netshell\/config\.json +none yet/m)
      screen.enter('.history clear')
      await screen.shows('the history is empty')
      const file = path.join(home, 'state/netshell/history')
      expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('')
    })
  })
})
