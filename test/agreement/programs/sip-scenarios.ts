/** What sipp says and waits for, as the XML that it reads. */

/** A message that is sent: its first line, what stands in its header besides the usual, and whether it offers to talk. */
interface Sent {
  send: string
  headers?: readonly string[]
  /** The audio format that is offered or taken, with its number. */
  audio?: string
}
type Step =
  | Sent
  | { receive: string | number; optional?: true; challenge?: true }
  | { pause: number }
  | { play: string }

const USER = 'caller <sip:caller@[local_ip]:[local_port]>;tag=[pid]a[call_number]'
const OTHER = 'other <sip:other@[remote_ip]:[remote_port]>'

/** Headers of a request; an answer repeats those of the request instead. */
const requestHeaders = (line: string): string[] => {
  const method = line.split(' ')[0]!
  return [
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    `From: ${USER}`,
    `To: ${OTHER}[peer_tag_param]`,
    'Call-ID: [call_id]',
    `CSeq: [cseq] ${method}`,
    'Max-Forwards: 70',
  ]
}
const ANSWER_HEADERS = [
  '[last_Via:]',
  '[last_From:]',
  '[last_To:];tag=[pid]b[call_number]',
  '[last_Call-ID:]',
  '[last_CSeq:]',
]

const sdp = (format: string): string[] => [
  'v=0',
  'o=one 53655765 2353687637 IN IP[local_ip_type] [local_ip]',
  's=a call',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  `m=audio [media_port] RTP/AVP ${format.split(' ')[0]}`,
  `a=rtpmap:${format}`,
  'a=sendrecv',
]

function stepText(step: Step): string {
  if ('pause' in step) return `<pause milliseconds="${step.pause}"/>`
  if ('play' in step) return `<nop><action><exec play_pcap_audio="${step.play}"/></action></nop>`
  if ('receive' in step) {
    const what = typeof step.receive === 'number' ? `response="${step.receive}"` : `request="${step.receive}"`
    return `<recv ${what}${step.optional ? ' optional="true"' : ''}${step.challenge ? ' auth="true"' : ''}/>`
  }
  const lines = [
    step.send,
    ...(step.send.startsWith('SIP/2.0') ? ANSWER_HEADERS : requestHeaders(step.send)),
    'Contact: <sip:one@[local_ip]:[local_port];transport=[transport]>',
    ...(step.headers ?? []),
    ...(step.audio === undefined ? [] : ['Content-Type: application/sdp']),
    'Content-Length: [len]',
    '',
    ...(step.audio === undefined ? [''] : sdp(step.audio)),
  ]
  return `<send><![CDATA[\n\n${lines.join('\n')}\n]]></send>`
}

/** A scenario for `sipp -sf`. */
export const scenario = (...steps: readonly Step[]): string =>
  [
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '<scenario name="talk">',
    ...steps.map(stepText),
    '</scenario>',
    '',
  ].join('\n')
