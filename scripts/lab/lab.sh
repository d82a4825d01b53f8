#!/usr/bin/env bash
# A practice network on one machine: two hosts, netshell-a and netshell-b, joined by a cable, with servers on netshell-b.
# Usage: sudo scripts/lab/lab.sh up | down | status | shell [a|b]
#   up      makes it and starts the servers; again: repairs what is missing
#   down    ends the servers and removes everything
#   status  says what runs, and what to try
#   shell   opens netshell on netshell-a (or b)
set -euo pipefail

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

A=netshell-a
B=netshell-b
A4=10.86.0.1 B4=10.86.0.2
A6=fd00:86::1 B6=fd00:86::2
MAC_A=02:00:0a:56:00:01 MAC_B=02:00:0a:56:00:02
# Behind netshell-b: one address that it calls unreachable, one that it drops, one a hop further.
UNREACHABLE=10.87.0.1 SILENT=10.87.0.2 DISTANT=10.87.0.3
PROHIBITED_PORT=23
SILENT_PORT=25
# Certificates, process ids and logs of the servers. Only root writes here, and `down` removes it.
state=/run/netshell-lab

say() { printf 'lab: %s\n' "$*"; }
fail() { printf 'lab: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null; }
on() { ip netns exec "$@"; }
exists() { [[ -e /run/netns/$1 ]]; }

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit "$1"
}

need_root() {
  ((EUID == 0)) || fail "making a network needs root: sudo $0 $*"
  has ip || fail "'ip' is needed: apt-get install iproute2"
  ip netns list >/dev/null 2>&1 || fail "this system has no network namespaces; the lab needs Linux"
}

# --- up ---

make_hosts() {
  local host setting
  for host in $A $B; do
    exists "$host" || ip netns add "$host" || fail "$host could not be made (in a container: does it have CAP_SYS_ADMIN?)"
    # No waiting for duplicate addresses, no limit on ICMP errors, no redirects: scans give the same result every time.
    for setting in ipv6/conf/all/accept_dad=0 ipv6/conf/default/accept_dad=0 ipv6/conf/default/accept_ra=0 \
      ipv4/icmp_ratelimit=0 ipv6/icmp/ratelimit=0 ipv4/conf/all/send_redirects=0 ipv4/conf/default/send_redirects=0; do
      on "$host" sh -c "[ ! -e /proc/sys/net/${setting%=*} ] || echo ${setting#*=} >/proc/sys/net/${setting%=*}"
    done
  done
  on $B sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}

make_cable() {
  if ! ip -n $A link show eth0 >/dev/null 2>&1; then
    ip -n $A link add eth0 address $MAC_A type veth peer name eth0 address $MAC_B netns $B
  fi
  # A cable in memory leaves checksums undone; with this they are right in captures too.
  if has ethtool; then
    local host
    for host in $A $B; do on $host ethtool -K eth0 tx off tso off gso off gro off >/dev/null 2>&1 || true; done
  else
    say "without ethtool, captures show wrong checksums for what is sent: apt-get install ethtool"
  fi
  ip -n $A link set lo up
  ip -n $B link set lo up
  ip -n $A link set eth0 up
  ip -n $B link set eth0 up
  ip -n $A address replace $A4/24 dev eth0
  ip -n $B address replace $B4/24 dev eth0
  ip -n $A address replace $A6/64 dev eth0 nodad
  ip -n $B address replace $B6/64 dev eth0 nodad
  ip -n $A route replace 10.87.0.0/24 via $B4
  ip -n $B route replace unreachable $UNREACHABLE
  ip -n $B route replace blackhole $SILENT
  ip -n $B route replace $DISTANT via $A4
}

make_filters() {
  if ! has nft; then
    say "without nft there are no filtered ports: apt-get install nftables"
    return
  fi
  on $B nft delete table inet lab 2>/dev/null || true
  on $B nft -f - <<RULES
add table inet lab
add chain inet lab input { type filter hook input priority 0; }
add rule inet lab input tcp dport $SILENT_PORT drop
add rule inet lab input tcp dport $PROHIBITED_PORT reject with icmpx type admin-prohibited
RULES
}

# running NAME: whether the server of that name, started by `up`, still runs on netshell-b.
running() {
  local pid
  [[ -f $state/$1.pid ]] || return 1
  pid=$(<"$state/$1.pid")
  [[ $(ip netns pids $B 2>/dev/null) =~ (^|[[:space:]])$pid($|[[:space:]]) ]]
}

# serve NAME READY COMMAND…: starts a server on netshell-b and waits until its log shows READY.
serve() {
  local name=$1 ready=$2
  shift 2
  running "$name" && return
  setsid ip netns exec $B "$@" >"$state/$name.log" 2>&1 </dev/null &
  echo $! >"$state/$name.pid"
  local tries=0
  until grep -q "$ready" "$state/$name.log"; do
    if ((++tries > 100)) || ! kill -0 "$(<"$state/$name.pid")" 2>/dev/null; then
      tail -n 5 "$state/$name.log" >&2
      fail "the server '$name' did not start: $state/$name.log"
    fi
    sleep 0.1
  done
}

start_servers() {
  install -d -m 700 "$state"
  has node || fail "the servers need Node.js; under sudo it may be out of the PATH: sudo env \"PATH=\$PATH\" $0 up"
  serve echo 'ready udp 5353' node "$root/scripts/lab/echo.mjs" tcp 22 tcp 8080 udp 5353
  if has openvpn && has openssl && [[ -c /dev/net/tun ]]; then
    make_certificates
    serve openvpn 'Initialization Sequence Completed' openvpn --cd "$state" --dev tun --mode server --tls-server --dh none \
      --proto udp --port 1194 --ca ca.crt --cert server.crt --key server.key
  else
    say "no OpenVPN server: it needs openvpn, openssl and /dev/net/tun (apt-get install openvpn openssl)"
  fi
}

make_certificates() (
  [[ ! -s $state/server.crt ]] || exit 0
  cd "$state"
  umask 077
  key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  {
    openssl req -x509 "${key[@]}" -keyout ca.key -out ca.crt -days 30 -subj '/CN=netshell lab'
    openssl req "${key[@]}" -keyout server.key -out server.csr -subj /CN=netshell-b
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 30
  } 2>openssl.log || fail "openssl could not make certificates: $(tail -n 1 openssl.log)"
)

# --- down, status, shell ---

down() {
  local host pid left
  for host in $A $B; do
    exists $host || continue
    # Whatever runs in there belongs to the lab, shells too. First politely, then not.
    for pid in $(ip netns pids $host); do kill "$pid" 2>/dev/null || true; done
    for _ in {1..30}; do
      left=$(ip netns pids $host)
      [[ -n $left ]] || break
      sleep 0.1
    done
    for pid in $(ip netns pids $host); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns del $host
  done
  rm -rf "$state"
  say 'down; nothing is left of it'
}

status() {
  if ! exists $A || ! exists $B; then
    say "down; sudo $0 up makes it"
    return 3
  fi
  echo_state='not running'
  if running echo; then echo_state=running; fi
  openvpn_state='not running'
  if running openvpn; then openvpn_state=running; fi
  cat <<TEXT
lab: up

  netshell-a  $A4  $A6  $MAC_A  eth0
  netshell-b  $B4  $B6  $MAC_B  eth0
    echo servers    TCP 22 and 8080, UDP 5353     $echo_state
    OpenVPN server  UDP 1194                      $openvpn_state
    TCP $PROHIBITED_PORT is prohibited, TCP $SILENT_PORT silent, all others closed
  behind netshell-b: $UNREACHABLE unreachable, $SILENT silent, $DISTANT one hop further

Try, from $root:
  sudo ip netns exec $A ./netshell
    ans = sr1(IP({dst: '$B4'})/ICMP()/Raw('x'.repeat(56)))
    ans.show()
    sr(IP({dst: '$B4'})/TCP({dport: [22, 23, 25, 80, 8080], flags: 'S'}), {timeout: 1})
  and at the same time, in a second terminal:
  sudo ip netns exec $B ./netshell
    pkts = sniff({iface: 'eth0', filter: 'icmp or tcp', count: 10})
    pkts.summary()
  sudo $0 down   when done
TEXT
}

shell() {
  local host=$A
  case ${1:-a} in
    a) ;;
    b) host=$B ;;
    *) usage 2 ;;
  esac
  exists $host || fail "the lab is down; sudo $0 up makes it"
  # First use sets netshell up, which needs the real network: not in here.
  if [[ -x $root/scripts/setup.sh || -f $root/scripts/setup.sh ]]; then bash "$root/scripts/setup.sh"; fi
  exec ip netns exec $host "$root/netshell"
}

case ${1-} in
  up)
    need_root up
    make_hosts
    make_cable
    make_filters
    start_servers
    status
    ;;
  down)
    need_root down
    down
    ;;
  status)
    need_root status
    status
    ;;
  shell)
    need_root shell
    shell "${2-}"
    ;;
  -h | --help | help) usage 0 ;;
  *) usage 2 ;;
esac
