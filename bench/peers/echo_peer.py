"""Python's threaded echo server, as its documentation shows it. Prints its port."""
import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 1024
    disable_nagle_algorithm = True


with Server(("127.0.0.1", 0), Echo) as server:
    print(f"listens on {server.server_address[1]}", flush=True)
    server.serve_forever()
