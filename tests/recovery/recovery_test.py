#!/usr/bin/env python3
"""What an operator meets at night: the disk is gone, the log no longer reaches back, a topic has
another number of partitions. What the daemon says, and that the numbers are right after what it says
to do. The load is a part of the real sales, on the embedded broker.

    recovery_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import clients  # noqa: E402
import records  # noqa: E402
from brokers import Embedded  # noqa: E402
from chain import Chain  # noqa: E402
from processes import Follower, last_records, wait_for  # noqa: E402
from sales import ask, write_csv  # noqa: E402
from skips import run_tests  # noqa: E402
from verdict import compare, take_snapshots  # noqa: E402

STORES = 3
SEED = 12  # one of the stores has a courier
REFUSED = 3


class RecoveryTest(unittest.TestCase):
    """A small chain, all its stock and the first half of its sales known, published and in a
    checkpoint."""

    bin_folder = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="shelfd-recovery-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.chain = Chain(self.bin_folder, self.work, Embedded(self.work), random.Random(SEED),
                           STORES)
        self.addCleanup(self.chain.end)
        self.chain.start()
        self.daemon = self.chain.daemon
        self.follower = Follower(self.work, self.chain.broker.follow("availability"))
        self.addCleanup(self.follower.end)
        self.chain.send_reference_and_stock()
        self.half = self.chain.rows // 2
        self.chain.agent.send_sales(1, self.half)
        wait_for("all is published", self.daemon.has_published_all, 60)
        self.daemon.wait_for_checkpoint()

    # What happens, and what is done about it.

    @property
    def checkpoint(self):
        return self.work / "state/checkpoint"

    def lose_disk(self):
        self.daemon.kill()
        shutil.rmtree(self.checkpoint)
        (self.work / "state/last-backup.json").unlink(missing_ok=True)

    def cut_log(self):
        """The partitions of the chain's stores begin past what any state has read."""
        for store, partition in self.partitions.items():
            records.push_out(self.chain.broker.bootstrap, store, partition, self.work)

    def know_partitions(self):
        self.partitions = {store["store"]: store["partition"]
                           for store in self.daemon.asked("stores")}
        self.assertEqual(STORES, len(self.partitions))

    def start(self, *more):
        self.daemon.arguments = [*self.daemon.arguments, *more]
        self.daemon.start()
        self.chain.wait_ready()

    def start_refused(self, *arguments):
        """The last line of its log."""
        self.daemon.arguments = [*self.daemon.arguments, *arguments]
        self.daemon.start()
        self.assertEqual(REFUSED, self.daemon.process.wait(60), self.log())
        return self.log().splitlines()[-1]

    def log(self):
        return (self.work / "shelfd.log").read_text()

    def shelfd(self, *arguments):
        """(exit code, what it says) of another program on the same configuration."""
        settings = [word for word in self.daemon.arguments if word != "--embedded"]
        done = subprocess.run(
            [self.daemon.program, arguments[0], *settings, "--state", self.work / "state",
             "--set", f"admin.listen={self.daemon.admin}", *arguments[1:]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def all_is_published(self):
        self.follower.check()
        return self.daemon.has_published_all() and self.follower.is_quiet(1)

    def send_list_of_truth(self):
        """What the stores have by SQL over the files after the last sale, as of now."""
        rows = ask(self.work, """
            select p.store, p.sku, p.on_hand_milli / case when i.fuel then 1 else 1000 end
            from expected_position p left join item i on i.sku = p.sku""")
        (now,), = ask(self.work, "select datetime('now', -shift_s || ' seconds') from clock")
        write_csv(self.work / "opening_stock.csv", ["store_id", "product_id", "on_hand"], rows)
        self.chain.agent.send_list(now)

    def send_the_rest(self):
        self.chain.agent.send_sales(self.half + 1, self.chain.rows)

    def assert_all_is_right(self):
        self.chain.wait_until_known()
        wait_for("all is published", self.all_is_published, 60)
        self.follower.check()
        take_snapshots(self.chain)
        self.follower.end()
        differ, report = compare(self.chain)
        self.assertEqual(0, differ, report)

    def sellable(self):
        """{key: units} of the last record of every key that was seen."""
        lines = clients.output_of(clients.kcat(self.chain.broker.bootstrap, "availability"))
        return {key: json.loads(value).get("sellable", 0)
                for key, (_, _, value) in last_records(lines).items()}

    # The disk.

    def test_a_lost_disk_under_a_whole_log_is_replayed(self):
        self.lose_disk()
        self.start()
        self.assertIn("stock-events is whole from offset 0 and is replayed", self.log())
        self.send_the_rest()
        self.assert_all_is_right()

    def test_a_backup_comes_back_and_what_followed_it_is_replayed(self):
        backup = self.work / "backup"
        self.assertEqual((0, True), self.outcome("backup", "--to", backup))
        self.assertFalse(self.daemon.asked("status")["backup"]["alarm"])
        self.assertEqual((REFUSED, False), self.outcome("backup", "--to", backup))
        self.assertEqual((REFUSED, False), self.outcome("restore", "--from", backup, "--replace"))
        self.send_the_rest()
        wait_for("all is published", self.all_is_published, 60)
        self.daemon.kill()
        self.assertEqual((REFUSED, False), self.outcome("restore", "--from", backup))
        self.assertEqual((0, True), self.outcome("restore", "--from", backup, "--replace"))
        self.assertEqual(1, len(list(self.checkpoint.parent.glob("checkpoint.replaced-*"))))
        self.start()
        self.assert_all_is_right()

    def outcome(self, *arguments):
        """(exit code, whether standard output and error are those of a success)."""
        code, said = self.shelfd(*arguments)
        return code, "incarnation" in said

    # The log.

    def test_a_cut_log_is_refused_with_a_state_and_without_until_the_loss_is_accepted(self):
        self.know_partitions()
        self.daemon.kill()
        self.cut_log()
        self.assert_retention_has_passed(self.start_refused())
        shutil.rmtree(self.checkpoint)
        self.assert_disk_is_missed(self.start_refused())
        self.start("--accept-loss")
        wait_for("all is published", self.all_is_published, 60)
        self.assertEqual({0}, set(self.sellable().values()))
        wait_for("every store is asked for its list", lambda: records.stores_asked_for_lists(
            self.chain.broker.bootstrap) == set(self.partitions), 30)
        self.assertEqual(STORES, self.daemon.asked("status")["lag"]["state_lost"])
        self.send_the_rest()
        self.send_list_of_truth()
        self.assert_all_is_right()
        self.assertEqual(0, self.daemon.asked("status")["lag"]["state_lost"])

    def assert_retention_has_passed(self, said):
        self.assertIn("topic stock-events no longer holds what the state needs next", said)
        for partition in self.partitions.values():
            self.assertRegex(said, rf"partition {partition} goes on at offset \d+, its log begins "
                                   r"at \d+: \d+ records are gone")
        self.assertIn("Restore a newer backup", said)

    def assert_disk_is_missed(self, said):
        self.assertIn("although shelfd has run here before (1 starts", said)
        for partition in self.partitions.values():
            self.assertIn(f"partition {partition} begins at", said)
        self.assertIn("Restore a backup (`shelfd restore`), or run once with --accept-loss", said)

    def test_another_number_of_partitions_is_refused_until_the_topics_and_the_state_are_new(self):
        self.daemon.kill()
        bootstrap = self.chain.broker.bootstrap
        others = {"stock_events": "four-events", "availability": "four-numbers",
                  "locations": "four-places"}
        for name in others.values():  # made with four partitions by the first record
            clients.produce(bootstrap, name, 0, b"-")
        self.daemon.arguments.remove("--embedded")
        settings = [f"brokers={bootstrap}", "topics.verify=warn",
                    *(f"topics.{topic}={name}" for topic, name in others.items())]
        said = self.start_refused(*(word for setting in settings for word in ("--set", setting)))
        self.assertIn("topic four-events has 4 partitions, the state was made with 32", said)
        self.assertIn("restore the topic's count", said)
        shutil.rmtree(self.checkpoint)
        self.start()
        self.assertIn("4 partitions, 0 positions restored", self.log())


if __name__ == "__main__":
    RecoveryTest.bin_folder = pathlib.Path(sys.argv.pop()).resolve()
    sys.exit(run_tests())
