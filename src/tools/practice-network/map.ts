import { printable } from '../../exchange/index.js'
import { openPorts, type Station } from './station.js'
import type { Topology } from './topology.js'
import { USER } from './usual-network.js'

/**
 * The network as a tree, with a line that says how to use it.
 * @param columns what is told of a host is cut there
 */
export function drawMap(topology: Topology, isClosed: boolean, columns = Number.POSITIVE_INFINITY): string {
  const rows: [left: string, ipv4: string, ipv6: string, about: string][] = [['you', USER.ipv4, USER.ipv6, '']]
  const draw = (stations: readonly Station[], indent: string): void => {
    stations.forEach((station, i) => {
      const isLast = i === stations.length - 1
      const { name, ipv4 = '', ipv6 = '' } = station.plan
      rows.push([`${indent}${isLast ? '└─' : '├─'} ${name}`, ipv4, ipv6, aboutOf(station)])
      draw(
        topology.stations.filter(({ parent }) => parent === station),
        indent + (isLast ? '   ' : '│  '),
      )
    })
  }
  // Leaves first: the tree below the gateway then comes last.
  draw(
    [...topology.onLink].sort((a, b) => Number(a.isRouter) - Number(b.isRouter)),
    '',
  )
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
    return line.length > columns ? `${line.slice(0, columns - 1).trimEnd()}…` : line
  })
  // Only those that were asked for: that a host's neighbours are not there goes without saying.
  for (const { network, behind, answer } of topology.areas)
    lines.push(`${network} behind ${behind}: ${answer.replace('-', ' ')}`)
  const first = topology.onLink.find(({ isRouter, plan }) => !isRouter && plan.ipv4 !== undefined)?.plan.ipv4
  const usage = isClosed
    ? 'It is closed: practiceNetwork() makes a new one.'
    : `Give its link to any command: net = practiceNetwork(), then\nping('${first ?? USER.gateway4}', {link: net.link}); net.hosts lists its hosts with their ports`
  return printable(['A network in memory:', '', ...lines, '', usage].join('\n'))
}

function aboutOf({ plan }: Station): string {
  const ports = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const open = openPorts(plan[protocol])
    return open.length === 0 ? [] : [`${protocol} ${open.join(' ')}`]
  })
  return [plan.about, ...(plan.silent ? [] : ports)].filter((text) => text !== '').join('; ')
}
