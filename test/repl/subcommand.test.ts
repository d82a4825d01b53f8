/** What tools print on the command line, and how they speak of their options there. */
import * as commander from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ToolCommand } from '../../src/commands/tool-command.js'
import { dhcpCommand } from '../../src/commands/tools/dhcp.js'
import { dnsCommand } from '../../src/commands/tools/dns.js'
import { scanCommand } from '../../src/commands/tools/scan.js'
import { PacketError } from '../../src/packet/index.js'
import { addSubcommand } from '../../src/repl/subcommand.js'

let printed = ''
let complained = ''
const argv = process.argv
beforeEach(() => {
  printed = ''
  complained = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complained += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.argv = argv
})

/** Runs a line with a stand-in for the tool's work, which gets the arguments. */
async function run<R>(tool: ToolCommand<R>, line: string, work: (...args: unknown[]) => R): Promise<number> {
  let exitCode = -1
  const program = new commander.Command('netshell').exitOverride()
  addSubcommand(
    program,
    commander,
    {
      ...tool,
      load:
        async () =>
        async (_, ...args) =>
          work(...args),
    },
    (code) => {
      exitCode = code
    },
  )
  process.argv = ['node', 'netshell', ...line.split(' ')]
  await program.parseAsync(line.split(' '), { from: 'user' })
  return exitCode
}

const SCANNED = { up: ['10.0.0.1'], xml: () => '<nmaprun/>', toString: () => 'a table' } as never

test("nmap's habits are taken: -oX, -Pn, -n, -T4, -F", async () => {
  const given: unknown[][] = []
  const scan = (line: string) =>
    run(scanCommand, `scan ${line}`, (...args) => {
      given.push([[args[0]].flat(), args[1]])
      return SCANNED
    })
  expect(await scan('-sS -n -Pn -T4 10.0.0.1 -oX -')).toBe(0)
  expect(given).toEqual([[['10.0.0.1'], { all: true, type: ['syn'], xml: '-' }]])
  expect(printed).toBe('<nmaprun/>\n')
  await scan('-F -oX file.xml 10.0.0.1 10.0.0.2')
  expect(given[1]).toEqual([['10.0.0.1', '10.0.0.2'], { ports: 'top', xml: 'file.xml' }])
  expect(printed).toBe('<nmaprun/>\na table\n')
  await scan('-F -p 22 10.0.0.1')
  expect(given[2]).toEqual([['10.0.0.1'], { ports: '22' }])
  await expect(scan('-PS 10.0.0.1')).rejects.toThrow("argument 'S' is invalid")
})

test('errors name options as they are written on the command line', async () => {
  const fail = (text: string) => () => {
    throw new PacketError(text)
  }
  await expect(
    run(dhcpCommand, 'dhcp discover', fail('dhcpDiscover: option requestedAddress must be an address')),
  ).rejects.toThrow('dhcpDiscover: option --requested-address must be an address')
  await expect(run(dhcpCommand, 'dhcp discover', fail('no option wpad was in it'))).rejects.toThrow(
    'no option wpad was in it',
  )
})

test('--help says of a flag what it does, not what it is when it is left out', () => {
  const program = new commander.Command('netshell')
  for (const tool of [dnsCommand, dhcpCommand, scanCommand] as ToolCommand[])
    addSubcommand(program, commander, tool, () => undefined)
  const dns = program.commands[0]!.helpInformation()
  expect(dns).toContain('the server shall not ask others')
  expect(dns).not.toMatch(/unset:\s+(false|true)/)
  expect(program.commands[1]!.description()).toMatch(/^dhcp discover: Finds/)
  expect(program.commands[1]!.helpInformation()).not.toContain('help [command]')
  expect(program.commands[2]!.helpInformation()).not.toMatch(/-T <level>| -n\b/)
})

test('dns --short prints data to standard output alone; why there is none goes to standard error', async () => {
  const result = (short: string[], isGood: boolean) =>
    ({ short, isGood, responses: ['x. A: no answer'], toString: () => short.join('\n') }) as never
  expect(await run(dnsCommand, 'dns x --short', () => result(['10.0.0.2'], true))).toBe(0)
  expect([printed, complained]).toEqual(['10.0.0.2\n', ''])
  expect(await run(dnsCommand, 'dns x --short', () => result([], false))).toBe(1)
  expect([printed, complained]).toEqual(['10.0.0.2\n', 'x. A: no answer\n'])
})
