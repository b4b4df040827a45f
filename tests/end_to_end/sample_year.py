#!/usr/bin/env python3
"""A year of the sample district, entered at six schools that have no link all year, then synced: nothing is missing,
nothing is twice, every store holds the same, and the district's report is what its own generator's answers give."""

import csv
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from district import ROOT, District, Tap

SAMPLE = ROOT / "deploy/sample_district"
sys.path.insert(0, str(SAMPLE))
sys.dont_write_bytecode = True
from invent import CONSTRUCTS, REVERSED, SCHOOLS  # noqa: E402

tap = Tap()
# What the district keeps itself; the waves come one after the other.
SHARED = ["SchoolYear", "Threshold", "Survey", "Wave", "Goal", "Metric", "TheoryOfAction", "ImprovementCycle", "ActionStep",
          "Activity", "Session"]


def must(answer):
    if not answer.ok:
        raise RuntimeError(str(answer))
    return answer


def at_all(schools, work):
    """At each school at once; what was not well, in words."""
    with ThreadPoolExecutor(len(schools)) as pool:
        answers = list(pool.map(lambda item: work(*item), schools.items()))
    return "\n".join(f"{cds}: {answer}" for cds, answer in zip(schools, answers) if not answer.ok)


def district_opens(server):
    must(server.trellis("import", "organizations", SAMPLE / "roster/organizations.csv"))
    for lists in ("code_lists", "frameworks"):
        must(server.trellis("import", "codelists", ROOT / f"deploy/code_lists/{lists}.json"))
    must(server.trellis("sites", "add", "Central Office", "--identifier", "CENTER-OFFICE", "--code-file",
                        server.folder / "office.code"))


def district_fills(server, invented):
    must(server.trellis("import", "oneroster", SAMPLE / "roster"))
    for kind in SHARED:
        must(server.trellis("import", "records", SAMPLE / f"records/{kind}.json", "--kind", kind))
    must(server.trellis("import", "records", invented / "shared.json"))
    for words in (("close", "TRUST-26-FALL"), ("open", "TRUST-26-SPRING")):
        must(server.trellis("waves", *words))


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def invented_counts(invented, cds):
    """How many records of each kind the school enters: what has to arrive."""
    counts = {kind: len(records) for kind, records in json.loads((invented / f"{cds}.json").read_text()).items()}
    counts["Response"] = sum(len(rows(invented / cds / f"{wave}.csv")) for wave in ("fall", "spring"))
    counts["Participation"] = len(rows(invented / cds / "learning.csv"))
    return counts


def trust_of(row):
    """A person's mean of the construct's answered items, if at least half are; five-point items (R1)."""
    items = CONSTRUCTS["TRUST"][0]
    given = [6 - int(row[item]) if item in REVERSED else int(row[item]) for item in items
             if row[item].isdigit() and 1 <= int(row[item]) <= 5]
    return sum(given) / len(given) if 2 * len(given) >= len(items) else None


def enter(site, cds, invented):
    """What a school enters in a year, one file after the other; the first that is not taken."""
    folder = invented / cds
    for words in (("responses", folder / "fall.csv", "--survey", "TRUST-26", "--wave", "TRUST-26-FALL"),
                  ("responses", folder / "spring.csv", "--survey", "TRUST-26", "--wave", "TRUST-26-SPRING"),
                  ("participations", folder / "learning.csv"),
                  ("records", invented / f"{cds}.json")):
        answer = site.trellis("import", *words)
        if not answer.ok:
            return answer
    return answer


def everything_arrived(server, schools, invented):
    """At the district; that the sites hold the same is for the digests to say."""
    wrong, groups = [], set()
    for cds, site in schools.items():
        groups.update(group["code"] for group in json.loads((invented / f"{cds}.json").read_text())["Group"])
        for kind, count in invented_counts(invented, cds).items():
            if kind == "Group":  # stands in shared
                continue
            listed = len(server.json("records", "list", kind, "--scope", site.site, "--limit", "100000"))
            if listed != count:
                wrong.append(f"{cds} {kind}: entered {count}, at the district {listed}")
    missing = groups - {row["code"] for row in server.json("records", "list", "Group", "--limit", "100000")}
    tap.tell(not wrong and not missing, "every record of the year is at the district, once",
             "\n".join(wrong) + " ".join(missing))


def report_is_right(server, invented):
    people = [trust_of(row) for cds in SCHOOLS for row in rows(invented / cds / "spring.csv")]
    people = [mean for mean in people if mean is not None]
    report = server.json("report", "construct-mean", "--survey", "TRUST-26", "--wave", "TRUST-26-SPRING",
                         "--require-complete")[0]
    cell = next(row["cells"]["mean"] for row in report["rows"] if row["group"].get("construct") == "TRUST")
    right = cell["n"] == len(people) and abs(cell["value"] - statistics.fmean(people)) < 1e-9
    tap.tell(right and report["cut"]["complete"], "the district's construct mean is that of the answers, and complete",
             f"{cell}, wanted {statistics.fmean(people)} of {len(people)}; {report['cut']}")


def main():
    with District() as district:
        server, invented = district.server, district.folder / "invented"
        for script, words in (("invent.py", ["answers", invented]), ("year.py", [invented])):
            subprocess.run([sys.executable, SAMPLE / script, *words], check=True)
        district_opens(server)
        schools = {cds: district.add_site(cds) for cds in SCHOOLS}
        district_fills(server, invented)
        tap.tell(not at_all(schools, lambda _, site: site.sync_now()), "six schools join, and have the district's plan")
        for site in schools.values():
            must(site.trellis("sync", "pause"))
        server.program.kill()
        bad = at_all(schools, lambda cds, site: enter(site, cds, invented))
        tap.tell(not bad, "with no link and no server, each enters its year: answers, learning, meetings, coaching", bad)
        answer = next(iter(schools.values())).trellis("report", "participation")
        tap.tell(answer.ok, "and reads its own report", answer)
        server.start()
        for site in schools.values():
            must(site.trellis("sync", "resume"))
        for _ in range(2):  # what the last one sent comes to the first as well
            bad = at_all(schools, lambda _, site: site.sync_now())
        tap.tell(not bad, "all six sync", bad)
        everything_arrived(server, schools, invented)
        apart = "\n".join(filter(None, (district.unequal(site) for site in schools.values())))
        tap.tell(not apart, "the digests are equal everywhere", apart)
        report_is_right(server, invented)
        found = [f"{row['kind']} {row['code']}: {row['problem']}" for row in server.json("findings", "list")]
        tap.tell(not found, "and the rules across records find nothing that does not fit", "\n".join(found[:20]))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
