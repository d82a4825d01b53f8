import type { ReplayResult } from '../../tools/replay/index.js'
import type { ToolCommand } from '../tool-command.js'
import { LINK, NETNS } from './shared-parameters.js'

export const replayCommand: ToolCommand<ReplayResult> = {
  name: 'replay',
  summary: 'Sends the frames of a capture: with its timing, at a rate, or as fast as possible.',
  usage: 'replay(file, {iface, speed, rate, topspeed, loop, count, filter})',
  positionals: [
    {
      name: 'file',
      type: 'string | list',
      summary: 'a capture file, a PacketList, or a list of packets',
      values: 'file',
    },
  ],
  returns: 'ReplayResult: frames and bytes that were sent, rate, lateness',
  errors: [
    'OptionError for an option that makes no sense',
    'CaptureFileError for a file that cannot be read',
    'LinkError without the rights to send (root)',
  ],
  see: ['rdpcap', 'sendp', 'ReplayResult'],
  example: 'replay([Ether()/IP()/UDP()], {link: memoryLinkPair()[0]})',
  arguments: '<file>',
  commandLineExample: 'sudo netshell replay capture.pcap -i eth0 --rate 1000',
  parameters: [
    { name: 'iface', type: 'string', summary: 'interface that the frames leave by', flag: '-i, --iface <name>' },
    {
      name: 'speed',
      type: 'number',
      summary: "factor of the capture's timing: 2 is twice as fast",
      default: '1',
    },
    { name: 'rate', type: 'number', summary: "packets per second, instead of the capture's timing" },
    { name: 'topspeed', type: 'boolean', summary: 'as fast as the interface takes them', default: 'false' },
    {
      name: 'loop',
      type: 'number',
      summary: 'how often the capture is sent; 0: until Ctrl-C',
      default: '1',
    },
    {
      name: 'count',
      type: 'number',
      summary: 'at most so many packets in all',
      default: 'all',
      flag: '-c, --count <number>',
    },
    {
      name: 'filter',
      type: 'string',
      summary: 'BPF expression: only packets that it lets through are sent',
      flag: '-f, --filter <expression>',
    },
    {
      name: 'mac',
      type: 'string',
      summary: 'destination of frames that have no Ethernet header and get one (captures of bare IP, or of any)',
      flag: '--mac <address>',
    },
    NETNS,
    LINK,
  ],
  load: async () => (await import('../../tools/replay/index.js')).runReplay,
  endless: true,
  exitCode: (result) => (result.sent > 0 ? 0 : 1),
}
