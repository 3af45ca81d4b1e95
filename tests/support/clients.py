"""The clients that applications use, as commands that print a topic's records, one a line:
partition, offset, key, value. And the fixture of tools/lib that some of them need."""

import functools
import pathlib
import shutil
import subprocess
import sys

from lifetime import dies_with_parent

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools/lib"))
from local_kafka import Failed as KafkaFailed  # noqa: E402,F401
from local_kafka import LocalKafka  # noqa: E402,F401
from local_kafka import Unavailable as KafkaUnavailable  # noqa: E402
from local_kafka import is_alive  # noqa: E402,F401
from local_kafka import prepare as prepare_kafka  # noqa: E402,F401
from local_kafka import take_free_ports  # noqa: E402,F401

TSV = r"%p\t%o\t%k\t%s\n"


@functools.cache
def python_with_confluent():
    """Debian's package belongs to Debian's Python, which need not be the first one in PATH."""
    for python in (sys.executable, "/usr/bin/python3"):
        if shutil.which(python) and subprocess.run(
                [python, "-c", "import confluent_kafka"], capture_output=True).returncode == 0:
            return python
    raise KafkaUnavailable("no Python here has confluent_kafka (Debian: python3-confluent-kafka)")


def confluent(bootstrap, topic, *options):
    return [python_with_confluent(), str(HERE / "confluent_reader.py"), bootstrap, topic, *options]


def kcat(bootstrap, topic, follow=False):
    """To the end of the topic, or on and on. It ends itself when all brokers are away."""
    return ["kcat", "-C", "-q", "-u", "-b", bootstrap, "-t", topic, "-o", "beginning",
            "-X", "auto.offset.reset=error", "-X", "fetch.wait.max.ms=50", "-f", TSV,
            *([] if follow else ["-e"])]


def produce(bootstrap, topic, partition, key):
    """One record with this key (bytes) and a value of no meaning."""
    subprocess.run(["kcat", "-P", "-q", "-b", bootstrap, "-t", topic, "-p", str(partition),
                    "-k", key.decode()], input=b"-\n", check=True, timeout=30)


def java(kafka, topic, count):
    """Kafka's console consumer; it is told how many records to wait for, 30 s for each at most. It
    writes words before partition and offset."""
    return kafka.tool_command(
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        ["--bootstrap-server", "{bootstrap}", "--topic", topic, "--from-beginning",
         "--max-messages", count, "--timeout-ms", 30000, "--property", "print.key=true",
         "--property", "print.partition=true", "--property", "print.offset=true"])


def output_of(command):
    """What it prints, when it ends well."""
    done = subprocess.run(dies_with_parent(command), stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise KafkaFailed(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout
