import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const records = ({ fields }: OurLayer): Record<string, unknown>[] =>
  ((fields.records ?? []) as OurLayer[]).map((each) => each.fields)

/** Messages of PIM version 1, and those of routers: tshark reads no checksum of theirs. */
const PIM = 0x14
const UNREAD: readonly unknown[] = [PIM, 0x30, 0x31, 0x32]

export const agreement: VectorAgreement = {
  vectors: ['igmp'],
  protocols: { igmp: /^IGMP/ },
  rows: [
    row('igmp.type', /^IGMP(v3)?$/, ({ fields }) => (fields.type === PIM ? undefined : fields.type)),
    row('igmp.checksum', /^IGMP(v3)?$/, ({ fields }) => (UNREAD.includes(fields.type) ? undefined : fields.chksum)),
    field('igmp.s', 'IGMPv3mq', 's'),
    field('igmp.qrv', 'IGMPv3mq', 'qrv'),
    field('igmp.qqic', 'IGMPv3mq', 'qqic'),
    row('igmp.num_src', /^IGMPv3m[qr]$/, (layer) => layer.fields.numsrc ?? records(layer).map((each) => each.numsrc)),
    row(
      'igmp.saddr',
      /^IGMPv3m[qr]$/,
      (layer) => layer.fields.srcaddrs ?? records(layer).map((each) => each.srcaddrs),
      same,
    ),
    field('igmp.num_grp_recs', 'IGMPv3mr', 'numgrp'),
    row('igmp.record_type', 'IGMPv3mr', (layer) => records(layer).map((each) => each.rtype)),
    row(
      'igmp.maddr',
      /^IGMP(v3m[qr])?$/,
      (layer) => layer.fields.gaddr ?? records(layer).map((each) => each.maddr),
      same,
    ),
  ],
}
