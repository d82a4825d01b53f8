export { EXPORT_FORMATS, type ExportFormat, exportPacket } from './export-packet.js'
export { fromScapy } from './from-scapy.js'
export { type HexdumpOptions, importHexdump } from './import-hexdump.js'
export { toScapy } from './to-scapy.js'
