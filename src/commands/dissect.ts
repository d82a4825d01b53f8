import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { printable, printableJson } from '../exchange/index.js'
import { allLayers, dissect, fromHex, type Layer, PacketError, suggestion } from '../packet/index.js'
import { layerNamed } from './layer-named.js'
import { LineOutput } from './line-output.js'

/** Options of `netshell dissect`. */
export interface DissectOptions {
  /** The outermost layer of packets that do not name theirs. Default `Ether`. */
  from?: string
  /** The default: one JSON object a line. */
  json?: boolean
  summary?: boolean
  show?: boolean
}

/** More than this in one line is no packet. */
const MAX_DIGITS = 2 * 1024 * 1024

/**
 * `netshell dissect`: hexadecimal packets in, one line out for each. A packet may name its outermost layer: `IP: 4500…`.
 * One that cannot be read gives `{"error": …}` in its place. Gives the exit code: 1 when there was such a one, 2 for an unknown `from`.
 */
export async function dissectCommand(
  packets: readonly string[],
  options: DissectOptions,
  input: Readable = process.stdin,
  output = new LineOutput(),
): Promise<number> {
  const from = findLayer(options.from ?? 'Ether')
  if (typeof from === 'string') {
    process.stderr.write(`netshell dissect: ${from}\n`)
    return 2
  }
  const form = options.show ? 'show' : options.summary ? 'summary' : 'json'
  let failed = false
  let number = 0
  const one = (text: string): boolean => {
    number++
    const line = text.trim()
    if (line === '' || line.startsWith('#')) return false
    try {
      return output.line(formatted(line, from, form))
    } catch (error) {
      if (!(error instanceof PacketError)) throw error
      failed = true
      const message = `${packets.length > 0 ? 'argument' : 'line'} ${number}: ${error.message}`
      if (form !== 'json') process.stderr.write(`netshell dissect: ${printable(message)}\n`)
      return form === 'json' && output.line(printableJson(JSON.stringify({ error: message })))
    }
  }
  if (packets.length > 0) for (const packet of packets) one(packet)
  else {
    if ((input as Partial<typeof process.stdin>).isTTY === true)
      process.stderr.write('One packet a line, in hexadecimal; Ctrl-D ends.\n')
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (one(line) || (input as Partial<typeof process.stdin>).isTTY === true) await output.flush()
    }
  }
  await output.flush()
  return failed ? 1 : 0
}

function formatted(line: string, from: Layer, form: 'json' | 'summary' | 'show'): string {
  const named = /^([A-Za-z][A-Za-z0-9_]*)\s*:(.*)$/.exec(line)
  const layer = named === null ? undefined : layerNamed(named[1]!)
  if (named !== null && layer === undefined && !/^[0-9a-fA-F]{1,2}$/.test(named[1]!))
    throw new PacketError(noLayer(named[1]!))
  const text = layer === undefined ? line : named![2]!
  if (text.length > MAX_DIGITS)
    throw new PacketError(`${text.length} characters are too long for a packet; at most ${MAX_DIGITS} are taken`)
  const bytes = fromHex(text)
  if (bytes.length === 0) throw new PacketError('there are no bytes to dissect')
  const packet = dissect(layer ?? from, bytes)
  if (form === 'json') return printableJson(JSON.stringify(packet))
  if (form === 'show') return printable(packet.show({ dump: true })!)
  return printable([packet.summary(), ...packet.issues()].join('  ! '))
}

function findLayer(name: string): Layer | string {
  return layerNamed(name) ?? noLayer(name)
}

function noLayer(name: string): string {
  return `there is no layer '${name}'${suggestion(
    name,
    allLayers().map((layer) => layer.layerName),
  )}. netshell -e "ls()" lists them`
}
