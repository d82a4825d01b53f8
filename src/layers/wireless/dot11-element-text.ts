/** What the elements of a management frame say in a line: the network's name and its channel. */
import { type AnyPacket, escapeBytes } from '../../packet/index.js'

const SSID = 0
const DSSS = 3
const HT_OPERATION = 61
const MOST = 64

/** ` 'ssid' ch 6`; a hidden network's name is `''`. Empty when the elements say neither. */
export function elementText(me: AnyPacket): string {
  let name: string | undefined
  let channel: number | undefined
  let element = me.payload as AnyPacket | null
  for (let i = 0; i < MOST && element !== null; i++, element = element.payload as AnyPacket | null) {
    if (!element.layerName.startsWith('Dot11Elt')) break
    if (element.ID === SSID && name === undefined) name = ssidText(element.info as Uint8Array | undefined)
    else if (element.ID === DSSS) channel = element.channel as number
    else if (element.ID === HT_OPERATION) channel ??= element.primary_channel as number | undefined
  }
  return `${name === undefined ? '' : ` '${name}'`}${channel === undefined ? '' : ` ch ${channel}`}`
}

/** A name is any bytes; most are UTF-8. Hidden ones are empty, or zeros. */
export function ssidText(bytes: Uint8Array | undefined): string {
  if (bytes === undefined || bytes.every((byte) => byte === 0)) return ''
  const text = new TextDecoder().decode(bytes)
  return /[\p{C}\uFFFD']/u.test(text) ? escapeBytes(bytes) : text
}
