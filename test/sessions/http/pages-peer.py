"""A server of lists in pages, and of texts.

/pages?n=N&per=M[&page=P]   a list of numbers with Link as RFC 8288 has it     /cursor?after=C   {"data": {"items": […]}, "cursor": …}
/next   {"results": […], "next": URL}    /circle  leads back to itself    /foreign  leads elsewhere    /elsewhere  to this server by its other name    /broken  500 on its second page
/say/TEXT   the text     Says in lines of JSON what it was asked.
"""
import http.server
import json
import sys
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def reply(self, body, status=200, kind="application/json", **headers):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        print(json.dumps({"asked": self.path, "authorization": self.headers.get("Authorization", ""), "key": self.headers.get("X-Api-Key", "")}), flush=True)
        here = f"http://{self.headers['Host']}"
        if url.path == "/pages":
            n, per, page = int(query["n"]), int(query["per"]), int(query.get("page", 1))
            first = (page - 1) * per
            links = [f'</pages?n={n}&per={per}&page=1>; rel="first"; title="a, b"']
            if first + per < n:
                links.insert(0, f"</pages?n={n}&per={per}&page={page + 1}>; rel=next")
            self.reply(list(range(first, min(n, first + per))), Link=", ".join(links))
        elif url.path == "/cursor":
            after = int(query.get("after", 0))
            self.reply({"data": {"items": [after, after + 1]}, "cursor": after + 2 if after < 6 else None, "size": query.get("size")})
        elif url.path == "/next":
            page = int(query.get("page", 1))
            self.reply({"count": 6, "results": [page * 10, page * 10 + 1], "next": f"{here}/next?page={page + 1}" if page < 3 else None})
        elif url.path == "/circle":
            self.reply([1], Link='</circle?x=1>; rel="next"')
        elif url.path == "/foreign":
            self.reply([1], Link='<http://localhost:1/>; rel="next"')
        elif url.path == "/elsewhere":
            self.reply([1], Link=f'<http://localhost:{server.server_port}/pages?n=1&per=1>; rel="next"')
        elif url.path == "/broken":
            if "page" in query:
                self.reply({"message": "it broke"}, status=500)
            else:
                self.reply([1, 2], Link='</broken?page=2>; rel="next"')
        elif url.path == "/two":
            self.reply({"a": [1], "b": [2]})
        elif url.path.startswith("/say/"):
            self.reply(urllib.parse.unquote(url.path[5:]), kind="text/plain")
        else:
            self.reply({"message": "none"}, status=404)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
