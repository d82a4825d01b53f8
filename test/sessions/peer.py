"""A peer of any kind of session, told by lines of JSON on standard input what to do; says in lines of JSON what happens to it.

peer.py tcp | unix PATH | tls CERT KEY | client | udp [stay]      stay: does not close when the other end does

{"do": "send", "text": …}                 to the latest connection (UDP: to the latest sender, or where "to" said)
{"do": "end"}  {"do": "close"}  {"do": "reset"}      half-close, close, RST
{"do": "deaf"}  {"do": "hear"}                       stops reading, goes on
{"do": "connect", "port": …}  {"do": "to", "port": …}
"""
import json
import queue
import select
import socket
import ssl
import struct
import sys
import threading

orders = queue.Queue()
hearing = threading.Event()
hearing.set()
latest = None
staying = len(sys.argv) > 1 and sys.argv[-1] == "stay"


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def read(connection):
    try:
        while True:
            hearing.wait()
            # Not in recv all the time: a socket that another thread reads from is not closed before it has read.
            pending = isinstance(connection, ssl.SSLSocket) and connection.pending()
            if not pending and not select.select([connection], [], [], 0.05)[0]:
                continue
            data = connection.recv(65536)
            if not data:
                tell(ended=True)
                if not staying:
                    connection.close()
                return
            # Of much data only how much it was.
            tell(**({"got": data.decode("latin1")} if len(data) <= 4096 else {"more": len(data)}))
    except (OSError, ValueError) as error:
        tell(broken=type(error).__name__)


def use(connection):
    global latest
    latest = connection
    threading.Thread(target=read, args=(connection,), daemon=True).start()
    tell(connected=True)


def accept(server, context):
    while True:
        connection, _ = server.accept()
        try:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            use(connection)
        except OSError as error:
            tell(failed=str(error))


def listen(family, address, context=None):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen(64)
    tell(port=server.getsockname()[1] if family == socket.AF_INET else 0)
    threading.Thread(target=accept, args=(server, context), daemon=True).start()


def datagrams(server):
    global latest
    while True:
        hearing.wait()
        data, latest = server.recvfrom(65536)
        tell(got=data.decode("latin1"))


kind = sys.argv[1]
datagram_socket = None
if kind == "tcp":
    listen(socket.AF_INET, ("127.0.0.1", 0))
elif kind == "unix":
    listen(socket.AF_UNIX, sys.argv[2])
elif kind == "tls":
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2], sys.argv[3])
    listen(socket.AF_INET, ("127.0.0.1", 0), tls)
elif kind == "udp":
    datagram_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram_socket.bind(("127.0.0.1", 0))
    tell(port=datagram_socket.getsockname()[1])
    threading.Thread(target=datagrams, args=(datagram_socket,), daemon=True).start()
else:
    tell(port=0)



def send(order):
    data = order["text"].encode()
    if datagram_socket:
        datagram_socket.sendto(data, latest)
    else:
        latest.sendall(data)


def carry_out():
    """In its own thread: to send may take until the other end reads."""
    while True:
        order = orders.get()
        try:
            obey(order)
        except OSError as error:
            tell(failed=str(error))


def obey(order):
    global latest
    what = order["do"]
    if what == "send":
        send(order)
    elif what == "end":
        latest.shutdown(socket.SHUT_WR)
    elif what == "close":
        latest.shutdown(socket.SHUT_RDWR)
        latest.close()
    elif what == "reset":
        latest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        latest.close()
    elif what == "connect":
        use(socket.create_connection(("127.0.0.1", order["port"])))
    elif what == "to":
        latest = ("127.0.0.1", order["port"])


threading.Thread(target=carry_out, daemon=True).start()
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "deaf":
        hearing.clear()
    elif order["do"] == "hear":
        hearing.set()
    else:
        orders.put(order)
