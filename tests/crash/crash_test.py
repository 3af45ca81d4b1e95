#!/usr/bin/env python3
"""Kills the daemon at random moments under load, and then compares everything.

The load is a part of the real sales (tools/demo.d), streamed by the agent, which goes on while the
daemon is dead. After each restart no version may have gone back. In the end SQL over the CSV files,
the last records on the topic and shelfctl must agree on every position and key, as in tools/demo.

    crash_test.py --bin FOLDER [--kills N] [--seed N] [--stores N] [--keep FOLDER]
    crash_test.py --bin FOLDER --kafka [--restarts N] [--cuts N] ...

With --kafka the log is a real Apache Kafka that compacts `availability` all the while. Beside the
kills it is restarted, and the daemon's connections are cut just after answers to what it produced
were lost. Who then reads the topic from its beginning must find holes and the same last records.

The seed chooses stores and moments; it is printed. What was done when is printed too. Exit 77: Kafka
cannot be had here.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import brokers  # noqa: E402
import clients  # noqa: E402
from chain import Chain  # noqa: E402
from lifetime import TimeIsOver, limit_time  # noqa: E402
from processes import Failed, Follower, Load, last_records, tail, wait_for  # noqa: E402
from sales import cut_into_parts  # noqa: E402
from skips import SKIPPED  # noqa: E402
from verdict import compare, take_snapshots  # noqa: E402

PARTS_PER_TROUBLE = 6
# Of the rows of sales, at least so many must have changed a record: else nothing was under load.
CHANGES_MIN = 0.1
# Half of the kills count from the start of the process and so can meet it while it restores or
# catches up; the others come when it works.
FROM_START_S = 0.3
FROM_READY_S = 1.0
SEGMENT_END = b"end-of-a-segment"  # no key of an availability record


def say(text):
    print(text, flush=True)


class CrashTest:
    """`troubles`: what happens to whom, in this order: kill, restart or cut."""

    def __init__(self, chain, troubles, chance):
        self.chain = chain
        self.broker = chain.broker
        self.work = chain.work
        self.troubles = troubles
        self.random = chance
        self.follower = None
        self.load = None
        self.was_awaited = True
        self.killed_before_ready = 0

    def run(self):
        say(f"{self.chain.positions} positions, {self.chain.rows} rows of sales")
        self.chain.start()
        self.daemon = self.chain.daemon
        self.follower = Follower(self.work, self.broker.follow("availability"))
        self.chain.send_reference_and_stock()
        self.go_through_troubles()
        self.wait_until_applied()
        return self.compare()

    def go_through_troubles(self):
        self.load = Load(self.chain.agent,
                         cut_into_parts(self.work, len(self.troubles) * PARTS_PER_TROUBLE))
        self.load.start()
        for number, trouble in enumerate(self.troubles, 1):
            what = getattr(self, trouble)()
            self.follower.check()
            self.load.check()
            say(f"{number}: {trouble} {what}, {self.follower.records} records seen so far")
        # Cutting by time leaves no part out, but may make fewer than asked for.
        wait_for("the agent has sent all", lambda: not self.load.is_alive(), 120)
        self.load.check()

    def send_more(self):
        self.load.let_through(PARTS_PER_TROUBLE)

    def wait_ready(self):
        self.chain.wait_ready()
        self.was_awaited = True

    # Troubles. Each sends more once, and returns what was done, for people.

    def kill(self):
        self.send_more()
        from_start = self.random.random() < 0.5 and not self.was_awaited
        if not from_start:
            self.wait_ready()
        delay_s = self.random.uniform(0, FROM_START_S if from_start else FROM_READY_S)
        time.sleep(delay_s)
        self.killed_before_ready += not self.daemon.is_ready()
        self.daemon.kill()
        self.daemon.start()
        self.was_awaited = False
        return f"{delay_s:.3f} s after {'its start' if from_start else 'ready'}"

    def restart(self):
        self.send_more()
        kill = self.random.random() < 0.5
        started = time.monotonic()
        self.broker.restart(kill)
        return f"of the broker by {'SIGKILL' if kill else 'SIGTERM'}, " \
               f"away for {time.monotonic() - started:.1f} s"

    def cut(self):
        self.wait_ready()
        lost = self.broker.cut("availability", self.send_more)
        return f"of all connections, {lost} answers to the producer lost"

    # The end.

    def all_is_published(self):
        return self.daemon.has_published_all() and self.follower.is_quiet()

    def wait_until_applied(self):
        self.wait_ready()
        self.chain.wait_until_known()
        wait_for("all is published", self.all_is_published, 120)
        self.follower.check()

    def compare(self):
        take_snapshots(self.chain)
        self.follower.end()
        differ, report = compare(self.chain)
        say(report)
        changes = self.follower.records - len(self.follower.versions)
        if changes < CHANGES_MIN * self.chain.rows:
            raise Failed(f"{self.chain.rows} rows of sales changed only {changes} records")
        done = ", ".join(f"{self.troubles.count(name)} x {name}" for name in sorted(set(self.troubles)))
        say(f"{done}; {self.killed_before_ready} of the kills before it was ready, "
            f"{self.follower.records} records, {differ} differ")
        return differ == 0

    def end(self):
        if self.follower is not None:
            self.follower.end()
        self.chain.end()


def compacting_kafka(work):
    """Apache Kafka with small segments and an eager cleaner. It lets a record be for a while, so
    that who follows the topic closely misses none."""
    return brokers.Kafka(
        work, settings={"log.cleaner.backoff.ms": 500},
        topic_settings={"availability": {"cleanup.policy": "compact", "segment.ms": 2000,
                                         "min.cleanable.dirty.ratio": 0.001,
                                         "min.compaction.lag.ms": 6000}})


class KafkaCrashTest(CrashTest):
    """Also reads the compacted topic once more from its beginning."""

    def compare(self):
        same = super().compare()
        return self.compare_late_reader() and same

    def read_late(self):
        """Every record that is left, but for the one that closes a segment."""
        records = clients.output_of(clients.kcat(self.broker.bootstrap, "availability"))
        return b"".join(line for line in records.splitlines(keepends=True)
                        if line.split(b"\t", 3)[2] != SEGMENT_END)

    def close_segments(self, partitions):
        """Only what is appended rolls a segment, and the last one is never compacted: where the last
        changes came fast, all of them may stand in it."""
        for partition in partitions:
            clients.produce(self.broker.bootstrap, "availability", partition, SEGMENT_END)

    def compare_late_reader(self):
        followed = (self.work / "topic.tsv").read_bytes()
        self.close_segments({int(line.split(b"\t", 1)[0]) for line in followed.splitlines()})
        wait_for("the cleaner has removed records",
                 lambda: self.read_late().count(b"\n") < followed.count(b"\n"), 60)
        late = self.read_late()
        expected, found = last_records(followed), last_records(late)
        differ = sum(expected.get(key) != found.get(key) for key in {*expected, *found})
        gone = followed.count(b"\n") - late.count(b"\n")
        say(f"who reads from the beginning now: {late.count(bytes([10]))} records, {gone} compacted "
            f"away, {len(found)} keys, {differ} last records differ; "
            f"{self.broker.lost_answers} answers to the producer were lost in all")
        return differ == 0


def troubles_of(args, chance):
    troubles = ["kill"] * args.kills + ["restart"] * args.restarts + ["cut"] * args.cuts
    chance.shuffle(troubles)
    return troubles


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the programs")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kafka", action="store_true", help="on a real Apache Kafka")
    parser.add_argument("--restarts", type=int, default=0, help="of the real broker")
    parser.add_argument("--cuts", type=int, default=0, help="of the connections to the real broker")
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000 % 1_000_000)
    parser.add_argument("--stores", type=int, default=80)
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    args = parser.parse_args()
    if not args.kafka and args.restarts + args.cuts > 0:
        parser.error("--restarts and --cuts need --kafka")
    return args


def run(args, work):
    chance = random.Random(args.seed)
    broker = compacting_kafka(work) if args.kafka else brokers.Embedded(work)
    chain = Chain(args.bin.resolve(), work, broker, chance, args.stores)
    test = (KafkaCrashTest if args.kafka else CrashTest)(chain, troubles_of(args, chance), chance)
    try:
        return test.run()
    except (Failed, brokers.KafkaFailed, TimeIsOver) as failure:
        say(f"failed: {failure}")
        say(tail(work / "shelfd.log", 20))
        return False
    finally:
        test.end()


def main():
    args = parse()
    say(f"seed {args.seed}")
    limit_time()
    with tempfile.TemporaryDirectory(prefix="shelfd-crash-") as folder:
        work = (args.keep or pathlib.Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        try:
            good = run(args, work)
        except brokers.KafkaUnavailable as reason:
            say(f"SKIPPED: the crash flow on Apache Kafka: {reason}")
            return SKIPPED
    say("passed" if good else f"FAILED; again with --seed {args.seed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
