#!/usr/bin/env node
'use strict'
// Starts the bundled program (netshell.cjs beside this file) with the code that V8 compiled for it in an earlier run.
// Plain CommonJS and built-in modules only: every millisecond here is paid at each start.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const PROGRAM = path.join(__dirname, 'netshell.cjs')
/** The prompt and the commands run different parts of the program, so each has a cache of its own. */
const KIND = process.argv.length === 2 ? 'prompt' : 'command'
/** By then the prompt stands, and V8 has not yet thrown away functions that ran only once. */
const CACHE_AFTER_MS = 500

/** The program's exports. When there was no usable cache, one is written from what this run compiles. */
function load() {
  // The build escapes everything beyond ASCII; as Latin-1 no decoding is needed.
  const source = fs.readFileSync(PROGRAM, 'latin1')
  const cache = cacheOf(source)
  let cachedData
  try {
    cachedData = fs.readFileSync(cache)
  } catch {
    // First run with this version of Node.
  }
  const script = new vm.Script(source, { filename: PROGRAM, cachedData })
  if (cachedData === undefined || script.cachedDataRejected) keepCache(script, cache)
  const loaded = { exports: {} }
  script.runInThisContext()(loaded.exports, require, loaded, PROGRAM, __dirname, importModule)
  return loaded.exports
}

/**
 * The file of the code cache. V8 itself compares only its own version and the length of the source, so the build's mark, with
 * which the source begins, is part of the name: an older build that still runs can not leave its code to a newer one.
 */
function cacheOf(source) {
  const mark = source.slice(2, 18)
  return path.join(__dirname, `${KIND}-${mark}-${process.versions.v8}-${process.arch}.cache`)
}

/** `import()` for the program: in a script that came from a code cache, Node 20 refuses it (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING). */
function importModule(specifier, options) {
  return import(specifier, options)
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
load()
  .main(process.argv.slice(2))
  .then((code) => {
    // A script may have chosen one.
    if (code !== 0) process.exitCode = code
  })
