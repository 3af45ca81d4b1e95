"""One node of Apache Kafka on loopback: KRaft, broker and controller in one process.

Everything of a broker is in one folder: setup.json (ports, settings; kept, so that it comes back
where it was), server.properties (made from it at each start), data/, broker.log, and broker.json
while it runs. A broker is recognised by its command line, which names the folder's
server.properties: no process id out of a file is ever trusted.
"""

import base64
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import uuid

import kafka_jars
from kafka_jars import Unavailable  # noqa: F401, the caller's name for it

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
POLL_S = 0.02
# Below Linux's ports for outgoing connections: one of those could sit on a stopped broker's port.
PORTS = range(20000, 32000)

# What one node needs, and what keeps its start short: after a SIGKILL it is let in again when its
# old session is over. The rest is Kafka's default.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "DIRECT",
    "listener.security.protocol.map":
        "DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
    "broker.session.timeout.ms": 4000,
    "broker.heartbeat.interval.ms": 500,
    "log.cleaner.dedupe.buffer.size": 16 << 20,
}
# As Kafka's own start script has them.
BROKER_FLAGS = ["-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"]
# A short life: the first compiler only, and the collector that needs no threads.
QUICK_FLAGS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


class Failed(Exception):
    """It is there but did not do what was asked; for people."""


def take_free_ports(count):
    """Ports that nobody listens on right now, all different."""
    taken = []
    with contextlib.ExitStack() as held:
        while len(taken) < count:
            port = random.choice(PORTS)
            probe = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                taken.append(port)
    return taken


def fresh_cluster_id():
    """22 letters of base64; Kafka takes none that looks like an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def live_brokers(port, timeout_s=1.0):
    """How many brokers a Metadata request (version 1, no topics) is told of. A broker that is still
    fenced answers, and tells of none. OSError: nobody answers."""
    client = b"local-kafka"
    body = struct.pack(">hhih", 3, 1, 1, len(client)) + client + struct.pack(">i", 0)
    with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as connection:
        connection.sendall(struct.pack(">i", len(body)) + body)
        with connection.makefile("rb") as answer:
            head = answer.read(12)
    if len(head) < 12:
        raise OSError("the connection was closed")
    return struct.unpack(">iii", head)[2]


def write_whole(path, text):
    """The old file or the new one, whoever looks when."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(text)
    fresh.replace(path)


def is_alive(pid):
    """Or still about to end: then it has no command line any more, and may be a zombie whose other
    threads hold locks and ports."""
    process = pathlib.Path(f"/proc/{pid}")
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" or len(list((process / "task").iterdir())) > 1
    except OSError:
        return False


def prepare():
    """Jars and the archive of classes in the cache. The archive is what a first broker leaves at its
    end; it saves each later start more than a second."""
    fetched = kafka_jars.fetch()
    archive = kafka_jars.class_archive()
    if archive.exists():
        return fetched
    cache = kafka_jars.cache_folder()
    with kafka_jars.locked(cache / "classes.lock"), \
            tempfile.TemporaryDirectory(dir=cache, prefix="first-broker-") as work:
        if not archive.exists():
            fresh = pathlib.Path(work) / "classes.jsa"
            broker = LocalKafka(pathlib.Path(work) / "broker")
            broker.start_prepared({"quick": True}, True, [f"-XX:ArchiveClassesAtExit={fresh}"])
            broker.stop()
            # A Java that makes none starts without.
            with contextlib.suppress(FileNotFoundError):
                fresh.rename(archive)
    return True


class LocalKafka:
    """The broker of one folder. As a context manager it is started on entry and stopped on exit.

    start(dies_with_parent=True) also ends it, by SIGKILL, with the thread that started it, however
    that ends: for tests, which start it from their main thread.
    """

    def __init__(self, folder, **start_options):
        self.folder = pathlib.Path(folder).resolve()
        self.properties = self.folder / "server.properties"
        self.start_options = start_options
        self.child = None

    def __enter__(self):
        self.start(**self.start_options)
        return self

    def __exit__(self, *_):
        self.stop()

    # What is there.

    @property
    def setup(self):
        try:
            return json.loads((self.folder / "setup.json").read_text())
        except FileNotFoundError:
            return {}

    @property
    def bootstrap(self):
        """Where clients find it, running or not."""
        return f"127.0.0.1:{self.setup['port']}"

    @property
    def proxied_bootstrap(self):
        """Where clients find it through a proxy that listens there and connects to proxy_target."""
        return f"127.0.0.1:{self.setup['proxy_port']}"

    @property
    def proxy_target(self):
        return f"127.0.0.1:{self.setup['proxied_port']}"

    def pids(self):
        """Live processes that run this folder's broker; more than one only if somebody meddled."""
        wanted = str(self.properties).encode()
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if wanted in words and b"kafka.Kafka" in words and is_alive(entry.name):
                    found.append(int(entry.name))
        return found

    def answers(self):
        try:
            return live_brokers(self.setup["port"]) > 0
        except OSError:
            return False

    # Starting.

    def start(self, **options):
        """Returns when it answers: False when one ran already. Options left out (or None) are those
        of the last start: port, heap_mb, proxied, quick, settings; and dies_with_parent."""
        prepare()
        return self.start_prepared(options, options.pop("dies_with_parent", False))

    def start_prepared(self, options, dies_with_parent, flags=()):
        self.folder.mkdir(parents=True, exist_ok=True)
        with kafka_jars.locked(self.folder / "lock"):
            if self.pids():
                self.wait_until_answers()
                return False
            setup = self.keep_setup(**options)
            self.write_properties(setup)
            self.format_storage(setup)
            self.launch(setup, dies_with_parent, flags)
            try:
                self.wait_until_answers()
            except BaseException:
                self.end(kill=True)
                raise
            self.announce()
        return True

    def keep_setup(self, port=None, heap_mb=None, proxied=None, quick=None, settings=None):
        setup = self.setup
        if not setup:
            names = ("port", "controller_port", "proxied_port", "proxy_port")
            setup = dict(zip(names, take_free_ports(len(names))), cluster_id=fresh_cluster_id(),
                         heap_mb=512, proxied=False, quick=False, settings={})
        given = {"port": port, "heap_mb": heap_mb, "proxied": proxied, "quick": quick}
        setup.update({name: value for name, value in given.items() if value is not None})
        setup["settings"].update(settings or {})
        write_whole(self.folder / "setup.json", json.dumps(setup, indent=1))
        return setup

    def write_properties(self, setup):
        direct = f"DIRECT://127.0.0.1:{setup['port']}"
        controller = f"127.0.0.1:{setup['controller_port']}"
        listeners, advertised = [direct, f"CONTROLLER://{controller}"], [direct]
        if setup["proxied"]:
            listeners.append(f"PROXIED://127.0.0.1:{setup['proxied_port']}")
            advertised.append(f"PROXIED://127.0.0.1:{setup['proxy_port']}")
        values = {**SETTINGS, "controller.quorum.voters": f"1@{controller}",
                  "listeners": ",".join(listeners), "advertised.listeners": ",".join(advertised),
                  "log.dirs": self.folder / "data", **setup["settings"]}
        write_whole(self.properties, "".join(f"{key}={value}\n" for key, value in values.items()))

    def format_storage(self, setup):
        if (self.folder / "data/meta.properties").exists():
            return
        done = subprocess.run(
            kafka_jars.java_command([*QUICK_FLAGS, "-Xmx128m"], "kafka.tools.StorageTool",
                                    ["format", "--cluster-id", setup["cluster_id"], "--config",
                                     str(self.properties)]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"formatting its storage failed: {(done.stderr + done.stdout).strip()}")

    def launch(self, setup, dies_with_parent, flags):
        flags = [*(QUICK_FLAGS if setup["quick"] else BROKER_FLAGS), f"-Xmx{setup['heap_mb']}m",
                 f"-Xms{setup['heap_mb'] // 2}m", *flags]
        command = kafka_jars.java_command(flags, "kafka.Kafka", [str(self.properties)])
        if dies_with_parent:
            if shutil.which("setpriv") is None:
                raise Unavailable("there is no setpriv (Debian: util-linux)")
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        with open(self.folder / "broker.log", "ab") as log:
            self.child = subprocess.Popen(command, cwd=self.folder, start_new_session=True,
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_answers(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.answers():
            has_ended = self.child.poll() is not None if self.child else not self.pids()
            if has_ended or time.monotonic() > deadline:
                why = "ended" if has_ended else f"does not answer after {START_SECONDS_MAX} s"
                raise Failed(f"the broker {why}; the end of {self.folder / 'broker.log'}:\n" +
                             self.log_tail())
            time.sleep(POLL_S)

    def log_tail(self, lines=8):
        text = (self.folder / "broker.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def announce(self):
        known = {"pid": self.child.pid, "bootstrap": self.bootstrap}
        if self.setup["proxied"]:
            known.update(proxied_bootstrap=self.proxied_bootstrap, proxy_target=self.proxy_target)
        write_whole(self.folder / "broker.json", json.dumps(known, indent=1) + "\n")

    # Stopping.

    def stop(self, kill=False):
        """Returns when none of this folder runs any more: True when one did."""
        if not self.folder.exists():
            return False
        with kafka_jars.locked(self.folder / "lock"):
            ran = bool(self.pids())
            self.end(kill)
        return ran

    def end(self, kill):
        if not kill and not self.end_by(signal.SIGTERM, STOP_SECONDS_MAX):
            kill = True
        if kill and not self.end_by(signal.SIGKILL, STOP_SECONDS_MAX):
            raise Failed(f"processes {self.pids()} do not end")
        (self.folder / "broker.json").unlink(missing_ok=True)
        if self.child is not None:
            self.child.wait()
            self.child = None

    def end_by(self, number, seconds):
        """True when all have ended within that time."""
        ending = self.pids()
        for pid in ending:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while any(is_alive(pid) for pid in ending):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True

    # Kafka's own tools.

    def tool_command(self, main_class, arguments):
        """The command of one of Kafka's tools; {bootstrap} in its arguments is this broker."""
        kafka_jars.fetch()
        if not self.setup:
            raise Failed(f"there was never a broker in {self.folder}")
        return kafka_jars.java_command(
            [*QUICK_FLAGS, "-Xmx256m"], main_class,
            [str(word).replace("{bootstrap}", self.bootstrap) for word in arguments])

    def tool(self, main_class, *arguments):
        """Its standard output. Failed: it ended otherwise than with 0."""
        done = subprocess.run(self.tool_command(main_class, arguments), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{main_class}: {(done.stderr + done.stdout).strip()}")
        return done.stdout
