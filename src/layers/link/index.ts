/** Frames on a wire, and what is between them and the network layer. */
export * from './ethernet.js'
export * from './dot1q.js'
export * from './sll.js'
export * from './loopback.js'
export * from './mpls.js'
export * from './arp.js'
export * from './link-types.js'
