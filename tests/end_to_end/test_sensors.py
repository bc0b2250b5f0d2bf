#!/usr/bin/env python3
"""A stand-in for a HarborGuard sensor, from the dialect's page: it registers, polls, scans and uploads; and a large
result."""
import json
import subprocess

from manager_process import MUSTERD, ManagerTest, eventually, main, run_musterd

FAST = ("--liveness.profiles.harborguard.interval", "1s", "--liveness.profiles.harborguard.offline_after", "3s",
        "--liveness.late_tolerance", "500ms")


class Sensor:
    def __init__(self, client, key, name):
        self.client, self.key, self.name = client, key, name
        self.id = None

    def call(self, method, path, body=None, **headers):
        return self.client.call(method, path, body, token=self.key, headers={"Content-Type": "application/json", **headers})

    def register(self):
        answer = self.call("POST", "/api/agent/register",
                           {"name": self.name, "version": "0.1.0", "hostname": "n1", "os": "linux", "arch": "amd64",
                            "scannerVersions": {"trivy": "Version: 0.69.3", "grype": "unknown"},
                            "capabilities": ["scan"], "s3Configured": False})
        assert answer.status == 200 and answer.headers["content-type"] == "application/json", answer
        self.id = answer.json()["agentId"]
        return self

    def beat(self, scans=0):
        return self.call("POST", "/api/agent/heartbeat",
                         {"agentId": self.id, "status": "scanning" if scans else "idle", "activeScans": scans,
                          "uptimeSeconds": 30})

    def poll(self):
        answer = self.call("GET", f"/api/agent/jobs?agentId={self.id}")
        assert answer.status == 200 and isinstance(answer.json()["jobs"], list), answer
        return answer.json()["jobs"]

    def upload(self, job, packages=1):
        vulnerability = {"cveId": "CVE-2024-0001", "source": "trivy", "severity": "HIGH", "cvssScore": 7.5, "title": "t",
                         "packageName": "libx", "installedVersion": "1", "fixedVersion": "2"}
        return self.call("POST", "/api/scans/upload", {
            "version": "1.0", "sensor": {"version": "0.1.0", "scannerVersions": {"trivy": "Version: 0.99.0"}},
            "image": {"ref": job["scan"]["imageRef"], "digest": "app@sha256:aa", "name": "app", "tag": "1"},
            "scan": {"id": job["id"], "startedAt": "2026-11-21T22:44:49Z", "finishedAt": "2026-11-21T22:44:51Z",
                     "status": "SUCCESS"},
            "findings": {"vulnerabilities": [vulnerability],
                         "packages": [{"name": f"lib{n}", "version": "1", "type": "debian", "source": "syft",
                                       "license": "x" * 200} for n in range(packages)],
                         "compliance": [], "efficiency": []},
            "aggregates": {"vulnerabilityCounts": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0},
                           "riskScore": 48, "totalPackages": packages}})

    def end(self, job, **how):
        return self.call("POST", f"/api/agent/jobs/{job['id']}/status", how)


class SensorTest(ManagerTest):
    def muster(self, *words):
        """Runs the command line and returns what it says under --json."""
        done = subprocess.run([MUSTERD.parent / "muster", "--json", "--data-dir", self.running.data, *words],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}


class Sensors(SensorTest):
    def setUp(self):
        self.running = self.manager(*FAST)
        self.client = self.fleet(self.running)

    def test_a_sensor_runs_a_job_from_creation_to_result(self):
        self.muster("registries", "create", "prod")
        key = self.muster("keys", "create", "--dialect", "harborguard", "--registry", "prod")["key"]
        self.assertRegex(key, r"^hg_ak_[0-9a-f]{48}$")
        sensor = Sensor(self.client, key, "probe-1").register()
        self.assertEqual(sensor.poll(), [])
        self.muster("scans", "create", "--registry", "prod", "--image", "reg.example:5000/team/app:1.4")
        job = sensor.poll()[0]
        self.assertEqual(job["scan"]["imageRef"], "reg.example:5000/team/app:1.4")
        self.assertEqual(sensor.beat(scans=1).json(), {"ok": True})
        self.assertEqual(self.muster("sensors", "list")["sensors"][0]["status"], "scanning")
        self.assertEqual(sensor.upload(job).status, 200)
        self.assertEqual(sensor.end(job, status="completed").status, 200)
        scan = self.muster("scans", "list")["scans"][0]
        self.assertEqual((scan["id"], scan["image"], scan["status"], scan["result"]["high"]),
                         (job["id"], job["scan"]["imageRef"], "completed", 1))
        self.running.kill()
        self.running.start()
        self.assertEqual(self.muster("scans", "list")["scans"][0]["status"], "completed")
        eventually(lambda: self.muster("registries", "list")["registries"][0]["status"] == "ERROR")
        sensor.client = self.fleet(self.running)
        self.assertEqual(sensor.beat().status, 200)
        eventually(lambda: self.muster("registries", "list")["registries"][0]["status"] == "CONNECTED")

    def test_a_result_of_many_megabytes_is_taken(self):
        self.muster("registries", "create", "prod")
        key = self.muster("keys", "create", "--dialect", "harborguard", "--registry", "prod")["key"]
        sensor = Sensor(self.client, key, "probe-1").register()
        self.muster("scans", "create", "--registry", "prod", "--image", "app:1")
        job = sensor.poll()[0]
        answer = sensor.upload(job, packages=100_000)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.muster("scans", "list")["scans"][0]["result"]["packages"], 100_000)
        self.assertEqual(sensor.upload(job).status, 200, "said again, it changes nothing")
        self.assertEqual(self.muster("scans", "list")["scans"][0]["result"]["packages"], 100_000)


class KeyOfTheEnvironment(SensorTest):
    KEY = "hg_ak_" + "5eed" * 8

    def keys(self):
        return self.muster("keys", "list")["keys"]

    def test_sensors_come_in_with_it_from_the_first_start_on(self):
        self.running = self.manager(start=False)
        self.running.variables["MUSTER_SENSOR_KEY"] = self.KEY
        self.running.start()
        sensor = Sensor(self.fleet(self.running), self.KEY, "probe-1").register()
        self.assertEqual(sensor.beat().status, 200)
        made = self.keys()
        self.assertEqual([(key["name"], key["author"], key["tenant"], key["prefix"], key["state"]) for key in made],
                         [("environment", "environment", "default", self.KEY[:10], "good")])
        audit = self.operator(self.running).get("/operator/v1/audit?subject=1").json()["audit"]
        self.assertIn(("environment", "apikey.created"), [(entry["actor"], entry["action"]) for entry in audit])
        self.muster("keys", "revoke", made[0]["id"])
        self.running.kill()
        self.running.start()
        self.assertEqual([(key["id"], key["state"]) for key in self.keys()], [(made[0]["id"], "revoked")])
        sensor.client = self.fleet(self.running)
        self.assertEqual(sensor.beat().status, 401)
        stored = b"".join(file.read_bytes() for file in self.running.data.rglob("*") if file.is_file())
        self.assertNotIn(self.KEY.encode(), stored + self.running.log().encode())

    def test_what_can_be_no_key_is_refused_and_not_shown(self):
        data = self.directory() / "data"
        for key in ("hg_ak_5eed", "hg_ak_" + "x" * 32, "5eed" * 8, "hg_ak_" + "5" * 40):
            with self.subTest(key):
                answer = run_musterd("--data-dir", data, variables={"MUSTER_SENSOR_KEY": key})
                self.assertEqual(answer.returncode, 2, answer)
                self.assertIn("MUSTER_SENSOR_KEY", answer.stderr)
                self.assertIn("32 or 48 hexadecimal digits", answer.stderr)
                self.assertNotIn(key, answer.stdout + answer.stderr)
        self.assertFalse(data.exists())


if __name__ == "__main__":
    main()
