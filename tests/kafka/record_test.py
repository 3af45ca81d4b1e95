#!/usr/bin/env python3
"""A daemon's log is recorded, and replayed: on the embedded broker, from its start to its numbers.

    record_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import csv
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
# isort: split
import random

from brokers import Embedded
from chain import Chain
from lifetime import dies_with_parent
from processes import wait_for
from skips import run_tests

STORES = 2
KEYS = 12
CAUTIOUS = """
version: 1
channels:
  own-site:
    rules:
      - {id: wary, safety_stock: {subtract: 20}}
"""


class RecordTest(unittest.TestCase):
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="shelfd-record-")
        cls.addClassCleanup(folder.cleanup)
        cls.work = pathlib.Path(folder.name)
        cls.chain = Chain(cls.bin_folder, cls.work, Embedded(cls.work), random.Random(7), STORES)
        cls.addClassCleanup(cls.chain.end)
        cls.chain.start()
        cls.recording = cls.work / "recording"
        cls.record_while(cls.trade)

    @classmethod
    def trade(cls):
        cls.chain.send_reference_and_stock()
        cls.chain.agent.send_sales(1, cls.chain.rows)
        cls.chain.wait_until_known()
        wait_for("all is published", cls.chain.daemon.has_published_all, 60)
        # A tick past the last number, so that the recording holds what made it.
        ticks = cls.ticks()
        wait_for("two more ticks", lambda: cls.ticks() >= ticks + 2 * 32, 20)

    @classmethod
    def ticks(cls):
        return (cls.chain.daemon.asked("status") or {"counters": {"ticks": 0}})["counters"]["ticks"]

    @classmethod
    def record_while(cls, doing):
        cls.chain.daemon.wait_for_checkpoint()
        command = [cls.chain.bin / "shelfctl", "record", "--out", cls.recording, "--brokers",
                   cls.chain.broker.bootstrap, "--admin", cls.chain.daemon.admin, "--output", "json"]
        recorder = subprocess.Popen(dies_with_parent(command), stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True)
        with recorder:
            wait_for("the recording is begun", (cls.recording / "recording.json").exists, 30)
            doing()
            recorder.send_signal(signal.SIGINT)
            out, err = recorder.communicate(timeout=30)
        assert recorder.returncode == 0, err
        cls.summary = json.loads(out)

    def shelfctl(self, *arguments):
        done = subprocess.run([self.chain.bin / "shelfctl", *map(str, arguments)],
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def replay(self, rules, *more):
        return self.shelfctl("replay", "--from", self.recording, "--rules", rules, "--output", "json",
                             *more)

    def test_it_is_whole_and_has_the_rules_that_were_in_force(self):
        self.assertTrue(self.summary["complete"])
        self.assertTrue(self.summary["has_state"])
        self.assertEqual(32, len(self.summary["stock_events"]))
        self.assertEqual([True], [rules["has_text"] for rules in self.summary["rules"]])
        texts = [path.read_text() for path in (self.recording / "rules").iterdir()]
        self.assertEqual([self.chain.rules.read_text()], texts)

    def test_the_same_rules_differ_in_nothing(self):
        report = json.loads(self.replay(self.chain.rules))
        self.assertEqual(0, report["keys_differing"])
        self.assertEqual([], report["notes"])
        self.assertEqual(self.chain.positions, report["positions"])
        for channel in report["channels"]:
            self.assertEqual(channel["old"], channel["new"])

    def test_wary_rules_offer_less_and_the_page_needs_nothing_else(self):
        rules = self.work / "wary.yaml"
        rules.write_text(CAUTIOUS)
        page = self.work / "report.html"
        text = self.replay(rules, "--html", page)
        report = json.loads(text)
        site = next(row for row in report["channels"] if row["channel"] == "own-site")
        self.assertLess(site["new"]["offered_milli"], site["old"]["offered_milli"])
        self.assertGreater(report["keys_differing"], 100)
        html = page.read_text()
        self.assertIn("<svg", html)
        for foreign in ("<script", "http:", "https:", "<link", "src="):
            self.assertNotIn(foreign, html)
        again = self.work / "again.html"
        self.assertEqual(text, self.replay(rules, "--html", again))
        self.assertEqual(html, again.read_text())

    def test_the_past_is_explained_as_the_daemon_explains_it(self):
        path = self.work / "channels.csv"
        self.chain.daemon.wait_for_checkpoint()
        self.chain.daemon.snapshot("channels", path)
        with open(path, newline="") as file:
            keys = [row for row in csv.DictReader(file) if row["published"] == "1"]
        self.assertGreater(len(keys), 100)
        for row in random.Random(3).sample(keys, KEYS):
            key = ("explain", "--channel", row["channel"], "--store", row["store"],
                   "--sku", row["sku"], "--output", "json")
            now = json.loads(self.shelfctl(*key, "--admin", self.chain.daemon.admin))
            then = json.loads(self.shelfctl(*key, "--recording", self.recording, "--at",
                                            self.summary["to_ms"]))
            for member in ("sellable", "status", "base_milli", "stages"):
                self.assertEqual(now[member], then[member], row)
            self.assertTrue(then["agrees"])


    def test_a_broker_that_finds_no_records_by_time_is_told_of(self):
        out = self.work / "by-time"
        done = subprocess.run(
            [self.chain.bin / "shelfctl", "record", "--out", out, "--brokers",
             self.chain.broker.bootstrap, "--from", str(self.summary["from_ms"])],
            capture_output=True, text=True)
        self.assertEqual(1, done.returncode)
        self.assertIn("the brokers know no record of topic stock-events of ", done.stderr)
        self.assertFalse((out / "recording.json").exists())


if __name__ == "__main__":
    RecordTest.bin_folder = pathlib.Path(sys.argv.pop()).resolve()
    sys.exit(run_tests())
