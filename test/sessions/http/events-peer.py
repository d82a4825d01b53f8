"""A server of events, in plain sockets: what it sends is what the tests order, byte for byte.

{"do": "send", "hex": …}   {"do": "end"}   {"do": "reset"}   to the latest connection
Paths: /events begins an answer of events; /status/N says N; /html is a page; /busy says 503 once, then as /events; /silent says nothing;
/short ends its answer of events at once.
Says in lines of JSON what it was asked.
"""
import json
import socket
import struct
import sys
import threading

latest = None
busy = True
ORDERS = {}


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def answer(connection):
    global latest, busy
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return
        data += piece
    head = data.split(b"\r\n\r\n")[0].decode("latin1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = dict((name.lower(), value.strip()) for name, value in (line.split(":", 1) for line in head[1:]))
    tell(asked=path, method=method, headers=headers)
    if path == "/silent":
        latest = connection
        return
    status, kind = "200 OK", "text/event-stream; charset=utf-8"
    if path.startswith("/status/"):
        status = path.split("/")[-1] + " So It Is"
    elif path == "/favicon.ico":
        status = "404 None"
    elif path == "/html":
        kind = "text/html"
    elif path == "/busy" and busy:
        busy = False
        status = "503 Busy"
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
    if not status.startswith("200") or kind == "text/html":
        connection.close()
        return
    if path == "/short":
        connection.shutdown(socket.SHUT_WR)
        connection.close()
        tell(begun=path)
        return
    latest = connection
    tell(begun=path)


def accept(server):
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
server.listen(16)
tell(port=server.getsockname()[1])
threading.Thread(target=accept, args=(server,), daemon=True).start()
for line in sys.stdin:
    order = json.loads(line)
    try:
        if order["do"] == "send":
            latest.sendall(bytes.fromhex(order["hex"]))
        elif order["do"] == "flood":
            for i in range(order["count"]):
                latest.sendall(b"data: " + b"x" * order["size"] + b"\n\n")
            tell(flooded=order["count"])
        elif order["do"] == "end":
            latest.shutdown(socket.SHUT_WR)
            latest.close()
        elif order["do"] == "reset":
            latest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            latest.close()
    except OSError as error:
        tell(failed=str(error))
