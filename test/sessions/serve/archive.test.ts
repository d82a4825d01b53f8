/** Archives of all kinds, judged by the programs that people unpack them with. */
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { archiveResource } from '../../../src/sessions/serve/archive/index.js'
import { must, run } from '../../lab/process.js'
import { found, linkedTreeHere, ODD_NAMES, packed, put, sums, treeHere, untar } from './archiving.js'
import { at, download, folderHere, served } from './serving.js'

const CHECKS = {
  tar: ['tar', 'tf'],
  'tar.gz': ['gzip', '-t'],
  'tar.bz2': ['bzip2', '-t'],
  'tar.zst': ['zstd', '-qt'],
} as const
/** unzip takes names for what the locale says. */
const UTF8 = { environment: { LC_ALL: 'C.UTF-8' } }
const FORMATS = ['tar', 'tar.gz', 'tar.bz2', 'tar.zst'] as const

describe.each(FORMATS)('%s', (format) => {
  it('is what the program for it takes, and tar unpacks it to the same files, modes, times and links', async () => {
    const tree = linkedTreeHere()
    const { file, told } = await packed(tree, format)
    await must([...CHECKS[format], file])
    const copy = path.join(await untar(file), 'tree')
    expect(await found(copy)).toEqual(await found(tree))
    expect(await sums(copy)).toEqual(await sums(tree))
    // %n: how many names a file has.
    expect(await found(copy, '%y %n')).toEqual(await found(tree, '%y %n'))
    expect(told).toEqual([])
  })

  it('is read by Python, which finds the same names', async () => {
    const tree = treeHere()
    const { file } = await packed(tree, format === 'tar.zst' ? 'tar' : format)
    const program = 'import sys, tarfile, json; print(json.dumps(tarfile.open(sys.argv[1]).getnames()))'
    const names = JSON.parse(await must(['/usr/bin/python3', '-c', program, file])) as string[]
    const real = await must(['find', 'tree', '-print0'], { folder: path.dirname(tree) })
    expect(names.sort()).toEqual(real.split('\0').filter(Boolean).sort())
  })

  it('is one of a folder with nothing in it, too', async () => {
    const { file } = await packed(folderHere(), format)
    await must([...CHECKS[format], file])
    expect((await must(['tar', 'tvf', file])).trim().split('\n')).toHaveLength(1)
  })
})

describe('zip', () => {
  /** Unpacks with Python, and gives what it found there. */
  async function unzipped(file: string): Promise<string> {
    const folder = folderHere()
    const program = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])`
    await must(['/usr/bin/python3', '-c', program, file, folder])
    return folder
  }

  it('is what unzip and Python take, with the same files', async () => {
    const tree = treeHere()
    const { file, told } = await packed(tree, 'zip')
    await must(['unzip', '-tq', file], UTF8)
    const copy = path.join(await unzipped(file), 'tree')
    const plain = (lines: string[]) => lines.filter((line) => !/odd\/(?:c[:_]|back|line)/.test(line))
    expect(plain(await sums(copy))).toEqual(plain(await sums(tree)))
    expect(plain(await found(copy, '%y'))).toEqual(plain(await found(tree, '%y')))
    expect(told).toEqual([])
  })

  it('names files so that no system takes a part of them for a drive or a folder', async () => {
    const { file } = await packed(treeHere(), 'zip')
    const program = 'import sys, zipfile, json; print(json.dumps(zipfile.ZipFile(sys.argv[1]).namelist()))'
    const names = JSON.parse(await must(['/usr/bin/python3', '-c', program, file])) as string[]
    expect(names).toContain('tree/odd/back_slash')
    expect(names).toContain('tree/odd/données – 日本語 – 🎉.txt')
    expect(names.filter((name) => name.includes('\\'))).toEqual([])
    expect(names.filter((name) => name.startsWith('tree/odd/'))).toHaveLength(ODD_NAMES.length + 4)
  })

  it('keeps modes and times', async () => {
    const tree = treeHere()
    // Times of zip archives are even, and those of local headers begin in 1980.
    await must(['find', tree, '-exec', 'touch', '-d', '@1700000000', '{}', '+'])
    await must(['touch', '-d', '@1000000000', path.join(tree, 'empty folder')])
    const { file } = await packed(tree, 'zip')
    const copy = folderHere()
    await must(['unzip', '-q', file, '-x', '*odd*', '-d', copy])
    const expected = (await found(tree, '%y %m %Ts')).filter((line) => !line.startsWith('odd'))
    expect(await found(path.join(copy, 'tree'), '%y %m %Ts')).toEqual(expected)
  })

  it('has the bytes of the file where a link leads to one inside, and no link', async () => {
    const { file } = await packed(linkedTreeHere(), 'zip')
    const copy = path.join(await unzipped(file), 'tree')
    expect(await must(['cat', 'link to file'], { folder: copy })).toBe('small\n')
    expect(
      await must(['find', '.', '-name', 'link to folder', '-o', '-name', 'link to nothing'], { folder: copy }),
    ).toBe('')
  })

  it('holds more files than the first form of zip could count', async () => {
    const folder = folderHere()
    const sources = Array.from({ length: 66_000 }, (_, i) => ({ path: folder, name: `${i}` }))
    const archive = archiveResource(sources, 'zip', { name: 'many' })
    const file = path.join(folderHere(), 'many.zip')
    await pipeline(archive.read(0, undefined), createWriteStream(file))
    const program = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))'
    expect(Number(await must(['/usr/bin/python3', '-c', program, file]))).toBe(66_000)
    expect(await must(['unzip', '-Zt', file], { timeout: 30_000 })).toContain('66000 files')
  }, 90_000)
})

describe('what is in an archive', () => {
  it('has no hidden files, unless they are asked for', async () => {
    const tree = path.join(folderHere(), 'tree')
    put(tree, 'shown', '')
    put(tree, '.secret', '')
    put(tree, '.git/config', '')
    const names = async (hidden: boolean) =>
      (await must(['tar', 'tf', (await packed(tree, 'tar', { hidden })).file])).trim().split('\n').sort()
    expect(await names(false)).toEqual(['tree/', 'tree/shown'])
    expect(await names(true)).toEqual(['tree/', 'tree/.git/', 'tree/.git/config', 'tree/.secret', 'tree/shown'])
  })

  it('has no programs that run with the rights of their owner', async () => {
    const tree = path.join(folderHere(), 'tree')
    const file = put(tree, 'program', '')
    await must(['chmod', '6755', file])
    await must(['chmod', '2775', tree])
    const { file: archive } = await packed(tree, 'tar')
    const list = await must(['tar', 'tvf', archive])
    expect(list).toMatch(/^drwxrwxr-x.*tree\/\n-rwxr-xr-x.*tree\/program\n$/)
  })

  it('is the same each time', async () => {
    const tree = treeHere()
    const [first, second] = [await packed(tree, 'tar.gz'), await packed(tree, 'tar.gz')]
    await must(['cmp', first.file, second.file])
  })

  it('has times before 1970 and after 2038', async () => {
    const tree = path.join(folderHere(), 'tree')
    await must(['touch', '-d', '@-86400', put(tree, 'before', '')])
    await must(['touch', '-d', '@4102444800', put(tree, 'after', '')])
    const copy = path.join(await untar((await packed(tree, 'tar')).file), 'tree')
    expect(await found(copy, '%Ts')).toEqual(['after\t4102444800', 'before\t-86400'])
  })
})

describe('from the server', () => {
  it.each(['tar.gz', 'zip'] as const)('curl gets a folder as %s, by its query and by its name', async (format) => {
    const tree = treeHere()
    const server = await served(tree)
    for (const place of [`/?archive=${format}`, `/tree.${format}`]) {
      const file = path.join(folderHere(), `copy.${format}`)
      expect(await download(at(server, place), file)).toBe(0)
      await must(format === 'zip' ? ['unzip', '-tq', file] : ['gzip', '-t', file], UTF8)
    }
    const inside = path.join(folderHere(), 'inside')
    expect(await download(at(server, `/deep/er/?archive=${format}`), inside)).toBe(0)
    const { stdout } = await run(format === 'zip' ? ['unzip', '-Z1', inside] : ['tar', 'tzf', inside])
    expect(stdout.trim().split('\n')).toEqual(['er/', 'er/and/', 'er/and/deeper/', 'er/and/deeper/file'])
  })
})
