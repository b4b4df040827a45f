#!/usr/bin/env python3
"""Files of other systems in and out: a OneRoster 1.2 roster damaged as rosters are, xAPI statements, Ed-Fi
resources, a calendar; what is written out, read into a district made for it, gives equal records. Transcripts and
certificates are checked at a site that has no link."""

import json
import sys
import zipfile

from district import District, Tap

tap = Tap()
ROSTER = {
    "manifest.csv": "propertyName,value\noneroster.version,1.2\nfile.orgs,bulk\nfile.users,bulk\nfile.roles,bulk\n",
    "Orgs.CSV": "\ufeffname,TYPE,sourcedId,identifier,parentSourcedId\r\nOak,school,o1,Oak,gone\r\n",
    "users.csv": "sourcedId,givenName,familyName,identifier,email,prefferedGivenName,password\n"
                 "u1,Ana,Ru\u00edz,00042,ana@example.org,Anita,hunter2\nu2,Bo,Li,00043,bo@example.org,,\nk1,Kid,Doe,,,,\n",
    "roles.csv": "sourcedId,userSourcedId,roleType,role,beginDate,orgSourcedId\n"
                 "r1,u1,primary,teacher,8/17/2026,o1\nr2,u2,primary,ext:coach,2026-08-17,o1\nr3,k1,primary,student,,o1\n",
}
STATEMENT = {"id": "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c01", "actor": {"mbox": "mailto:ana@example.org"},
             "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "timestamp": "2026-10-03T14:05:00Z",
             "object": {"id": "https://mooc.example/trust", "definition": {"name": {"en-US": "Trust in teams"}}},
             "result": {"completion": True, "duration": "PT5H30M"}}
KINDS = ("EducationOrganization", "Staff", "Assignment", "Activity", "Session", "Participation")


def imported(member, what, path, *more):
    answer = member.trellis("--json", "import", what, path, *more)
    return answer, (answer.lines() or [{}])[0] if answer.out.strip() else {}


def data(member, kind, site):
    scope = "shared" if kind in ("EducationOrganization", "Activity", "Session") else site
    rows = member.json("records", "list", kind, "--scope", scope, "--limit", "1000")
    for row in rows:
        row["data"].pop("site", None)  # which daemon keeps it: each district's own
    return sorted((json.dumps(row["data"], sort_keys=True) for row in rows))


def write(folder, files, encoding="utf-8"):
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode(encoding))
    return folder


def roster(district, server, oak):
    folder = write(district.folder / "roster", {name: text for name, text in ROSTER.items() if name != "users.csv"})
    (folder / "users.csv").write_bytes(ROSTER["users.csv"].encode("cp1252"))
    answer, told = imported(server, "oneroster", folder, "--dry-run")
    tap.tell(answer.ok and told["created"] == "4" and not server.codes("Staff", oak.site),
             "a damaged roster's dry run says what it would do, and does nothing", answer)
    archive = district.folder / "roster.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in folder.iterdir():
            packed.write(path, f"Export/{path.name}")
    answer, told = imported(server, "oneroster", archive)
    tap.tell(answer.ok and told["created"] == "4" and server.codes("Staff", oak.site) == {"00042", "00043"},
             "zipped, it is imported: two people, their two roles, no pupil", answer)
    tap.tell(any("Windows-1252" in note for note in told.get("notes", [])), "and says what it had to assume", answer)
    answer, told = imported(server, "oneroster", folder)
    tap.tell(answer.ok and told.get("created", "0") == "0" and told.get("updated", "0") == "0",
             "imported again, from the folder, it changes nothing", answer)


def statements(district, server, oak):
    path = district.folder / "statements.json"
    stranger = {**STATEMENT, "id": "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c02", "actor": {"mbox": "mailto:eve@example.org"}}
    path.write_text(json.dumps([STATEMENT, stranger, STATEMENT], indent=1))
    answer, told = imported(server, "xapi", path)
    tap.tell(answer.code == 1 and "eve@example.org" in answer.err and not data(server, "Participation", oak.site),
             "a statement of a stranger is named by its line, and nothing is imported", answer)
    answer, told = imported(server, "xapi", path, "--skip-bad-rows")
    tap.tell(answer.code == 8 and told["created"] == "2", "left out, the other makes an activity and a participation",
             answer)
    again, told = imported(server, "xapi", path, "--skip-bad-rows")
    tap.tell(told.get("created", "0") == "0", "the same statements again make nothing", again)
    out = district.folder / "out.json"
    answer = server.trellis("export", "xapi", "--to", out)
    told = json.loads(out.read_text())
    tap.tell(answer.ok and [one["id"] for one in told] == [STATEMENT["id"]], "and are told again under their own ids",
             answer)


def calendar(district, server):
    server.create("Session", "shared", {"code": "SES", "activity": "TRUST-IN-TEAMS", "title": "First; and last, " + "\u00e9" * 90,
                                        "startTime": "2026-12-01T20:00:00Z", "endTime": "2026-12-01T21:30:00Z"})
    server.create("ActionStep", "shared", {"code": "STEP", "title": "Agree", "dueDate": "2026-12-31",
                                           "state": "ACTION_STEP_STATE_NOT_STARTED"})
    out = district.folder / "out.ics"
    answer = server.trellis("export", "ics", "--to", out)
    lines = out.read_bytes().split(b"\r\n")
    unfolded = out.read_bytes().replace(b"\r\n ", b"").decode()
    tap.tell(answer.ok and all(len(line) <= 75 for line in lines) and "DTSTART:20261201T200000Z" in unfolded
             and "SUMMARY:First\\; and last\\, \u00e9" in unfolded and "DUE;VALUE=DATE:20261231" in unfolded,
             "sessions and due days are a calendar, folded and escaped", out.read_text()[:2000])


def papers(district, server, oak):
    oak.sync_now()
    certificate = server.trellis("--json", "certificate", "00042", "TRUST-IN-TEAMS", "--to", district.folder / "c.pdf")
    transcript = server.trellis("--json", "transcript", "ana@example.org", "--to", district.folder / "t.pdf")
    if not tap.tell(certificate.ok and transcript.ok and (district.folder / "c.pdf").read_bytes().startswith(b"%PDF"),
                    "the district issues a certificate and a transcript", f"{certificate}{transcript}"):
        return
    code = certificate.lines()[0]["code"]
    district.server.program.kill()
    for given in (code, code.lower().replace("-", " ")):
        answer = oak.trellis("--json", "verify", given)
        tap.tell(answer.ok and answer.lines()[0]["name"] == "Ana Ru\u00edz" and answer.lines()[0]["totalMinutes"] == 330,
                 "the site, without the server, says what the code covers", answer)
    answer = oak.trellis("--json", "verify", transcript.lines()[0]["code"])
    tap.tell(answer.ok and answer.lines()[0]["lines"] == [{"date": "2026-10-03", "minutes": 330}],
             "each line of the transcript among it", answer)
    wrong = code[:30] + ("A" if code[30] != "A" else "B") + code[31:]
    tap.tell(oak.trellis("verify", wrong).code == 2 or oak.trellis("verify", wrong).code == 5
             or not oak.trellis("verify", wrong).ok, "a mistyped code is refused", oak.trellis("verify", wrong))
    alone = oak.trellis("verify", code, "--authority", server.folder / "keys/authority.crt")
    tap.tell(alone.ok and "5 h 30 min" in alone.out, "and anybody with the authority's certificate can check it", alone)
    answer = oak.trellis("transcript", "00042", "--to", district.folder / "site.pdf")
    tap.tell(answer.ok and "not signed" in answer.out, "the site prints a transcript that says it is not signed", answer)
    server.start()


def fresh(district, server, oak):
    """Everything out, and into a district that has nothing."""
    folder = district.folder
    made = {"oneroster": folder / "out.zip", "edfi": folder / "edfi"}
    for what, path in made.items():
        answer = server.trellis("export", what, "--to", path)
        tap.tell(answer.ok, f"{what} is written", answer)
    for kind in KINDS:
        server.trellis("export", kind, "--to", folder / f"{kind}.jsonl")
    with District() as other:
        elsewhere = other.add_site("Oak")
        answer, told = imported(other.server, "oneroster", made["oneroster"])
        for kind in ("Staff", "Assignment"):
            tap.tell(data(server, kind, oak.site) == data(other.server, kind, elsewhere.site),
                     f"a roster written out and read elsewhere gives equal {kind} records", answer)
        answer = other.server.trellis("--json", "import", "edfi", made["edfi"])
        tap.tell(answer.ok and data(other.server, "Staff", elsewhere.site) == data(server, "Staff", oak.site),
                 "Ed-Fi resources on top change no person", answer)
    with District() as other:
        elsewhere = other.add_site("Oak")
        for kind in KINDS[1:]:
            answer = other.server.trellis("import", "records", folder / f"{kind}.jsonl", *(
                ["--scope", elsewhere.site] if kind in ("Staff", "Assignment", "Participation") else []))
            tap.tell(answer.ok and data(other.server, kind, elsewhere.site) == data(server, kind, oak.site),
                     f"{kind} written as JSON Lines and read elsewhere gives equal records", answer)


def main():
    with District() as district:
        server, oak = district.server, district.add_site("Oak")
        roster(district, server, oak)
        statements(district, server, oak)
        calendar(district, server)
        papers(district, server, oak)
        fresh(district, server, oak)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
