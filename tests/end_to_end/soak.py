#!/usr/bin/env python3
"""A server and a site at work for many minutes: people write at both ends, the site's line is cut every few seconds, a
second machine of the site is killed and started again and again. Memory must not creep, nothing may be lost. Not part
of every run. TAP.

    soak.py [SECONDS]     default 600
"""

import json
import random
import subprocess
import sys
import threading
import time

from district import ROOT, District, Tap, eventually

RECORDS = 60  # written over and over, so that the stores stay as large as they are
CUT_EVERY_S = 4
tap = Tap()


def resident_kib(member):
    status = open(f"/proc/{member.program.process.pid}/status", encoding="utf-8").read()
    return int(status.split("VmRSS:")[1].split()[0])


class Line:
    """A line of good speed between a site and its server that is cut again and again."""

    def __init__(self, district):
        out = open(district.folder / "line.out", "w+", encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, ROOT / "tests/end_to_end/bad_line.py", "--to",
                                         str(district.server.sync), "--cut-every", str(CUT_EVERY_S), "--report",
                                         district.folder / "line.json"], stdout=out)
        eventually(10, lambda: open(out.name, encoding="utf-8").read().strip())
        self.port = int(open(out.name, encoding="utf-8").read())


def write_over(member, scope, over, turns):
    """Updates; how many were answered OK is counted."""
    ids = [member.json("records", "create", "ActionStep", file, "--scope", scope)[0]["id"]
           for file in files_of(member, "made", RECORDS)]
    change = files_of(member, "changed", 8)
    while not over.is_set():
        answer = member.trellis("records", "update", "ActionStep", random.choice(ids), random.choice(change), "--scope", scope)
        turns[member.name] = turns.get(member.name, 0) + answer.ok
        time.sleep(0.05)


def files_of(member, tag, count):
    for number in range(count):
        code = {} if tag == "changed" else {"code": f"{tag}-{member.name}-{number}"}
        value = {**code, "title": "".join(random.choices("abcdefgh ", k=80)), "state": "ACTION_STEP_STATE_NOT_STARTED"}
        (member.district.folder / f"{tag}-{member.name}-{number}.json").write_text(json.dumps(value), encoding="utf-8")
    return [member.district.folder / f"{tag}-{member.name}-{number}.json" for number in range(count)]


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    with District() as district:
        oak, server = district.add_site("Oak"), district.server
        again = district.add_site("Again", site=oak.site)
        line = Line(district)
        oak.program.stop()
        oak.more = ["--server", f"127.0.0.1:{line.port}"]
        oak.start()
        over, turns, began = threading.Event(), {}, time.monotonic()
        writers = [threading.Thread(target=write_over, args=(member, "shared", over, turns)) for member in [oak, server]]
        for writer in writers:
            writer.start()
        seen, kills = [], 0
        try:
            while time.monotonic() - began < seconds:
                time.sleep(random.uniform(2, 5))
                again.program.kill()
                again.start()
                kills += 1
                district.write(again, again.site, f"alive-{kills}")
                if not seen or time.monotonic() - began > seconds * len(seen) / 20:
                    seen.append((resident_kib(oak), resident_kib(server)))
                    print(f"# after {time.monotonic() - began:.0f} s: trellisd {seen[-1][0]} KiB, trellis-server {seen[-1][1]} "
                          f"KiB, {turns}, {kills} kills", flush=True)
        finally:
            over.set()
            for writer in writers:
                writer.join()
            line.process.kill()
            line.process.wait()
        oak.program.stop()
        oak.more = ["--server", f"127.0.0.1:{server.sync}"]
        oak.start()
        for site in [oak, again, oak]:
            answer = site.sync_now()
            tap.tell(answer.ok, f"{site.name} syncs", f"{answer}{site.program.last_words()}")
        gone = district.missing(server, {"shared", oak.site})
        tap.tell(not gone, "the server has everything that was answered OK", gone)
        apart = eventually(20, lambda: not district.unequal(oak)) or district.unequal(oak)
        tap.tell(apart is True, "the digests are equal", apart)
        # The first quarter fills what is kept in memory up to its bounds.
        for name, column in [("trellisd", 0), ("trellis-server", 1)]:
            settled, last = seen[len(seen) // 4][column], seen[-1][column]
            tap.tell(last < settled * 1.25, f"{name} took {seen[0][column]} KiB at the start, {settled} after a quarter, "
                     f"{last} at the end")


if __name__ == "__main__":
    main()
    sys.exit(tap.finish())
