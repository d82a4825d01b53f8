/** The library: everything that the prompt has preloaded, typed. `import { IP, ICMP, sr1 } from 'netshell'`. */
export * from './packet/index.js'
export * from './layers/index.js'
