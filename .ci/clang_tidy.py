#!/usr/bin/env python3
"""Runs clang-tidy over our sources within a time budget, and remembers which files were clean.

A file is checked again only when it, a header of ours it includes, .clang-tidy or clang-tidy itself has
changed; the memory stands outside the checkout, so a fresh clone has it. Files for which the budget does
not suffice are named, and come first next time. Exit code 1 if anything was found.

    .ci/clang_tidy.py --build build/release [--seconds N] [WORD...]     WORD: part of the path
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("common", "server", "client")
MEMORY = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "trellis-clang-tidy"
ONE_FILE_TIMEOUT_S = 240


def ours(path):
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in FOLDERS


def sources(build):
    """{source: object} of our files in the compilation database."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if ours(path) and path.exists():
            found[path] = entry.get("output") or re.search(r" -o (\S+)", entry["command"]).group(1)
    return found


def includes(build):
    """{object: the files it was compiled from}, as ninja recorded them."""
    listing = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True).stdout
    found, current = {}, None
    for line in listing.split("\n"):
        if line and not line.startswith(" "):
            current = found.setdefault(line.split(":")[0], [])
        elif line.strip():
            current.append((build / line.strip()).resolve())
    return found


def fingerprint(source, compiled_from, base):
    """Of everything a verdict on this file depends on, free of where the checkout stands."""
    digest = hashlib.sha256(base)
    for path in [source] + sorted(p for p in set(compiled_from) if ours(p)):
        if path.exists():
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def check(source, build, deadline):
    """What clang-tidy found in a file; None if there was no time left."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None
    try:
        done = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", str(source)], capture_output=True,
                              text=True, timeout=min(ONE_FILE_TIMEOUT_S, left))
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0 or "error:" in done.stdout:
        return (done.stdout or done.stderr).replace(str(ROOT) + "/", "")
    return ""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    arguments.add_argument("--seconds", type=float, default=3600)
    arguments.add_argument("words", nargs="*")
    options = arguments.parse_args()
    build = options.build.resolve()
    deadline = time.monotonic() + options.seconds

    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    base = version + (ROOT / ".clang-tidy").read_bytes()
    compiled_from = includes(build)
    MEMORY.mkdir(parents=True, exist_ok=True)
    made_from = sources(build)
    waiting = {}
    for source, made in made_from.items():
        mark = MEMORY / fingerprint(source, compiled_from.get(made, []), base)
        if not mark.exists() and (not options.words or any(word in str(source) for word in options.words)):
            waiting[source] = mark

    # The files with the fewest includes are the fastest: as many as possible are checked in the time there is.
    order = sorted(waiting, key=lambda source: len(compiled_from.get(made_from[source], [])))
    found, unchecked = 0, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for source, said in zip(order, pool.map(lambda s: check(s, build, deadline), order)):
            if said is None:
                unchecked.append(source.relative_to(ROOT).as_posix())
            elif said:
                found += 1
                print(said)
            elif compiled_from.get(made_from[source]):  # without them a change of a header would go unseen
                waiting[source].touch()
    if unchecked:
        print(f"not checked for want of time, first next time: {' '.join(unchecked)}")
    print(f"{len(order) - len(unchecked)} files checked, {found} with findings, {len(unchecked)} left over")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
