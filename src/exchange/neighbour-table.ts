import { type Link, neighbour } from '../link/index.js'
import { parseMac } from '../packet/index.js'
import { groupAddress, type Path } from './addressing.js'
import { askNeighbours } from './neighbour-question.js'
import { report } from './report.js'

/** What is known of the next hops on one link. */
interface LinkTable {
  /** Their MAC addresses. */
  readonly known: Map<string, number>
  /** Those that did not answer, and until when they are not asked again (performance.now()). */
  readonly silent: Map<string, number>
  /** Those to be asked, each with the source address of a packet to it. */
  wanted: Map<string, string | undefined>
  /** The questions that are under way. */
  readonly asking: Set<Promise<void>>
}

/** How long a neighbour that did not answer is left alone, ms. */
const LEFT_ALONE = 5000

/** The MAC addresses of the next hops of one run of sending. They are asked for many at a time. */
export class NeighbourTable {
  private readonly tables = new Map<Link, LinkTable>()

  /** @param consequence what a silent neighbour means, for the warning: `packets to % were not sent` (% becomes it or them) */
  constructor(private readonly consequence: string) {}

  /** The MAC address as a number; undefined while it is not known. */
  get({ link, nextHop }: Path): number | undefined {
    return nextHop === undefined ? 0 : this.tableOf(link).known.get(nextHop)
  }

  /** Notes a next hop, for `resolve` to ask for when it is not known. */
  want({ link, nextHop }: Path, source: string | undefined): void {
    if (nextHop === undefined) return
    const { known, silent, wanted } = this.tableOf(link)
    if (known.has(nextHop) || wanted.has(nextHop)) return
    if ((silent.get(nextHop) ?? 0) > performance.now()) return
    const group = groupAddress(nextHop, link.netns)
    if (group === undefined) wanted.set(nextHop, source)
    else known.set(nextHop, group)
  }

  /**
   * Finds what is wanted: in the kernel's table, else by asking all of them at once. Warns of those that are silent. Several calls may
   * be under way.
   */
  async resolve(stop: AbortSignal): Promise<void> {
    for (const [link, table] of this.tables) {
      const { known, wanted } = table
      if (wanted.size === 0) continue
      table.wanted = new Map()
      for (const nextHop of link.backend === 'memory' ? [] : [...wanted.keys()]) {
        const mac = neighbour(nextHop, link.name, link.netns)
        if (mac === undefined) continue
        known.set(nextHop, parseMac(mac))
        wanted.delete(nextHop)
      }
      if (wanted.size === 0 || stop.aborted) continue
      const question = this.ask(link, table, wanted, stop)
      table.asking.add(question)
      const over = (): void => void table.asking.delete(question)
      question.then(over, over)
    }
    for (const { asking } of this.tables.values()) if (asking.size > 0) await Promise.all(asking)
  }

  private async ask(
    link: Link,
    { known, silent }: LinkTable,
    wanted: ReadonlyMap<string, string | undefined>,
    stop: AbortSignal,
  ): Promise<void> {
    const answered = await askNeighbours(link, wanted, stop)
    for (const [nextHop, mac] of answered) known.set(nextHop, mac)
    if (stop.aborted) return
    const left = [...wanted.keys()].filter((nextHop) => !answered.has(nextHop))
    for (const nextHop of left) silent.set(nextHop, performance.now() + LEFT_ALONE)
    if (left.length > 0) this.warn(link, left)
  }

  private warn(link: Link, [first, ...others]: string[]): void {
    const more = others.length === 0 ? '' : ` and ${others.length} other${others.length === 1 ? '' : 's'}`
    const consequence = this.consequence.replace('%', others.length === 0 ? 'it' : 'them')
    report(`nobody answers for ${first}${more} on ${link.name}: ${consequence}`, 'warning')
  }

  private tableOf(link: Link): LinkTable {
    let table = this.tables.get(link)
    if (table === undefined) {
      table = { known: new Map(), silent: new Map(), wanted: new Map(), asking: new Set() }
      this.tables.set(link, table)
    }
    return table
  }
}
