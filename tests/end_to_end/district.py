"""A district of real processes for the end-to-end drills: a server, sites, people who write, and TAP.

Everything stands in one temporary folder on loopback and is gone afterwards. What was answered OK is
remembered (`District.acked`) and is what the checks look for.
"""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("TRELLIS_BIN", ROOT / "build/release/bin")).resolve()
READY_WITHIN_S = 60
SYNC_WITHIN = "90s"


class Tap:
    """Cases as lines "ok N - sentence"; a failure is followed by what was seen."""

    def __init__(self):
        self.cases = 0
        self.failed = 0

    def tell(self, good, sentence, seen=""):
        self.cases += 1
        print(f"{'ok' if good else 'not ok'} {self.cases} - {sentence}")
        if not good:
            self.failed += 1
            for line in str(seen).rstrip().split("\n")[-30:]:
                print(f"# {line}")
        sys.stdout.flush()
        return good

    def finish(self):
        print(f"1..{self.cases}")
        return 1 if self.failed else 0


def free_ports(count):
    """Below those the system hands out to callers, so that nobody takes a server's while it is down."""
    taken = []
    while len(taken) < count:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", random.randrange(20000, 32000)))
            taken.append(one)
        except OSError:
            one.close()
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def eventually(seconds, condition):
    until = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > until:
            return result
        time.sleep(0.1)
    return result


class Program:
    """A daemon or server that is started, killed and started again on the same folder."""

    def __init__(self, name, log):
        self.name = name
        self.log = log
        self.process = None

    def launch(self, command):
        out = open(f"{self.log}.out", "w+")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=log)
        until = time.monotonic() + READY_WITHIN_S
        while not pathlib.Path(out.name).read_text().startswith("ready"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.name} did not start: {self.last_words()}")
            time.sleep(0.02)
        return pathlib.Path(out.name).read_text()

    def last_words(self, lines=15):
        return "\n".join(pathlib.Path(self.log).read_text(errors="replace").rstrip().split("\n")[-lines:])

    def kill(self):
        """As the power goes."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.ok = code == 0

    def __str__(self):
        return f"exit {self.code}\n{self.out}{self.err}"

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]


def run(command, text=None, timeout=150):
    done = subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True, timeout=timeout)
    return Answer(done.returncode, done.stdout, done.stderr)


class Member:
    """What the command line can be pointed at: the server or a site."""

    def trellis(self, *arguments, text=None):
        return run([BIN / "trellis", *self.address(), *arguments], text)

    def json(self, *arguments):
        answer = self.trellis("--json", *arguments)
        if not answer.ok:
            raise RuntimeError(f"{self.name}: trellis {' '.join(map(str, arguments))}: {answer}")
        return answer.lines()

    def create(self, kind, scope, value):
        return self.trellis("records", "create", kind, "-", "--scope", scope, text=json.dumps(value))

    def codes(self, kind, scope):
        field = {"ActionStep": "code", "Staff": "staffUniqueId"}[kind]
        rows = self.json("records", "list", kind, "--scope", scope, "--limit", "1000000")
        return {row["data"][field] for row in rows}

    def digests(self):
        return {row["scope"]: (row["records"], row["digest"], row["setAside"]) for row in self.json("digest")}


class Server(Member):
    def __init__(self, district, name="server"):
        self.district = district
        self.name = name
        self.folder = district.folder / name
        self.program = Program(name, district.folder / f"{name}.log")
        self.sync, self.api, self.join = free_ports(3)

    def address(self):
        return ["--address", f"127.0.0.1:{self.api}", "--ca-file", self.folder / "keys/authority.crt", "--token-file",
                self.folder / "admin.token"]

    def init(self):
        answer = run([BIN / "trellis-server", "init", "--data", self.folder, "--district", "Drilled"])
        if not answer.ok:
            raise RuntimeError(str(answer))

    def start(self):
        self.program.launch([BIN / "trellis-server", "serve", "--data", self.folder, "--sync",
                             f"127.0.0.1:{self.sync}", "--api", f"127.0.0.1:{self.api}", "--join",
                             f"127.0.0.1:{self.join}"])

    def backup(self, to):
        return run([BIN / "trellis-server", "backup", "--data", self.folder, "--to", to])

    def verify(self):
        return run([BIN / "trellis-server", "verify", "--data", self.folder])

    def health(self, site):
        for row in self.json("sites", "health"):
            if row["site"]["site"] == site:
                return row["state"]
        return ""


class Site(Member):
    """A daemon of a site. Several may belong to one site, each on a folder of its own."""

    def __init__(self, district, name, site, folder=None, more=()):
        self.district = district
        self.name = name
        self.site = site
        self.folder = folder or district.folder / name
        self.socket = district.folder / f"{name}.sock"
        self.more = list(more)
        self.program = Program(name, district.folder / f"{name}.log")

    def address(self):
        return ["--address", f"unix:{self.socket}"]

    def join(self, code_file):
        server = self.district.server
        answer = run([BIN / "trellisd", "join", "--data", self.folder, "--server", f"127.0.0.1:{server.sync}",
                      "--code-file", code_file])
        if not answer.ok:
            raise RuntimeError(f"{self.name}: {answer}")

    def start(self):
        return self.program.launch([BIN / "trellisd", "serve", "--data", self.folder, "--socket", self.socket, *self.more])

    def sync_now(self, within=SYNC_WITHIN):
        return self.trellis("sync", "now", "--timeout", within)


class District:
    """One server, and the sites that have joined it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trellis-drill."))
        self.acked_lock = threading.Lock()
        self.acked = {}  # (kind, scope) -> codes answered OK
        self.server = Server(self)
        self.sites = {}

    def __enter__(self):
        self.server.init()
        self.server.start()
        return self

    def __exit__(self, *_):
        for member in [self.server, *self.sites.values()]:
            member.program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_site(self, name, site=None, more=()):
        """A daemon of a new site, or a further machine of a site that is there."""
        code = self.folder / f"{name}.code"
        if site is None:
            answer = self.server.trellis("--json", "sites", "add", name, "--identifier", name, "--code-file", code)
            site = answer.lines()[0]["site"]["site"] if answer.ok else None
        else:
            answer = self.server.trellis("sites", "rejoin", site, "--code-file", code)
        if not answer.ok:
            raise RuntimeError(str(answer))
        member = Site(self, name, site, more=more)
        member.join(code)
        member.start()
        self.sites[name] = member
        return member

    def write(self, member, scope, code):
        """True if it was answered OK, and is looked for ever after."""
        if scope == "shared":
            kind, value = "ActionStep", {"code": code, "title": f"By {member.name}", "state": "ACTION_STEP_STATE_NOT_STARTED"}
        else:
            kind, value = "Staff", {"staffUniqueId": code, "givenName": "Ann", "familyName": f"Of {member.name}"}
        if not member.create(kind, scope, value).ok:
            return False
        with self.acked_lock:
            self.acked.setdefault((kind, scope), set()).add(code)
        return True

    def write_some(self, member, tag, count, scopes):
        """Fails loudly: nothing stands in the way of these."""
        for number in range(count):
            scope = scopes[number % len(scopes)]
            if not self.write(member, scope, f"{tag}-{member.name}-{number}"):
                raise RuntimeError(f"{member.name} could not write in {scope}: {member.program.last_words()}")

    @contextlib.contextmanager
    def under_load(self, members, tag, shared_only=()):
        """People write at every member, shared and in the site's own scope, for as long as the block lasts."""
        over = threading.Event()

        def work(member):
            number = 0
            while not over.is_set():
                in_shared = number % 2 == 0 or member in shared_only or isinstance(member, Server)
                scope = "shared" if in_shared else member.site
                self.write(member, scope, f"{tag}-{member.name}-{number}")
                number += 1

        threads = [threading.Thread(target=work, args=(member,)) for member in members]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def missing(self, member, scopes):
        """Writes that were answered OK somewhere and are not at the member, in words; empty: none."""
        gone = []
        for (kind, scope), codes in sorted(self.acked.items()):
            if scope in scopes:
                gone += [f"{scope} {code}" for code in sorted(codes - member.codes(kind, scope))]
        return "\n".join(gone)

    def unequal(self, site):
        """The scopes whose digests differ between the site and the server, in words; empty: none."""
        here, there = site.digests(), self.server.digests()
        return "\n".join(f"{scope}: {site.name} {mine}, server {there.get(scope)}" for scope, mine in here.items()
                         if mine != there.get(scope))
