"""A real Apache Kafka that compacts `availability` under our eyes, and who reads it late."""

import brokers
import clients
from processes import last_records, wait_for

SEGMENT_END = b"end-of-a-segment"  # no key of an availability record


def kafka(work):
    """With small segments and an eager cleaner. It lets a record be for a while, so that who follows
    the topic closely misses none."""
    return brokers.Kafka(
        work, settings={"log.cleaner.backoff.ms": 500},
        topic_settings={"availability": {"cleanup.policy": "compact", "segment.ms": 2000,
                                         "min.cleanable.dirty.ratio": 0.001,
                                         "min.compaction.lag.ms": 6000}})


def read_late(broker):
    """Every record that is left, but for those that close a segment."""
    records = clients.output_of(clients.kcat(broker.bootstrap, "availability"))
    return b"".join(line for line in records.splitlines(keepends=True)
                    if line.split(b"\t", 3)[2] != SEGMENT_END)


def close_segments(broker, followed):
    """Only what is appended rolls a segment, and the last one is never compacted: where the last
    changes came fast, all of them may stand in it."""
    for partition in {int(line.split(b"\t", 1)[0]) for line in followed.splitlines()}:
        clients.produce(broker.bootstrap, "availability", partition, SEGMENT_END)


def compare_late_reader(line, say):
    """True when who reads the topic from its beginning now finds holes, and the last records of who
    has followed it."""
    followed = (line.work / "topic.tsv").read_bytes()
    close_segments(line.broker, followed)
    wait_for("the cleaner has removed records",
             lambda: read_late(line.broker).count(b"\n") < followed.count(b"\n"), 60)
    late = read_late(line.broker)
    expected, found = last_records(followed), last_records(late)
    differ = sum(expected.get(key) != found.get(key) for key in {*expected, *found})
    gone = followed.count(b"\n") - late.count(b"\n")
    say(f"who reads from the beginning now: {late.count(bytes([10]))} records, {gone} compacted "
        f"away, {len(found)} keys, {differ} last records differ; "
        f"{line.broker.lost_answers} answers to the producer were lost in all")
    return differ == 0
