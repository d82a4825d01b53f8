/** What the tools have in common: their descriptions fit what they take, and the same things are called the same everywhere. */
import { Script } from 'node:vm'
import * as commander from 'commander'
import { describe, expect, test } from 'vitest'
import { type ToolCommand, type ToolParameter, toolFunction } from '../../src/commands/tool-command.js'
import { TOOL_COMMANDS } from '../../src/commands/tools/index.js'
import { addSubcommand } from '../../src/repl/subcommand.js'

const named = TOOL_COMMANDS.map((tool) => [tool.name, tool] as const)
const wordsOf = ({ name, subcommand = name }: ToolCommand): string[] => subcommand.split(' ')

/** A program with this tool alone; `given` gets the arguments that the tool would be run with. */
function programWith(tool: ToolCommand, given: unknown[] = []): commander.Command {
  const program = new commander.Command('netshell').enablePositionalOptions().exitOverride()
  const stub = {
    load:
      async () =>
      async (_: unknown, ...args: unknown[]) =>
        void given.push(...args),
  }
  addSubcommand(program, commander, { ...tool, ...stub, print: () => undefined, exitCode: () => 0 }, () => undefined)
  return program
}

function commandOf(program: commander.Command, tool: ToolCommand): commander.Command {
  return wordsOf(tool).reduce((at, word) => at.commands.find((each) => each.name() === word)!, program)
}

const run = async (tool: ToolCommand, line: string): Promise<unknown[]> => {
  const given: unknown[] = []
  await programWith(tool, given).parseAsync([...wordsOf(tool), ...line.split(' ')], { from: 'user' })
  return given
}

describe.each(named)('%s', (_, tool) => {
  test('describes every option that it takes, and no other', async () => {
    const wrong = { thereIsNoSuchOption: 1 }
    const task = toolFunction(tool)(...(tool.arguments === undefined ? [wrong] : ['127.0.0.1', wrong]))
    const message = await task.then(
      () => '',
      (error: unknown) => (error as Error).message,
    )
    const taken = / has no option 'thereIsNoSuchOption'; its options are (.+)$/.exec(message)![1]!.split(' ')
    expect(taken.sort()).toEqual(tool.parameters.map(({ name }) => name).sort())
  })

  test('says in --help what can be said on the command line', () => {
    const help = commandOf(programWith(tool), tool).helpInformation()
    for (const { name, flag } of tool.parameters) {
      const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      if (flag === null) expect(help).not.toMatch(new RegExp(`${long}\\b`))
      else expect(help).toContain(/--[\w-]+/.exec(flag ?? long)![0])
    }
    expect(help).toContain('--json')
  })

  test('has examples that can be read', async () => {
    expect(() => new Script(tool.example)).not.toThrow()
    const line = /^(?:sudo )?netshell (.+)$/.exec(tool.commandLineExample!)![1]!
    const given: unknown[] = []
    await programWith(tool, given).parseAsync(line.split(' '), { from: 'user' })
    expect(given.at(-1)).toBeTypeOf('object')
    expect(tool.usage).toMatch(new RegExp(`^${tool.name}\\(`))
    for (const option of /\{(.+)\}/.exec(tool.usage)![1]!.split(', '))
      expect(tool.parameters.map(({ name }) => name)).toContain(option)
  })
})

test('no name is there twice', () => {
  for (const names of [named.map(([name]) => name), TOOL_COMMANDS.map((tool) => wordsOf(tool).join(' '))])
    expect(new Set(names).size).toBe(names.length)
})

/** Letters that mean the same everywhere. */
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  i: ['iface'],
  W: ['timeout'],
  c: ['count'],
  p: ['port', 'ports'],
  q: ['quiet'],
  4: ['ipv4'],
  6: ['ipv6'],
}
/** Of the programs with the same name, which people know better. */
const AS_THE_PROGRAM: Readonly<Record<string, string>> = { ping: 'ip', traceroute: 'qW' }

test('the same letter means the same option', () => {
  for (const [letter, meanings] of Object.entries(LETTERS)) {
    for (const { name: tool, parameters } of TOOL_COMMANDS) {
      if (AS_THE_PROGRAM[tool]?.includes(letter)) continue
      for (const { name, flag } of parameters) {
        const hasLetter = flag?.startsWith(`-${letter},`) === true
        expect([tool, letter, name, hasLetter]).toEqual([tool, letter, name, meanings.includes(name) && flag !== null])
      }
    }
  }
})

test('the same option is described in the same way', () => {
  const shared = ['netns', 'family', 'ipv4', 'ipv6']
  for (const option of shared) {
    const found = TOOL_COMMANDS.flatMap(({ parameters }) => parameters.filter(({ name }) => name === option))
    expect(found.length).toBeGreaterThan(1)
    expect(new Set(found.map((parameter) => JSON.stringify(parameter)))).toHaveLength(1)
  }
  const types = new Map<string, ToolParameter['type']>()
  for (const { parameters } of TOOL_COMMANDS)
    for (const { name, type } of parameters)
      if (['timeout', 'retry', 'rate', 'count', 'iface', 'link', 'source', 'quiet', 'ttl', 'tos'].includes(name))
        expect([name, type]).toEqual([name, types.get(name) ?? types.set(name, type).get(name)])
})

test("nmap's spellings are understood", async () => {
  const scan = TOOL_COMMANDS.find(({ name }) => name === 'scan')!
  expect(await run(scan, '10.0.0.1 -sT -p 80 -oX out.xml')).toEqual([
    ['10.0.0.1'],
    { type: ['connect'], ports: '80', xml: 'out.xml' },
  ])
  expect(await run(scan, '-oX - 10.0.0.1 10.0.0.2')).toEqual([['10.0.0.1', '10.0.0.2'], { xml: '-' }])
})
