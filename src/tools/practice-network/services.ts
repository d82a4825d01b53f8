import { toBytes } from '../../packet/index.js'
import { answerOpenvpn } from './openvpn-service.js'
import type { PracticeReply, PracticeService } from './plan.js'

/** What a TCP service says: bytes to send, and whether that was all. */
export interface Utterance {
  data?: Uint8Array | undefined
  close?: boolean | undefined
}

/** A TCP service in one connection. */
export interface Conversation {
  /** What it says first. */
  open(): Utterance
  /** What it says to these bytes. */
  receive(data: Uint8Array): Utterance
}

/** Gives the answer to a datagram; undefined for none. */
export type DatagramService = (data: Uint8Array) => Uint8Array | undefined

/** What services need to know of their network. */
export interface ServiceContext {
  /** The DNS message that answers one; at most so many bytes. Undefined for what is no question. */
  answerDns(message: Uint8Array, most: number): Uint8Array | undefined
  /** 8 bytes, others each time. */
  sessionId(): Uint8Array
}

const GREETING = 'Bonjour\r\n'
const NOTHING: Utterance = {}
/** Bytes of a request that a service collects before it gives up. */
const MOST_COLLECTED = 1 << 16
const MOST_DATAGRAM = 65000

/** A new conversation with the service of a TCP port. */
export function conversationWith(service: PracticeService, context: ServiceContext): Conversation {
  if (typeof service === 'function') return replying(undefined, service)
  if (typeof service === 'object') return replying(service.greeting, service.reply)
  switch (service) {
    case 'echo':
      return { open: () => NOTHING, receive: (data) => ({ data }) }
    case 'greeting':
      return replying(GREETING, undefined)
    case 'http':
      return httpConversation()
    case 'dns':
      return lengthPrefixed((message) => context.answerDns(message, 0xffff))
    case 'openvpn':
      return lengthPrefixed((message) => answerOpenvpn(message, context.sessionId()))
    default:
      return { open: () => NOTHING, receive: () => NOTHING }
  }
}

/** The service of a UDP port. */
export function datagramService(service: PracticeService, context: ServiceContext): DatagramService {
  if (typeof service === 'function') return (data) => replyOf(service, data)
  if (typeof service === 'object') {
    const { greeting, reply } = service
    return (data) => (reply === undefined ? bytesOf(greeting) : replyOf(reply, data))
  }
  switch (service) {
    case 'echo':
      return (data) => data
    case 'greeting':
      return () => toBytes(GREETING)
    case 'dns':
      return (data) => context.answerDns(data, 0)
    case 'openvpn':
      return (data) => answerOpenvpn(data, context.sessionId())
    default:
      return () => undefined
  }
}

function replying(greeting: string | undefined, reply: PracticeReply | undefined): Conversation {
  return {
    open: () => ({ data: bytesOf(greeting) }),
    receive: (data) => {
      try {
        return { data: bytesOf(reply?.(data)) }
      } catch {
        // A service that fails hangs up.
        return { close: true }
      }
    },
  }
}

/** A service that fails says nothing. */
function replyOf(reply: PracticeReply, data: Uint8Array): Uint8Array | undefined {
  try {
    return bytesOf(reply(data))
  } catch {
    return undefined
  }
}

function bytesOf(value: string | Uint8Array | undefined | null): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined
  return toBytes(value instanceof Uint8Array ? value : String(value)).slice(0, MOST_DATAGRAM)
}

/** Messages with their length in 16 bits before them (DNS: RFC 1035 §4.2.2; OpenVPN). What is answered with nothing ends it. */
function lengthPrefixed(answer: (message: Uint8Array) => Uint8Array | undefined): Conversation {
  let collected = new Uint8Array(0)
  return {
    open: () => NOTHING,
    receive: (data) => {
      if (collected.length + data.length > MOST_COLLECTED) return { close: true }
      collected = Uint8Array.from([...collected, ...data])
      const answers: number[] = []
      for (;;) {
        const length = collected.length < 2 ? 0 : (collected[0]! << 8) | collected[1]!
        if (collected.length < 2 || collected.length < 2 + length) break
        const reply = answer(collected.slice(2, 2 + length))
        if (reply === undefined) return { data: Uint8Array.from(answers), close: true }
        answers.push(reply.length >>> 8, reply.length & 255, ...reply)
        collected = collected.slice(2 + length)
      }
      return answers.length === 0 ? NOTHING : { data: Uint8Array.from(answers) }
    },
  }
}

const PAGE = '<!DOCTYPE html><title>Practice</title><p>It works.\n'

/** One request, one page. RFC 9112. */
function httpConversation(): Conversation {
  let request = ''
  return {
    open: () => NOTHING,
    receive: (data) => {
      request += new TextDecoder('latin1').decode(data)
      if (request.length > MOST_COLLECTED) return { close: true }
      if (!/\r?\n\r?\n/.test(request)) return NOTHING
      const [, method = '', path = ''] = /^(\S+) (\S+) HTTP\/1\.[01]\r?\n/.exec(request) ?? []
      const [status, body] =
        method !== 'GET' && method !== 'HEAD'
          ? ['400 Bad Request', 'GET and HEAD are known here.\n']
          : path === '/'
            ? ['200 OK', PAGE]
            : ['404 Not Found', 'There is only / here.\n']
      const head = `HTTP/1.1 ${status}\r\nServer: practice\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
      return { data: toBytes(method === 'HEAD' ? head : head + body), close: true }
    },
  }
}
