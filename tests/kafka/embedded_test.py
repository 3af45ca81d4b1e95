#!/usr/bin/env python3
"""Clients of librdkafka on the embedded broker; and that it ends with the tests.

    embedded_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import consumers  # first: it says where the others are
# isort: split
from brokers import Embedded, embedded_pids
from clients import is_alive
from consumers import small_chain
from lifetime import dies_with_parent
from predecessor import Pair, StalledPredecessor
from processes import DEMO, wait_for

# A test that is killed while its daemon runs.
PARENT = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from brokers import Embedded
from processes import Daemon
programs, work, config = map(pathlib.Path, sys.argv[2:])
Embedded(work).start()
daemon = Daemon(programs, work, ["--embedded", "--config", config / "shelfd.yaml",
                                 "--set", f"rules={config / 'rules.yaml'}"])
daemon.start()
daemon.wait_ready()
print(daemon.process.pid, flush=True)
time.sleep(600)
"""


class OnTheEmbeddedBroker(StalledPredecessor, consumers.ConsumersTest):
    @classmethod
    def make_chain(cls, work):
        return small_chain(cls, work, Embedded(work))

    def make_pair(self, stack):
        """On a broker of its own: it is found through its daemon's state folder."""
        work = self.chain.work / "pair"
        broker = Embedded(work / "first")
        broker.start()
        stack.callback(broker.end)
        return Pair(self.bin_folder, work, broker, prefix="")


class AfterTheTest(unittest.TestCase):
    def test_a_test_that_is_killed_leaves_no_daemon_and_no_broker_behind(self):
        work = tempfile.TemporaryDirectory(prefix="shelfd-killed-", ignore_cleanup_errors=True)
        self.addCleanup(work.cleanup)
        folder = pathlib.Path(work.name) / "state/broker"
        support = pathlib.Path(consumers.__file__).resolve().parents[1] / "support"
        parent = subprocess.Popen(
            dies_with_parent([sys.executable, "-c", PARENT, support,
                              consumers.ConsumersTest.bin_folder, work.name, DEMO]),
            stdout=subprocess.PIPE, text=True)
        with parent:
            daemon = int(parent.stdout.readline())
            self.assertEqual(1, len(embedded_pids(folder)))
            parent.kill()
        wait_for("the daemon has ended", lambda: not is_alive(daemon), 10)
        wait_for("the broker has ended", lambda: not embedded_pids(folder), 10)


if __name__ == "__main__":
    sys.exit(consumers.main())
