/** Parameters of scripts: what `param('name', {…})` may say. */
import { suggestion } from '../packet/index.js'
import { inBounds, PARAM_TYPE_NAMES, PARAM_TYPES, ParamError, type ParamType, readParam } from './param-types.js'

/** The second argument of `param`. */
export interface ParamOptions {
  /** Unset: 'string', or what the default is: a number, a boolean. */
  type?: ParamType
  /** What it is when it is not given: a value, or a text as on the command line. */
  default?: unknown
  /** It must be given. */
  required?: boolean
  /** The only values that are taken. */
  choices?: readonly (string | number)[]
  /** Bounds of a number, both included. */
  min?: number
  max?: number
  /** Given by its place, not by its name; in the order of declaration. */
  positional?: boolean
  /** May be given several times (the last positional one: takes all that is left); the value is an array. */
  multiple?: boolean
  /** One letter: `r` for `-r`. */
  short?: string
  /** Environment variable that it is taken from when it is not given. */
  env?: string
  /** One line for `--help`. */
  help?: string
}

/** A parameter as it was declared, checked. */
export interface Parameter extends ParamOptions {
  name: string
  type: ParamType
  /** As it is written behind `--`: `max-hops` for `maxHops`. */
  option: string
}

const KNOWN_OPTIONS: readonly (keyof ParamOptions)[] = [
  'type',
  'default',
  'required',
  'choices',
  'min',
  'max',
  'positional',
  'multiple',
  'short',
  'env',
  'help',
]

const OPTION_KINDS: Readonly<Partial<Record<keyof ParamOptions, string>>> = {
  required: 'boolean',
  positional: 'boolean',
  multiple: 'boolean',
  min: 'number',
  max: 'number',
  short: 'string',
  env: 'string',
  help: 'string',
}

/**
 * Checks one declaration and fills in what it leaves out. Its default becomes a value of its type.
 * @throws ParamError that says what cannot be
 */
export function parameter(name: unknown, options: ParamOptions = {}): Parameter {
  const who = typeof name === 'string' && name !== '' ? `param('${name}')` : 'param()'
  const fail = (message: string): never => {
    throw new ParamError(`${who}: ${message}`)
  }
  if (typeof name !== 'string' || !/^[A-Za-z][\w-]*$/.test(name))
    return fail("the name comes first: letters, digits, '_' and '-', as in param('host', {type: 'address'})")
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return fail(`options are an object, as in {type: 'int', default: 2}`)
  for (const key of Object.keys(options)) {
    if ((KNOWN_OPTIONS as readonly string[]).includes(key)) continue
    const near = suggestion(key, KNOWN_OPTIONS)
    fail(`there is no option '${key}'${near === '' ? `; its options are ${KNOWN_OPTIONS.join(' ')}` : near}`)
  }
  for (const [key, kind] of Object.entries(OPTION_KINDS)) {
    const value = options[key as keyof ParamOptions]
    if (value !== undefined && typeof value !== kind) fail(`${key} must be a ${kind}`)
  }
  const type = options.type ?? typeOfDefault(options.default)
  const option = name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
  const result: Parameter = { ...options, name, type, option }
  const problem = problemOf(result)
  if (problem !== undefined) return fail(problem)
  // A flag that is not given is off.
  if (type === 'boolean') result.default ??= false
  else if (options.default !== undefined && options.default !== null) {
    try {
      result.default = defaultValue(result)
    } catch (error) {
      fail(`its default ${shown(options.default)} does not fit: ${(error as Error).message}`)
    }
  }
  return result
}

function typeOfDefault(value: unknown): ParamType {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'number'
  return 'string'
}

function problemOf(declared: Parameter): string | undefined {
  const { option, type, choices, min, max, positional, multiple, required, short } = declared
  if (!Object.hasOwn(PARAM_TYPES, type))
    return `there is no type ${shown(type)}${suggestion(String(type), PARAM_TYPE_NAMES)}; the types are ${PARAM_TYPE_NAMES.join(' ')}`
  if (option === 'help') return '--help is taken: it prints what the parameters are'
  if (short !== undefined && !/^[A-Za-z\d]$/.test(short)) return `short is one letter or digit, not ${shown(short)}`
  const { numeric } = PARAM_TYPES[type]
  if ((min !== undefined || max !== undefined) && numeric !== true)
    return `min and max are for numbers (int, number, duration), not for ${type}`
  if (min !== undefined && max !== undefined && min > max) return `min ${min} is more than max ${max}`
  if (choices !== undefined && (!Array.isArray(choices) || choices.length === 0)) return 'choices must be a list'
  if (type === 'boolean') {
    if (declared.default !== undefined && typeof declared.default !== 'boolean')
      return 'the default of a flag is true or false'
    if (option.startsWith('no-'))
      return `name a flag by what it turns on: '${option.slice(3)}' with default true gives --${option}`
    if (positional) return 'a boolean is a flag; it cannot be positional'
    if (choices !== undefined) return 'a boolean needs no choices'
    if (multiple) return 'a boolean cannot be given several times'
    if (required) return 'a flag that must always be given tells nothing; leave required out'
  }
  if (positional && short !== undefined) return 'a positional parameter has no short letter'
  if (required && declared.default !== undefined) return 'what is required needs no default'
  return undefined
}

function defaultValue(declared: Parameter): unknown {
  const { default: given, multiple, type } = declared
  const { local } = PARAM_TYPES[type]
  const one = (value: unknown): unknown => {
    if (typeof value === 'string') return local ? value : readParam(declared, value)
    const { isValue, wanted } = PARAM_TYPES[type]
    if (isValue?.(value) !== true) throw new ParamError(`it must be ${wanted}`)
    return inBounds(declared, value)
  }
  if (!multiple) return one(given)
  if (!Array.isArray(given)) throw new ParamError('with multiple, it is a list')
  return given.map(one)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value))
}
