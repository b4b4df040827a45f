#!/usr/bin/env python3
"""A district's workflows as people type them, at the district and at two sites that work offline: lists and
models imported, a session overfilled by two sites, switches, a survey published and its wave opened, extended and
closed, a cycle through a gate, an action step handed to every site, what is due, a concern without a name."""

import json
import sys

from district import ROOT, District, Tap

tap = Tap()
LISTS = ROOT / "deploy/code_lists"
CHOICES = [{"value": value, "text": text} for value, text in ((1, "No"), (2, "In part"), (3, "Yes"))]
SURVEY = {"code": "S", "title": "How are we", "language": "en", "state": "SURVEY_STATE_DRAFT",
          "constructs": [{"code": "T", "title": "Trust"}], "languages": [{"language": "es"}],
          "questions": [{"slot": 1, "code": "Q1", "text": "We keep our word.", "construct": "T", "version": 1,
                         "form": "QUESTION_FORM_SINGLE_CHOICE", "choices": CHOICES}]}
WAVE = {"code": "W", "survey": "S", "state": "WAVE_STATE_PLANNED", "openDate": "2026-01-05", "closeDate": "2026-01-30",
        "audience": "AUDIENCE_STAFF", "mode": "WAVE_MODE_CONFIDENTIAL", "languages": ["en", "es"]}


def spanish(text):
    return [{"language": "es", "text": text}]


def made(member, kind, scope, value):
    answer = member.create(kind, scope, value)
    tap.tell(answer.ok, f"{member.name} enters {kind} {value.get('code', '')}".rstrip(), answer)


def changed(member, kind, record, value):
    return member.trellis("records", "update", kind, record, "-", text=json.dumps(value))


def sync(*sites):
    for _ in range(2):  # what the last one sent comes to the first as well
        for site in sites:
            answer = site.sync_now()
            if not answer.ok:
                tap.tell(False, f"{site.name} syncs", answer)


def lists(server):
    for name in ("code_lists.json", "frameworks.json"):
        answer = server.trellis("--json", "import", "codelists", LISTS / name)
        tap.tell(answer.ok and answer.lines()[0]["created"] > 0, f"{name} is imported", answer)
        again = server.trellis("--json", "import", "codelists", LISTS / name)
        tap.tell(again.ok and again.lines()[0]["created"] == 0 and again.lines()[0]["updated"] == 0,
                 f"{name} imported again changes nothing", again)
    answer = server.create("Need", "shared", {"code": "N0", "title": "T", "level": "NEED_LEVEL_STAFF",
                                              "staffGroup": "wizards"})
    tap.tell(answer.code == 5 and "staff-groups" in answer.err, "a value its closed list does not have is refused", answer)


def places(server, oak, elm):
    made(server, "Session", "shared", {"code": "SES", "activity": "A", "capacity": 1, "startTime": "2026-02-01T20:00:00Z"})
    sync(oak, elm)
    for site, person in ((oak, "S1"), (elm, "S2")):
        site.trellis("sync", "pause")
        answer = site.create("Participation", site.site, {"staff": person, "session": "SES",
                                                          "state": "PARTICIPATION_STATE_REGISTERED"})
        tap.tell(answer.ok, f"{site.name}, offline, gives {person} the last place", answer)
    answer = oak.create("Participation", oak.site, {"staff": "S9", "session": "SES",
                                                    "state": "PARTICIPATION_STATE_REGISTERED"})
    tap.tell(answer.code == 5 and "WAITLISTED" in answer.err, "Oak knows that it is full for the next one", answer)
    for site in (oak, elm):
        site.trellis("sync", "resume")
    sync(oak, elm)
    rows = sum(len(server.json("records", "list", "Participation", "--scope", site.site)) for site in (oak, elm))
    found = server.json("findings", "list", "Session", "--rule", "session-overfull")
    tap.tell(rows == 2 and len(found) == 1 and found[0]["code"] == "SES",
             "both rows arrive, and the district is shown that the session is overfull", f"{rows} rows, {found}")


def switches(server, oak):
    seen = {"organization": "O", "date": "2026-02-01", "setting": "staff-room", "groupsSeen": 2, "peopleSeen": 7}
    answer = oak.create("NetworkObservation", oak.site, seen)
    tap.tell(answer.code == 5 and "switches it on" in answer.err, "what watches people is off", answer)
    made(server, "Feature", "shared", {"code": "network-observation", "enabled": True})
    sync(oak)
    answer = oak.create("NetworkObservation", oak.site, seen)
    tap.tell(answer.ok, "and taken once the district has switched it on", answer)


def survey_and_wave(server):
    made(server, "Survey", "shared", SURVEY)
    made(server, "Wave", "shared", WAVE)
    answer = server.trellis("surveys", "publish", "S")
    tap.tell(answer.code == 5 and "es has no wording for: the title, Q1" in answer.err,
             "a survey with holes in a language is not published; the holes are named", answer)
    answer = server.trellis("waves", "open", "W")
    tap.tell(answer.code == 5 and "surveys publish S" in answer.err and "disaggregationPlan" in answer.err,
             "its wave is not opened; what is missing is said", answer)
    question = dict(SURVEY["questions"][0], translations=spanish("Cumplimos la palabra."),
                    choices=[dict(choice, translations=spanish(text))
                             for choice, text in zip(CHOICES, ("No", "En parte", "Si"))])
    changed(server, "Survey", "S", {"titleTranslations": spanish("Como estamos"), "questions": [question]})
    for step, words in (("validate", "no holes"), ("publish", "version 1")):
        answer = server.trellis("surveys", step, "S")
        tap.tell(answer.ok and words in answer.out, f"surveys {step}, with the translation complete", answer)
    answer = server.trellis("surveys", "preview", "S", "--language", "es")
    tap.tell(answer.ok and "Cumplimos la palabra." in answer.out and "( ) En parte" in answer.out,
             "the form is shown in Spanish", answer)
    changed(server, "Wave", "W", {"disaggregationPlan": [{"code": "by-role", "attributes": ["role"]}],
                                  "attributes": [{"attribute": "role", "bands": ["teacher", "other"]}]})
    for words, expected in ((("open", "W"), "open until 2026-01-30"),
                            (("extend", "W", "--until", "2026-02-13"), "open until 2026-02-13"),
                            (("status", "W"), "2026-02-13"), (("close", "W"), "is closed")):
        answer = server.trellis("waves", *words)
        tap.tell(answer.ok and expected in answer.out, f"waves {' '.join(words)}", answer)


def cycle(server, oak):
    made(server, "ImprovementCycle", "shared", {"code": "C", "title": "Trust", "aim": "More of it", "owner": "S1",
                                                "beginDate": "2025-08-18"})
    sync(oak)
    answer = oak.trellis("cycles", "advance", "C")
    tap.tell(answer.code == 5 and "name at least one need" in answer.err and "confirm VOICES" in answer.err,
             "a stage does not close without what it needs, and says what is missing", answer)
    made(oak, "Need", oak.site, {"code": "N1", "title": "T", "level": "NEED_LEVEL_STAFF"})
    made(server, "Metric", "shared", {"code": "M", "title": "T", "direction": "DIRECTION_UP", "baseline": 3.1})
    changed(server, "ImprovementCycle", "C", {"needs": ["N1"], "metrics": ["M"]})
    sync(oak)
    answer = oak.trellis("cycles", "advance", "C", "--done", "VOICES")
    tap.tell(answer.ok and "proposed identify strategies" in answer.out, "with it, the site proposes", answer)
    sync(oak)
    listed = server.trellis("cycles", "list")
    tap.tell("proposed: identify strategies" in listed.out, "the district sees the proposal", listed)
    answer = server.trellis("cycles", "advance", "C", "--accept")
    tap.tell(answer.ok and "accepted identify strategies" in answer.out, "and accepts it", answer)
    sync(oak)
    listed = oak.trellis("cycles", "list")
    tap.tell("identify strategies" in listed.out, "the site reads the new stage", listed)


def templates(server, oak, elm):
    made(server, "ActionStep", "shared", {"code": "STEP", "title": "Keep an hour", "dueDate": "2026-03-01",
                                          "template": True})
    answer = server.trellis("templates", "broadcast", "ActionStep", "STEP", "--all-sites")
    tap.tell(answer.ok and "2 new" in answer.out, "an action step is handed to every site", answer)
    again = server.trellis("templates", "broadcast", "ActionStep", "STEP", "--all-sites")
    tap.tell(again.ok and "0 new" in again.out, "handed out again it makes nothing twice", again)
    sync(oak, elm)
    copy = oak.json("records", "list", "ActionStep", "--scope", oak.site)[0]
    changed(oak, "ActionStep", copy["id"], {"state": "ACTION_STEP_STATE_IN_PROGRESS", "owner": "S1"})
    due = oak.json("due", "ActionStep", "--until", "2026-12-31", "--owner", "S1")
    tap.tell([item["code"] for item in due] == [copy["code"]], "each site works on its own copy; it is due there", due)
    sync(oak, elm)
    answer = server.trellis("templates", "roll-up", "ActionStep", "STEP")
    tap.tell(answer.ok and "in progress: 1" in answer.out and "no state yet: 1" in answer.out,
             "the district reads where each copy stands", answer)


def concern(server, oak):
    answer = oak.create("Concern", oak.site, {"text": "Meetings end after dark", "anonymous": True, "date": "2026-02-01",
                                              "state": "CONCERN_STATE_RAISED"})
    sync(oak)
    rows = server.json("records", "list", "Concern", "--scope", oak.site)
    tap.tell(answer.ok and len(rows) == 1 and "lead" not in json.dumps(rows[0]),
             "a concern raised without a name carries none at the district", rows)


def main():
    with District() as district:
        oak, elm = district.add_site("Oak"), district.add_site("Elm")
        server = district.server
        made(oak, "Staff", oak.site, {"staffUniqueId": "S1", "givenName": "Ada", "familyName": "Demo"})
        lists(server)
        sync(oak, elm)
        places(server, oak, elm)
        switches(server, oak)
        survey_and_wave(server)
        cycle(server, oak)
        templates(server, oak, elm)
        concern(server, oak)
        sync(oak, elm)
        apart = [district.unequal(site) for site in (oak, elm)]
        tap.tell(not any(apart), "the digests are equal", apart)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
