/** What the shell adds to JavaScript, described for help. */
import { describe } from '../commands/metadata.js'

/** Registers the descriptions; done when help is first asked for. */
export function describeLanguage(): void {
  const group = 'language'
  describe('/', {
    group,
    summary: 'puts one layer on top of another; between numbers it divides',
    usage: "IP({dst: '10.0.0.1'}) / TCP({dport: 80}) / 'payload'",
  })
  describe('*', { group, summary: 'packet * n is a list of n copies', usage: 'packet * n', example: 'IP() * 3' })
  describe('in', { group, summary: 'tells whether a packet has a layer', usage: 'TCP in packet' })
  describe('_', { group, summary: 'the last value that the prompt has shown' })
  describe('sleep', {
    group,
    summary: 'waits; Ctrl-C ends it',
    usage: 'sleep(seconds)',
    parameters: [{ name: 'seconds', summary: 'how long, 0 or more; fractions are fine', type: 'number' }],
    example: 'sleep(0.5)',
  })
  describe('help', {
    group,
    summary: 'lists what there is, or tells of one thing; NAME? does the same',
    usage: 'help(subject)',
    parameters: [{ name: 'subject', summary: 'a name, or the thing itself', default: 'everything, in one line each' }],
    example: 'help(sleep)',
  })
  describe('Promise.all', {
    group,
    summary: 'runs what is in its list side by side and waits for all of it; a loop or map runs one after the other',
    usage: 'Promise.all(hosts.map(host => sr1(IP({dst: host})/ICMP())))',
  })
}
