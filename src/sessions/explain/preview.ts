import { printable } from '../../exchange/printable.js'
import type { AnyPacket, Packet } from '../../packet/index.js'
import { flowOf } from './flows.js'
import type { Step } from './step.js'

/** More is never shown of the data of a packet, bytes. */
const MOST = 240
const HEX_BYTES = 24

/** What a packet carries, in one line safe to print: names of TLS messages, its text, what a layer says of it, or bytes. */
export function preview(step: Step, packet: Packet | undefined): string {
  if (step.records.length > 0) return recordsText(step.records)
  if (step.length === 0 || packet === undefined) return ''
  const data = flowOf(packet)?.data ?? new Uint8Array(0)
  if (data.length === 0) return ''
  return textOf(data, step.length > data.length) ?? layerText(packet) ?? bytesText(data)
}

/** `ServerHello, ChangeCipherSpec, application data ×4`. */
function recordsText(records: readonly string[]): string {
  const parts: { name: string; count: number }[] = []
  for (const name of records) {
    const last = parts.at(-1)
    if (last?.name === name) last.count++
    else parts.push({ name, count: 1 })
  }
  return parts.map(({ name, count }) => (count === 1 ? name : `${name} ×${count}`)).join(', ')
}

/** Data as text in quotes; undefined where it is none. */
function textOf(data: Uint8Array, isCut: boolean): string | undefined {
  const cut = data.subarray(0, MOST)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut, { stream: cut.length < data.length || isCut })
  if (/[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ufffd]/.test(text)) return undefined
  const line = text.replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  return `'${printable(line)}${cut.length < data.length ? '…' : ''}'`
}

/** What the layer behind UDP or TCP says of itself. */
function layerText(packet: Packet): string | undefined {
  const transport = ((packet as AnyPacket).get('UDP') ?? (packet as AnyPacket).get('TCP')) as AnyPacket | undefined
  const inner = transport?.payload
  if (inner === null || inner === undefined || inner.layerName === 'Raw' || inner.layerName === 'Padding')
    return undefined
  return printable(inner.summary()).replaceAll('\n', ' ')
}

function bytesText(data: Uint8Array): string {
  const shown = Array.from(data.subarray(0, HEX_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return data.length > HEX_BYTES ? `${shown} …` : shown
}
