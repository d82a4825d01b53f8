import type { AnyPacket } from '../../packet/index.js'

/** `192.168.0.10:53 > 192.168.0.254:http` of a transport layer, with the addresses of the network layer around it. */
export function endpoints(me: AnyPacket): string {
  let outer = me.under
  while (outer !== null && outer._layer.find('src') < 0) outer = outer.under
  const port = (name: string): string => me.text(name)
  if (outer === null || outer._layer.find('dst') < 0 || outer.layerName === 'Ether')
    return `${port('sport')} > ${port('dport')}`
  const address = (name: string): string => {
    const text = outer.text(name)
    return text.includes(':') ? `[${text}]` : text
  }
  return `${address('src')}:${port('sport')} > ${address('dst')}:${port('dport')}`
}
