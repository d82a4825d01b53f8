"""The interpreted peer of the wire benchmarks: bench/ours/wire.ts in Scapy.

Usage, in a network namespace: python3 scapy_wire.py
  sniff INTERFACE FILTER     prints "ready", then captures until its standard input ends; {"received": packets}
  send DESTINATION MAC COUNT list|set   packets made before, or from a set as they go; {"sent": packets, "seconds": s}
  sr DESTINATION LAST plain|threaded|patient   SYN to ports 1..LAST, sent by the receiving thread (as it is by default), by
      another, by another with a long time-out; {"seconds": s, "lastAnswer": s, "answered": packets, "open": [ports]}
Prints one JSON object at the end.
"""
import json
import logging
import sys
import time

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.config import conf  # noqa: E402
from scapy.layers.inet import IP, TCP, UDP  # noqa: E402
from scapy.sendrecv import AsyncSniffer, send, sr  # noqa: E402

# What is still on its way when the sender is done.
LATE_SECONDS = 0.3
# The time-out that netshell has when none is given; Scapy's would be for ever.
ANSWER_SECONDS = 2
# Enough to get all answers: Scapy's time-out runs from the first packet on when another thread sends.
PATIENT_RATE = 500


def run_sniff(interface, expression):
    sniffer = AsyncSniffer(
        iface=interface, filter=expression, started_callback=lambda: print("ready", flush=True)
    )
    sniffer.start()
    sys.stdin.read()
    time.sleep(LATE_SECONDS)
    return {"received": len(sniffer.stop())}


def run_send(destination, mac, count, how):
    # The kernel's table knows this neighbour; Scapy does not look there, and would ask for it.
    conf.netcache.arp_cache[destination] = mac
    count = int(count)
    packets = IP(dst=destination) / UDP(sport=53, dport=(1, min(count, 50000))) / bytes(22)
    if how == "list":
        packets = list(packets)
    start = time.perf_counter()
    send(packets, verbose=0)
    return {"sent": count, "seconds": time.perf_counter() - start}


def run_sr(destination, last, how):
    packets = IP(dst=destination) / TCP(dport=(1, int(last)), flags="S")
    began, start = time.time(), time.perf_counter()
    timeout = max(ANSWER_SECONDS, int(last) / PATIENT_RATE) if how == "patient" else ANSWER_SECONDS
    answered, _ = sr(packets, timeout=timeout, verbose=0, threaded=how != "plain")
    seconds = time.perf_counter() - start
    opened = sorted(query.dport for query, answer in answered if TCP in answer and answer[TCP].flags == "SA")
    # It waits for the time-out when the last answer came before it knew that all was sent.
    last_answer = max((float(answer.time) for _, answer in answered), default=began) - began
    return {"seconds": seconds, "lastAnswer": last_answer, "answered": len(answered), "open": opened}


def main():
    conf.verb = 0
    run = {"sniff": run_sniff, "send": run_send, "sr": run_sr}[sys.argv[1]]
    print(json.dumps(run(*sys.argv[2:])))


main()
