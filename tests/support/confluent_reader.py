#!/usr/bin/env python3
"""Reads a topic from its beginning, with the confluent-kafka client, and prints its records.

    confluent_reader.py BOOTSTRAP TOPIC [--follow] [--timestamp-types]

One line a record: partition, offset, key, value, with tabs between; with --timestamp-types partition,
offset, and create or append. It ends where the partitions ended when it got there; with --follow it
goes on, through outages too. A record that cannot be read, or that was removed before it was read,
is the end: exit 1.

It needs the Python that has confluent_kafka (Debian: python3-confluent-kafka), see clients.py.
"""

import argparse
import sys

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

KINDS = {confluent_kafka.TIMESTAMP_CREATE_TIME: b"create",
         confluent_kafka.TIMESTAMP_LOG_APPEND_TIME: b"append"}
BATCH = 1000


def line_of(message):
    return b"%d\t%d\t%s\t%s\n" % (message.partition(), message.offset(), message.key() or b"",
                                  message.value() or b"")


def type_line_of(message):
    return b"%d\t%d\t%s\n" % (message.partition(), message.offset(),
                              KINDS.get(message.timestamp()[0], b"none"))


def open_consumer(bootstrap, topic):
    # A group must be named but is never joined: partitions are assigned by hand.
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False,
        "auto.offset.reset": "error", "enable.partition.eof": True, "fetch.wait.max.ms": 50,
        "reconnect.backoff.max.ms": 500, "log_level": 0})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    return consumer, set(partitions)


def read(consumer, unfinished, follow, to_line):
    """Until the ends of all partitions; for ever with `follow`."""
    while follow or unfinished:
        for message in consumer.consume(BATCH, timeout=0.1):
            error = message.error()
            if error is None:
                sys.stdout.buffer.write(to_line(message))
            elif error.code() == KafkaError._PARTITION_EOF:
                unfinished.discard(message.partition())
            elif not error.retriable():
                sys.exit(f"partition {message.partition()}: {error}")
        sys.stdout.buffer.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--timestamp-types", action="store_true")
    args = parser.parse_args()
    consumer, partitions = open_consumer(args.bootstrap, args.topic)
    read(consumer, partitions, args.follow, type_line_of if args.timestamp_types else line_of)


if __name__ == "__main__":
    main()
