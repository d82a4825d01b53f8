/** Numbers of pcapng, draft-ietf-opsawg-pcapng §4 and §11, as far as they are used here. */

export const BLOCK_SECTION_HEADER = 0x0a0d0d0a
export const BLOCK_INTERFACE = 1
/** Obsolete, still written by old tools. */
export const BLOCK_PACKET = 2
export const BLOCK_SIMPLE_PACKET = 3
export const BLOCK_NAME_RESOLUTION = 4
export const BLOCK_INTERFACE_STATISTICS = 5
export const BLOCK_ENHANCED_PACKET = 6

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

export const OPTION_END = 0
export const OPTION_COMMENT = 1

export const SECTION_HARDWARE = 2
export const SECTION_OPERATING_SYSTEM = 3
export const SECTION_APPLICATION = 4

export const INTERFACE_NAME = 2
export const INTERFACE_DESCRIPTION = 3
export const INTERFACE_SPEED = 8
export const INTERFACE_TIME_RESOLUTION = 9
export const INTERFACE_FILTER = 11
export const INTERFACE_OPERATING_SYSTEM = 12
export const INTERFACE_FCS_LENGTH = 13
export const INTERFACE_TIME_OFFSET = 14
export const INTERFACE_HARDWARE = 15

export const STATISTICS_RECEIVED = 4
export const STATISTICS_DROPPED_BY_INTERFACE = 5
export const STATISTICS_DROPPED_BY_SYSTEM = 7

export const NAME_IPV4 = 1
export const NAME_IPV6 = 2

/** Names of the blocks, for messages. */
export const BLOCK_NAMES: Readonly<Record<number, string>> = {
  [BLOCK_SECTION_HEADER]: 'section header',
  [BLOCK_INTERFACE]: 'interface description',
  [BLOCK_PACKET]: 'packet',
  [BLOCK_SIMPLE_PACKET]: 'simple packet',
  [BLOCK_NAME_RESOLUTION]: 'name resolution',
  [BLOCK_INTERFACE_STATISTICS]: 'interface statistics',
  [BLOCK_ENHANCED_PACKET]: 'enhanced packet',
}

/** Bytes up to the next multiple of four. */
export function padded(length: number): number {
  return (length + 3) & ~3
}
