/** The built program is several files: a start reads few of them, and what is in the others is there when it is asked for. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { programFiles } from '../../scripts/program.mjs'

const ROOT = join(import.meta.dirname, '../..')

let folder: string
let dist: string
let files: Awaited<ReturnType<typeof programFiles>>

beforeAll(async () => {
  files = await programFiles()
  folder = mkdtempSync(join(tmpdir(), 'netshell-parts-'))
  dist = join(folder, 'dist')
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
  cpSync(join(ROOT, 'scripts/warm.cjs'), join(folder, 'scripts/warm.cjs'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  for (const { name, content } of files) writeFileSync(join(dist, name), content)
})

/** What the program prints for an expression. */
const evaluated = (expression: string): string =>
  execFileSync(process.execPath, [join(dist, 'cli.cjs'), '-e', expression], {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: 'pipe',
  }).trim()

/** The parts that ran since the program was written: each has left a code cache with its mark in the name. */
const partsThatRan = (): string[] => {
  const caches = readdirSync(dist).filter((name) => name.endsWith('.cache'))
  const markOf = (name: string): string => readFileSync(join(dist, name), 'latin1').slice(2, 18)
  return readdirSync(dist)
    .filter((name) => /^netshell.*\.cjs$/.test(name) && caches.some((cache) => cache.includes(markOf(name))))
    .map((name) => basename(name, '.cjs'))
    .sort()
}

describe('a start', () => {
  // Another name here: a module that a start uses has come into a part that should wait (scripts/program-parts.mjs), or uses one of it.
  test('reads of the program what an expression needs', () => {
    expect(evaluated('6 * 7')).toBe('42')
    expect(partsThatRan()).toEqual(['netshell', 'netshell-line'])
  })

  test('reads of the program what the prompt needs', () => {
    execFileSync(process.execPath, [join(folder, 'scripts/warm.cjs')], { timeout: 30_000 })
    expect(partsThatRan()).toEqual(['netshell', 'netshell-prompt'])
  })
})

describe('what waits', () => {
  test('is there when packets are shown, and knows the same layers', () => {
    const shown = evaluated(
      "const p = IP({dst: '127.0.0.1'})/UDP()/DNS({qd: DNSQR({qname: 'a.b'})}); p.show(); dissect(IP, p.bytes())[DNS].qd",
    )
    expect(shown).toContain('###[ IP ]###')
    expect(shown).toMatch(/qname.*a\.b/)
  })

  test('is there for a rare layer, for help, for a tool and for a mistake', () => {
    expect(evaluated('OSPF_Hdr().layerName')).toBe('OSPF_Hdr')
    expect(evaluated("help('Packet.show')")).toContain('show(')
    expect(evaluated("try { ping('127.0.0.1', {count: 'x'}) } catch (error) { error.message }")).toContain('count')
    expect(evaluated('let x: number = 3; x')).toBe('3')
    expect(() => evaluated('nosuchname')).toThrow(/nosuchname is not defined/)
  })

  test('is the same class for all: an error is an instance of the class that the user has', () => {
    expect(evaluated('try { IP({ttl: 300}).bytes() } catch (error) { `${error.name} ${error.message}` }')).toMatch(
      /^PacketError IP\.ttl/,
    )
    expect(evaluated('PacketList && rdpcap instanceof Function && new PacketList() instanceof PacketList')).toBe('true')
  })

  test('is that of the build that was started, also when another one takes its place', () => {
    expect(
      evaluated(
        `const fs = require('node:fs')
        for (const name of fs.readdirSync('${dist}')) if (/^netshell-(?!line)/.test(name)) fs.rmSync('${dist}/' + name)
        dissect(UDP, hex('c0000045001100000001780069656361736369690000'.slice(0, 34))).summary()`,
      ),
    ).toContain('TFTP')
  })
})
