import { DNS, DNSRROPT } from '../../layers/index.js'
import { type AnyPacket, dissect } from '../../packet/index.js'
import type { DnsQuestion, DnsSettings } from './dns-options.js'

/** Bytes of the header that every message has. */
const HEADER = 12

/** The message that asks a question. */
export function queryMessage(question: DnsQuestion, settings: DnsSettings, id: number): Uint8Array {
  return queryPacket(question, settings, id).bytes()
}

/** The same as a layer. */
export function queryPacket(question: DnsQuestion, settings: DnsSettings, id: number): AnyPacket {
  const { recurse, checkingDisabled, size, dnssec } = settings
  return DNS({
    id,
    rd: recurse ? 1 : 0,
    cd: checkingDisabled ? 1 : 0,
    qd: [{ qname: question.name, qtype: question.type, qclass: question.class }],
    ...(size === 0 ? {} : { ar: [DNSRROPT({ rclass: size, z: dnssec ? 'DO' : '' })] }),
  }) as AnyPacket
}

/** What a message that came back is: the answer, or why it is none. */
export type Verdict = { message: AnyPacket } | { refused: string }

/**
 * Whether bytes answer a question: a response of the same number that repeats the question (RFC 5452 §9.1). An error may
 * leave the question out.
 */
export function judge(bytes: Uint8Array, question: DnsQuestion, id: number): Verdict {
  const message = dissect(DNS, bytes) as unknown as AnyPacket
  if (bytes.length < HEADER) return { refused: `${bytes.length} bytes that are no DNS message` }
  if (message.qr !== 1) return { refused: 'a question instead of an answer' }
  if (message.id !== id) return { refused: `an answer with number ${message.id}, ours is ${id}` }
  const [echo] = message.qd as AnyPacket[]
  if (echo === undefined) return message.rcode === 0 ? { refused: 'an answer without our question' } : { message }
  const same =
    (echo.qname as string).toLowerCase() === question.name.toLowerCase() &&
    echo.qtype === question.type &&
    ((echo.unicastresponse as number) << 15) + (echo.qclass as number) === question.class
  return same ? { message } : { refused: `an answer to another question (${echo.qname} ${echo.text('qtype')})` }
}
