/** Files and whole folders between here and there. Each file has its name only when it is complete. */
import { promises as fs, type Stats } from 'node:fs'
import path from 'node:path'
import type { FileEntryWithStats } from 'ssh2'
import { download, temporaryName, upload } from './copy-file.js'
import { fileOf, isPlainName, type RemoteFile } from './remote-file.js'
import type { SftpCalls } from './sftp-calls.js'
import type { TransferResult } from './transfer-result.js'

/** A transfer while it runs. */
export interface Transfer {
  calls: SftpCalls
  result: TransferResult
  signal: AbortSignal
  /** So many bytes more are to be copied. */
  expect(bytes: number): void
  /** So many were. */
  moved(bytes: number): void
}

/** Folders within folders. */
const DEEPEST = 100

/** Copies one file here. */
export async function fileHere(transfer: Transfer, from: string, to: string, stats: RemoteFile): Promise<void> {
  const { calls, signal, result } = transfer
  if (stats.type !== 'file') {
    result.skipped.push({ path: from, why: 'it is neither a file nor a folder' })
    return
  }
  transfer.expect(stats.size)
  const temporary = temporaryName(to)
  const file = await fs.open(temporary, 'wx', 0o600)
  try {
    await download(calls, from, file, stats.size, transfer.moved, signal)
    // The other machine does not say who may write here.
    await file.chmod(stats.mode & 0o777 & ~process.umask())
    await file.close()
    await fs.rename(temporary, to)
  } catch (error) {
    await file.close().catch(() => undefined)
    await fs.rm(temporary, { force: true })
    throw error
  }
  result.files++
}

/** Copies one file there. */
export async function fileThere(transfer: Transfer, from: string, to: string, stats: Stats): Promise<void> {
  const { calls, signal, result } = transfer
  if (!stats.isFile()) {
    result.skipped.push({ path: from, why: 'it is neither a file nor a folder' })
    return
  }
  transfer.expect(stats.size)
  const temporary = temporaryName(to)
  const file = await fs.open(from, 'r')
  try {
    await upload(calls, file, temporary, stats.mode & 0o777, transfer.moved, signal)
    await calls.replace(temporary, to)
  } catch (error) {
    await calls.call<void>(temporary, (sftp, done) => sftp.unlink(temporary, done)).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
  result.files++
}

/** Copies a folder here. Names come from the other machine: none of them may lead out of the folder. */
export async function copyFolderHere(transfer: Transfer, from: string, to: string, depth = 0): Promise<void> {
  const { calls, result, signal } = transfer
  await fs.mkdir(to, { recursive: depth === 0 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // A link that is there by that name would lead elsewhere.
  if (depth > 0 && !(await fs.lstat(to)).isDirectory()) {
    result.skipped.push({ path: from, why: `${to} is there, and is no folder` })
    return
  }
  const entries = await calls.call<FileEntryWithStats[]>(from, (sftp, done) => sftp.readdir(from, done))
  for (const { filename, attrs } of entries) {
    signal.throwIfAborted()
    if (filename === '.' || filename === '..') continue
    const file = fileOf(filename, attrs)
    const there = `${from.replace(/\/$/, '')}/${filename}`
    if (!isPlainName(filename)) result.skipped.push({ path: there, why: 'the name leads out of the folder' })
    else if (file.type === 'link') result.skipped.push({ path: there, why: 'it is a link' })
    else if (file.type !== 'folder') await fileHere(transfer, there, path.join(to, filename), file)
    else if (depth < DEEPEST) await copyFolderHere(transfer, there, path.join(to, filename), depth + 1)
    else result.skipped.push({ path: there, why: 'folders within folders without end' })
  }
}

/** Copies a folder there. */
export async function copyFolderThere(transfer: Transfer, from: string, to: string): Promise<void> {
  const { calls, result, signal } = transfer
  await calls.makeFolders(to)
  for (const entry of await fs.readdir(from, { withFileTypes: true })) {
    signal.throwIfAborted()
    const [here, there] = [path.join(from, entry.name), path.posix.join(to, entry.name)]
    if (entry.isSymbolicLink()) result.skipped.push({ path: here, why: 'it is a link' })
    else if (entry.isDirectory()) await copyFolderThere(transfer, here, there)
    else await fileThere(transfer, here, there, await fs.stat(here))
  }
}
