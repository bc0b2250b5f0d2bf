#!/usr/bin/env python3
"""What is said of a configuration before anything runs, and what a running manager takes over from its file."""
import json
import signal
import subprocess

from fleet_agent import enrol
from http_wire import request
from manager_process import MUSTERD, ManagerTest, environment, eventually, main, run_musterd


class CommandLine(ManagerTest):
    def file(self, text):
        made = self.directory() / "muster.yaml"
        made.write_text(text)
        return made

    def refused(self, answer, *words):
        self.assertGreater(answer.returncode, 0, answer)
        for word in words:
            self.assertIn(word, answer.stderr)
        self.assertNotIn("terminate called", answer.stderr)

    def test_good_configuration_is_called_valid_and_nothing_is_started(self):
        data = self.directory() / "data"
        answer = run_musterd("--check-config", "--config", self.file("log_level: warn\n"), "--data-dir", data)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertIn("valid", answer.stdout)
        self.assertFalse(data.exists())

    def test_bad_configuration_is_refused_naming_the_line(self):
        for text, line, word in (("log_level: warn\nfleet_lisen: x\n", 2, "fleet_listen"),
                                 ("\n\nlimits:\n  in_flight: lots\n", 4, "limits.in_flight"),
                                 ("log_level: loud\n", 1, "debug"),
                                 ("limits:\n  in_flight: 0\n", 2, "1048576"),
                                 ("log_level: warn\nlog_level: info\n", 2, "twice"),
                                 ("enrolment:\n  panguard:\n    mode: token\n", 3, "enrolment.panguard.secret"),
                                 ("liveness:\n  profiles:\n    panguard:\n      interval: 10m\n", 4, "stale_after"),
                                 ("log_level: [\n", 2, ""), ("- a\n", 1, "")):
            with self.subTest(text):
                file = self.file(text)
                answer = run_musterd("--check-config", "--config", file)
                self.refused(answer, f"{file}:{line}", word)
                self.assertEqual(answer.stdout, "")

    def test_manager_does_not_start_with_a_bad_configuration(self):
        data = self.directory() / "data"
        self.refused(run_musterd("--config", self.file("nonsense: 1\n"), "--data-dir", data), ":1:", "nonsense")
        self.assertFalse(data.exists())

    def test_missing_file_is_refused_by_name(self):
        self.refused(run_musterd("--config", "nowhere/muster.yaml"), "nowhere/muster.yaml")

    def test_unknown_and_wrong_flags_are_refused_by_name(self):
        for flags, word in ((("--no-such-flag",), "--no-such-flag"), (("--limits.no_such", "1"), "limits.no_such"),
                            (("--log-level", "loud"), "log_level"), (("--limits.in_flight", "-1"), "limits.in_flight"),
                            (("--fleet-listen", "localhost"), "fleet_listen"), (("stray",), "stray"),
                            (("--config",), "--config"), (("--limits.idle_time", "5"), "limits.idle_time")):
            with self.subTest(flags):
                self.refused(run_musterd("--check-config", *flags), word)

    def test_version_and_help_are_told(self):
        version = run_musterd("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^musterd \d+\.\d+\.\d+")
        told = run_musterd("--help")
        self.assertEqual(told.returncode, 0)
        for flag in ("--config", "--data-dir", "--fleet-listen", "--operator-listen", "--insecure", "--ready-file",
                     "--log-level", "--log-format", "--check-config", "--version", "--help",
                     "--liveness.late_tolerance", "--limits.connections", "--enrolment.panguard.on_duplicate"):
            self.assertIn(flag, told.stdout)

    def test_flags_win_over_variables_and_those_over_the_file(self):
        file = self.file("log_level: warn\nlimits:\n  in_flight: 11\n  agents: 11\n")
        printed = subprocess.run(
            [MUSTERD, "--print-config", "--config", file, "--limits.in_flight", "33"], text=True, check=True,
            env={**environment(), "MUSTER_LIMITS_IN_FLIGHT": "22", "MUSTER_LIMITS_AGENTS": "22"},
            stdout=subprocess.PIPE).stdout
        for line in ("log_level: warn", "  in_flight: 33", "  agents: 22"):
            self.assertIn(line + "\n", printed)

    def test_printed_configuration_hides_secrets_and_is_valid_itself(self):
        secret = "0123456789-secret"
        printed = run_musterd("--print-config", "--data-dir", "d", "--enrolment.panguard.secret", secret)
        self.assertNotIn(secret, printed.stdout + printed.stderr)
        plain = run_musterd("--print-config", "--data-dir", "d")
        again = run_musterd("--print-config", "--config", self.file(plain.stdout))
        self.assertEqual((again.returncode, again.stdout), (0, plain.stdout))

    def test_open_enrolment_off_loopback_is_refused_without_its_flags(self):
        wide = ("--check-config", "--fleet-listen", "0.0.0.0:0", "--data-dir", "d")
        self.refused(run_musterd(*wide), "insecure", "enrolment.panguard.mode", "insecure_open_enrolment")
        self.refused(run_musterd(*wide, "--insecure"), "insecure_open_enrolment")
        self.refused(run_musterd(*wide, "--insecure-open-enrolment"), "insecure")
        self.refused(run_musterd(*wide[1:]), "insecure")
        self.assertEqual(run_musterd(*wide, "--insecure", "--insecure-open-enrolment").returncode, 0)
        self.assertEqual(run_musterd(*wide, "--insecure", "--enrolment.panguard.mode", "token",
                                     "--enrolment.panguard.secret", "0123456789abcdef").returncode, 0)

    def test_operators_off_loopback_are_refused_without_the_flag(self):
        wide = ("--check-config", "--operator-listen", "0.0.0.0:0", "--data-dir", "d")
        self.refused(run_musterd(*wide), "operator_listen", "insecure")
        self.assertEqual(run_musterd(*wide, "--insecure").returncode, 0)


class Reload(ManagerTest):
    def running(self, text, *flags):
        self.file = self.directory() / "muster.yaml"
        self.file.write_text(text)
        manager = self.manager("--config", self.file, "--log-format", "json", *flags)
        return manager

    def lines(self, manager, event):
        return [line for line in map(json.loads, manager.log().splitlines()) if line["event"] == event]

    def reload(self, manager, text, event="reloaded"):
        """Waits until the manager has said what became of it."""
        before = len(self.lines(manager, event))
        self.file.write_text(text)
        manager.tell(signal.SIGHUP)
        return eventually(lambda: self.lines(manager, event)[before:])

    def body_limit(self, manager, size):
        return self.fleet(manager).post("/api/agents/register", b" " * size).status

    def test_log_level_of_the_file_takes_effect(self):
        manager = self.running("log_level: error\n")
        self.assertEqual(self.lines(manager, "serving"), [])
        self.reload(manager, "log_level: info\n")
        self.reload(manager, "log_level: info\n")
        self.file.write_text("log_level: error\n")
        manager.tell(signal.SIGHUP)
        said = len(self.lines(manager, "reloaded"))
        self.assertEqual(manager.stop(), 0)
        self.assertEqual(len(self.lines(manager, "reloaded")), said)
        self.assertEqual(self.lines(manager, "stopped"), [], "too unimportant now")

    def test_limit_of_the_file_takes_effect_without_ending_connections(self):
        manager = self.running("limits:\n  body_bytes: 1KiB\n")
        agent = enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        connection.send(request("GET", "/health"))
        connection.receive()
        self.assertEqual(self.body_limit(manager, 2000), 413)
        self.reload(manager, "limits:\n  body_bytes: 4KiB\n")
        eventually(lambda: self.body_limit(manager, 2000) == 400)
        connection.send(request("POST", agent.path + "/heartbeat", {}, agent.token))
        self.assertEqual(connection.receive().status, 200)

    def test_broken_file_is_refused_as_a_whole_and_the_old_goes_on(self):
        manager = self.running("limits:\n  body_bytes: 1KiB\n")
        for broken in ("limits:\n  body_bytes: 4KiB\n  in_flight: lots\n", "limits: [", "nonsense: 1\n",
                       "limits:\n  body_bytes: 4KiB\n  body_budget: 1KiB\n"):
            with self.subTest(broken):
                (told, *_) = self.reload(manager, broken, "reload_refused")
                self.assertIn(f"{self.file}:", told["problem"])
                self.assertEqual(self.body_limit(manager, 2000), 413)
        self.reload(manager, "limits:\n  body_bytes: 4KiB\n")
        eventually(lambda: self.body_limit(manager, 2000) == 400)

    def test_file_that_vanished_is_refused_and_the_old_goes_on(self):
        manager = self.running("limits:\n  body_bytes: 1KiB\n")
        self.file.unlink()
        manager.tell(signal.SIGHUP)
        eventually(lambda: self.lines(manager, "reload_refused"))
        self.assertEqual(self.body_limit(manager, 2000), 413)

    def test_setting_that_needs_a_restart_is_named(self):
        manager = self.running("limits:\n  agents: 5\n")
        told = self.reload(manager, "limits:\n  agents: 6\n", "setting_needs_restart")
        self.assertEqual([line["key"] for line in told], ["limits.agents"])

    def test_flags_still_win_after_a_reload(self):
        manager = self.running("", "--limits.body_bytes", "1KiB")
        self.reload(manager, "limits:\n  body_bytes: 4KiB\n")
        self.assertEqual(self.body_limit(manager, 2000), 413)

    def test_hangup_without_a_file_does_no_harm(self):
        manager = self.manager()
        manager.tell(signal.SIGHUP)
        eventually(lambda: "reloaded" in manager.log())
        self.assertEqual(self.fleet(manager).get("/health").status, 200)


if __name__ == "__main__":
    main()
