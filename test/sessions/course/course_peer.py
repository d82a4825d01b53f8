"""Servers and clients of the course, with nothing but the standard library.

parrot-server            takes one client, answers in capitals; prints its port first
parrot-client PORT TEXT  says it, prints the answer
time-server              answers each connection with the time and what it was sent
time-client PORT TEXT    prints the answer
line-server              answers each line with `ok LINE`
line-client PORT TEXT    prints the answer
roles-server             the first client is told principal, the others secondaire; who is first in line follows
roles-client PORT COUNT  so many clients in one process; commands on standard input: `close N`, `reset N`, `roles`, `quit`
"""
import datetime
import os
import selectors
import socket
import socketserver
import struct
import sys
import threading


def say(*words):
    print(*words, flush=True)


def connect(port):
    return socket.create_connection(('127.0.0.1', port), timeout=10)


def listen():
    server = socket.create_server(('127.0.0.1', 0))
    say('port', server.getsockname()[1])
    return server


def parrot_server():
    with listen() as server:
        client, _ = server.accept()
        with client:
            while data := client.recv(1024):
                client.sendall(data.upper())
    say('the client has left')


def exchange(port, text):
    with connect(port) as client:
        client.sendall(text.encode())
        client.shutdown(socket.SHUT_WR)
        answer = b''
        while data := client.recv(1024):
            answer += data
    say(answer.decode().rstrip())


def parrot_client(port, text):
    with connect(port) as client:
        for word in text.split():
            client.sendall(word.encode())
            say(client.recv(1024).decode())


class Time(socketserver.BaseRequestHandler):
    def handle(self):
        data = self.request.recv(1024).strip()
        self.request.sendall(datetime.datetime.now().isoformat().encode() + b' ' + data + b'\n')


class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b'ok ' + line)


class Roles(socketserver.StreamRequestHandler):
    line = []
    lock = threading.Lock()

    def handle(self):
        with self.lock:
            self.line.append(self)
            self.tell()
        try:
            self.rfile.read()
        except OSError:
            pass
        with self.lock:
            was_first = self.line[0] is self
            self.line.remove(self)
            if was_first and self.line:
                self.line[0].tell()

    def tell(self):
        try:
            self.wfile.write(b'principal\n' if self.line[0] is self else b'secondaire\n')
        except OSError:
            pass


def serve(handler):
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 100

    with Server(('127.0.0.1', 0), handler) as server:
        say('port', server.server_address[1])
        server.serve_forever()


def roles_client(port, count):
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
    clients, told = [], []

    def wait():
        for key, _ in selector.select(10):
            if key.fd == sys.stdin.fileno():
                return os.read(key.fd, 65536).decode()
            try:
                data = key.fileobj.recv(1024)
            except OSError:
                data = b''
            if data:
                told[key.data].extend(data.decode().split())
            else:
                selector.unregister(key.fileobj)
        return None

    def obey(command):
        what, *numbers = command.split()
        if what == 'roles':
            say('roles', ' '.join(each[-1] for each in told))
        elif what == 'quit':
            sys.exit()
        for client in [clients[int(number)] for number in numbers]:
            if client in {key.fileobj for key in selector.get_map().values()}:
                selector.unregister(client)
            if what == 'reset':
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            client.close()
        if numbers:
            say('done', what)

    for number in range(count):
        client = connect(port)
        clients.append(client)
        told.append([])
        selector.register(client, selectors.EVENT_READ, number)
        # One after the other: who comes first is known then.
        while not told[number]:
            wait()
    say('connected', count)
    text = ''
    while True:
        text += wait() or ''
        *commands, text = text.split('\n')
        for command in commands:
            obey(command)


if __name__ == '__main__':
    what, *rest = sys.argv[1:]
    port = int(rest[0]) if rest else 0
    if what == 'parrot-server':
        parrot_server()
    elif what == 'parrot-client':
        parrot_client(port, rest[1])
    elif what == 'time-server':
        serve(Time)
    elif what == 'line-server':
        serve(Lines)
    elif what == 'roles-server':
        serve(Roles)
    elif what == 'roles-client':
        roles_client(port, int(rest[1]))
    else:
        exchange(port, rest[1])
