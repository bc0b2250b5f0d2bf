"""Each rule of tidy.py goes red on a tree that breaks it, and stays quiet on one that does not."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tidy  # noqa: E402

HEADER = "// A sample.\n#pragma once\n"
ACTOR = HEADER + "gate_actor::behavior_type gate(gate_actor::pointer self);\n"
TEST = "// A sample.\nBOOST_AUTO_TEST_CASE(opens) { BOOST_TEST(true); }\n"
SOUND = {path: "A sample.\n" for path in tidy.TOP_LEVEL + tuple(f"{folder}/README.md" for folder in tidy.FOLDERS)}


def body(lines):
    return "".join(f"  step({number});\n" for number in range(lines))


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write(SOUND)

    def write(self, files):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(text.encode())

    def red(self, path, line, word, files):
        """The files break one rule, once, there, and the message names `word`."""
        self.write(files)
        found = tidy.violations(self.root)
        self.assertEqual([(path, line)], [violation[:2] for violation in found], found)
        self.assertIn(word, found[0][2])

    def green(self, files=()):
        self.write(dict(files))
        self.assertEqual([], tidy.violations(self.root))


class IncludeDirection(TidyTest):
    def test_a_sound_tree_has_no_violation(self):
        self.green()

    def test_each_room_may_include_what_stands_left_of_it(self):
        left = '#include "messages/a.hpp"\n#include "actors/a.hpp"\n#include "runtime/a.hpp"\n#include "tools/a.hpp"\n'
        self.green({"tools/a.cpp": "// A sample.\n" + left, "tests/a.cpp": "// A sample.\n" + left,
                    "benchmarks/a.cpp": "// A sample.\n" + left})

    def test_messages_may_not_include_actors(self):
        self.red("messages/a.hpp", 3, "actors/b.hpp", {"messages/a.hpp": HEADER + '#include "actors/b.hpp"\n'})

    def test_actors_may_not_include_runtime_even_in_angles(self):
        self.red("actors/a.hpp", 3, "runtime/b.hpp", {"actors/a.hpp": HEADER + "#include <runtime/b.hpp>\n"})

    def test_runtime_may_not_include_tools_by_a_relative_path(self):
        self.red("runtime/x/a.hpp", 3, "tools/b.hpp", {
            "tools/b.hpp": HEADER, "runtime/x/a.hpp": HEADER + '#include "../../tools/b.hpp"\n'})

    def test_no_room_may_include_tests(self):
        self.red("tools/a.hpp", 3, "tests/b.hpp", {"tools/a.hpp": HEADER + '#include "tests/b.hpp"\n'})

    def test_an_include_in_a_comment_is_none(self):
        self.green({"messages/a.hpp": HEADER + '/*\n#include "actors/b.hpp"\n*/\n// #include "tools/b.hpp"\n'})

    def test_actors_may_not_link_to_runtime(self):
        self.red("actors/CMakeLists.txt", 2, "muster_runtime", {
            "actors/CMakeLists.txt": "add_library(muster_actors a.cpp)\n"
                                     "target_link_libraries(muster_actors PUBLIC muster_runtime)\n",
            "tools/CMakeLists.txt": "target_link_libraries(musterd PRIVATE muster_runtime)\n"})

    def test_actors_and_messages_do_no_io(self):
        for header in ("lmdb.h", "simdjson.h", "boost/beast/http.hpp", "boost/asio.hpp", "curl/curl.h",
                       "openssl/evp.h", "fstream", "filesystem", "sys/socket.h"):
            for room in tidy.NO_IO_ROOMS:
                with self.subTest(header=header, room=room):
                    path = f"{room}/a.hpp"
                    self.red(path, 3, header, {path: f"{HEADER}#include <{header}>\n"})
                    (self.root / path).unlink()
        self.green({"runtime/a.hpp": HEADER + "#include <fstream>\n"})


class Lengths(TidyTest):
    def test_a_file_may_have_450_lines(self):
        self.green({"tools/a.cpp": "// A sample.\n" + "\n" * 449})

    def test_a_file_may_not_have_451_lines(self):
        for path in ("tools/a.cpp", "tools/a.py"):
            with self.subTest(path=path):
                self.red(path, 451, "451 lines", {path: "// A sample.\n" + "\n" * 450})
                (self.root / path).unlink()

    def test_a_function_may_have_70_lines(self):
        self.green({"tools/a.cpp": "// A sample.\nvoid f() {\n" + body(68) + "}\n"})

    def test_a_function_may_not_have_71_lines(self):
        heads = {
            "function": "void f(options o = {}) {",
            "member": "template <class T> auto box<T>::get() const noexcept -> std::vector<T> {",
            "constructor": "box::box(int x) : base(x), a_{1}, b_{std::move(x)} {",
            "operator": "bool operator()(int x) const {",
            "lambda": "const auto f = [](int x) {",
            "test case": "BOOST_FIXTURE_TEST_CASE(opens, fixture) {",
        }
        for name, head in heads.items():
            with self.subTest(name):
                self.red("tools/a.cpp", 2, "71 lines", {"tools/a.cpp": f"// A sample.\n{head}\n{body(69)}}}\n"})

    def test_a_function_inside_types_and_namespaces_is_measured(self):
        text = ("// A sample.\nnamespace a::b {\nBOOST_AUTO_TEST_SUITE(x)\nstruct outer : base<int> {\n public:\n"
                "  void f() {\n" + body(69) + "  }\n};\n}\n")
        self.red("tools/a.cpp", 6, "71 lines", {"tools/a.cpp": text})

    def test_namespaces_types_and_tables_may_be_long(self):
        declarations = "".join(f"void f{number}();\n" for number in range(80))
        numbers = "1,\n" * 80
        self.green({"tools/a.cpp": f"// A sample.\nnamespace a {{\n{declarations}}}\n"
                                   f"template <class T>\nstruct b final : c<T> {{\n{declarations}}};\n"
                                   f"enum class d : int {{\n{numbers.replace('1', 'x')}}};\n"
                                   f"constexpr int e[] = {{\n{numbers}}};\nconst std::vector<int> f{{\n{numbers}}};\n"})

    def test_braces_in_literals_and_comments_do_not_count(self):
        text = '// A sample.\nvoid f() {\n  g("}", \'}\', R"(})", 1\'000);  // }\n' + body(68) + "}\n"
        self.red("tools/a.cpp", 2, "71 lines", {"tools/a.cpp": text})

    def test_a_python_function_may_not_have_71_lines(self):
        self.red("tools/a.py", 2, "71 lines", {"tools/a.py": "class A:\n  def f(self):\n" + body(70).replace(
            "  step", "    step").replace(";", "")})


class Time(TidyTest):
    def test_tests_do_not_sleep(self):
        calls = ("std::this_thread::sleep_for(1s);", "std::this_thread::sleep_until(t);", "usleep(1);", "sleep(1);")
        for call in calls:
            with self.subTest(call):
                self.red("tests/runtime/a.cpp", 2, "sleep", {"tests/runtime/a.cpp": f"// A sample.\nauto x = {call}\n"})

    def test_python_tests_do_not_sleep(self):
        self.red("tests/fuzz/a.py", 2, "sleep", {"tests/fuzz/a.py": "import time\ntime.sleep(1)\n"})

    def test_actors_do_not_sleep(self):
        self.red("actors/a.cpp", 2, "sleep", {"actors/a.cpp": "// A sample.\nauto x = usleep(1);\n"})

    def test_real_processes_and_words_may_sleep(self):
        self.green({"tests/end_to_end/a.py": "time.sleep(1)\n", "tests/support/a.py": "time.sleep(1)\n",
                    "tests/runtime/a.py": "# sleep(1)\nname = 'sleep(1)'\n",
                    "tests/runtime/a.cpp": '// sleep(1)\nauto x = "sleep(1)";\n'})

    def test_actors_and_their_tests_read_no_wall_clock(self):
        reads = ("std::chrono::system_clock::now()", "steady_clock::now()", "clock::now()", "std::time(nullptr)")
        for path in ("actors/manager/a.cpp", "tests/actors/a.cpp", "tests/scenarios/a.cpp"):
            for read in reads:
                with self.subTest(path=path, read=read):
                    self.red(path, 2, "wall clock", {path: f"// A sample.\nauto x = {read};\n"})
            (self.root / path).unlink()

    def test_actors_read_their_own_clock_and_others_any(self):
        self.green({"actors/a.cpp": "// A sample.\nauto x = self->clock().now();\n",
                    "actors/b.cpp": "// A sample.\ntime_point clock::now() const { return now_; }\n",
                    "runtime/a.cpp": "// A sample.\nauto x = std::chrono::steady_clock::now();\n"})


class ActorTests(TidyTest):
    def test_an_actor_needs_a_test(self):
        self.red("actors/manager/gate.hpp", 3, "gate_test.cpp", {"actors/manager/gate.hpp": ACTOR})

    def test_a_state_with_a_name_is_an_actor(self):
        text = HEADER + 'struct gate_state {\n  int x = 0;\n  static inline const char* name = "gate";\n};\n'
        self.red("actors/host/gate.hpp", 3, "gate_test.cpp", {"actors/host/gate.hpp": text})

    def test_a_state_without_a_name_is_none(self):
        self.green({"actors/manager/gate.hpp": HEADER + "struct gate_state {\n  int x = 0;\n};\n"
                                               'struct label {\n  static inline const char* name = "x";\n};\n'})

    def test_its_own_test_file_will_do(self):
        self.green({"actors/manager/gate.hpp": ACTOR, "tests/actors/gate_test.cpp": TEST})

    def test_another_test_that_includes_it_will_do(self):
        self.green({"actors/manager/gate.hpp": ACTOR,
                    "tests/actors/fence_test.cpp": TEST + '#include "actors/manager/gate.hpp"\n'})

    def test_a_test_file_without_a_test_will_not_do(self):
        self.red("actors/manager/gate.hpp", 3, "gate_test.cpp",
                 {"actors/manager/gate.hpp": ACTOR, "tests/actors/gate_test.cpp": "// BOOST_AUTO_TEST_CASE(x)\n"})

    def test_a_test_of_another_room_will_not_do(self):
        self.red("runtime/ledger/gate.hpp", 3, "gate_test.cpp",
                 {"runtime/ledger/gate.hpp": ACTOR, "tests/actors/gate_test.cpp": TEST})


class Files(TidyTest):
    def test_a_header_needs_pragma_once(self):
        self.red("tools/a.hpp", 1, "#pragma once", {"tools/a.hpp": "// #pragma once is what this lacks.\n"})

    def test_a_source_opens_with_a_comment(self):
        self.red("tools/a.cpp", 1, "open with a comment", {"tools/a.cpp": "int x;\n"})

    def test_each_folder_needs_a_readme_and_the_root_its_documents(self):
        for path in SOUND:
            with self.subTest(path):
                (self.root / path).unlink()
                self.red(path, 1, "missing", {})
                self.write(SOUND)

    def test_no_tab_and_no_trailing_white_space(self):
        self.red("docs/a.md", 2, "tab", {"docs/a.md": "a\nb\tc\n"})
        self.red("docs/a.md", 1, "trailing", {"docs/a.md": "a \nb\n"})
        self.red("docs/a.md", 1, "trailing", {"docs/a.md": "a\r\n"})

    def test_a_file_ends_with_a_line_end(self):
        self.red("dev", 2, "line end", {"dev": "a\nb"})

    def test_no_path_of_one_machine(self):
        for folder in ("home", "work", "root"):
            with self.subTest(folder):
                self.red("docs/a.md", 2, "path of one machine", {"docs/a.md": f"a\nsee /{folder}/x\n"})
        self.green({"docs/a.md": "GET /v1/agents/{id}/work/next, https://example.org/home/page, build/root/x\n"})

    def test_other_kinds_of_files_may_hold_anything(self):
        self.green({"tests/fuzz/corpus/a.bin": "\t \r\n\0"})


class WhichFiles(TidyTest):
    def test_outside_of_git_all_but_build_output(self):
        self.green({"build/dev/a.cpp": "int x;\n"})

    def test_in_git_the_tracked_and_the_new_but_not_the_ignored_or_deleted(self):
        self.write({".gitignore": "/out/\n", "out/a.cpp": "int x;\n", "gone.cpp": "int x;\n", "tools/tracked.cpp": "x\n"})
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)
        subprocess.run(["git", "add", "."], cwd=self.root, check=True)
        (self.root / "gone.cpp").unlink()
        self.write({"tools/new.cpp": "x\n"})
        self.assertEqual(["tools/new.cpp", "tools/tracked.cpp"], [found[0] for found in tidy.violations(self.root)])


class Command(TidyTest):
    def run_tidy(self):
        return subprocess.run([sys.executable, "-B", tidy.__file__, str(self.root)], capture_output=True, text=True)

    def test_it_exits_with_0_and_says_nothing_when_all_is_well(self):
        self.assertEqual((0, ""), (self.run_tidy().returncode, self.run_tidy().stdout))

    def test_it_exits_with_1_and_names_file_and_line(self):
        self.write({"tools/a.cpp": "int x;\n"})
        answer = self.run_tidy()
        self.assertEqual(1, answer.returncode)
        self.assertRegex(answer.stdout, r"^tools/a\.cpp:1: ")


if __name__ == "__main__":
    unittest.main()
