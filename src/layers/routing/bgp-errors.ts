/** What BGP's NOTIFICATION says. IANA, "BGP Error (Notification) Codes" and the registries of their subcodes. */

export const ERRORS: Readonly<Record<number, string>> = {
  1: 'message-header',
  2: 'open-message',
  3: 'update-message',
  4: 'hold-timer-expired',
  5: 'state-machine',
  6: 'cease',
  7: 'route-refresh',
  8: 'send-hold-timer-expired',
}

/** Subcodes by the code. */
export const SUBERRORS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 1: 'connection-not-synchronized', 2: 'bad-message-length', 3: 'bad-message-type' },
  2: {
    1: 'unsupported-version',
    2: 'bad-peer-as',
    3: 'bad-identifier',
    4: 'unsupported-parameter',
    6: 'unacceptable-hold-time',
    7: 'unsupported-capability',
    11: 'role-mismatch',
  },
  3: {
    1: 'malformed-attribute-list',
    2: 'unrecognized-well-known-attribute',
    3: 'missing-well-known-attribute',
    4: 'attribute-flags',
    5: 'attribute-length',
    6: 'invalid-origin',
    8: 'invalid-next-hop',
    9: 'optional-attribute',
    10: 'invalid-network-field',
    11: 'malformed-as-path',
  },
  5: { 1: 'in-opensent', 2: 'in-openconfirm', 3: 'in-established' },
  6: {
    1: 'maximum-prefixes',
    2: 'administrative-shutdown',
    3: 'peer-deconfigured',
    4: 'administrative-reset',
    5: 'connection-rejected',
    6: 'configuration-change',
    7: 'connection-collision',
    8: 'out-of-resources',
    9: 'hard-reset',
    10: 'bfd-down',
  },
  7: { 1: 'invalid-message-length' },
}
