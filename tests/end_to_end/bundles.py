#!/usr/bin/env python3
"""Sync without a link, with real processes: a site whose line is dead sends what it wrote by a bundle on a stick, or
by way of a neighbour that cannot read it. Damaged, foreign and repeated bundles do no harm.

    bundles.py [STORY...]     stick relay; default: both
"""

import pathlib
import sys

from district import District, Tap, eventually

tap = Tap()


def same(district, site, story):
    apart = eventually(30, lambda: not district.unequal(site)) or district.unequal(site)
    tap.tell(apart is True, f"{story}: the digests of {site.name} and the server are equal", apart)


def lacks(district, site):
    return district.missing(district.server, {"shared", site.site})


def cut_off(district, site):
    """From now on the site does not reach the server."""
    answer = site.trellis("sync", "pause")
    if not answer.ok:
        raise RuntimeError(str(answer))


def stick():
    story = "stick"
    with District() as district:
        oak, elm = district.add_site("Oak"), district.add_site("Elm")
        for site in [oak, elm]:
            site.sync_now()
        cut_off(district, oak)
        district.write_some(oak, "offline", 12, ["shared", oak.site])
        district.write_some(district.server, "meanwhile", 4, ["shared"])
        bundle, receipt = district.folder / "oak.bundle", district.folder / "oak.bundle.receipt"

        answer = oak.trellis("--json", "bundle", "export", bundle)
        tap.tell(answer.ok and int(answer.lines()[0]["records"]) == 12,
                 f"{story}: the site exports the 12 records it wrote without a link, and nothing else", answer)
        raw = bundle.read_bytes()
        tap.tell(b"offline-Oak" not in raw and b"Of Oak" not in raw, f"{story}: none of it can be read in the file")

        for name, bad, words in [("cut short", raw[:-100], "cut short"), ("empty", b"", "empty"),
                                 ("with a flipped bit", raw[:900] + bytes([raw[900] ^ 1]) + raw[901:], "damaged"),
                                 ("that is none", b"a letter to the principal", "no bundle")]:
            (district.folder / "bad").write_bytes(bad)
            answer = district.server.trellis("bundle", "import", district.folder / "bad")
            tap.tell(not answer.ok and words in answer.err and lacks(district, oak),
                     f"{story}: a bundle {name} is refused in words, nothing of it is taken: {answer.err.strip()}", answer)
        answer = elm.trellis("bundle", "import", bundle)
        tap.tell(not answer.ok and "import it at the server" in answer.err,
                 f"{story}: at another site it is told where it belongs", answer)
        with District() as other:
            answer = other.server.trellis("bundle", "import", bundle)
            tap.tell(answer.code == 4 and "another district" in answer.err, f"{story}: another district refuses it", answer)

        answer = district.server.trellis("bundle", "import", bundle)
        tap.tell(answer.ok and receipt.exists(), f"{story}: the server takes it in and gives a receipt: {answer.out.strip()}",
                 answer)
        gone = lacks(district, oak)
        tap.tell(not gone, f"{story}: the server has all that was written at the site", gone)
        again = district.server.trellis("--json", "bundle", "import", bundle, "--receipt", district.folder / "again")
        tap.tell(again.ok and again.lines()[0].get("changed", "0") == "0", f"{story}: imported again it changes nothing", again)
        answer = elm.trellis("bundle", "import", receipt)
        tap.tell(answer.code == 4, f"{story}: the receipt is no use to another site", answer)
        answer = oak.trellis("bundle", "import", receipt)
        tap.tell(answer.ok, f"{story}: the site imports its receipt: {answer.out.strip()}", answer)
        gone = district.missing(oak, {"shared", oak.site})
        tap.tell(not gone, f"{story}: with it came what the district had written", gone)
        same(district, oak, story)
        answer = oak.trellis("--json", "bundle", "export", bundle)
        tap.tell(answer.ok and answer.lines()[0].get("records", "0") == "0", f"{story}: the next bundle has nothing to bring",
                 answer)
        health = district.server.health(oak.site)
        tap.tell("never" not in health, f"{story}: the server counts the site as heard: {health}")

        trace = oak.trellis("trace", "Staff", "offline-Oak-1")
        tap.tell(trace.ok and "as it last said" in trace.out, f"{story}: the site can say that the district has a record",
                 trace)
        district.write_some(oak, "unsent", 2, ["shared", oak.site])
        trace = oak.json("trace", "Staff", "unsent-Oak-1")[0]
        answers = {step["stage"]: step["answer"] for step in trace["steps"]}
        tap.tell(answers["TRACE_STAGE_ACKNOWLEDGED"] == "TRACE_ANSWER_NOT_YET", f"{story}: and that it has not another",
                 trace)
        trace = district.server.trellis("trace", "ActionStep", "offline-Oak-0")
        tap.tell(trace.ok and "came from site Oak" in trace.out and "Site Elm" in trace.out,
                 f"{story}: the server tells where a record came from and who has it", trace)

        oak.trellis("sync", "resume")
        answer = oak.sync_now()
        tap.tell(answer.ok, f"{story}: with the link back, sync goes on", f"{answer}{oak.program.last_words()}")
        same(district, oak, story)


def relay():
    story = "relay"
    with District() as district:
        oak, elm = district.add_site("Oak"), district.add_site("Elm")
        oak.sync_now()
        elm.program.stop()
        elm.more = ["--relay-listen", "127.0.0.1:0"]
        ready = elm.start()
        at = ready.split("relay=")[1].split()[0]
        cut_off(district, oak)
        oak.program.stop()
        oak.more = ["--relay-via", at]
        oak.start()
        district.write_some(district.server, "meanwhile", 4, ["shared"])
        cut_off(district, elm)  # the neighbour, too, is without a link for now
        district.write_some(oak, "offline", 10, ["shared", oak.site])
        shelf = elm.folder / "relay"
        waiting = eventually(60, lambda: list(shelf.glob("*.bundle")))
        tap.tell(bool(waiting), f"{story}: the neighbour keeps the bundle until it has a link itself",
                 oak.program.last_words() + elm.program.last_words())
        held = b"".join(path.read_bytes() for path in shelf.iterdir())
        tap.tell(b"offline-Oak" not in held and b"Of Oak" not in held, f"{story}: it cannot read what it carries")
        tap.tell(bool(lacks(district, oak)), f"{story}: nothing has reached the district yet")
        elm.trellis("sync", "resume")
        arrived = eventually(60, lambda: not lacks(district, oak))
        tap.tell(bool(arrived), f"{story}: once the neighbour has a link, the district has all of it",
                 elm.program.last_words())
        down = eventually(60, lambda: not district.missing(oak, {"shared", oak.site}))
        tap.tell(bool(down), f"{story}: the receipt comes back the same way, with what the district had written",
                 oak.program.last_words())
        same(district, oak, story)
        theirs = elm.digests()
        tap.tell(oak.site not in theirs, f"{story}: the neighbour's store has nothing of the other site's scope", theirs)

        # Somebody alters what the neighbour keeps.
        cut_off(district, elm)
        district.write_some(oak, "later", 4, [oak.site])
        bundle = eventually(60, lambda: next(iter(shelf.glob("*.bundle")), None))
        if tap.tell(bundle is not None, f"{story}: a second bundle waits", oak.program.last_words()):
            raw = bytearray(pathlib.Path(bundle).read_bytes())
            raw[len(raw) // 2] ^= 1
            pathlib.Path(bundle).write_bytes(raw)
        elm.trellis("sync", "resume")
        refused = eventually(60, lambda: "refused" in pathlib.Path(oak.program.log).read_text())
        tap.tell(bool(refused), f"{story}: altered on its way it is refused, and its site is told",
                 oak.program.last_words() + elm.program.last_words())
        tap.tell("later-Oak-0" in lacks(district, oak), f"{story}: nothing of it is taken")
        district.write_some(oak, "last", 1, [oak.site])
        arrived = eventually(90, lambda: not lacks(district, oak))
        tap.tell(bool(arrived), f"{story}: the next bundle brings it", oak.program.last_words())


STORIES = {"stick": stick, "relay": relay}

if __name__ == "__main__":
    for name in sys.argv[1:] or STORIES:
        STORIES[name]()
    sys.exit(tap.finish())
