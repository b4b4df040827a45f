#!/usr/bin/env python3
"""Reads what `trellis --json` printed, for the demonstration.

    reading.py field PATH           the value at a dotted path of the document on stdin; empty if absent
    reading.py values FIELD         the values in conflict of a field, over the records on stdin, sorted
    reading.py version FIELD VALUE  the version that holds this value
    reading.py cell CELL [GROUP=VALUE...]   value of a cell of the report on stdin, to six digits
    reading.py digests DISTRICT SITE...     compares files of digests: every scope a site holds must be the
                                         same, record for record, at the district; exit 1 if one is not
"""

import json
import sys


def lines(file):
    return [json.loads(line) for line in file if line.strip()]


def field(path):
    value = json.load(sys.stdin)
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)] if int(name) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(name)
    print("" if value is None else value if isinstance(value, str) else json.dumps(value))


def versions_of(name):
    return [version for record in lines(sys.stdin) for conflict in record.get("conflicts", [])
            if conflict["field"] == name for version in conflict["versions"]]


def values(name):
    print(" ".join(sorted(str(version["value"]) for version in versions_of(name))))


def version(name, value):
    for one in versions_of(name):
        if str(one["value"]) == value:
            print(one["version"])
            return
    sys.exit(f"no version of {name} holds {value}")


def cell(name, *groups):
    wanted = dict(group.split("=", 1) for group in groups)
    for row in json.load(sys.stdin)["rows"]:
        found = row["cells"].get(name)
        if found is not None and wanted.items() <= row["group"].items():
            print(f"{found['value']:.6f}" if found["state"] == "VALUE" else found["state"])
            return
    sys.exit(f"no row of the report has {name} of {wanted}")


def digests(district_file, *site_files):
    with open(district_file, encoding="utf-8") as file:
        at_district = {line["scope"]: line for line in lines(file)}
    compared, unequal = 0, []
    for path in site_files:
        with open(path, encoding="utf-8") as file:
            for line in lines(file):
                compared += 1
                if line["records"] > 0 and at_district.get(line["scope"]) != line:
                    unequal.append(f"{path}: {line}\n  at the district: {at_district.get(line['scope'])}")
    print("\n".join(unequal) if unequal else compared)
    return 1 if unequal or compared < 2 * len(site_files) else 0


def main(arguments):
    commands = {"field": field, "values": values, "version": version, "cell": cell, "digests": digests}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    return commands[arguments[0]](*arguments[1:]) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
