import { expect, test } from 'vitest'
import {
  Dot11EltRSN,
  EAP,
  EAP_FAST,
  EAP_MD5,
  EAP_PEAP,
  EAP_TLS,
  EAP_TTLS,
  EAPOL,
  EAPOL_KEY,
  Ether,
  LEAP,
} from '../../../src/layers/index.js'
import { answers, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'
import { vectorsOf } from '../vectors.js'

familySuite('eapol', [EAPOL, EAPOL_KEY, EAP, EAP_MD5, EAP_TLS, EAP_TTLS, EAP_PEAP, EAP_FAST, LEAP])

const ANNA = new TextEncoder().encode('anna')

test('identity: question and answer', () => {
  const question = stack(Ether(), EAPOL(), EAP({ code: 'Request', id: 7, type: 'Identity' }))
  const answer = stack(Ether(), EAPOL(), EAP({ code: 'Response', id: 7, type: 'Identity', identity: ANNA }))
  expect(question.hex().slice(24)).toBe('888e' + '01000005' + '0107000501')
  expect(answer.hex().slice(24)).toBe('888e' + '01000009' + '0207000901616e6e61')
  expect(answer.summary()).toBe("Ether / EAPOL / EAP Response 7 Identity 'anna'")
  expect(answers(answer.payload, question.payload)).toBe(true)
  const other = stack(EAPOL(), EAP({ code: 'Response', id: 8, type: 'Identity', identity: ANNA }))
  expect(answers(other, question.payload)).toBe(false)
})

test('success has no type', () => {
  expect(stack(EAPOL(), EAP({ code: 'Success', id: 3 })).hex()).toBe('01000004' + '03030004')
})

test('bytes of Ethernet behind the message are padding', () => {
  const frame = Ether(fromHex(`${'00'.repeat(12)}888e01000004030300040000000000`))
  expect(frame.layers().map((each) => each.layerName)).toEqual(['Ether', 'EAPOL', 'EAP', 'Padding'])
})

test('the four messages of the handshake', () => {
  const key = (fields: Record<string, unknown>) => stack(EAPOL(), EAPOL_KEY(fields)).rebuilt()
  const second = stack(EAPOL(), EAPOL_KEY({ has_key_mic: 1, key_replay_counter: 1 }), Dot11EltRSN()).rebuilt()
  expect(second.layers().map((each) => each.layerName)).toEqual(['EAPOL', 'EAPOL_KEY', 'Dot11EltRSN'])
  expect(second.key_data_length).toBe(22)
  const first = key({ key_ack: 1, key_replay_counter: 1 })
  expect(first.summary()).toBe('EAPOL / EAPOL_KEY 1/4')
  expect(second.summary()).toContain('EAPOL_KEY 2/4')
  expect(key({ key_ack: 1, has_key_mic: 1, install: 1, secure: 1 }).summary()).toBe('EAPOL / EAPOL_KEY 3/4')
  expect(key({ has_key_mic: 1, secure: 1 }).summary()).toBe('EAPOL / EAPOL_KEY 4/4')
  expect(answers(second.payload, first.payload)).toBe(true)
  expect(answers(first.payload, second.payload)).toBe(false)
})

test('a MIC of SHA-384 is longer, which the lengths tell', () => {
  const mics = vectorsOf('eapol')
    .filter((vector) => (vector as unknown as { layer: string }).layer === 'EAPOL_KEY')
    .map((vector) => (vector.fields.key_mic as string).length / 2)
  expect(mics).toContain(16)
  expect(mics).toContain(24)
})
