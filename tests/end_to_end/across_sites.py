#!/usr/bin/env python3
"""What crosses from one site to another, with real programs: a record moved while its old site edits it offline, what a
person learned at another school, a person who changes schools, a coach whose daemon holds several sites."""

import json
import sys

from district import District, Tap, eventually

tap = Tap()


def sync(*sites):
    for _ in range(2):  # what the last one sent comes to the first as well
        for site in sites:
            answer = site.sync_now()
            if not answer.ok:
                tap.tell(False, f"{site.name} syncs", answer)


def made(member, kind, scope, value):
    answer = member.trellis("--json", "records", "create", kind, "-", "--scope", scope, text=json.dumps(value))
    if not tap.tell(answer.ok, f"{member.name} enters {kind} {value.get('code', value.get('staffUniqueId', ''))}".rstrip(),
                    answer):
        raise RuntimeError(str(answer))
    return answer.lines()[0]["id"]


def moving(server, oak, elm):
    goal = made(oak, "Goal", oak.site, {"code": "G1", "title": "Talk more", "level": "GOAL_LEVEL_SCHOOL"})
    sync(oak)
    oak.trellis("sync", "pause")
    answer = server.trellis("--json", "records", "move", "Goal", "G1", "--scope", oak.site, "--to", elm.site)
    tap.tell(answer.ok, "the district moves Oak's goal to Elm", answer)
    again = server.trellis("--json", "records", "move", "Goal", goal, "--scope", oak.site, "--to", elm.site)
    tap.tell(again.ok and again.lines()[0]["record"]["id"] == answer.lines()[0]["record"]["id"],
             "moved again, as after a lost reply, it is the same one", again)
    edit = oak.trellis("records", "update", "Goal", "G1", "-", text='{"title": "Talk and listen"}')
    tap.tell(edit.ok, "Oak, offline, does not know, and changes its title", edit)
    oak.trellis("sync", "resume")
    sync(oak, elm)
    at_elm = elm.json("records", "list", "Goal", "--scope", elm.site)
    tap.tell([row["data"]["title"] for row in at_elm] == ["Talk more"], "Elm has the goal", at_elm)
    for member, where in ((server, "the district"), (oak, "Oak")):
        listed = member.json("conflicts", "list", "--scope", oak.site)
        tap.tell(len(listed) == 1 and listed[0]["changedSinceMove"] == ["title"] and
                 listed[0]["data"]["title"] == "Talk and listen",
                 f"Oak's change is kept, and listed at {where} as one made without knowing", listed)
    tap.tell(not oak.json("records", "list", "Goal", "--scope", oak.site), "Oak no longer lists it as its own")
    late = oak.trellis("records", "update", "Goal", goal, "-", text='{"title": "Late"}')
    tap.tell(late.code == 5 and "moved" in late.err, "what Oak would write now is refused in words", late)
    server.trellis("records", "move", "Goal", goal, "--scope", oak.site, "--to", elm.site)
    sync(oak, elm)
    at_elm = elm.json("records", "list", "Goal", "--scope", elm.site)
    tap.tell([row["data"]["title"] for row in at_elm] == ["Talk and listen"] and
             not server.json("conflicts", "list", "--scope", oak.site),
             "moved once more, the change goes along, and nothing is left to decide", at_elm)


def learning_elsewhere(server, oak, elm):
    made(oak, "Staff", oak.site, {"staffUniqueId": "S1", "givenName": "Ada", "familyName": "Demo"})
    made(elm, "Participation", elm.site, {"staff": "S1", "activity": "A", "minutes": 90, "reflection": "Mine",
                                          "state": "PARTICIPATION_STATE_ATTENDED"})
    sync(oak, elm)
    rows = eventually(30, lambda: (sync(oak), oak.json("records", "list", "Participation"))[1])
    tap.tell(len(rows) == 1 and rows[0]["data"].get("minutes") == 90 and "reflection" not in rows[0]["data"] and
             rows[0]["data"]["copiedFrom"].startswith(elm.site + " "),
             "what Ada of Oak learned at Elm is on her record at home, her reflection is not", rows)
    hours = server.json("report", "participation")[0]
    tap.tell(server.trellis("report", "participation").ok and hours["cut"] is not None, "and the district's report runs")


def changing_schools(server, oak, elm, ash):
    answer = server.trellis("records", "move", "Staff", "S1", "--scope", oak.site, "--to", ash.site)
    tap.tell(answer.ok, "Ada changes to Ash", answer)
    rows = eventually(30, lambda: (sync(ash), ash.json("records", "list", "Participation"))[1])
    tap.tell(len(rows) == 1, "what she learned comes with her", rows)
    sync(oak)
    tap.tell(not oak.json("records", "list", "Participation"), "and is no longer Oak's")


def coach(server, oak, elm, ash):
    account = json.loads((ash.folder / "keys/joined.json").read_text())
    name = account.get("account_name") or account.get("accountName") or account.get("account")
    grant = server.create("RoleGrant", ash.site, {"account": name, "role": "ROLE_SITE_STAFF", "scope": elm.site})
    tap.tell(grant.ok, "the coach at Ash is given a role at Elm", grant)
    sync(ash)
    holds = eventually(30, lambda: (sync(ash), elm.site in ash.digests())[1])
    tap.tell(holds, "her daemon holds Elm's records beside its own", ash.digests())
    tap.tell(oak.site not in ash.digests(), "and not a byte of Oak's", ash.digests())
    ash.trellis("sync", "pause")
    wrote = ash.create("Participation", elm.site, {"staff": "S7", "activity": "A", "state": "PARTICIPATION_STATE_ATTENDED"})
    tap.tell(wrote.ok, "offline, she enters who came at Elm", wrote)
    denied = ash.create("Participation", oak.site, {"staff": "S7", "activity": "A", "state": "PARTICIPATION_STATE_ATTENDED"})
    tap.tell(denied.code != 0, "at Oak she cannot", denied)
    ash.trellis("sync", "resume")
    sync(ash, elm)
    staff = {row["data"]["staff"] for row in elm.json("records", "list", "Participation")}
    tap.tell("S7" in staff, "Elm has it", staff)


def main():
    with District() as district:
        oak, elm, ash = (district.add_site(name) for name in ("Oak", "Elm", "Ash"))
        server = district.server
        made(server, "Activity", "shared", {"code": "A", "title": "Circles", "approach": "ACTIVITY_APPROACH_COLLABORATIVE",
                                            "requirement": "ACTIVITY_REQUIREMENT_VOLUNTARY"})
        sync(oak, elm, ash)
        moving(server, oak, elm)
        learning_elsewhere(server, oak, elm)
        changing_schools(server, oak, elm, ash)
        coach(server, oak, elm, ash)
        sync(oak, elm, ash)
        apart = [district.unequal(site) for site in (oak, elm, ash)]
        tap.tell(not any(apart), "the digests are equal", apart)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
