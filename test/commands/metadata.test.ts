/** Everything that a user can type or meet is described, what is described is there, and every example runs. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { FIELD_KIND_NAMES } from '../../src/commands/field-kinds.js'
import { meaningsDescribed } from '../../src/commands/field-meanings.js'
import { preloaded } from '../../src/commands/globals.js'
import {
  allMetadata,
  classesDescribed,
  examplesOf,
  type Metadata,
  membersDescribed,
  metadataOf,
} from '../../src/commands/metadata.js'
import { modulesKnown } from '../../src/commands/modules.js'
import { RANDOM_NAMES } from '../../src/commands/random-values.js'
import { TOPICS } from '../../src/commands/topics.js'
import { DEFAULT_SETTINGS } from '../../src/exchange/settings.js'
import * as engine from '../../src/packet/index.js'
import { DOT_COMMANDS } from '../../src/repl/dot-commands.js'
import { classNames, globalValue, namedSubject } from '../../src/repl/help-subject.js'
import '../../src/repl/input-forms.js'
import { Session } from '../docs/session.js'

const ROOT = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-metadata-'))
/** The layers that netshell has, without those that examples declare. */
const layers = engine.allLayers()
const globals = preloaded()
let session: Session

beforeAll(() => {
  for (const name of ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'HOME']) vi.stubEnv(name, folder)
  session = new Session()
  vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => session.print(values.join(' ')))
})

afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** All descriptions, those of members as `Packet.show`. */
function everything(): [name: string, metadata: Metadata][] {
  const members = classesDescribed().flatMap((className) =>
    [...membersDescribed(className)].map(
      ([name, metadata]) => [`${className}.${name}`, metadata] as [string, Metadata],
    ),
  )
  return [...allMetadata(), ...members]
}

describe('what is described', () => {
  it('is everything that is preloaded', () => {
    const missing = Object.keys(globals).filter((name) => metadataOf(name) === undefined)
    expect(missing).toEqual([])
  })

  it('is all that the prompt takes besides JavaScript, and all settings', () => {
    const commands = Object.keys(DOT_COMMANDS).filter((name) => metadataOf(name) === undefined)
    expect(commands).toEqual([])
    for (const form of ['NAME?', 'edit', '!COMMAND']) expect(metadataOf(form)?.group, form).toBe('Prompt')
    const settings = Object.keys(DEFAULT_SETTINGS).filter((name) => metadataOf(`Conf.${name}`) === undefined)
    expect(settings).toEqual([])
  })

  it('is every kind of field and every random value that the engine has', () => {
    const exported = Object.entries(engine as unknown as Record<string, unknown>)
    const kinds = ['kinds.ts', 'number-kinds.ts', 'lists.ts', 'options.ts'].flatMap((file) => fieldMakers(file))
    expect([...FIELD_KIND_NAMES].sort()).toEqual(kinds.sort())
    const random = exported
      .map(([name]) => name)
      .filter((name) => /^(?:Rand[A-Z]\w*|Corrupted\w+|(?:Int)?AutoTime|IncrementalValue|DelayedEval)$/.test(name))
    expect([...RANDOM_NAMES].sort()).toEqual([...random.filter((name) => name !== 'RandomValue'), 'seed'].sort())
  })

  it('is told in sentences that fit', () => {
    for (const [name, { summary, usage }] of everything()) {
      expect(summary, name).toMatch(/^\S.*[^\s]$/s)
      if (metadataOf(name)?.group !== 'Prompt') expect(summary, name).toMatch(/[.…]$/)
      if (usage !== undefined) expect(usage.length, name).toBeLessThan(140)
    }
    for (const [name, { usage, group }] of allMetadata()) if (group !== TOPICS) expect(usage, name).toMatch(/\S/)
    for (const [name, { parameters = [], positionals = [] }] of everything()) {
      if (layers.some(({ layerName }) => layerName === name)) continue
      for (const each of [...parameters, ...positionals]) {
        expect(each.summary, `${name}.${each.name}`).toMatch(/\S/)
        expect(each.type, `${name}.${each.name}`).toMatch(/\S/)
      }
    }
  })

  it('speaks of positionals that the usage has, and of options in it that there are', () => {
    for (const [name, { usage = '', parameters = [], positionals = [] }] of everything()) {
      if (layers.some(({ layerName }) => layerName === name) || !usage.includes('(')) continue
      const inBraces = /\(.*?\{([^{}]*)\}\)/s.exec(usage)?.[1]
      if (inBraces === undefined || /:|…/.test(inBraces) || positionals.some(({ name: each }) => each === 'options'))
        continue
      const known = parameters.map((parameter) => parameter.name)
      for (const option of inBraces.split(',').map((text) => text.trim()))
        expect(known, `${name}: ${option}`).toContain(option)
    }
  })

  it('points to names that there are', () => {
    for (const [name, { see = [] }] of everything())
      for (const other of see) expect(namedSubject(other).kind, `${name} → ${other}`).not.toBe('nothing')
  })

  it('has an example of everything that can be called', () => {
    const without = everything().filter(
      ([name, metadata]) =>
        examplesOf(metadata).length === 0 && metadata.group !== 'Prompt' && !/^(GuardedPorts|Conf\.save)/.test(name),
    )
    expect(without.map(([name]) => name)).toEqual([])
  })

  it('tells where the sources of a name are', () => {
    for (const [file, names] of modulesKnown()) {
      expect(existsSync(path.join(ROOT, file)), file).toBe(true)
      const source = readFileSync(path.join(ROOT, file), 'utf8')
      // hex and toHex have other names in the engine.
      for (const name of names) if (metadataOf(name)) expect(source, `${file}: ${name}`).toMatch(new RegExp(name, 'i'))
    }
  })

  it('means fields that layers have', () => {
    for (const [layer, field] of meaningsDescribed())
      expect(engine.layerByName(layer)!.definition.find(field), `${layer}.${field}`).toBeGreaterThanOrEqual(0)
  })
})

/** Functions of a file of the engine that make a field. */
function fieldMakers(file: string): string[] {
  const source = readFileSync(path.join(ROOT, 'src/packet', file), 'utf8')
  const constants = source.matchAll(/^export const (\w+) = \([^)]*\): Field</gm)
  const functions = source.matchAll(/^export function (\w+)(?:(?!\n\}).)*?\): Field</gms)
  return [...constants, ...functions].map(([, name]) => name!)
}

describe('every layer', () => {
  it.each(layers.map(({ layerName, definition }) => [layerName, definition] as const))(
    '%s says what it is and what defines it',
    (_, { summaryText, source, layerName }) => {
      expect(summaryText).toMatch(/^[A-Z].*\.$/s)
      expect(source).toMatch(/\S/)
      if (!/^(Raw|Padding)$/.test(layerName))
        expect(source).toMatch(
          /RFC \d+|IEEE|LINKTYPE|draft-|§|specification|Cisco, |\.(?:org|com|net)\b|WireGuard|reference implementation/,
        )
      expect(metadataOf(layerName)?.source).toBe(source)
    },
  )
})

describe('options', () => {
  /** They pass their options on, or take those of an object without a check. */
  const unchecked = new Set([
    'rdpcap',
    'wrpcap',
    'pcapReader',
    'bind',
    'behave',
    'memoryLinkPair',
    'practiceNetwork',
    'param',
  ])
  const others = new Set(['list', 'layers', 'options', 'sh', 'conf', 'diff'])
  const functions = Object.entries(globals).filter(
    ([name, value]) =>
      typeof value === 'function' && !('definition' in value) && (metadataOf(name)?.parameters ?? []).length > 0,
  )

  it.each(functions.filter(([name]) => !unchecked.has(name) && !others.has(name)))(
    '%s describes all that it takes and no other',
    async (name, value) => {
      const wrong = { thereIsNoSuchOption: 1 }
      const positionals = metadataOf(name)!.positionals ?? []
      const given = positionals.map((each) =>
        each.name === 'ports' ? 4321 : each.type?.includes('packet') ? globals.IP : '127.0.0.1',
      )
      const args = name === 'openLink' ? ['lo', wrong] : [...given.map(made), wrong]
      const message = await failure(() =>
        name === 'Reassembler'
          ? new (value as new (o: object) => unknown)(wrong)
          : (value as (...all: unknown[]) => unknown)(...args),
      )
      const taken = /its options are (.+)$/m.exec(message)?.[1]?.split(/[ ,]+/)
      if (name === 'openLink' || taken === undefined) {
        // Told in another way: it must at least not be passed over.
        expect(`${name}: ${message}`).toMatch(/thereIsNoSuchOption|openLink/)
        return
      }
      expect(taken.sort()).toEqual(
        metadataOf(name)!
          .parameters!.map((parameter) => parameter.name)
          .sort(),
      )
    },
  )

  function made(value: unknown): unknown {
    return typeof value === 'function' ? (value as (fields: object) => unknown)({ dst: '127.0.0.1' }) : value
  }

  async function failure(work: () => unknown): Promise<string> {
    try {
      await work()
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
})

/** Members that only the engine needs; they are public since other files of the engine call them. */
const INTERNAL: Readonly<Record<string, readonly string[]>> = {
  Field: [
    'enumName',
    'coerce',
    'knownFlags',
    'key',
    'present',
    'flagText',
    'rawAt',
    'presentAt',
    'writeAt',
    'show',
    'json',
    'parse',
    'command',
  ],
  // The sniff itself counts with them.
  SniffProgress: ['watch', 'watchDropped', 'read'],
}

describe('classes', () => {
  const declared = classesInSources()
  /** Of `http`, or `http.auth`. */
  const named = (name: string): unknown =>
    name.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], globals)

  const spaces = classesDescribed().filter((name) => /^[a-z]/.test(name) && isNamespace(named(name)))

  it.each(spaces)('%s: all that it has is described, and nothing else', (name) => {
    const own = Object.keys(named(name) as object)
    expect([...membersDescribed(name).keys()].sort()).toEqual(own.sort())
  })

  it.each(
    classesDescribed().filter((name) => !['route', 'Layer', 'Link', 'Conf'].includes(name) && !spaces.includes(name)),
  )('%s: all members that a user can reach are described, and no others', (className) => {
    const source = declared.get(className)
    expect(source, `${className} is a class of the sources`).toBeDefined()
    const { members, hidden, fields } = source!
    const described = new Set(membersDescribed(className).keys())
    const parents = ancestors(className)
    const above = new Set(parents.flatMap((name) => [...membersDescribed(name).keys()]))
    expect(members.filter((name) => !described.has(name) && !above.has(name) && !hidden.has(name))).toEqual([])
    const known = new Set([...members, ...fields])
    const inherited = new Set(parents.flatMap((name) => declared.get(name)?.members ?? []))
    expect([...described].filter((name) => !known.has(name) && !inherited.has(name))).toEqual([])
  })

  function ancestors(className: string): string[] {
    const parent = declared.get(className)?.parent
    return parent === undefined ? [] : [parent, ...ancestors(parent)]
  }
})

/** A plain object of functions, such as `tcp`, or a function that has more of them. */
function isNamespace(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null && !('layerName' in value))
}

interface ClassSource {
  parent: string | undefined
  members: string[]
  fields: string[]
  hidden: Set<string>
}

/** The classes of the sources with their public methods and getters, and their own fields. */
function classesInSources(): Map<string, ClassSource> {
  const found = new Map<string, ClassSource>()
  for (const file of readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.startsWith('repl')) continue
    const source = readFileSync(path.join(ROOT, 'src', file), 'utf8')
    for (const match of source.matchAll(
      /^(?:export )?(?:abstract )?class (\w+)(?:<[^{]*?>)?(?: extends (\w+))?[^{]*\{$/gm,
    )) {
      const body = source.slice(match.index + match[0].length, source.indexOf('\n}', match.index))
      const members = [...body.matchAll(/^ {2}(?:abstract |override |async |\*|get )*(\w+)(?:<[^(]*>)?\(/gm)].map(
        ([, name]) => name!,
      )
      const fields = [
        ...body.matchAll(/^ {2}(?:abstract |override |readonly |declare )*(\w+)[?!]?(?::| =)/gm),
        ...body.matchAll(/(?:^ {4}|[(,] ?)(?:override )?readonly (\w+)[?!]?:/gm),
      ].map(([, name]) => name!)
      const own = members.filter((name) => name !== 'constructor' && !name.startsWith('_'))
      found.set(match[1]!, {
        parent: match[2],
        members: [...new Set(own)],
        fields,
        hidden: new Set(INTERNAL[match[1]!] ?? []),
      })
    }
  }
  return found
}

describe('examples', () => {
  const all = everything().flatMap(([name, metadata]) =>
    layers.some(({ layerName }) => layerName === name) || metadata.group !== undefined || name.includes('.')
      ? examplesOf(metadata).map((example) => [name, example] as const)
      : [],
  )

  it('need root or a network only where there is one that does not', () => {
    for (const [name, metadata] of everything()) {
      const examples = examplesOf(metadata)
      const marked = examples.filter(({ needs }) => needs !== undefined)
      if (marked.length === examples.length && examples.length > 0)
        expect(name, 'has an example that anybody can run').toMatch(
          /^(openLink|suppressReset|GuardedPorts|tcpdump|tshark|wireshark)/,
        )
    }
  })

  it('are programs', async () => {
    for (const [name, { code }] of all) {
      const { state } = await session.evaluator.parse(code, { prompt: true })
      expect(state, `${name}: ${code}`).toBe('complete')
    }
  })

  it('run as they stand', { timeout: 120_000 }, async () => {
    const wrong: string[] = []
    const met = new Set<string>()
    const ours = new Set(classesInSources().keys())
    const before = Object.keys(globals).map((name) => [name, globalValue(name)] as const)
    let made = ''
    const seen = new Set<string>()
    // What one writes another reads.
    const ordered = [...all].sort(
      ([, a], [, b]) => Number(b.code.includes('wrpcap')) - Number(a.code.includes('wrpcap')),
    )
    for (const [name, { code, needs }] of ordered) {
      const here = code.replaceAll('/tmp/', `${folder}/`)
      if (needs !== undefined || seen.has(here)) continue
      seen.add(here)
      const began = performance.now()
      // What only reads something of the same object needs no new one.
      const [, making = '', reading = ''] = /^(const .*); ([\w$.[\]]+)$/.exec(here) ?? []
      const shown = (await session.type(making !== '' && making === made ? reading : here)).join('\n')
      made = making
      for (const className of classNames(session.last).slice(0, 1)) if (ours.has(className)) met.add(className)
      const problem = /^\w*Error: .*/m.exec(shown)?.[0]
      if (problem !== undefined) wrong.push(`${name}: ${code}\n  ${problem}`)
      for (const [global, value] of before)
        if (globalValue(global) !== value) {
          wrong.push(`${name}: ${code}\n  puts something else in the place of ${global}`)
          Object.assign(globalThis, { [global]: value })
        }
      if (performance.now() - began > 5000) wrong.push(`${name}: ${code}\n  takes more than 5 s`)
    }
    expect(wrong).toEqual([])
    expect(met.size).toBeGreaterThan(20)
    // What an example gives is an object that a user meets.
    expect([...met].filter((className) => !classesDescribed().includes(className))).toEqual([])
  })
})
