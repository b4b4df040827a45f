#!/usr/bin/env python3
"""What goes out on paper and comes back, as people type it: a survey's form in two languages, codes as cards, letters and
a table for a mail merge, a wave's link; forms keyed in twice; a session with its sheet, people who sign in and out by a
scanner and later from paper, and a wait-list that moves up."""

import csv
import json
import re
import stat
import sys

from district import ROOT, District, Tap

tap = Tap()
SAMPLE = ROOT / "deploy/sample_district/records"


def must(answer):
    if not answer.ok:
        raise RuntimeError(str(answer))
    return answer


def pages(path):
    data = path.read_bytes()
    return len(re.findall(rb"/Type\s*/Page\b", data)) if data.startswith(b"%PDF") else 0


def forms(server, folder):
    for language in ("en", "es"):
        to = folder / f"form-{language}.pdf"
        answer = server.trellis("surveys", "print", "TRUST-26", "--language", language, "--wave", "TRUST-26-FALL", "--to", to)
        tap.tell(answer.ok and pages(to) >= 1, f"the form is printed, {language}", answer)
    answer = server.trellis("surveys", "print", "TRUST-26", "--language", "xx", "--to", folder / "x.pdf")
    tap.tell(answer.code == 2 and "not offered in xx" in answer.err, "a language it is not offered in is refused", answer)


def invitations(site, folder):
    codes = folder / "codes.txt"
    answer = site.trellis("invitations", "make", "TRUST-26-FALL", "--count", "23", "--to", codes)
    made = codes.read_text().split()
    tap.tell(answer.ok and len(set(made)) == 23 and stat.S_IMODE(codes.stat().st_mode) == 0o600,
             "23 codes are made, each another, for their owner's eyes alone", answer)
    batch = site.json("records", "list", "Invitation")
    tap.tell(len(batch) == 1 and batch[0]["data"]["count"] == 23 and not any(code in json.dumps(batch) for code in made),
             "recorded is their number, and no code", batch)
    for form, expected in (("cards", 3), ("letters", 23)):
        to = folder / f"{form}.pdf"
        answer = site.trellis("invitations", "print", codes, "--wave", "TRUST-26-FALL", "--as", form, "--to", to, "--link",
                              "https://survey.invented.example")
        tap.tell(answer.ok and pages(to) == expected, f"as {form} they take {expected} pages", f"{answer} {pages(to)}")
    to = folder / "merge.csv"
    must(site.trellis("invitations", "print", codes, "--wave", "TRUST-26-FALL", "--as", "csv", "--to", to, "--link",
                      "https://survey.invented.example"))
    rows = list(csv.DictReader(to.open()))
    tap.tell([row["code"] for row in rows] == made and rows[0]["link"].endswith("/" + made[0]),
             "and as a table for a mail merge", rows[:1])
    codes.write_text("ABCDE-12345\n")
    answer = site.trellis("invitations", "print", codes, "--wave", "TRUST-26-FALL", "--to", to)
    tap.tell(answer.code == 2 and "line 1" in answer.err, "what is no code is named by its line", answer)


def link(server, folder):
    to = folder / "poster.pdf"
    words = ("waves", "link", "TRUST-26-FALL", "--link", "https://survey.invented.example/{code}", "--to", to)
    first, again = server.trellis(*words), server.trellis(*words)
    tap.tell(first.ok and first.out == again.out and pages(to) == 1, "a wave's link stays the same, and has its sheet",
             f"{first}{again}")


def keying(site, folder):
    keyed = folder / "keyed.csv"
    survey = site.json("records", "get", "Survey", "TRUST-26")[0]["data"]
    asked = len([question for question in survey["questions"] if not question.get("retired")])
    good = " ".join(["4"] * asked)
    other = " ".join(["4"] * (asked - 1) + ["."])
    words = ("surveys", "key", "TRUST-26-FALL", "--to", keyed)
    answer = site.trellis(*words, text=f"{good}\n4 4\n{good.replace('4', '9', 1)}\n{other}\n")
    tap.tell(answer.ok and "2 forms" in answer.out and f"2 answers of {asked}" in answer.err and
             "9 is none of its choices" in answer.err, "forms are keyed a line each; what cannot be is said at once", answer)
    answer = site.trellis(*words, text=f"{good}\n")
    tap.tell(answer.ok and "3 forms, 1 of them keyed now" in answer.out, "keying goes on where it ended", answer)
    answer = site.trellis(*words, "--verify", text=f"{good}\n{good}\n{good}\n")
    tap.tell(answer.code == 5 and "form 2" in answer.out, "keyed a second time, the form that differs is named", answer)
    answer = site.trellis("import", "responses", keyed, "--survey", "TRUST-26", "--wave", "TRUST-26-FALL")
    tap.tell(answer.ok and len(site.json("records", "list", "Response")) == 3, "and they are entered", answer)


def session(server, site, folder):
    must(server.create("Session", "shared", {"code": "DOOR", "activity": "TRUST-CIRCLES", "capacity": 2,
                                             "title": "An evening", "startTime": "2026-02-01T20:00:00Z"}))
    must(site.sync_now())
    for number in range(1, 6):
        must(site.create("Staff", site.site, {"staffUniqueId": f"P{number}", "givenName": "Ann", "familyName": f"N{number}"}))
    for number, state in ((1, "REGISTERED"), (2, "REGISTERED"), (3, "WAITLISTED"), (4, "WAITLISTED")):
        must(site.create("Participation", site.site, {"staff": f"P{number}", "session": "DOOR",
                                                      "state": f"PARTICIPATION_STATE_{state}",
                                                      "registeredTime": f"2026-01-0{9 - number}T10:00:00Z"}))
    to = folder / "sheet.pdf"
    answer = site.trellis("sessions", "sheet", "DOOR", "--to", to)
    tap.tell(answer.ok and pages(to) == 1 and "4 people" in answer.out, "the sheet for the door is printed", answer)
    answer = site.trellis("sessions", "cancel", "DOOR", "P1")
    tap.tell(answer.ok and "P4 moves up" in answer.out, "P1 cancels, and P4, who has waited longest, moves up", answer)
    answer = site.trellis("sessions", "promote", "DOOR")
    tap.tell(answer.ok and "nobody moves up" in answer.out, "no place is given twice", answer)
    answer = site.trellis("sessions", "sign-in", "DOOR", "-", "--time", "2026-02-01T20:03:00Z", text="P2\nP5\nP9\nP2\n")
    tap.tell(answer.code == 8 and "P2 is in\n" in answer.out and "P5 is in; was not enrolled" in answer.out and
             "P9" in answer.err and "P2 is in since" in answer.out,
             "a scanner signs people in; who is unknown is told, who comes twice is one", answer)
    answer = site.trellis("sessions", "sign-in", "DOOR", "P4", "--method", "paper", "--time", "2026-02-01T20:10:00Z")
    tap.tell(answer.ok, "one is keyed in later from the paper sheet", answer)
    answer = site.trellis("sessions", "sign-out", "DOOR", "P2", "P4", "--time", "2026-02-01T21:33:00Z")
    tap.tell(answer.ok and "P2 is out after 90 minutes" in answer.out, "signed out, the minutes follow", answer)
    answer = site.trellis("sessions", "sign-out", "DOOR", "P3")
    tap.tell(answer.code == 5 and "has not signed in" in answer.err, "who never came is not signed out", answer)
    rows = {row["data"]["staff"]: row["data"] for row in site.json("sessions", "roster", "DOOR")}
    tap.tell(rows["P2"]["minutes"] == 90 and rows["P4"]["signInMethod"] == "SIGN_IN_METHOD_PAPER" and
             rows["P1"]["state"] == "PARTICIPATION_STATE_WITHDRAWN", "the roster says so", rows)


def main():
    with District() as district:
        server, folder = district.server, district.folder
        site = district.add_site("Oak")
        for lists in ("code_lists", "frameworks"):
            must(server.trellis("import", "codelists", ROOT / f"deploy/code_lists/{lists}.json"))
        for kind in ("SchoolYear", "Survey", "Wave", "Activity"):
            must(server.trellis("import", "records", SAMPLE / f"{kind}.json", "--kind", kind))
        must(site.sync_now())
        forms(server, folder)
        invitations(site, folder)
        link(server, folder)
        keying(site, folder)
        session(server, site, folder)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
