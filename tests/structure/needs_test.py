#!/usr/bin/env python3
"""proto/NEEDS.md: every kind and field it names exists, and every need and report has its line; every code list a
field names is shipped in deploy/code_lists."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "proto/trellis/domain/v1"
NEEDS = ([f"A{n}" for n in range(1, 22)] + [f"B{n}" for n in range(1, 18)] + [f"C{n}" for n in range(1, 11)] +
         [f"D{n}" for n in range(1, 15)] + [f"E{n}" for n in range(0, 18)])
# Needs that pack several: so many items each.
PACKED = {"C7": 13, "C9": 10, "A20": 4, "E14": 4, "E15": 7, "E16": 6}
FIELD = re.compile(r"^  (?:repeated |optional )?([\w.]+) (\w+) = \d+", re.MULTILINE)


def read_messages():
    """fields by name of message: field -> type; and the kinds among them."""
    messages, kinds = {}, set()
    for path in DOMAIN.glob("*.proto"):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"^message (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
            name, body = found.groups()
            messages[name] = {field: kind for kind, field in FIELD.findall(body)}
            if "options.v1.kind)" in body:
                kinds.add(name)
    return messages, kinds


def problems_of(text, messages, kinds):
    problems = []
    for name in re.findall(r"`([A-Z]\w+(?:\.\w+)*)`", text):
        kind, *path = name.split(".")
        if kind not in kinds:
            problems.append(f"{name}: there is no kind {kind}")
            continue
        message = kind
        for field in path:
            if field not in messages.get(message, {}):
                problems.append(f"{name}: {message} has no field {field}")
                break
            message = messages[message][field]
    needs, reports = text.split("## Inputs of the reports")
    lines = [line.split("|")[1].split()[0] for line in needs.splitlines() if re.match(r"\| [A-E]\d", line)]
    for need in NEEDS:
        items = [line for line in lines if re.fullmatch(re.escape(need) + r"([a-z]|\.\d+)?", line)]
        packed = len([line for line in items if line != need])
        if not items or packed < PACKED.get(need, 0):
            problems.append(f"{need}: {packed or len(items)} lines, wants {PACKED.get(need, 1)}")
    for number in range(1, 29):
        if f"| R{number} |" not in reports:
            problems.append(f"R{number}: its inputs are not said")
    for line in needs.splitlines():
        if re.match(r"\| [A-E]\d", line) and not re.search(r"\bR\d+", line.split("|")[3]):
            problems.append(f"{line.split('|')[1].strip()}: no report")
    return problems


def missing_lists():
    shipped = json.loads((ROOT / "deploy/code_lists/code_lists.json").read_text(encoding="utf-8"))
    have = {one["code"] for one in shipped["CodeList"]}
    named = set()
    for path in DOMAIN.glob("*.proto"):
        named |= set(re.findall(r'code_list: "([\w-]+)"', path.read_text(encoding="utf-8")))
    return [f"code list {name} is named by a field and not shipped" for name in sorted(named - have)]


def main():
    messages, kinds = read_messages()
    text = (ROOT / "proto/NEEDS.md").read_text(encoding="utf-8")
    planted = text.replace("`Need.level`", "`Need.nonsense`").replace("| R7 |", "| R70 |")
    results = [("needs name what exists", problems_of(text, messages, kinds)),
               ("code lists are shipped", missing_lists()),
               ("a planted fault is found",
                [] if len(problems_of(planted, messages, kinds)) >= 2 else ["nothing was found"])]
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"#   {problem}")
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
