/**
 * Options that several tools have. They have the same name, meaning and letters everywhere: `-i` the interface, `-W` the
 * time-out, `-c` a count, `-p` ports, `-q` quiet, `-4` and `-6`. A tool that is named like a program that people know
 * keeps the letters of that program where they differ: `ping -i` is the interval.
 */
import { NETNS as IN_NAMESPACE } from '../entry.js'
import type { ToolParameter } from '../tool-command.js'

export const LINK: ToolParameter = { name: 'link', type: 'Link', summary: 'a link of your own', flag: null }

export const NETNS: ToolParameter = { ...IN_NAMESPACE, type: 'string', flag: '--netns <name>' }

export const IFACE: ToolParameter = {
  name: 'iface',
  type: 'string',
  summary: 'interface',
  default: 'the one of the route',
  values: 'interface',
  flag: '-i, --iface <name>',
}

/** Which addresses of names are taken. */
export const FAMILY: readonly ToolParameter[] = [
  { name: 'family', type: 'number', summary: 'only IPv4 (4) or IPv6 (6) addresses of names', flag: null },
  { name: 'ipv4', type: 'boolean', summary: 'only IPv4: the same as family 4', default: 'false', flag: '-4, --ipv4' },
  { name: 'ipv6', type: 'boolean', summary: 'only IPv6: the same as family 6', default: 'false', flag: '-6, --ipv6' },
]

export const SOURCE: ToolParameter = {
  name: 'source',
  type: 'string',
  summary: 'address that probes come from',
  default: 'the one of the route',
  flag: '--source <address>',
}

export const QUIET: ToolParameter = {
  name: 'quiet',
  type: 'boolean',
  summary: 'no warnings',
  default: 'false',
  flag: '-q, --quiet',
}

export function timeout(unset: string, summary = 'seconds that each answer is waited for'): ToolParameter {
  return { name: 'timeout', type: 'number', summary, default: unset, flag: '-W, --timeout <seconds>' }
}
