// The compiled peer of the benchmarks: the same work as bench/ours.ts, written as libtins' documentation shows it.
// Usage: libtins MODE FILE COUNT PASSES, where MODE is two-fields, every-field or build (FILE is not read to build).
// Prints one JSON object: CPU nanoseconds a packet, and the sink, which every side must agree on.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <time.h>
#include <tins/tins.h>
#include <vector>

using namespace Tins;

struct Capture {
  std::vector<uint8_t> bytes;
  std::vector<std::pair<uint32_t, uint32_t>> packets; // offset, length
};

static Capture readCapture(const char *path, size_t count) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string("cannot read ") + path);
  Capture capture;
  capture.bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  for (size_t at = 24; at + 16 <= capture.bytes.size() && capture.packets.size() < count;) {
    uint32_t length;
    memcpy(&length, &capture.bytes[at + 8], 4);
    capture.packets.emplace_back(at + 16, length);
    at += 16 + length;
  }
  return capture;
}

static double cpuNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

struct Sink {
  uint64_t count = 0;
  uint64_t sum = 0;
  uint32_t text = 2166136261u; // FNV-1a over all texts

  void number(uint64_t value) { sum = (sum + value) % 9007199254740881ull; }
  void string(const std::string &value) {
    for (unsigned char character : value) text = (text ^ character) * 16777619u;
  }
};

// What a reader would do with a text at least: look at it. Cheap, the same on every side, and not removable.
static volatile uint64_t consumed = 0;
static uint64_t touched = 0;
static uint64_t fields = 0;
static inline void touch(const std::string &value) {
  touched += value.size() + (value.empty() ? 0 : (unsigned char)value.back());
  fields++;
}
static inline void touch(uint64_t value) {
  touched += value;
  fields++;
}
static inline void touch(const std::vector<uint8_t> &value) {
  touched += value.size() + (value.empty() ? 0 : value.back());
  fields++;
}

static void twoFields(const Capture &capture) {
  uint64_t sum = 0;
  for (const auto &packet : capture.packets) {
    EthernetII frame(&capture.bytes[packet.first], packet.second);
    if (const IP *ip = frame.find_pdu<IP>()) {
      const std::string source = ip->src_addr().to_string();
      sum += source.size() + (unsigned char)source.back();
    }
    if (const TCP *tcp = frame.find_pdu<TCP>()) sum += tcp->dport();
  }
  consumed = consumed + sum;
}

static Sink twoFieldsSink(const Capture &capture) {
  Sink sink;
  for (const auto &packet : capture.packets) {
    EthernetII frame(&capture.bytes[packet.first], packet.second);
    if (const IP *ip = frame.find_pdu<IP>()) {
      sink.count++;
      sink.string(ip->src_addr().to_string());
    }
    if (const TCP *tcp = frame.find_pdu<TCP>()) sink.number(tcp->dport());
  }
  return sink;
}

static void touchDns(const DNS &dns) {
  touch(dns.id());
  touch(dns.type());
  touch(dns.opcode());
  touch(dns.authoritative_answer());
  touch(dns.truncated());
  touch(dns.recursion_desired());
  touch(dns.recursion_available());
  touch(dns.z());
  touch(dns.authenticated_data());
  touch(dns.checking_disabled());
  touch(dns.rcode());
  touch(dns.questions_count());
  touch(dns.answers_count());
  touch(dns.authority_count());
  touch(dns.additional_count());
  for (const auto &query : dns.queries()) {
    touch(query.dname());
    touch(query.query_type());
    touch(query.query_class());
  }
  for (const auto &section : {dns.answers(), dns.authority(), dns.additional()}) {
    for (const auto &resource : section) {
      touch(resource.dname());
      touch(resource.query_type());
      touch(resource.query_class());
      touch(resource.ttl());
      touch(resource.preference());
      touch(resource.data());
    }
  }
}

static uint64_t optionNumber(IP::option_identifier option) { return option.number; }
template <typename Number> static uint64_t optionNumber(Number option) { return option; }

template <typename Options> static void touchOptions(const Options &options) {
  for (const auto &option : options) {
    touch(optionNumber(option.option()));
    touch(option.data_size());
    for (size_t at = 0; at < option.data_size(); at++) touched += option.data_ptr()[at];
  }
}

static void touchIcmpv6(const ICMPv6 &icmp) {
  touch(icmp.type());
  touch(icmp.code());
  touch(icmp.checksum());
  switch (icmp.type()) {
  case ICMPv6::ECHO_REQUEST:
  case ICMPv6::ECHO_REPLY:
    touch(icmp.identifier());
    touch(icmp.sequence());
    break;
  case ICMPv6::ROUTER_ADVERT:
    touch(icmp.hop_limit());
    touch(icmp.managed());
    touch(icmp.other());
    touch(icmp.home_agent());
    touch(icmp.router_pref());
    touch(icmp.router_lifetime());
    touch(icmp.reachable_time());
    touch(icmp.retransmit_timer());
    break;
  case ICMPv6::NEIGHBOUR_ADVERT:
    touch(icmp.router());
    touch(icmp.solicited());
    touch(icmp.override());
    touch(icmp.target_addr().to_string());
    break;
  case ICMPv6::NEIGHBOUR_SOLICIT:
    touch(icmp.target_addr().to_string());
    break;
  default:
    break;
  }
  touchOptions(icmp.options());
}

static void touchEveryField(const PDU &layer, bool named) {
  switch (layer.pdu_type()) {
  case PDU::ETHERNET_II: {
    const auto &frame = static_cast<const EthernetII &>(layer);
    touch(frame.dst_addr().to_string());
    touch(frame.src_addr().to_string());
    touch(frame.payload_type());
    break;
  }
  case PDU::DOT1Q: {
    const auto &tag = static_cast<const Dot1Q &>(layer);
    touch(tag.priority());
    touch(tag.cfi());
    touch(tag.id());
    touch(tag.payload_type());
    break;
  }
  case PDU::ARP: {
    const auto &arp = static_cast<const ARP &>(layer);
    touch(arp.hw_addr_format());
    touch(arp.prot_addr_format());
    touch(arp.hw_addr_length());
    touch(arp.prot_addr_length());
    touch(arp.opcode());
    touch(arp.sender_hw_addr().to_string());
    touch(arp.sender_ip_addr().to_string());
    touch(arp.target_hw_addr().to_string());
    touch(arp.target_ip_addr().to_string());
    break;
  }
  case PDU::IP: {
    const auto &ip = static_cast<const IP &>(layer);
    touch(ip.version());
    touch(ip.head_len());
    touch(ip.tos());
    touch(ip.tot_len());
    touch(ip.id());
    touch(ip.flags());
    touch(ip.fragment_offset());
    touch(ip.ttl());
    touch(ip.protocol());
    touch(ip.checksum());
    touch(ip.src_addr().to_string());
    touch(ip.dst_addr().to_string());
    touchOptions(ip.options());
    break;
  }
  case PDU::IPv6: {
    const auto &ip = static_cast<const IPv6 &>(layer);
    touch(ip.version());
    touch(ip.traffic_class());
    touch(ip.flow_label());
    touch(ip.payload_length());
    touch(ip.next_header());
    touch(ip.hop_limit());
    touch(ip.src_addr().to_string());
    touch(ip.dst_addr().to_string());
    break;
  }
  case PDU::TCP: {
    const auto &tcp = static_cast<const TCP &>(layer);
    touch(tcp.sport());
    touch(tcp.dport());
    touch(tcp.seq());
    touch(tcp.ack_seq());
    touch(tcp.data_offset());
    touch(tcp.flags());
    touch(tcp.window());
    touch(tcp.checksum());
    touch(tcp.urg_ptr());
    touchOptions(tcp.options());
    break;
  }
  case PDU::UDP: {
    const auto &udp = static_cast<const UDP &>(layer);
    touch(udp.sport());
    touch(udp.dport());
    touch(udp.length());
    touch(udp.checksum());
    break;
  }
  case PDU::ICMP: {
    const auto &icmp = static_cast<const ICMP &>(layer);
    touch(icmp.type());
    touch(icmp.code());
    touch(icmp.checksum());
    touch(icmp.id());
    touch(icmp.sequence());
    break;
  }
  case PDU::ICMPv6:
    touchIcmpv6(static_cast<const ICMPv6 &>(layer));
    break;
  case PDU::RAW: {
    const auto &raw = static_cast<const RawPDU &>(layer);
    if (named) touchDns(raw.to<DNS>());
    else touch(raw.payload());
    break;
  }
  default:
    break;
  }
}

static bool isDns(const PDU &layer) {
  if (layer.pdu_type() != PDU::UDP) return false;
  const auto &udp = static_cast<const UDP &>(layer);
  return udp.sport() == 53 || udp.dport() == 53;
}

static void everyField(const Capture &capture) {
  for (const auto &packet : capture.packets) {
    EthernetII frame(&capture.bytes[packet.first], packet.second);
    bool named = false;
    for (const PDU *layer = &frame; layer; layer = layer->inner_pdu()) {
      touchEveryField(*layer, named);
      named = isDns(*layer);
    }
  }
  consumed = consumed + touched;
}

static Sink everyFieldSink(const Capture &capture) {
  Sink sink;
  for (const auto &packet : capture.packets) {
    EthernetII frame(&capture.bytes[packet.first], packet.second);
    sink.string(frame.dst_addr().to_string());
    sink.string(frame.src_addr().to_string());
    bool named = false;
    for (const PDU *layer = &frame; layer; layer = layer->inner_pdu()) {
      if (const auto *tag = dynamic_cast<const Dot1Q *>(layer)) {
        sink.number(tag->id() + 4096 * tag->priority());
        sink.count++;
      } else if (const auto *arp = dynamic_cast<const ARP *>(layer)) {
        sink.number(arp->opcode());
        sink.string(arp->sender_hw_addr().to_string());
        sink.string(arp->sender_ip_addr().to_string());
        sink.string(arp->target_hw_addr().to_string());
        sink.string(arp->target_ip_addr().to_string());
        sink.count++;
      } else if (const auto *ip = dynamic_cast<const IP *>(layer)) {
        sink.number(ip->head_len() + ip->tos() + ip->tot_len() + ip->id() + ip->ttl() + ip->protocol() + ip->checksum());
        sink.string(ip->src_addr().to_string());
        sink.string(ip->dst_addr().to_string());
        sink.count++;
      } else if (const auto *ip6 = dynamic_cast<const IPv6 *>(layer)) {
        sink.number(ip6->traffic_class() + ip6->flow_label() + ip6->payload_length() + ip6->next_header() + ip6->hop_limit());
        sink.string(ip6->src_addr().to_string());
        sink.string(ip6->dst_addr().to_string());
        sink.count++;
      } else if (const auto *tcp = dynamic_cast<const TCP *>(layer)) {
        sink.number((uint64_t)tcp->sport() + tcp->dport() + tcp->seq() + tcp->ack_seq() + tcp->window() + tcp->checksum());
        sink.number(tcp->options().size());
        sink.count++;
      } else if (const auto *udp = dynamic_cast<const UDP *>(layer)) {
        sink.number(udp->sport() + udp->dport() + udp->length() + udp->checksum());
        sink.count++;
      } else if (const auto *icmp = dynamic_cast<const ICMP *>(layer)) {
        sink.number(icmp->type() + icmp->code() + icmp->checksum());
        sink.count++;
      } else if (const auto *icmp6 = dynamic_cast<const ICMPv6 *>(layer)) {
        sink.number(icmp6->type() + icmp6->code() + icmp6->checksum());
        sink.count++;
      } else if (const auto *raw = dynamic_cast<const RawPDU *>(layer)) {
        if (named) {
          const DNS dns = raw->to<DNS>();
          sink.number(dns.id() + dns.questions_count() + dns.answers_count() + dns.authority_count() + dns.additional_count());
          for (const auto &query : dns.queries()) sink.string(query.dname() + ".");
          sink.count++;
        }
      }
      named = isDns(*layer);
    }
  }
  return sink;
}

static std::vector<std::string> destinations() {
  std::vector<std::string> result;
  for (int index = 0; index < 256; index++) {
    result.push_back("10." + std::to_string(index) + "." + std::to_string(255 - index) + "." + std::to_string(1 + index % 250));
  }
  return result;
}

// Without the copies that operator / makes of each layer: the fastest way that libtins offers is what counts.
static PDU::serialization_type buildOne(const std::vector<std::string> &addresses, const std::string &payload, uint32_t index) {
  EthernetII frame("00:11:22:33:44:55", "66:77:88:99:aa:bb");
  IP *ip = new IP(addresses[index & 255], "192.168.0.10");
  frame.inner_pdu(ip);
  ip->id(index & 0xffff);
  ip->ttl(64);
  TCP *tcp = new TCP(80, 1024 + index % 60000);
  ip->inner_pdu(tcp);
  tcp->seq(index * 2654435761u);
  tcp->ack_seq(index);
  tcp->flags(TCP::PSH | TCP::ACK);
  tcp->window(8192);
  tcp->inner_pdu(new RawPDU(payload));
  return frame.serialize();
}

static void build(size_t count) {
  static const std::vector<std::string> addresses = destinations();
  static const std::string payload(64, 'x');
  uint64_t sum = 0;
  for (size_t index = 0; index < count; index++) {
    const auto bytes = buildOne(addresses, payload, index);
    sum += bytes.size() + bytes[25] + bytes[51];
  }
  consumed = consumed + sum;
}

static Sink buildSink(size_t count) {
  const auto addresses = destinations();
  const std::string payload(64, 'x');
  Sink sink;
  for (size_t index = 0; index < count; index++) {
    const auto bytes = buildOne(addresses, payload, index);
    sink.count += bytes.size();
    for (uint8_t byte : bytes) {
      sink.number(byte);
      sink.text = (sink.text ^ byte) * 16777619u;
    }
  }
  return sink;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: libtins two-fields|every-field|build FILE COUNT PASSES\n");
    return 2;
  }
  const std::string mode = argv[1];
  const size_t count = strtoul(argv[3], nullptr, 10);
  const int passes = atoi(argv[4]);
  const bool building = mode == "build";
  const Capture capture = building ? Capture() : readCapture(argv[2], count);
  const size_t packets = building ? count : capture.packets.size();
  const auto pass = [&] {
    if (building) build(count);
    else if (mode == "two-fields") twoFields(capture);
    else everyField(capture);
  };
  pass();
  fields = 0;
  const double start = cpuNanoseconds();
  for (int round = 0; round < passes; round++) pass();
  const double nanoseconds = (cpuNanoseconds() - start) / passes / packets;
  const double values = (double)fields / passes / packets;
  const Sink sink = building ? buildSink(count) : mode == "two-fields" ? twoFieldsSink(capture) : everyFieldSink(capture);
  printf("{\"side\":\"libtins\",\"mode\":\"%s\",\"packets\":%zu,\"nanoseconds\":%.1f,\"values\":%.1f,\"sink\":\"%llu %llu %u\"}\n", mode.c_str(),
         packets, nanoseconds, values, (unsigned long long)sink.count, (unsigned long long)sink.sum, sink.text);
}
