"""What can happen to a daemon. Each trouble is met by a daemon that was started for it; some kill it.

A trouble is a class with a name, `environment(chance)` of the daemon that it is to befall, and
`befall(line)`, which makes it happen, sees that it did, and says for people what was done.
"""

import time

from disk import MOMENTS
from processes import Failed

# Half of the random kills count from the start of the process and so can meet it while it restores
# or catches up; the others come when it works.
FROM_START_S = 0.3
FROM_READY_S = 1.0
SLOW_MS = 700
# At which pass of a failpoint the daemon dies, at most; of all others at the first.
PASSES_MAX = {"batch-polled": 12, "batch-applied": 12, "between-sends": 50, "deliveries-taken": 12,
              "checkpoint-due": 3, "checkpoint-gathered": 3, "checkpoint-write": 3,
              "checkpoint-written": 3, "checkpoint-result": 3, "restored-rows": 9, "output-tail": 8,
              "going-live": 8}
# A start reads more often than that.
START_READS_MIN = 12
WRITES_MAX = {"wal-write": 3, "wal-sync": 3}


class Trouble:
    name = ""
    kills = False

    def environment(self, chance):
        return {}

    def prepare(self, line):
        """Before the daemon starts."""

    def befall(self, line):
        raise NotImplementedError


class Kill(Trouble):
    name = "SIGKILL at a random moment"
    kills = True

    def befall(self, line):
        line.send_more()
        from_start = line.chance.random() < 0.5
        if not from_start:
            line.wait_ready()
        delay_s = line.chance.uniform(0, FROM_START_S if from_start else FROM_READY_S)
        time.sleep(delay_s)
        line.kill()
        return f"{delay_s:.3f} s after {'its start' if from_start else 'ready'}"


class Failpoint(Trouble):
    kills = True

    def __init__(self, point):
        self.point = point
        self.name = f"SIGKILL at failpoint {point}"

    def environment(self, chance):
        self.at = chance.randint(1, PASSES_MAX.get(self.point, 1))
        return {"SHELFD_FAILPOINT": f"{self.point}:{self.at}"}

    def befall(self, line):
        line.send_more()
        provoke = PROVOKED.get(self.point)
        if provoke is not None:
            line.wait_ready()
            provoke(line)
        line.await_kill(f"killed at failpoint {self.point}, pass {self.at}")
        line.disk.heal()
        return f"pass {self.at}"


# What does not come by itself.
PROVOKED = {"rules-saved": lambda line: line.change_rules(),
            "reference-sent": lambda line: line.stop_something(),
            "state-reopening": lambda line: line.disk.set("room", 0)}


class DiskKill(Trouble):
    kills = True

    def __init__(self, moment):
        self.moment = moment
        self.name = f"SIGKILL at the disk's {moment}"

    def prepare(self, line):
        self.passes = line.chance.randint(0, WRITES_MAX.get(self.moment, 1) - 1)
        line.disk.kill_at(self.moment, self.passes)

    def befall(self, line):
        line.send_more()
        if self.moment == "table-write":
            self.write_table(line)
        line.await_kill(f"killed at the disk's {self.moment}")
        line.disk.heal()
        return f"after {self.passes} others"

    def write_table(self, line):
        """A copy of the state writes what the log holds into tables first."""
        while not line.is_ready_or_dead():
            time.sleep(0.05)
        if not line.is_dead():
            line.ask_in_background("snapshot", "--what", "positions").wait()


class FullDisk(Trouble):
    """Checkpoints wait, numbers do not."""
    name = "disk full, then room again"

    def befall(self, line):
        line.wait_ready()
        failed = line.counters()["checkpoints_failed"]
        line.disk.set("room", line.chance.choice((0, 100, 5000, 50000)))
        line.send_more()
        line.wait_for_more("checkpoints_failed", failed)
        line.wait_for_numbers()
        line.disk.heal()
        written = line.counters()["checkpoints"]
        line.wait_for_more("checkpoints", written)
        return f"{line.counters()['checkpoints_failed'] - failed} checkpoints failed"


class FullDiskAtStart(Trouble):
    name = "disk full at the start"
    words = "No space left on device: make room and start again; nothing is lost"

    def prepare(self, line):
        line.disk.set("room", 0)

    def befall(self, line):
        line.await_end(1, self.words)
        line.disk.heal()
        return f"exit 1: {line.said().split(' ', 2)[-1]}"


class UnreadableDiskAtStart(FullDiskAtStart):
    """From some read on: in the manifest, the log or a table."""
    name = "read errors at the start"
    words = "Input/output error: mend the disk and start again"

    def prepare(self, line):
        line.disk.set("readable", line.chance.randint(0, START_READS_MIN))


class UnreadableDisk(Trouble):
    """A copy fails with words; the line goes on, and so do checkpoints when the disk is well."""
    name = "read errors while running"

    def befall(self, line):
        line.wait_ready()
        unread = line.disk.get("unread")
        line.disk.set("readable", 0)
        line.send_more()
        was_copied = line.answers_well("snapshot", "--what", "positions")
        line.wait_for_numbers()
        failures = line.disk.get("unread") - unread
        line.disk.heal()
        if was_copied and failures > 0:
            raise Failed("a copy was made of a disk that could not be read")
        written = line.counters()["checkpoints"]
        line.wait_for_more("checkpoints", written)
        return f"{failures} reads failed"


class SlowDisk(Trouble):
    """Each write and sync takes long; numbers do not."""
    name = "slow disk"

    def befall(self, line):
        line.wait_ready()
        slowed = line.disk.get("slowed")
        line.disk.set("slow_ms", SLOW_MS)
        line.send_more()
        line.wait_for_numbers()
        written = line.counters()["checkpoints"]
        line.wait_for_more("checkpoints", written)
        line.disk.heal()
        return f"{line.disk.get('slowed') - slowed} writes and syncs of {SLOW_MS} ms"


class Restart(Trouble):
    name = "broker restarted"

    def befall(self, line):
        line.send_more()
        kill = line.chance.random() < 0.5
        started = time.monotonic()
        line.broker.restart(kill)
        return f"by {'SIGKILL' if kill else 'SIGTERM'}, away for {time.monotonic() - started:.1f} s"


class Cut(Trouble):
    name = "connections cut"

    def befall(self, line):
        line.wait_ready()
        lost = line.broker.cut("availability", line.send_more)
        return f"{lost} answers to the producer lost"


DISK_FAULTS = (FullDisk, UnreadableDisk, SlowDisk, FullDiskAtStart, UnreadableDiskAtStart)


def kills_by_name(failpoints):
    """One trouble for each place where a crash matters."""
    return [*map(Failpoint, failpoints), *map(DiskKill, MOMENTS[1:])]
