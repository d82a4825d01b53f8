/** Which message of TLS comes next: in the record, and behind it. RFC 8446 §5.1; RFC 5246 §6.2. */
import { type AnyPacket, behave, type LayerReference, recognize } from '../../packet/index.js'
import { TCP } from '../transport/tcp.js'
import { nextDtls } from './dtls.js'
import { TLSAlert, TLSApplicationData, TLSChangeCipherSpec, TLSEncryptedContent, TLSHeartbeat } from './tls-content.js'
import {
  authoritiesFit,
  schemesFit,
  TLS13NewSessionTicket,
  TLSCertificate,
  TLSCertificateRequest,
  TLSCertificateStatus,
  TLSCertificateVerify,
  TLSClientKeyExchange,
  TLSEncryptedExtensions,
  TLSFinished,
  TLSHandshake,
  TLSHelloRequest,
  TLSNewSessionTicket,
  TLSServerHelloDone,
  TLSServerKeyExchange,
} from './tls-handshake.js'
import { extensionsAt, isRetry, TLS13HelloRetryRequest, TLSClientHello, TLSServerHello } from './tls-hello.js'
import { MESSAGE_HEADER, u16At, u24At } from './tls-message.js'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from './tls-numbers.js'
import { isRecord, isShallow, recordEnd, TLS } from './tls-record.js'

/** Lengths that the proof of a finished handshake has: TLS, SSL 3.0, and with the hashes of TLS 1.3. */
const FINISHED_LENGTHS: readonly number[] = [12, 32, 36, 48]
/** Messages that may be too long for a record or a segment, and a length beyond which none is. */
const LONG_MESSAGES: readonly number[] = [2, 4, 11, 12, 13, 22, 25]
const LONGEST = 0x1ffff
/** A message is cut only where the record is large: encrypted ones, which can look like it, are small. */
const SMALLEST_CUT = 256

const isVersion = (buffer: Uint8Array, at: number): boolean => buffer[at] === 3 && buffer[at + 1]! <= 4

/** The layer of a whole message, undefined when its content is not that of its type. */
function wholeMessage(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  const content = start + MESSAGE_HEADER
  const length = end - content
  switch (buffer[start]) {
    case 1:
      return isVersion(buffer, content) && helloFits(buffer, start, end, true) ? TLSClientHello : undefined
    case 2:
      if (!isVersion(buffer, content) || !helloFits(buffer, start, end, false)) return undefined
      return isRetry(buffer, content + 2) ? TLS13HelloRetryRequest : TLSServerHello
    case 4:
      if (length >= 6 && u16At(buffer, content + 4) === length - 6) return TLSNewSessionTicket
      return ticketFits(buffer, content, end) ? TLS13NewSessionTicket : undefined
    case 8:
      return length >= 2 && u16At(buffer, content) === length - 2 ? TLSEncryptedExtensions : undefined
    case 11:
      return length >= 3 && u24At(buffer, content) === length - 3 && certificatesFit(buffer, content + 3, end)
        ? TLSCertificate
        : undefined
    case 12:
      return TLSServerKeyExchange
    case 13:
      return schemesFit(buffer, start, end) || authoritiesFit(buffer, start, end) ? TLSCertificateRequest : undefined
    case 14:
      return length === 0 ? TLSServerHelloDone : undefined
    case 15:
      return TLSCertificateVerify
    case 16:
      return TLSClientKeyExchange
    case 20:
      return FINISHED_LENGTHS.includes(length) ? TLSFinished : undefined
    case 22:
      return length >= 4 && u24At(buffer, content + 1) === length - 4 ? TLSCertificateStatus : undefined
    case 3:
    case 5:
    case 21:
    case 23:
    case 24:
    case 25:
    case 67:
      return TLSHandshake
    default:
      return undefined
  }
}

/** Whether the extensions of a whole hello message fill it. */
function helloFits(buffer: Uint8Array, start: number, end: number, isClient: boolean): boolean {
  const at = extensionsAt(buffer, start, end, isClient, false)
  return at === end || (at >= 0 && at + 2 <= end && at + 2 + u16At(buffer, at) === end)
}

function certificatesFit(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at + 3 <= end) at += 3 + u24At(buffer, at)
  return at === end
}

function ticketFits(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start + 8
  if (at >= end) return false
  at += 1 + buffer[at]!
  if (at + 2 > end) return false
  at += 2 + u16At(buffer, at)
  return at + 2 <= end && at + 2 + u16At(buffer, at) === end
}

/** The layer of the message at `start`; `end` is where its record ends or its bytes do, `left` what the record should have. */
export function messageAt(buffer: Uint8Array, start: number, end: number, left = end - start): LayerReference {
  if (end - start < MESSAGE_HEADER) return TLSEncryptedContent
  const type = buffer[start]!
  const length = u24At(buffer, start + 1)
  // A nonce that begins with zeros looks like many of these.
  if (type === 0) return length === 0 && left === MESSAGE_HEADER ? TLSHelloRequest : TLSEncryptedContent
  const stop = start + MESSAGE_HEADER + length
  if (stop <= end)
    return wholeMessage(buffer, start, stop) ?? (isCertain(buffer, start, stop) ? TLSHandshake : TLSEncryptedContent)
  if (length > LONGEST) return TLSEncryptedContent
  if (type === 1 && end - start >= 6 && isVersion(buffer, start + 4)) {
    const at = extensionsAt(buffer, start, end, true, false)
    return at >= 0 && at + 2 <= end ? TLSClientHello : TLSHandshake
  }
  return LONG_MESSAGES.includes(type) && left >= SMALLEST_CUT ? TLSHandshake : TLSEncryptedContent
}

/** Whether a message of a known type, whose content is none of it, ends exactly where the bytes do. */
const isCertain = (buffer: Uint8Array, start: number, stop: number): boolean =>
  (buffer[start] === 1 || buffer[start] === 2 || buffer[start] === 11) && stop - start > 40

/** What a record holds first. */
function firstIn(me: AnyPacket): LayerReference | undefined {
  const buffer = me._buffer!
  const start = me._headerStop()
  const length = me.raw('len') as number
  const end = Math.min(start + length, me._end)
  if (start === end) return recordAt(me, end)
  switch (me.raw('type')) {
    case CHANGE_CIPHER_SPEC:
      return length === 1 ? TLSChangeCipherSpec : TLSEncryptedContent
    case ALERT:
      return length === 2 && end - start === 2 && buffer[start]! <= 2 ? TLSAlert : TLSEncryptedContent
    case HANDSHAKE:
      return messageAt(buffer, start, end, length)
    case APPLICATION_DATA:
      return TLSApplicationData
    case HEARTBEAT:
      return end - start >= 3 && (buffer[start] === 1 || buffer[start] === 2) ? TLSHeartbeat : TLSEncryptedContent
    default:
      return undefined
  }
}

/** The next record, where there is one. */
const recordAt = (me: AnyPacket, at: number): LayerReference | undefined =>
  isShallow(me) && isRecord(me._buffer!, at, me._end) ? TLS : undefined

/** What follows a message: another one in its record, or the next record. */
function nextOf(me: AnyPacket): LayerReference | undefined {
  const at = me._headerStop()
  const end = recordEnd(me)
  if (at < end) return isShallow(me) ? messageAt(me._buffer!, at, end) : undefined
  return recordAt(me, at)
}

/** A message ends where its length says, as far as its record has bytes. */
const messageEnd = (me: AnyPacket): number =>
  Math.min(MESSAGE_HEADER + (me.raw('msglen') as number), recordEnd(me) - me._offset)

for (const each of [
  TLSHelloRequest,
  TLSClientHello,
  TLSServerHello,
  TLS13HelloRetryRequest,
  TLSNewSessionTicket,
  TLS13NewSessionTicket,
  TLSEncryptedExtensions,
  TLSCertificate,
  TLSServerKeyExchange,
  TLSCertificateRequest,
  TLSServerHelloDone,
  TLSCertificateVerify,
  TLSClientKeyExchange,
  TLSFinished,
  TLSCertificateStatus,
  TLSHandshake,
])
  behave(each, { headerLength: messageEnd, headerLengthField: 'msglen', guess: nextOf })

/** What follows content that records of TLS and DTLS have alike. */
function behind(me: AnyPacket): LayerReference | undefined {
  let outer = me.under
  while (outer !== null && outer.layerName !== 'TLS' && outer.layerName !== 'DTLS') outer = outer.under
  return outer?.layerName === 'DTLS' ? nextDtls(me) : nextOf(me)
}

/** These fill their record. */
for (const each of [TLSApplicationData, TLSEncryptedContent, TLSHeartbeat])
  behave(each, { headerLength: (me) => recordEnd(me) - me._offset, guess: behind })
for (const each of [TLSChangeCipherSpec, TLSAlert]) behave(each, { guess: behind })

behave(TLS, {
  guess: firstIn,
  summary: (me) => `TLS ${me.text('type')}`,
  answers: (me, request) =>
    request.layerName === 'TLS' && (me.payload === null || me.payload.layerName !== 'TLSClientHello'),
})

recognize(TCP, TLS, isRecord, [CHANGE_CIPHER_SPEC, HEARTBEAT])
