/**
 * Numbers of link types. In capture files and in all of netshell they are LINKTYPE values; libpcap's functions take and
 * give DLT values, which differ for a few types and between systems (https://www.tcpdump.org/linktypes.html).
 */

export const LINKTYPE_NULL = 0
export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_RAW = 101
export const LINKTYPE_LINUX_SLL = 113
export const LINKTYPE_LINUX_SLL2 = 276

/** DLT_RAW here; OpenBSD's is 14. */
const DLT_RAW = process.platform === 'openbsd' ? 14 : 12

/** The LINKTYPE number of a DLT number of this system. */
export function linkTypeOfDataLink(dataLink: number): number {
  return dataLink === DLT_RAW ? LINKTYPE_RAW : dataLink
}

/** The DLT number that libpcap here takes for a LINKTYPE number. */
export function dataLinkOfLinkType(linkType: number): number {
  return linkType === LINKTYPE_RAW ? DLT_RAW : linkType
}

/**
 * ARPHRD numbers (Linux, if_arp.h) of interfaces whose frames start with the IP header: tun devices and WireGuard; raw
 * IP of mobile networks.
 */
const RAW_HARDWARE = new Set([65534, 519])

/**
 * LINKTYPE number that libpcap reports for an interface of this ARPHRD number, or undefined when only opening it tells.
 */
export function linkTypeOfHardware(hardware: number): number | undefined {
  // 772 is the loopback, which has an Ethernet header of zeros.
  if (hardware === 1 || hardware === 772) return LINKTYPE_ETHERNET
  if (RAW_HARDWARE.has(hardware)) return LINKTYPE_RAW
  return undefined
}
