/** Our side of `shell`: in a fresh process, what a session pays. Prints milliseconds as JSON. */
import { preloaded } from '../../src/commands/globals.js'
import { parse, transform } from '../../src/repl/compiler.js'
import { completionsAt } from '../../src/repl/completion/index.js'

/** What people type. */
const LINES = [
  "const syn = IP({dst: '10.0.0.1'})/TCP({dport: 80, flags: 'S'})",
  'reply = sr1(syn, {timeout: 1})',
  'reply?.ttl / 2',
  "for (const host of ['10.0.0.1', '10.0.0.2']) console.log(host, sr1(IP({dst: host})/ICMP())?.ttl)",
  'function probe(dst, ttl = 64) { const a = sr1(IP({dst, ttl})/ICMP()); return a ? a.src : null }',
  '[1, 2, 3].map(ttl => probe("10.0.0.9", ttl)).filter(x => x !== null)',
  "pkts = sniff({filter: 'tcp port 80', count: 10, prn: p => p.summary()})",
  'pkts.filter(p => p[TCP].flags.includes("S")).length',
  'job = bg(sniff({store: false}))',
  "wrpcap('/tmp/x.pcap', pkts); hexdump(pkts[0])",
  'let total = 0; for (const p of pkts) { total += p.len; if (total > 1e6) break }',
  'try { sr1(syn) } catch ({message}) { console.log(`failed: ${message}`) } finally { sleep(0.1) }',
  'class Probe { #n = 0; run(x) { this.#n++; return sr1(x)?.ttl ?? 0 } }',
  'await Promise.all([1, 2].map(async n => (await fetch(`http://localhost/${n}`)).status))',
  'ls(TCP)',
  'syn.summary()',
]

function milliseconds(work: () => void): number {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

function once(source: string, prompt: boolean): void {
  const parsed = parse(source, { prompt })
  if (parsed.state !== 'complete') throw new Error(`${source}: ${parsed.message}`)
  transform(source, parsed.program, { prompt, constants: new Set() })
}

/** A script of 6 kB: these lines in functions, over and over. */
function script(): string {
  let text = ''
  for (let part = 0; ; part++) {
    text += `async function part${part}(hosts) {\n`
    for (const line of LINES) {
      if (text.length + line.length > 6000) return `${text}}\n`
      text += `  ${line}\n`
    }
    text += '}\n'
  }
}

preloaded()
const firstTab = milliseconds(() => {
  if (completionsAt('IP({d', 5).items.length === 0) throw new Error('no completions')
})
const laterTab = milliseconds(() => completionsAt('sniff({f', 8))
const first = LINES.map((line) => milliseconds(() => once(line, true)))
const source = script()
const firstScript = milliseconds(() => once(source, false))
for (let round = 0; round < 200; round++) for (const line of LINES) once(line, true)
const ROUNDS = 200
const warm = milliseconds(() => {
  for (let round = 0; round < ROUNDS; round++) for (const line of LINES) once(line, true)
})
const warmScript = Math.min(...Array.from({ length: 20 }, () => milliseconds(() => once(source, false))))
console.log(
  JSON.stringify({
    firstTab,
    laterTab,
    // The very first line compiles the compiler.
    firstLines: first.slice(1).sort((a, b) => a - b)[first.length >> 1],
    line: warm / ROUNDS / LINES.length,
    firstScript,
    script: warmScript,
    bytes: source.length,
  }),
)
