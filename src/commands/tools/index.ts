import type { ToolCommand } from '../tool-command.js'
import { arpingCommand } from './arping.js'
import { connectionsCommand } from './connections.js'
import { dhcpCommand } from './dhcp.js'
import { dnsCommand } from './dns.js'
import { doctorCommand } from './doctor.js'
import { mtuCommand } from './mtu.js'
import { openvpnCommand } from './openvpn.js'
import { pingCommand } from './ping.js'
import { replayCommand } from './replay.js'
import { scanCommand } from './scan.js'
import { tracerouteCommand } from './traceroute.js'

/** All tools, in the order in which help lists them. */
export const TOOL_COMMANDS: readonly ToolCommand[] = [
  pingCommand,
  tracerouteCommand,
  mtuCommand,
  scanCommand,
  arpingCommand,
  dnsCommand,
  dhcpCommand,
  openvpnCommand,
  replayCommand,
  doctorCommand,
  connectionsCommand,
]
