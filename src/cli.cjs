#!/usr/bin/env node
'use strict'
// Starts the bundled program (netshell.cjs beside this file) with the code that V8 compiled for it in an earlier run, and loads the
// other parts of it when they are asked for (scripts/program-parts.mjs makes them).
// Plain CommonJS and built-in modules only: every millisecond here is paid at each start.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const PROGRAM = path.join(__dirname, 'netshell.cjs')
/** The prompt and the commands run different parts of the program, so each has a cache of its own. */
const KIND = process.argv.length === 2 ? 'prompt' : 'command'
/** By then the prompt stands, and V8 has not yet thrown away functions that ran only once. */
const CACHE_AFTER_MS = 500

/** Parts that run, by name. */
const loaded = new Map()
/** The exports of modules that parts have asked each other for. */
const asked = new Map()
/** Files of the parts that wait. They are open from the start, so that a newer build in their place is not mixed with this one. */
const waiting = new Map()

/** Runs a part of the program; gives its exports. When there was no usable cache, one is written from what this run compiles. */
function load(name) {
  if (loaded.has(name)) return loaded.get(name).exports
  const file = path.join(__dirname, `${name}.cjs`)
  const opened = waiting.get(name)
  // The build escapes everything beyond ASCII; as Latin-1 no decoding is needed.
  const source = fs.readFileSync(opened ?? file, 'latin1')
  if (opened !== undefined) fs.closeSync(opened)
  const cache = cacheOf(source)
  let cachedData
  try {
    cachedData = fs.readFileSync(cache)
  } catch {
    // First run with this version of Node.
  }
  const script = new vm.Script(source, { filename: file, cachedData })
  if (cachedData === undefined || script.cachedDataRejected) keepCache(script, cache)
  const part = { exports: {} }
  loaded.set(name, part)
  script.runInThisContext()(part.exports, requireModule, part, PROGRAM, __dirname, importModule)
  return part.exports
}

/** `require` for the program: `part:` and `later:` are modules of its parts. */
function requireModule(id) {
  const [how, part, module] = id.split(':')
  if (how === 'part') return exportsOf(part, module)
  if (how === 'later') return standIn(part, module)
  return require(id)
}

function exportsOf(part, module) {
  if (!asked.has(module)) asked.set(module, load(part).modules()[module]())
  return asked.get(module)
}

/** An object that loads a module when the first of its exports is used, and from then on has them all. */
function standIn(part, module) {
  const get = (_, wanted) => {
    const found = exportsOf(part, module)
    Object.setPrototypeOf(exported, null)
    for (const name of Object.getOwnPropertyNames(found)) {
      // Nobody assigns to the name of a function or class, and V8 calls a value faster than what a getter gives.
      const descriptor =
        typeof found[name] === 'function' ? { value: found[name] } : Object.getOwnPropertyDescriptor(found, name)
      Object.defineProperty(exported, name, descriptor)
    }
    return exported[wanted]
  }
  const exported = Object.create(new Proxy({}, { get }))
  return exported
}

/**
 * The file of the code cache. V8 itself compares only its own version and the length of the source, so the build's mark, with
 * which the source begins, is part of the name: an older build that still runs can not leave its code to a newer one.
 */
function cacheOf(source) {
  const mark = source.slice(2, 18)
  return path.join(__dirname, `${KIND}-${mark}-${process.versions.v8}-${process.arch}.cache`)
}

/**
 * `import()` for the program. Node's own would not know its parts, and in a script that came from a code cache Node 20 refuses it
 * (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING).
 */
async function importModule(specifier, options) {
  return /^part:/.test(specifier) ? requireModule(specifier) : import(specifier, options)
}

function keepCache(script, cache) {
  let kept = false
  const keep = () => {
    if (kept) return
    kept = true
    const temporary = `${cache}.${process.pid}`
    try {
      fs.writeFileSync(temporary, script.createCachedData())
      fs.renameSync(temporary, cache)
    } catch {
      // Installed where this user may not write: only the start is slower.
      removeQuietly(temporary)
    }
  }
  setTimeout(keep, CACHE_AFTER_MS).unref()
  process.once('exit', keep)
}

function removeQuietly(file) {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // It could not be written either.
  }
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`netshell needs Node.js 20.19 or newer; this is ${process.version}. See https://nodejs.org\n`)
  process.exit(1)
}
const { main, parts = [] } = load('netshell')
for (const name of parts) if (!loaded.has(name)) waiting.set(name, fs.openSync(path.join(__dirname, `${name}.cjs`)))
main(process.argv.slice(2)).then((code) => {
  // A script may have chosen one.
  if (code !== 0) process.exitCode = code
})
