#!/usr/bin/env python3
"""A bad line between a site and its server: slow, far, cut again and again.

    bad_line.py --to PORT --rate BYTES_PER_SECOND --delay SECONDS --cut-every SECONDS --report FILE

Forwards from a free loopback port, which it prints as its first line, until it is ended. Each direction passes
`rate` bytes a second, each byte `delay` seconds late; every connection is reset `cut-every` seconds after it
began (0: never). At the end, and after every connection, FILE holds one JSON object a connection.
"""
import argparse
import asyncio
import json
import time

CHUNK = 512


class Connection:
    def __init__(self, options, writers):
        self.options = options
        self.writers = writers
        self.up = 0
        self.down = 0
        self.began = time.monotonic()
        self.ended = None

    def facts(self):
        seconds = (self.ended or time.monotonic()) - self.began
        return {"up": self.up, "down": self.down, "seconds": round(seconds, 1)}

    async def carry(self, reader, writer, is_up):
        """Reads at the line's rate; what was read is written `delay` later, in order."""
        waiting = asyncio.Queue(maxsize=256)

        async def deliver():
            while True:
                due, chunk = await waiting.get()
                await asyncio.sleep(max(0, due - time.monotonic()))
                if chunk is None:
                    return
                writer.write(chunk)
                await writer.drain()
                if is_up:
                    self.up += len(chunk)
                else:
                    self.down += len(chunk)

        delivery = asyncio.create_task(deliver())
        try:
            while chunk := await reader.read(CHUNK):
                if self.options.rate:
                    await asyncio.sleep(len(chunk) / self.options.rate)
                await waiting.put((time.monotonic() + self.options.delay, chunk))
            await waiting.put((time.monotonic() + self.options.delay, None))
            await delivery
        except (ConnectionError, OSError):
            pass
        finally:
            delivery.cancel()

    def cut(self):
        self.ended = time.monotonic()
        for writer in self.writers:
            writer.transport.abort()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--cut-every", type=float, default=0)
    parser.add_argument("--report", required=True)
    options = parser.parse_args()
    connections = []

    def report():
        with open(options.report, "w", encoding="utf-8") as out:
            for connection in connections:
                out.write(json.dumps(connection.facts()) + "\n")

    async def serve(reader, writer):
        try:
            # Small buffers, so that the line's rate is felt at once.
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", options.to, limit=4096)
        except OSError:
            writer.close()
            return
        connection = Connection(options, [writer, far_writer])
        connections.append(connection)
        tasks = [
            asyncio.create_task(connection.carry(reader, far_writer, True)),
            asyncio.create_task(connection.carry(far_reader, writer, False)),
        ]
        await asyncio.wait(
            tasks, timeout=options.cut_every or None, return_when=asyncio.FIRST_COMPLETED
        )
        connection.cut()
        for task in tasks:
            task.cancel()
        report()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
