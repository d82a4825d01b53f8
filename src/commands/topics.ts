/** Short pages on what is not one name: `help('filters')`. */
import { describe, describeLater, type Metadata } from './metadata.js'

/** The heading of these. */
export const TOPICS = 'Topics'

/** A page: paragraphs, and lines of two columns. */
interface Topic extends Metadata {
  /** What it says. A line that begins with two spaces stands as it is; others are broken where the terminal ends. */
  text: string
}

/** Registers the topics. */
export function describeTopics(): void {
  describeLater(() => {
    for (const [name, topic] of Object.entries(topics())) describe(name, { group: TOPICS, ...topic })
  })
}

/** The page of a topic, or undefined where there is none of that name. */
export function topicText(name: string): string | undefined {
  known ??= topics()
  return Object.hasOwn(known, name) ? known[name]!.text : undefined
}

let known: Record<string, Topic> | undefined

function topics(): Record<string, Topic> {
  return { filters, sets, stacking, waiting, background, scripting, keys, rights } satisfies Record<string, Topic>
}

const filters: Topic = {
  summary: 'BPF expressions, for the option filter.',
  text: `A filter is a text in the language of tcpdump (pcap-filter(7)). It runs in the kernel, so what it leaves out costs nothing. sniff, rdpcap, pcapReader, replay and the sr family take one.

  host 10.0.0.2              from or to this address
  src net 10.0.0.0/24        from this network
  port 53                    TCP or UDP, from or to this port
  tcp dst portrange 1-1024   to these ports
  icmp or icmp6              one protocol or the other
  ether host 02:00:00:00:00:01
  vlan 42 and tcp            frames with this tag
  tcp[tcpflags] & tcp-syn != 0
  not port 22                all but your own ssh

Words are joined with and, or, not and parentheses. What only JavaScript can say goes into lfilter: sniff({lfilter: p => TCP in p && p.ttl < 10}).`,
  example:
    "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()]); rdpcap('/tmp/example.pcap', {filter: 'udp and host 10.0.0.2'}).length",
  see: ['sniff', 'rdpcap', 'sr'],
}

const sets: Topic = {
  summary: 'One packet that stands for many.',
  text: `A list as the value of a field is a set; a pair in it is a range, both ends included; an address with a prefix length is a network. The packet then stands for all of them.

  TCP({dport: [22, 80]})             two packets
  TCP({dport: [[8000, 8010], 80]})   a range and one more: 12
  IP({dst: '10.0.0.0/30'})           all addresses of a network: 4
  IP({dst: '10.0.0.1-20'})           the last part; whole addresses too: '10.0.0.200-10.0.1.5'
  IP({dst: '10.0-3.*.1'})            parts: 1024
  DNS({qd: [{qname: ['a.example', 'b.example'], qtype: ['A', 'AAAA']}]})   in layers in lists: 4
  IP({id: RandShort()})              a new random value in each packet

Sets multiply: IP({dst: '10.0.0.0/30'})/TCP({dport: [22, 80]}) are 8 packets. packet.count() tells how many, [...packet] makes them, sr and send take them as they are. The outermost layer changes slowest.`,
  example: "[...IP({src: '10.0.0.1', dst: '10.0.0.0/30'})/UDP()].map(p => p.dst)",
  see: ['Packet.count', 'sr', 'RandNum'],
}

const stacking: Topic = {
  summary: 'How packets are made of layers.',
  text: `A layer is called with its fields: IP({dst: '10.0.0.2', ttl: 5}). What is not given has its default, or is computed when the packet is built: lengths, checksums, types.

  IP()/TCP()/'text'      / stacks; text and bytes become Raw
  packet.dport           the field of the first layer that has one
  packet[TCP].flags      that of a certain layer
  packet.ttl = 5         sets it; delete packet.ttl makes it automatic again
  TCP in packet          whether it has the layer
  packet * 3             a list of three

ls(TCP) lists the fields of a layer, packet.show() those of a packet.`,
  example: "const packet = IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP({dport: 80})/'GET /'; packet",
  see: ['/', 'Packet', 'ls', 'sets'],
}

const waiting: Topic = {
  summary: 'What waits, and how Ctrl-C ends it.',
  text: `Functions that wait (sr1, sniff, rdpcap, ping, sleep …) give a Task, and the shell waits for it by itself: in lines, loops, your own functions, and callbacks of map, filter, forEach and the like. There is no need for await; a Promise of something else (fetch) needs it.

  first Ctrl-C    what waits ends and gives what it has so far
  second Ctrl-C   the whole line ends; finally blocks run

A loop or map runs one after the other. Promise.all([…]) runs side by side, bg(…) in the background. A constructor, a getter and a default value cannot wait; an error says so.`,
  example: 'Promise.all([sleep(0.05), sleep(0.05)])',
  see: ['Task', 'bg', 'sleep', 'Promise.all', 'background'],
}

const background: Topic = {
  summary: 'Jobs: what runs while you go on typing.',
  text: `bg(task) lets something that waits run in the background and gives a Job. Ctrl-C does not reach it; leaving the shell ends it. Its end is told above the line that you type.

  job = bg(sniff({iface: 'eth0'}))   begins
  jobs()                             what runs, and what is over
  job.result                         what it has so far
  fg(1)                              waits for it; then Ctrl-C stops it
  kill(1)                            stops it; its result stays`,
  example: 'job = bg(sniff({link: practiceNetwork().link})); job.stop()',
  see: ['bg', 'jobs', 'fg', 'kill', 'Job', 'waiting'],
}

const scripting: Topic = {
  summary: 'Saved lines as a program.',
  text: `A script (.nsh) holds what could be typed at the prompt.

  netshell run scan.nsh 10.0.0.1   runs it; args has what stands behind its name
  netshell run scan.nsh --help     what it takes, from its param(…)
  ./scan.nsh                       with the first line #!/usr/bin/env netshell
  .load scan.nsh                   into this session: what it declares stays
  .load --step scan.nsh            shows each statement first
  .save scan.nsh                   the session as a script
  netshell -e EXPRESSION           one expression; with --json as JSON

Only what is printed is shown: print(…), console.log(…). The exit code is 0, 1 after an error, 2 for wrong usage, 130 after Ctrl-C; process.exit(n) chooses one. TypeScript's types are allowed and ignored.`,
  example: "print('a script prints what it wants to show')",
  see: ['param', 'args', 'print', 'usage', 'waiting'],
}

const keys: Topic = {
  summary: 'Keys of the line that is being typed.',
  text: `  Enter            runs the block; an open bracket goes on in the next line
  Alt-Enter        a new line in any case
  Tab              completes names, members, fields, options, files
  Up, Down         lines of the block, then blocks typed before
  Ctrl-R           searches them
  Ctrl-A, Ctrl-E   start and end of the line
  Ctrl-W, Ctrl-U   deletes a word, all before the cursor; Ctrl-Y puts it back
  Ctrl-X Ctrl-E    the block in your editor
  Ctrl-L           clears the screen
  Ctrl-C           gives up the block, or ends what runs
  Ctrl-D           leaves, in an empty line

A line that begins with a space is not kept in the history. .help lists the commands of the prompt itself.`,
  example: "help('keys')",
  see: ['waiting', 'scripting'],
}

const rights: Topic = {
  summary: 'What needs root, and what does not.',
  text: `Reading from and writing to the wire needs the rights of root: sniff, send, sr and their kin. Start with sudo netshell, or give the program's node the capability once:

  sudo setcap cap_net_raw,cap_net_admin+eip "$(readlink -f "$(which node)")"

Without rights there are: crafting and dissecting, capture files, dns, ping, traceroute and mtu as far as the system lets ordinary users, scan with ordinary connections, interfaces(), route(). And practiceNetwork(): a network in memory on which everything works.

Only scan, sniff and probe networks that you may.`,
  example: "sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: practiceNetwork().link})",
  see: ['practiceNetwork', 'sniff', 'interfaces'],
}
