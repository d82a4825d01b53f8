/**
 * NetFlow 9 and IPFIX: flows in records whose templates are sent too. RFC 3954 §5, §6; RFC 7011 §3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |          version: 9           |            count_             |  NetFlow 9
 *   +-------------------------------+-------------------------------+
 *   |                           sysUptime                           |
 *   +---------------------------------------------------------------+
 *   |             unixSecs, packageSequence, SourceID               |
 *   +-------------------------------+-------------------------------+
 *   |          version: 10          |            length             |  IPFIX
 *   +-------------------------------+-------------------------------+
 *   |        ExportTime, flowSequence, ObservationDomainID          |
 *   +-------------------------------+-------------------------------+
 *   |           flowSetID           |            length             |  sets, of both
 *   +-------------------------------+-------------------------------+
 *   |          templateID           |          fieldCount           |  templates
 *   +-+-----------------------------+-------------------------------+
 *   |E|          fieldType          |          fieldLength          |  with E in IPFIX: enterpriseNumber (4 bytes)
 *   +-+-----------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  type LayerReference,
  layer,
  layers,
  type Packet,
  u16,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { NetflowHeader } from './netflow.js'
import { elementNames, SCOPES } from './netflow-elements.js'
import { type FlowRecords, flowRecords } from './netflow-records.js'

const SET_HEADER = 4
const VERSION_AND_HEADER = 16
const FIRST_TEMPLATE = 256

/** Whether the packet around is of NetFlow 9, which has no enterprises: the high bit belongs to the number. */
function isVersion9(me: AnyPacket): boolean {
  for (let outer = me.under; outer !== null; outer = outer.under) if (outer.layerName === 'NetflowHeaderV9') return true
  return false
}
const hasEnterprise = (me: AnyPacket): boolean => me.enterpriseBit === 1 && !isVersion9(me)

const setLength = () =>
  u16()
    .auto((c) => c.headerLength)
    .about('Bytes of the set, this header too.')

export const NetflowHeaderV9 = layer(
  'NetflowHeaderV9',
  () => ({
    count_: u16()
      .auto((c) => recordCount(c.packet))
      .about('Templates and records in all sets.'),
    sysUptime: u32().about('Milliseconds since the exporter started.'),
    unixSecs: u32(),
    packageSequence: u32(),
    SourceID: u32(),
  }),
  'NetFlow 9: header of sets of templates and records.',
  'RFC 3954 §5.1',
)

export const NetflowHeaderV10 = layer(
  'NetflowHeaderV10',
  () => ({
    length: u16()
      .auto((c) => 2 + c.headerLength + c.payloadLength)
      .about('Bytes of the whole message, the version too.'),
    ExportTime: u32().about('Seconds since 1970.'),
    flowSequence: u32(),
    ObservationDomainID: u32(),
  }),
  'IPFIX: header of sets of templates and records.',
  'RFC 7011 §3.1',
)

export const NetflowTemplateFieldV9 = layer(
  'NetflowTemplateFieldV9',
  () => ({
    enterpriseBit: bits(1),
    fieldType: bits(15).namesBy('enterpriseBit', { 0: elementNames() }),
    fieldLength: u16().about('Bytes; 65535: each value says its own.'),
    enterpriseNumber: u32().when(hasEnterprise),
  }),
  'Field of a template: what it is, and how long.',
  'RFC 3954 §5.2; RFC 7011 §3.2',
)

export const NetflowTemplateV9 = layer(
  'NetflowTemplateV9',
  () => ({
    templateID: u16(FIRST_TEMPLATE),
    fieldCount: u16().countOf('template_fields'),
    template_fields: layers(NetflowTemplateFieldV9, { count: 'fieldCount' }),
  }),
  'Template: the fields of the records that have its number.',
  'RFC 3954 §5.2; RFC 7011 §3.4.1',
)

/** Bytes of the whole templates of a set; zeros behind them are padding. */
const templatesLength = (me: AnyPacket): number => wholeTemplates(me, me._offset + SET_HEADER, 4)

/** The same of the options templates behind a first one. */
function furtherLength(me: AnyPacket): number {
  const size = (fields: unknown): number =>
    ((fields ?? []) as AnyPacket[]).reduce((total, field) => total + (field.enterpriseNumber === undefined ? 4 : 8), 0)
  return wholeTemplates(me, me._offset + SET_HEADER + 6 + size(me.scopes) + size(me.options), 6)
}

/** Bytes of the templates from a place on, each with a header of so many bytes. */
function wholeTemplates(me: AnyPacket, start: number, header: number): number {
  const buffer = me._buffer!
  const end = me._headerEnd >= 0 ? me._headerEnd : me._end
  const ipfix = !isVersion9(me)
  let at = start
  while (at + header <= end) {
    const id = (buffer[at]! << 8) | buffer[at + 1]!
    const count = (buffer[at + 2]! << 8) | buffer[at + 3]!
    if (id < FIRST_TEMPLATE && !(count === 0 && id > 0)) break
    let next = at + header
    for (let i = 0; i < count && next <= end; i++) next += ipfix && (buffer[next] ?? 0) >= 0x80 ? 8 : 4
    if (next > end) break
    at = next
  }
  return at - start
}

export const NetflowFlowsetV9 = layer(
  'NetflowFlowsetV9',
  () => ({
    flowSetID: u16().names({ 0: 'templates', 2: 'templates (IPFIX)' }),
    length: setLength(),
    templates: layers(NetflowTemplateV9, { length: templatesLength }),
    pad: bytes(),
  }),
  'Set of templates: 0 in NetFlow 9, 2 in IPFIX.',
  'RFC 3954 §5.2; RFC 7011 §3.4.1',
)

export const NetflowOptionsFlowsetScopeV9 = layer(
  'NetflowOptionsFlowsetScopeV9',
  () => ({ scopeFieldType: u16(1).names(SCOPES), scopeFieldlength: u16() }),
  'What options are about.',
  'RFC 3954 §6.1',
)

export const NetflowOptionsFlowsetOptionV9 = layer(
  'NetflowOptionsFlowsetOptionV9',
  () => ({
    enterpriseBit: bits(1),
    optionFieldType: bits(15).namesBy('enterpriseBit', { 0: elementNames() }),
    optionFieldlength: u16(),
    enterpriseNumber: u32().when(hasEnterprise),
  }),
  'Field of an options template.',
  'RFC 3954 §6.1; RFC 7011 §3.4.2.2',
)

export const NetflowOptionsFlowsetV9 = layer(
  'NetflowOptionsFlowsetV9',
  () => ({
    flowSetID: u16(1).names({ 1: 'options' }),
    length: setLength(),
    templateID: u16(FIRST_TEMPLATE),
    option_scope_length: u16().lengthOf('scopes'),
    option_field_length: u16().lengthOf('options'),
    scopes: layers(NetflowOptionsFlowsetScopeV9, { length: 'option_scope_length' }),
    options: layers(NetflowOptionsFlowsetOptionV9, { length: 'option_field_length' }),
    pad: bytes(),
  }),
  'Template of records about the exporter itself, in NetFlow 9.',
  'RFC 3954 §6.1',
)

/** An options template of IPFIX. */
const optionsTemplate = () => ({
  templateID: u16(FIRST_TEMPLATE),
  field_count: u16().auto((c) => c.fieldCount('scopes') + c.fieldCount('options')),
  scope_field_count: u16().countOf('scopes'),
  scopes: layers(NetflowOptionsFlowsetOptionV9, { count: 'scope_field_count' }),
  options: layers(NetflowOptionsFlowsetOptionV9, {
    count: (me) => Math.max(0, (me.field_count as number) - (me.scope_field_count as number)),
  }),
})

export const NetflowOptionsTemplate10 = layer(
  'NetflowOptionsTemplate10',
  optionsTemplate,
  'Further options template in a set of IPFIX.',
  'RFC 7011 §3.4.2.2',
)

export const NetflowOptionsFlowset10 = layer(
  'NetflowOptionsFlowset10',
  () => ({
    flowSetID: u16(3).names({ 3: 'options (IPFIX)' }),
    length: setLength(),
    ...optionsTemplate(),
    further: layers(NetflowOptionsTemplate10, { length: furtherLength }).about('More templates in the same set.'),
    pad: bytes(),
  }),
  'Template of records about the exporter itself, in IPFIX.',
  'RFC 7011 §3.4.2.2',
)

export const NetflowDataflowsetV9 = layer(
  'NetflowDataflowsetV9',
  () => ({
    templateID: u16(FIRST_TEMPLATE),
    length: setLength(),
    records: flowRecords().about('Decoded by the template of that number in the same packet; without one, bytes.'),
    pad: bytes(),
  }),
  'Set of records: flows, or what an exporter says of itself.',
  'RFC 3954 §5.3; RFC 7011 §3.4.3',
)

const OPTIONS: ReadonlySet<string> = new Set(['NetflowOptionsFlowsetV9', 'NetflowOptionsFlowset10'])

/** Templates and records of a packet that is being made. */
function recordCount(packet: Packet): number {
  let count = 0
  for (let inner = packet.payload; inner !== null; inner = inner.payload) {
    const set = inner as AnyPacket
    if (set.layerName === 'NetflowFlowsetV9') count += (set.templates as unknown[]).length
    else if (OPTIONS.has(set.layerName)) count += 1 + ((set.further as unknown[] | undefined)?.length ?? 0)
    else if (set.layerName === 'NetflowDataflowsetV9') {
      const records = set.records as FlowRecords
      count += records instanceof Uint8Array ? Math.min(1, records.length) : records.length
    }
  }
  return count
}

/** Sets of one packet that are read as layers. */
const MOST_SETS = 56

/** The layer of a set by its number; Raw where it is none. */
function setLayer(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (end - start < SET_HEADER) return Raw
  const id = (buffer[start]! << 8) | buffer[start + 1]!
  const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
  if (length < SET_HEADER || length > end - start) return Raw
  if (id === 0 || id === 2) return NetflowFlowsetV9
  if (id === 1) return length >= 10 ? NetflowOptionsFlowsetV9 : Raw
  if (id === 3) return length >= 10 ? NetflowOptionsFlowset10 : Raw
  return id >= FIRST_TEMPLATE ? undefined : Raw
}

const SETS = [NetflowFlowsetV9, NetflowOptionsFlowsetV9, NetflowOptionsFlowset10, NetflowDataflowsetV9] as const

behave(NetflowDataflowsetV9, { refine: setLayer })
for (const each of SETS) {
  behave(each, {
    headerLength: (me) => me.length,
    headerLengthField: 'length',
    guess: (me) => (me._depth > MOST_SETS ? Raw : NetflowDataflowsetV9),
  })
  for (const upper of SETS) bind(each, upper)
}
behave(NetflowHeaderV10, {
  payloadLength: (me) => Math.min((me.length as number) - VERSION_AND_HEADER, me._end - me._headerStop()),
  payloadLengthField: 'length',
})
for (const each of [NetflowHeaderV9, NetflowHeaderV10]) {
  behave(each, {
    guess: () => NetflowDataflowsetV9,
    summary: (me) =>
      me.layerName === 'NetflowHeaderV9' ? `NetFlow 9 from ${me.SourceID}` : `IPFIX from ${me.ObservationDomainID}`,
  })
  for (const upper of SETS) bind(each, upper)
}

const count = (value: number, one: string): string => `${value} ${one}${value === 1 ? '' : 's'}`
behave(NetflowFlowsetV9, {
  summary: (me) => `${me.layerName} ${count((me.templates as unknown[]).length, 'template')}`,
})
behave(NetflowOptionsFlowsetV9, { summary: (me) => `${me.layerName} template ${me.templateID}` })
behave(NetflowOptionsFlowset10, { summary: (me) => `${me.layerName} template ${me.templateID}` })
behave(NetflowDataflowsetV9, {
  summary: (me) => {
    const records = me.records as FlowRecords
    const what = records instanceof Uint8Array ? `${records.length} bytes` : count(records.length, 'record')
    return `${me.layerName} template ${me.templateID}, ${what}`
  },
})

bind(NetflowHeader, NetflowHeaderV9, { version: 9 })
bind(NetflowHeader, NetflowHeaderV10, { version: 10 })
