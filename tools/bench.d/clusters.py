"""The broker that a benchmark runs against, and fresh topics on it for each run."""

import contextlib
import json
import subprocess
import time

import local_kafka

# Properties of the daemon's configuration that name a topic, and the names it has by itself.
TOPICS = {"stock_events": "stock-events", "reference": "reference", "availability": "availability",
          "locations": "locations", "stock_requests": "stock-requests",
          "stock_rejects": "stock-rejects", "shelfd_starts": "shelfd-starts"}
RELAY = "relay"
START_SECONDS_MAX = 20


class Failed(Exception):
    """A run that did not do what was asked; for people."""


class Topics:
    """What one run reads and writes: nobody else's records are on it."""

    def __init__(self, bootstrap, broker_pid, names, settings, embedded_in=None):
        self.bootstrap = bootstrap
        self.broker_pid = broker_pid
        self.names = names  # by property, and the relay's
        self.settings = settings  # beside the names, of topics.
        self.embedded_in = embedded_in  # the state folder whose own broker it is

    def config(self):
        """Lines of a configuration file for shelfd and shelfctl."""
        lines = [f"brokers: {self.bootstrap}", "topics:"]
        lines += [f"  {key}: {self.names[key]}" for key in TOPICS]
        lines += [f"  {key}: {value}" for key, value in self.settings.items()]
        return "\n".join(lines) + "\n"


class RealCluster:
    """One node of Apache Kafka for all runs, with the JVM's usual compilers."""

    what = "Apache Kafka, one node on loopback"
    warms_up = True  # its JVM compiles what is called often

    def __init__(self, work, bin_folder, partitions):
        self.shelfctl = bin_folder / "shelfctl"
        self.work = work
        self.partitions = partitions
        self.broker = local_kafka.LocalKafka(work / "kafka")

    def __enter__(self):
        self.broker.start(heap_mb=1024, dies_with_parent=True)
        return self

    def __exit__(self, *_):
        self.broker.stop()

    @contextlib.contextmanager
    def topics(self, run):
        names = {key: f"{run}-{name}" for key, name in TOPICS.items()}
        settings = {"partitions": self.partitions, "replication_factor": 1,
                    "min_insync_replicas": 1}
        made = Topics(self.broker.bootstrap, self.broker.pids()[0],
                      names | {RELAY: f"{run}-{RELAY}"}, settings)
        self.apply(made, run)
        # The relay's topic is as availability is.
        relayed = names | {"availability": made.names[RELAY]}
        self.apply(Topics(made.bootstrap, made.broker_pid, relayed, settings), run)
        yield made

    def apply(self, topics, run):
        config = self.work / f"{run}.topics.yaml"
        config.write_text(topics.config())
        done = subprocess.run([self.shelfctl, "topics", "apply", "--config", config],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"shelfctl topics apply ended with {done.returncode}: "
                         f"{done.stdout}{done.stderr}")


class EmbeddedCluster:
    """The broker that shelfd brings along, a new one for each run: it keeps little, and what it
    costs says nothing about Kafka."""

    what = "the embedded broker: no proof of load"
    warms_up = False

    def __init__(self, work, bin_folder, _partitions):
        self.shelfd = bin_folder / "shelfd"
        self.work = work

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @contextlib.contextmanager
    def topics(self, run):
        state = self.work / f"{run}.state"
        folder = state / "broker"  # where `shelfd run --embedded` finds it
        with open(self.work / "brokers.log", "a") as log:
            process = subprocess.Popen([self.shelfd, "broker", "--state", folder],
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield Topics(self.bootstrap(process, folder / "broker.json"), process.pid,
                         TOPICS | {RELAY: RELAY}, {}, state)
        finally:
            process.terminate()
            process.wait()

    @staticmethod
    def bootstrap(process, file):
        deadline = time.monotonic() + START_SECONDS_MAX
        while not file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the embedded broker did not come up: {file}")
            time.sleep(0.02)
        return json.loads(file.read_text())["bootstrap"]
