import { parseIpv4 } from '../../packet/index.js'

export interface LeasePoolOptions {
  /** First and last address, as numbers. */
  readonly first: number
  readonly last: number
  /** Whether an address is somebody's for good. Default: none is. */
  taken?(address: number): boolean
  /** Milliseconds; default `performance.now`. */
  now?(): number
}

/** Which client has which address of a DHCP server, and how long. Addresses are numbers. RFC 2131 §4.3.1. */
export class LeasePool {
  private readonly leases = new Map<number, { client: string; until: number }>()

  constructor(private readonly options: LeasePoolOptions) {}

  /** The address that the client has, else the one that it wishes, else the first free one; undefined when all are given. */
  addressFor(client: string, wish: unknown): number | undefined {
    for (const [address, lease] of this.leases) if (lease.client === client) return address
    const wished = numberOf(wish)
    if (this.isFor(wished, client)) return wished
    for (let address = this.options.first; address <= this.options.last; address++)
      if (this.isFor(address, client)) return address
    return undefined
  }

  /** Whether the client may have the address: it is in the pool and nobody else's. */
  isFor(address: number, client: string): boolean {
    const { first, last, taken } = this.options
    if (address < first || address > last || taken?.(address)) return false
    const lease = this.leases.get(address)
    return lease === undefined || lease.client === client || lease.until < this.now()
  }

  give(address: number, client: string, seconds: number): void {
    this.leases.set(address, { client, until: this.now() + seconds * 1000 })
  }

  /** Takes the address back where it is the client's. */
  release(address: number, client: string): void {
    if (this.leases.get(address)?.client === client) this.leases.delete(address)
  }

  private now(): number {
    return this.options.now?.() ?? performance.now()
  }
}

/** The number of an IPv4 address; -1 for what is none. */
export const numberOf = (address: unknown): number => (typeof address === 'string' ? parseIpv4(address) : -1)
