"""The page of request facts, as Python's own server tells them. Prints its port, serves until it is ended."""
import html
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse


class Facts(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parsed = urlparse(self.path)
        facts = [
            ("client_address", "%s:%d" % self.client_address[:2]),
            ("command", self.command),
            ("unparsed path", self.path),
            ("parsed path", parsed.path),
            ("query", parsed.query),
            ("request version", self.request_version),
            ("server version", self.server_version),
            ("protocol version", self.protocol_version),
        ] + [("HEADER " + name, value) for name, value in self.headers.items()]
        items = "\n".join("<li>%s: %s</li>" % (html.escape(n), html.escape(v)) for n, v in facts)
        body = ("<ul>\n%s\n</ul>" % items).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_DELETE = do_POST = do_GET

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Facts)
print(server.server_address[1], flush=True)
server.serve_forever()
