/** What the shell adds to JavaScript, described for help. */
import { describe } from '../commands/metadata.js'

/** The heading of these. */
export const LANGUAGE = 'Language'

/** Registers the descriptions; done when help is first asked for. */
export function describeLanguage(): void {
  const group = LANGUAGE
  describe('/', {
    group,
    summary: 'Puts one layer on top of another; between numbers it divides.',
    usage: "IP({dst: '10.0.0.1'}) / TCP({dport: 80}) / 'payload'",
  })
  describe('*', {
    group,
    summary: 'A list of n copies of a packet; between numbers it multiplies.',
    usage: 'packet * n',
    example: 'IP() * 3',
  })
  describe('in', { group, summary: 'Tells whether a packet has a layer.', usage: 'TCP in packet' })
  describe('_', { group, summary: 'The last value that the prompt has shown.' })
  describe('sleep', {
    group,
    summary: 'Waits some seconds; Ctrl-C ends it.',
    usage: 'sleep(seconds)',
    parameters: [{ name: 'seconds', summary: 'How long; 0 or more, fractions are fine.', type: 'number' }],
    example: 'sleep(0.5)',
  })
  describe('help', {
    group,
    summary: 'Lists what there is, or tells of one thing; NAME? does the same.',
    usage: 'help(subject)',
    parameters: [{ name: 'subject', summary: 'A name, or the thing itself.', default: 'everything, in one line each' }],
    example: 'help(sleep)',
  })
  describe('Promise.all', {
    group,
    summary: 'Runs what is in its list side by side and waits for all; a loop or map runs one after the other.',
    usage: 'Promise.all(hosts.map(host => sr1(IP({dst: host})/ICMP())))',
  })
}
