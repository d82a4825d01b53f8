import { compared, type Row } from '../measure.js'
import { ourSide, scapyWire } from '../workplace.js'
import { onSender, type Sent, type WireLab } from './wire-lab.js'

const PACKETS = 100_000
/** Scapy needs seconds for these. */
const SCAPY_PACKETS = 3000
/** Times that ours and the compiled peer send all; our first one counts apart. */
const PASSES = 4
/** Frames of others that may cross the cable meanwhile: neighbours and routers are looked for. */
const STRAY = 50

interface Rates {
  /** Packets per second, the best pass. */
  best: number
  /** The first pass of a fresh process. */
  first: number
}

/** Sending 100 000 packets as fast as it goes; all of them must arrive. */
export async function sendRows(lab: WireLab, rounds: number): Promise<Row[]> {
  const rates: Record<string, Rates> = {}
  const note = (name: string, { best, first }: Rates) => {
    const known = rates[name] ?? { best: 0, first: 0 }
    rates[name] = { best: Math.max(known.best, best), first: Math.max(known.first, first) }
  }
  for (let round = 0; round < rounds; round++) {
    note('c', await allArrive(lab, () => compiledRates(lab)))
    for (const how of ['built', 'list', 'set', 'frames']) note(how, await allArrive(lab, () => ourRates(lab, how)))
    for (const how of ['list', 'set']) note(`scapy ${how}`, await allArrive(lab, () => scapyRate(lab, how)))
  }
  const row = (name: string, ours: number, peer: number, least: number | null) =>
    compared(
      { group: 'wire', name, unit: 'packets/s', ours, peer, ratio: ours / peer },
      least === null ? null : { least },
    )
  const of = (name: string) => rates[name]!.best
  return [
    row('send of 100 000 prebuilt packets: ours / Scapy', of('built'), of('scapy list'), 100),
    row('send of 100 000 prebuilt packets: ours / sendmmsg in C', of('built'), of('c'), 0.5),
    row('send of 100 000 from a set, built as it goes: ours / Scapy', of('set'), of('scapy set'), 100),
    row('send of 100 000 from a set, built as it goes: ours / sendmmsg in C', of('set'), of('c'), null),
    row('send of a list of 100 000, to be built: ours / Scapy', of('list'), of('scapy list'), 100),
    row('send of a list of 100 000, to be built: ours / sendmmsg in C', of('list'), of('c'), null),
    row('sendp of 100 000 frames as bytes: ours / sendmmsg in C', of('frames'), of('c'), null),
    row('send of 100 000 prebuilt packets, first call: ours / sendmmsg in C', rates['built']!.first, of('c'), null),
    row('send of 100 000 from a set, first call: ours / Scapy', rates['set']!.first, of('scapy set'), null),
  ]
}

async function ourRates(lab: WireLab, how: string): Promise<Rates & { sent: number }> {
  const command = await ourSide('ours/wire', 'send', lab.sink.ipv4, how, PASSES)
  const { sent, seconds } = await lab.json<{ sent: number; seconds: number[] }>('here', onSender(command))
  return { ...rateOf(seconds.map((each) => ({ sent: PACKETS, seconds: each }))), sent }
}

async function compiledRates(lab: WireLab): Promise<Rates & { sent: number }> {
  const passes: Sent[] = []
  for (let pass = 0; pass < PASSES; pass++) passes.push(await lab.sendFrames(PACKETS))
  return rateOf(passes)
}

async function scapyRate(lab: WireLab, how: string): Promise<Rates & { sent: number }> {
  const command = scapyWire('send', lab.sink.ipv4, lab.sink.mac, SCAPY_PACKETS, how)
  return rateOf([await lab.json<Sent>('here', onSender(command))])
}

function rateOf(passes: readonly Sent[]): Rates & { sent: number } {
  const rates = passes.map(({ sent, seconds }) => sent / seconds)
  return { best: Math.max(...rates), first: rates[0]!, sent: passes.reduce((sum, { sent }) => sum + sent, 0) }
}

/** @throws Error unless as many frames came out of the cable as were sent */
async function allArrive(lab: WireLab, work: () => Promise<Rates & { sent: number }>): Promise<Rates> {
  const before = await lab.arrived()
  const result = await work()
  const arrived = (await lab.arrived()) - before
  if (arrived < result.sent || arrived > result.sent + STRAY)
    throw new Error(`send: ${result.sent} packets were sent and ${arrived} frames arrived`)
  return result
}
