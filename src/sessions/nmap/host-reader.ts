/** One `<host>` of nmap's XML. */
import { type Attributes, numberOf } from './attributes.js'
import type { NmapHiddenPorts, NmapHost, NmapPort, NmapPortState, NmapScript } from './nmap-result.js'

/** What one host may have of each; of a script's output so many characters. */
const MOST_NAMES = 1000
const MOST_GUESSES = 1000
const MOST_HOPS = 256
const MOST_SCRIPTS = 1000
const LONGEST_OUTPUT = 2 ** 18
const MOST_CPE = 20
/** Protocols of the ports that are only counted. */
const MOST_PROTOCOLS = 20
const LONGEST_CPE = 1000
const HIGHEST_PORT = 65535
/** All ports of all protocols that nmap knows. */
const MOST_PORTS = 4 * (HIGHEST_PORT + 1)

const STATES: ReadonlySet<string> = new Set<NmapPortState>([
  'open',
  'closed',
  'filtered',
  'unfiltered',
  'open|filtered',
  'closed|filtered',
  'unknown',
])

/** Takes in the elements of a host; `host()` is what it comes to. */
export class HostReader {
  readonly #host: NmapHost = {
    address: '',
    addresses: [],
    names: [],
    state: 'unknown',
    reason: '',
    ports: [],
    notShown: [],
    os: [],
    trace: [],
    scripts: [],
  }
  #port: NmapPort | null = null
  #hidden: { state: NmapPortState; count: number; parts: NmapHiddenPorts[] } | null = null
  #cpe: string | null = null
  #inTrace = false

  open(name: string, attributes: Attributes): void {
    const host = this.#host
    if (this.#port !== null && this.#openInPort(name, attributes, this.#port)) return
    switch (name) {
      case 'status':
        host.state = attributes.state === 'up' || attributes.state === 'down' ? attributes.state : 'unknown'
        host.reason = attributes.reason ?? ''
        break
      case 'address':
        this.#address(attributes)
        break
      case 'hostname':
        // The one that was asked for and the one that a name server knows are often the same.
        if (attributes.name && host.names.length < MOST_NAMES && !host.names.includes(attributes.name))
          host.names.push(attributes.name)
        break
      case 'extraports':
        this.#hidden = { state: stateOf(attributes.state), count: numberOf(attributes.count) ?? 0, parts: [] }
        break
      case 'extrareasons':
        this.#hiddenFor(attributes)
        break
      case 'port':
        this.#beginPort(attributes)
        break
      case 'osmatch':
        if (attributes.name && host.os.length < MOST_GUESSES)
          host.os.push({ name: attributes.name, accuracy: numberOf(attributes.accuracy) ?? 0 })
        break
      case 'uptime':
        host.uptime = numberOf(attributes.seconds)
        break
      case 'distance':
        host.distance = numberOf(attributes.value)
        break
      case 'times':
        this.#roundTrip(attributes.srtt)
        break
      case 'trace':
        this.#inTrace = true
        break
      case 'hop':
        if (this.#inTrace) this.#hop(attributes)
        break
      case 'script':
        addScript(host.scripts, attributes)
    }
  }

  close(name: string): void {
    if (name === 'port') this.#endPort()
    else if (name === 'extraports') this.#endHidden()
    else if (name === 'cpe' && this.#cpe !== null) {
      if (this.#port !== null) this.#port.cpe = [...(this.#port.cpe ?? []), this.#cpe].slice(0, MOST_CPE)
      this.#cpe = null
    } else if (name === 'trace') this.#inTrace = false
  }

  text(text: string): void {
    if (this.#cpe !== null && this.#cpe.length < LONGEST_CPE) this.#cpe += text.slice(0, LONGEST_CPE)
  }

  /** What is known of it; null when it has no address. */
  host(): NmapHost | null {
    const host = this.#host
    if (host.address === '') return null
    for (const key of ['uptime', 'distance'] as const) if (host[key] === undefined) delete host[key]
    const [name] = host.names
    return name === undefined ? host : { ...host, name }
  }

  #address({ addr, addrtype, vendor }: Attributes): void {
    const host = this.#host
    if (!addr) return
    if (addrtype === 'mac') {
      host.mac = addr.toLowerCase()
      if (vendor) host.vendor = vendor
      return
    }
    if (host.address === '') host.address = addr
    if (host.addresses.length < MOST_NAMES) host.addresses.push(addr)
  }

  #beginPort({ portid, protocol }: Attributes): void {
    const port = numberOf(portid)
    if (this.#host.ports.length >= MOST_PORTS) return
    if (port === undefined || !Number.isInteger(port) || port > HIGHEST_PORT || !protocol) return
    this.#port = { address: this.#host.address, port, protocol, state: 'unknown', reason: '' }
  }

  /** Whether the element is one of a port's. */
  #openInPort(name: string, attributes: Attributes, port: NmapPort): boolean {
    if (name === 'state') {
      port.state = stateOf(attributes.state)
      port.reason = attributes.reason ?? ''
      const ttl = numberOf(attributes.reason_ttl)
      if (ttl) port.ttl = ttl
    } else if (name === 'service') {
      const { name: service, product, version, extrainfo, tunnel, method } = attributes
      if (service) port.service = service
      if (product) port.product = product
      if (version) port.version = version
      if (extrainfo) port.extraInfo = extrainfo
      if (tunnel) port.tunnel = tunnel
      if (method === 'probed') port.probed = true
    } else if (name === 'cpe') this.#cpe = ''
    else if (name === 'script') {
      port.scripts ??= []
      addScript(port.scripts, attributes)
    } else return false
    return true
  }

  #endPort(): void {
    if (this.#port !== null) this.#host.ports.push(this.#port)
    this.#port = null
  }

  #hiddenFor({ reason = '', count, proto = '', ports = '' }: Attributes): void {
    if (this.#hidden === null) return
    const { state, parts } = this.#hidden
    let part = parts.find(({ protocol }) => protocol === proto)
    if (part === undefined && parts.length >= MOST_PROTOCOLS) return
    if (part === undefined) {
      part = { protocol: proto, state, count: 0, reasons: {}, ports: '' }
      parts.push(part)
    }
    const number = numberOf(count) ?? 0
    part.count += number
    if (/^[\w-]{1,64}$/.test(reason) && reason !== '__proto__') part.reasons[reason] = number
    // Where the ports of one reason are missing, those of the others are not all.
    const all = number > 0 && ports === '' ? null : ports
    part.ports = all === null || (part.ports === '' && part.count > number) ? '' : joined(part.ports, all)
  }

  #endHidden(): void {
    if (this.#hidden === null) return
    const { state, count, parts } = this.#hidden
    // Versions of nmap that tell no protocol have one.
    if (parts.length === 0 && count > 0) parts.push({ protocol: '', state, count, reasons: {}, ports: '' })
    this.#host.notShown.push(...parts)
    this.#hidden = null
  }

  #roundTrip(srtt: string | undefined): void {
    const microseconds = numberOf(srtt)
    if (microseconds !== undefined) this.#host.rtt = microseconds / 1e6
  }

  #hop({ ttl, ipaddr, host: name, rtt }: Attributes): void {
    const number = numberOf(ttl)
    if (number === undefined || !ipaddr || this.#host.trace.length >= MOST_HOPS) return
    const milliseconds = numberOf(rtt)
    this.#host.trace.push({
      ttl: number,
      address: ipaddr,
      ...(name ? { name } : {}),
      ...(milliseconds === undefined ? {} : { rtt: milliseconds / 1000 }),
    })
  }
}

function stateOf(text: string | undefined): NmapPortState {
  return text !== undefined && STATES.has(text) ? (text as NmapPortState) : 'unknown'
}

function joined(before: string, more: string): string {
  return before === '' ? more : `${before},${more}`
}

function addScript(scripts: NmapScript[], { id, output = '' }: Attributes): void {
  if (id && scripts.length < MOST_SCRIPTS) scripts.push({ id, output: output.slice(0, LONGEST_OUTPUT) })
}
