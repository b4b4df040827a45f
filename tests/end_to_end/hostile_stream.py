#!/usr/bin/env python3
"""Plays peers that mean harm against a server's sync port, on the wire, and tells how each was met. TAP.

    hostile_stream.py --port PORT --name SERVER_NAME --keys KEYS --foreign KEYS --pid SERVER_PID --first NUMBER

KEYS holds site.crt, site.key and authority.crt of a site that has joined; FOREIGN the same of another district.
"""
import argparse
import os
import socket
import ssl
import struct
import sys
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING = 0, 1, 3, 4, 6
END_HEADERS = 4
# The bound each promise names, in seconds, and what a busy machine may add.
HANDSHAKE_S, SILENCE_S, SLACK_S = 20, 60, 15
MOST_MEMORY = 400 << 20


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A header, neither indexed nor compressed (RFC 7541, 6.2.2)."""

    def text(raw):
        if len(raw) < 127:
            return bytes([len(raw)]) + raw
        rest, out = len(raw) - 127, bytearray([127])
        while rest >= 128:
            out.append(rest % 128 + 128)
            rest //= 128
        out.append(rest)
        return bytes(out) + raw

    return b"\x00" + text(name) + text(value)


def call_headers(extra=b""):
    return b"".join(
        literal(name, value)
        for name, value in (
            (b":method", b"POST"),
            (b":scheme", b"https"),
            (b":path", b"/trellis.sync.v1.SyncService/Sync"),
            (b":authority", b"server"),
            (b"content-type", b"application/grpc"),
            (b"te", b"trailers"),
        )
    ) + extra


class Peer:
    def __init__(self, options, keys=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        if keys:
            context.load_cert_chain(f"{keys}/site.crt", f"{keys}/site.key")
        plain = socket.create_connection(("127.0.0.1", options.port))
        plain.settimeout(SILENCE_S + SLACK_S)
        self.tls = context.wrap_socket(plain, server_hostname=options.name)

    def greet(self):
        self.tls.sendall(PREFACE + frame(SETTINGS, 0, 0))

    def send(self, data):
        """False once the other end has closed."""
        try:
            self.tls.sendall(data)
            return True
        except (OSError, ssl.SSLError):
            return False

    def hear(self, seconds):
        """What comes within that time, and whether the other end has closed by then."""
        heard, until = b"", time.monotonic() + seconds
        while time.monotonic() < until:
            self.tls.settimeout(max(0.1, until - time.monotonic()))
            try:
                got = self.tls.recv(65536)
            except (socket.timeout, TimeoutError):
                return heard, False
            except (OSError, ssl.SSLError):
                return heard, True
            if not got:
                return heard, True
            heard = (heard + got)[-65536:]
        return heard, False


def resident(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def without_certificate(options, keys=None):
    try:
        peer = Peer(options, keys)
        peer.greet()
        return peer.hear(SLACK_S) == (b"", True)  # closed, and not one byte of HTTP/2 before
    except (OSError, ssl.SSLError):
        return True


def never_ends_the_handshake(options):
    plain = socket.create_connection(("127.0.0.1", options.port))
    plain.settimeout(1)
    until = time.monotonic() + HANDSHAKE_S + SLACK_S
    for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500):
        try:
            plain.sendall(bytes([byte]))
            if plain.recv(1) == b"":
                return True
        except (socket.timeout, TimeoutError):
            pass
        except OSError:
            return True
        if time.monotonic() > until:
            return False
    return False


def says_nothing(options):
    """A Hello that comes one byte at a time and never ends; pings are left unanswered."""
    peer = Peer(options, options.keys)
    peer.greet()
    peer.send(frame(HEADERS, END_HEADERS, 1, call_headers()))
    peer.send(frame(DATA, 0, 1, b"\0" + struct.pack(">I", 200)))
    until = time.monotonic() + SILENCE_S + SLACK_S
    heard = b""
    while time.monotonic() < until:
        if not peer.send(frame(DATA, 0, 1, b"x")):
            return True
        more, closed = peer.hear(4)
        heard += more
        # Either the call is ended or the connection is.
        if closed or any(stream == 1 and kind == RST_STREAM for kind, stream in frames_of(heard)):
            return True
    return False


def ping_flood(options):
    peer = Peer(options, options.keys)
    peer.greet()
    burst = frame(PING, 0, 0, b"12345678") * 500
    open_ = True
    for _ in range(400):
        open_ = peer.send(burst)
        if not open_:
            break
    if open_:
        open_ = not peer.hear(SLACK_S)[1]
    return not open_ and resident(options.pid) < MOST_MEMORY


def header_and_reset_flood(options):
    peer = Peer(options, options.keys)
    peer.greet()
    headers, stream = call_headers(), 1
    for _ in range(40):
        burst = b""
        for _ in range(100):
            burst += frame(HEADERS, END_HEADERS, stream, headers)
            burst += frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
            stream += 2
        if not peer.send(burst):
            break
    peer.tls.close()
    return resident(options.pid) < MOST_MEMORY


def declared_and_never_sent(options):
    before = resident(options.pid)
    peers = []
    for _ in range(4):
        peer = Peer(options, options.keys)
        peer.greet()
        peer.send(frame(HEADERS, END_HEADERS, 1, call_headers()))
        peer.send(frame(DATA, 0, 1, b"\0" + struct.pack(">I", 200 << 20) + b"x" * 100))
        peers.append(peer)
    time.sleep(1)
    return resident(options.pid) - before < (100 << 20)


def long_metadata(options):
    peer = Peer(options, options.keys)
    peer.greet()
    block = call_headers(literal(b"x-long", b"x" * 65536))
    first, rest = block[:16000], block[16000:]
    peer.send(frame(HEADERS, 0, 1, first))
    while rest:
        piece, rest = rest[:16000], rest[16000:]
        peer.send(frame(9, 0 if rest else END_HEADERS, 1, piece))
    # Reset, ended or left alone: what must not come is an answer of the service.
    peer.send(frame(DATA, 0, 1, b"\0" + struct.pack(">I", 2) + b"\x0a\x00"))  # an empty Hello
    heard, _ = peer.hear(5)
    return DATA not in (kind for kind, stream in frames_of(heard) if stream == 1)


def frames_of(heard):
    at = 0
    while at + 9 <= len(heard):
        yield heard[at + 3], int.from_bytes(heard[at + 5 : at + 9], "big")
        at += 9 + int.from_bytes(heard[at : at + 3], "big")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--keys", required=True)
    parser.add_argument("--foreign", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    cases = [
        ("no certificate: refused before any HTTP/2", without_certificate),
        ("a foreign certificate: the same", lambda o: without_certificate(o, o.foreign)),
        ("a handshake that never ends is closed", never_ends_the_handshake),
        ("a byte now and then, and pings unanswered: closed", says_nothing),
        ("a flood of pings is cut off", ping_flood),
        ("a flood of headers and resets takes bounded memory", header_and_reset_flood),
        ("200 MB declared and never sent take none", declared_and_never_sent),
        ("64 KB of metadata are refused", long_metadata),
    ]
    results = [None] * len(cases)

    def play(at):
        try:
            results[at] = cases[at][1](options)
        except Exception as error:  # a case that breaks is a case that failed
            results[at] = error

    threads = [threading.Thread(target=play, args=(at,)) for at in range(len(cases))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for at, (name, _) in enumerate(cases):
        print(f"{'ok' if results[at] is True else 'not ok'} {options.first + at} - {name}")
        if isinstance(results[at], Exception):
            print(f"# {results[at]!r}")
    return 0 if all(result is True for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
