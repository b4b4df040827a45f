#!/usr/bin/env python3
"""Drills with real processes: the server restored from a backup or from copied files, a site's folder put back,
a site's folder copied and both copies run. What was answered OK is there afterwards at every end that may hold
it, digests are equal, nothing is set aside, and people are told.

    drills.py [DRILL...]     restored-by-the-tool restored-by-hand rewound cloned; default: all
"""

import shutil
import sys

from district import BIN, District, Site, Tap, eventually, run

tap = Tap()


def settles(district, sites, story):
    """Everything crosses; then all of it is at the server, at the sites, and the digests are equal."""
    for site in sites:
        answer = site.sync_now()
        tap.tell(answer.ok, f"{story}: {site.name} syncs", f"{answer}{site.program.last_words()}")
    for site in sites:  # what the last one gave back has come to the first as well
        site.sync_now()
    scopes = {"shared"} | {site.site for site in sites}
    gone = district.missing(district.server, scopes)
    count = sum(len(codes) for codes in district.acked.values())
    tap.tell(not gone, f"{story}: the server has each of the {count} writes that were answered OK", gone)
    for site in sites:
        gone = district.missing(site, {"shared", site.site})
        tap.tell(not gone, f"{story}: so has {site.name}, of what it may hold", gone)
        apart = eventually(20, lambda: not district.unequal(site)) or district.unequal(site)
        tap.tell(apart is True, f"{story}: the digests of {site.name} and the server are equal", apart)
    aside = "\n".join(f"{member.name}: {row}" for member in [district.server, *sites]
                      for row in member.json("quarantine", "list"))
    tap.tell(not aside, f"{story}: no id means two things (nothing is set aside)", aside)


def restored(story, take_copy, put_back):
    """The server goes back to an old state; two machines that wrote since are lost for good."""
    with District() as district:
        # What Oak writes in its own scope after the copy would be on its disk alone, and that is lost.
        oak, elm = district.add_site("Oak"), district.add_site("Elm")
        district.write_some(oak, "first", 4, [oak.site])
        oak.sync_now()
        elm2 = district.add_site("Elm2", site=elm.site)
        ash = district.add_site("Ash")
        take_copy(district, [oak, elm, ash])
        district.write_some(oak, "late", 8, ["shared"])
        district.write_some(elm, "late", 8, ["shared", elm.site])
        district.write_some(ash, "late", 8, ["shared", ash.site])
        district.write_some(district.server, "late", 6, ["shared"])
        for site in [oak, elm, elm2, ash, elm2, ash]:
            answer = site.sync_now()
        tap.tell(answer.ok, f"{story}: more work at three sites and the district, all of it synced", answer)
        for lost in [oak, elm]:
            lost.program.kill()
            shutil.rmtree(lost.folder)
        district.server.program.kill()
        put_back(district)
        district.server.start()
        before = district.server.codes("ActionStep", "shared")
        wanted = district.acked[("ActionStep", "shared")]
        # The sites may be quicker than the question; their late writes in other scopes are looked for below.
        print(f"# {story}: the server came back with {len(before & wanted)} of {len(wanted)} shared records")
        settles(district, [elm2, ash], story)
        fresh = district.add_site("Oak-again", site=oak.site)
        settles(district, [fresh], f"{story}, a new machine for Oak")
        verified = end_and_verify(district)
        tap.tell(verified.ok, f"{story}: the server's store is sound", verified)


def end_and_verify(district):
    district.server.program.stop()
    return district.server.verify()


def restored_by_the_tool():
    def take_copy(district, sites):
        with district.under_load([*sites, district.server], "early", shared_only=sites[:1]):
            eventually(30, lambda: len(district.acked.get(("ActionStep", "shared"), [])) > 20)
            answer = district.server.backup(district.folder / "backup")
        tap.tell(answer.ok, "restored by the tool: a backup is taken while everybody writes", answer)

    def put_back(district):
        server = district.server
        server.folder.rename(district.folder / "broken")
        answer = run([BIN / "trellis-server", "restore", "--from", district.folder / "backup", "--data", server.folder,
                      "--recovery-kit", district.folder / "broken/recovery-kit.txt"])
        tap.tell(answer.ok, "restored by the tool: the backup is restored", answer)

    restored("restored by the tool", take_copy, put_back)


def restored_by_hand():
    def take_copy(district, sites):
        with district.under_load([*sites, district.server], "early", shared_only=sites[:1]):
            eventually(30, lambda: len(district.acked.get(("ActionStep", "shared"), [])) > 20)
        district.server.program.stop()
        shutil.copytree(district.server.folder, district.folder / "copy")
        district.server.start()

    def put_back(district):
        shutil.rmtree(district.server.folder)
        shutil.copytree(district.folder / "copy", district.server.folder)

    restored("restored by hand", take_copy, put_back)


def rewound():
    """An old copy of a site's folder is put back, and is worked with before it meets the server."""
    story = "rewound"
    with District() as district:
        oak, ash = district.add_site("Oak"), district.add_site("Ash")
        with district.under_load([oak, ash, district.server], "early"):
            eventually(30, lambda: len(district.acked.get(("Staff", oak.site), [])) > 6)
        oak.sync_now()
        oak.program.stop()
        shutil.copytree(oak.folder, district.folder / "image")
        oak.start()
        district.write_some(oak, "late", 10, ["shared", oak.site])
        answer = oak.sync_now()
        tap.tell(answer.ok, f"{story}: ten more writes at Oak are synced, then its old folder is put back", answer)
        oak.program.kill()
        district.server.program.kill()
        shutil.rmtree(oak.folder)
        shutil.copytree(district.folder / "image", oak.folder)
        oak.start()
        district.write_some(oak, "after", 10, ["shared", oak.site])
        district.server.start()
        settles(district, [oak, ash], story)
        health = district.server.health(oak.site)
        tap.tell("earlier state" in health, f"{story}: the server says so in words: {health}", health)
        told = oak.trellis("status")
        tap.tell("earlier state" in told.out, f"{story}: the site is told as well", told)
        verified = end_and_verify(district)
        tap.tell(verified.ok, f"{story}: the server's store is sound", verified)


def cloned():
    """A copy of a site's folder runs beside the original; both write, again and again."""
    story = "cloned"
    with District() as district:
        oak, ash = district.add_site("Oak"), district.add_site("Ash")
        district.write_some(oak, "early", 6, ["shared", oak.site])
        oak.sync_now()
        oak.program.kill()
        shutil.copytree(oak.folder, district.folder / "Copy")
        oak.start()
        copy = Site(district, "Copy", oak.site, folder=district.folder / "Copy")
        district.sites["Copy"] = copy
        copy.start()
        for turn in range(3):
            with district.under_load([oak, copy, ash], f"turn{turn}"):
                eventually(20, lambda: sum(len(codes) for codes in district.acked.values()) > 20 * (turn + 1))
                if turn == 1:  # the original goes down and comes back; the copy works on
                    oak.program.kill()
                    oak.start()
        settles(district, [oak, copy, ash], story)
        health = district.server.health(oak.site)
        tap.tell("copied" in health, f"{story}: the server says so in words: {health}", health)
        verified = end_and_verify(district)
        tap.tell(verified.ok, f"{story}: the server's store is sound", verified)


DRILLS = {"restored-by-the-tool": restored_by_the_tool, "restored-by-hand": restored_by_hand, "rewound": rewound,
          "cloned": cloned}

if __name__ == "__main__":
    for name in sys.argv[1:] or DRILLS:
        DRILLS[name]()
    sys.exit(tap.finish())
