import type { CompiledFilter } from '../capture/index.js'
import { compileFilter, type FrameFilter, LINKTYPE_ETHERNET, validateFilter } from '../link/index.js'

/**
 * A BPF expression for packets of files, compiled for each link type when a packet of it comes.
 * @throws LinkError for an expression that libpcap does not understand
 */
export function fileFilter(expression: string): CompiledFilter {
  validateFilter(expression, LINKTYPE_ETHERNET)
  const compiled = new Map<number, FrameFilter>()
  return {
    matches(bytes, linkType, originalLength) {
      let filter = compiled.get(linkType)
      if (filter === undefined) {
        filter = compileFilter(expression, linkType)
        compiled.set(linkType, filter)
      }
      return filter(bytes, originalLength)
    },
  }
}
