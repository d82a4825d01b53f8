/** Where the parts of an OpenVPN packet are, as its bytes tell. */
import type { AnyPacket } from '../../packet/index.js'
import { DATA_V2, HEAD, isControl, REPLAY, TAG } from './openvpn-opcodes.js'
import { contentHeader, type Shape, shapeOf, wrappedKeyLength } from './openvpn-shape.js'

/** Bytes of the length over TCP. */
export const LENGTH = 2

/** Where the parts of a packet that was read are. */
export interface Places {
  shape: Shape
  /** Where what the header does not name begins: TLS, tunnelled data, ciphertext. */
  content: number
  /** Where that ends, and the wrapped key begins. */
  contentEnd: number
  /** End of the message. */
  end: number
  /** Whether all of the message is here. Over TCP it may go on in the next segment. */
  isWhole: boolean
}

const NOT_PROTECTED: Shape = { protection: 'plain', hmacLength: 0 }

/** Found once for a packet: a key that comes into use later must not change how it is read. */
const places = new WeakMap<AnyPacket, Places>()

/** Where the parts of a packet are that was read. */
export function placesOf(me: AnyPacket): Places {
  let found = places.get(me)
  if (found === undefined) {
    found = findPlaces(me)
    places.set(me, found)
  }
  return found
}

function findPlaces(me: AnyPacket): Places {
  const buffer = me._buffer!
  let start = me._offset
  let end = me._end
  let isWhole = true
  if (overTcp(me)) {
    const stop = start + LENGTH + ((buffer[start]! << 8) | buffer[start + 1]!)
    isWhole = stop <= end
    start += LENGTH
    end = Math.max(start, Math.min(stop, end))
  }
  const at = Math.min(end, start + 1)
  const opcode = start < end ? buffer[start]! >>> 3 : 0
  if (!isControl(opcode))
    return {
      shape: NOT_PROTECTED,
      content: Math.min(end, opcode === DATA_V2 ? at + 3 : at),
      contentEnd: end,
      end,
      isWhole,
    }
  const shape = shapeOf(buffer, start, end)
  const contentEnd = isWhole ? end - wrappedKeyLength(buffer, start, end) : end
  const content = Math.min(contentEnd, contentOf(buffer, start + HEAD, contentEnd, opcode, shape))
  return { shape, content, contentEnd, end, isWhole }
}

/** Where the header of a control packet ends that has its protection, or what that is of, at `at`. */
function contentOf(buffer: Uint8Array, at: number, end: number, opcode: number, shape: Shape): number {
  const { protection, hmacLength } = shape
  if (protection === 'protected') return at
  if (protection === 'tls-crypt') return at + REPLAY + TAG
  const start = protection === 'tls-auth' ? at + hmacLength + REPLAY : at
  const header = contentHeader(buffer, start, end, opcode)
  // What is too short shows how far it gets.
  return header < 0 ? end : start + header
}

/** Whether all of a packet is there, also where it was read from a segment. */
export const isWhole = (me: AnyPacket): boolean => me._buffer === null || placesOf(me).isWhole

/** Whether a length stands in front: in TCP, also behind another message. */
export function overTcp(me: AnyPacket): boolean {
  let { under } = me
  while (under !== null && under._layer === me._layer) under = under.under
  return under?.layerName.startsWith('TCP') === true
}

/** Whether another message stands behind this one in its segment. */
export const isFollowed = (me: AnyPacket, { end, isWhole }: Places): boolean => isWhole && end < me._end && overTcp(me)
