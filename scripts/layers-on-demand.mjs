import path from 'node:path'

/** The program declares most layers when they are needed: see src/layers/on-demand.ts. */
export const layersOnDemand = {
  name: 'layers on demand',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(?:all|groups)\.js$/ }, ({ importer, resolveDir, kind }) =>
      kind === 'import-statement' && importer.endsWith('/src/layers/index.ts')
        ? { path: path.join(resolveDir, 'on-demand.ts') }
        : undefined,
    )
  },
}
