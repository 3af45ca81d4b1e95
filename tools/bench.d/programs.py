"""The programs of a benchmark, and what CPU time they have taken."""

import collections
import contextlib
import json
import pathlib
import signal
import subprocess
import time
import urllib.request

from clusters import Failed

POLL_S = 0.02
READY_SECONDS_MAX = 120
SETTLE_SECONDS_MAX = 600


def cpu_seconds_by_thread(pid):
    """CPU time by name of the live threads, from the scheduler's own account in nanoseconds."""
    used = collections.Counter()
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it ended meanwhile
            # Threads that give themselves no name have the main thread's.
            name = (task / "comm").read_text().strip() if task.name != str(pid) else "main"
            used[name] += int((task / "schedstat").read_text().split()[0]) / 1e9
    return used


class CpuWatch:
    """What a process takes from here on. Threads that end in between are not in it."""

    def __init__(self, pid):
        self.pid = pid
        self.before = cpu_seconds_by_thread(pid)

    def by_thread(self):
        return cpu_seconds_by_thread(self.pid) - self.before

    def seconds(self):
        return sum(self.by_thread().values())


class Bench:
    """shelf-bench: each call is one subcommand, and its figures."""

    def __init__(self, bin_folder):
        self.program = bin_folder / "shelf-bench"

    def command(self, subcommand, *options):
        return [self.program, subcommand, *map(str, options)]

    def __call__(self, subcommand, *options):
        done = subprocess.run(self.command(subcommand, *options), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"shelf-bench {subcommand}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def rules(self):
        return subprocess.run(self.command("rules"), capture_output=True, text=True,
                              check=True).stdout


def wait_for(what, condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(POLL_S)


class Daemon:
    """`shelfd run` with a fresh state folder, seen from outside."""

    def __init__(self, bin_folder, folder, topics, rules, settings):
        folder.mkdir(parents=True)
        self.out = folder / "shelfd.out"
        self.log = folder / "shelfd.log"
        config = folder / "shelfd.yaml"
        (folder / "rules.yaml").write_text(rules)
        state = topics.embedded_in or folder / "state"
        config.write_text(topics.config() + f"state_dir: {state}\nrules: {folder / 'rules.yaml'}\n"
                          "admin: {listen: '127.0.0.1:0'}\n")
        self.command = [bin_folder / "shelfd", "run", "--config", config]
        if topics.embedded_in:
            self.command.append("--embedded")
        for setting in settings:
            self.command += ["--set", setting]
        self.process = None
        self.admin = None

    def __enter__(self):
        with open(self.out, "w") as out, open(self.log, "w") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=log)
        return self

    def __exit__(self, *_):
        self.resume()
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def check_alive(self):
        if self.process.poll() is not None:
            last = "\n".join(self.log.read_text().splitlines()[-5:])
            raise Failed(f"shelfd ended with {self.process.returncode}: {last}")

    def is_ready(self):
        """It names its admin port when it has caught up."""
        self.check_alive()
        for line in self.out.read_text().splitlines():
            if line.startswith("ready"):
                self.admin = line.split()[-1]
        return self.admin is not None

    def wait_ready(self):
        wait_for("shelfd is ready", self.is_ready, READY_SECONDS_MAX)

    def status(self):
        self.check_alive()
        with urllib.request.urlopen(f"http://{self.admin}/v1/status", timeout=60) as answer:
            return json.load(answer)

    def wait_reference(self, records):
        """Stores and items are in force in each partition once its tick names the last of them."""
        wait_for("the reference data are in force", lambda: all(
            partition["reference_offset"] >= records - 1
            for partition in self.status()["partitions"]), READY_SECONDS_MAX)

    def wait_settled(self, lines):
        """So many lines are applied since its start, and all that came of them is acknowledged."""
        def settled():
            status = self.status()
            return (status["counters"]["lines"] >= lines and status["outbox"]["waiting"] == 0 and
                    status["outbox"]["in_flight"] == 0)
        wait_for(f"{lines} lines are published", settled, SETTLE_SECONDS_MAX)

    def wait_checkpointed(self):
        """Two more: the first may have been gathered before all was there."""
        wanted = self.status()["counters"]["checkpoints"] + 2
        wait_for("a checkpoint", lambda: self.status()["counters"]["checkpoints"] >= wanted,
                 SETTLE_SECONDS_MAX)

    def pause(self):
        """Stops it where it is; nobody else notices."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
