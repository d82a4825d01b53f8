import { field, hex, type OurLayer, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const EAP = /^(EAP(_MD5|_TLS|_TTLS|_PEAP|_FAST)?|LEAP)$/
const TLS = /^EAP_(TLS|TTLS|PEAP|FAST)$/
const key = (name: string, tshark: string) => field(`wlan_rsna_eapol.keydes.${tshark}`, 'EAPOL_KEY', name)
const method = ({ fields }: OurLayer) => fields.type

export const agreement: VectorAgreement = {
  vectors: ['eapol'],
  protocols: { eapol: /^EAPOL$/ },
  rows: [
    field('eapol.version', 'EAPOL', 'version'),
    field('eapol.type', 'EAPOL', 'type'),
    field('eapol.len', 'EAPOL', 'len'),
    field('eapol.keydes.type', 'EAPOL_KEY', 'key_descriptor_type'),
    field('eapol.keydes.replay_counter', 'EAPOL_KEY', 'key_replay_counter'),
    field('eapol.keydes.key_len', 'EAPOL_KEY', 'key_length'),
    key('key_data_length', 'data_len'),
    key('has_key_mic', 'key_info.key_mic'),
    key('key_ack', 'key_info.key_ack'),
    key('install', 'key_info.install'),
    key('secure', 'key_info.secure'),
    key('key_type', 'key_info.key_type'),
    key('encrypted_key_data', 'key_info.encrypted_key_data'),
    key('key_descriptor_type_version', 'key_info.keydes_version'),
    field('wlan_rsna_eapol.keydes.nonce', 'EAPOL_KEY', 'key_nonce', hex),
    field('wlan_rsna_eapol.keydes.mic', 'EAPOL_KEY', 'key_mic', hex),
    field('eap.code', EAP, 'code'),
    field('eap.id', EAP, 'id'),
    field('eap.len', EAP, 'len'),
    row('eap.type', EAP, method),
    row(
      'eap.identity',
      'EAP',
      ({ fields }) => fields.identity,
      (text) => Buffer.from(text).toString('hex'),
    ),
    // tshark names only the first of them.
    row('eap.desired_type', 'EAP', ({ fields }) => (fields.desired_auth_types as number[] | undefined)?.[0]),
    field('eap.md5.value_size', 'EAP_MD5', 'value_size'),
    field('eap.md5.value', 'EAP_MD5', 'value', hex),
    field('eap.tls.flags.len_included', TLS, 'L'),
    field('eap.tls.flags.more_fragments', TLS, 'M'),
    field('eap.tls.flags.start', TLS, 'S'),
    field('eap.tls.len', TLS, 'tls_message_len'),
    field('eap.leap.count', 'LEAP', 'count_'),
  ],
}
