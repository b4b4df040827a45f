#!/usr/bin/env python3
"""Invents the people of the sample district, their answers and their professional learning.

Nothing this script writes was ever observed: no person, answer or hour in it is real, and no conclusion about
the schools may be drawn from it. Only the names and CDS codes of the six schools are facts. The same seed
gives the same files, so that checks can rely on them.

    invent.py roster FOLDER     organizations.csv; orgs.csv and users.csv, as OneRoster 1.1 has them (kept
                                in roster/)
    invent.py answers FOLDER    per school FOLDER/<CDS>/: fall.csv, spring.csv (responses to TRUST-26) and
                                learning.csv (participations), from the roster beside this script; of the
                                office FOLDER/office.csv (participations)
"""

import csv
import hashlib
import hmac
import pathlib
import random
import sys

SEED = "invented for the sample district"
HERE = pathlib.Path(__file__).resolve().parent

DISTRICT = "34739730000000"
OFFICE = "CENTER-OFFICE"
# What is made of each school: staff by OneRoster role; how its staff feel about trust in the fall; the share
# that joins the trust circles and the open classrooms.
SCHOOLS = {
    "34739733430378": dict(name="Center High", short="high", administrator=2, teacher=54, aide=10, proctor=8,
                           trust=3.20, circles=0.45, open_classrooms=0.40),
    "34739736032908": dict(name="Dudley (Arthur S.) Elementary", short="dudley", administrator=1, teacher=34,
                           aide=10, proctor=4, trust=3.45, circles=0.75, open_classrooms=0.50),
    "34739736032916": dict(name="Center Junior High", short="junior", administrator=2, teacher=40, aide=8,
                           proctor=6, trust=3.05, circles=0.25, open_classrooms=0.0),
    "34739736032924": dict(name="Spinelli (Cyril) Elementary", short="spinelli", administrator=1, teacher=26,
                           aide=8, proctor=3, trust=3.30, circles=0.85, open_classrooms=0.45),
    "34739736107734": dict(name="Oak Hill Elementary", short="oakhill", administrator=1, teacher=30, aide=9,
                           proctor=3, trust=3.60, circles=0.60, open_classrooms=0.55),
    "34739736108948": dict(name="North Country Elementary", short="north", administrator=1, teacher=28, aide=8,
                           proctor=3, trust=3.40, circles=0.65, open_classrooms=0.35),
}
OFFICE_STAFF = dict(administrator=3, teacher=4, proctor=3)
ROLE_WORDS = {"administrator": "administrator", "teacher": "teacher", "aide": "aide", "proctor": "support"}

GIVEN_NAMES = ("Ada Bo Cleo Dov Esme Finn Gia Hugo Ines Jun Kai Lena Milo Nora Otto Pia Quin Rosa Sami Tess "
               "Uma Vito Wren Xena Yara Zeno").split()
FAMILY_BEGINNINGS = "Demo Fable Figment Invent Mock Pretend Sample Story Test Trial".split()
FAMILY_ENDINGS = "berg field ford land ley man son stone ton well wick wood".split()

# Items of TRUST-26 by construct; T4 is reversed. The second number is added to the school's level of trust.
CONSTRUCTS = {"TRUST": (["T1", "T2", "T3", "T4", "T5"], 0.0), "COMMUNITY": (["C1", "C2", "C3", "C4"], 0.2),
              "EFFICACY": (["E1", "E2", "E3", "E4"], 0.1)}
REVERSED = {"T4"}
# Gain from fall to spring of those who joined the circles, and of the others.
GAIN_JOINED = {"TRUST": 0.55, "COMMUNITY": 0.40, "EFFICACY": 0.25}
GAIN_OTHERS = {"TRUST": 0.10, "COMMUNITY": 0.05, "EFFICACY": 0.05}


def chance(*words):
    """A generator of its own for each purpose, so that one more draw here moves nothing there."""
    return random.Random(":".join((SEED,) + words))


def gauss(source):
    """Near enough to a standard normal draw, and the same in every version of Python."""
    return sum(source.random() for _ in range(12)) - 6


def write_table(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def write_roster(folder):
    orgs = [[DISTRICT, "active", "", "Center Joint Unified (sample)", "district", DISTRICT, ""],
            [OFFICE, "active", "", "Central Office (invented)", "department", OFFICE, DISTRICT]]
    orgs += [[cds, "active", "", school["name"], "school", cds, DISTRICT] for cds, school in SCHOOLS.items()]
    write_table(folder / "orgs.csv", ["sourcedId", "status", "dateLastModified", "name", "type", "identifier",
                                      "parentSourcedId"], orgs)
    people = {cds: sum(school[role] for role in ROLE_WORDS) for cds, school in SCHOOLS.items()}
    write_table(folder / "organizations.csv", ["identifier", "name", "category", "parent", "county", "staff_fte",
                                               "remark"],
                [[org[0], org[3], {"district": "local_education_agency"}.get(org[4], org[4]), org[6], "Sacramento",
                  people.get(org[0], 10) - 1.5 if org[0] != DISTRICT else "", "FTE invented"] for org in orgs])

    names = [(given, beginning + ending) for beginning in FAMILY_BEGINNINGS for ending in FAMILY_ENDINGS
             for given in GIVEN_NAMES]
    chance("names").shuffle(names)
    users = []
    for org, staff in [*SCHOOLS.items(), (OFFICE, OFFICE_STAFF)]:
        for role in ROLE_WORDS:
            for _ in range(staff.get(role, 0)):
                number = f"{len(users) + 1:03}"
                given, family = names[len(users)]
                users.append([f"invented-{number}", "active", "", "true", org, role, f"invented.{number}", "", given,
                              family, "", f"S{number}", f"s{number}@invented.example", "", "", "", "", ""])
    write_table(folder / "users.csv",
                ["sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username",
                 "userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone",
                 "agentSourcedIds", "grades", "password"], users)


def read_staff():
    """(staff number, role) by organization."""
    staff = {}
    with open(HERE / "roster" / "users.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            staff.setdefault(row["orgSourcedIds"], []).append((row["identifier"], row["role"]))
    return staff


def joined(person, school, activity):
    return chance("joins", activity, person).random() < school[activity]


def answer(person, item, level, wave):
    """1 to 5, or empty where the person left the item blank."""
    source = chance("answer", wave, person, item)
    if source.random() < 0.015:
        return ""
    value = max(1, min(5, round(level + 0.75 * gauss(source))))
    return 6 - value if item in REVERSED else value


def response_row(person, role, school, wave):
    who = chance("person", person)
    temper = 0.55 * gauss(who)
    years = who.choice(["0-3", "4-9", "4-9", "10+", "10+"])
    gain = GAIN_JOINED if joined(person, school, "circles") else GAIN_OTHERS
    answers = []
    for construct, (items, offset) in CONSTRUCTS.items():
        level = school["trust"] + offset + temper + (gain[construct] if wave == "spring" else 0)
        answers += [answer(person, item, level, wave) for item in items]
    when = chance("when", wave, person)
    month, first = ("2025-09", 8) if wave == "fall" else ("2026-04", 13)
    submitted = f"{month}-{first + int(when.random() * 12):02}T{14 + int(when.random() * 9):02}:00:00Z"
    key = hmac.new(SEED.encode(), person.encode(), hashlib.sha256).hexdigest()[:24]
    # Some answer in Spanish, the same in both waves.
    language = "es" if who.random() < (0.35 if role in ("aide", "proctor") else 0.04) else "en"
    return [key, submitted, language, ROLE_WORDS[role], years, *answers]


def write_responses(folder, school, staff, wave):
    rows = [response_row(person, role, school, wave) for person, role in staff
            if chance("answers", wave, person).random() < 0.90]
    items = [item for names, _ in CONSTRUCTS.values() for item in names]
    # In the order of the keys: the order tells nothing of who answered.
    write_table(folder / f"{wave}.csv", ["respondent_key", "submit_time", "language", "role", "years_band", *items],
                sorted(rows))


def write_learning(folder, cds, school, staff):
    rows = []
    for person, role in staff:
        drawn = chance("learning", person)
        came = "attended" if drawn.random() < 0.94 else "absent"
        rows.append([person, "SAFE-START", "2025-08-14", came, 180 if came == "attended" else 0, "facilitator"])
        if joined(person, school, "circles"):
            rows += [[person, "TRUST-CIRCLES", day, "attended", 90, "code"]
                     for day in ("2025-10-22", "2025-12-03", "2026-02-11", "2026-03-25") if drawn.random() < 0.85]
        if role == "teacher" and joined(person, school, "open_classrooms"):
            rows.append([person, "OPEN-CLASSROOMS", "2026-02-25", "attended", 120, "facilitator"])
        if role in ("teacher", "aide") and cds not in ("34739733430378", "34739736032916") and drawn.random() < 0.5:
            rows.append([person, "MATH-ROUTINES", "2025-11-12", "attended", 240, "platform"])
        if drawn.random() < 0.2:
            rows.append([person, "OWN-INQUIRY", "2026-03-18", "completed", 300, "self_report"])
    write_table(folder / "learning.csv", ["staff", "activity", "date", "state", "minutes", "sign_in_method"], rows)


def write_answers(folder):
    staff = read_staff()
    for cds, school in SCHOOLS.items():
        for wave in ("fall", "spring"):
            write_responses(folder / cds, school, staff[cds], wave)
        write_learning(folder / cds, cds, school, staff[cds])
    write_table(folder / "office.csv", ["staff", "activity", "date", "state", "minutes", "site"],
                [[person, "SAFE-START", "2025-08-14", "attended", 180, OFFICE] for person, _ in staff[OFFICE]])


def main(arguments):
    commands = {"roster": write_roster, "answers": write_answers}
    if len(arguments) != 2 or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    commands[arguments[0]](pathlib.Path(arguments[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
