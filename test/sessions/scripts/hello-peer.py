"""The other half of the scripts that greet: hello-peer.py tcp-server | threads-server | asyncio-server | udp-server, or tcp-client | line-client | udp-client HOST PORT TEXT…"""
import asyncio
import socket
import socketserver
import sys
import threading


def greeting(data):
    return b"Bonjour " + data.strip() + b".\n"


class Steps(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            data = self.request.recv(1024)
            if not data:
                return
            self.request.sendall(greeting(data))


class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(greeting(self.rfile.readline()))


class Datagrams(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(greeting(self.rfile.read()))


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 512


async def asyncio_server():
    async def handle(reader, writer):
        while data := await reader.read(1024):
            writer.write(greeting(data))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def serve(kind, handler):
    with kind(("127.0.0.1", 0), handler) as server:
        print("port", server.server_address[1], flush=True)
        server.serve_forever()


what = sys.argv[1]
if what == "tcp-server":
    serve(socketserver.TCPServer, Steps)
elif what == "threads-server":
    serve(Threads, Lines)
elif what == "udp-server":
    serve(socketserver.UDPServer, Datagrams)
elif what == "asyncio-server":
    asyncio.run(asyncio_server())
else:
    address, texts = (sys.argv[2], int(sys.argv[3])), sys.argv[4:]
    if what == "udp-client":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(20)
            for text in texts:
                client.sendto(text.encode(), address)
                answer, sender = client.recvfrom(1024)
                print(answer, sender == address)
    elif what == "tcp-client":
        with socket.create_connection(address) as client:
            for text in texts:
                client.sendall(text.encode())
                print(client.recv(1024))
            client.shutdown(socket.SHUT_WR)
            print(client.recv(1024))
    else:
        # Each text from a client of its own; all connect before the first one asks.
        clients = [socket.create_connection(address) for _ in texts]
        answers = {}

        def ask(client, text):
            client.sendall(text.encode() + b"\n")
            answers[text] = client.makefile().read()

        threads = [threading.Thread(target=ask, args=pair) for pair in zip(clients, texts)]
        for thread in reversed(threads):
            thread.start()
        for thread in threads:
            thread.join()
        for text in texts:
            print(repr(answers[text]))
