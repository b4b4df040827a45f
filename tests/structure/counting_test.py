#!/usr/bin/env python3
"""Proves that tests/run_cases.py counts what programs print, crashes and time limits included. Prints TAP."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import run_cases  # noqa: E402

BEGIN = "[==========] Running 3 tests from 1 test suite.\n"
FIRST = "[ RUN      ] A.First\n[       OK ] A.First (0 ms)\n"
SECOND_FAILS = "[ RUN      ] A.Second\nx != y\n[  FAILED  ] A.Second (0 ms)\n"
THIRD_SKIPPED = "[ RUN      ] A.Third\n[  SKIPPED ] A.Third (0 ms)\n"
SUMMARY = "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.Second\n"

# (name, what the program prints, its exit code, (passed, skipped, names of the failures))
CASES = (
    ("Gtest_CountsEveryCase", BEGIN + FIRST + SECOND_FAILS + THIRD_SKIPPED + SUMMARY, 1, (1, 1, ["A.Second"])),
    ("GtestCrash_FailsTheRunningAndTheUnbegun", BEGIN + FIRST + "[ RUN      ] A.Second\nboom\n", -11,
     (1, 0, ["A.Second", "a case that never ran"])),
    ("GtestWithoutCases_Fails", "[==========] Running 0 tests from 0 test suites.\n", 0, (0, 0, ["the program"])),
    ("GtestFailingAtExit_Fails", BEGIN.replace("3", "1") + FIRST, 1, (1, 0, ["the program, after its cases"])),
    ("Tap_CountsEveryLine", "1..3\nok 1 - a\nnot ok 2 - b\n    why\nok 3 - c # SKIP none\n", 1, (1, 1, ["b"])),
    ("Script_IsOneCase", "anything\n", 0, (1, 0, [])),
    ("FailingScript_IsOneFailure", "anything\n", 1, (0, 0, ["the program"])),
    ("SkippingScript_IsSkipped", "no network\n", 77, (0, 1, [])),
)


def summary(outcome):
    return outcome.passed, outcome.skipped, [case for case, _ in outcome.failures]


def time_limit_fault():
    with tempfile.TemporaryDirectory() as folder:
        test = run_cases.Test("sleeper", ["sh", "-c", "sleep 60 & sleep 60"], timeout_s=0.2)
        _, outcome, _ = run_cases.run(test, pathlib.Path(folder), dict(os.environ))
        return "" if summary(outcome) == (0, 0, ["the program"]) else f"counted {summary(outcome)}"


def main():
    faults = [(name, "" if (got := summary(run_cases.count_cases(output, code, "ended"))) == wanted else f"got {got}")
              for name, output, code, wanted in CASES]
    faults.append(("TimeLimit_EndsTheProgramAndFailsIt", time_limit_fault()))
    print(f"1..{len(faults)}")
    for number, (name, fault) in enumerate(faults, 1):
        print(f"{'not ok' if fault else 'ok'} {number} - {name}")
        if fault:
            print(f"    {fault}")
    return 1 if any(fault for _, fault in faults) else 0


if __name__ == "__main__":
    sys.exit(main())
