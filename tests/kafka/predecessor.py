"""A daemon that is stopped while records of it are on their way, and wakes up when another one has
taken its place."""

import contextlib
import json
import shutil
import signal
import subprocess

from lifetime import dies_with_parent
from processes import DEMO, Daemon, Failed, last_records, tail, wait_for

import clients

TOPICS = ("stock_events", "reference", "availability", "locations", "stock_requests",
          "stock_rejects", "shelfd_starts")
STORE = "9001"
SKUS = [f"46000{n}" for n in range(10, 22)]
# Records wait so long in the predecessor's producer: the time in which it can be stopped.
LINGER_MS = 1500
WATCH_MS = 300
REFUSED = 3


class Pair:
    """A daemon and its successor with a copy of its state. `prefix`: of their topics' names, on a
    broker that others use too."""

    def __init__(self, programs, work, broker, prefix):
        self.programs = programs
        self.work = work
        self.broker = broker
        self.prefix = prefix
        work.mkdir()
        (work / "rules.yaml").write_text("version: 1\nchannels:\n  market: {}\n")
        settings = (*broker.daemon_settings, f"rules={work / 'rules.yaml'}",
                    f"outputs.watch_interval_ms={WATCH_MS}",
                    *(f"topics.{name}={self.topic(name)}" for name in TOPICS))
        self.arguments = ["--config", DEMO / "shelfd.yaml",
                          *(word for setting in settings for word in ("--set", setting))]
        self.first = self.daemon("first", "--set", f"librdkafka.linger.ms={LINGER_MS}")
        self.second = self.daemon("second")

    def topic(self, name):
        return self.prefix + name.replace("_", "-")

    def daemon(self, name, *more):
        folder = self.work / name
        folder.mkdir()
        return Daemon(self.programs, folder, [*self.broker.daemon_flags, *self.arguments, *more])

    def start_first(self):
        self.broker.make_topics(self.programs / "shelfctl", self.arguments)
        self.first.start()
        self.first.wait_ready()

    def start_second(self):
        shutil.copytree(self.first.work / "state", self.second.work / "state")
        self.second.start()
        self.second.wait_ready()

    def send(self, kind, topic, header, rows, *options):
        path = self.work / f"{kind}.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        done = subprocess.run(
            dies_with_parent([self.programs / "shelf-agent", "send", kind, "--state",
                              self.work / "agent", "--brokers", self.broker.bootstrap, "--topic",
                              self.topic(topic), *options, path]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"shelf-agent send {kind}: {done.stderr.strip()}")

    def send_reference(self):
        self.send("stores", "reference", "store,name", [f"{STORE},by the sea"])
        self.send("items", "reference", "sku,name", [f"{sku},thing" for sku in SKUS])

    def send_stock(self, quantity):
        """A full list of the store, as of now."""
        self.send("list", "stock_events", "store,sku,quantity",
                  [f"{STORE},{sku},{quantity}" for sku in SKUS], "--time", "now")

    def records(self):
        return clients.output_of(clients.kcat(self.broker.bootstrap, self.topic("availability")))

    def says(self, quantity):
        """Whether the last record of every key is this number."""
        said = [int(json.loads(value).get("sellable", 0))
                for _, _, value in last_records(self.records()).values()]
        return said == [quantity] * len(SKUS)

    def wait_until_it_says(self, quantity):
        wait_for(f"{quantity} of each may be sold", lambda: self.says(quantity), 30)

    def written_by_first_after_second(self):
        """How many of the first one's records lie behind one of the second."""
        seen = {}  # by partition: the highest incarnation so far
        count = 0
        for line in self.records().splitlines():
            partition, _, _, value = line.split(b"\t", 3)
            incarnation = int(json.loads(value)["version"]) >> 40
            count += incarnation < seen.get(partition, 0)
            seen[partition] = max(incarnation, seen.get(partition, 0))
        return count

    def end(self):
        self.first.end()
        self.second.end()


class StalledPredecessor:
    """A test of whoever has a chain, with a broker, and the folder of programs."""

    def make_pair(self, stack):
        """On the chain's own broker."""
        del stack
        return Pair(self.bin_folder, self.chain.work / "pair", self.chain.broker, "pair-")

    def test_what_a_predecessor_writes_that_wakes_up_is_put_right_and_it_ends(self):
        with contextlib.ExitStack() as stack:
            pair = self.make_pair(stack)
            stack.callback(pair.end)
            pair.start_first()
            pair.send_reference()
            pair.send_stock(10)
            pair.wait_until_it_says(10)

            pair.send_stock(7)
            wait_for("the first one has records on their way", lambda: (
                (pair.first.asked("status") or {"outbox": {"in_flight": 0}})["outbox"]["in_flight"]
                == len(SKUS)), 30)
            pair.first.process.send_signal(signal.SIGSTOP)
            self.assertTrue(pair.says(10))
            pair.start_second()
            pair.wait_until_it_says(7)
            pair.send_stock(3)
            pair.wait_until_it_says(3)
            wait_for("nothing is on its way", pair.second.has_published_all, 30)

            pair.first.process.send_signal(signal.SIGCONT)
            self.assertEqual(REFUSED, pair.first.process.wait(timeout=30))
            self.assertIn("has taken its place", tail(pair.first.work / "shelfd.log", 20))
            wait_for("the successor's numbers stand again", lambda: pair.says(3), 30)
            self.assertEqual(len(SKUS), pair.written_by_first_after_second())
            pair.second.check_alive()
