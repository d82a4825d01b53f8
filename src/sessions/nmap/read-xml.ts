/**
 * nmap's XML (nmap.dtd, version 1.05) → NmapResult. It may come from another machine, so nothing in it is trusted: sizes and counts are
 * bounded, no entity is expanded but XML's own five, what is no number is left out. What is complete before an error or a cut counts.
 */
import { turn } from '../../exchange/pause.js'
import { SessionError } from '../face/session-error.js'
import { type Attributes, numberOf } from './attributes.js'
import { HostReader } from './host-reader.js'
import { type NmapFacts, type NmapHost, NmapResult } from './nmap-result.js'
import { allPortsOf, completeHidden } from './not-shown.js'

/** Bytes of XML. */
export const LONGEST_XML = 64 * 2 ** 20
/** Between two looks at what else there is to do. */
const CHUNK = 2 ** 18
/** nmap's own deepest element is the tenth; tables of scripts may be nested. */
const DEEPEST = 100
const MOST_HOSTS = 200_000
const MOST_PORTS = 2_000_000

/** What is known besides the XML. */
export interface XmlSource {
  /** As it stands in messages: the name of a file, or `nmap`. */
  readonly name: string
  readonly from?: string
  readonly interrupted?: boolean
  readonly warnings?: readonly string[]
  readonly signal?: AbortSignal
}

/** Stops the reading. */
class Enough extends Error {}

/** @throws SessionError when it is no XML of nmap's at all */
export async function readXml(xml: string, source: XmlSource): Promise<NmapResult> {
  if (xml.length > LONGEST_XML)
    throw new SessionError(`${source.name}: more than ${LONGEST_XML / 2 ** 20} MiB of XML`, 'LIMIT')
  // A shell of a remote machine may greet first.
  const start = xml.search(/<\?xml|<!DOCTYPE nmaprun|<nmaprun/)
  const reader = new RunReader(source)
  if (start >= 0) await feed(xml, start, reader, source.signal)
  if (!reader.isNmap) {
    const begin = xml.trim() === '' ? 'it is empty' : `it begins with ${JSON.stringify(xml.trimStart().slice(0, 40))}`
    throw new SessionError(`${source.name}: this is no XML of nmap: ${begin}`, 'XML')
  }
  return reader.result(xml.slice(start))
}

async function feed(xml: string, start: number, reader: RunReader, signal: AbortSignal | undefined): Promise<void> {
  const { SaxesParser } = await import('saxes')
  const parser = new SaxesParser({ position: true })
  parser.on('error', (error) => reader.broken(error.message))
  parser.on('opentag', ({ name, attributes }) => reader.open(name, attributes as Attributes))
  parser.on('closetag', ({ name }) => reader.close(name))
  parser.on('text', (text) => reader.text(text))
  try {
    for (let at = start; at < xml.length; at += CHUNK) {
      parser.write(xml.slice(at, at + CHUNK))
      if (at + CHUNK < xml.length) await turn()
      signal?.throwIfAborted()
    }
    reader.atEnd = true
    parser.close()
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
}

/** Reads a whole run. */
class RunReader {
  /** nmap has begun. */
  isNmap = false
  /** All was handed over: what is missing now is cut off. */
  atEnd = false
  readonly #source: XmlSource
  readonly #hosts: NmapHost[] = []
  readonly #facts: NmapFacts
  #host: HostReader | null = null
  #depth = 0
  #ports = 0
  #finished = false

  constructor(source: XmlSource) {
    this.#source = source
    this.#facts = {
      scanner: 'nmap',
      version: '',
      args: '',
      ...(source.from === undefined ? {} : { from: source.from }),
      asked: {},
      interrupted: source.interrupted === true,
      warnings: [...(source.warnings ?? [])],
    }
  }

  open(name: string, attributes: Attributes): void {
    if (++this.#depth > DEEPEST) this.#stop(`elements are nested more than ${DEEPEST} deep`)
    const facts = this.#facts
    if (this.#host !== null) {
      if (name === 'port' && ++this.#ports > MOST_PORTS) this.#stop(`more than ${MOST_PORTS} ports`)
      this.#host.open(name, attributes)
    } else if (name === 'nmaprun' && this.#depth === 1) {
      this.isNmap = true
      facts.args = attributes.args ?? ''
      // Our own scan writes nmap's name too: nmap.dtd knows no other.
      const isOurs = /^netshell scan\b/.test(facts.args)
      facts.scanner = isOurs ? 'netshell scan' : 'nmap'
      facts.version = isOurs ? '' : (attributes.version ?? '')
      const startedAt = numberOf(attributes.start)
      if (startedAt !== undefined) facts.startedAt = startedAt
    } else if (!this.isNmap) this.#stop('it does not begin with nmaprun')
    else if (name === 'scaninfo' && attributes.protocol !== undefined) this.#asked(attributes)
    else if (name === 'host') {
      if (this.#hosts.length >= MOST_HOSTS) this.#stop(`more than ${MOST_HOSTS} hosts`)
      this.#host = new HostReader()
    } else if (name === 'finished') {
      this.#finished = true
      const duration = numberOf(attributes.elapsed)
      if (duration !== undefined) facts.duration = duration
      if (attributes.exit === 'error') facts.problem = attributes.errormsg ?? 'nmap ended with an error'
      if (attributes.errormsg === 'interrupted') facts.interrupted = true
    } else if (name === 'hosts') {
      const [up, down, total] = [attributes.up, attributes.down, attributes.total].map(numberOf)
      if (up !== undefined && down !== undefined && total !== undefined) facts.counts = { up, down, total }
    }
  }

  close(name: string): void {
    this.#depth--
    if (this.#host === null) return
    if (name !== 'host') {
      this.#host.close(name)
      return
    }
    const host = this.#host.host()
    this.#host = null
    if (host !== null) this.#hosts.push(host)
  }

  text(text: string): void {
    this.#host?.text(text)
  }

  /** What the parser finds wrong: what was complete by then stays. */
  broken(message: string): void {
    this.#stop(this.atEnd ? 'the XML ends too early' : `the XML is broken: ${message}`)
  }

  result(xml: string): NmapResult {
    const facts = this.#facts
    if (!this.#finished && !facts.interrupted) facts.problem ??= 'the XML ends too early'
    // Of what was cut by Ctrl-C nobody wonders that its end is missing.
    if (facts.interrupted) delete facts.problem
    const asked = new Map(Object.entries(facts.asked).map(([protocol, ports]) => [protocol, allPortsOf(ports)]))
    for (const host of this.#hosts) completeHidden(host, asked)
    return new NmapResult(this.#hosts, facts, xml)
  }

  #asked({ protocol = '', services = '' }: Attributes): void {
    const before = this.#facts.asked[protocol]
    const known = ['tcp', 'udp', 'sctp', 'ip'].includes(protocol)
    if (known) this.#facts.asked[protocol] = before === undefined ? services : `${before},${services}`
  }

  #stop(problem: string): never {
    this.#facts.problem ??= `${this.#source.name === 'nmap' ? '' : `${this.#source.name}: `}${problem}`
    throw new Enough()
  }
}
