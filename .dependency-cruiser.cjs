'use strict'
// Imports run one way: a folder may import only from those before it in this list.
const FOLDERS = ['packet', 'layers', 'capture', 'link', 'exchange', 'tools', 'sessions', 'commands', 'repl']

const directionRules = FOLDERS.map((folder, position) => ({
  name: `direction-${folder}`,
  comment: `src/${folder} may import only from itself${position > 0 ? ` and ${FOLDERS.slice(0, position).join(', ')}` : ''}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${FOLDERS.slice(0, position + 1).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...directionRules,
    {
      name: 'known-folders',
      comment: 'A new folder in src/ takes its place in FOLDERS first.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${FOLDERS.join('|')})/` },
    },
    {
      name: 'program-not-in-library',
      comment: 'The library has neither commands nor prompt in it.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/(commands|repl|main)' },
    },
    {
      name: 'no-circles',
      comment:
        'Modules that import each other load in an order nobody sees. Types alone may go in circles: they are gone at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'sources-only',
      comment: 'What is shipped imports nothing from tests, benchmarks and scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'shipped-dependencies',
      comment: 'What is shipped imports only packages under "dependencies" in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'The imported file or package must exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
    builtInModules: { add: [] },
    cache: false,
  },
}
