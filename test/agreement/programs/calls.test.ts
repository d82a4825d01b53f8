import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { listens } from './listening.js'
import { WITHOUT_QUOTATIONS } from './quotations.js'
import { scenario } from './sip-scenarios.js'
import { type Talk, talksAgree } from './talk.js'

const TONES = '/usr/share/sip-tester/dtmf_2833_1.pcap'
/** Ports that the rows know as those of RTP: sipp's own are any. */
const HERE_MEDIA = '40392'
const THERE_MEDIA = '5004'

/** sipp on both sides, each with its scenario, until the call is over. */
async function call(lab: Lab, caller: string, called: string, words: readonly string[] = []): Promise<void> {
  const folder = lab.folder
  writeFileSync(join(folder, 'caller.xml'), caller)
  writeFileSync(join(folder, 'called.xml'), called)
  const common = ['-nostdin', '-m', '1', '-p', '5060', '-timeout', '8s', '-timeout_error', ...words]
  const answering = lab.spawn(
    'there',
    ['sipp', '-sf', 'called.xml', '-i', lab.there.ipv4, '-mp', THERE_MEDIA, '-rtp_echo', ...common],
    {
      folder,
      environment: { TERM: 'xterm' },
    },
  )
  await listens(lab, 'there', 5060)
  const result = await lab.exec(
    'here',
    [
      'sipp',
      lab.there.ipv4,
      '-sf',
      'caller.xml',
      '-i',
      lab.here.ipv4,
      '-mp',
      HERE_MEDIA,
      '-s',
      'other',
      '-au',
      'caller',
      '-ap',
      'secret',
      ...common,
    ],
    {
      folder,
      environment: { TERM: 'xterm' },
    },
  )
  if (result.status !== 0) throw new Error(`sipp ended with ${result.status}: ${result.stderr}${result.stdout}`)
  await answering.stop('SIGKILL')
}

const PCMA = '8 PCMA/8000'
const INVITE = 'INVITE sip:other@[remote_ip]:[remote_port] SIP/2.0'
const again = (method: string) => `${method} sip:other@[remote_ip]:[remote_port] SIP/2.0`

const talking: Talk = {
  name: 'sipp on both sides: a call with tones that the other side sends back',
  rows: ['sip', 'rtp'],
  shows: [
    'sip.Method',
    'sip.r-uri',
    'sip.Status-Code',
    'sip.From',
    'sip.To',
    'sip.Via',
    'sip.Call-ID',
    'sip.CSeq',
    'sip.Contact',
    'sdp.version',
    'sdp.owner',
    'sdp.media',
    'sdp.media_attr',
    'rtp.version',
    'rtp.marker',
    'rtp.p_type',
    'rtp.seq',
    'rtp.timestamp',
    'rtp.ssrc',
  ],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) =>
    call(
      lab,
      scenario(
        { send: INVITE, audio: PCMA, headers: ['Subject: a talk', 'User-Agent: sipp'] },
        { receive: 100, optional: true },
        { receive: 180 },
        { receive: 200 },
        { send: again('ACK') },
        { play: TONES },
        { pause: 700 },
        { send: again('OPTIONS') },
        { receive: 405 },
        { send: again('BYE') },
        { receive: 200 },
      ),
      scenario(
        { receive: 'INVITE' },
        { send: 'SIP/2.0 100 Trying' },
        { send: 'SIP/2.0 180 Ringing' },
        { send: 'SIP/2.0 200 OK', audio: PCMA },
        { receive: 'ACK' },
        { receive: 'OPTIONS' },
        { send: 'SIP/2.0 405 Method Not Allowed', headers: ['Allow: INVITE, ACK, BYE'] },
        { receive: 'BYE' },
        { send: 'SIP/2.0 200 OK' },
      ),
    ),
}

const registering: Talk = {
  name: 'sipp on both sides: registering, with a password that is asked for',
  rows: ['sip'],
  shows: ['sip.Method', 'sip.Status-Code', 'sip.CSeq', 'sip.WWW-Authenticate', 'sip.Authorization', 'sip.Expires'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) =>
    call(
      lab,
      scenario(
        { send: again('REGISTER'), headers: ['Expires: 60'] },
        { receive: 401, challenge: true },
        { send: again('REGISTER'), headers: ['Expires: 60', '[authentication]'] },
        { receive: 200 },
      ),
      scenario(
        { receive: 'REGISTER' },
        {
          send: 'SIP/2.0 401 Unauthorized',
          headers: [
            'WWW-Authenticate: Digest realm="lab", nonce="47ebe028cda119c35d4877b383027d28da013815", algorithm=MD5, qop="auth"',
          ],
        },
        { receive: 'REGISTER' },
        { send: 'SIP/2.0 200 OK', headers: ['Expires: 60'] },
      ),
    ),
}

const givingUp: Talk = {
  name: 'sipp on both sides over TCP: a call that is given up before anybody answers',
  rows: ['sip'],
  shows: ['sip.Method', 'sip.Status-Code', 'sip.CSeq', 'sdp.media'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) =>
    call(
      lab,
      scenario(
        { send: INVITE, audio: PCMA },
        { receive: 180 },
        { send: again('CANCEL') },
        { receive: 200 },
        { receive: 487 },
        { send: again('ACK') },
      ),
      scenario(
        { receive: 'INVITE' },
        { send: 'SIP/2.0 180 Ringing' },
        { receive: 'CANCEL' },
        { send: 'SIP/2.0 200 OK' },
        { send: 'SIP/2.0 487 Request Terminated' },
        { receive: 'ACK' },
      ),
      ['-t', 't1'],
    ),
}

talksAgree('programs of calls', [talking, registering, givingUp])
