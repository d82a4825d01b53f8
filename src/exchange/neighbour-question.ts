import { ARP, dissectLink, Ether, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6 } from '../layers/index.js'
import { type CaptureBatch, findInterface, type Link } from '../link/index.js'
import { formatIpv6, parseIpv4, parseIpv6, stack } from '../packet/index.js'

/** How often a neighbour is asked, and how long each answer may take (ms): the kernel's own habit (sysctl ucast_solicit, retrans_time_ms). */
const QUESTIONS = 3
const PATIENCE = 600
/** How long an answer is trusted here, ms. The kernel's table is asked first and has its own rules. */
const REMEMBERED = 30_000

const answers = new Map<string, { mac: string; until: number }>()

/** Asks on the link who has an address: ARP (RFC 826), or neighbour solicitation (RFC 4861 §7.2). Undefined when nobody answers. */
export async function askNeighbour(
  link: Link,
  address: string,
  source: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = `${link.name} ${link.backend} ${address}`
  const known = answers.get(key)
  if (known !== undefined && known.until > Date.now()) return known.mac
  const own = link.addresses?.mac ?? findInterface(link.name)?.mac ?? '00:00:00:00:00:00'
  const question = questionFor(address, source, own)
  const mac = await new Promise<string | undefined>((found, failed) => {
    let asked = 0
    let timer: NodeJS.Timeout | undefined
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      capture.stop()
      settle()
    }
    const stop = (): void => finish(() => found(undefined))
    const onBatch = (batch: CaptureBatch): void => {
      const mac = answerIn(batch, address)
      if (mac !== undefined) finish(() => found(mac))
    }
    const filter = parseIpv4(address) >= 0 ? 'arp' : 'icmp6'
    const capture = link.capture(
      { immediate: true, ...(link.backend === 'memory' ? {} : { filter }) },
      onBatch,
      (error) => finish(() => failed(error)),
    )
    const ask = (): void => {
      if (asked++ === QUESTIONS) {
        stop()
        return
      }
      try {
        link.send([question])
      } catch (error) {
        finish(() => failed(error))
        return
      }
      timer = setTimeout(ask, PATIENCE)
    }
    signal.addEventListener('abort', stop, { once: true })
    ask()
  })
  if (mac !== undefined) answers.set(key, { mac, until: Date.now() + REMEMBERED })
  return mac
}

function questionFor(address: string, source: string | undefined, own: string): Uint8Array {
  const bytes = parseIpv6(address)
  if (bytes === undefined) {
    return stack(
      Ether({ dst: 'ff:ff:ff:ff:ff:ff', src: own }),
      ARP({ op: 1, hwsrc: own, psrc: source ?? '0.0.0.0', pdst: address }),
    ).bytes()
  }
  // The solicited-node group ends in the last three bytes of the address. RFC 4291 §2.7.1.
  const group = parseIpv6('ff02::1:ff00:0')!
  group.set(bytes.subarray(13), 13)
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
  const dst = `33:33:ff:${hex(bytes[13]!)}:${hex(bytes[14]!)}:${hex(bytes[15]!)}`
  return stack(
    Ether({ dst, src: own }),
    IPv6({ dst: formatIpv6(group), hlim: 255, ...(source === undefined ? {} : { src: source }) }),
    ICMPv6ND_NS({ tgt: address }),
    ICMPv6NDOptSrcLLAddr({ lladdr: own }),
  ).bytes()
}

function answerIn(batch: CaptureBatch, address: string): string | undefined {
  for (let i = 0; i < batch.count; i++) {
    const offset = batch.offsets[i]!
    const frame = dissectLink(batch.linkType, batch.buffer, offset, offset + batch.lengths[i]!)
    const arp = frame.get('ARP')
    if (arp !== undefined && arp.op === 2 && arp.psrc === address) return arp.hwsrc as string
    const advertisement = frame.get('ICMPv6ND_NA')
    if (advertisement === undefined || advertisement.tgt !== address) continue
    return (frame.get('ICMPv6NDOptDstLLAddr')?.lladdr ?? frame.get('Ether')?.src) as string | undefined
  }
  return undefined
}
