import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** From the lowest bit up. */
const FLAGS = ['TC', 'proposal', 'role1', 'role2', 'learning', 'forwarding', 'agreement', 'TCA']

/** The number behind the text of flags. */
const flagNumber = (value: unknown): number | undefined =>
  typeof value === 'string'
    ? value.split('+').reduce((total, name) => total + (name === '' ? 0 : 1 << FLAGS.indexOf(name)), 0)
    : undefined

export const agreement: VectorAgreement = {
  vectors: ['llc', 'stp', 'chdlc', 'macsec', 'mpls-pseudo-wire'],
  protocols: {
    llc: /^LLC$/,
    stp: /^STP$/,
    chdlc: /^CHDLC$/,
    slarp: /^SLARP$/,
    macsec: /^MACsec$/,
    pwethcw: /^EoMCW$/,
  },
  rows: [
    field('llc.dsap', 'LLC', 'dsap'),
    field('llc.ssap', 'LLC', 'ssap'),
    field('llc.control.n_r', 'LLC', 'nr'),
    field('llc.oui', 'SNAP', 'OUI'),
    field('stp.protocol', 'STP', 'proto'),
    field('stp.version', 'STP', 'version'),
    field('stp.type', 'STP', 'bpdutype'),
    field('stp.flags', 'STP', 'bpduflags', undefined, flagNumber),
    row('stp.root.prio', 'STP', ({ fields }) => masked(fields.rootid, 0xf000)),
    row('stp.root.ext', 'STP', ({ fields }) => masked(fields.rootid, 0x0fff)),
    field('stp.root.hw', 'STP', 'rootmac', same),
    field('stp.root.cost', 'STP', 'pathcost'),
    row('stp.bridge.prio', 'STP', ({ fields }) => masked(fields.bridgeid, 0xf000)),
    field('stp.bridge.hw', 'STP', 'bridgemac', same),
    field('stp.port', 'STP', 'portid'),
    field('stp.msg_age', 'STP', 'age', same),
    field('stp.max_age', 'STP', 'maxage', same),
    field('stp.hello', 'STP', 'hellotime', same),
    field('stp.forward', 'STP', 'fwddelay', same),
    field('stp.version_1_length', 'STP', 'version1len'),
    field('stp.pvst.origvlan', 'STP_PVID', 'vlan'),
    field('mstp.version_3_length', 'MSTP', 'version3len'),
    field('mstp.config_name', 'MSTP', 'configname', same),
    field('mstp.config_revision_level', 'MSTP', 'revision'),
    field('mstp.config_digest', 'MSTP', 'digest', (text) => text.replaceAll(':', '')),
    field('mstp.cist_internal_root_path_cost', 'MSTP', 'intpathcost'),
    field('mstp.cist_bridge.hw', 'MSTP', 'cistmac', same),
    field('mstp.cist_remaining_hops', 'MSTP', 'hops'),
    row('mstp.msti.root_cost', 'MSTP', ({ fields }) => trees(fields).map(({ pathcost }) => pathcost)),
    row('mstp.msti.root.hw', 'MSTP', ({ fields }) => trees(fields).map(({ rootmac }) => rootmac), same),
    row('mstp.msti.remaining_hops', 'MSTP', ({ fields }) => trees(fields).map(({ hops }) => hops)),
    field('chdlc.address', 'CHDLC', 'address'),
    field('chdlc.protocol', 'CHDLC', 'proto'),
    field('slarp.ptype', 'SLARP', 'code'),
    field('slarp.mysequence', 'SLARP', 'mysequence'),
    field('slarp.yoursequence', 'SLARP', 'yoursequence'),
    field('macsec.SL', 'MACsec', 'SL'),
    field('macsec.PN', 'MACsec', 'PN'),
    field('macsec.SCI.system_identifier', 'MACsec', 'system_identifier', same),
    field('macsec.SCI.port_identifier', 'MACsec', 'port_identifier'),
    field('macsec.TCI.E', 'MACsec', 'E'),
    field('macsec.TCI.C', 'MACsec', 'C'),
    field('macsec.TCI.ES', 'MACsec', 'ES'),
    field('macsec.AN', 'MACsec', 'AN'),
    field('pweth.cw.sequence_number', 'EoMCW', 'seq'),
  ],
  except: { 'version 4, whose own part is bytes': 'tshark reads the part of version 4 too, which is bytes here' },
}

const masked = (value: unknown, mask: number): number | undefined =>
  typeof value === 'number' ? value & mask : undefined

function trees(fields: Record<string, unknown>): Record<string, unknown>[] {
  return ((fields.mstis ?? []) as { fields: Record<string, unknown> }[]).map((each) => each.fields)
}
