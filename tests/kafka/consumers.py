"""Whoever consumes `availability` to its end has the numbers that shelfctl tells: tests that hold for
any broker and any client."""

import contextlib
import csv
import json
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import clients  # noqa: E402
from chain import Chain  # noqa: E402
from processes import last_records, wait_for  # noqa: E402
from sales import ask  # noqa: E402
from skips import run_tests  # noqa: E402

STORES = 5
SEED = 7
STATUS = "AVAILABILITY_STATUS_"


class ConsumersTest(unittest.TestCase):
    """One broker and one daemon for all tests of a class."""

    bin_folder = None
    chain = None
    channels = ("own-site", "market", "express-app")

    @classmethod
    def make_chain(cls, work):
        """A subclass names its broker."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            work = stack.enter_context(tempfile.TemporaryDirectory(prefix="shelfd-kafka-"))
            try:
                clients.python_with_confluent()
                cls.chain = cls.make_chain(pathlib.Path(work))
            except clients.KafkaUnavailable as reason:
                raise unittest.SkipTest(str(reason)) from None
            stack.callback(cls.chain.end)
            cls.chain.start()
            cls.chain.send_reference_and_stock()
            cls.chain.agent.send_sales(1, cls.chain.rows)
            cls.chain.wait_until_known()
            wait_for("every key is published", cls.every_key_is_published, 60)
            cls.addClassCleanup(stack.pop_all().close)

    @classmethod
    def every_key_is_published(cls):
        (expected,), = ask(cls.chain.work, "select count(*) from expected_key")
        return len(cls.told_by_shelfctl()) == expected and cls.chain.daemon.has_published_all()

    @classmethod
    def told_by_shelfctl(cls):
        """{key: (sellable, status)} of what was published on the topic."""
        path = cls.chain.work / "channels.csv"
        cls.chain.daemon.wait_for_checkpoint()
        cls.chain.daemon.snapshot("channels", path)
        with open(path, newline="") as file:
            return {f"{row['channel']}/{row['store']}/{row['sku']}":
                    (int(row["sellable"]), row["status"].upper().removeprefix(STATUS))
                    for row in csv.DictReader(file)
                    if row["published"] == "1" and row["channel"] in cls.channels}

    def assert_agrees(self, lines):
        consumed = {}
        for key, (_, _, value) in last_records(lines).items():
            record = json.loads(value)
            # Canonical JSON leaves a zero out.
            consumed[key.decode()] = (record.get("sellable", 0) and int(record["sellable"]),
                                      record["status"].removeprefix(STATUS))
        told = self.told_by_shelfctl()
        self.assertGreater(len(told), 1000)
        differ = {key: (told.get(key), consumed.get(key)) for key in {*told, *consumed}
                  if told.get(key) != consumed.get(key)}
        self.assertEqual({}, dict(list(differ.items())[:10]), f"{len(differ)} keys differ")

    def test_kcat_ends_with_the_numbers_of_shelfctl(self):
        self.assert_agrees(clients.output_of(clients.kcat(self.chain.broker.bootstrap,
                                                          "availability")))

    def test_confluent_kafka_ends_with_the_numbers_of_shelfctl(self):
        self.assert_agrees(clients.output_of(clients.confluent(self.chain.broker.bootstrap,
                                                               "availability")))


def small_chain(cls, work, broker, **more):
    return Chain(cls.bin_folder, work, broker, random.Random(SEED), STORES, **more)


def main():
    """Runs the tests of the program, whose last argument is the folder of shelfd's programs."""
    ConsumersTest.bin_folder = pathlib.Path(sys.argv.pop()).resolve()
    return run_tests()
