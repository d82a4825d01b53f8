/**
 * What records of TLS hold beside the handshake. RFC 8446 §5, §6; RFC 5246 §7.1, §7.2; heartbeat: RFC 6520 §4.
 *
 *    0                   1                   2
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 *   +---------------+---------------+
 *   |     level     |     descr     |   an alert; a change of cipher is one byte, 1
 *   +---------------+---------------+---------------+
 *   |     type      |        payload_length         |   a heartbeat, its data and padding behind it
 *   +---------------+-------------------------------+
 */
import { behave, bytes, layer, u8, u8Enum, u16 } from '../../packet/index.js'
import { ALERT_LEVELS, ALERTS } from './tls-numbers.js'

/** At least so much padding follows the data of a heartbeat. RFC 6520 §4. */
const HEARTBEAT_PADDING = 16

export const TLSChangeCipherSpec = layer(
  'TLSChangeCipherSpec',
  () => ({ msgtype: u8(1) }),
  'From here on the sender encrypts; TLS 1.3 sends it for the sake of old firewalls only.',
  'RFC 5246 §7.1; RFC 8446 §5',
)

export const TLSAlert = layer(
  'TLSAlert',
  () => ({ level: u8Enum(2, ALERT_LEVELS), descr: u8Enum(0, ALERTS) }),
  'Says what is wrong, or that nothing more will come (close_notify).',
  'RFC 8446 §6',
)

export const TLSApplicationData = layer(
  'TLSApplicationData',
  () => ({ data: bytes() }),
  'Encrypted data; in TLS 1.3 the encrypted part of the handshake too.',
  'RFC 8446 §5.2',
)

export const TLSEncryptedContent = layer(
  'TLSEncryptedContent',
  () => ({ data: bytes() }),
  'A message or alert that is encrypted, or the rest of a message that began in a record before.',
  'RFC 5246 §6.2.3',
)

export const TLSHeartbeat = layer(
  'TLSHeartbeat',
  () => ({
    type: u8Enum(1, { 1: 'heartbeat_request', 2: 'heartbeat_response' }),
    payload_length: u16()
      .auto((c) => Math.max(0, c.fieldLength('data') - HEARTBEAT_PADDING))
      .about('Bytes to be sent back. More than there are: Heartbleed (CVE-2014-0160).'),
    data: bytes().default(new Uint8Array(HEARTBEAT_PADDING)),
  }),
  'Asks whether the other side is still there. data: the bytes to be sent back and 16 bytes of padding or more.',
  'RFC 6520 §4',
)

behave(TLSAlert, {
  summary: (me) => `TLSAlert ${me.text('level')} ${me.text('descr')}`,
})
behave(TLSApplicationData, { summary: (me) => `TLSApplicationData ${me.data?.length ?? 0} bytes` })
behave(TLSEncryptedContent, { summary: (me) => `TLSEncryptedContent ${me.data?.length ?? 0} bytes` })
behave(TLSHeartbeat, { summary: (me) => `TLSHeartbeat ${me.text('type')} ${me.payload_length} bytes` })
