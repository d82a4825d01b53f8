import { compared, type Row } from '../measure.js'
import { installed, ourSide, program, scapyWire } from '../workplace.js'
import { OPEN_PORTS, type WireLab } from './wire-lab.js'

/** Ports 1 to this one are asked. */
const SIZES = [1000, 10_000]

/** What one program found, and how long it says it took. */
interface Scan {
  seconds: number
  open: number[]
  /** Ports that answered, where it tells. */
  answered?: number
}

/** With the seconds of a second run in the same process. */
interface Again extends Scan {
  again: number
}

/** Scapy with a long time-out. */
interface Patient extends Scan {
  /** Seconds until the last answer; what it waits after that is no work. */
  lastAnswer: number
}

/** Seconds from the start of the program to its end. */
interface Whole {
  wall: number
}

const ROW = { group: 'wire', unit: 's' }

/** SYN to many ports of a host: time, and the same open ports. */
export async function scanRows(lab: WireLab, rounds: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const last of SIZES) rows.push(...(await scanOf(lab, rounds, last)))
  return rows
}

async function scanOf(lab: WireLab, rounds: number, last: number): Promise<Row[]> {
  const target = lab.lab.there.ipv4
  const exchange: Again[] = []
  const scan: Again[] = []
  const nmap: (Scan & Whole)[] = []
  const command: Whole[] = []
  const scapy: Scan[] = []
  const patient: Patient[] = []
  for (let round = 0; round < rounds; round++) {
    exchange.push(await lab.json('here', await ourSide('ours/wire', 'sr', target, last)))
    scan.push(await lab.json('here', await ourSide('ours/wire', 'scan', target, last)))
    nmap.push(await runNmap(lab, last))
    command.push(await runCommand(lab, last))
    // Scapy needs ten seconds for many ports, of which noise is a small part.
    if (round > 0 && last > 1000) continue
    for (const how of ['plain', 'threaded']) scapy.push(await lab.json('here', scapyWire('sr', target, last, how)))
    patient.push(await lab.json('here', scapyWire('sr', target, last, 'patient')))
  }
  const expected = OPEN_PORTS.filter((port) => port <= last)
  for (const { open } of exchange) sameSet('sr', open, expected)
  for (const { open } of scan) sameSet('scan', open, expected)
  for (const { open } of nmap) sameSet('nmap', open, expected)
  const count = `${last.toLocaleString('en').replace(',', ' ')} ports`
  const rival = fastest(nmap)
  const faster = (name: string, ours: number, peer: number, goal: number | null) =>
    compared({ ...ROW, name, ours, peer, ratio: peer / ours }, goal === null ? null : { least: goal })
  const within = (name: string, ours: number, peer: number, goal: number | null) =>
    compared({ ...ROW, name, ours, peer, ratio: ours / peer }, goal === null ? null : { most: goal })
  return [
    faster(`sr of SYN to ${count}: Scapy / ours (goal 20)`, fastest(exchange), fastest(scapy), 10),
    faster(
      `sr of SYN to ${count}, until Scapy's last answer: Scapy / ours`,
      fastest(exchange),
      Math.min(...patient.map((run) => run.lastAnswer)),
      null,
    ),
    within(`sr of SYN to ${count}: ours / nmap -sS -n -Pn -T4`, fastest(exchange), rival, 1),
    within(`sr of SYN to ${count}, second call: ours / nmap`, secondCall(exchange), rival, null),
    within(`scan of ${count}: ours / nmap -sS -n -Pn -T4`, fastest(scan), rival, 1),
    within(`scan of ${count}, second call: ours / nmap`, secondCall(scan), rival, null),
    within(`scan of ${count}, whole program: netshell scan / nmap`, shortest(command), shortest(nmap), null),
    compared(
      {
        ...ROW,
        unit: 'answers',
        name: `sr of SYN to ${count}: answers; Scapy's at best`,
        ours: Math.max(...exchange.map((run) => run.answered ?? 0)),
        peer: Math.max(...[...scapy, ...patient].map((run) => run.answered ?? 0)),
        ratio: null,
      },
      null,
    ),
  ]
}

/** The command as a person types it. @throws Error when it does not find the open ports */
async function runCommand(lab: WireLab, last: number): Promise<Whole> {
  const start = performance.now()
  const text = await lab.output('here', [process.execPath, program(), 'scan', lab.lab.there.ipv4, '-p', `1-${last}`])
  const wall = (performance.now() - start) / 1000
  const ports = text.matchAll(/^ *(\d+)\/tcp +open/gm)
  sameSet(
    'netshell scan',
    [...ports].map((match) => Number(match[1])),
    OPEN_PORTS.filter((port) => port <= last),
  )
  return { wall }
}

async function runNmap(lab: WireLab, last: number): Promise<Scan & Whole> {
  const options = ['-sS', '-n', '-Pn', '-T4', '-p', `1-${last}`, '-oX', '-', lab.lab.there.ipv4]
  const start = performance.now()
  const report = await lab.output('here', [installed('nmap', 'nmap'), ...options])
  const wall = (performance.now() - start) / 1000
  const ports = report.matchAll(/<port protocol="tcp" portid="(\d+)"><state state="open"/g)
  const elapsed = /<finished [^>]*elapsed="([\d.]+)"/.exec(report)?.[1]
  return { seconds: Number(elapsed), wall, open: [...ports].map((match) => Number(match[1])) }
}

function fastest(runs: readonly Scan[]): number {
  return Math.min(...runs.map((run) => run.seconds))
}

function secondCall(runs: readonly Again[]): number {
  return Math.min(...runs.map((run) => run.again))
}

function shortest(runs: readonly Whole[]): number {
  return Math.min(...runs.map((run) => run.wall))
}

/** @throws Error that names the ports which one side alone found open */
function sameSet(name: string, found: readonly number[], expected: readonly number[]): void {
  const missing = expected.filter((port) => !found.includes(port))
  const extra = found.filter((port) => !expected.includes(port))
  if (missing.length + extra.length > 0)
    throw new Error(
      `${name}: open ports not found: ${missing.join(' ') || 'none'}; found, but closed: ${extra.join(' ') || 'none'}`,
    )
}
