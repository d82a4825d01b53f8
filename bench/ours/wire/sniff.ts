import { type AnyPacket, IP, openLink, type SniffOptions, sniff, UDP } from '../../../src/index.js'

/** A capture has ended when nothing came for this long, ms. */
const QUIET = 300
/** How long the program stands still when drops are forced, ms. */
const STALL = 1500
/** Packets that a ring holds. */
const RING = 100_000
/** How often memory is looked at, ms. */
const SAMPLE = 100

const WAYS: Record<string, () => SniffOptions> = {
  /** Everything, kept in the list. */
  store: () => ({}),
  /** Everything, counted and dropped. */
  pass: () => ({ store: false }),
  /** As `tcpdump -w /dev/null`. */
  write: () => ({ write: '/dev/null' }),
  /** Two fields read in a predicate, what it accepts (all) kept. */
  predicate: () => ({ lfilter: isWanted }),
  /** The last packets of a long capture. */
  ring: () => ({ ring: { packets: RING } }) as SniffOptions,
  /** The predicate in a program that stands still at the first packet. */
  stall: () => ({ lfilter: standing(isWanted) }),
}

/**
 * `sniff INTERFACE FILTER HOW`: prints "ready", captures until its standard input ends, and tells what came, what was
 * lost, and for `ring` the resident memory every 100 ms.
 */
export async function runSniff([interfaceName = '', filter = '', how = '']: string[]): Promise<object> {
  const options = WAYS[how]?.()
  if (options === undefined) throw new Error(`no way to capture is called '${how}'`)
  // A link of our own: its counters can be read.
  const link = openLink(interfaceName)
  const stats = () => link.stats!()
  const task = sniff({ link, filter, quiet: true, started: () => console.log('ready'), ...options })
  const samples: number[] = []
  const sampling = how === 'ring' ? setInterval(() => samples.push(process.memoryUsage.rss()), SAMPLE) : undefined
  await inputEnd()
  for (let seen = -1; seen !== stats().received; ) {
    seen = stats().received
    await new Promise((resolve) => setTimeout(resolve, QUIET))
  }
  clearInterval(sampling)
  const { received, dropped, interfaceDropped } = stats()
  task.interrupt()
  const kept = (await task).length
  link.close()
  return { received, dropped: dropped + interfaceDropped, kept, samples }
}

/** Two fields, one of them as text; true for all that the sender sends. */
function isWanted(packet: AnyPacket): boolean {
  return packet.get(IP)!.src.startsWith('10.') && (packet.get(UDP)!.dport as number) <= 50_000
}

function standing(predicate: (packet: AnyPacket) => boolean): (packet: AnyPacket) => boolean {
  let moved = true
  return (packet) => {
    if (moved) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL)
    moved = false
    return predicate(packet)
  }
}

function inputEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on('end', resolve).resume()
  })
}
