#!/usr/bin/env netshell
// Prints a text again and again: how a script declares what it takes.
//
//   netshell run scripts/params.nsh --help
//   netshell run scripts/params.nsh bonjour
//   netshell run scripts/params.nsh bonjour -r 3 --case upper --numbered

// What each call of param() says is read before the script runs. So --help can tell it, and a wrong command line never gets
// as far as the first statement: it ends the script with exit code 2.

// A positional parameter is given by its place. This one must be there.
const lachaine = param('lachaine', { required: true, positional: true, help: 'the text to print' })

// One that has a name: --repete 3, or -r 3. What it gives is a number, not a text, and is checked to be one.
const repete = param('repete', { type: 'int', default: 2, min: 1, max: 100, short: 'r', help: 'how often' })

// Only one of these words.
const letters = param('case', { choices: ['as-is', 'upper', 'lower'], default: 'as-is', help: 'letters to print it in' })

// A flag: --numbered turns it on.
const numbered = param('numbered', { type: 'boolean', help: 'begin each line with its number' })

// A time, with its unit or in seconds: --pause 500ms, --pause 0.5.
const pause = param('pause', { type: 'duration', default: 0, help: 'how long to wait between two lines' })

function dressed(text) {
  if (letters === 'upper') return text.toUpperCase()
  return letters === 'lower' ? text.toLowerCase() : text
}

for (let line = 1; line <= repete; line++) {
  if (line > 1) sleep(pause)
  print(numbered ? `${line}. ${dressed(lachaine)}` : dressed(lachaine))
}
