#!/usr/bin/env python3
"""Proves that every rule of check.py can fail: a sound small tree passes all of them, and each planted
violation is found by its rule. Prints TAP."""

import pathlib
import sys
import tempfile

import check

SOUND = {
    "common/time/CMakeLists.txt": "trellis_library(time DEPS fmt::fmt)\n",
    "common/time/README.md": "Starts at `clock.h`; see [the tests](../../tests/README.md).\n",
    "common/time/clock.h": "#pragma once\nnamespace trellis {}\n",
    "common/merge/CMakeLists.txt": "trellis_library(merge DEPS trellis_time trellis_domain_proto)\n",
    "common/merge/README.md": "Starts at `merge.{h,cc}`, beside `common/time/`.\n",
    "common/merge/merge.h": '#pragma once\n#include "common/time/clock.h"\n#include "trellis/domain/v1/goal.pb.h"\n',
    "common/merge/merge.cc": '#include "common/merge/merge.h"\n',
    "common/session/CMakeLists.txt": "trellis_library(session\n  DEPS trellis_time)\n",
    "common/session/README.md": "Sessions.\n",
    "common/session/session.cc": '#include "common/time/clock.h"\n',
    "common/storage/CMakeLists.txt": "trellis_library(storage DEPS RocksDB::rocksdb-shared)\n",
    "common/storage/README.md": "Storage.\n",
    "common/storage/engine.cc": "#include <rocksdb/db.h>\n",
    "proto/CMakeLists.txt": "trellis_proto_library(trellis_domain_proto DIRS trellis/domain/v1)\n"
                            "trellis_proto_library(trellis_api_proto GRPC DIRS a/v1 DEPS trellis_domain_proto)\n",
    "common/rpc/CMakeLists.txt": "trellis_library(rpc DEPS trellis_api_proto trellis_session)\n",
    "common/rpc/README.md": "Rpc.\n",
    "common/rpc/rpc.cc": '#include "trellis/sync/v1/sync.grpc.pb.h"\n#include <grpcpp/grpcpp.h>\n'
                         '#include "trellis/domain/v1/goal.pb.h"\n',
    "server/CMakeLists.txt": "trellis_library(server DEPS trellis_rpc)\n"
                             "trellis_program(trellis-server MAIN main.cc DEPS trellis_server CLI11::CLI11)\n",
    "server/README.md": "Server.\n",
    "server/main.cc": '#include <CLI/CLI.hpp>\n#include "common/session/session.h"\n',
    "client/CMakeLists.txt": "trellis_library(client DEPS trellis_rpc)\n",
    "client/README.md": "Client.\n",
    "client/app.cc": '#include "common/time/clock.h"\n',
    "tests/README.md": "Run `tests/README.md`; `build/release/bin` is made.\n\n"
                       "| Fault | Proved by |\n|---|---|\n| kill | `Kill.LosesNothing` |\n| fire | open: why |\n",
    "tests/unit/kill_test.cc": "TEST(Kill, LosesNothing) {\n}\n",
    "tests/structure/size_exceptions.txt": "# none\n",
}


def function_of(lines, name="Long"):
    return f"int {name}(int a,\n         int b) {{\n" + "  a += b;\n" * (lines - 3) + "}\n"


# (name, files to add or replace, rule that must say so, a piece of what it says)
PLANTED = (
    ("UpwardInclude", {"common/time/clock.h": '#include "common/merge/merge.h"\n'},
     "IncludeDirections_FollowDependencyLists", "does not reach common/merge"),
    ("UndeclaredLibrary", {"common/time/clock.h": "#include <spdlog/spdlog.h>\n"},
     "IncludeDirections_FollowDependencyLists", "spdlog"),
    ("UndeclaredGeneratedHeader", {"common/session/session.cc": '#include "trellis/domain/v1/goal.pb.h"\n'},
     "IncludeDirections_FollowDependencyLists", "trellis_domain_proto"),
    ("FolderWithoutLibrary", {"common/lost/lost.h": "#pragma once\n", "common/lost/README.md": "Lost.\n"},
     "IncludeDirections_FollowDependencyLists", "no CMakeLists.txt"),
    ("RocksDbOutsideStorage", {"common/rpc/rpc.cc": "#include <rocksdb/db.h>\n"}, "Walls_Stand", "RocksDB"),
    ("ApiHeaderInCore", {"common/session/session.cc": '#include "trellis/sync/v1/sync.pb.h"\n'},
     "Walls_Stand", "speak the API"),
    ("ServerSeesClient", {"server/main.cc": '#include "client/app.h"\n'}, "Walls_Stand", "do not know each other"),
    ("MergeReachesSession",
     {"common/merge/CMakeLists.txt": "trellis_library(merge DEPS trellis_session trellis_domain_proto)\n"},
     "Walls_Stand", "trellis_session"),
    ("Cycle", {"common/time/CMakeLists.txt": "trellis_library(time DEPS trellis_session)\n"},
     "DependencyLists_HaveNoCycle", "reach each other"),
    ("ClockInCore", {"common/merge/merge.cc": "auto t = std::chrono::system_clock::now();\n"},
     "PureCores_ReadNoClockNorRandomnessNorFiles", "system_clock"),
    ("LongFile", {"server/main.cc": "int a;\n" * 601}, "Sizes_KeepTheirLimits", "601 lines"),
    ("LongHeader", {"common/time/clock.h": "int a;\n" * 251}, "Sizes_KeepTheirLimits", "251 lines"),
    ("LongFunction", {"server/main.cc": function_of(90, "Fine") + "\n" + function_of(91)},
     "Sizes_KeepTheirLimits", "Long has 91 lines"),
    ("ExceptionOutgrown",
     {"server/main.cc": "int a;\n" * 700,
      "tests/structure/size_exceptions.txt": "file server/main.cc 650 tables of codes\n"},
     "Sizes_KeepTheirLimits", "grew to 700"),
    ("ExceptionTooWide",
     {"server/main.cc": "int a;\n" * 650,
      "tests/structure/size_exceptions.txt": "file server/main.cc 700 tables of codes\n"},
     "Sizes_KeepTheirLimits", "lower its number"),
    ("CoverageByNoTest", {"tests/unit/kill_test.cc": "TEST(Kill, LosesLittle) {\n}\n"},
     "Coverage_NamesTestsThatExist", "Kill.LosesNothing is no test"),
    ("CoverageByNothing", {"tests/README.md": "| Fault | Proved by |\n|---|---|\n| flood | |\n"},
     "Coverage_NamesTestsThatExist", "names no test"),
    ("ExceptionUnneeded", {"tests/structure/size_exceptions.txt": "file server/main.cc 700 tables of codes\n"},
     "Sizes_KeepTheirLimits", "needs no exception"),
    ("ExceptionWithoutReason", {"tests/structure/size_exceptions.txt": "file server/main.cc 700\n"},
     "Sizes_KeepTheirLimits", "reason"),
    ("NoReadme", {"client/agent/agent.cc": "int a;\n"}, "Readmes_StandInEveryFolder", "client/agent"),
    ("LongReadme", {"client/README.md": "word\n" * 81}, "Readmes_StandInEveryFolder", "a screen"),
    ("DeadPath", {"client/README.md": "Starts at `client/gone.cc`.\n"}, "Readmes_NameOnlyPathsThatExist", "gone.cc"),
    ("DeadFileName", {"client/README.md": "Starts at `gone.h`.\n"}, "Readmes_NameOnlyPathsThatExist", "gone.h"),
    ("DeadLink", {"client/README.md": "See [it](../gone/).\n"}, "Readmes_NameOnlyPathsThatExist", "gone"),
    ("UnfinishedMark", {"client/app.cc": "// TO" + "DO: later\n"}, "Sources_HoldNoForbiddenWords", "app.cc:1"),
    ("MachinePath", {"deploy/x.sh": "cd /wo" + "rk/here\n"}, "Sources_HoldNoForbiddenWords", "x.sh:1"),
)


def violations(changes):
    """{rule: what it says} for the sound tree with these files added or replaced."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**SOUND, **changes}.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tree = check.Tree(folder)
        return {name: list(rule(tree)) for name, rule in check.RULES}


def main():
    failed = False
    print(f"1..{len(PLANTED) + 2}")

    def tell(number, name, fault):
        nonlocal failed
        failed = failed or bool(fault)
        print(f"{'not ok' if fault else 'ok'} {number} - {name}")
        if fault:
            print(f"    {fault}")

    tell(1, "SoundTree_PassesEveryRule", [line for lines in violations({}).values() for line in lines])
    allowed = {"server/main.cc": "int a;\n" * 650 + function_of(95),
               "tests/structure/size_exceptions.txt": "file server/main.cc 745 tables of codes\n"
                                                      "function server/main.cc Long 95 one switch\n"}
    tell(2, "ExceptionsInUse_AreAccepted", violations(allowed)["Sizes_KeepTheirLimits"])
    for number, (name, changes, rule, piece) in enumerate(PLANTED, 3):
        said = violations(changes)[rule]
        tell(number, f"{name}_IsFound", "" if any(piece in line for line in said) else f"{rule} said {said}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
