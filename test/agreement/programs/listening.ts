import { expect } from 'vitest'
import type { Lab, Side } from '../../lab/lab.js'

/** Waits until a program has the port, for those that say nothing about it or say it late. */
export async function listens(lab: Lab, side: Side, port: number): Promise<void> {
  const sockets = async (): Promise<string> => (await lab.exec(side, ['ss', '-Hlntu'])).stdout
  await expect.poll(sockets, { timeout: 5000 }).toContain(`:${port} `)
}
