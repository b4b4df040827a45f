#!/usr/bin/env python3
"""A line between a school and the district that can be cut: forwards TCP connections on loopback.

    link.py PORT TARGET_HOST TARGET_PORT      PORT 0 picks a free one; prints "ready HOST:PORT"

SIGUSR1 cuts it: what is open breaks off at whatever byte it is, what is new is refused. SIGUSR2 mends it.
SIGTERM ends it.
"""

import asyncio
import os
import signal
import sys


class Line:
    def __init__(self, host, port):
        self.target = (host, port)
        self.is_cut = False
        self.open = set()

    async def take(self, reader, writer):
        """One connection from the school."""
        if self.is_cut:
            writer.transport.abort()
            return
        self.open.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            self.open.discard(writer)
            writer.transport.abort()
            return
        self.open.add(far_writer)
        await asyncio.gather(self.forward(reader, far_writer), self.forward(far_reader, writer))
        self.open -= {writer, far_writer}

    async def forward(self, reader, writer):
        try:
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
            writer.close()
        except OSError:
            writer.transport.abort()

    def cut(self):
        self.is_cut = True
        for writer in self.open:
            writer.transport.abort()

    def mend(self):
        self.is_cut = False


async def serve(port, target_host, target_port):
    line = Line(target_host, target_port)
    server = await asyncio.start_server(line.take, "127.0.0.1", port)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, line.cut)
    loop.add_signal_handler(signal.SIGUSR2, line.mend)
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)  # a line has nothing to put in order
    host, port = server.sockets[0].getsockname()[:2]
    print(f"ready {host}:{port}", flush=True)
    await server.serve_forever()


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    asyncio.run(serve(int(arguments[0]), arguments[1], int(arguments[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
