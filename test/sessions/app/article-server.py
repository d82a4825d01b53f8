"""A server of the networked graphical application in four versions, with socketserver alone: one request for each connection.

python3 article-server.py VERSION [--port PORT] [--folder FOLDER]
"""
import argparse
import base64
import json
import os
import socketserver
import zlib

COMMANDS = {'hello': 'Bonjour {}.'.format, 'bye': 'Au revoir {}.'.format}


class Request(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode('utf-8').rstrip('\r\n')
        answer = getattr(self, 'version%d' % self.server.version)(line)
        self.wfile.write(answer if isinstance(answer, bytes) else answer.encode('utf-8'))

    def version1(self, line):
        return 'Bonjour {}.\n'.format(line)

    def version2(self, line):
        command, _, text = line.partition(':')
        return COMMANDS[command](text) if command in COMMANDS else 'Erreur'

    def version3(self, line):
        request = json.loads(line)
        if request['command'] not in COMMANDS:
            return json.dumps({'status': 'error', 'message': 'Erreur'}) + '\n'
        text = COMMANDS[request['command']](request['message'])
        return json.dumps({'status': 'ok', 'message': text}) + '\n'

    def version4(self, line):
        command, _, name = line.partition(':')
        if command == 'load_file':
            return self.content(name + '.glade')
        if command == 'load_code':
            return base64.b64encode(zlib.compress(self.content(name + '.js')))
        return self.version2(line)

    def content(self, name):
        with open(os.path.join(self.server.folder, os.path.basename(name)), 'rb') as file:
            return file.read()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('version', type=int, choices=(1, 2, 3, 4))
    parser.add_argument('--port', type=int, default=8808)
    parser.add_argument('--folder', default='ihm')
    options = parser.parse_args()
    with Server(('127.0.0.1', options.port), Request) as server:
        server.version, server.folder = options.version, options.folder
        print('listening on', server.server_address[1], flush=True)
        server.serve_forever()


main()
