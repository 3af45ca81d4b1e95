"""The processes of a crash test: the daemon, who follows the topic, the agent."""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

from clients import take_free_ports
from lifetime import dies_with_parent

DEMO = pathlib.Path(__file__).resolve().parents[2] / "tools/demo.d"
POLL_S = 0.02


class Failed(Exception):
    """The test's reason to end, for people."""


def wait_for(what, condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(POLL_S)


def tail(path, lines=5):
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


class Daemon:
    """`shelfd run`, killed and started again. `arguments` say which broker and which rules;
    `environment` is added to ours."""

    def __init__(self, bin_folder, work, arguments):
        self.program = bin_folder / "shelfd"
        self.shelfctl = bin_folder / "shelfctl"
        self.work = work
        self.arguments = arguments
        self.environment = {}
        self.admin = f"127.0.0.1:{take_free_ports(1)[0]}"
        self.out = work / "shelfd.out"
        self.process = None

    def start(self):
        with open(self.out, "w") as out, open(self.work / "shelfd.log", "a") as log:
            self.process = subprocess.Popen(
                dies_with_parent([self.program, "run", *self.arguments,
                                  "--state", self.work / "state",
                                  "--set", f"admin.listen={self.admin}"]),
                stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                env={**os.environ, **self.environment})

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            raise Failed(f"shelfd ended with {code}: {tail(self.work / 'shelfd.log')}")

    def is_ready(self):
        self.check_alive()
        return any(line.startswith("ready") for line in self.out.read_text().splitlines())

    def wait_ready(self, seconds=60):
        wait_for("shelfd is ready", self.is_ready, seconds)

    def asked(self, *command):
        """shelfctl's answer, None while the daemon gives none."""
        self.check_alive()
        done = subprocess.run([self.shelfctl, "--admin", self.admin, *command, "--output", "json"],
                              capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def has_published_all(self):
        """Nothing waits and nothing is in flight. What is due by time may come later."""
        status = self.asked("status")
        return (status is not None and status["caught_up"] and status["outbox"]["waiting"] == 0 and
                status["outbox"]["in_flight"] == 0)

    def checkpoints(self):
        return (self.asked("status") or {"counters": {"checkpoints": 0}})["counters"]["checkpoints"]

    def wait_for_checkpoint(self):
        """One that was begun from now on: the next one may have been begun before."""
        before = self.checkpoints()
        wait_for("two checkpoints", lambda: self.checkpoints() >= before + 2, 30)

    def snapshot(self, what, path):
        """All positions or channels as CSV, as of the last checkpoint."""
        with open(path, "w") as out:
            done = subprocess.run([self.shelfctl, "snapshot", "--format", "csv", "--what", what,
                                   "--admin", self.admin],
                                  stdout=out, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"shelfctl snapshot: {done.stderr.strip()}")

    def kill(self):
        self.check_alive()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """Whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def last_records(lines):
    """{key: (partition, offset, value)} of each key's last record; a key keeps to its partition, and
    a partition to its order."""
    records = (line.split(b"\t", 3) for line in lines.splitlines())
    return {key: (partition, offset, value) for partition, offset, key, value in records}


class Follower:
    """Somebody who reads `availability` from its first record on (`command` prints a line for each:
    partition, offset, key, value), and the versions seen so far."""

    def __init__(self, work, command):
        self.path = work / "topic.tsv"
        self.log = work / "follower.log"
        self.versions = {}
        self.records = 0
        self.read_to = 0
        with open(self.path, "w") as out, open(self.log, "w") as log:
            self.process = subprocess.Popen(dies_with_parent(command), stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=log)

    def check(self):
        """Reads what came since; a version that is not above its key's last one fails."""
        if self.process.poll() is not None or self.log.stat().st_size > 0:
            raise Failed(f"who follows the topic ended: {tail(self.log)}")
        with open(self.path, "rb") as file:
            file.seek(self.read_to)
            fresh = file.read()
        whole = fresh[:fresh.rfind(b"\n") + 1]
        self.read_to += len(whole)
        for line in whole.splitlines():
            partition, offset, key, value = line.split(b"\t", 3)
            version = int(json.loads(value)["version"])
            before = self.versions.get(key, 0)
            if version <= before:
                raise Failed(f"version of {key.decode()} goes from {before} to {version} "
                             f"(partition {int(partition)}, offset {int(offset)})")
            self.versions[key] = version
            self.records += 1

    def is_quiet(self, seconds=3):
        before = self.path.stat().st_size
        time.sleep(seconds)
        return self.path.stat().st_size == before

    def end(self):
        self.process.terminate()
        self.process.wait()


class Agent:
    """shelf-agent over the work folder's CSV files."""

    def __init__(self, bin_folder, work, bootstrap, shift_s):
        self.program = bin_folder / "shelf-agent"
        self.work = work
        self.common = ["--state", work / "agent", "--brokers", bootstrap]
        self.stock = ["--time-shift", str(shift_s), "--thousandths-skus", work / "fuel.txt"]
        self.counts = {}  # of all movements

    def send(self, kind, *arguments):
        done = subprocess.run(
            dies_with_parent([self.program, "send", kind, *self.common, *arguments]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"shelf-agent send {kind}: {done.stderr.strip()}")
        return done.stdout

    def send_list(self, time_text):
        self.send("list", *self.stock, "--columns", "store=store_id,sku=product_id,quantity=on_hand",
                  "--time", time_text, self.work / "opening_stock.csv")

    def send_sales(self, row_from, row_to):
        out = self.send("movements", *self.stock, "--columns",
                        "store=store_id,sku=product_id,time=transaction_timestamp,document=basket_id",
                        "--reason", "sale", "--sign", "-1", "--all-stores",
                        "--rows-from", str(row_from), "--rows-to", str(row_to),
                        self.work / "sales.csv")
        for line in out.splitlines():
            name, _, count = line.rstrip().rpartition(" ")
            self.counts[name.strip()] = self.counts.get(name.strip(), 0) + float(count)


class Load(threading.Thread):
    """Sends the parts one after the other, as many as were let through so far."""

    def __init__(self, agent, parts):
        super().__init__(daemon=True)
        self.agent = agent
        self.parts = parts
        self.allowed = threading.Semaphore(0)
        self.failure = None

    def let_through(self, count):
        self.allowed.release(count)

    def run(self):
        try:
            for row_from, row_to in self.parts:
                self.allowed.acquire()
                self.agent.send_sales(row_from, row_to)
        except Failed as failure:
            self.failure = failure

    def check(self):
        if self.failure is not None:
            raise self.failure
