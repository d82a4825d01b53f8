"""Measures the CPU (user and system) of whole runs of a program, each in turn with its rival, so that both see the same machine.

Usage: python3 start.py RUNS PROMPT COMMAND... -- RIVAL...
With PROMPT not empty both run under a pseudo-terminal, and COMMAND gets Ctrl-D when its output contains PROMPT.
Prints one JSON object: milliseconds of each run of both, and the wall-clock milliseconds until the prompt.
"""
import json
import os
import pty
import select
import sys
import time

GIVE_UP_SECONDS = 20


def run_plain(command):
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, None, status, b""


def run_terminal(command, prompt):
    start = time.monotonic()
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    output, ready = b"", None
    while True:
        if not select.select([terminal], [], [], GIVE_UP_SECONDS)[0]:
            os.kill(child, 9)
            break
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        output += piece
        if prompt and ready is None and prompt in output:
            ready = time.monotonic() - start
            os.write(terminal, b"\x04")
    os.close(terminal)
    _, status, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, ready, status, output


def main():
    runs, prompt = int(sys.argv[1]), sys.argv[2].encode()
    split = sys.argv.index("--")
    command, rival = sys.argv[3:split], sys.argv[split + 1 :]
    ours, theirs, ready = [], [], []
    for turn in range(runs + 1):
        cpu, seconds, status, output = run_terminal(command, prompt) if prompt else run_plain(command)
        if status != 0 or (prompt and seconds is None):
            shown = output[-400:].decode(errors="replace")
            sys.exit(f"{' '.join(command)} ended with status {status} {'before its prompt' if prompt else ''}: {shown!r}")
        base = (run_terminal(rival, b"") if prompt else run_plain(rival))[0]
        if turn == 0:
            continue  # Fills the disk cache.
        ours.append(cpu * 1000)
        theirs.append(base * 1000)
        ready.append((seconds or 0) * 1000)
    print(json.dumps({"ours": ours, "rival": theirs, "prompt": ready}))


main()
