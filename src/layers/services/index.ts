/** Services that a network lives on: names, addresses, time, management, files. */
export * from './dns.js'
export * from './dhcp.js'
