import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const options = (member: string) => (layer: OurLayer) =>
  (layer.fields.options as OurLayer[]).map(({ fields }) => fields[member])

export const agreement: VectorAgreement = {
  vectors: ['tftp'],
  protocols: { tftp: /^TFTP$/ },
  rows: [
    field('tftp.opcode', 'TFTP', 'op'),
    field('tftp.source_file', 'TFTP_RRQ', 'filename', same),
    field('tftp.destination_file', 'TFTP_WRQ', 'filename', same),
    field('tftp.type', /^TFTP_[RW]RQ$/, 'mode', same),
    row('tftp.option.name', 'TFTP_Options', options('oname'), same),
    row('tftp.option.value', 'TFTP_Options', options('value'), same),
    field('tftp.block', /^TFTP_(DATA|ACK)$/, 'block'),
    field('tftp.error.code', 'TFTP_ERROR', 'errorcode'),
    field('tftp.error.message', 'TFTP_ERROR', 'errormsg', same),
  ],
}
