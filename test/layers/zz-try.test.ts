import { test } from 'vitest'
import { readFileSync } from 'node:fs'
import * as L from '../../src/layers/index.js'
import { fromHex, packetFromJson, type Packet } from '../../src/packet/index.js'
import { evaluateCommand } from './evaluate-command.js'
test('x', () => {
  const all = JSON.parse(readFileSync('/tmp/dnsvec/talk.json', 'utf8'))
  let ok = 0
  for (const [n, hex] of Object.entries(all) as [string, string][]) {
    const p = L.Ether(fromHex(hex))
    const say = (what: string, got: string) => { if (got !== hex) console.log(n, what, p.summary(), '\n', hex, '\n', got); else ok++ }
    if (p.issues().length) console.log(n, p.issues().map(String))
    say('plain', p.hex())
    const c = p.copy()
    for (const each of c.layers()) for (const field of each._layer.automatic) each._write(field.index, undefined)
    say('cleared', c.hex())
    const copies = p.layers().map((each) => {
      const fresh = (each._layer.callable as () => Packet)()
      for (const field of each._layer.fields) { const v = each._read(field.index); if (v !== undefined) fresh._write(field.index, v) }
      return fresh
    })
    copies.forEach((each, i) => { if (i > 0) copies[i - 1]!.append(each) })
    say('anew', copies[0]!.hex())
    say('json', packetFromJson(JSON.parse(JSON.stringify(p))).hex())
    try { say('command', evaluateCommand(p.command()).hex()) } catch (e) { console.log(n, String(e), p.command()) }
    if (p.has(L.DNS)) console.log(n, p.summary())
  }
  console.log(ok)
})
