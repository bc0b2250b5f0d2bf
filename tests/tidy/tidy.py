#!/usr/bin/env python3
"""Checks the whole tree against the rules of the house that a program can check.

Prints `file:line: message` for each violation and exits with 1 when there is one. Looks at what git would commit, or,
outside of git, at all files but build output. Run it as `tests/tidy/tidy.py [root]`.
"""
import os
import posixpath
import re
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import source_text

ROOMS = ("messages", "actors", "runtime", "tools")  # each may include what stands left of it
FOLDERS = ROOMS + ("tests", "benchmarks")
MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 70
CODE = (".hpp", ".cpp", ".py")
TEXT = CODE + (".cmake", ".css", ".html", ".js", ".json", ".md", ".sh", ".toml", ".txt", ".yaml", ".yml")
TEXT_NAMES = ("dev", ".ci/run", "LICENSE", ".gitignore", ".editorconfig", ".clang-format", ".clang-tidy")
TOP_LEVEL = ("README.md", "CHANGELOG.md", "LICENSE")

# Where neither files, sockets nor their libraries belong.
NO_IO_ROOMS = ("messages", "actors")
IO_HEADERS = ("lmdb", "simdjson", "boost/beast", "boost/asio", "curl/", "openssl/", "fstream", "filesystem",
              "sys/socket", "sys/un.h", "netinet/", "arpa/", "unistd.h", "fcntl.h")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\s*\(")
WALL_CLOCK = re.compile(
    r"\b(?:(?:system|steady|high_resolution)_clock\s*::\s*now\b|clock\s*::\s*now\s*\(\s*\)(?!\s*(?:const|override|\{))"
    r"|gettimeofday\b|clock_gettime\b|std\s*::\s*time\s*\()")
ACTOR = re.compile(
    r"_actor\s*::\s*behavior_type\b"
    r"|\bstruct\s+\w+_state\b[^;]*?\{(?:(?!\n\};).)*?\bstatic\b[^;]*\bconst\s+char\s*\*\s*(?:const\s+)?name\b",
    re.DOTALL)
TEST_CASE = re.compile(r"\bBOOST_\w*TEST_CASE\w*\s*\(")
MACHINE_PATH = re.compile(r"(?<![\w\-.}\])*%/])/(?:home|work|root)/")


class Tree:
    """The files of a repository, by their paths from its root."""

    def __init__(self, root):
        self.root = Path(root)
        self._texts = {}
        self._codes = {}

    @cached_property
    def files(self):
        listed = self._listed_by_git() if (self.root / ".git").exists() else self._found()
        return sorted(path for path in listed if (self.root / path).is_file())

    def _listed_by_git(self):
        # In a build container the clone may belong to somebody else, which git would refuse to read.
        command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        answer = subprocess.run(command, cwd=self.root, check=True, stdout=subprocess.PIPE)
        return {path for path in answer.stdout.decode().split("\0") if path}

    def _found(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = [name for name in subfolders if name not in ("build", "__pycache__")]
            for name in names:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def under(self, *folders, suffixes=CODE):
        return [path for path in self.files
                if path.endswith(suffixes) and any(path.startswith(folder + "/") for folder in folders)]

    def cpp(self):
        return [path for path in self.files if path.endswith((".hpp", ".cpp"))]

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_bytes().decode("utf-8", "replace")
        return self._texts[path]

    def code(self, path):
        """The text without comments and literals."""
        if path not in self._codes:
            strip = source_text.python_code if path.endswith(".py") else source_text.cpp_code
            self._codes[path] = strip(self.text(path))
        return self._codes[path]

    def includes(self, path):
        """(line, name) of each include; a quoted name beside the file is given from the root."""
        text = source_text.cpp_without_comments(self.text(path))
        for match in INCLUDE.finditer(text):
            name = match[2]
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if match[1] == '"' and (self.root / beside).is_file():
                name = beside
            yield source_text.line_of(text, match.start(1)), name


def room_of(path):
    return path.split("/", 1)[0]


def matches(tree, paths, pattern, message):
    for path in paths:
        code = tree.code(path)
        for match in pattern.finditer(code):
            yield path, source_text.line_of(code, match.start()), message


def includes_point_left(tree):
    for path in tree.cpp():
        room = room_of(path)
        if room not in ROOMS:
            continue
        allowed = ROOMS[:ROOMS.index(room) + 1]
        for line, name in tree.includes(path):
            if room_of(name) in FOLDERS and room_of(name) not in allowed:
                yield path, line, f"{room}/ may include only {', '.join(allowed)}, not {name}"


def links_point_left(tree):
    for path in tree.under(*ROOMS, suffixes=("CMakeLists.txt",)):
        right = ROOMS[ROOMS.index(room_of(path)) + 1:]
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            for room in right:
                if re.search(rf"\bmuster_{room}\b", line.split("#")[0]):
                    yield path, number, f"{room_of(path)}/ may not link to muster_{room}"


def actors_do_no_io(tree):
    for path in tree.under(*NO_IO_ROOMS):
        for line, name in tree.includes(path) if not path.endswith(".py") else ():
            if name.startswith(IO_HEADERS):
                yield path, line, f"{room_of(path)}/ does no I/O: {name} belongs behind a port in runtime/"


def files_are_short(tree):
    for path in tree.files:
        if path.endswith(CODE):
            count = len(tree.text(path).splitlines())
            if count > MAX_FILE_LINES:
                yield path, count, f"{count} lines, at most {MAX_FILE_LINES}: it holds two subjects"


def functions_are_short(tree):
    for path in tree.files:
        if path.endswith(CODE):
            functions = source_text.python_functions if path.endswith(".py") else source_text.cpp_functions
            for first, last in functions(tree.text(path)):
                count = last - first + 1
                if count > MAX_FUNCTION_LINES:
                    yield path, first, f"a function of {count} lines, at most {MAX_FUNCTION_LINES}"


def nobody_sleeps(tree):
    real_time = ("tests/end_to_end/", "tests/support/")
    paths = [path for path in tree.under("messages", "actors", "tests") if not path.startswith(real_time)]
    yield from matches(tree, paths, SLEEP, "no sleeping: advance virtual time, or wait for what happens")


def nobody_reads_the_wall_clock(tree):
    paths = tree.under("actors", "tests/actors", "tests/scenarios")
    yield from matches(tree, paths, WALL_CLOCK, "no wall clock: actors read self->clock(), tests advance it")


def actors_have_tests(tree):
    tests = {}
    for path in tree.under("tests", suffixes=("_test.cpp",)):
        if TEST_CASE.search(tree.code(path)):
            tests[path] = {name for _, name in tree.includes(path)}
    for path in tree.under("actors", "runtime", suffixes=(".hpp",)):
        match = ACTOR.search(tree.code(path))
        if not match:
            continue
        room, own = "tests/" + room_of(path) + "/", Path(path).stem + "_test.cpp"
        if not any(test.startswith(room) and (Path(test).name == own or path in included)
                   for test, included in tests.items()):
            line = source_text.line_of(tree.code(path), match.start())
            yield path, line, f"an actor without a test: neither {room}{own} nor another test there includes it"


def headers_are_guarded(tree):
    for path in tree.cpp():
        if path.endswith(".hpp") and not re.search(r"^#pragma once$", tree.code(path), re.MULTILINE):
            yield path, 1, "a header without #pragma once"


def files_open_with_a_comment(tree):
    for path in tree.cpp():
        if not tree.text(path).startswith(("//", "/*")):
            yield path, 1, "the file does not open with a comment that says what it is for"


def folders_explain_themselves(tree):
    for path in TOP_LEVEL + tuple(f"{folder}/README.md" for folder in FOLDERS):
        if path not in tree.files or not tree.text(path).strip():
            yield path, 1, "missing"


def text_is_clean(tree):
    for path in tree.files:
        if not (path.endswith(TEXT) or path in TEXT_NAMES):
            continue
        lines = tree.text(path).split("\n")
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                yield path, number, "a tab"
            if line != line.rstrip():
                yield path, number, "trailing white space"
            if MACHINE_PATH.search(line):
                yield path, number, "a path of one machine"
        if lines[-1]:
            yield path, len(lines), "no line end at the end of the file"


RULES = (includes_point_left, links_point_left, actors_do_no_io, files_are_short, functions_are_short, nobody_sleeps,
         nobody_reads_the_wall_clock, actors_have_tests, headers_are_guarded, files_open_with_a_comment,
         folders_explain_themselves, text_is_clean)


def violations(root):
    tree = Tree(root)
    return sorted({found for rule in RULES for found in rule(tree)})


def main(arguments):
    root = arguments[0] if arguments else Path(__file__).resolve().parents[2]
    found = violations(root)
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
