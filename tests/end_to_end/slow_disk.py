#!/usr/bin/env python3
"""A disk whose every sync takes a second, under a real daemon and a real server: what is written is answered late, or
not at all by somebody who will not wait; asked again with the same request id it has one effect; a kill in the
middle changes nothing about that; sync goes on. strace delays the system calls; the programs know nothing of it.

    slow_disk.py
"""

import concurrent.futures
import contextlib
import json
import shutil
import subprocess
import sys
import time

from district import BIN, District, Tap, eventually

SYNC_US = 1_000_000
tap = Tap()


@contextlib.contextmanager
def slow_disk(member):
    """Every sync of the member's program takes a second longer for as long as the block lasts."""
    log = member.district.folder / f"{member.name}.strace"
    strace = subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e",
                               f"inject=fsync,fdatasync:delay_exit={SYNC_US}", "-o", str(log), "-p",
                               str(member.program.process.pid)], stderr=subprocess.PIPE)
    try:
        time.sleep(0.3)  # until it has hold of every thread
        if strace.poll() is not None:
            raise RuntimeError(f"strace: {strace.stderr.read().decode()}")
        yield
    finally:
        strace.terminate()
        strace.communicate()


def can_slow_a_disk():
    """ptrace is forbidden in some containers."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode == 0


def command(member, request, scope):
    kind, value = "Staff", {"staffUniqueId": request, "givenName": "Ann", "familyName": "Slow"}
    if scope == "shared":
        kind, value = "ActionStep", {"code": request, "title": "Slow", "state": "ACTION_STEP_STATE_NOT_STARTED"}
    return (["records", "create", kind, "-", "--scope", scope, "--request-id", request], json.dumps(value))


def write(member, request, scope):
    arguments, text = command(member, request, scope)
    answer = member.trellis("--json", *arguments, text=text)
    if answer.ok:
        with member.district.acked_lock:
            member.district.acked.setdefault(("ActionStep" if scope == "shared" else "Staff", scope), set()).add(request)
    return answer


def give_up(member, request, scope):
    """Somebody who waits a blink and leaves: the outcome is unknown to them. True if there was no answer."""
    arguments, text = command(member, request, scope)
    asked = subprocess.Popen([str(part) for part in [BIN / "trellis", *member.address(), *arguments]], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asked.stdin.write(text)
    asked.stdin.close()
    time.sleep(0.4)
    unanswered = asked.poll() is None
    asked.kill()
    asked.wait()
    return unanswered


def copies(member, request, scope):
    kind, field = ("ActionStep", "code") if scope == "shared" else ("Staff", "staffUniqueId")
    rows = member.json("records", "list", kind, "--scope", scope, "--limit", "100000")
    return sum(row["data"][field] == request for row in rows)


def asked_again(member, scope, story):
    with concurrent.futures.ThreadPoolExecutor(4) as people:
        unanswered = give_up(member, f"{story}-left", scope)
        again = [people.submit(write, member, f"{story}-left", scope) for _ in range(3)]
        listed = member.trellis("records", "list", "Staff", "--scope", scope) if scope != "shared" else None
        answers = [call.result() for call in again]
    tap.tell(unanswered, f"{story}: a write waits for the disk; whoever asked leaves without an answer")
    if listed is not None:
        tap.tell(listed.ok, f"{story}: reading goes on meanwhile", listed)
    good = all(answer.ok for answer in answers) and len({answer.lines()[0]["id"] for answer in answers}) == 1
    tap.tell(good, f"{story}: asked again three times with its request id, the answers name one record",
             "\n".join(map(str, answers)))
    tap.tell(copies(member, f"{story}-left", scope) == 1, f"{story}: it is there once")


def killed_meanwhile(member, scope, story):
    with slow_disk(member):
        give_up(member, f"{story}-killed", scope)
        member.program.kill()
    member.start()
    answer = write(member, f"{story}-killed", scope)
    tap.tell(answer.ok and copies(member, f"{story}-killed", scope) == 1,
             f"{story}: killed with a write under way, started and asked again, it is there once", answer)


def main():
    if not can_slow_a_disk():
        tap.tell(True, "strace cannot hold system calls up here # SKIP")
        return
    with District() as district:
        oak, server = district.add_site("Oak"), district.server
        oak.sync_now()
        with slow_disk(oak):
            asked_again(oak, oak.site, "slow-site")
            answer = oak.sync_now()
            tap.tell(answer.ok, "slow site: it syncs all the same", f"{answer}{oak.program.last_words()}")
        with slow_disk(server):
            asked_again(server, "shared", "slow-server")
            write(oak, "while-slow", oak.site)
            answer = oak.sync_now()
            tap.tell(answer.ok, "slow server: a site syncs with it", f"{answer}{server.program.last_words()}")
        killed_meanwhile(oak, oak.site, "slow-site")
        killed_meanwhile(server, "shared", "slow-server")
        answer = oak.sync_now()
        tap.tell(answer.ok, "in the end the site syncs", f"{answer}{oak.program.last_words()}")
        for member in [oak, server]:
            gone = district.missing(member, {"shared", oak.site})
            tap.tell(not gone, f"{member.name} has everything that was answered OK", gone)
        twice = [code for (_, scope), codes in district.acked.items() for code in codes if copies(server, code, scope) != 1]
        tap.tell(not twice, "nothing is there twice", twice)
        apart = eventually(20, lambda: not district.unequal(oak)) or district.unequal(oak)
        tap.tell(apart is True, "the digests are equal", apart)


if __name__ == "__main__":
    main()
    sys.exit(tap.finish())
