#!/usr/bin/env python3
"""tools/local-kafka itself: what tests, benches and the demo rely on."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tools/lib")]
import clients  # noqa: E402
import kafka_jars  # noqa: E402
from brokers import create_topic  # noqa: E402
from local_kafka import LocalKafka, is_alive  # noqa: E402
from lifetime import Guard, dies_with_parent  # noqa: E402
from processes import wait_for  # noqa: E402
from skips import run_tests  # noqa: E402

PROGRAM = ROOT / "tools/local-kafka"
# Starts a broker that dies with it, says so, and waits.
PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from local_kafka import LocalKafka
LocalKafka(sys.argv[2]).start(dies_with_parent=True)
print("started", flush=True)
time.sleep(600)
"""


def local_kafka(*words, **environment):
    return subprocess.run([sys.executable, PROGRAM, *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


class RunningTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = local_kafka("fetch")
        if done.returncode == 3:
            raise unittest.SkipTest(done.stderr.strip())

    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="shelfd-fixture-")
        self.addCleanup(work.cleanup)
        self.folder = pathlib.Path(work.name) / "kafka"
        self.broker = LocalKafka(self.folder)
        self.addCleanup(Guard("kafka", self.folder).end)
        self.addCleanup(self.broker.stop, kill=True)

    def start(self, *options):
        done = local_kafka("start", self.folder, "--quick", *options)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.splitlines()

    def test_a_second_start_says_that_one_runs_and_after_a_stop_it_comes_back_as_it_was(self):
        first = self.start()
        pid = json.loads((self.folder / "broker.json").read_text())["pid"]
        second = self.start()
        self.assertEqual(first[-1], second[-1])
        self.assertIn("already", second[0])
        self.assertEqual([pid], self.broker.pids())

        create_topic(self.broker, "kept", 3, {})
        self.assertEqual(0, local_kafka("stop", self.folder).returncode)
        self.assertEqual([], self.broker.pids())
        self.assertFalse((self.folder / "broker.json").exists())

        self.assertEqual(first, self.start())
        told = local_kafka("tool", self.folder, "org.apache.kafka.tools.TopicCommand",
                           "--bootstrap-server", "{bootstrap}", "--list")
        self.assertIn("kept", told.stdout.splitlines())

    def test_one_that_hangs_is_stopped_for_certain(self):
        self.start()
        pid, = self.broker.pids()
        os.kill(pid, signal.SIGSTOP)
        self.assertEqual(0, local_kafka("stop", self.folder, "--kill").returncode)
        self.assertFalse(is_alive(pid))
        self.assertEqual(0, local_kafka("stop", self.folder).returncode)

    def test_it_dies_with_a_parent_that_is_killed(self):
        parent = subprocess.Popen(
            dies_with_parent([sys.executable, "-c", PARENT, ROOT / "tools/lib", self.folder]),
            stdout=subprocess.PIPE, text=True)
        with parent:
            self.assertEqual("started\n", parent.stdout.readline())
            pid, = self.broker.pids()
            parent.kill()
        wait_for("the broker has ended", lambda: not is_alive(pid), 10)

    def test_who_finds_it_through_a_proxy_stays_on_the_proxy(self):
        self.start("--proxied")
        known = json.loads((self.folder / "broker.json").read_text())
        told = clients.output_of(["kcat", "-L", "-J", "-b", known["proxy_target"]])
        advertised = [broker["name"] for broker in json.loads(told)["brokers"]]
        self.assertEqual([known["proxied_bootstrap"]], advertised)
        self.assertNotIn(known["proxied_bootstrap"], (known["proxy_target"], known["bootstrap"]))


class FetchingTest(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="shelfd-fixture-")
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)
        patch = mock.patch.dict(os.environ, SHELFD_CACHE=str(self.work))
        patch.start()
        self.addCleanup(patch.stop)

    def lay_out_jars(self):
        jars = kafka_jars.kafka_folder() / "jars"
        jars.mkdir(parents=True)
        for name in ("kafka.jar", "scala.jar"):
            (jars / name).write_text(name)
        (jars.parent / "fetched.json").write_text(json.dumps(kafka_jars.list_of(jars)))
        self.assertTrue(kafka_jars.are_there())
        return jars

    def test_half_a_fetch_does_not_count(self):
        jars = self.lay_out_jars()
        (jars / "scala.jar").write_text("sca")
        self.assertFalse(kafka_jars.are_there())
        (jars / "scala.jar").unlink()
        self.assertFalse(kafka_jars.are_there())

    def test_jars_of_another_wish_do_not_count(self):
        self.lay_out_jars()
        with mock.patch.object(kafka_jars, "pom_hash", return_value="another"):
            self.assertFalse(kafka_jars.are_there())

    def program(self, name, text):
        path = self.work / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def test_without_java_or_maven_or_jars_it_says_why_and_ends_with_3(self):
        self.program("nothing", "")
        reasons = []
        for name, text in ((None, ""), ("java", "#!/bin/sh\n"),
                           ("mvn", "#!/bin/sh\necho '[ERROR] no way to the registry'\nexit 1\n")):
            if name:
                self.program(name, text)
            done = local_kafka("start", self.work / "kafka", PATH=str(self.work / "bin"), JAVA_HOME="")
            self.assertEqual(3, done.returncode)
            reasons.append(done.stderr)
        for word, reason in zip(("no Java", "no Maven", "no way to the registry"), reasons):
            self.assertIn(word, reason)
        self.assertFalse(kafka_jars.are_there())


if __name__ == "__main__":
    sys.exit(run_tests())
