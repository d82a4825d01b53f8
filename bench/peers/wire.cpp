// The compiled peer of the wire benchmarks: a sendmmsg loop with a rate, and a host with open ports.
//
//   wire send INTERFACE COUNT RATE SOURCE_MAC DESTINATION_MAC SOURCE DESTINATION LENGTH
//       Sends COUNT prebuilt frames of LENGTH bytes, Ether/IP/UDP to ports 1..50000, on an AF_PACKET socket. RATE in packets
//       per second, 0: as fast as it goes. Prints one JSON object: frames sent, seconds.
//   wire listen PORT...
//       Listens on these TCP ports until it is ended, and accepts nothing. Prints "ready".

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

constexpr int kBatch = 256;
// Frames in memory; a longer run sends them again. As many as in the comparison with a list of prebuilt packets.
constexpr long kDistinct = 100000;
constexpr int kSendBuffer = 4 << 20;
// At a set rate a batch is what falls due in this time, so that the receiver sees no bursts longer than that.
constexpr double kBatchSeconds = 100e-6;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

uint16_t checksum(const uint8_t* bytes, size_t length) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < length; i += 2) sum += bytes[i] << 8 | bytes[i + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

void put16(uint8_t* at, unsigned value) {
  at[0] = value >> 8;
  at[1] = value & 255;
}

void parse_mac(const char* text, uint8_t* into) {
  unsigned bytes[6];
  if (std::sscanf(text, "%x:%x:%x:%x:%x:%x", bytes, bytes + 1, bytes + 2, bytes + 3, bytes + 4, bytes + 5) != 6) {
    std::fprintf(stderr, "no MAC address: %s\n", text);
    std::exit(2);
  }
  std::copy(bytes, bytes + 6, into);
}

// One frame after the other in one block of memory. The UDP checksum is left out (0), which IPv4 allows.
std::vector<uint8_t> make_frames(long count, size_t length, char** addresses) {
  std::vector<uint8_t> all(count * length);
  for (long i = 0; i < count; i++) {
    uint8_t* frame = &all[i * length];
    parse_mac(addresses[0], frame + 6);
    parse_mac(addresses[1], frame);
    put16(frame + 12, 0x0800);
    uint8_t* ip = frame + 14;
    ip[0] = 0x45;
    put16(ip + 2, length - 14);
    put16(ip + 4, i & 0xffff);
    ip[8] = 64;
    ip[9] = 17;
    inet_pton(AF_INET, addresses[2], ip + 12);
    inet_pton(AF_INET, addresses[3], ip + 16);
    put16(ip + 10, checksum(ip, 20));
    put16(ip + 20, 53);
    put16(ip + 22, 1 + i % 50000);
    put16(ip + 24, length - 34);
  }
  return all;
}

int open_socket(const char* interface_name) {
  const int descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  if (descriptor < 0) fail("packet socket");
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface_name));
  if (address.sll_ifindex == 0) fail(interface_name);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) fail("bind");
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &kSendBuffer, sizeof kSendBuffer);
  return descriptor;
}

int send_frames(char** words) {
  const long count = std::atol(words[1]);
  const double rate = std::atof(words[2]);
  const size_t length = std::max(42L, std::atol(words[7]));
  const long distinct = std::min(count, kDistinct);
  std::vector<uint8_t> frames = make_frames(distinct, length, words + 3);
  const int descriptor = open_socket(words[0]);
  mmsghdr messages[kBatch] = {};
  iovec vectors[kBatch];
  const int most = rate > 0 ? std::clamp(static_cast<int>(rate * kBatchSeconds), 1, kBatch) : kBatch;
  const double start = now();
  for (long sent = 0; sent < count;) {
    // The whole of the schedule counts: after a delay it catches up, so that the rate is that of the run.
    while (rate > 0 && now() - start < sent / rate) continue;
    const int batch = static_cast<int>(std::min<long>(most, count - sent));
    for (int i = 0; i < batch; i++) {
      vectors[i] = {&frames[(sent + i) % distinct * length], length};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int taken = sendmmsg(descriptor, messages, batch, MSG_DONTWAIT);
    if (taken > 0) {
      sent += taken;
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      pollfd waiting = {descriptor, POLLOUT, 0};
      poll(&waiting, 1, 20);
    } else if (errno != EINTR) {
      fail("sendmmsg");
    }
  }
  std::printf("{\"sent\": %ld, \"seconds\": %.6f}\n", count, now() - start);
  return 0;
}

int listen_on(int count, char** ports) {
  for (int i = 0; i < count; i++) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::atoi(ports[i])));
    if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) fail(ports[i]);
    if (listen(descriptor, 1024) < 0) fail("listen");
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) pause();
}

}  // namespace

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  if (mode == "send" && count == 10) return send_frames(words + 2);
  if (mode == "listen") return listen_on(count - 2, words + 2);
  std::fprintf(stderr, "see the head of wire.cpp for its modes\n");
  return 2;
}
