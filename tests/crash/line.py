"""The line under test: a chain, its daemon on a disk that can fail, the load, and who follows the
topic. What troubles do is done through it."""

import os
import signal
import subprocess
import time

from disk import FaultyDisk
from processes import Failed, Follower, Load, tail, wait_for
from sales import ask, cut_into_parts

PARTS_PER_TROUBLE = 6
# Small memtables, so that tables are written and merged all the while; the reads and syncs of a
# disk that fails are those of a daemon that has run for long.
SETTINGS = ("rocksdb.write_buffer_size=262144", "rocksdb.level0_file_num_compaction_trigger=4")
DIES_WITHIN_S = 60


def failpoints_of(program):
    """The names; none where the build has no failpoints."""
    done = subprocess.run([program], env={**os.environ, "SHELFD_FAILPOINT": "list"},
                          capture_output=True, text=True)
    return done.stdout.split() if done.returncode == 0 else []


class Line:
    def __init__(self, chain, library, chance):
        self.chain = chain
        self.work = chain.work
        self.broker = chain.broker
        self.chance = chance
        self.disk = FaultyDisk(library, self.work / "state/checkpoint", self.work / "disk.control")
        self.follower = None
        self.load = None
        self.kills = 0  # by SIGKILL, whoever sent it
        self.kills_before_ready = 0
        self.rules = [chain.rules.read_text()]
        # Many numbers fall by it, none to zero: that the brake would stop.
        self.rules.append(self.rules[0].replace("cap: 50", "cap: 7"))

    def begin(self, troubles):
        self.chain.start()
        self.daemon = self.chain.daemon
        self.follower = Follower(self.work, self.broker.follow("availability"))
        self.chain.send_reference_and_stock()
        self.load = Load(self.chain.agent, cut_into_parts(self.work, troubles * PARTS_PER_TROUBLE))
        self.load.start()

    def check(self):
        self.follower.check()
        self.load.check()

    def send_more(self):
        self.load.let_through(PARTS_PER_TROUBLE)

    # The daemon.

    def start(self, environment=None):
        self.daemon.environment = {**self.disk.environment, **(environment or {})}
        self.daemon.start()

    def is_dead(self):
        return self.daemon.process.poll() is not None

    def is_ready_or_dead(self):
        return self.is_dead() or self.daemon.is_ready()

    def wait_ready(self):
        self.chain.wait_ready()

    def kill(self):
        self.kills_before_ready += not self.daemon.is_ready()
        self.daemon.kill()
        self.kills += 1

    def kill_if_alive(self):
        """At some moment, so that the next trouble meets a daemon of its own."""
        if self.is_dead():
            return
        time.sleep(self.chance.uniform(0, 1))
        self.kill()

    def await_kill(self, by):
        """The daemon dies by itself, and `by` is the last that it says."""
        wait_for(f"shelfd is {by}", self.is_dead, DIES_WITHIN_S)
        code, said = self.daemon.process.returncode, self.said()
        if code != -signal.SIGKILL or by not in said:
            raise Failed(f"shelfd ended with {code} and was not {by}: {said}")
        self.kills += 1
        self.kills_before_ready += "ready" not in self.daemon.out.read_text()

    def await_end(self, code, words):
        """It ends by itself, in good order, and says so in its last line."""
        wait_for("shelfd ends", self.is_dead, DIES_WITHIN_S)
        if self.daemon.process.returncode != code or words not in self.said():
            raise Failed(f"shelfd ended with {self.daemon.process.returncode}, not with {code} and "
                         f"'{words}': {self.said()}")

    def said(self):
        """Its last line."""
        return tail(self.work / "shelfd.log", 1)

    def counters(self):
        status = self.daemon.asked("status")
        return status["counters"] if status is not None else {}

    def wait_for_more(self, counter, than, seconds=60):
        wait_for(f"{counter} goes on from {than}", lambda: self.counters().get(counter, 0) > than,
                 seconds)

    def wait_for_numbers(self):
        """Somebody who follows the topic sees new ones, as long as anything is sold."""
        before = self.follower.records

        def come():
            self.check()
            return self.follower.records > before or not self.load.is_alive()
        wait_for("new numbers", come, 30)

    def ask_in_background(self, *command):
        """shelfctl, whose answer does not matter: the daemon may die under the question."""
        return subprocess.Popen([self.daemon.shelfctl, "--admin", self.daemon.admin, *command],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    # Rules and stops.

    def change_rules(self):
        """The file is another one, and the daemon is told."""
        other = self.rules[self.chain.rules.read_text() == self.rules[0]]
        self.chain.rules.write_text(other)
        self.daemon.process.send_signal(signal.SIGHUP)

    def stop_something(self):
        (sku,), = ask(self.work, "select sku from expected_position order by random() limit 1")
        self.ask_in_background("stop", "--sku", sku, "--why", "a trouble of the crash test")

    def answers_well(self, *command):
        return self.ask_in_background(*command).wait() == 0

    def restore_rules_and_stops(self):
        """As before all troubles, or the comparison would be of other numbers."""
        self.chain.rules.write_text(self.rules[0])
        wait_for("the first rules are in force",
                 lambda: self.answers_well("rules", "apply", str(self.chain.rules)), 60)
        for stop in self.daemon.asked("stop", "list"):
            if not self.answers_well("stop", "lift", stop["id"]):
                raise Failed(f"stop {stop['id']} cannot be lifted")

    def wait_until_applied(self):
        self.load.let_through(len(self.load.parts))  # what no trouble has asked for
        wait_for("the agent has sent all", lambda: not self.load.is_alive(), 600)
        self.check()
        self.chain.wait_until_known()
        self.restore_rules_and_stops()
        wait_for("all is published", self.all_is_published, 120)
        self.follower.check()

    def all_is_published(self):
        return self.daemon.has_published_all() and self.follower.is_quiet()

    def end(self):
        if self.follower is not None:
            self.follower.end()
        self.chain.end()
