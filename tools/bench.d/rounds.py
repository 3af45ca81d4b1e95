"""One round of each benchmark: the same load through all of them, results checked, CPU taken."""

import contextlib
import subprocess
import time

import programs
from clusters import RELAY, Failed
from programs import CpuWatch, Daemon

HASHES = 1 << 64
CHANNELS = 4


def sum_of(*hashes):
    """Hashes add up as their lines do."""
    return f"{sum(int(text, 16) for text in hashes) % HASHES:016x}"


def expect(what, wanted, got):
    if wanted != got:
        raise Failed(f"{what}: {got}, where the load makes it {wanted}")


class Round:
    """All runs of one round; `name` is the round's, and parts its topics from other rounds'."""

    def __init__(self, name, cluster, bin_folder, work, load, settings=()):
        self.name = name
        self.cluster = cluster
        self.bin = bin_folder
        self.work = work
        self.load = load  # options of shelf-bench
        self.settings = settings  # of the daemon, KEY=VALUE
        self.bench = programs.Bench(bin_folder)
        self.rules = self.bench.rules()

    def fill(self, topics, *parts):
        return self.bench("fill", "--brokers", topics.bootstrap, "--topic",
                          topics.names["stock_events"], "--reference", topics.names["reference"],
                          "--parts", ",".join(parts), *self.load)

    def daemon(self, run, topics):
        return Daemon(self.bin, self.work / f"{self.name}-{run}", topics, self.rules,
                      self.settings)

    def tally(self, topics, key="availability"):
        return self.bench("tally", "--brokers", topics.bootstrap, "--topic", topics.names[key])

    def client(self, subcommand, topics, filled, *options):
        """A subcommand that reads what came after the opening lists."""
        broker = CpuWatch(topics.broker_pid)
        starts = ",".join(map(str, filled["opening"]["ends"]))
        figures = self.bench(subcommand, "--brokers", topics.bootstrap, "--topic",
                             topics.names["stock_events"], "--from", starts, *options)
        figures["broker_us_a_line"] = broker.seconds() * 1e6 / figures["lines"]
        expect(f"lines that {subcommand} saw", filled["sales"]["lines"], figures["lines"])
        expect(f"hash of {subcommand}", filled["sales"]["hash"], figures["hash"])
        return figures

    def consume(self, topics, filled):
        return self.client("consume", topics, filled)

    def relay(self, topics, filled, records_a_line):
        figures = self.client("relay", topics, filled, "--output", topics.names[RELAY],
                              "--records-a-line", f"{records_a_line:.4f}")
        figures["records_a_line"] = figures["records"] / figures["lines"]
        return figures

    def live(self):
        """The daemon has caught up; it is held while the movements are written, and let go."""
        with self.cluster.topics(f"{self.name}-live") as topics, \
                self.daemon("live", topics) as daemon:
            daemon.wait_ready()
            daemon.wait_reference(self.fill(topics, "reference")["reference"]["records"])
            opening = self.fill(topics, "opening")["opening"]
            daemon.wait_settled(opening["lines"])
            before = daemon.status()["counters"]["published"]
            daemon.pause()
            sales = self.fill(topics, "sales")["sales"]
            figures = self.watched(daemon, topics, sales["lines"], daemon.resume,
                                   opening["lines"] + sales["lines"])
            records = daemon.status()["counters"]["published"] - before
            self.check_published(topics, figures, records, opening, sales)
            return figures

    def backlog(self, topics, filled):
        """The daemon starts with all of the load before it, and publishes when it has caught up."""
        lines = filled["opening"]["lines"] + filled["sales"]["lines"]
        broker = CpuWatch(topics.broker_pid)
        started = time.monotonic()
        with self.daemon("backlog", topics) as daemon:
            daemon.wait_ready()
            daemon.wait_settled(lines)
            wall_s = time.monotonic() - started
            daemon.wait_checkpointed()
            cpu = programs.cpu_seconds_by_thread(daemon.pid)
            figures = self.told(lines, wall_s, cpu, broker.seconds())
            records = daemon.status()["counters"]["published"]
            self.check_published(topics, figures, records, filled["opening"], filled["sales"])
            return figures

    def watched(self, daemon, topics, lines, begin, lines_in_all):
        client, broker = CpuWatch(daemon.pid), CpuWatch(topics.broker_pid)
        started = time.monotonic()
        begin()
        daemon.wait_settled(lines_in_all)
        wall_s = time.monotonic() - started
        broker_s = broker.seconds()
        daemon.wait_checkpointed()
        return self.told(lines, wall_s, client.by_thread(), broker_s)

    @staticmethod
    def told(lines, wall_s, cpu_by_thread, broker_s):
        cpu_s = sum(cpu_by_thread.values())
        return {"lines": lines, "wall_s": wall_s, "lines_a_s": lines / wall_s, "cpu_s": cpu_s,
                "cpu_us_a_line": cpu_s * 1e6 / lines,
                "broker_us_a_line": broker_s * 1e6 / lines,
                "threads_us_a_line": {name: seconds * 1e6 / lines for name, seconds
                                      in sorted(cpu_by_thread.items(), key=lambda it: -it[1])
                                      if seconds * 1e6 / lines >= 0.005}}

    def check_published(self, topics, figures, records, opening, sales):
        tally = self.tally(topics)
        expect("keys of a channel", opening["lines"], tally["keys"])
        expect("hash of what is on offer", sum_of(opening["hash"], sales["hash"]), tally["hash"])
        figures["records"] = records
        figures["records_a_line"] = records / figures["lines"]
        figures["bytes_a_record"] = tally["bytes"] / tally["records"]
        figures["hash"] = tally["hash"]

    def throughput(self):
        """Live first: the relay then sends as many records a line as the daemon did."""
        figures = {"engine": self.bench("engine", *self.load), "live": self.live()}
        with self.cluster.topics(f"{self.name}-log") as topics:
            filled = self.fill(topics, "reference", "opening", "sales")
            figures["fill"] = filled["sales"]
            figures["consume"] = self.consume(topics, filled)
            figures["relay"] = self.relay(topics, filled, figures["live"]["records_a_line"])
            figures["backlog"] = self.backlog(topics, filled)
        return figures

    # Latency: who stands between an event and its answer.

    @contextlib.contextmanager
    def nobody(self, topics):
        """The answer is the event itself, read again: one trip through the broker."""
        self.fill(topics, "opening")
        yield None, "stock_events"

    @contextlib.contextmanager
    def relaying(self, topics):
        command = self.bench.command(
            "relay", "--follow", "--records-a-line", CHANNELS, "--brokers", topics.bootstrap,
            "--topic", topics.names["stock_events"], "--output", topics.names[RELAY])
        opening = self.fill(topics, "opening")["opening"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            programs.wait_for("the relay has answered the opening lists", lambda: self.tally(
                topics, RELAY)["keys"] == opening["lines"], programs.READY_SECONDS_MAX)
            yield process.pid, RELAY
        finally:
            process.terminate()
            process.wait()

    @contextlib.contextmanager
    def deciding(self, topics):
        with self.daemon("answers", topics) as daemon:
            daemon.wait_ready()
            daemon.wait_reference(self.fill(topics, "reference")["reference"]["records"])
            daemon.wait_settled(self.fill(topics, "opening")["opening"]["lines"])
            yield daemon.pid, "availability"

    def latency(self, kind, events_a_s, seconds):
        between = {"broker": self.nobody, "relay": self.relaying, "shelfd": self.deciding}[kind]
        with self.cluster.topics(f"{self.name}-{kind}") as topics, between(topics) as (pid, answers):
            client = CpuWatch(pid) if pid else None
            figures = self.bench("latency", "--brokers", topics.bootstrap, "--topic",
                                 topics.names["stock_events"], "--answers", topics.names[answers],
                                 "--events-a-s", events_a_s, "--seconds", seconds, *self.load)
            if client:
                figures["cpu_us_a_line"] = client.seconds() * 1e6 / figures["events"]
            return figures
