import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rules } from '../../src/link/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'

let lab: Lab
let netns: string
beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
})
afterAll(() => lab?.close())

test('a machine has three rules for IPv4 and two for IPv6', () => {
  expect(rules({ netns }).map(String)).toEqual([
    '0: from all lookup local',
    '32766: from all lookup main',
    '32767: from all lookup default',
    '0: from all lookup local (IPv6)',
    '32766: from all lookup main (IPv6)',
  ])
  expect(rules({ netns, family: 6 })).toHaveLength(2)
})

test('every kind is written as it was added', async () => {
  const texts = [
    '100: from 10.5.0.1 lookup 10',
    '110: from all to 10.50.0.0/16 lookup 20',
    '120: from all fwmark 0x7/0xff prohibit',
    '121: from all fwmark 0x8 blackhole',
    '130: from all iif lo oif veth-here lookup 4711',
    '140: not from 10.0.0.0/8 unreachable',
    '150: from all tos 0x10 goto 160',
    '160: from all uidrange 5-10 lookup 10',
    '170: from all ipproto 6 sport 1000-2000 dport 80 lookup 10',
    '180: from all lookup main suppress_prefixlength 0',
  ]
  for (const text of texts) {
    const [priority, ...words] = text.split(' ')
    await must(['ip', '-n', netns, 'rule', 'add', 'priority', priority!.slice(0, -1), ...words])
  }
  await must(['ip', '-n', netns, '-6', 'rule', 'add', 'priority', '100', 'from', '2001:db8::/32', 'lookup', '10'])
  expect(rules({ netns, family: 4 }).map(String).slice(1, -2)).toEqual(texts)
  const list = rules({ netns })
  expect(list.find((rule) => rule.priority === 170)).toMatchObject({
    protocol: 6,
    sourcePorts: [1000, 2000],
    destinationPorts: [80, 80],
  })
  expect(inspect(list)).toContain('  100: from 2001:db8::/32 lookup 10 (IPv6),\n')
  const shown = JSON.parse(await must(['ip', '-n', netns, '-j', 'rule'])) as { priority: number }[]
  expect(rules({ netns, family: 4 }).map((rule) => rule.priority)).toEqual(shown.map((rule) => rule.priority))
})

test('wrong options say so', () => {
  expect(() => rules({ family: '4' as unknown as 4 })).toThrow('rules: option family must be 4 or 6, not "4"')
  expect(() => rules({ netn: 'x' } as object)).toThrow(`rules has no option 'netn'; did you mean 'netns'?`)
})
