/** What help says of the results of tools: their members. */
import { textAndData } from './members-exchange.js'
import { describe, describeMembers, type Metadata } from './metadata.js'

const LINK = 'link: practiceNetwork().link'

interface ResultDescription {
  summary: string
  /** How one gets it, and the name that it then has in the examples. */
  name: string
  make: string
  see: readonly string[]
  /** Plain members with what they are. */
  fields: Readonly<Record<string, string>>
  methods?: Readonly<Record<string, Metadata>>
  /** What `toString` gives; unset: the result as a text. */
  text?: string
  /** Whether it has plain data; not of lists, which are arrays. */
  hasData?: boolean
}

/** Describes one class of results. */
function result(
  className: string,
  { summary, name, make, see, fields, methods, text, hasData = true }: ResultDescription,
): void {
  describe(className, { group: 'Objects', summary, usage: `${name}.MEMBER`, example: `${make}; ${name}`, see })
  const common = textAndData(
    name,
    text ?? 'What the prompt shows.',
    'The result as plain data; times in seconds.',
    make,
  )
  describeMembers(className, {
    ...Object.fromEntries(
      Object.entries(fields).map(([field, about]) => [field, { summary: about, example: `${make}; ${name}.${field}` }]),
    ),
    ...methods,
    toString: common.text,
    ...(hasData ? { toJSON: common.data } : {}),
  })
}

/** Results of tools. */
export function describeResults(): void {
  describePing()
  describeTraceroute()
  describeScan()
  describeDns()
  describeOthers()
}

function describePing(): void {
  const make = `const result = ping('10.0.0.2', {count: 2, inter: 0.05, quiet: true, ${LINK}})`
  result('PingResult', {
    summary: 'What ping gives: a host each, and the sums over all. Times in seconds, null where nobody answered.',
    name: 'result',
    make,
    see: ['ping', 'PingHost'],
    fields: {
      hosts: 'The hosts, a PingHost each; for (const host of result) works too.',
      sent: 'Probes sent to all hosts.',
      received: 'Probes that were answered.',
      loss: 'Part of the probes that was not answered, 0..1.',
      min: 'Least round-trip time of all, seconds.',
      avg: 'Mean round-trip time of all answers, seconds.',
      max: 'Greatest round-trip time of all, seconds.',
      alive: 'Names of hosts that answered at least once.',
      duration: 'Seconds that it took.',
    },
    methods: {
      host: {
        summary: 'The host of this name or address, or undefined.',
        usage: 'result.host(name)',
        positionals: [{ name: 'name', type: 'string', summary: 'as it was given, or its address' }],
        returns: 'PingHost',
        example: `${make}; result.host('10.0.0.2').received`,
      },
    },
    text: 'The closing lines of ping(8); a table for several hosts.',
  })
  result('PingHost', {
    summary: 'What came of the probes to one host. Times in seconds, null where none was answered.',
    name: 'host',
    make: `${make}; const host = result.hosts[0]`,
    see: ['ping', 'PingResult'],
    fields: {
      name: 'The host as it was given.',
      address: 'Its address.',
      target: 'Name, address and family.',
      sent: 'Probes that were due.',
      received: 'Probes that were answered, late ones too.',
      duplicates: 'Second and further answers to a probe.',
      late: 'Answers after the time-out.',
      errors: 'ICMP errors, and probes that could not be sent.',
      pending: 'Probes that Ctrl-C ended before their time-out.',
      problem: 'Why nothing can be sent to this host at all; undefined where all is well.',
      loss: 'Part of the probes that was not answered, 0..1.',
      rtts: 'Round-trip times in the order they came.',
      trips: 'The same with what is computed from them.',
      min: 'Least round-trip time.',
      avg: 'Mean round-trip time.',
      max: 'Greatest round-trip time.',
      mdev: 'How much they vary (standard deviation).',
    },
    text: 'The closing lines of ping(8).',
  })
}

function describeTraceroute(): void {
  const make = `const result = traceroute('10.1.0.10', {timeout: 0.3, ${LINK}})`
  result('TracerouteResult', {
    summary: 'The way to one host, as traceroute found it.',
    name: 'result',
    make,
    see: ['traceroute', 'TracerouteHop', 'TracerouteResults'],
    fields: {
      target: 'Name, address and family of the host.',
      hops: 'The hops, a TracerouteHop each, from the first one asked to the end of the way.',
      reached: 'Whether the destination answered.',
      distance: 'Hops to the destination; null when it was not reached.',
      path: 'The addresses on the way, one a hop; null where nobody answered.',
      loop: 'A router through which packets go in a circle, or null.',
      sent: 'Probes that were sent.',
      received: 'Probes that were answered.',
      duration: 'Seconds that it took.',
      interrupted: 'Whether Ctrl-C came before the destination answered.',
      problem: 'Why nothing could be sent; undefined where all is well.',
    },
    text: 'The table of hops.',
  })
  const hop = `${make}; const hop = result.hops[0]`
  describe('TracerouteHop', {
    group: 'Objects',
    summary: 'All that is known of one hop.',
    usage: 'hop.MEMBER',
    example: `${hop}; hop.addresses`,
    see: ['traceroute', 'TracerouteResult'],
  })
  describeMembers('TracerouteHop', {
    ttl: { summary: 'Its distance: 1 is the first router.', example: `${hop}; hop.ttl` },
    answers: {
      summary: 'One for each probe: {address, name, rtt (s), ttl, back, kind, words, mark, labels}, or null.',
      example: `${hop}; hop.answers`,
    },
    answered: { summary: 'The answers that came.', example: `${hop}; hop.answered.length` },
    addresses: { summary: 'Who answered; several where probes went different ways.', example: `${hop}; hop.addresses` },
    rtts: {
      summary: 'Round-trip times in seconds, one for each probe; null where none came.',
      example: `${hop}; hop.rtts`,
    },
    toJSON: {
      summary: 'The hop as plain data; times in seconds.',
      usage: 'hop.toJSON()',
      example: `${hop}; hop.toJSON().ttl`,
    },
  })
  result('TracerouteResults', {
    summary: 'Ways to several hosts: an array of TracerouteResult that prints them all.',
    name: 'results',
    make: `const results = traceroute(['10.0.0.2', '10.1.0.10'], {timeout: 0.3, ${LINK}})`,
    see: ['traceroute', 'TracerouteResult'],
    fields: {},
    text: 'All tables.',
    hasData: false,
  })
}

function describeScan(): void {
  const make = `const result = scan('10.0.0.2', {ports: '20-90', ${LINK}})`
  result('ScanResult', {
    summary: 'What scan gives: hosts and their ports.',
    name: 'result',
    make,
    see: ['scan', 'ScannedHost'],
    fields: {
      hosts: 'The hosts, a ScannedHost each; of networks only those that are there.',
      up: 'Hosts that are up.',
      open: 'All open ports: {address, port, protocol, state, reason, service, ttl}.',
      down: 'How many addresses were found not to be there.',
      facts: 'What was asked for: types, ports, targets.',
      startedAt: 'When it began, seconds since 1970.',
      duration: 'Seconds that it took.',
      interrupted: 'Whether it was stopped before the end.',
    },
    methods: {
      xml: {
        summary: "nmap's XML, for programs that read it.",
        usage: 'result.xml()',
        returns: 'string',
        example: `${make}; result.xml().length`,
      },
    },
    text: "The table, in nmap's manner.",
  })
  result('ScannedHost', {
    summary: 'What was found out of one host.',
    name: 'host',
    make: `${make}; const host = result.hosts[0]`,
    see: ['scan', 'ScanResult'],
    fields: {
      address: 'Its address.',
      name: 'Its name, when it was given by one.',
      state: "'up', 'down' or 'unknown'.",
      reason: "Why it is thought to be so: 'echo-reply', 'syn-ack', 'no-response' …",
      mac: 'MAC address, when it is on the link.',
      rtt: 'Shortest round trip, seconds.',
      ports: 'Open ports, and others that are few: {port, protocol, state, reason, service, ttl}.',
      open: 'The ports that are open.',
      notShown: 'Ports of one state that are too many to list: {protocol, state, count, reasons, ports}.',
      unfinished: 'Ports that were not finished when the scan was stopped.',
    },
    methods: {
      add: {
        summary: 'Takes in what a scan of one protocol told; scan() does this.',
        usage: 'host.add(report)',
        positionals: [{ name: 'report', type: 'object', summary: 'ports and their outcomes' }],
        example: `${make}; result.hosts[0].add({protocol: 'tcp', unreachable: 'no route'})`,
      },
    },
    text: 'Its table of ports.',
  })
}

function describeDns(): void {
  const make = `const result = dns('www.example', {server: '10.0.0.2', ${LINK}})`
  result('DnsResult', {
    summary: 'What dns gives: a response for each question.',
    name: 'result',
    make,
    see: ['dns', 'DnsResponse', 'DnsRecord'],
    fields: {
      responses: 'One DnsResponse a question, in the order asked.',
      answers: 'The answers of all responses, a DnsRecord each.',
      short: 'Their data alone, as dig +short.',
      isGood: 'Whether every question was answered without an error.',
      server: 'The name server.',
      serverFrom: 'Where its address is from, when it was not given.',
    },
    text: "The answers in dig's manner.",
  })
  result('DnsResponse', {
    summary: 'One question and its answer.',
    name: 'response',
    make: `${make}; const response = result.responses[0]`,
    see: ['dns', 'DnsResult', 'DnsRecord'],
    fields: {
      question: 'What was asked: {name, type, class, asked}.',
      state: "'answered', 'no answer', 'closed', 'unreachable' or 'stopped'.",
      reason: 'Why there is no answer, in words.',
      status: "'NOERROR', 'NXDOMAIN' …",
      rcode: 'The same as a number.',
      answers: 'Records that answer.',
      authority: 'Records that name the servers of the zone.',
      additional: 'Further records.',
      short: 'Data of the answers alone.',
      flags: 'Of aa tc rd ra ad cd, those that are set.',
      id: 'Number of the message.',
      edns: 'What the server says with EDNS: {version, size, dnssec}.',
      server: 'Who was asked.',
      port: 'Port that was asked.',
      transport: "'UDP' or 'TCP'.",
      rtt: 'Seconds to the answer.',
      size: 'Bytes of the message.',
      tries: 'How often it was asked.',
      ignored: 'What came and was no answer to the question.',
      damage: 'What is damaged in the message.',
      packet: 'The message as a layer.',
    },
    text: 'Question and answer.',
  })
  result('DnsRecord', {
    summary: 'One record of an answer.',
    name: 'record',
    make: `${make}; const record = result.answers[0]`,
    see: ['dns', 'DnsResponse', 'DNSRR'],
    fields: {
      name: 'Its name, with a dot at the end.',
      type: "'A', 'MX' …",
      class: "'IN' …",
      ttl: 'Seconds that it may be kept.',
      data: 'Its data as a zone file has it.',
      packet: 'The record as a layer.',
    },
    text: 'The line of a zone file.',
  })
}

function describeOthers(): void {
  result('MtuResult', {
    summary: 'What mtu found: the largest packet that arrives in one piece.',
    name: 'result',
    make: `const result = mtu('10.2.0.10', {timeout: 0.3, ${LINK}})`,
    see: ['mtu', 'mtuTo'],
    fields: {
      target: 'Name, address and family of the host.',
      mtu: 'Bytes of the largest packet that arrived, IP header included; null when none did.',
      mss: 'Bytes of data in a TCP segment that fit.',
      limit: "What limits it: {by: 'interface' | 'router' | 'silence' | 'option', …}.",
      probes: 'The sizes that were tried: {size, outcome, sent, from, mtu, rtt}.',
      interfaceMtu: 'Bytes that the own interface takes.',
      sent: 'Packets that were sent.',
      duration: 'Seconds that it took.',
      complete: 'False when Ctrl-C came before all was known.',
    },
    text: 'The table of sizes.',
  })
  result('ArpingResult', {
    summary: 'What arping gives: who is on the link.',
    name: 'result',
    make: `const result = arping('10.0.0.2-4', {timeout: 0.2, retry: 0, ${LINK}})`,
    see: ['arping'],
    fields: {
      stations: 'Everybody who answered: {address, mac, rtt (s), duplicate}.',
      silent: 'Addresses that nobody answered for.',
      duplicates: 'Stations whose address another one has too.',
      asked: 'How many addresses were asked for.',
      sent: 'Questions that were sent.',
      duration: 'Seconds that it took.',
      interrupted: 'Whether Ctrl-C ended it.',
    },
    text: 'The table of stations.',
  })
  const dhcp = `const result = dhcpDiscover({first: true, timeout: 0.5, ${LINK}})`
  result('DhcpResult', {
    summary: 'What dhcpDiscover gives: all offers that came.',
    name: 'result',
    make: dhcp,
    see: ['dhcpDiscover', 'DhcpOffer'],
    fields: {
      offers: 'The offers, a DhcpOffer each.',
      servers: 'The servers, each once.',
      interfaceName: 'Interface that was asked on.',
      mac: 'Hardware address that asked.',
      sent: 'Frames that were sent.',
      duration: 'Seconds that it took.',
      interrupted: 'Whether Ctrl-C ended it.',
    },
    text: 'The table of offers.',
  })
  result('DhcpOffer', {
    summary: 'What one DHCP server offers.',
    name: 'offer',
    make: `${dhcp}; const offer = result.offers[0]`,
    see: ['dhcpDiscover', 'DhcpResult'],
    fields: {
      type: "'offer', or 'bootp' of a server that knows only BOOTP.",
      server: 'Address that the server names itself with.',
      from: 'Address that the packet came from.',
      fromMac: 'MAC address that it came from.',
      address: 'The address that is offered.',
      mask: 'Network mask.',
      routers: 'Default routers.',
      nameServers: 'Name servers.',
      domain: 'Domain of the network.',
      leaseTime: 'Seconds that the address may be used.',
      relay: 'The relay that passed it on; undefined when the server is on this link.',
      bootFile: 'File to boot from.',
      bootServer: 'Host to boot from.',
      rtt: 'Seconds from the question to this offer.',
      options: 'All options in order.',
      packet: 'The frame.',
    },
    methods: {
      option: {
        summary: 'The value of an option, or undefined.',
        usage: 'offer.option(name)',
        positionals: [{ name: 'name', type: 'string | number', summary: "as in the layer DHCP: 'router'" }],
        example: `${dhcp}; result.offers[0].option('router')`,
      },
      isSame: {
        summary: 'Whether another offer is the same one once more.',
        usage: 'offer.isSame(other)',
        positionals: [{ name: 'other', type: 'DhcpOffer', summary: 'the other one' }],
        example: `${dhcp}; result.offers[0].isSame(result.offers[0])`,
      },
    },
    text: 'Who offers what, in one line.',
  })
  result('OpenvpnResult', {
    summary: 'What openvpnProbe found.',
    name: 'result',
    make: `const result = openvpnProbe('10.0.0.2', {timeout: 0.3, retry: 0, ${LINK}})`,
    see: ['openvpnProbe'],
    fields: {
      findings:
        'One a host and port: {host, address, port, protocol, state, mode, rtt, answer, session, echoed, verified, detail}; answer is the packet.',
      servers: 'Those that answered as OpenVPN.',
      duration: 'Seconds that it took.',
    },
    text: 'The table of ports.',
  })
  result('ReplayResult', {
    summary: 'What a replay sent, and how well it kept the time.',
    name: 'result',
    make: "const result = replay([Ether()/IP({dst: '10.0.0.2'})/UDP()], {link: memoryLinkPair()[0]})",
    see: ['replay'],
    fields: {
      sent: 'Frames that were sent.',
      bytes: 'Their bytes, link headers included.',
      filtered: 'Frames that the filter let out.',
      skipped: 'Frames that were not sent, by reason.',
      shortened: 'Frames that the capture holds only in part.',
      untimed: 'Frames without a time of capture.',
      passes: 'Whole passes through the capture.',
      largestLateness: 'Most seconds that a frame left behind its time.',
      averageLateness: 'The same on average.',
      source: 'Name of the capture.',
      interfaceName: 'Interface that they left by.',
      duration: 'Seconds from the first frame to the last one.',
      rate: 'Packets per second.',
      bitRate: 'Bits per second, link headers included.',
      interrupted: 'Whether Ctrl-C ended it.',
      warnings: 'What was wrong with the file.',
    },
    text: 'Counts and rates.',
  })
}
