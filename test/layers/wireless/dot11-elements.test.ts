import { expect, test } from 'vitest'
import {
  AKMSuite,
  Dot11Beacon,
  Dot11Elt,
  Dot11EltBSSLoad,
  Dot11EltCountry,
  Dot11EltDSSSet,
  Dot11EltERP,
  Dot11EltExtension,
  Dot11EltHTCapabilities,
  Dot11EltHTOperation,
  Dot11EltMicrosoftWPA,
  Dot11EltMobilityDomain,
  Dot11EltRates,
  Dot11EltRSN,
  Dot11EltTIM,
  Dot11EltVendorSpecific,
  Dot11EltVHTCapabilities,
  Dot11EltVHTOperation,
  RSNCipherSuite,
} from '../../../src/layers/index.js'
import { fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dot11-elements', [
  Dot11Elt,
  Dot11EltRates,
  Dot11EltDSSSet,
  Dot11EltTIM,
  Dot11EltCountry,
  Dot11EltBSSLoad,
  Dot11EltERP,
  Dot11EltMobilityDomain,
  Dot11EltExtension,
  Dot11EltRSN,
  Dot11EltVendorSpecific,
  Dot11EltMicrosoftWPA,
  Dot11EltHTCapabilities,
  Dot11EltHTOperation,
  Dot11EltVHTCapabilities,
  Dot11EltVHTOperation,
])

const FIXED = '0000000000000000640001 04'.replace(' ', '')
const elements = (hex: string) =>
  Dot11Beacon(fromHex(FIXED + hex))
    .layers()
    .slice(1)

test('an RSN element with defaults is that of 802.1X and CCMP', () => {
  expect(Dot11EltRSN().hex()).toBe('30140100000fac040100000fac040100000fac010000')
  expect(Dot11EltMicrosoftWPA().hex()).toBe('dd160050f20101000050f20201000050f20201000050f201')
})

test('an RSN element of WPA3 names its suites', () => {
  const element = Dot11EltRSN({
    akm_suites: [AKMSuite({ suite: 'SAE' })],
    mfp_capable: 1,
    mfp_required: 1,
    group_management_cipher_suite: [RSNCipherSuite({ cipher: 'BIP-CMAC-128' })],
  })
  expect(element.hex()).toBe('301a0100000fac040100000fac040100000fac08c0000000000fac06')
  const read = Dot11EltRSN(element.bytes())
  expect(read.issues()).toEqual([])
  expect(read.akm_suites!.map((suite) => suite.text('suite'))).toEqual(['SAE'])
  expect(read.nb_pmkids).toBe(0)
})

test.each([
  ['the version alone', '30020100', []],
  ['no suites but the group', '30060100000fac02', ['group_cipher_suite']],
  ['no authentication', '300c0100000fac020100000fac04', ['group_cipher_suite', 'pairwise_cipher_suites']],
  [
    'no capabilities',
    '30120100000fac020100000fac040100000fac02',
    ['group_cipher_suite', 'pairwise_cipher_suites', 'akm_suites'],
  ],
])('an RSN element may end early: %s', (_name, hex, present) => {
  const [element] = elements(hex)
  expect(element!.layerName).toBe('Dot11EltRSN')
  expect(element!.issues()).toEqual([])
  const fields = element!.toJSON().layers[0]!.fields
  for (const name of ['group_cipher_suite', 'pairwise_cipher_suites', 'akm_suites'])
    expect(Array.isArray(fields[name]), name).toBe((present as string[]).includes(name))
  const copy = element!.copy()
  copy.unset('len')
  expect(copy.hex()).toBe(hex)
})

test('elements that are too short for their layer are plain ones', () => {
  expect(elements('0300').map((each) => each.layerName)).toEqual(['Dot11Elt'])
  expect(elements('dd020050').map((each) => each.layerName)).toEqual(['Dot11Elt'])
  expect(elements('3001000301 06'.replace(' ', '')).map((each) => each.layerName)).toEqual([
    'Dot11Elt',
    'Dot11EltDSSSet',
  ])
})

test('an element longer than the frame says so', () => {
  expect(elements('0009616263')[0]!.issue?.toString()).toContain('Dot11Elt.len')
})

test('more elements than anybody sends are read without end', () => {
  const names = elements('0000'.repeat(200)).map((each) => each.layerName)
  expect(names.at(-1)).toBe('Raw')
  expect(names.length).toBeLessThan(64)
})

test('lengths are those of the content', () => {
  const packet = stack(
    Dot11Elt({ info: 'lab' }),
    Dot11EltRates({ rates: [0x82, 0x84] }),
    Dot11EltTIM({ bitmap: fromHex('0010') }),
  )
  expect(packet.hex()).toBe('00036c6162' + '01028284' + '0505000100' + '0010')
})
