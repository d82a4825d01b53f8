/** Numbers of Linux for sockets: linux/socket.h, asm-generic/socket.h, linux/net.h, linux/in.h, linux/in6.h. */

// Families of addresses.
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17

// Types of sockets, and flags with them.
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000

// The level of the options below.
export const SOL_SOCKET = 1

export const SO_REUSEADDR = 2
export const SO_ERROR = 4
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_RCVTIMEO = 20
export const SO_BINDTODEVICE = 25
export const SO_ATTACH_FILTER = 26
export const SO_SNDBUFFORCE = 32

// Protocols, which are levels of options too.
export const IPPROTO_IP = 0
export const IPPROTO_ICMP = 1
export const IPPROTO_IPV6 = 41
export const IPPROTO_ICMPV6 = 58
export const IPPROTO_RAW = 255

// Flags of a message.
export const MSG_DONTWAIT = 0x40
export const MSG_ERRQUEUE = 0x2000
