#!/usr/bin/env python3
"""Backups that are killed, with real processes: the server is killed with -9 at moments spread over a backup while
people write; whatever has the name of a backup afterwards is whole and holds all that was answered OK before it was
begun, and nothing else can be restored. A restore is killed as well. Then new hardware: a backup, the recovery kit,
another folder and other ports are enough.

    backups.py [KILLS]     default 6
"""

import pathlib
import random
import shutil
import subprocess
import sys
import time

from district import BIN, District, Server, Tap, eventually, run

tap = Tap()


def restore(backup, data, kit):
    return run([BIN / "trellis-server", "restore", "--from", backup, "--data", data, "--recovery-kit", kit])


def killed_after(command, seconds, also=None):
    """True if the command was killed before its end; `also` is killed with it."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    if also is not None:
        also.kill()
    process.kill()
    return process.wait() != 0


class Killed:
    """What the kills of one kind came to."""

    def __init__(self):
        self.in_the_middle = 0
        self.done = 0
        self.bad = []


def acked_in(district, scope="shared"):
    with district.acked_lock:
        return set(district.acked.get(("ActionStep", scope), set()))


def lacking(district, data, before):
    """What a restored folder lacks of `before`, in words; empty: it is sound and has everything."""
    restored = Server(district, data.name)
    verified = restored.verify()
    if not verified.ok:
        return str(verified)
    restored.start()
    try:
        return " ".join(sorted(before - restored.codes("ActionStep", "shared")))
    finally:
        restored.program.kill()


def killed_backups(district, kit, duration, kills):
    server, killed, last = district.server, Killed(), None
    for number in range(kills):
        to = district.folder / f"backup{number}"
        with district.under_load([server, *district.sites.values()], f"kill{number}"):
            # Some of it is under way, and the store has grown since the last one.
            count = len(acked_in(district))
            eventually(10, lambda: len(acked_in(district)) > count + 4)
            before = acked_in(district)
            # What only a site has is not the backup's to hold.
            before = {code for code in before if f"-{server.name}-" in code}
            moment = duration * (number + random.random()) / kills * 1.2
            killed.in_the_middle += killed_after([BIN / "trellis-server", "backup", "--data", server.folder, "--to", to],
                                                 moment, also=server.program)
        data = district.folder / f"restored{number}"
        answer = restore(to if to.exists() else f"{to}.partial", data, kit)
        if answer.ok:  # without its name, too, if only that was wanting
            killed.done += 1
            lacks = lacking(district, data, before)
            if lacks:
                killed.bad.append(f"killed after {moment:.3f} s: {lacks}")
        elif to.exists() or answer.code != 5 or data.exists():
            killed.bad.append(f"killed after {moment:.3f} s: {answer}")
        last = to if to.exists() else last
        shutil.rmtree(data, ignore_errors=True)
        server.start()
    tap.tell(not killed.bad, f"the server was killed {kills} times while it took a backup: {killed.done} were whole and "
             "verified, the others do not count", "\n".join(killed.bad))
    return last


def killed_restores(district, kit, backup, kills):
    killed, data = Killed(), district.folder / "new"
    command = [BIN / "trellis-server", "restore", "--from", backup, "--data", data, "--recovery-kit", kit]
    began = time.monotonic()
    run(command)
    duration = time.monotonic() - began
    for number in range(kills):
        shutil.rmtree(data)
        killed.in_the_middle += killed_after(command, duration * (number + random.random()) / kills)
        answer = run([BIN / "trellis-server", "verify", "--data", data]) if data.exists() else None
        if answer is not None and not answer.ok:
            if answer.code not in (5, 6):
                killed.bad.append(str(answer))
            again = run(command)
            if not again.ok:
                killed.bad.append(f"restored again: {again}")
        elif answer is None:
            data.mkdir()
    tap.tell(not killed.bad, f"a restore was killed {killed.in_the_middle} times: half of a district is not taken for one, "
             "and restoring again makes it whole", "\n".join(killed.bad))
    shutil.rmtree(data)


def new_hardware(district, kit):
    """The machine is gone with all its folders; what is left is the backup and the page in the safe."""
    old, sites = district.server, list(district.sites.values())
    district.write_some(old, "last", 4, ["shared"])
    answer = old.backup(district.folder / "good")
    tap.tell(answer.ok, "a backup is taken and not killed", answer)
    for site in sites:
        district.write_some(site, "since", 4, ["shared", site.site])
        site.sync_now()
    old.program.kill()
    safe = district.folder / "safe"
    safe.mkdir()
    shutil.copy(kit, safe)
    shutil.copytree(district.folder / "good", safe / "backup")
    shutil.rmtree(old.folder)
    shutil.rmtree(district.folder / "good")
    district.server = new = Server(district, "other-machine")
    answer = restore(safe / "backup", new.folder, safe / pathlib.Path(kit).name)
    tap.tell(answer.ok and new.verify().ok, "new hardware: the backup and the recovery kit make a sound district", answer)
    new.start()
    for site in sites:
        site.program.stop()
        site.more = ["--server", f"127.0.0.1:{new.sync}"]
        site.start()
        answer = site.sync_now()
        tap.tell(answer.ok, f"{site.name} is told where the server is now, and syncs", f"{answer}{site.program.last_words()}")
        site.program.stop()
        site.more = []
        site.start()
    for site in sites:
        answer = site.sync_now()
        apart = eventually(20, lambda: not district.unequal(site)) or district.unequal(site)
        tap.tell(answer.ok and apart is True, f"{site.name} has kept the address; the digests are equal", apart)
    gone = district.missing(new, {"shared", *(site.site for site in sites)})
    tap.tell(not gone, "every write that was answered OK is at the new server, those since the backup from the sites", gone)
    fresh = district.add_site("Fresh")
    tap.tell(fresh.sync_now().ok, "a new site joins it")


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    with District() as district:
        kit = district.server.folder / "recovery-kit.txt"
        district.add_site("Oak")
        began = time.monotonic()
        answer = district.server.backup(district.folder / "first")
        duration = time.monotonic() - began
        tap.tell(answer.ok, f"a backup takes {duration * 1000:.0f} ms", answer)
        last = killed_backups(district, kit, duration, kills)
        killed_restores(district, kit, last or district.folder / "first", max(4, kills // 2))
        new_hardware(district, kit)


if __name__ == "__main__":
    main()
    sys.exit(tap.finish())
