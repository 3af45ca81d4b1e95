"""A TCP proxy in front of a broker that can lose answers, cut connections and refuse new ones.

It forwards bytes as they come and reads Kafka's framing beside it: each request is four bytes of
length, then what it asks for; a connection's answers come in the order of its requests. So it knows
which answer is the one to a Produce request. To lose that one is what an idempotent producer is for:
the records are in the log, and are sent again.
"""

import collections
import contextlib
import socket
import struct
import threading
import time

PRODUCE = 0
FRAMING_UNTIL_VERSION = 8  # of Produce; later ones have another header
POLL_S = 0.01


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


class Frames:
    """Cuts a stream into its length-prefixed frames."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        """The frames that are whole now, without their length."""
        self.rest += data
        frames = []
        while len(self.rest) >= 4:
            end = 4 + struct.unpack_from(">i", self.rest)[0]
            if len(self.rest) < end:
                break
            frames.append(self.rest[4:end])
            self.rest = self.rest[end:]
        return frames


def skip_text(frame, at):
    """Two bytes of length, which is negative for none."""
    return at + 2 + max(0, struct.unpack_from(">h", frame, at)[0])


def produced_to(frame):
    """The topic that a request wants to write to, None for other requests. librdkafka writes to one
    partition a request."""
    request, version = struct.unpack_from(">hh", frame)
    if request != PRODUCE:
        return None
    if version > FRAMING_UNTIL_VERSION:
        raise ValueError(f"Produce version {version} is not known here")
    at = skip_text(frame, 8)  # the client's name, after a number of the request
    at = skip_text(frame, at) + 6  # the transaction; then acks and a timeout
    at += 4  # how many topics
    return frame[at + 2:skip_text(frame, at)].decode()


class Connection:
    """One client, one connection to the broker, and a thread for each direction."""

    def __init__(self, proxy, client, server):
        self.proxy = proxy
        self.client = client
        self.server = server
        self.is_mute = False  # no further answer passes
        self.unanswered = collections.deque()  # produced_to of the requests, oldest first
        for pump in (self.pump_requests, self.pump_answers):
            threading.Thread(target=self.until_closed, args=(pump,), daemon=True).start()

    def until_closed(self, pump):
        try:
            with contextlib.suppress(OSError):
                pump()
        finally:
            self.close()

    def pump_requests(self):
        frames = Frames()
        while data := self.client.recv(1 << 16):
            # Before they are sent: the answer may be quicker than this thread.
            self.unanswered.extend(produced_to(frame) for frame in frames.feed(data))
            self.server.sendall(data)

    def pump_answers(self):
        frames = Frames()
        while data := self.server.recv(1 << 16):
            answered = [self.unanswered.popleft() for _ in frames.feed(data)]
            self.is_mute = self.is_mute or self.proxy.loses_answers_of in answered
            if not self.is_mute:
                self.client.sendall(data)
            elif lost := len(answered) - answered.count(None):
                self.proxy.count_lost(lost)

    def close(self):
        """Wakes both threads; what was on its way is gone."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.proxy.forget(self)

    def free(self):
        self.client.close()
        self.server.close()


class Proxy:
    """Listens on `listen` and connects to `target`, both "host:port". As a context manager it is
    open inside."""

    def __init__(self, listen, target):
        self.listen = address(listen)
        self.target = address(target)
        self.loses_answers_of = ""  # the topic of the Produce request whose answer is lost
        self.lost_produce_answers = 0
        self.lock = threading.Lock()  # of connections and the count of lost answers
        self.connections = set()
        self.listener = None

    def __enter__(self):
        self.accept()
        return self

    def __exit__(self, *_):
        self.refuse()

    def accept(self):
        """From now on clients find it."""
        self.listener = socket.create_server(self.listen)
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def serve(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target, timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            with self.lock:
                connection = Connection(self, client, server)
                self.connections.add(connection)
            if self.listener is not listener:  # it was accepted just before refuse()
                connection.close()

    def refuse(self):
        """From now on nobody listens there, and no connection is left."""
        if self.listener is not None:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        self.cut()

    def cut(self):
        """Every connection ends; new ones are welcome."""
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            connection.close()

    @contextlib.contextmanager
    def losing_answers_of(self, topic, seconds_max):
        """What is produced to the topic inside reaches the broker, whose answer does not arrive, nor
        anything after it on that connection. At the end, when one is lost or the time is over, every
        connection is cut. Yields a list that then holds how many answers to Produce requests were
        lost."""
        lost = []
        before = self.lost_produce_answers
        self.loses_answers_of = topic
        yield lost
        deadline = time.monotonic() + seconds_max
        while self.lost_produce_answers == before and time.monotonic() < deadline:
            time.sleep(POLL_S)
        # First of all: the connections that come next lose nothing.
        self.loses_answers_of = ""
        self.cut()
        lost.append(self.lost_produce_answers - before)

    def count_lost(self, count):
        with self.lock:
            self.lost_produce_answers += count

    def forget(self, connection):
        with self.lock:
            if connection not in self.connections:
                return
            self.connections.remove(connection)
        connection.free()
