/** What each test of signing in has: a provider for all of a file; a folder of its own, and what it was told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type OidcPeer, startOidc, Told } from './oauth-peers.js'

export let peer: OidcPeer
export let told: Told
export let folder: string

/** Called at the top of a file of tests. */
export function useOidc(): void {
  beforeAll(async () => {
    peer = await startOidc()
  })
  afterAll(() => peer?.close())
  beforeEach(() => {
    told = new Told()
    folder = mkdtempSync(path.join(tmpdir(), 'netshell-oauth-'))
    peer.grants.length = 0
  })
  afterEach(() => {
    told.end()
    rmSync(folder, { recursive: true, force: true })
  })
}
