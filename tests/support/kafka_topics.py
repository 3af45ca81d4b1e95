"""shelfd's topics on a fresh broker, as docs/operating/running.md asks for them."""

import concurrent.futures

PARTITIONS = 8
COMPACTED = {"cleanup.policy": "compact"}
# Segments roll within seconds and are cleaned as soon as anything in them is old.
COMPACTED_EARLY = {**COMPACTED, "segment.ms": 2000, "min.cleanable.dirty.ratio": 0.001}
TOPICS = {
    "stock-events": (PARTITIONS, {"message.timestamp.type": "LogAppendTime"}),
    "availability": (PARTITIONS, COMPACTED),
    "locations": (PARTITIONS, COMPACTED),
    "reference": (1, COMPACTED),
    "stock-requests": (1, {}),
    "stock-rejects": (1, {"max.message.bytes": 2 << 20}),
    "shelfd-starts": (1, {"retention.ms": -1}),
}


def create_topic(kafka, name, partitions, settings):
    kafka.tool("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", "{bootstrap}", "--create",
               "--topic", name, "--partitions", partitions,
               *(word for key, value in settings.items() for word in ("--config", f"{key}={value}")))


def create_topics(kafka, more):
    """`more`: {name: (partitions, settings)}, further topics or in place of those above. Kafka's tool
    makes one at a time and is mostly its JVM's start, so two at once."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for done in [pool.submit(create_topic, kafka, name, partitions, settings)
                     for name, (partitions, settings) in {**TOPICS, **more}.items()]:
            done.result()
