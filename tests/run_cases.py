#!/usr/bin/env python3
"""Runs the built test programs and the checks of the tree, and counts their cases.

A case is a GoogleTest case, a line "ok"/"not ok" of a script that speaks TAP, or a whole program that
speaks neither. Programs run side by side, one per processor; end-to-end scripts run alone, afterwards.
Called by tests/run.sh, which builds first.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEFAULT_TIMEOUT_S = 300
END_TO_END_TIMEOUT_S = 600
TIDY_BUDGET_S = 240
SIMULATION_BUDGET_S = 270
SKIPPED_EXIT_CODE = 77
SHOWN_LINES_PER_FAILURE = 60

GTEST_PLAN = re.compile(r"\[==========\] Running (\d+) tests? from")
GTEST_MARK = re.compile(r"\[( RUN      |       OK |  FAILED  |  SKIPPED )\] ([\w/.]+)")
TAP_LINE = re.compile(r"^(ok|not ok) \d+ - (.*?)(?: # (SKIP).*)?$", re.MULTILINE)


@dataclasses.dataclass
class Test:
    name: str
    command: list
    timeout_s: float = DEFAULT_TIMEOUT_S
    directory: str = str(ROOT)


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)  # (case, what it printed)


def last_lines(text, count=SHOWN_LINES_PER_FAILURE):
    return "\n".join(text.rstrip().split("\n")[-count:])


def count_gtest(output, ending):
    """Cases of a GoogleTest program. One that began and did not end, failed; so did those never begun."""
    outcome = Outcome()
    running, begun_at, ended = None, 0, 0
    for mark in GTEST_MARK.finditer(output):
        kind, case = mark.group(1).strip(), mark.group(2)
        if kind == "RUN":
            running, begun_at = case, mark.end()
        elif case == running:
            ended += 1
            running = None
            if kind == "OK":
                outcome.passed += 1
            elif kind == "SKIPPED":
                outcome.skipped += 1
            else:
                outcome.failures.append((case, last_lines(output[begun_at : mark.start()])))
    if running:
        ended += 1
        outcome.failures.append((running, f"{last_lines(output[begun_at:])}\n{ending}"))
    planned = int(GTEST_PLAN.search(output).group(1))
    for _ in range(planned - ended):
        outcome.failures.append(("a case that never ran", ending))
    if planned == 0:
        outcome.failures.append(("the program", "has no cases"))
    return outcome


def count_tap(output):
    outcome = Outcome()
    marks = list(TAP_LINE.finditer(output))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(output)
        if mark.group(1) == "not ok":
            outcome.failures.append((mark.group(2), last_lines(output[mark.end() : end].strip("\n"))))
        elif mark.group(3):
            outcome.skipped += 1
        else:
            outcome.passed += 1
    return outcome


def count_cases(output, exit_code, ending):
    if GTEST_PLAN.search(output):
        outcome = count_gtest(output, ending)
    elif TAP_LINE.search(output):
        outcome = count_tap(output)
    elif exit_code == SKIPPED_EXIT_CODE:
        return Outcome(skipped=1)
    elif exit_code == 0:
        return Outcome(passed=1)
    else:
        return Outcome(failures=[("the program", f"{last_lines(output)}\n{ending}")])
    if exit_code != 0 and not outcome.failures:
        outcome.failures.append(("the program, after its cases", f"{last_lines(output)}\n{ending}"))
    return outcome


def run(test, logs, environment):
    log = logs / (re.sub(r"\W+", "_", test.name) + ".log")
    started = time.monotonic()
    with open(log, "wb") as out:
        try:
            process = subprocess.Popen(test.command, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, cwd=test.directory, env=environment,
                                       start_new_session=True)
        except OSError as error:
            return test, Outcome(failures=[("the program", f"did not start: {error}")]), 0.0
        try:
            exit_code = process.wait(timeout=test.timeout_s)
            ending = f"ended with exit code {exit_code}" if exit_code >= 0 else \
                f"ended by signal {signal.Signals(-exit_code).name}"
        except subprocess.TimeoutExpired:
            exit_code, ending = 1, f"took longer than its {test.timeout_s:.0f} s and was ended"
        finally:
            try:  # what the test started and left behind goes with it
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    output = log.read_text(errors="replace")
    return test, count_cases(output, exit_code, ending), time.monotonic() - started


def built_tests(build):
    """The test programs CTest knows of."""
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                             capture_output=True, text=True).stdout
    tests = []
    for entry in json.loads(listing)["tests"]:
        properties = {p["name"]: p["value"] for p in entry.get("properties", [])}
        tests.append(Test(entry["name"], entry.get("command") or [f"{build}/bin/{entry['name']} (not built)"],
                          properties.get("TIMEOUT", DEFAULT_TIMEOUT_S),
                          properties.get("WORKING_DIRECTORY", str(ROOT))))
    return tests


def tree_checks(build, tidy):
    """Checks of the tree itself rather than of what it builds."""
    checks = [
        Test("structure", ["python3", "tests/structure/check.py"]),
        Test("structure/self_test", ["python3", "tests/structure/self_test.py"]),
        Test("structure/needs", ["python3", "tests/structure/needs_test.py"]),
        Test("structure/counting", ["python3", "tests/structure/counting_test.py"]),
        Test("format", ["tests/structure/format.sh"]),
        Test("proto/lint", ["proto/lint.sh"]),
    ]
    if tidy:
        checks.append(Test("clang-tidy", ["python3", ".ci/clang_tidy.py", "--build", str(build), "--seconds",
                                          str(TIDY_BUDGET_S)], TIDY_BUDGET_S + 120))
    return checks


def simulated_histories(build):
    """50,000 seeds of the simulation, half in each mode; a slow machine plays what it can in the time."""
    return [Test(f"simulation/{mode}", [str(build / "bin/trellis-simulate"), "--seeds", "1:25000", "--mode", mode,
                                        "--seconds", str(SIMULATION_BUDGET_S)], SIMULATION_BUDGET_S + 60)
            for mode in ("repairable", "savage")]


def end_to_end_scripts():
    return [Test(f"end_to_end/{script.stem}", [str(script)], END_TO_END_TIMEOUT_S)
            for script in sorted((ROOT / "tests/end_to_end").glob("*.sh")) if os.access(script, os.X_OK)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    arguments.add_argument("--built", choices=("yes", "no"), default="yes")
    arguments.add_argument("--fast", action="store_true")
    arguments.add_argument("--tidy", action="store_true")
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    build = options.build.resolve()

    def wanted(test):
        if options.fast and test.name.startswith("simulation"):
            return False
        return not options.names or any(name in test.name for name in options.names)

    together = [t for t in tree_checks(build, options.tidy) + built_tests(build) + simulated_histories(build)
                if wanted(t)]
    alone = [] if options.fast else [t for t in end_to_end_scripts() if wanted(t)]
    logs = build / "test_logs"
    logs.mkdir(exist_ok=True)
    environment = dict(os.environ, TRELLIS_BIN=str(build / "bin"), GTEST_COLOR="no")

    total = Outcome()
    if options.built == "no":
        total.failures.append(("build", f"see {build}/build.log"))

    def tell(test, outcome, seconds):
        count = outcome.passed + outcome.skipped + len(outcome.failures)
        mark = "FAIL" if outcome.failures else "ok"
        skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
        print(f"{mark:<4} {test.name}  ({count} case{'' if count == 1 else 's'}{skipped}, {seconds:.1f} s)")
        for case, printed in outcome.failures:
            print("       " + "\n       ".join(f"{case}:\n{printed}".rstrip().split("\n")))
        sys.stdout.flush()
        total.passed += outcome.passed
        total.skipped += outcome.skipped
        total.failures += [(f"{test.name}: {case}", printed) for case, printed in outcome.failures]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done in concurrent.futures.as_completed(pool.submit(run, t, logs, environment) for t in together):
            tell(*done.result())
    for test in alone:
        tell(*run(test, logs, environment))

    print()
    for case, _ in total.failures:
        print(f"FAILED {case}")
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(f"{total.passed} passed, {len(total.failures)} failed")
    return 1 if total.failures or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
