"""A WebSocket server of Python's websockets, told by lines of JSON what to do; says in lines of JSON what happens to it.

websocket-peer.py [PORT] [tls CERT KEY]

{"do": "send", "text": …}   {"do": "bytes", "hex": …}   {"do": "close", "code": …, "reason": …}   {"do": "reset"}   to the latest connection
Paths: /echo sends back what comes; /deny says 403; /chat takes subprotocols chat.v2 and chat.v1; all others only tell.
"""
import asyncio
import http
import json
import socket
import ssl
import struct
import sys
import threading

import websockets

latest = None


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def handle(connection):
    global latest
    latest = connection
    headers = connection.request_headers
    tell(
        connected=True,
        path=connection.path,
        headers={name.lower(): value for name, value in headers.raw_items()},
        protocol=connection.subprotocol,
    )
    try:
        async for message in connection:
            if isinstance(message, str):
                # Bytes as Latin-1, as all peers tell them.
                tell(got=message.encode().decode("latin1"), kind="text")
            else:
                tell(got=message.decode("latin1") if len(message) <= 4096 else "", kind="bytes", length=len(message))
            if connection.path.startswith("/echo"):
                await connection.send(message)
    except websockets.ConnectionClosed:
        pass
    tell(ended=True, code=connection.close_code, reason=connection.close_reason)


async def request(path, headers):
    if path.startswith("/deny"):
        return http.HTTPStatus.FORBIDDEN, [("Content-Type", "text/plain")], b"not with \x1b[31mthis face\n"
    if path.startswith("/moved"):
        return http.HTTPStatus.FOUND, [("Location", "/echo")], b""


async def obey(order):
    if order["do"] == "send":
        await latest.send(order["text"])
    elif order["do"] == "bytes":
        await latest.send(bytes.fromhex(order["hex"]))
    elif order["do"] == "many":
        for i in range(order["count"]):
            await latest.send("x" * order["size"])
        tell(sent=order["count"])
    elif order["do"] == "close":
        await latest.close(order["code"], order.get("reason", ""))
    elif order["do"] == "raw":
        latest.transport.write(bytes.fromhex(order["hex"]))
    elif order["do"] == "freeze":
        latest.transport.pause_reading()
    elif order["do"] == "reset":
        sock = latest.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        latest.transport.abort()


async def main():
    arguments = sys.argv[1:]
    port = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 0
    context = None
    if arguments:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments[1], arguments[2])
    loop = asyncio.get_running_loop()
    async with websockets.serve(
        handle,
        "127.0.0.1",
        port,
        ssl=context,
        process_request=request,
        subprotocols=["chat.v2", "chat.v1"],
        ping_interval=None,
        max_size=2**26,
    ) as server:
        tell(port=server.sockets[0].getsockname()[1])

        def read():
            for line in sys.stdin:
                asyncio.run_coroutine_threadsafe(obey(json.loads(line)), loop).add_done_callback(
                    lambda done: done.exception() and tell(failed=repr(done.exception()))
                )
            loop.call_soon_threadsafe(loop.stop)

        threading.Thread(target=read, daemon=True).start()
        await asyncio.Future()


try:
    asyncio.run(main())
except RuntimeError:
    pass
