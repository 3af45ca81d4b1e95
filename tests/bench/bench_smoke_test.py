"""tools/bench on small input over the embedded broker: every program sees the whole load, and what
they make of it is what the load adds up to. Says nothing about time."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from lifetime import dies_with_parent  # noqa: E402

BIN = pathlib.Path(os.environ["SHELFD_BIN"])
SECONDS_MAX = 100
STORES, SKUS, LINES, LINES_PER_EVENT = 7, 60, 3_000, 10
# Of the load with these options and its first seed, on every machine.
SALES_HASH = "09d2187eed5958a8"
STOCK_HASH = "7a9f0da64e95b468"


def run_in_time(command):
    """(exit code, what it said). Its brokers and daemons are of its group: all of them end when the
    time is over. When it is we who end, it is asked to, and ends them."""
    process = subprocess.Popen(dies_with_parent(command, by="TERM"), start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = process.communicate(timeout=SECONDS_MAX)
        return process.returncode, said
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return process.returncode, f"{said}\nnot done after {SECONDS_MAX} s"


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="shelf-bench-test-") as folder:
            out = pathlib.Path(folder) / "bench.json"
            cls.code, cls.said = run_in_time(
                [sys.executable, ROOT / "tools/bench", "--embedded", "--bin", BIN, "--out", out,
                 "--stores", str(STORES), "--skus", str(SKUS), "--lines", str(LINES),
                 "--lines-per-event", str(LINES_PER_EVENT), "--rates", "200", "--seconds", "1"])
            cls.figures = json.loads(out.read_text()) if out.exists() else {}

    def setUp(self):
        self.assertEqual(0, self.code, self.said)
        self.round = self.figures["rounds"][0]

    def test_the_load_is_the_same_everywhere(self):
        self.assertEqual(LINES, self.round["fill"]["lines"])
        self.assertEqual(LINES // LINES_PER_EVENT, self.round["fill"]["events"])
        self.assertEqual(SALES_HASH, self.round["fill"]["hash"])

    def test_the_consumer_and_the_relay_see_each_line_once(self):
        for program in ("consume", "relay"):
            self.assertEqual(LINES, self.round[program]["lines"])
            self.assertEqual(SALES_HASH, self.round[program]["hash"])

    def test_the_engine_and_the_daemon_come_to_the_same_stock(self):
        for program in ("engine", "live", "backlog"):
            self.assertEqual(STOCK_HASH, self.round[program]["hash"], program)

    def test_the_relay_sends_as_many_records_as_the_daemon_did(self):
        self.assertAlmostEqual(self.round["live"]["records"], self.round["relay"]["records"], delta=2)

    def test_every_answer_comes_or_is_counted_as_missing(self):
        kinds = {one["answered_by"]: one["rounds"][0] for one in self.figures["latency"]}
        self.assertEqual({"broker", "relay", "shelfd"}, set(kinds))
        for kind, one in kinds.items():
            self.assertEqual(200, one["events"])
            self.assertLess(one["unanswered"], one["events"], kind)
        self.assertEqual(0, kinds["broker"]["unanswered"])


if __name__ == "__main__":
    unittest.main()
