/** Times as the queries of IGMP and MLD write them: plain numbers when small, floating-point ones above. */

/** The value that a code of 8 bits stands for: itself below 128, a floating-point number from there on. RFC 3376 §4.1.1. */
export function codeValue(code: number): number {
  return code < 128 ? code : ((code & 15) | 16) << (((code >>> 4) & 7) + 3)
}

/** The milliseconds that 16 bits of MLD version 2 stand for: itself below 32768, a floating-point number from there on. RFC 3810 §5.1.3. */
export function delayValue(code: number): number {
  return code < 32768 ? code : ((code & 0xfff) | 0x1000) << (((code >>> 12) & 7) + 3)
}
