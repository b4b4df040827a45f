#!/usr/bin/env python3
"""Checks of the tree itself: see README.md beside this file. Prints one TAP line per rule.

    tests/structure/check.py [ROOT]
"""

import pathlib
import re
import sys

SKIPPED_FOLDERS = {"build", ".git", "node_modules", ".cache", "__pycache__"}
SOURCE_SUFFIXES = {".cc", ".h", ".proto", ".py", ".sh", ".cmake", ".ts", ".svelte"}
TOP_FOLDERS = ("common", "server", "client", "proto", "tests", "deploy", "cmake", ".ci")

MAX_LINES = {".h": 250}
MAX_LINES_OTHERWISE = 600
MAX_FUNCTION_LINES = 90
MAX_README_LINES = 80
# How far below its number an excepted file may sink before the number has to follow.
EXCEPTION_SLACK = 20

# What a header of another project is called in a dependency list.
LIBRARY_OF_HEADER = (
    ("rocksdb/", "RocksDB::"),
    ("grpcpp/", "gRPC::"),
    ("openssl/", "OpenSSL::"),
    ("boost/", "Boost::"),
    ("CLI/", "CLI11::"),
    ("spdlog/", "spdlog::"),
    ("zstd.h", "zstd::"),
    ("zdict.h", "zstd::"),
    ("sodium.h", "PkgConfig::sodium"),
    ("zip.h", "PkgConfig::libzip"),
    ("pugixml.hpp", "PkgConfig::pugixml"),
    ("freexl.h", "PkgConfig::freexl"),
    ("xlsxwriter.h", "PkgConfig::xlsxwriter"),
    ("nlohmann/", "nlohmann_json::"),
    ("qrencode.h", "PkgConfig::qrencode"),
)
STORAGE_FOLDER = "common/storage"
API_FOLDERS = ("common/wire", "common/rpc", "common/service", "client/bundle", "client/local_api", "client/cli", "client/agent",
               "client/web", "server")
API_PACKAGES = ("sync", "records", "reports", "admin", "rpc")
SEPARATE = (("server", "client"), ("client", "server"), ("common/merge", "common/session"),
            ("common/session", "common/merge"))
PURE_FOLDERS = ("common/record", "common/causal", "common/merge", "common/session", "common/report")
IMPURE = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|random_device|"
                    r"randombytes_\w+|std::thread|std::jthread|std::async|[io]?fstream|absl::Now)\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
GENERATED = re.compile(r"^trellis/(\w+)/v\d+/\w+(\.grpc)?\.pb\.h$")
CMAKE_CALL = re.compile(r"^\s*(trellis_library|trellis_program|trellis_proto_library)\(\s*(\S+)([^)]*)\)", re.MULTILINE)


class Tree:
    """The files of a checkout and the dependency lists of its folders."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._walk(self.root))
        self.deps = {}  # library -> what its list names
        self.library_folder = {}  # library -> folder, e.g. trellis_merge -> common/merge
        self.folder_deps = {}  # folder -> what the lists of its CMakeLists.txt name, its own library included
        for path in self.files:
            if path.name == "CMakeLists.txt" and path.parent != self.root:
                self._read_dependency_lists(path)

    def _walk(self, folder):
        for path in folder.iterdir():
            if path.is_dir():
                if path.name not in SKIPPED_FOLDERS:
                    yield from self._walk(path)
            elif path.is_file():
                yield path

    def _read_dependency_lists(self, path):
        folder = self.relative(path.parent)
        for call, name, rest in CMAKE_CALL.findall(path.read_text()):
            words = rest.split()
            named = words[words.index("DEPS") + 1 :] if "DEPS" in words else []
            if call == "trellis_proto_library":
                self.deps[name] = named + ["gRPC::grpc++"] * ("GRPC" in words)
                continue
            if call == "trellis_library":
                library = "trellis_" + name
                self.library_folder[library] = folder
                self.deps[library] = named
                named = named + [library]
            self.folder_deps.setdefault(folder, set()).update(named)

    def relative(self, path):
        return path.relative_to(self.root).as_posix()

    def sources(self, *suffixes, under=("",)):
        """(relative name, text) of the files with these suffixes in these folders."""
        for path in self.files:
            name = self.relative(path)
            if path.suffix in suffixes and any(is_under(name, folder) for folder in under):
                yield name, path.read_text(errors="replace")

    def owner(self, name):
        """The folder whose dependency lists hold for this file; None if there is none."""
        folder = pathlib.PurePosixPath(name).parent
        while folder != pathlib.PurePosixPath("."):
            if folder.as_posix() in self.folder_deps:
                return folder.as_posix()
            folder = folder.parent
        return None

    def reachable(self, folder):
        """Every library the lists of a folder reach."""
        found, ahead = set(), list(self.folder_deps[folder])
        while ahead:
            library = ahead.pop()
            if library not in found:
                found.add(library)
                ahead.extend(self.deps.get(library, ()))
        return found


def is_under(name, folder):
    return folder == "" or name == folder or name.startswith(folder + "/")


def folder_of_include(tree, include):
    """The library folder a "common/..." include lies in; None for other includes."""
    if not include.startswith(("common/", "server/", "client/")):
        return None
    return tree.owner(include) or pathlib.PurePosixPath(include).parent.as_posix()


def missing_dependency(tree, include, reached):
    """What the dependency list would have to name for this include, or None if all is well."""
    folder = folder_of_include(tree, include)
    if folder:
        return None if folder in {tree.library_folder.get(library) for library in reached} else folder
    generated = GENERATED.match(include)
    if generated:
        library = "trellis_api_proto" if generated.group(1) in API_PACKAGES else "trellis_domain_proto"
        return None if library in reached else library
    for prefix, library in LIBRARY_OF_HEADER:
        if include.startswith(prefix):
            return None if any(name.startswith(library) for name in reached) else library
    return None


def check_include_directions(tree):
    for name, text in tree.sources(".cc", ".h", under=("common", "server", "client")):
        folder = tree.owner(name)
        if folder is None:
            yield f"{name}: no CMakeLists.txt with a trellis_library covers this file"
            continue
        reached = tree.reachable(folder)
        for include in INCLUDE.findall(text):
            missing = missing_dependency(tree, include, reached)
            if missing:
                yield f"{name}: includes {include}, but {folder}/CMakeLists.txt does not reach {missing}"


def check_walls(tree):
    for name, text in tree.sources(".cc", ".h", under=("common", "server", "client")):
        for include in INCLUDE.findall(text):
            if include.startswith("rocksdb/") and not is_under(name, STORAGE_FOLDER):
                yield f"{name}: includes {include}; only {STORAGE_FOLDER} knows RocksDB"
            generated = GENERATED.match(include)
            if generated and (generated.group(2) or generated.group(1) in API_PACKAGES):
                if not any(is_under(name, folder) for folder in API_FOLDERS):
                    yield f"{name}: includes {include}; only {', '.join(API_FOLDERS)} speak the API's messages"
            for one, other in SEPARATE:
                if is_under(name, one) and is_under(include, other):
                    yield f"{name}: includes {include}; {one} and {other} do not know each other"
    for folder in tree.folder_deps:
        for one, other in SEPARATE:
            if is_under(folder, one):
                for library in tree.reachable(folder):
                    if is_under(tree.library_folder.get(library, ""), other):
                        yield f"{folder}/CMakeLists.txt: reaches {library}; {one} and {other} do not know each other"


def check_cycles(tree):
    for library, folder in tree.library_folder.items():
        for dependency in tree.deps[library]:
            dependency_folder = tree.library_folder.get(dependency)
            if dependency_folder and library in tree.reachable(dependency_folder):
                yield f"{folder}/CMakeLists.txt: {library} and {dependency} reach each other"


def check_pure_cores(tree):
    for name, text in tree.sources(".cc", ".h", under=PURE_FOLDERS):
        for number, line in enumerate(text.split("\n"), 1):
            found = IMPURE.search(line.split("//")[0])
            if found:
                yield f"{name}:{number}: {found.group(1)}; a pure folder is given time, randomness and bytes"


def functions(text):
    """(name, number of lines) of the functions that begin at the left edge of formatted C++."""
    start, name, opened = None, "", False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("#", "//")) or not line.strip():
            continue
        at_edge = not line[0].isspace()
        if at_edge and line.startswith("}"):
            if start and line == "}":
                yield name, number - start + 1
            start = None
        elif at_edge and line.startswith(("namespace", "extern")):
            start = None
        elif at_edge and start is None:
            called = re.search(r"(TEST\w*\([^)]*\)|[\w:~]+|operator\S+?)\s*(?:\(|\{|$)", line)
            start, name, opened = number, called.group(1) if called else line.strip(), False
        if start is not None:
            opened = opened or line.rstrip().endswith("{")
            if not opened and line.rstrip().endswith((";", "}")):
                start = None


def read_exceptions(tree):
    """{(path, function or ""): lines}, and what is wrong with the list itself."""
    exceptions, faults = {}, []
    path = tree.root / "tests/structure/size_exceptions.txt"
    for line in path.read_text().split("\n") if path.exists() else []:
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "file" and len(words) >= 4 and words[2].isdigit():
            exceptions[(words[1], "")] = int(words[2])
        elif words[0] == "function" and len(words) >= 5 and words[3].isdigit():
            exceptions[(words[1], words[2])] = int(words[3])
        else:
            faults.append(f"size_exceptions.txt: not an exception with a number and a reason: {line}")
    return exceptions, faults


def check_sizes(tree):
    exceptions, faults = read_exceptions(tree)
    yield from faults
    unused = set(exceptions)
    for name, text in tree.sources(*SOURCE_SUFFIXES):
        suffix = pathlib.PurePosixPath(name).suffix
        measured = [("", text.count("\n"), MAX_LINES.get(suffix, MAX_LINES_OTHERWISE))]
        if suffix in (".cc", ".h"):
            measured += [(function, lines, MAX_FUNCTION_LINES) for function, lines in functions(text)]
        for function, lines, limit in measured:
            what = f"{name}: {function}" if function else name
            allowed = exceptions.get((name, function))
            if lines <= limit:
                continue
            unused.discard((name, function))
            if allowed is None:
                yield f"{what} has {lines} lines, {limit} are allowed; is there a second concept inside?"
            elif lines > allowed:
                yield f"{what} grew to {lines} lines; its exception allows {allowed}"
            elif lines < allowed - EXCEPTION_SLACK:
                yield f"{what} shrank to {lines} lines; lower its number in size_exceptions.txt"
    for name, function in sorted(unused):
        yield f"size_exceptions.txt: {name} {function} needs no exception any more; remove its line"


def check_readmes(tree):
    folders = {pathlib.PurePosixPath(name).parent.as_posix()
               for name, _ in tree.sources(".cc", ".h", under=("common", "server", "client"))}
    for folder in sorted(folders):
        readme = tree.root / folder / "README.md"
        if not readme.exists():
            yield f"{folder}: has sources and no README.md"
        elif readme.read_text().count("\n") > MAX_README_LINES:
            yield f"{folder}/README.md: longer than {MAX_README_LINES} lines, a screen"


def expand_braces(pattern):
    found = re.search(r"\{([^{}]*)\}", pattern)
    if not found:
        return [pattern]
    return [whole for part in found.group(1).split(",")
            for whole in expand_braces(pattern[: found.start()] + part + pattern[found.end() :])]


def named_paths(text):
    """Paths a page names: targets of links, and words in backticks that look like a path of the tree."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target.split("#")[0]
    for word in re.findall(r"`([^`\s]+)`", text):
        if not re.fullmatch(r"[\w.,*{}/-]+", word) or word.endswith((".pb.h", ".pb.cc")) or "..." in word:
            continue
        if word.startswith(tuple(top + "/" for top in TOP_FOLDERS)) or word.startswith(("./", "../")):
            yield word
        elif re.fullmatch(r"[\w.*{},-]+\.(cc|h|proto|md|sh|py|cmake|\{h,cc\}|\{cc,h\})", word):
            yield word


def path_exists(tree, page, named):
    for pattern in expand_braces(named.rstrip("/")):
        here = any(True for _ in page.parent.glob(pattern)) if not pattern.startswith("..") else \
            (page.parent / pattern).exists()
        anywhere = "/" not in pattern and any(path.match(pattern) for path in tree.files)
        if not (here or anywhere or any(True for _ in tree.root.glob(pattern.removeprefix("./")))):
            return False
    return True


def check_paths(tree):
    for page in tree.files:
        if page.suffix == ".md" and page.name != "CHANGELOG.md":
            for named in named_paths(page.read_text()):
                if not path_exists(tree, page, named):
                    yield f"{tree.relative(page)}: names {named}, which does not exist"


def cases_of(tree):
    """The names of all GoogleTest cases, as Suite.Case."""
    declared = re.compile(r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\(\s*(\w+),\s*(\w+)", re.MULTILINE)
    return {f"{suite}.{case}" for _, text in tree.sources(".cc", ".h", under=("tests",))
            for suite, case in declared.findall(text)}


def check_coverage(tree):
    """Each row of the tables headed "Proved by" in tests/README.md names tests, and each of them exists."""
    page = tree.root / "tests/README.md"
    if not page.exists():
        return
    cases, in_table = cases_of(tree), False
    for number, line in enumerate(page.read_text().split("\n"), 1):
        if not line.startswith("|"):
            in_table = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[-1] == "Proved by":
            in_table = True
            continue
        if not in_table or set(line) <= set("|- :"):
            continue
        names = re.findall(r"`([^`\s]+)`", cells[-1])
        if not names and not cells[-1].startswith("open:"):
            yield f'tests/README.md:{number}: names no test, and does not say "open: ..." either'
        for name in names:
            if "/" not in name and name not in cases:
                yield f"tests/README.md:{number}: {name} is no test"


def check_words(tree):
    # Built from pieces, so that this file does not hold what it looks for.
    marks = r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b"
    machine_paths = "|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/[a-z]", "bash_" + "jobs"])
    forbidden = re.compile(f"{marks}|({machine_paths})")
    for name, text in tree.sources(*SOURCE_SUFFIXES, ".md", ".txt", ".json", ".yaml", ".yml", ".service"):
        for number, line in enumerate(text.split("\n"), 1):
            found = forbidden.search(line)
            if found:
                yield f"{name}:{number}: {found.group(0)}"


RULES = (
    ("IncludeDirections_FollowDependencyLists", check_include_directions),
    ("Walls_Stand", check_walls),
    ("DependencyLists_HaveNoCycle", check_cycles),
    ("PureCores_ReadNoClockNorRandomnessNorFiles", check_pure_cores),
    ("Sizes_KeepTheirLimits", check_sizes),
    ("Readmes_StandInEveryFolder", check_readmes),
    ("Readmes_NameOnlyPathsThatExist", check_paths),
    ("Coverage_NamesTestsThatExist", check_coverage),
    ("Sources_HoldNoForbiddenWords", check_words),
)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    tree = Tree(root)
    failed = False
    print(f"1..{len(RULES)}")
    for number, (name, rule) in enumerate(RULES, 1):
        violations = sorted(set(rule(tree)))
        failed = failed or bool(violations)
        print(f"{'not ok' if violations else 'ok'} {number} - {name}")
        for violation in violations:
            print(f"    {violation}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
