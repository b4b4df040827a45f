#!/usr/bin/env python3
"""Files as evidence, with real processes: a 20 MB photo over a line that is cut, both ends killed midway, the server
restored from before it came; the same file twice; what is refused; erasure.

    attachments.py [STORY...]     way restore refused erased; default: all
"""

import json
import pathlib
import random
import subprocess
import sys
import time

from district import BIN, District, Tap, eventually, run

tap = Tap()
PART = 32_000
HERE = pathlib.Path(__file__).resolve().parent


def photo(path, size, seed):
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def step(district, member, scope, code):
    answer = member.create("ActionStep", scope, {"code": code, "title": "Evidence wanted",
                                                 "state": "ACTION_STEP_STATE_NOT_STARTED"})
    if not answer.ok:
        raise RuntimeError(str(answer))
    return code


def attach(member, code, path, *more):
    return member.trellis("--json", "attach", "ActionStep", code, path, *more)


def parts_here(member, code, scope):
    answer = member.trellis("--json", "attachments", "list", "ActionStep", code, "--scope", scope)
    if not answer.ok or not answer.lines():
        return -1
    return answer.lines()[0].get("partsHere", 0)


def same_bytes(member, attachment, path, to):
    to.unlink(missing_ok=True)
    answer = member.trellis("attachments", "get", attachment, "--to", to)
    return answer.ok and to.read_bytes() == path.read_bytes(), answer


def equal(district, site, story):
    apart = eventually(60, lambda: not district.unequal(site)) or district.unequal(site)
    tap.tell(apart is True, f"{story}: the digests of {site.name} and the server are equal", apart)


class Line:
    """Between a site and the server: so many bytes a second, cut when it is told to."""

    def __init__(self, district, rate, cut_every):
        self.report = district.folder / "line.json"
        self.process = subprocess.Popen(
            [sys.executable, HERE / "bad_line.py", "--to", str(district.server.sync), "--rate", str(rate), "--cut-every",
             str(cut_every), "--report", self.report], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())

    def carried_up(self):
        rows = self.report.read_text().splitlines() if self.report.exists() else []
        return [json.loads(row)["up"] for row in rows]

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def way():
    """A photo on its way up, whatever happens to it."""
    story = "way"
    with District() as district:
        line = Line(district, 2_000_000, 4)
        try:
            real, district.server.sync = district.server.sync, line.port
            oak = district.add_site("Oak")
            district.server.sync = real
            file = photo(district.folder / "evidence.jpg", 20_000_000, 1)
            oak.trellis("sync", "pause")
            code = step(district, oak, oak.site, "STEP-1")
            answer = attach(oak, code, file)
            tap.tell(answer.ok and answer.lines()[0]["partsHere"] == 625,
                     f"{story}: a photo of 20 MB is attached at a site without a link", answer)
            photo_id = answer.lines()[0]["id"]
            again = attach(oak, code, file)
            tap.tell(again.ok and again.lines()[0]["id"] == photo_id and "sending" not in again.err,
                     f"{story}: attached again, it is the same attachment and nothing is sent", again)
            before = int(oak.digests()[oak.site][0])
            other = step(district, oak, oak.site, "STEP-2")
            answer = attach(oak, other, file)
            more = int(oak.digests()[oak.site][0]) - before
            tap.tell(answer.ok and more == 2,
                     f"{story}: for another record, it is not kept twice: {more} rows more, that record and its attachment",
                     answer)

            oak.trellis("sync", "resume")
            early = eventually(60, lambda: 0 <= parts_here(district.server, code, oak.site) < 600)
            tap.tell(early, f"{story}: the record and the name of its file are at the server before the file is")
            refused = district.server.trellis("attachments", "get", photo_id, "--scope", oak.site, "--to",
                                              district.folder / "early.jpg")
            tap.tell(refused.code == 5 and "of 625 parts" in refused.err,
                     f"{story}: asked for early, it says how much is here: {refused.err.strip()}", refused)
            begun = time.monotonic()
            district.write_some(oak, "meanwhile", 1, ["shared"])
            came = eventually(60, lambda: not district.missing(district.server, {"shared"}))
            took, had = time.monotonic() - begun, parts_here(district.server, code, oak.site)
            tap.tell(came and had < 625,
                     f"{story}: a record written meanwhile passes the file ({took:.1f} s; {had} of 625 parts were there)")

            oak.program.kill()
            oak.start()
            eventually(60, lambda: parts_here(district.server, code, oak.site) > had)
            district.server.program.kill()
            kept_at = time.monotonic()
            district.server.start()
            at_restart = parts_here(district.server, code, oak.site)
            tap.tell(at_restart >= had, f"{story}: killed, the server still has what it had ({at_restart} parts)")
            whole = eventually(150, lambda: parts_here(district.server, code, oak.site) == 625)
            tap.tell(whole, f"{story}: both ends killed midway, the file is whole at the server "
                            f"{time.monotonic() - kept_at:.0f} s later", oak.program.last_words())
            good, seen = same_bytes(district.server, photo_id, file, district.folder / "came.jpg")
            tap.tell(good, f"{story}: and is what was attached", seen)
            equal(district, oak, story)
            line.close()
            carried = line.carried_up()
            cuts = len(carried)
            # A cut costs a window of at most 128 KiB, a killed end what stood in its sockets besides; each connection
            # its handshake.
            tap.tell(sum(carried) < 20_000_000 * 1.02 + cuts * 450_000,
                     f"{story}: {cuts} connections carried {sum(carried)} bytes up for 20,000,000", carried)
        finally:
            if line.process.poll() is None:
                line.close()


def restore():
    """The server goes back to before the file came; its backup holds what came before."""
    story = "restore"
    with District() as district:
        oak = district.add_site("Oak")
        oak.sync_now()
        first = photo(district.folder / "first.pdf", 1_000_000, 2)
        second = photo(district.folder / "second.pdf", 3_000_000, 3)
        code = step(district, oak, oak.site, "STEP-1")
        first_id = attach(oak, code, first).lines()[0]["id"]
        oak.sync_now()
        answer = district.server.backup(district.folder / "backup")
        tap.tell(answer.ok, f"{story}: a backup with one file is made", answer)
        second_id = attach(oak, code, second).lines()[0]["id"]
        oak.sync_now()
        good, seen = same_bytes(district.server, second_id, second, district.folder / "got")
        tap.tell(good, f"{story}: a second file comes after it", seen)
        oak.program.stop()
        district.server.program.kill()
        district.server.folder.rename(district.folder / "lost")
        answer = run([BIN / "trellis-server", "restore", "--from", district.folder / "backup", "--data",
                      district.server.folder, "--recovery-kit", district.folder / "lost/recovery-kit.txt"])
        tap.tell(answer.ok, f"{story}: the server is restored on an empty folder", answer)
        district.server.start()
        good, seen = same_bytes(district.server, first_id, first, district.folder / "got")
        tap.tell(good, f"{story}: the backup held the first file", seen)
        missing = district.server.trellis("attachments", "get", second_id, "--to", district.folder / "got2")
        tap.tell(not missing.ok, f"{story}: the second is gone with what came after the backup", missing)
        oak.start()
        oak.sync_now()
        good, seen = same_bytes(district.server, second_id, second, district.folder / "got")
        tap.tell(good, f"{story}: the site refills it", seen)
        equal(district, oak, story)


def refused():
    story = "refused"
    with District() as district:
        oak = district.add_site("Oak")
        oak.sync_now()
        code = step(district, oak, oak.site, "STEP-1")
        large = photo(district.folder / "film.mov", 51_000_000, 4)
        empty = photo(district.folder / "empty.pdf", 0, 4)
        answer = attach(oak, code, large)
        tap.tell(answer.code == 2 and "files to 50 MB are taken" in answer.err,
                 f"{story}: 51 MB: {answer.err.strip()}", answer)
        answer = attach(oak, code, empty)
        tap.tell(answer.code == 2 and "empty" in answer.err, f"{story}: an empty file: {answer.err.strip()}", answer)
        staff = {"staffUniqueId": "S-1", "givenName": "Ann", "familyName": "Lee"}
        made = oak.create("Staff", oak.site, staff)
        answer = oak.trellis("attach", "Staff", "S-1", __file__)
        tap.tell(made.ok and answer.code == 2 and "hold no files" in answer.err,
                 f"{story}: a record that holds no files: {answer.err.strip()}", answer)
        answer = oak.trellis("attach", "ActionStep", "NONE", __file__)
        tap.tell(answer.code == 6, f"{story}: no such record", answer)
        answer = oak.trellis("attachments", "get", "../../etc/passwd")
        tap.tell(answer.code == 2, f"{story}: no attachment's id", answer)
        there = photo(district.folder / "small.png", 100, 4)
        attached = attach(oak, code, there).lines()[0]["id"]
        answer = oak.trellis("attachments", "get", attached, "--to", there)
        tap.tell(answer.code == 5 and "there already" in answer.err,
                 f"{story}: a file that is there is not overwritten", answer)
        elm = district.add_site("Elm")
        elm.sync_now()
        answer = elm.trellis("attachments", "get", attached, "--to", district.folder / "stolen")
        tap.tell(answer.code == 6, f"{story}: another site has not a byte of it", answer)


def erased():
    story = "erased"
    with District() as district:
        oak = district.add_site("Oak")
        oak.sync_now()
        code = step(district, oak, oak.site, "STEP-1")
        file = photo(district.folder / "portrait.jpg", 200_000, 5)
        attachment = attach(oak, code, file).lines()[0]["id"]
        oak.sync_now()
        answer = oak.trellis("--json", "attachments", "erase", attachment)
        tap.tell(answer.ok and answer.lines()[0]["partsErased"] == 7, f"{story}: a file of 7 parts is erased", answer)
        oak.sync_now()
        answer = district.server.trellis("attachments", "get", attachment, "--scope", oak.site, "--to",
                                         district.folder / "got")
        tap.tell(answer.code == 6, f"{story}: it is gone at the server too", answer)
        listed = district.server.trellis("--json", "attachments", "list", "ActionStep", code, "--scope", oak.site)
        tap.tell(listed.ok and not listed.lines(), f"{story}: and its record does not name it any more", listed)
        again = attach(oak, code, file)
        oak.sync_now()
        good, seen = same_bytes(district.server, again.lines()[0]["id"], file, district.folder / "got")
        tap.tell(good, f"{story}: attached later, the same bytes come anew", seen)
        equal(district, oak, story)


def main():
    stories = {"way": way, "restore": restore, "refused": refused, "erased": erased}
    for name in sys.argv[1:] or stories:
        stories[name]()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
