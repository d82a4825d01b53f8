import { describe, expect, test } from 'vitest'
import {
  bindLinkType,
  CookedLinux,
  CookedLinuxV2,
  dissectLink,
  Ether,
  IP,
  IPv6,
  type Loopback,
  linkLayer,
  linkTypeName,
  linkTypeOf,
  Raw,
} from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'

describe('link types', () => {
  test.each([
    [1, 'Ether'],
    [0, 'Loopback'],
    [108, 'LoopbackBE'],
    [113, 'CookedLinux'],
    [276, 'CookedLinuxV2'],
    [228, 'IP'],
    [229, 'IPv6'],
    [101, 'IP'],
  ])('%i is %s', (linkType, name) => {
    expect(linkLayer(linkType)!.layerName).toBe(name)
  })

  test('bare IP is of the version that its first byte says', () => {
    for (const linkType of [101, 12, 14]) {
      expect(dissectLink(linkType, stack(IP()).bytes()).layerName).toBe('IP')
      expect(dissectLink(linkType, stack(IPv6()).bytes()).layerName).toBe('IPv6')
      expect(dissectLink(linkType, new Uint8Array()).layerName).toBe('Raw')
    }
  })

  test('unknown link types are Raw, and keep their bytes', () => {
    expect(linkLayer(147)).toBeUndefined()
    expect(dissectLink(147, Uint8Array.of(1, 2, 3)).hex()).toBe('010203')
    expect(linkTypeName(147)).toBe('USER0')
    expect(linkTypeName(9999)).toBe('link type 9999')
    expect(linkTypeName(1)).toBe('ETHERNET')
  })

  test('a part of a buffer is dissected', () => {
    const bytes = Buffer.concat([Buffer.of(9, 9), stack(Ether(), IP()).bytes(), Buffer.of(9)])
    expect(dissectLink(1, bytes, 2, bytes.length - 1).summary()).toContain('Ether / IP')
  })

  test('the link type of a packet is that of its outermost layer', () => {
    expect([Ether(), CookedLinux(), CookedLinuxV2(), IP(), IPv6(), Raw()].map(linkTypeOf)).toEqual([
      1,
      113,
      276,
      101,
      101,
      undefined,
    ])
  })

  test('a link type can be bound and set free', () => {
    const unbind = bindLinkType(147, Ether as unknown as typeof Loopback as never)
    expect(linkLayer(147)!.layerName).toBe('Ether')
    unbind()
    expect(linkLayer(147)).toBeUndefined()
  })
})
