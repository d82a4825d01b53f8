/** Numbers of MQTT and their names. MQTT 3.1.1 §2.2, §3.2.2.3; MQTT 5.0 §2.1.2, §2.4. */
type Names = Readonly<Record<number, string>>

export const MQTT_TYPES: Names = {
  1: 'CONNECT',
  2: 'CONNACK',
  3: 'PUBLISH',
  4: 'PUBACK',
  5: 'PUBREC',
  6: 'PUBREL',
  7: 'PUBCOMP',
  8: 'SUBSCRIBE',
  9: 'SUBACK',
  10: 'UNSUBSCRIBE',
  11: 'UNSUBACK',
  12: 'PINGREQ',
  13: 'PINGRESP',
  14: 'DISCONNECT',
  15: 'AUTH',
}

export const MQTT_LEVELS: Names = { 3: 'v3.1', 4: 'v3.1.1', 5: 'v5.0' }

/** Reason codes of MQTT 5; those of version 3.1.1 below 6 differ with the message. */
const REASONS: Names = {
  16: 'no-matching-subscribers',
  17: 'no-subscription-existed',
  24: 'continue-authentication',
  25: 're-authenticate',
  128: 'unspecified-error',
  129: 'malformed-packet',
  130: 'protocol-error',
  131: 'implementation-specific-error',
  132: 'unsupported-protocol-version',
  133: 'client-identifier-not-valid',
  134: 'bad-user-name-or-password',
  135: 'not-authorized',
  136: 'server-unavailable',
  137: 'server-busy',
  138: 'banned',
  139: 'server-shutting-down',
  140: 'bad-authentication-method',
  141: 'keep-alive-timeout',
  142: 'session-taken-over',
  143: 'topic-filter-invalid',
  144: 'topic-name-invalid',
  145: 'packet-identifier-in-use',
  146: 'packet-identifier-not-found',
  147: 'receive-maximum-exceeded',
  148: 'topic-alias-invalid',
  149: 'packet-too-large',
  150: 'message-rate-too-high',
  151: 'quota-exceeded',
  152: 'administrative-action',
  153: 'payload-format-invalid',
  154: 'retain-not-supported',
  155: 'qos-not-supported',
  156: 'use-another-server',
  157: 'server-moved',
  158: 'shared-subscriptions-not-supported',
  159: 'connection-rate-exceeded',
  160: 'maximum-connect-time',
  161: 'subscription-identifiers-not-supported',
  162: 'wildcard-subscriptions-not-supported',
}

export const CONNACK_CODES: Names = {
  ...REASONS,
  0: 'accepted',
  1: 'v3-unacceptable-protocol-version',
  2: 'v3-identifier-rejected',
  3: 'v3-server-unavailable',
  4: 'v3-bad-user-name-or-password',
  5: 'v3-not-authorized',
}
export const SUBACK_CODES: Names = { ...REASONS, 0: 'granted-qos-0', 1: 'granted-qos-1', 2: 'granted-qos-2' }
export const REASON_CODES: Names = { ...REASONS, 0: 'success', 4: 'disconnect-with-will-message' }
