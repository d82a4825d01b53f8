import { type AnyPacket, dissect, Ether, IP, Raw, type Sendable, send, sendp, stack, UDP } from '../../../src/index.js'

/** Bytes behind Ether/IP/UDP that make a frame of 64. */
const PAYLOAD = new Uint8Array(22)

/** Values of UDP's ports that stand for 100 000 packets. */
const SOURCE_PORTS = [1024, 1025]
const DESTINATION_PORTS: [number, number][] = [[1, 50_000]]

const WAYS: Record<string, (destination: string) => () => Sendable> = {
  /** Packets whose bytes are there already, as read from a capture. */
  built: (destination) => {
    const packets = [...datagrams(destination)].map((packet) => dissect(IP, packet.bytes()) as AnyPacket)
    return () => packets
  },
  /** Packets that were made before; bytes are not. */
  list: (destination) => {
    const packets = [...datagrams(destination)] as AnyPacket[]
    return () => packets
  },
  /** One packet that stands for all: they are made as they go. */
  set: (destination) => () => datagrams(destination),
  /** Frames as bytes. */
  frames: (destination) => {
    const frames = [...stack(Ether({ dst: '02:00:00:00:00:99' }), datagrams(destination))].map((frame) => frame.bytes())
    return () => frames
  },
}

/** `send DESTINATION HOW PASSES`: 100 000 datagrams, several times over; the seconds of each time. */
export async function runSend([destination = '', how = '', passes = '1']: string[]): Promise<object> {
  const way = WAYS[how]
  if (way === undefined) throw new Error(`no way to send is called '${how}'`)
  const packets = way(destination)
  const seconds: number[] = []
  let sent = 0
  for (let pass = 0; pass < Number(passes); pass++) {
    globalThis.gc?.()
    const start = performance.now()
    sent += await (how === 'frames' ? sendp : send)(packets(), { quiet: true })
    seconds.push((performance.now() - start) / 1000)
  }
  return { sent, seconds }
}

function datagrams(destination: string): AnyPacket {
  return stack(IP({ dst: destination }), UDP({ sport: SOURCE_PORTS, dport: DESTINATION_PORTS }), Raw(PAYLOAD))
}
