"""Many downloads at the same time: all ask first, and read when all have been answered. Prints how many got what was expected."""
import hashlib
import http.client
import resource
import socket
import sys

port, path, count, expected = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 100), hard))

connections = []
for _ in range(count):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    # A small window: what nobody reads stays with the server, and not in buffers of the kernel.
    connection.sock = socket.socket()
    connection.sock.settimeout(60)
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    connection.sock.connect(('127.0.0.1', port))
    connection.request('GET', path)
    connections.append(connection)
responses = [connection.getresponse() for connection in connections]
print('all asked', flush=True)
sys.stdin.readline()

# A piece from each in turn.
hashes = {response: hashlib.sha256() for response in responses}
whole = 0
while hashes:
    for response in list(hashes):
        piece = response.read(65536)
        hashes[response].update(piece)
        if piece == b'':
            whole += hashes.pop(response).hexdigest() == expected
print('whole', whole)
