/** Which form the value of each TLS extension has; some differ between the messages they stand in. RFC 8446 §4.2. */
import type { Writer } from '../../packet/index.js'
import { coerceVarint, readVarint, type Varint, varintValue, writeVarint } from './quic-varint.js'
import {
  constant,
  type ExtensionValue,
  type Form,
  listOf,
  number,
  prefixed,
  rest,
  sequence,
  text,
  zeros,
} from './tls-extension-forms.js'
import {
  CERTIFICATE_COMPRESSION,
  FRAGMENT_LENGTHS,
  groups,
  HEARTBEAT_MODES,
  POINT_FORMATS,
  PSK_MODES,
  QUIC_NUMBERS,
  quicParameters,
  signatureSchemes,
} from './tls-extension-numbers.js'
import { TLS_VERSIONS } from './tls-numbers.js'

/** The message that extensions stand in. */
export type ExtensionOwner = 'client' | 'server' | 'retry' | 'ticket' | 'other'

/** One host name, which is all that this extension ever holds. RFC 6066 §3. */
const hostName: Form = prefixed(2, {
  read(reader) {
    if (reader.u8() !== 0) reader.fail('no host name')
    return prefixed(2, text).read(reader)
  },
  coerce: text.coerce,
  write(writer, value) {
    writer.u8(0)
    prefixed(2, text).write(writer, value)
  },
})

/** A number, flag or bytes by the parameter's number. RFC 9000 §18. */
const quicParameter: Form = {
  read(reader) {
    const id = readVarint(reader)
    const sub = reader.sub(varintValue(readVarint(reader)))
    const name = typeof id === 'number' ? (quicParameters()[id] ?? id) : id
    if (sub.left === 0) return [name]
    if (typeof id !== 'number' || !QUIC_NUMBERS.has(id)) return [name, sub.rest()]
    const value = readVarint(sub)
    if (sub.missing > 0 || sub.left > 0) reader.fail('a number that does not fit its length')
    return [name, value]
  },
  coerce(value, where) {
    const [id, given] = (Array.isArray(value) ? value : [value]) as unknown[]
    const number = parameterNumber(id)
    const known = number === undefined ? coerceVarint(id, where) : (quicParameters()[number] ?? number)
    if (given === undefined || given === null) return [known]
    if (number !== undefined && QUIC_NUMBERS.has(number)) return [known, coerceVarint(given, where)]
    return [known, rest.coerce(given, where)]
  },
  write(writer, value) {
    const [id, given] = value as readonly ExtensionValue[]
    writeVarint(writer, parameterNumber(id) ?? (id as Varint))
    const content = new (writer.constructor as new () => Writer)()
    if (given instanceof Uint8Array) content.bytes(given)
    else if (given !== undefined) writeVarint(content, given as Varint)
    writeVarint(writer, content.length)
    writer.bytes(content.buffer.subarray(0, content.length))
  },
}

function parameterNumber(id: unknown): number | undefined {
  if (typeof id === 'number') return id
  for (const [number, name] of Object.entries(quicParameters())) if (name === id) return Number(number)
  return undefined
}

const u16List = (names: () => Readonly<Record<number, string>>): Form => prefixed(2, listOf(number(2, names)))
const version = number(2, () => TLS_VERSIONS)
const group = number(2, groups)
const share = sequence(group, prefixed(2, rest))
const protocols = prefixed(2, listOf(prefixed(1, text)))
const parameters = listOf(quicParameter)
/** Identities with their obfuscated ages, and binders. RFC 8446 §4.2.11. */
const offeredKeys = sequence(
  prefixed(2, listOf(sequence(prefixed(2, rest), number(4)))),
  prefixed(2, listOf(prefixed(1, rest))),
)

/** Forms by the extension's number; those that are missing have bytes. */
const FORMS: Readonly<Record<number, Form | Partial<Record<ExtensionOwner, Form>>>> = {
  0: { client: hostName },
  1: number(1, () => FRAGMENT_LENGTHS),
  5: { client: constant('ocsp', [1, 0, 0, 0, 0]) },
  10: u16List(groups),
  11: prefixed(1, listOf(number(1, () => POINT_FORMATS))),
  13: u16List(signatureSchemes),
  15: number(1, () => HEARTBEAT_MODES),
  16: protocols,
  21: zeros,
  27: prefixed(1, listOf(number(2, () => CERTIFICATE_COMPRESSION))),
  28: number(2),
  34: { client: u16List(signatureSchemes) },
  41: { client: offeredKeys, server: number(2) },
  42: { ticket: number(4) },
  43: { client: prefixed(1, listOf(version)), server: version, retry: version },
  44: prefixed(2, rest),
  45: prefixed(1, listOf(number(1, () => PSK_MODES))),
  50: u16List(signatureSchemes),
  51: { client: prefixed(2, listOf(share)), server: share, retry: group },
  54: prefixed(1, rest),
  57: parameters,
  13172: { server: listOf(prefixed(1, text)) },
  17513: { client: protocols },
  17613: { client: protocols },
  65281: prefixed(1, rest),
  65445: parameters,
}

/** How the value of an extension is written in that message. */
export function extensionForm(type: number, owner: ExtensionOwner): Form {
  const form = FORMS[type]
  if (form === undefined) return rest
  return 'read' in form ? (form as Form) : ((form as Partial<Record<ExtensionOwner, Form>>)[owner] ?? rest)
}
