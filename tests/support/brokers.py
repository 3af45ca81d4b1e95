"""The brokers that the whole line is tested on: the embedded one, and a real Apache Kafka."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess

import clients
from clients import KafkaFailed, KafkaUnavailable, LocalKafka  # noqa: F401, for who uses a broker
from clients import is_alive
from lifetime import Guard
from processes import Failed, wait_for
from proxy import Proxy

PARTITIONS = 8


def embedded_pids(folder):
    """Live processes that run this folder's embedded broker, as their command lines say: a process
    id out of a file may be somebody else's by now."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[1:4] == [b"broker", b"--state", bytes(folder)] and is_alive(entry.name):
                found.append(int(entry.name))
    return found


def end_embedded(folder, kill=False):
    """Returns when none of this folder runs any more."""
    pids = embedded_pids(folder)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
    wait_for("the broker has ended", lambda: not any(is_alive(pid) for pid in pids), 10)


class Embedded:
    """What `shelfd run --embedded` brings along. It must outlive the daemon."""

    daemon_flags = ("--embedded",)
    daemon_settings = ()

    def __init__(self, work):
        self.folder = work / "state/broker"
        self.file = self.folder / "broker.json"
        self.seen = None
        self.guard = None

    def start(self):
        """The daemon does."""
        self.guard = Guard("embedded", self.folder)

    def make_topics(self, shelfctl, daemon_arguments):
        """They are there."""

    @property
    def bootstrap(self):
        return json.loads(self.file.read_text())["bootstrap"]

    def follow(self, topic):
        return clients.kcat(self.bootstrap, topic, follow=True)

    def check(self):
        """Whenever the daemon is ready."""
        pid = json.loads(self.file.read_text())["pid"]
        if self.seen not in (None, pid):
            raise Failed("the broker did not outlive the daemon")
        self.seen = pid

    def end(self):
        try:
            end_embedded(self.folder)
        finally:
            if self.guard is not None:
                self.guard.end()


def create_topic(kafka, name, partitions, settings):
    """By Kafka's own tool."""
    kafka.tool("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", "{bootstrap}", "--create",
               "--topic", name, "--partitions", partitions,
               *(word for key, value in settings.items() for word in ("--config", f"{key}={value}")))


class Kafka:
    """Apache Kafka, which dies with us. The daemon reaches it through a proxy, all others directly.
    `settings` are the broker's; `topic_settings`: {name: settings} of those topics that are made with
    settings of their own. KafkaUnavailable: it, or the client that follows it, cannot be had here."""

    daemon_flags = ()

    def __init__(self, work, settings=None, topic_settings=None):
        clients.python_with_confluent()
        clients.prepare_kafka()
        self.kafka = LocalKafka(work / "kafka")
        self.settings = settings or {}
        self.topic_settings = topic_settings or {}
        self.proxy = None
        self.lost_answers = 0

    def start(self):
        self.kafka.start(quick=True, proxied=True, dies_with_parent=True, settings=self.settings)
        self.proxy = Proxy(self.kafka.proxied_bootstrap, self.kafka.proxy_target)
        self.proxy.accept()

    def make_topics(self, shelfctl, daemon_arguments):
        for name, settings in self.topic_settings.items():
            create_topic(self.kafka, name, PARTITIONS, settings)
        done = subprocess.run([shelfctl, "topics", "apply", *daemon_arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"shelfctl topics apply: {(done.stdout + done.stderr).strip()}")

    @property
    def daemon_settings(self):
        return (f"brokers={self.kafka.proxied_bootstrap}", f"topics.partitions={PARTITIONS}",
                "topics.replication_factor=1", "topics.min_insync_replicas=1")

    @property
    def bootstrap(self):
        return self.kafka.bootstrap

    def follow(self, topic):
        # kcat ends when all brokers are away.
        return clients.confluent(self.bootstrap, topic, "--follow")

    def check(self):
        """Whenever the daemon is ready: nothing to see here."""

    def restart(self, kill):
        """It comes back on its port with its data, a moment later."""
        self.kafka.stop(kill=kill)
        self.kafka.start(dies_with_parent=True)

    def cut(self, topic, send_more, seconds_max=30):
        """The daemon's connections end after the answer to something that it produced to the topic
        was lost. `send_more` makes it produce. Returns how many answers were lost."""
        with self.proxy.losing_answers_of(topic, seconds_max) as lost:
            send_more()
        if lost == [0]:
            raise Failed(f"the daemon produced nothing to {topic} within {seconds_max} s")
        self.lost_answers += lost[0]
        return lost[0]

    def end(self):
        if self.proxy is not None:
            self.proxy.refuse()
        self.kafka.stop(kill=True)
