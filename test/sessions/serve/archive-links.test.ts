/** Links in archives: nothing outside of the folder is given, and nothing that leads there. */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { must } from '../../lab/process.js'
import { packed, put } from './archiving.js'
import { at, download, folderHere, served } from './serving.js'

/** A folder `tree` beside one that is not given. */
function treeWithSecrets(): { tree: string; outside: string } {
  const place = folderHere()
  const outside = path.join(place, 'outside')
  put(outside, 'secret.txt', 'secret\n')
  const tree = path.join(place, 'tree')
  put(tree, 'inside.txt', 'inside\n')
  mkdirSync(path.join(tree, 'sub'))
  return { tree, outside }
}

/** Name and target of the links in a tar archive, as tar lists them. */
async function links(file: string): Promise<string[]> {
  const list = await must(['tar', 'tvf', file])
  return list.split('\n').flatMap((line) => /\S+ -> \S+$/.exec(line) ?? [])
}

describe('symbolic links', () => {
  it('that lead out are in no archive, whatever way they take', async () => {
    const { tree, outside } = treeWithSecrets()
    const secret = path.join(outside, 'secret.txt')
    const ways: [name: string, target: string][] = [
      ['absolute', secret],
      ['folder', outside],
      ['relative', '../outside/secret.txt'],
      ['sub/deep', '../../outside'],
      ['root', '/'],
      ['up', '..'],
      ['beside', '../tree2'],
      ['around', '../outside/../outside/secret.txt'],
      ['nothing', '../nothing'],
      ['second', 'absolute'],
      ['through', 'folder/secret.txt'],
      // Inside as it is written; but sub2 is deeper than it looks.
      ['sub2', 'sub'],
      ['climbs', 'sub2/../../later'],
      ['proc', '/proc/self/cwd'],
    ]
    put(`${tree}2`, 'secret.txt', 'secret\n')
    for (const [name, target] of ways) symlinkSync(target, path.join(tree, name))
    const { file } = await packed(tree, 'tar')
    expect(await links(file)).toEqual(['tree/sub2 -> sub'])
    const { file: zip } = await packed(tree, 'zip')
    const program = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print([(name, archive.read(name)) for name in sorted(archive.namelist())])`
    expect((await must(['/usr/bin/python3', '-c', program, zip])).trim()).toBe(
      "[('tree/', b''), ('tree/inside.txt', b'inside\\n'), ('tree/sub/', b'')]",
    )
  })

  it('that lead inside say where, relative to where they are', async () => {
    const { tree } = treeWithSecrets()
    symlinkSync('inside.txt', path.join(tree, 'plain'))
    symlinkSync('../inside.txt', path.join(tree, 'sub/up'))
    symlinkSync(path.join(tree, 'inside.txt'), path.join(tree, 'sub/absolute'))
    symlinkSync(tree, path.join(tree, 'sub/top'))
    symlinkSync('.', path.join(tree, 'circle'))
    const { file } = await packed(tree, 'tar')
    expect(await links(file)).toEqual([
      'tree/circle -> .',
      'tree/plain -> inside.txt',
      'tree/sub/absolute -> ../inside.txt',
      'tree/sub/top -> ..',
      'tree/sub/up -> ../inside.txt',
    ])
    // What may be unpacked without trust in who has made it, as Python sees it.
    const program = `import sys, tarfile
archive = tarfile.open(sys.argv[1])
archive.extractall(sys.argv[2], **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))`
    await must(['/usr/bin/python3', '-c', program, file, folderHere()])
  })

  it('lead to nothing hidden, when hidden files are not asked for', async () => {
    const { tree } = treeWithSecrets()
    put(tree, '.hidden', 'hidden\n')
    symlinkSync('.hidden', path.join(tree, 'shown'))
    expect(await links((await packed(tree, 'tar')).file)).toEqual([])
    expect(await must(['unzip', '-Z1', (await packed(tree, 'zip')).file])).not.toContain('shown')
    expect(await links((await packed(tree, 'tar', { hidden: true })).file)).toEqual(['tree/shown -> .hidden'])
  })

  it('of a part of the folder lead to what is in that part only', async () => {
    const { tree } = treeWithSecrets()
    symlinkSync('../inside.txt', path.join(tree, 'sub/up'))
    put(tree, 'sub/here', '')
    symlinkSync('here', path.join(tree, 'sub/link'))
    const server = await served(tree)
    const file = path.join(folderHere(), 'sub.tar')
    expect(await download(at(server, '/sub/?archive=tar'), file)).toBe(0)
    expect(await links(file)).toEqual(['sub/link -> here'])
  })

  it('a folder that is named by a link is the one that it leads to', async () => {
    const { tree } = treeWithSecrets()
    const link = path.join(folderHere(), 'link')
    symlinkSync(tree, link)
    const list = await must(['tar', 'tf', (await packed(link, 'tar')).file])
    expect(list.trim().split('\n')).toEqual(['link/', 'link/inside.txt', 'link/sub/'])
  })

  it('a folder that becomes a link to elsewhere meanwhile is not followed', async () => {
    const { tree, outside } = treeWithSecrets()
    for (let i = 0; i < 100; i++) put(tree, `sub/${i}/secret.txt`, 'mine\n')
    const sub = path.join(tree, 'sub')
    for (let i = 0; i < 100; i++) put(outside, `${i}/secret.txt`, 'secret\n')
    let isOver = false
    const swapping = (async () => {
      while (!isOver) {
        renameSync(sub, `${sub}.away`)
        symlinkSync(outside, sub)
        await new Promise((resolve) => setImmediate(resolve))
        renameSync(sub, `${sub}.link`)
        renameSync(`${sub}.away`, sub)
        await new Promise((resolve) => setTimeout(resolve, 1))
        rmSync(`${sub}.link`)
      }
    })()
    try {
      for (let i = 0; i < 5; i++) {
        const { file } = await packed(tree, 'tar')
        expect(await must(['tar', 'xOf', file])).not.toContain('secret')
      }
    } finally {
      isOver = true
      await swapping
    }
  }, 60_000)
})
