"""Clients of Python's standard library against the web server of the test. Prints what they saw as JSON."""
import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

port = int(sys.argv[1])
seen = {}

# One connection for several requests, kept open.
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
connection.connect()
own = connection.sock.getsockname()[1]
for method, path, body in [
    ("GET", "/hello?name=World", None),
    ("HEAD", "/hello?name=World", None),
    ("POST", "/echo", b"\x00\xff body"),
    ("PUT", "/notes/7", b'{"text": "seven"}'),
    ("DELETE", "/notes/7", None),
    ("OPTIONS", "/hello", None),
    ("GET", "/pieces", None),
    ("GET", "/nowhere", None),
]:
    connection.request(method, path, body)
    answer = connection.getresponse()
    content = answer.read()
    seen["%s %s" % (method, path)] = {
        "status": answer.status,
        "type": answer.getheader("Content-Type"),
        "length": answer.getheader("Content-Length"),
        "allow": answer.getheader("Allow"),
        "body": content.decode("latin-1"),
        "same": connection.sock is not None and connection.sock.getsockname()[1] == own,
    }

# A body in chunks, without a length.
connection.request("POST", "/echo", iter([b"one ", b"two ", b"three"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
seen["chunked"] = connection.getresponse().read().decode()
connection.close()

base = "http://127.0.0.1:%d" % port
form = urllib.parse.urlencode({"name": "Zoé & co", "n": "1"}).encode()
with urllib.request.urlopen(base + "/form", form, timeout=10) as answer:
    seen["form"] = json.load(answer)
with urllib.request.urlopen(base + "/moved", timeout=10) as answer:
    seen["redirect"] = [answer.url[len(base):], answer.read().decode()]
try:
    urllib.request.urlopen(base + "/json", b"{broken", timeout=10)
except urllib.error.HTTPError as error:
    seen["json"] = [error.code, error.read().decode()]
# HTTP/1.0: the end of the body is the end of the connection.
http.client.HTTPConnection._http_vsn_str = "HTTP/1.0"
http.client.HTTPConnection._http_vsn = 10
old = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
old.request("GET", "/pieces")
answer = old.getresponse()
seen["old"] = [answer.getheader("Transfer-Encoding"), answer.read().decode()]
print(json.dumps(seen))
