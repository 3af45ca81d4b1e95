#!/usr/bin/env python3
"""Kills the daemon again and again under load, and then compares everything.

The load is a part of the real sales (tools/demo.d), streamed by the agent, which goes on while the
daemon is dead. The daemon dies at random moments, at each of its failpoints (daemon/base/failpoint.h)
and in the middle of what it asks of its disk, which is also full, unreadable or slow at times
(faulty_disk.cc). After each trouble no version may have gone back. In the end SQL over the CSV files,
the last records on the topic and shelfctl must agree on every position and key, as in tools/demo.

    crash_test.py --bin FOLDER [--kills N] [--faults N] [--seed N] [--stores N] [--keep FOLDER]
    crash_test.py --bin FOLDER --kafka [--restarts N] [--cuts N] ...

With enough kills and faults each kind happens at least once; with fewer the seed chooses. With --kafka
the log is a real Apache Kafka that compacts `availability` all the while. It is restarted too, and the
daemon's connections are cut just after answers to what it produced were lost. Who then reads the topic
from its beginning must find holes and the same last records.

The seed chooses stores, troubles and moments; it is printed. What was done when is printed too. Exit
77: Kafka cannot be had here.
"""

import argparse
import collections
import itertools
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import brokers  # noqa: E402
import compacted  # noqa: E402
import troubles  # noqa: E402
from chain import Chain  # noqa: E402
from lifetime import TimeIsOver, limit_time  # noqa: E402
from line import SETTINGS, Line, failpoints_of  # noqa: E402
from processes import Failed, tail  # noqa: E402
from skips import SKIPPED  # noqa: E402
from verdict import compare, take_snapshots  # noqa: E402

# Of the rows of sales, at least so many must have changed a record: else nothing was under load.
CHANGES_MIN = 0.1
# For each round of all the places where a crash matters.
RANDOM_KILLS = 7


def say(text):
    print(text, flush=True)


class CrashTest:
    """`plan`: the troubles, in their order."""

    def __init__(self, line, plan):
        self.line = line
        self.plan = plan
        self.happened = collections.Counter()

    def run(self):
        say(f"{self.line.chain.positions} positions, {self.line.chain.rows} rows of sales")
        self.line.begin(len(self.plan))
        started = time.monotonic()
        for number, trouble in enumerate(self.plan, 1):
            what = self.go_through(trouble)
            say(f"{number} ({time.monotonic() - started:.0f} s): {trouble.name}: {what}, "
                f"{self.line.follower.records} records seen so far")
        self.line.kill_if_alive()
        self.line.start()
        self.line.wait_ready()
        self.line.wait_until_applied()
        return self.compare()

    def go_through(self, trouble):
        self.line.kill_if_alive()
        trouble.prepare(self.line)
        self.line.start(trouble.environment(self.line.chance))
        what = trouble.befall(self.line)
        self.line.check()
        self.happened[trouble.name] += 1
        return what

    def compare(self):
        take_snapshots(self.line.chain)
        self.line.follower.end()
        differ, report = compare(self.line.chain)
        say(report)
        self.check_load()
        say(f"\n{'times':>5}  trouble")
        for name, times in sorted(self.happened.items()):
            say(f"{times:5}  {name}")
        say(f"after {self.line.kills} x SIGKILL in all, {self.line.kills_before_ready} of them before it "
            f"was ready, and {self.line.follower.records} records: {differ} differ")
        return differ == 0

    def check_load(self):
        follower, rows = self.line.follower, self.line.chain.rows
        changes = follower.records - len(follower.versions)
        if changes < CHANGES_MIN * rows:
            raise Failed(f"{rows} rows of sales changed only {changes} records")


def plan_of(args, failpoints, chance):
    """Each kind at least once, where that many are asked for."""
    kills = []
    while len(kills) < args.kills:
        named = troubles.kills_by_name(failpoints)
        chance.shuffle(named)
        kills += [*named, *(troubles.Kill() for _ in range(RANDOM_KILLS))]
    kinds = chance.sample(troubles.DISK_FAULTS, len(troubles.DISK_FAULTS))
    faults = [kind() for kind in itertools.islice(itertools.cycle(kinds), args.faults)]
    plan = [*kills[:args.kills], *faults,
            *(troubles.Restart() for _ in range(args.restarts)),
            *(troubles.Cut() for _ in range(args.cuts))]
    chance.shuffle(plan)
    return plan


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the programs")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--faults", type=int, help="of the disk; default: one for five kills")
    parser.add_argument("--kafka", action="store_true", help="on a real Apache Kafka")
    parser.add_argument("--restarts", type=int, default=0, help="of the real broker")
    parser.add_argument("--cuts", type=int, default=0, help="of the connections to the real broker")
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000 % 1_000_000)
    parser.add_argument("--stores", type=int, default=80)
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    args = parser.parse_args()
    if not args.kafka and args.restarts + args.cuts > 0:
        parser.error("--restarts and --cuts need --kafka")
    if args.faults is None:
        args.faults = args.kills // 5
    return args


def failpoints_in(program):
    """Said when there are none: a release build can be killed too, at other moments."""
    failpoints = failpoints_of(program)
    if not failpoints:
        say("SKIPPED: the failpoints, which only a build with SHELFD_FAILPOINTS has")
    return failpoints


def run(args, work):
    chance = random.Random(args.seed)
    programs = args.bin.resolve()
    broker = compacted.kafka(work) if args.kafka else brokers.Embedded(work)
    chain = Chain(programs, work, broker, chance, args.stores, settings=SETTINGS)
    line = Line(chain, programs / "faulty_disk.so", chance)
    test = CrashTest(line, plan_of(args, failpoints_in(programs / "shelfd"), chance))
    try:
        return test.run() and (not args.kafka or compacted.compare_late_reader(line, say))
    except (Failed, brokers.KafkaFailed, TimeIsOver) as failure:
        say(f"failed: {failure}")
        say(tail(work / "shelfd.log", 20))
        return False
    finally:
        line.end()


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
