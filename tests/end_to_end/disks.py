#!/usr/bin/env python3
"""Disks that are full and files that are damaged, under real programs: work is refused in words, reading and sync in
the other direction go on, all is well again once there is room; a damaged store opens with what is readable, people
are told, and the server gives back what is missing.

    disks.py [STORY...]     full-site full-server damaged; default: all; the first two mount a tmpfs
"""

import os
import subprocess
import sys

from district import District, Tap, eventually

DISK = "64m"
tap = Tap()


class SmallDisk:
    """A file system of its own for a folder, and something else on it that takes the room."""

    def __init__(self, folder):
        folder.mkdir(mode=0o700, parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "none", folder], check=True)
        self.folder = folder
        self.other = folder / "something else"

    def leave(self, room):
        free = os.statvfs(self.folder)
        with open(self.other, "ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), max(1, free.f_bavail * free.f_frsize - room))

    def free(self):
        self.other.unlink()

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.folder], check=False)


def refused_in_words(answer):
    return not answer.ok and "free some space" in answer.err.lower()


def equal_in_the_end(district, sites, story):
    for site in sites:
        answer = site.sync_now()
        tap.tell(answer.ok, f"{story}: {site.name} syncs", f"{answer}{site.program.last_words()}")
    for member in [district.server, *sites]:
        scopes = {"shared"} | {site.site for site in sites if member in (site, district.server)}
        gone = district.missing(member, scopes)
        tap.tell(not gone, f"{story}: {member.name} has everything that was answered OK", gone)
    for site in sites:
        apart = eventually(20, lambda: not district.unequal(site)) or district.unequal(site)
        tap.tell(apart is True, f"{story}: the digests of {site.name} and the server are equal", apart)


def full_site():
    story = "full site"
    with District() as district:
        disk = SmallDisk(district.folder / "Oak")
        try:
            oak = district.add_site("Oak")
            oak.sync_now()
            oak.trellis("sync", "pause")
            district.write_some(oak, "before", 6, ["shared", oak.site])
            disk.leave(4 << 20)
            answer = oak.create("Staff", oak.site, {"staffUniqueId": "no", "givenName": "A", "familyName": "B"})
            tap.tell(refused_in_words(answer), f"{story}: work is refused: {answer.err.strip()}", answer)
            tap.tell(not district.missing(oak, {"shared", oak.site}), f"{story}: reading goes on")
            oak.trellis("sync", "resume")
            sent = eventually(30, lambda: not district.missing(district.server, {"shared", oak.site}))
            tap.tell(bool(sent), f"{story}: what had been written before is sent", oak.program.last_words())
            district.write_some(district.server, "meanwhile", 4, ["shared"])
            answer = oak.trellis("sync", "now", "--timeout", "3s")
            tap.tell(not answer.ok and answer.code != 1, f"{story}: sync does not claim what it could not take (exit {answer.code})",
                     answer)
            disk.leave(0)
            oak.program.kill()
            oak.start()
            tap.tell(not district.missing(oak, {oak.site}), f"{story}: killed with not a byte left, it starts and reads")
            disk.free()
            tap.tell(bool(eventually(20, lambda: district.write(oak, oak.site, "after-Oak"))),
                     f"{story}: with room again, so is work", oak.program.last_words())
            equal_in_the_end(district, [oak], story)
        finally:
            district.__exit__()
            disk.unmount()


def full_server():
    story = "full server"
    district = District()
    disk = SmallDisk(district.server.folder)
    try:
        with district:
            oak = district.add_site("Oak")
            oak.sync_now()
            oak.trellis("sync", "pause")
            district.write_some(oak, "before", 4, ["shared", oak.site])
            district.write_some(district.server, "before", 4, ["shared"])
            disk.leave(4 << 20)
            answer = district.server.create("ActionStep", "shared", {"code": "no", "title": "x"})
            tap.tell(refused_in_words(answer), f"{story}: work is refused: {answer.err.strip()}", answer)
            oak.trellis("sync", "resume")
            came = eventually(30, lambda: not {f"before-server-{n}" for n in range(4)} - oak.codes("ActionStep", "shared"))
            tap.tell(bool(came), f"{story}: what the district had written comes to the site", oak.program.last_words())
            answer = oak.trellis("sync", "now", "--timeout", "3s")
            tap.tell(answer.code == 7, f"{story}: the site is not told that its work is there", answer)
            district.write_some(oak, "meanwhile", 4, ["shared", oak.site])
            tap.tell(bool(district.missing(district.server, {oak.site})), f"{story}: the site works on and keeps what it writes")
            disk.leave(0)
            district.server.program.kill()
            district.server.start()
            disk.free()
            equal_in_the_end(district, [oak], story)
            district.server.program.stop()
            verified = district.server.verify()
            tap.tell(verified.ok, f"{story}: the server's store is sound", verified)
    finally:
        disk.unmount()
        district.__exit__()


def largest_table(site):
    return max((site.folder / "store").glob("*.sst"), key=lambda path: path.stat().st_size)


def damaged():
    story = "damaged"
    with District() as district:
        oak, ash = district.add_site("Oak"), district.add_site("Ash")
        district.write_some(ash, "other", 4, ["shared", ash.site])
        ash.sync_now()
        district.write_some(oak, "early", 16, ["shared", oak.site])
        oak.sync_now()
        for harm in ["flipped", "cut", "deleted"]:
            oak.program.stop()
            oak.start()  # what the log held stands in a table now
            oak.program.stop()
            table = largest_table(oak)
            raw = bytearray(table.read_bytes())
            if harm == "flipped":
                for at in range(0, len(raw), 512):
                    raw[at] ^= 0x10
                table.write_bytes(raw)
            elif harm == "cut":
                table.write_bytes(raw[:len(raw) // 2])
            else:
                table.unlink()
            oak.start()
            told = oak.trellis("status")
            tap.tell("missing here" in told.out, f"{story}: a table file is {harm}; the site starts, and its status says so", told)
            district.write_some(oak, f"after-{harm}", 2, [oak.site])
            oak.sync_now()
            equal_in_the_end(district, [oak], f"{story}, {harm}")
            over = eventually(20, lambda: "is back" in oak.trellis("status").out)
            tap.tell(bool(over), f"{story}, {harm}: once compared with the server's, the status says that it is back",
                     oak.trellis("status"))


STORIES = {"full-site": full_site, "full-server": full_server, "damaged": damaged}

if __name__ == "__main__":
    for name in sys.argv[1:] or STORIES:
        STORIES[name]()
    sys.exit(tap.finish())
