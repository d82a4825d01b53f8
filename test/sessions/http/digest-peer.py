"""A server that asks for Digest as its path says, with Python's own parser and hashes: /ALGORITHM/QOP/FLAGS/whatever.
QOP: auth, auth-int, both, none. FLAGS, with + between: once (a nonce is good for one request), silent (it does not say that a nonce is stale),
userhash, utf8, next (it gives the next nonce), domain (of /ALGORITHM/QOP/FLAGS/here), basic (Basic comes first), quoted (marks in the realm), '-'."""
import base64, hashlib, json, os, sys, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import parse_http_list, parse_keqv_list

USERS = {'user': 'passwd', 'J\u00e4s\u00f8n Doe': 'S\u00e9cret, or not?', 'a"b\\c': 'q"\\'}
HASHES = {'MD5': 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512_256'}
nonces = {}
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *words):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.algorithm, self.qop, flags = self.path.split('/')[1:4]
        self.flags = flags.split('+')
        self.realm = 'a "quoted\\realm"' if 'quoted' in self.flags else 'realm@example.org'
        given = self.headers.get('Authorization')
        if given is None:
            return self.challenge('nothing given')
        if not given.startswith('Digest '):
            return self.challenge('not digest')
        fields = {}
        for item in parse_http_list(given[7:]):
            name, value = item.split('=', 1)
            if name in fields:
                return self.challenge('twice: ' + name)
            if value[0] == '"':
                value = value[1:-1].replace('\\"', '"').replace('\\\\', '\\')
            fields[name] = value
        problem, user = self.check(fields, body)
        if problem is not None:
            return self.challenge(problem, problem == 'stale' and 'silent' not in self.flags)
        extra = [('Authentication-Info', 'nextnonce="%s"' % self.fresh())] if 'next' in self.flags else []
        self.reply(200, {'user': user, 'nc': fields.get('nc'), 'nonce': fields['nonce'], 'algorithm': fields.get('algorithm')}, extra)

    def check(self, fields, body):
        base = self.algorithm[:-5] if self.algorithm.endswith('-sess') else self.algorithm
        def h(*parts):
            return hashlib.new(HASHES[base], b':'.join(p if isinstance(p, bytes) else p.encode('utf8') for p in parts)).hexdigest()
        user = None
        for name in USERS:
            if 'userhash' in self.flags:
                if fields.get('userhash') == 'true' and fields['username'] == h(name, self.realm):
                    user = name
            elif 'username*' in fields:
                if 'utf8' in self.flags and urllib.parse.unquote(fields['username*'].split("''")[1]) == name:
                    user = name
            elif fields['username'].encode('latin1') == name.encode('utf8'):
                user = name
        if user is None:
            return 'user', None
        if fields['realm'] != self.realm or fields['uri'] != self.path or fields.get('algorithm') != self.algorithm or fields['opaque'] != 'an=opaque':
            return 'fields', None
        a1 = h(user, self.realm, USERS[user])
        if self.algorithm.endswith('-sess'):
            a1 = h(a1, fields['nonce'], fields['cnonce'])
        qop = fields.get('qop')
        if qop not in {'auth': ['auth'], 'auth-int': ['auth-int'], 'both': ['auth', 'auth-int'], 'none': [None]}[self.qop]:
            return 'qop', None
        a2 = h(self.command, self.path, h(body)) if qop == 'auth-int' else h(self.command, self.path)
        right = h(a1, fields['nonce'], a2) if qop is None else h(a1, fields['nonce'], fields['nc'], fields['cnonce'], qop, a2)
        if right != fields['response']:
            return 'response', None
        with lock:
            used = nonces.get(fields['nonce'])
            if used is None or ('once' in self.flags and used):
                return 'stale', None
            if qop is not None:
                if len(fields['nc']) != 8 or int(fields['nc'], 16) in used:
                    return 'nc', None
                used.add(int(fields['nc'], 16))
            else:
                used.add(len(used))
        return None, user

    def fresh(self):
        nonce = base64.b64encode(os.urandom(15)).decode() + '=='
        with lock:
            nonces[nonce] = set()
        return nonce

    def challenge(self, why, stale=False):
        words = ['realm="%s"' % self.realm.replace('\\', '\\\\').replace('"', '\\"'), 'nonce="%s"' % self.fresh(), 'opaque="an=opaque"', 'algorithm=' + self.algorithm]
        if self.qop != 'none':
            words.append('qop="%s"' % ('auth,auth-int' if self.qop == 'both' else self.qop))
        if stale:
            words.append('stale=true')
        if 'userhash' in self.flags:
            words.append('userhash=true')
        if 'utf8' in self.flags:
            words.append('charset=UTF-8')
        if 'domain' in self.flags:
            words.append('domain="%s/here http://other.example/"' % '/'.join(self.path.split('/')[:4]))
        text = 'Digest ' + ', '.join(words)
        self.reply(401, {'why': why}, [('WWW-Authenticate', 'Basic realm="a, b", ' + text if 'basic' in self.flags else text)])

    def reply(self, status, value, extra):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        for name, text in extra:
            self.send_header(name, text)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = answer


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, flush=True)
server.serve_forever()
