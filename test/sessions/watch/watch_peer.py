"""An agent and a collector that speak the lines of JSON of `watch`, with nothing but the standard library (inotify through ctypes).

agent PORT FOLDER    watches one folder and tells the collector at the port
send PORT NAME       tells two changes, with numbers 1 and 9
raw PORT COUNT       sends its standard input, prints so many lines of what is answered
collector            prints its port, then what agents tell
"""
import ctypes
import datetime
import json
import os
import socket
import socketserver
import struct
import sys
import uuid

CREATE, MODIFY, DELETE, MOVED_FROM, MOVED_TO, ISDIR = 0x100, 0x2, 0x200, 0x40, 0x80, 0x40000000


def say(*words):
    print(*words, flush=True)


class Connection:
    def __init__(self, port, name, folder):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=10)
        self.lines = self.socket.makefile('r', encoding='utf-8')
        self.name, self.session, self.seq = name, str(uuid.uuid4()), 0
        self.send({'hello': 1, 'agent': name, 'session': self.session, 'folder': folder})

    def send(self, line):
        self.socket.sendall(json.dumps(line).encode() + b'\n')
        answer = json.loads(self.lines.readline())
        assert answer['session'] == self.session, answer
        return answer['ack']

    def tell(self, event, path, **more):
        self.seq += 1
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        line = {'agent': self.name, 'session': self.session, 'seq': self.seq, 'event': event, 'path': path, 'time': now}
        acknowledged = self.send({**line, **more})
        assert acknowledged == self.seq, acknowledged
        say('acknowledged', acknowledged)


def agent(port, folder):
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(0)
    if libc.inotify_add_watch(descriptor, folder.encode(), CREATE | MODIFY | DELETE | MOVED_FROM | MOVED_TO) < 0:
        raise OSError(ctypes.get_errno(), folder)
    connection = Connection(port, 'python', folder)
    say('watching')
    moved = {}
    while True:
        data = os.read(descriptor, 65536)
        while data:
            _, mask, cookie, length = struct.unpack_from('iIII', data)
            name = data[16:16 + length].rstrip(b'\0').decode('utf-8', 'backslashreplace')
            path = os.path.join(folder, name)
            data = data[16 + length:]
            if mask & MOVED_FROM:
                moved[cookie] = path
            elif mask & MOVED_TO:
                connection.tell('move', path, **{'from': moved.pop(cookie)})
            else:
                event = 'create' if mask & CREATE else 'delete' if mask & DELETE else 'modify'
                connection.tell(event, path, isFolder=bool(mask & ISDIR))


class Handler(socketserver.StreamRequestHandler):
    last = {}

    def handle(self):
        for text in self.rfile:
            line = json.loads(text)
            session = line['session']
            if 'hello' not in line and line['seq'] > self.last.get(session, 0):
                self.last[session] = line['seq']
                where = f"{line['from']} -> {line['path']}" if 'from' in line else line['path']
                say(line['agent'], line['seq'], line['event'], where)
            self.wfile.write(json.dumps({'ack': self.last.get(session, 0), 'session': session}).encode() + b'\n')


def collector():
    with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler) as server:
        server.daemon_threads = True
        say('port', server.server_address[1])
        server.serve_forever()


def raw(port, count):
    with socket.create_connection(('127.0.0.1', port), timeout=10) as connection:
        connection.sendall(sys.stdin.buffer.read())
        lines = connection.makefile('r', encoding='utf-8')
        for _ in range(count):
            say(lines.readline().rstrip())


if __name__ == '__main__':
    what, *rest = sys.argv[1:]
    if what == 'agent':
        agent(int(rest[0]), rest[1])
    elif what == 'collector':
        collector()
    elif what == 'raw':
        raw(int(rest[0]), int(rest[1]))
    else:
        one = Connection(int(rest[0]), rest[1], '/')
        one.tell('create', '/first')
        one.seq = 8
        one.tell('create', '/ninth')
