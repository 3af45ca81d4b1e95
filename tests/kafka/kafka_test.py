#!/usr/bin/env python3
"""The whole line on a real Apache Kafka.

    kafka_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import json
import re
import subprocess
import sys
import time

import consumers  # first: it says where the others are
# isort: split
import clients
from brokers import Kafka
from consumers import small_chain
from predecessor import StalledPredecessor
from processes import wait_for

# A channel that sells nothing of a store that was not heard of for so long, on a topic of its own.
WATCHFUL = """
  watchful:
    rules:
      - {id: not-heard-of, sync_lag: [{over: 15s, keep: 0%}]}
"""
SILENCE_MS = 15_000
OUTAGE_S = 17
TICK_MS = 1000
STORE, SKU = "9001", "1082185"


class OnApacheKafka(StalledPredecessor, consumers.ConsumersTest):
    @classmethod
    def make_chain(cls, work):
        return small_chain(
            cls, work, Kafka(work), more_channels=WATCHFUL,
            settings=("channels.watchful.topic=availability-watchful",
                      "channels.watchful.format=json"))

    # Consumers.

    def test_the_java_client_ends_with_the_numbers_of_shelfctl(self):
        kafka = self.chain.broker.kafka
        count = clients.output_of(clients.kcat(kafka.bootstrap, "availability")).count(b"\n")
        lines = clients.output_of(clients.java(kafka, "availability", count))
        self.assert_agrees(re.sub(rb"(?m)^Partition:(\d+)\tOffset:(\d+)", rb"\1\t\2", lines))

    # What only a real broker does.

    def timestamp_types(self, topic):
        lines = clients.output_of(clients.confluent(self.chain.broker.bootstrap, topic,
                                                    "--timestamp-types")).splitlines()
        return {line.rpartition(b"\t")[2] for line in lines}

    def test_what_stores_report_carries_the_time_at_which_the_log_took_it(self):
        self.assertEqual({b"append"}, self.timestamp_types("stock-events"))
        self.assertEqual({b"create"}, self.timestamp_types("availability"))

    def test_the_broker_knows_the_idempotent_producer_of_every_partition_that_has_records(self):
        records = clients.output_of(clients.kcat(self.chain.broker.bootstrap, "availability"))
        partition = int(records.split(b"\t", 1)[0])
        told = self.chain.broker.kafka.tool(
            "org.apache.kafka.tools.TransactionsCommand", "--bootstrap-server", "{bootstrap}",
            "describe-producers", "--topic", "availability", "--partition", partition)
        header, *producers = [line.split("\t") for line in told.splitlines()]
        last_sequence = [name.strip() for name in header].index("LastSequence")
        self.assertEqual(1, len(producers), told)
        self.assertGreaterEqual(int(producers[0][last_sequence]), 0, told)

    # Recording from a time on: the embedded broker finds no offsets by time.

    def record(self, name, from_ms, until_ms):
        """In the folder of that name: the exit code, and what it said."""
        done = subprocess.run(
            [self.chain.bin / "shelfctl", "record", "--out", self.chain.work / name, "--brokers",
             self.chain.broker.bootstrap, "--admin", self.chain.daemon.admin,
             "--from", str(from_ms), "--until", str(until_ms)], capture_output=True, text=True)
        return done.returncode, done.stderr

    def places_of(self, topic):
        """[(time, partition, offset)] of all its records."""
        lines = clients.output_of(["kcat", "-C", "-q", "-e", "-b", self.chain.broker.bootstrap, "-t",
                                   topic, "-o", "beginning", "-f", r"%T %p %o\n"]).splitlines()
        return sorted(tuple(map(int, line.split())) for line in lines)

    def test_a_recording_of_a_stretch_of_time_holds_just_the_records_of_it(self):
        before = self.places_of("stock-events")
        from_ms, until_ms = before[len(before) // 2][0], before[-1][0]
        self.assertEqual((0, ""), self.record("stretch", from_ms, until_ms))
        info = json.loads((self.chain.work / "stretch/recording.json").read_text())
        self.assertTrue(info["complete"])
        self.assertLess(info["from_ms"], info["to_ms"])
        for partition in info["stock_events"]:
            offsets = [offset for ms, number, offset in before
                       if number == partition["partition"] and from_ms <= ms < until_ms]
            self.assertEqual((offsets[0], offsets[-1] + 1, len(offsets)),
                             (partition["first"], partition["next"], partition["records"]))

    def test_a_recording_without_a_tick_is_an_error_that_says_so(self):
        times = [ms for ms, _, _ in self.places_of("stock-events")]
        gap = next((a, b) for a, b in zip(times, times[1:]) if b - a > 1)
        code, words = self.record("gap", gap[0] + 1, gap[1])
        self.assertEqual(1, code)
        self.assertIn("gap is empty: there is no tick in it", words)

    # An outage.

    def send_stock(self, quantity):
        """A full list of the store, as of now."""
        path = self.chain.work / "list.csv"
        path.write_text(f"store,sku,quantity\n{STORE},{SKU},{quantity}\n")
        self.chain.agent.send("list", "--time", "now", path)

    def watched(self):
        """The store's records on the watchful channel's topic, as (sellable, record)."""
        lines = clients.output_of(clients.kcat(self.chain.broker.bootstrap, "availability-watchful"))
        records = [json.loads(line.split(b"\t", 3)[3]) for line in lines.splitlines()
                   if line.split(b"\t", 3)[2] == f"watchful/{STORE}/{SKU}".encode()]
        return [(int(record.get("sellable", 0)), record) for record in records]

    def wait_for_sellable(self, quantity, seconds):
        wait_for(f"{quantity} may be sold",
                 lambda: [sold for sold, _ in self.watched()][-1:] == [quantity], seconds)

    def partition_time_ms(self):
        return max(p["time_ms"] for p in self.chain.daemon.asked("status")["partitions"])

    def test_an_outage_delists_nothing_and_the_daemon_goes_on_by_itself(self):
        stores = self.chain.work / "outage-store.csv"
        stores.write_text(f"store,name\n{STORE},by the sea\n")
        self.chain.agent.send("stores", stores)
        self.send_stock(10)
        self.wait_for_sellable(10, 30)

        proxy = self.chain.broker.proxy
        proxy.refuse()
        time.sleep(OUTAGE_S)  # longer than the silence that the rule allows
        self.assertEqual([10], [sold for sold, _ in self.watched()])
        proxy.accept()
        back_ms = time.time() * 1000
        wait_for("ticks come again", lambda: self.partition_time_ms() > back_ms, 60)
        wait_for("all is published", self.chain.daemon.has_published_all, 60)
        self.assertEqual([10], [sold for sold, _ in self.watched()])

        # The rule holds: the store is silent on, and now we hear that it is.
        self.wait_for_sellable(0, 60)
        zero = self.watched()[-1][1]
        silent_ms = int(zero["publishedAtMs"]) - int(zero["asOfMs"])
        self.assertGreater(silent_ms, SILENCE_MS + OUTAGE_S * 1000 - 2 * TICK_MS)

        self.send_stock(9)
        self.wait_for_sellable(9, 30)
        self.assertEqual([10, 0, 9], [sold for sold, _ in self.watched()])


if __name__ == "__main__":
    sys.exit(consumers.main())
