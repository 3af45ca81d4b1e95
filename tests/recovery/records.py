"""Protobuf by hand, as little as these tests need: what stands on `stock-requests`, and heartbeats on
`stock-events` that push out of a partition what the embedded broker has no more room for."""

import subprocess

import clients

# Field numbers.
REQUEST_STORE, REQUEST_KIND = 1, 6
EVENT_STORE, EVENT_SOURCE, EVENT_EPOCH, EVENT_SEQUENCE, EVENT_HEARTBEAT = 1, 2, 3, 4, 18
UNKNOWN = 1000
KIND_SNAPSHOT = 2

# More than the 5 MiB of a partition, in records that Kafka takes.
FILLER_BYTES = 850_000
FILLERS = 7


def varint(number):
    out = bytearray()
    while number > 0x7f:
        out.append(number & 0x7f | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def read_varint(data, at):
    number, shift = 0, 0
    while True:
        byte = data[at]
        number |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def fields(data):
    """{number: value} of a Protobuf message's plain fields: numbers and bytes."""
    found, at = {}, 0
    while at < len(data):
        tag, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        found[tag >> 3] = value
    return found


def number(field, value):
    return varint(field << 3) + varint(value)


def text(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def heartbeat(store, sequence):
    """Of a source that says nothing of stock."""
    return (text(EVENT_STORE, store.encode()) + text(EVENT_SOURCE, b"filler") +
            number(EVENT_EPOCH, 1) + number(EVENT_SEQUENCE, sequence) + text(EVENT_HEARTBEAT, b"") +
            text(UNKNOWN, bytes(FILLER_BYTES)))


def push_out(bootstrap, store, partition, folder):
    """All that the partition of stock-events held is gone; no daemon runs."""
    files = []
    for sequence in range(1, FILLERS + 1):
        files.append(folder / f"filler-{sequence}")
        files[-1].write_bytes(heartbeat(store, sequence))
    subprocess.run(["kcat", "-P", "-q", "-b", bootstrap, "-t", "stock-events", "-p", str(partition),
                    "-k", store, *files], stdin=subprocess.DEVNULL, check=True, timeout=30)
    for file in files:
        file.unlink()


def stores_asked_for_lists(bootstrap):
    out = clients.output_of(["kcat", "-C", "-q", "-e", "-b", bootstrap, "-t", "stock-requests",
                             "-o", "beginning", "-f", r"%S\n%s"])
    stores = set()
    while out:
        size, _, rest = out.partition(b"\n")
        request, out = fields(rest[:int(size)]), rest[int(size):]
        if request.get(REQUEST_KIND) == KIND_SNAPSHOT:
            stores.add(request[REQUEST_STORE].decode())
    return stores
