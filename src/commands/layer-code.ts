/** A layer's declaration as code, made from its layout: what `IP??` shows. */
import { type Field, Kind, type LayerDefinition, quoted } from '../packet/index.js'
import { kindText, namesOf } from './field-text.js'

/** Names of values that are written out. */
const NAMES_SHOWN = 3

/** `layer('UDP', { … }, 'User Datagram Protocol.', 'RFC 768')`; what only the sources have stands as a comment. */
export function layerCode({ layerName, fields, summaryText, source }: LayerDefinition): string {
  const lines = fields.map((field) => `  ${field.name}: ${fieldCode(field)},`)
  const about = [summaryText, source].filter((text) => text !== '').map(quoted)
  return [`layer(${quoted(layerName)}, {`, ...lines, `}${about.map((text) => `, ${text}`).join('')})`].join('\n')
}

function fieldCode(field: Field): string {
  const parts = [kindCode(field)]
  if (field.isChecksum) parts.push('.checksum(…)')
  else if (field.automatic !== null) parts.push('.auto(…)')
  if (field.dynamicDefault !== null) parts.push('.dynamic(…)')
  if (field.nameTables !== null) parts.push(`.namesBy(${quoted(field.namesField)}, {…})`)
  if (field.condition !== null) parts.push('.when(…)')
  if (field.showsHex && !field.isChecksum) parts.push('.hex()')
  return parts.join('')
}

function kindCode(field: Field): string {
  const kind = kindText(field)
  const value = defaultCode(field)
  if (field.flagNames !== null) return call('flags', String(field.bits), flagsCode(field.flagNames), value)
  if (field.kind === Kind.CODEC && typeof field.codec!.empty() === 'number') return call(word(kind), value)
  if (field.kind === Kind.CODEC) return field.size > 0 ? `${word(kind)}(${field.size})` : `${word(kind)}(…)`
  const names = namesOf(field)
  if (names.length === 0) return kind === 'bits' ? call('bits', String(field.bits), value) : call(kind, value)
  const shown = names.slice(0, NAMES_SHOWN).map(([number, name]) => `${number}: ${quoted(name)}`)
  const more = names.length > NAMES_SHOWN ? `, … ${names.length} names` : ''
  const table = `{${shown.join(', ')}${more}}`
  return kind === 'bits'
    ? call('bitsEnum', String(field.bits), value || '0', table)
    : call(`${kind}Enum`, value || '0', table)
}

function call(name: string, ...parameters: string[]): string {
  return `${name}(${parameters.filter((parameter) => parameter !== '').join(', ')})`
}

function word(kind: string): string {
  return kind.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The default as code; empty where it is what unset means anyway. */
function defaultCode(field: Field): string {
  if (field.defaultValue === undefined || field.automatic !== null || field.dynamicDefault !== null) return ''
  const value = field.present(field.defaultValue)
  const isUsual = value === 0 || value === 0n || value === '' || /^[0.:]+$/.test(String(value))
  return isUsual ? '' : field.command(value)
}

function flagsCode(flags: readonly string[]): string {
  if (flags.every((flag) => flag.length === 1)) return quoted(flags.join(''))
  return `[${flags.map(quoted).join(', ')}]`
}
