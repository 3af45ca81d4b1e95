#!/usr/bin/env python3
"""`shelfctl topics` and the daemon's refusal, on a real Apache Kafka, whose own tools make the topics
lossy.

    topics_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from clients import KafkaUnavailable, LocalKafka  # noqa: E402
from processes import Daemon, wait_for  # noqa: E402
from skips import run_tests  # noqa: E402

NAMES = {"stock_events": "stock-events", "reference": "reference", "availability": "availability",
         "locations": "locations", "stock_requests": "stock-requests",
         "stock_rejects": "stock-rejects", "shelfd_starts": "shelfd-starts"}
PARTITIONS = 3
LOSSY_BY_TOPIC = {
    "stock-events": {"cleanup.policy": "compact", "message.timestamp.type": "CreateTime",
                     "retention.ms": "3600000", "retention.bytes": "1073741824",
                     "unclean.leader.election.enable": "true", "min.insync.replicas": "2"},
    "reference": {"cleanup.policy": "delete", "delete.retention.ms": "86400000"},
    "availability": {"cleanup.policy": "delete", "max.message.bytes": "100000"},
    "stock-rejects": {"cleanup.policy": "compact"},
}
ADVICE_BY_TOPIC = {"locations": {"cleanup.policy": "delete"}}
# Nobody of ours has an opinion on it.
OF_OTHERS = ("segment.ms", "7200000")
# Whoever has an access list of its own is closed to what the list does not allow.
AUTHORIZER = {"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
              "allow.everyone.if.no.acl.found": "true"}
REFUSED, NOT_AS_PLANNED, FAILED = 3, 1, 4


class TopicsTest(unittest.TestCase):
    """One broker for all; each test has topics of its own."""

    bin_folder = None

    @classmethod
    def setUpClass(cls):
        work = tempfile.TemporaryDirectory(prefix="shelfd-topics-")
        cls.addClassCleanup(work.cleanup)
        cls.work = pathlib.Path(work.name)
        cls.kafka = LocalKafka(cls.work / "kafka")
        try:
            cls.kafka.start(quick=True, dies_with_parent=True, settings=AUTHORIZER)
        except KafkaUnavailable as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(cls.kafka.stop, kill=True)

    def setUp(self):
        self.prefix = self._testMethodName.removeprefix("test_")[:40]
        self.folder = self.work / self.prefix
        self.folder.mkdir()
        lines = [f"brokers: {self.kafka.bootstrap}", "topics:", f"  partitions: {PARTITIONS}",
                 "  replication_factor: 1", "  min_insync_replicas: 1"]
        lines += [f"  {key}: {self.topic(name)}" for key, name in NAMES.items()]
        self.config = self.folder / "shelfd.yaml"
        self.config.write_text("\n".join(lines) + "\n")
        self.daemon = Daemon(self.bin_folder, self.folder, ["--config", self.config])
        self.addCleanup(self.daemon.end)

    def topic(self, name):
        return f"{self.prefix}.{name}"

    # The programs.

    def topics(self, command, *more):
        """(exit code, answer) of `shelfctl topics`."""
        done = subprocess.run([self.bin_folder / "shelfctl", "topics", command, "--output", "json",
                               "--config", self.config, *more],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def findings(self):
        """{(topic without prefix, setting): finding} of check."""
        _, answer = self.topics("check")
        return {(finding["topic"].removeprefix(self.prefix + "."), finding["setting"]): finding
                for topic in answer["topics"] for finding in topic["findings"]}

    def apply_all(self, *more):
        code, answer = self.topics("apply", *more)
        self.assertEqual((0, []), (code, answer["left"]))
        return answer["changes"]

    def run_refused(self):
        """What the daemon logs when it does not start."""
        self.daemon.start()
        self.assertEqual(REFUSED, self.daemon.process.wait(60))
        return (self.folder / "shelfd.log").read_text()

    # Kafka's own tools.

    def tool(self, main_class, *arguments):
        return self.kafka.tool(main_class, "--bootstrap-server", "{bootstrap}", *arguments)

    def configs(self, name, *arguments):
        return self.tool("kafka.admin.ConfigCommand", "--entity-type", "topics", "--entity-name",
                         self.topic(name), *arguments)

    def set_by_hand(self, settings_by_topic):
        """{topic: {setting: value}}. The tool is mostly its JVM's start, so two at once."""
        # A list of policies has a comma, as has the list of settings.
        def add(item):
            pairs = ",".join(f"{key}=[{value}]" for key, value in item[1].items())
            self.configs(item[0], "--alter", "--add-config", pairs)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(add, settings_by_topic.items()))

    # Tests.

    def test_apply_makes_all_topics_and_a_second_apply_changes_nothing(self):
        code, before = self.topics("check")
        self.assertEqual(NOT_AS_PLANNED, code)
        self.assertEqual({"missing"}, {topic["state"] for topic in before["topics"]})
        log = self.run_refused()
        for name in NAMES.values():
            self.assertIn(f"topic {self.topic(name)}: is not there; `shelfctl topics apply` makes it",
                          log)

        made = self.apply_all()
        self.assertEqual({self.topic(name) for name in NAMES.values()},
                         {change["topic"] for change in made})
        code, after = self.topics("check")
        self.assertEqual(0, code)
        self.assertEqual({"right"}, {topic["state"] for topic in after["topics"]})
        self.assertEqual([], self.apply_all())

        self.daemon.start()
        self.daemon.wait_ready()

    def test_each_lossy_setting_is_named_refused_and_mended(self):
        self.apply_all()
        self.set_by_hand({name: {**settings, **dict([OF_OTHERS])} for name, settings in
                          {**LOSSY_BY_TOPIC, **ADVICE_BY_TOPIC}.items()})
        findings = self.findings()
        lossy = {(name, setting) for name, settings in LOSSY_BY_TOPIC.items() for setting in settings}
        self.assertEqual(lossy, {key for key, finding in findings.items()
                                 if finding["severity"] == "loses_data"})
        self.assertEqual({("locations", "cleanup.policy")}, findings.keys() - lossy)

        log = self.run_refused()
        for finding in findings.values():
            self.assertIn(finding["sentence"], log)

        # What may delete records waits, and all else of its topic with it.
        code, answer = self.topics("apply")
        self.assertEqual((NOT_AS_PLANNED, []), (code, answer["changes"]))
        self.assertEqual(findings.keys(), self.findings().keys())
        changes = self.apply_all("--force")
        self.assertEqual({**LOSSY_BY_TOPIC, **ADVICE_BY_TOPIC}.keys(),
                         {change["topic"].removeprefix(self.prefix + ".") for change in changes})
        self.assertEqual({}, self.findings())
        self.assertEqual([], self.apply_all())
        described = self.configs("stock-events", "--describe")
        self.assertIn("=".join(OF_OTHERS), described)
        self.assertIn("retention.ms=604800000", described)

    def test_the_value_in_force_counts_whoever_set_it(self):
        self.apply_all()
        self.configs("stock-events", "--alter", "--delete-config",
                     "message.timestamp.type,retention.ms")
        finding, = self.findings().values()  # the broker keeps a week by itself
        self.assertIn("message.timestamp.type is CreateTime (by the brokers' default)",
                      finding["sentence"])
        change, = self.apply_all()
        self.assertEqual({"message.timestamp.type": "LogAppendTime"}, change["settings"])

    def test_partitions_that_differ_are_refused_and_never_altered(self):
        self.apply_all()
        self.tool("org.apache.kafka.tools.TopicCommand", "--alter", "--topic",
                  self.topic("locations"), "--partitions", PARTITIONS + 1)
        finding = self.findings()["locations", "partitions"]
        self.assertIsNone(finding["set_to"])
        self.assertIn(finding["sentence"], self.run_refused())
        code, answer = self.topics("apply")
        self.assertEqual(NOT_AS_PLANNED, code)
        self.assertEqual([], answer["changes"])
        self.assertEqual([finding], answer["left"])

    def test_more_copies_than_brokers_end_apply_with_what_kafka_says(self):
        code, words = self.topics("apply", "--set", "topics.replication_factor=2")
        self.assertEqual(FAILED, code)
        self.assertIn(self.topic("stock-events"), words)
        self.assertIn("replication factor", words.lower())

    def test_a_topic_that_may_not_be_described_is_refused_unless_told_to_warn(self):
        self.apply_all()
        self.tool("kafka.admin.AclCommand", "--add", "--allow-principal", "User:ANONYMOUS",
                  "--operation", "Read", "--operation", "Write", "--topic", self.topic("reference"))
        wait_for("the access list holds", self.findings, 20)
        finding, = self.findings().values()
        self.assertEqual("access", finding["setting"])
        self.assertIn(finding["sentence"], self.run_refused())

        self.daemon.arguments += ["--set", "topics.verify=warn"]
        self.daemon.start()
        self.daemon.wait_ready()


def main():
    TopicsTest.bin_folder = pathlib.Path(sys.argv.pop()).resolve()
    return run_tests()


if __name__ == "__main__":
    sys.exit(main())
