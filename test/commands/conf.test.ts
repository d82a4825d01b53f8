import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { conf } from '../../src/commands/conf.js'
import { CONF_ENTRIES } from '../../src/commands/conf-entries.js'
import { applyConfigFile, configFile } from '../../src/commands/config-file.js'
import { describe as describeName, membersDescribed, metadataOf } from '../../src/commands/metadata.js'
import { SETTING_RULES } from '../../src/commands/setting-rules.js'
import { SETTING_NAMES } from '../../src/commands/setting-values.js'
import { DEFAULT_SETTINGS, setting } from '../../src/exchange/settings.js'
import { setPrinter } from '../../src/packet/index.js'

const isRoot = process.getuid?.() === 0
const before = { ...process.env }
let home: string
let printed: string[]

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'netshell-conf-'))
  process.env.XDG_CONFIG_HOME = path.join(home, 'config')
  for (const name of ['SUDO_UID', 'SUDO_GID']) delete process.env[name]
  printed = []
  setPrinter((text) => void printed.push(text))
})
afterEach(() => {
  conf.reset()
  process.env = { ...before }
  rmSync(home, { recursive: true, force: true })
})

/** The settings with any values, as a user may type them. */
const loose = conf as unknown as Record<string, unknown>

function write(text: string, mode = 0o600): string {
  const file = configFile()
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

function warnings(): string[] {
  const all: string[] = []
  applyConfigFile((text) => all.push(text.replace(configFile(), 'FILE').replaceAll(configFile(), 'FILE')))
  return all
}

describe('conf', () => {
  it('has the defaults, and takes what fits', () => {
    for (const name of SETTING_NAMES) expect(conf[name]).toEqual(DEFAULT_SETTINGS[name])
    for (const name of SETTING_NAMES) {
      loose[name] = SETTING_RULES[name].example
      expect(setting(name)).toEqual(SETTING_RULES[name].example)
      loose[name] = DEFAULT_SETTINGS[name]
      expect(setting(name)).toEqual(DEFAULT_SETTINGS[name])
    }
  })

  const wrong: [name: string, value: unknown, message: RegExp][] = [
    ['timeout', 'x', /^conf\.timeout cannot be 'x': it takes a number of seconds, 0\.\.86400, such as 5\. It stays 2$/],
    ['timeout', -1, /0\.\.86400/],
    ['timeout', Number.NaN, /0\.\.86400/],
    ['timeout', undefined, /cannot be unset/],
    ['rows', 2.5, /a whole number, 1\.\.100000/],
    ['rows', 0, /1\.\.100000/],
    ['historySize', 1e9, /0\.\.1000000/],
    ['quiet', 1, /true or false/],
    ['color', 'sometimes', /'auto', 'always' or 'never'/],
    ['iface', 'eth999', /there is no interface 'eth999'.*\(there are: .*lo.*\)\. It stays unset$/],
    ['iface', 'any', /sniff\(\{iface: 'any'\}\)/],
    ['iface', 3, /the name of an interface/],
    ['pager', 'nosuchpager -R', /there is no program 'nosuchpager' on this machine\. It stays 'auto'$/],
    ['editor', '', /a command/],
    ['prompt', 'a\nb', /one line of text/],
    ['prompt', '\x1b[31m> ', /one line of text/],
    ['prompt', '{ifac}> ', /there is no placeholder \{ifac\}; did you mean 'iface'\? It stays unset$/],
    ['prompt', '{xyzzy}> ', /there are \{iface\} \{netns\}/],
    ['redact', 'pin', /a list of names/],
    ['redact', ['a b'], /"a b" is no name/],
  ]
  for (const [name, value, message] of wrong) {
    it(`does not take ${name} = ${inspect(value)}, and keeps the old value`, () => {
      const old = loose[name]
      expect(() => {
        loose[name] = value
      }).toThrow(message)
      expect(loose[name]).toEqual(old)
    })
  }

  it('notices a mistyped name, in reading too', () => {
    expect(() => {
      loose['tiemout'] = 3
    }).toThrow("conf has no setting 'tiemout'; did you mean 'timeout'?")
    expect(() => loose['tiemout']).toThrow("did you mean 'timeout'?")
    expect(() => {
      loose['xyzzy'] = 3
    }).toThrow("conf has no setting 'xyzzy'; conf shows all of them")
    expect(loose['then']).toBeUndefined()
    expect(() => conf.reset('tiemout')).toThrow("did you mean 'timeout'?")
  })

  it('takes null and undefined as unset', () => {
    conf.iface = 'lo'
    loose['iface'] = null
    expect(conf.iface).toBeUndefined()
  })

  it('takes a command with its program in quotes', () => {
    conf.editor = '"node" -v'
    expect(conf.editor).toBe('"node" -v')
    conf.reset('editor')
  })

  it('keeps a list of its own', () => {
    const names = ['pin']
    conf.redact = names
    names.push('x y')
    expect(conf.redact).toEqual(['pin'])
    expect(() => (conf.redact as string[]).push('x')).toThrow()
  })

  it('goes back to the default, one or all', () => {
    conf.timeout = 5
    conf.rows = 7
    conf.reset('timeout')
    expect([conf.timeout, conf.rows]).toEqual([2, 7])
    conf.reset()
    expect(conf.rows).toBe(20)
  })

  it('shows a table within 80 columns: value, default where it differs, where it comes from, meaning', () => {
    for (const line of String(conf).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(String(conf)).toMatch(/^iface +the route's +interface of what names none$/m)
    expect(String(conf)).not.toContain('default')
    write('{"rows": 30}')
    expect(warnings()).toEqual([])
    conf.timeout = 5
    const table = inspect(conf, { breakLength: 78 })
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(table).toMatch(/^ +value +default +from +meaning$/m)
    expect(table).toMatch(/^timeout +5 +2 +session +seconds/m)
    expect(table).toMatch(/^rows +30 +20 +file +rows shown/m)
    expect(table).toMatch(/^pager +'auto' {2,}program/m)
  })

  it('can be written as JSON', () => {
    expect(JSON.parse(JSON.stringify(conf))).toMatchObject({ timeout: 2, iface: null, redact: [] })
  })

  it('is described, with each setting, and examples that work', () => {
    for (const [name, , metadata] of CONF_ENTRIES) describeName(name, metadata)
    expect(metadataOf('conf')?.parameters?.map(({ name }) => name)).toEqual(SETTING_NAMES)
    expect([...membersDescribed('Conf').keys()]).toEqual([...SETTING_NAMES, 'reset', 'save'])
    for (const name of SETTING_NAMES) expect(metadataOf(`conf.${name}`) ?? metadataOf(`Conf.${name}`)).toBeDefined()
  })
})

describe('the config file', () => {
  it('is not needed', () => {
    expect(warnings()).toEqual([])
  })

  it('sets what it has, comments and all', () => {
    write('{\n  // slow lab\n  "timeout": 10,\n  "iface": null,\n}')
    expect(warnings()).toEqual([])
    expect(conf.timeout).toBe(10)
  })

  it('tells line, name and remedy of what is wrong, and takes the rest', () => {
    write('{\n"tiemout": 3,\n"rows": "many",\n"xyzzy": {},\n\n"quiet": true}')
    expect(warnings()).toEqual([
      "FILE:2: there is no setting 'tiemout'; did you mean 'timeout'?",
      "FILE:3: rows cannot be 'many': it takes a whole number, 1..100000",
      "FILE:4: there is no setting 'xyzzy'; conf lists them",
    ])
    expect(conf.quiet).toBe(true)
  })

  it('is passed over when it cannot be read as a whole', () => {
    write('{\n"quiet": true,\n"rows": }')
    expect(warnings()).toEqual(['FILE:3: a value is expected, not "}"; nothing of this file is used'])
    expect(conf.quiet).toBe(false)
  })

  it('is not used when others may write it', () => {
    const file = write('{"quiet": true}', 0o666)
    expect(warnings()).toEqual([
      `FILE is not used: others may write to it; keep it to yourself: chmod go-w ${file}`.replace(file, 'FILE'),
    ])
    expect(conf.quiet).toBe(false)
  })

  it.runIf(isRoot)('is not used when it belongs to another user, unless he called sudo', () => {
    chownSync(write('{"quiet": true}'), 65534, 65534)
    expect(warnings()[0]).toMatch(
      /^FILE is not used: it belongs to another user \(65534\); make it yours: sudo chown 0 FILE$/,
    )
    Object.assign(process.env, { SUDO_UID: '65534', SUDO_GID: '65534' })
    for (const folder of [home, path.join(home, 'config'), path.dirname(configFile())]) chownSync(folder, 65534, 65534)
    expect(warnings()).toEqual([])
    expect(conf.quiet).toBe(true)
  })

  it.runIf(isRoot)('is read with the rights of who called sudo', () => {
    write('{"quiet": true}')
    chmodSync(home, 0o755)
    chmodSync(path.join(home, 'config'), 0o755)
    chmodSync(path.dirname(configFile()), 0o755)
    Object.assign(process.env, { SUDO_UID: '65534', SUDO_GID: '65534' })
    expect(warnings()).toEqual(['FILE is not used: permission denied'])
  })

  it('does not wait at a pipe, and takes no folder', () => {
    mkdirSync(configFile(), { recursive: true })
    expect(warnings()).toEqual(['FILE is not used: it is no ordinary file'])
  })
})

describe('conf.save', () => {
  it('writes what differs, for the user alone, and says so', () => {
    conf.timeout = 5
    conf.redact = ['pin']
    conf.save()
    expect(printed).toEqual([`saved in ${configFile()}: timeout, redact`])
    expect(readFileSync(configFile(), 'utf8')).toMatch(/^\/\/.*\n\{\n {2}"timeout": 5,\n {2}"redact": \["pin"\]\n\}\n$/)
    expect(statSync(configFile()).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(configFile())).mode & 0o777).toBe(0o700)
    conf.reset()
    expect(warnings()).toEqual([])
    expect([conf.timeout, conf.redact]).toEqual([5, ['pin']])
    expect(inspect(conf)).toMatch(/^timeout +5 +2 +file/m)
  })

  it('keeps comments and what it does not know, takes away what is the default again, and follows a link', () => {
    const target = path.join(home, 'dotfiles.json')
    writeFileSync(target, '{\n  // mine\n  "future": 1,\n  "rows": 30,\n  "quiet": true\n}\n', { mode: 0o640 })
    mkdirSync(path.dirname(configFile()), { recursive: true })
    symlinkSync(target, configFile())
    applyConfigFile(() => undefined)
    conf.reset('quiet')
    conf.rows = 40
    conf.save()
    expect(readFileSync(target, 'utf8')).toBe('{\n  // mine\n  "future": 1,\n  "rows": 40\n}\n')
    expect(statSync(target).mode & 0o777).toBe(0o640)
  })

  it('does not touch a file that is wrong', () => {
    write('{ oops')
    expect(() => conf.save()).toThrow(/config\.json:1: names stand in double quotes.*correct or remove the file first$/)
    expect(readFileSync(configFile(), 'utf8')).toBe('{ oops')
  })

  it.runIf(isRoot)('makes files of who called sudo', () => {
    chownSync(home, 65534, 65534)
    Object.assign(process.env, { SUDO_UID: '65534', SUDO_GID: '65534' })
    conf.rows = 30
    conf.save()
    const { uid, gid } = statSync(configFile())
    expect({ uid, gid, folder: statSync(path.dirname(configFile())).uid }).toEqual({
      uid: 65534,
      gid: 65534,
      folder: 65534,
    })
  })
})
