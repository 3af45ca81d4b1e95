"""The processes of a crash test: the daemon with its broker, who follows the topic, the agent."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """`shelfd run --embedded`, killed and started again; its broker outlives it."""

    def __init__(self, bin_folder, work):
        self.program = bin_folder / "shelfd"
        self.work = work
        self.admin = f"127.0.0.1:{free_port()}"
        self.out = work / "shelfd.out"
        self.process = None
        self.broker = None  # {"pid", "bootstrap"}

    def start(self):
        with open(self.out, "w") as out, open(self.work / "shelfd.log", "a") as log:
            self.process = subprocess.Popen(
                [self.program, "run", "--embedded", "--state", self.work / "state",
                 "--config", DEMO / "shelfd.yaml", "--set", f"rules={DEMO / 'rules.yaml'}",
                 "--set", f"admin.listen={self.admin}"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log)

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            raise Failed(f"shelfd ended with {code}: {tail(self.work / 'shelfd.log')}")

    def is_ready(self):
        self.check_alive()
        return any(line.startswith("ready") for line in self.out.read_text().splitlines())

    def wait_ready(self, seconds=60):
        wait_for("shelfd is ready", self.is_ready, seconds)
        broker = json.loads((self.work / "state/broker/broker.json").read_text())
        if self.broker is not None and broker["pid"] != self.broker["pid"]:
            raise Failed("the broker did not outlive the daemon")
        self.broker = broker

    def kill(self):
        self.check_alive()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """Daemon and broker, whatever state they are in."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        file = self.work / "state/broker/broker.json"
        if not file.exists():
            return
        try:
            os.kill(json.loads(file.read_text())["pid"], signal.SIGTERM)
        except ProcessLookupError:
            return
        # It removes the file when it has ended.
        wait_for("the broker has ended", lambda: not file.exists(), 10)


class Follower:
    """kcat on `availability` from the first record, and the versions it has seen so far."""

    def __init__(self, work, bootstrap):
        self.path = work / "topic.tsv"
        self.log = work / "kcat.log"
        self.versions = {}
        self.records = 0
        self.read_to = 0
        with open(self.path, "w") as out, open(self.log, "w") as log:
            self.process = subprocess.Popen(
                ["kcat", "-C", "-q", "-u", "-b", bootstrap, "-t", "availability", "-o", "beginning",
                 "-X", "auto.offset.reset=error", "-X", "fetch.wait.max.ms=50",
                 "-f", r"%p\t%o\t%k\t%s\n"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log)

    def check(self):
        """Reads what came since; a version that is not above its key's last one fails."""
        if self.process.poll() is not None or self.log.stat().st_size > 0:
            raise Failed(f"kcat: {tail(self.log)}")
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
        done = subprocess.run([self.program, "send", kind, *self.common, *arguments],
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
