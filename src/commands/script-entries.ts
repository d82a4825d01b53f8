import { report, Task } from '../exchange/index.js'
import type { Entry } from './entry.js'
import type { Metadata } from './metadata.js'
import type { ParamOptions } from './param-declaration.js'

/** A script was called in a wrong way: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

let show: (values: readonly unknown[]) => void = (values) => console.log(...values)
let last: { value: unknown } | null = null

/** Sets how `print` shows values; whoever runs code does this. */
export function showValuesWith(how: (values: readonly unknown[]) => void): void {
  show = how
}

/** Forgets what `print` gave last. */
export function forgetPrinted(): void {
  last = null
}

/** Whether this is what `print` gave last: whoever shows it would show it twice. */
export function isPrinted(value: unknown): boolean {
  return last !== null && Object.is(last.value, value)
}

/** Prints values as the prompt shows them; promises by what they give. Gives the first one. */
function print(...values: unknown[]): unknown {
  if (values.some((value) => value instanceof Promise)) {
    return Task.run(async () => printed(await Promise.all(values)), { name: 'print' })
  }
  return printed(values)
}

function printed(values: readonly unknown[]): unknown {
  show(values)
  last = { value: values[0] }
  return values[0]
}

const missing = new Set<string>()

/** `param` where no script is: the default. A script that runs has one of its own, which gives what was given to it. */
function param(name: string, options?: ParamOptions): Task<unknown> {
  return Task.run(
    async () => {
      const { parameter } = await import('./param-declaration.js')
      const declared = parameter(name, options)
      if (declared.required && !missing.has(name)) {
        missing.add(name)
        report(
          `param('${name}') is undefined here: only a script is given parameters (netshell run FILE, .load FILE)`,
          'warning',
        )
      }
      return declared.default
    },
    { name: 'param' },
  )
}

function usage(message: string): never {
  throw new UsageError(String(message))
}

const PARAM = (): Metadata => ({
  summary:
    'Declares a parameter of a script and gives its value. Read before the script runs, so that `netshell run FILE --help` can tell it; at the prompt it gives the default.',
  usage: 'param(name, {type, default, required, choices, min, max, positional, multiple, short, env, help})',
  positionals: [{ name: 'name', type: 'string', summary: 'its name: maxHops is --max-hops on the command line' }],
  parameters: [
    {
      name: 'type',
      type: 'string',
      summary:
        'what it takes; a duration gives seconds, ports a list of numbers, a network its text, file and interface must exist, a path need not',
      default: 'that of the default, else string',
      choices: [
        'string',
        'int',
        'number',
        'boolean',
        'duration',
        'address',
        'network',
        'mac',
        'interface',
        'port',
        'ports',
        'file',
        'path',
        'url',
      ],
    },
    { name: 'default', type: 'any', summary: 'what it is when not given: a value, or a text as on the command line' },
    { name: 'required', type: 'boolean', summary: 'it must be given', default: 'false' },
    { name: 'choices', type: 'array', summary: 'the only values that are taken' },
    { name: 'min', type: 'number', summary: 'smallest number taken' },
    { name: 'max', type: 'number', summary: 'largest number taken' },
    { name: 'positional', type: 'boolean', summary: 'given by its place instead of its name', default: 'false' },
    {
      name: 'multiple',
      type: 'boolean',
      summary: 'may be given several times (the last positional one: takes all that is left); gives an array',
      default: 'false',
    },
    { name: 'short', type: 'string', summary: "one letter: 'r' for -r" },
    { name: 'env', type: 'string', summary: 'environment variable that it is taken from when it is not given' },
    { name: 'help', type: 'string', summary: 'one line for --help' },
  ],
  returns: 'the value in its type; undefined when it was not given and has no default',
  errors: [
    'Error before the script runs, where a declaration is not at the top level or its options are not written out',
    'a wrong command line ends the script before it runs, with exit code 2',
  ],
  example: "param('repete', {type: 'int', default: 2, min: 1, help: 'how often'})",
  see: ['args', 'usage'],
})

/** What scripts are written with. */
export const SCRIPT_ENTRIES: readonly Entry[] = [
  ['param', param, PARAM],
  [
    'args',
    [],
    {
      summary:
        'The arguments of a script: all of them, or where it declares parameters with param, those that are left over.',
      usage: 'args',
      example: 'args.length',
      see: ['param'],
    },
  ],
  [
    'print',
    print,
    {
      summary: 'Prints values as the prompt shows them (packets in a line, lists as tables), texts without quotes.',
      usage: 'print(value, …)',
      positionals: [{ name: 'value', type: 'any', summary: 'what to print; a promise is printed by what it gives' }],
      returns: 'the first value',
      example: 'print(IP()/UDP())',
    },
  ],
  [
    'usage',
    usage,
    {
      summary: 'Ends a script that was called in a wrong way: says why, exit code 2.',
      usage: 'usage(message)',
      positionals: [{ name: 'message', type: 'string', summary: 'what is wrong and what would be right' }],
      errors: ['always: this is how it ends the script'],
      example: "function check(hosts) { if (hosts.length === 0) usage('name at least one host') }",
      see: ['param'],
    },
  ],
]
