"""What the buttons of the graphical client do, without the window: asks a server, and prints what the label would show.

python3 article-client.py VERSION PORT COMMAND TEXT
python3 article-client.py 4 PORT load NAME FOLDER     saves what a client of version 4 loads
"""
import base64
import json
import os
import socket
import sys
import zlib


def ask(port, line):
    """Sends a line, and reads until the server closes."""
    with socket.create_connection(('127.0.0.1', port), timeout=10) as connection:
        connection.sendall(line.encode('utf-8') + b'\n')
        answer = b''
        while True:
            part = connection.recv(1024)
            if not part:
                return answer
            answer += part


def call(version, port, command, text):
    if version == 1:
        return ask(port, text)
    if version == 3:
        answer = ask(port, json.dumps({'command': command, 'message': text}))
        return json.loads(answer)['message'].encode('utf-8')
    return ask(port, command + ':' + text)


def load(port, name, folder):
    with open(os.path.join(folder, name + '.glade'), 'wb') as file:
        file.write(ask(port, 'load_file:' + name))
    with open(os.path.join(folder, name + '.js'), 'wb') as file:
        file.write(zlib.decompress(base64.b64decode(ask(port, 'load_code:' + name), validate=True)))


version, port, command, *rest = sys.argv[1:]
if command == 'load':
    load(int(port), *rest)
else:
    sys.stdout.buffer.write(call(int(version), int(port), command, *rest))
