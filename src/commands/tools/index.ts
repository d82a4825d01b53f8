import type { ToolCommand } from '../tool-command.js'
import { arpingCommand } from './arping.js'
import { mtuCommand } from './mtu.js'
import { pingCommand } from './ping.js'
import { scanCommand } from './scan.js'
import { tracerouteCommand } from './traceroute.js'

/** All tools, in the order in which help lists them. */
export const TOOL_COMMANDS: readonly ToolCommand[] = [
  pingCommand,
  tracerouteCommand,
  mtuCommand,
  scanCommand,
  arpingCommand,
]
