#!/usr/bin/env bash
# Installs what netshell needs and what is missing: libpcap, the npm packages, the build.
# --for test  also the programs that the tests talk to;  --for bench, --for compare  also those that the
# benchmarks and docs/compare.md compare with.
# Safe to run again at any time; when nothing is to do it says nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# Programs of the administrator, which a plain user's PATH leaves out.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

NODE_NEEDED='20.19'
PACKAGE_STAMP=node_modules/.netshell-lock
BUILD_STAMP=dist/.built
# The backends that only tests have installed: npm packages without prebuilt binaries.
BACKENDS=test/backends
# mongosh, which only npm run compare starts.
COMPARED=node_modules/.cache/compare
MONGOSH=2.12.0

purposes=' run '
say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
wanted_for() { [[ $purposes == *" $1 "* ]]; }

read_arguments() {
  while (($#)); do
    case $1 in
      --for)
        [[ ${2-} =~ ^(test|bench|compare)$ ]] || { echo "setup: --for takes 'test', 'bench' or 'compare'" >&2; exit 2; }
        purposes+="$2 "
        shift 2
        ;;
      -h | --help)
        sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
      *)
        echo "setup: '$1' is not known; usage: setup.sh [--for test|bench|compare]" >&2
        exit 2
        ;;
    esac
  done
}

# Two setups at a time (a test run and a first start, say) wait for each other. The lock is on a file that is always there.
take_turn() {
  if command -v flock >/dev/null; then
    exec 9<package.json
    flock 9
  fi
}

check_node() {
  command -v node >/dev/null ||
    fail "Node.js $NODE_NEEDED or newer is needed: https://nodejs.org (under sudo it may only be out of the PATH: sudo env \"PATH=\$PATH\" ./netshell)"
  local version major minor
  version=$(node --version)
  IFS=. read -r major minor _ <<<"${version#v}"
  ((major > 20 || (major == 20 && minor >= 19))) ||
    fail "Node.js $NODE_NEEDED or newer is needed, this is $version ($(command -v node)). Get one from https://nodejs.org"
  command -v npm >/dev/null || fail "npm is needed and comes with Node.js; on Debian's own Node: apt-get install npm"
}

# --- packages of the system ---

has_libpcap() {
  [[ $(uname -s) == Darwin ]] || compgen -G '/usr/lib*/libpcap.so*' >/dev/null || compgen -G '/usr/lib/*/libpcap.so*' >/dev/null ||
    compgen -G '/lib/*/libpcap.so*' >/dev/null || compgen -G '/usr/local/lib*/libpcap.so*' >/dev/null
}

has_program() { command -v "$1" >/dev/null; }
has_file() { compgen -G "$1" >/dev/null; }

missing=()
# need PACKAGE CHECK…: notes the Debian package when the check fails.
need() {
  local package=$1
  shift
  "$@" || missing+=("$package")
}

find_missing() {
  need libpcap0.8 has_libpcap
  if wanted_for test; then
    need tshark has_program tshark
    need openvpn has_program openvpn
    need openssl has_program openssl
    need netcat-openbsd has_program nc
    need nftables has_program nft
    need tmux has_program tmux
    need less has_program less
    need dnsmasq-base has_program dnsmasq
    need bind9-dnsutils has_program dig
    need libpcap-dev has_file '/usr/include/pcap/pcap.h'
    need make has_program make
    need ndiff has_program ndiff
    need libxml2-utils has_program xmllint
    need traceroute has_program traceroute
    need iputils-tracepath has_program tracepath
    need python3 has_program python3
    find_missing_peers
  fi
  if wanted_for test || wanted_for bench; then
    need tcpdump has_program tcpdump
    need iproute2 has_program ip
    need iputils-ping has_program ping
    need ethtool has_program ethtool
    need python3-scapy has_file '/usr/lib/python3/dist-packages/scapy/__init__.py'
    need g++ has_program g++
    need nmap has_program nmap
  fi
  if wanted_for compare; then
    need tmux has_program tmux
    need iproute2 has_program ip
    need python3-scapy has_file '/usr/lib/python3/dist-packages/scapy/__init__.py'
    need ipython3 has_file '/usr/bin/ipython3'
    need curl has_program curl
    need httpie has_program http
    need wget has_program wget
  fi
  if wanted_for bench; then
    need curl has_program curl
    need libtins-dev has_file '/usr/include/tins/tins.h'
    need netcat-openbsd has_program nc
    need nginx-light has_program nginx
    need python3-requests has_file /usr/lib/python3/dist-packages/requests/__init__.py
  fi
}

# Servers and clients whose traffic the tests read.
find_missing_peers() {
  need aria2 has_program aria2c
  need avahi-daemon has_program avahi-daemon
  need bzip2 has_program bzip2
  need chromium has_program chromium
  need coturn has_program turnserver
  need curl has_program curl
  need freeradius has_program freeradius
  need freeradius-utils has_program radclient
  need frr has_file /usr/lib/frr/ospfd
  need iputils-arping has_program arping
  need isc-dhcp-client has_program dhclient
  need isc-dhcp-server has_program dhcpd
  need keepalived has_program keepalived
  need knot-dnsutils has_program kdig
  need libcharon-extra-plugins has_file /usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so
  need libcoap3-bin has_program coap-server-notls
  need libnss3-tools has_program selfserv
  need libusrsctp-examples has_file /usr/lib/usrsctp/tsctp
  need lldpd has_program lldpd
  need llmnrd has_program llmnrd
  need mosquitto has_program mosquitto
  need mosquitto-clients has_program mosquitto_pub
  need ndisc6 has_program ndisc6
  need net-tools has_program netstat
  need nghttp2-client has_program nghttp
  need nghttp2-server has_program nghttpd
  need nginx-light has_program nginx
  need ngtcp2-client has_program gtlsclient
  need ngtcp2-server has_program gtlsserver
  need ntpsec has_program ntpd
  need ntpsec-ntpdig has_program ntpdig
  need openssh-client has_program ssh-keygen
  need openssh-server has_program sshd
  need openvswitch-switch has_program ovs-vswitchd
  need pppoe has_program pppoe-server
  need python3-cryptography has_file /usr/lib/python3/dist-packages/cryptography/__init__.py
  need python3-httpbin has_file /usr/lib/python3/dist-packages/httpbin/__init__.py
  need python3-jwt has_file /usr/lib/python3/dist-packages/jwt/__init__.py
  need python3-pymodbus has_file /usr/lib/python3/dist-packages/pymodbus/__init__.py
  need python3-requests has_file /usr/lib/python3/dist-packages/requests/__init__.py
  # pymodbus imports it and only recommends it.
  need python3-serial-asyncio has_file /usr/lib/python3/dist-packages/serial_asyncio/__init__.py
  need python3-websockets has_file /usr/lib/python3/dist-packages/websockets/__init__.py
  need radvd has_program radvd
  need samba has_program smbd
  need sip-tester has_program sipp
  need smbclient has_program smbclient
  need snmp has_program snmpget
  need snmpd has_program snmpd
  need snmptrapd has_program snmptrapd
  need softflowd has_program softflowd
  need strace has_program strace
  need strongswan-charon has_file /usr/lib/ipsec/charon
  need strongswan-swanctl has_program swanctl
  need tinyproxy-bin has_program tinyproxy
  need unzip has_program unzip
  need wget has_program wget
  need wireguard-go has_program wireguard-go
  need wireguard-tools has_program wg
  need xl2tpd has_program xl2tpd
  need zbar-tools has_program zbarimg
  need zstd has_program zstd
}

# The tests start the servers that they need; nobody asked for them to run on this machine, neither now nor from the next boot on.
SERVICES=(avahi-daemon coturn freeradius frr isc-dhcp-server keepalived lldpd llmnrd mosquitto nginx ngtcp2d nmbd ntpsec openvswitch-switch radvd samba-ad-dc smbd snmpd snmptrapd snmptrapd.socket softflowd ssh strongswan-starter xl2tpd)
POLICY=/usr/sbin/policy-rc.d

# without_services COMMAND…: runs the installation so that packages start no service.
without_services() {
  local status=0 enabled=() service
  if has_program systemctl; then
    for service in "${SERVICES[@]}"; do
      if systemctl is-enabled --quiet "$service" 2>/dev/null; then enabled+=("$service"); fi
    done
  fi
  if { wanted_for test || wanted_for bench; } && [[ ! -e $POLICY ]]; then
    trap '"${as_root[@]}" rm -f "$POLICY"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$POLICY" >/dev/null
    "${as_root[@]}" chmod 755 "$POLICY"
  fi
  "$@" || status=$?
  if { wanted_for test || wanted_for bench; } && has_program systemctl; then
    for service in "${SERVICES[@]}"; do
      [[ " ${enabled[*]-} " == *" $service "* ]] || "${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
    done
  fi
  return "$status"
}

# How to become root here; fails when there is no way that works without a question nobody can answer.
become_root() {
  if ((EUID == 0)); then
    as_root=()
  elif has_program sudo && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
    as_root=(sudo)
  else
    return 1
  fi
}

# What a person can do about the missing packages here.
remedy() {
  if has_program apt-get; then
    echo "please run: sudo apt-get install ${missing[*]}"
    return
  fi
  local line='the package that holds libpcap.so'
  if has_program dnf; then line='sudo dnf install libpcap'
  elif has_program pacman; then line='sudo pacman -S libpcap'
  elif has_program apk; then line='sudo apk add libpcap'
  elif has_program zypper; then line='sudo zypper install libpcap1'
  elif has_program brew; then line='brew install libpcap'; fi
  if has_libpcap; then echo "these are Debian's names; your system has its own"
  elif ((${#missing[@]} == 1)); then echo "please run: $line"
  else echo "please run: $line; the others are Debian's names, your system has its own"; fi
}

install_missing() {
  find_missing
  ((${#missing[@]})) || return 0
  if has_program apt-get && become_root; then
    say "installing ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get -qq)
    # A third-party source that is out of reach must not stop what Debian's own has.
    "${apt[@]}" update </dev/null >/dev/null || say "apt-get update had errors; trying with what it knows"
    if without_services "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null; then return 0; fi
    missing=()
    find_missing
    ((${#missing[@]})) || return 0
    say "could not install ${missing[*]}: see apt-get's words above"
  else
    say "missing, and not installable from here: ${missing[*]}; $(remedy)"
  fi
  # In CI a missing peer is a failure, for a person it costs only what needs it.
  if wanted_for test && [[ -n ${CI-} ]]; then exit 1; fi
  if ! has_libpcap; then say "going on: all works but sending and capturing on real interfaces"; fi
}

# --- npm packages and build ---

# `sudo ./netshell` must not leave root's files in the user's checkout, or the user could not update them.
give_to_owner() {
  if ((EUID == 0)) && [[ -n ${SUDO_UID-} ]]; then chown -R --reference=. "$@" || true; fi
}

install_packages() {
  local lock
  lock=$(cksum <package-lock.json)
  [[ ! -f $PACKAGE_STAMP || $(<"$PACKAGE_STAMP") != "$lock" ]] || return 0
  say "installing the npm packages"
  # No package needs its install script: koffi and esbuild bring prebuilt binaries as packages of their own.
  npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error </dev/null ||
    fail "npm could not install the packages (its words are above). Is the npm registry in reach? Then run scripts/setup.sh again."
  printf '%s\n' "$lock" >"$PACKAGE_STAMP"
  give_to_owner node_modules
}

# Compiles cap and raw-socket for the tests. Without them (no compiler, no headers of Node) only their tests fail.
install_backends() {
  wanted_for test || return 0
  local lock stamp="$BACKENDS/$PACKAGE_STAMP"
  lock=$(cksum <"$BACKENDS/package-lock.json")-$(node -p process.versions.modules)
  [[ ! -f $stamp || $(<"$stamp") != "$lock" ]] || return 0
  say "compiling cap and raw-socket for the tests"
  # node-gyp loads the headers of Node from nodejs.org, which need not be in reach, unless it is told where they are.
  local prefix options=()
  prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
  if [[ -f $prefix/include/node/node.h ]]; then options=(--nodedir="$prefix"); fi
  if ! npm ci --prefix "$BACKENDS" --no-audit --no-fund --no-update-notifier --loglevel=error "${options[@]}" </dev/null >/dev/null; then
    if [[ -n ${CI-} ]]; then fail "cap and raw-socket could not be compiled (npm's words are above)"; fi
    say "going on without cap and raw-socket (npm's words are above): their tests will fail"
    return 0
  fi
  printf '%s\n' "$lock" >"$stamp"
  give_to_owner "$BACKENDS/node_modules"
}

install_mongosh() {
  wanted_for compare || return 0
  [[ ! -f $COMPARED/node_modules/mongosh/package.json || $(node -p "require('./$COMPARED/node_modules/mongosh/package.json').version") != "$MONGOSH" ]] || return 0
  say "installing mongosh $MONGOSH for the comparison"
  mkdir -p "$COMPARED"
  echo '{"private": true}' >"$COMPARED/package.json"
  npm install --prefix "$COMPARED" --no-save --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error \
    "mongosh@$MONGOSH" </dev/null >/dev/null || fail "mongosh could not be installed (npm's words are above)"
  give_to_owner "$COMPARED"
}

build() {
  [[ ! -f $BUILD_STAMP || -n $(find src package-lock.json scripts/build.mjs scripts/program.mjs scripts/program-parts.mjs scripts/layers-on-demand.mjs scripts/warm.cjs -newer "$BUILD_STAMP" -print -quit) ]] || return 0
  say 'building'
  node scripts/build.mjs --program || fail "the build failed (its words are above)"
  give_to_owner dist
}

read_arguments "$@"
take_turn
check_node
install_missing
install_packages
install_backends
install_mongosh
build
