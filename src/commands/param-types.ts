/** What parameters of scripts take: how the texts of a command line become values of each type. */
import { atHome } from '../exchange/invoking-user.js'
import { interfaces } from '../link/index.js'
import { PacketError, parseIpv4, parseIpv6, parseMac, suggestion } from '../packet/index.js'
import { parsePorts } from '../tools/scan/ports.js'
import type { Parameter } from './param-declaration.js'

/** What a parameter takes. */
export type ParamType =
  | 'string'
  | 'int'
  | 'number'
  | 'boolean'
  | 'duration'
  | 'address'
  | 'network'
  | 'mac'
  | 'interface'
  | 'port'
  | 'ports'
  | 'file'
  | 'path'
  | 'url'

/** A declaration that cannot be, or a value that does not fit; the message has no name in it. */
export class ParamError extends PacketError {
  override name = 'ParamError'
}

interface TypeRule {
  /** Stands for a value in `--help`. */
  placeholder: string
  /** What is wanted, behind 'must be'. */
  wanted: string
  /** A word on how it is written, for `--help`; unset: the placeholder says enough. */
  written?: string
  /** The value of a text; undefined when it is none. May throw with words of its own. */
  read(text: string): unknown
  /** What a default may be that is not written as text. */
  isValue?(value: unknown): boolean
  /** Whether a text fits depends on the machine, so that a default is checked when it is used. */
  local?: boolean
  numeric?: boolean
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value)

/** All types by name. */
export const PARAM_TYPES: Readonly<Record<ParamType, TypeRule>> = {
  string: { placeholder: 'text', wanted: 'text', read: (text) => text },
  int: {
    placeholder: 'n',
    wanted: 'a whole number',
    written: 'a whole number',
    read: (text) => (/^[+-]?\d+$/.test(text) || /^0x[\da-f]+$/i.test(text) ? safe(Number(text)) : undefined),
    isValue: (value) => Number.isSafeInteger(value),
    numeric: true,
  },
  number: {
    placeholder: 'number',
    wanted: 'a number',
    read: (text) => (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined),
    isValue: isNumber,
    numeric: true,
  },
  boolean: {
    placeholder: '',
    wanted: 'true or false',
    read: (text) => ({ true: true, yes: true, 1: true, false: false, no: false, 0: false })[text.toLowerCase()],
    isValue: (value) => typeof value === 'boolean',
  },
  duration: {
    placeholder: 'time',
    wanted: 'seconds, or a time such as 500ms, 2s, 1.5m or 1h',
    written: 'seconds, or as 500ms, 2m',
    read: seconds,
    isValue: (value) => isNumber(value) && (value as number) >= 0,
    numeric: true,
  },
  address: { placeholder: 'host', wanted: 'an IP address or the name of a host', read: host },
  network: {
    placeholder: 'network',
    wanted: 'a network such as 10.0.0.0/24, or an address',
    written: 'as 10.0.0.0/24',
    read: network,
  },
  mac: {
    placeholder: 'mac',
    wanted: 'a hardware address such as 02:00:00:00:00:01',
    read: (text) => (parseMac(text) >= 0 ? text.toLowerCase().replaceAll('-', ':') : undefined),
  },
  interface: { placeholder: 'interface', wanted: 'an interface', read: knownInterface, local: true },
  port: { placeholder: 'port', wanted: 'a port: 1 to 65535, or a service such as http', read: port, isValue: isPort },
  ports: {
    placeholder: 'ports',
    wanted: 'ports such as 22,80,8000-8010',
    written: 'as 22,80,8000-8010',
    read: (text) => parsePorts(text),
    isValue: (value) => Array.isArray(value) && value.every(isPort),
  },
  file: { placeholder: 'file', wanted: 'a file that can be read', read: readableFile, local: true },
  path: { placeholder: 'path', wanted: 'a path', read: (text) => (text === '' ? undefined : atHome(text)) },
  url: {
    placeholder: 'url',
    wanted: 'an address of the web such as https://example.org/',
    read: (text) => (/^[a-z][a-z\d+.-]*:/i.test(text) && URL.canParse(text) ? text : undefined),
  },
}

/** The names of the types, in the order in which they are listed. */
export const PARAM_TYPE_NAMES = Object.keys(PARAM_TYPES) as readonly ParamType[]

/** The value of a text for a parameter. @throws ParamError that says what would fit */
export function readParam(declared: Parameter, text: string): unknown {
  const { type, choices } = declared
  if (choices !== undefined) {
    const choice = choices.find((each) => String(each) === text)
    if (choice !== undefined) return choice
    const names = choices.map(String)
    throw new ParamError(`it must be ${oneOf(names)}${suggestion(text, names)}`)
  }
  const { read, wanted } = PARAM_TYPES[type]
  const value = read(text)
  if (value === undefined) throw new ParamError(`it must be ${wanted}`)
  return inBounds(declared, value)
}

/** The value, when it is within the bounds of its parameter. @throws ParamError */
export function inBounds({ min, max, type }: Parameter, value: unknown): unknown {
  const number = value as number
  if ((min === undefined || number >= min) && (max === undefined || number <= max)) return value
  throw new ParamError(`it must be ${boundsText(min, max)}${type === 'duration' ? ' (seconds)' : ''}`)
}

/** `1 to 10`, `1 or more`, `10 or less`. */
export function boundsText(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`
  return min !== undefined ? `${min} or more` : `${max} or less`
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function safe(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 0.001, s: 1, m: 60, min: 60, h: 3600 }

function seconds(text: string): number | undefined {
  const [, number, unit] = /^(\d+\.?\d*|\.\d+)\s*(ms|s|min|m|h|)$/i.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * UNITS[unit!.toLowerCase()]!
}

function host(text: string): string | undefined {
  if (parseIpv4(text) >= 0 || parseIpv6(text.replace(/%[\w.-]+$/, '')) !== undefined) return text
  // Four numbers that are no address were meant as one.
  if (text.length > 253 || /^[\d.]+$/.test(text)) return undefined
  return /^(?!-)[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63})*\.?$/u.test(text) ? text : undefined
}

function network(text: string): string | undefined {
  const [, base, prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  if (base === undefined) return undefined
  const bits = parseIpv4(base) >= 0 ? 32 : parseIpv6(base) !== undefined ? 128 : -1
  return bits < 0 || Number(prefix ?? 0) > bits ? undefined : text
}

function knownInterface(text: string): string {
  const names = interfaces().map(({ name }) => name)
  if (text === 'any' || names.includes(text)) return text
  throw new ParamError(`there is no such interface; there are ${names.join(', ')}`)
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535
}

function port(text: string): number | undefined {
  if (!/^(?:\d+|[a-z][\w-]*)$/i.test(text)) return undefined
  try {
    const [number] = parsePorts(text === 'top' ? '' : text.toLowerCase())
    return number === undefined || number === 0 ? undefined : number
  } catch {
    return undefined
  }
}

function readableFile(text: string): string {
  const { accessSync, constants, statSync } = process.getBuiltinModule('node:fs')
  const file = atHome(text)
  try {
    if (statSync(file).isDirectory()) throw new ParamError('it is a folder, not a file')
    accessSync(file, constants.R_OK)
  } catch (error) {
    if (error instanceof ParamError) throw error
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES'
    throw new ParamError(denied ? 'it may not be read by this user' : 'there is no such file')
  }
  return file
}
