#!/usr/bin/env python3
"""Clients of librdkafka on the embedded broker; and that it ends with the tests.

    embedded_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import csv
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

    def sold_key(self, channel):
        """A store and a SKU that the channel may sell."""
        for key, (sellable, _) in sorted(self.told_by_shelfctl().items()):
            name, store, sku = key.split("/")
            if name == channel and sellable > 0:
                return store, sku
        raise AssertionError("nothing is on sale")

    def sellable(self, channel, store, sku):
        """What was decided last and acknowledged; None before."""
        for told in self.chain.daemon.asked("get", store, sku)["channels"]:
            if told["channel"] == channel and told["acknowledged"]:
                return told["sellable"]
        return None

    def test_a_stop_is_zeros_at_once_and_over_a_crash_and_ends_when_it_is_lifted(self):
        daemon = self.chain.daemon
        store, sku = self.sold_key("market")
        before = self.sellable("market", store, sku)
        placed = daemon.asked("stop", "--sku", sku, "--for", "2d", "--why", "glass in it",
                              "--by", "Ada")
        self.assertEqual(("in_force", []), (placed["state"], placed["warnings"]))
        wait_for("the zero is out", lambda: self.sellable("market", store, sku) == 0, 10)
        daemon.kill()
        daemon.start()
        daemon.wait_ready()
        self.assertEqual([("Ada", "glass in it")],
                         [(stop["by"], stop["reason"]) for stop in daemon.asked("stop", "list")])
        wait_for("it is still zero", lambda: self.sellable("market", store, sku) == 0, 10)
        self.assertEqual("in_force", daemon.asked("stop", "lift", placed["id"])["state"])
        wait_for("it is on sale", lambda: self.sellable("market", store, sku) == before, 10)
        self.assertEqual([], daemon.asked("stop", "list"))

    def compared(self, *feed):
        return self.chain.daemon.asked("compare", "--channel", "market",
                                       "--rules", self.chain.rules, *feed)

    def differences(self, rows):
        """What a feed of these rows differs in, and the whole answer."""
        feed, path = self.chain.work / "feed.csv", self.chain.work / "differences.csv"
        with open(feed, "w", newline="") as file:
            csv.writer(file).writerows([("Filiale", "Artikel", "Bestand"), *rows])
        answer = self.compared("--with", feed, "--differences", path, "--columns",
                               "store=Filiale,sku=Artikel,quantity=Bestand")
        with open(path, newline="") as file:
            return list(csv.DictReader(file)), answer

    def test_a_feed_of_our_own_numbers_differs_where_it_was_changed(self):
        stores = {key.split("/")[1] for key in self.told_by_shelfctl()}
        ours, _ = self.differences([(store, "none", 0) for store in stores])
        self.assertEqual({"only_ours"}, {row["verdict"] for row in ours})
        feed = [(row["store"], row["sku"], row["ours"]) for row in ours]
        self.assertEqual([], self.differences(feed)[0])
        store, sku, quantity = feed[0]
        found, answer = self.differences([(store, sku, float(quantity) + 1), *feed[1:]])
        self.assertEqual([("ours_lower", store, sku)],
                         [(row["verdict"], row["store"], row["sku"]) for row in found])
        self.assertEqual({"keys": 1, "milli": 1000}, answer["total"]["ours_lower"])

    def test_a_topic_of_our_own_numbers_is_ready_to_be_switched_to(self):
        self.chain.daemon.wait_for_checkpoint()  # the topic may be ahead of the state by one
        found = self.compared("--with-topic", "availability", "--set",
                              f"brokers={self.chain.broker.bootstrap}")
        self.assertEqual(1.0, found["total"]["ready"])
        self.assertGreater(found["total"]["keys"], 300)

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
