import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const HEADER = /^OSPF(v3)?_Hdr$/
const HELLO = /^OSPF(v3)?_Hello$/
const WITH_LSAS = /^OSPF(v3)?_(LSUpd|LSAck|DBDesc)$/
const lsas = ({ fields }: OurLayer): OurLayer[] =>
  (fields.lsalist ?? fields.lsaheaders ?? fields.requests ?? []) as OurLayer[]
const ofLsas = (key: string) => (layer: OurLayer) => lsas(layer).map((each) => each.fields[key])
const ofType = (name: string, key: string) => (layer: OurLayer) =>
  lsas(layer)
    .filter((each) => each.name === name)
    .map((each) => each.fields[key])
const ADVERTISEMENTS = /^OSPF_(NSSA_)?External_LSA$/
const OPTIONS_2 = ['MT', 'E', 'MC', 'NP', 'L', 'DC', 'O', 'DN']
const ROUTER_FLAGS = ['B', 'E', 'V', 'W', 'Nt']
/** The number behind the text of flags, from the lowest bit up. */
const bits = (names: readonly string[]) => (value: unknown) =>
  typeof value === 'string'
    ? value.split('+').reduce((total, name) => total + (name === '' ? 0 : 1 << names.indexOf(name)), 0)
    : undefined
const ofTypes = (names: RegExp, key: string) => (layer: OurLayer) =>
  lsas(layer)
    .filter((each) => names.test(each.name))
    .map((each) => each.fields[key])
/** tshark takes the identifiers of opaque ones apart. */
const notOpaque = (layer: OurLayer) =>
  lsas(layer)
    .filter((each) => (each.fields.type as number) < 9)
    .map((each) => each.fields.id)
const links = (key: string) => (layer: OurLayer) =>
  lsas(layer)
    .filter((each) => each.name === 'OSPF_Router_LSA')
    .flatMap((each) => (each.fields.linklist as OurLayer[]).map((link) => link.fields[key]))

/** The prefixes of a link state, in it or in its list. */
const prefixes = ({ fields }: OurLayer): unknown[] =>
  fields.prefix === undefined
    ? ((fields.prefixlist ?? []) as OurLayer[]).map((each) => each.fields.prefix)
    : [fields.prefix]

export const agreement: VectorAgreement = {
  vectors: ['ospf', 'ospfv3'],
  protocols: { ospf: HEADER },
  rows: [
    field('ospf.version', HEADER, 'version'),
    field('ospf.msg', HEADER, 'type'),
    field('ospf.packet_length', HEADER, 'len'),
    field('ospf.srcrouter', HEADER, 'src', same),
    field('ospf.area_id', HEADER, 'area', same),
    field('ospf.checksum', HEADER, 'chksum'),
    field('ospf.instance_id', 'OSPFv3_Hdr', 'instance'),
    field('ospf.auth.type', 'OSPF_Hdr', 'authtype'),
    field('ospf.auth.crypt.key_id', 'OSPF_Hdr', 'keyid'),
    field('ospf.auth.crypt.data_length', 'OSPF_Hdr', 'authdatalen'),
    field('ospf.auth.crypt.seq_nbr', 'OSPF_Hdr', 'seq'),
    field('ospf.auth.crypt.data', 'OSPF_Digest', 'digest', same),
    row('ospf.auth.simple', 'OSPF_Hdr', ({ fields }) => (fields.authtype === 1 ? fields.authdata : undefined), same),
    field('ospf.hello.network_mask', 'OSPF_Hello', 'mask', same),
    field('ospf.hello.interface_id', 'OSPFv3_Hello', 'intid'),
    field('ospf.hello.hello_interval', HELLO, 'hellointerval'),
    field('ospf.hello.router_priority', HELLO, 'prio'),
    field('ospf.hello.router_dead_interval', HELLO, 'deadinterval'),
    field('ospf.hello.designated_router', HELLO, 'router', same),
    field('ospf.hello.backup_designated_router', HELLO, 'backup', same),
    field('ospf.hello.active_neighbor', HELLO, 'neighbors', same),
    field('ospf.db.interface_mtu', /^OSPF(v3)?_DBDesc$/, 'mtu'),
    field('ospf.db.dd_sequence', /^OSPF(v3)?_DBDesc$/, 'ddseq'),
    field('ospf.ls.number_of_lsas', /^OSPF(v3)?_LSUpd$/, 'lsacount'),
    row('ospf.lsa.seqnum', WITH_LSAS, ofLsas('seq')),
    row('ospf.lsa.chksum', WITH_LSAS, ofLsas('chksum')),
    row('ospf.lsa.length', WITH_LSAS, ofLsas('len')),
    row('ospf.lsa.age', WITH_LSAS, (layer) => lsas(layer).map((each) => (each.fields.age as number) & 0x7fff)),
    row('ospf.lsa', /^OSPF_(LSUpd|LSAck|DBDesc|LSReq)$/, ofLsas('type')),
    row('ospf.lsa.router.linktype', 'OSPF_LSUpd', links('type')),
    row('ospf.lsa.router.linkid', 'OSPF_LSUpd', links('id'), same),
    row('ospf.lsa.router.linkdata', 'OSPF_LSUpd', links('data'), same),
    row('ospf.lsa.router.metric0', 'OSPF_LSUpd', links('metric')),
    row('ospf.lsa.network.attchrtr', 'OSPF_LSUpd', ofType('OSPF_Network_LSA', 'routerlist'), same),
    row(
      'ospf.v3.lsa.referenced_link_state_id',
      'OSPFv3_LSUpd',
      (layer) => [...ofType('OSPFv3_Intra_Area_Prefix_LSA', 'reflsid')(layer)].map(String),
      same,
    ),
    row('ospf.v3.lsa.link_local_interface_address.ipv6', 'OSPFv3_LSUpd', ofType('OSPFv3_Link_LSA', 'lladdr'), same),
    row('ospf.lsa.id', /^OSPF_(LSUpd|LSAck|DBDesc)$/, notOpaque, same),
    row('ospf.link_state_id', /^OSPF(_LSReq|v3_(LSUpd|LSAck|DBDesc|LSReq))$/, ofLsas('id'), same),
    row('ospf.advrouter', /^OSPF(v3)?_(LSUpd|LSAck|DBDesc|LSReq)$/, ofLsas('adrouter'), same),
    row('ospf.lsa.asext.fwdaddr', 'OSPF_LSUpd', ofTypes(ADVERTISEMENTS, 'fwdaddr'), same),
    row('ospf.lsa.asext.type', 'OSPF_LSUpd', ofTypes(ADVERTISEMENTS, 'ebit')),
    row('ospf.lsa.asext.extrttag', 'OSPF_LSUpd', ofTypes(ADVERTISEMENTS, 'tag')),
    row('ospf.v2.router.lsa.flags', 'OSPF_LSUpd', (layer) =>
      ofType('OSPF_Router_LSA', 'flags')(layer).map(bits(ROUTER_FLAGS)),
    ),
    row('ospf.v2.options', /^OSPF_(Hello|DBDesc|LSUpd|LSAck)$/, (layer) =>
      [layer.fields.options, ...ofLsas('options')(layer)].map(bits(OPTIONS_2)),
    ),
    row('ospf.v3.router.lsa.flags', 'OSPFv3_LSUpd', (layer) =>
      ofType('OSPFv3_Router_LSA', 'flags')(layer).map(bits(ROUTER_FLAGS)),
    ),
    row('ospf.v3.lsa.attached_router', 'OSPFv3_LSUpd', ofType('OSPFv3_Network_LSA', 'routerlist'), same),
    row(
      'ospf.v3.lsa.neighbor_router_id',
      'OSPFv3_LSUpd',
      (layer) =>
        (ofType('OSPFv3_Router_LSA', 'linklist')(layer) as OurLayer[][]).flat().map((each) => each.fields.neighbor),
      same,
    ),
    row('ospf.v3.address_prefix.ipv6', 'OSPFv3_LSUpd', (layer) => lsas(layer).map(prefixes), same),
    field('ospf.lls.checksum', 'OSPF_LLS_Hdr', 'chksum'),
    field('ospf.at.sa_id', 'OSPFv3_Auth', 'said'),
    field('ospf.at.auth_data', 'OSPFv3_Auth', 'authdata', same),
  ],
}
