"""Some stores of the demo's chain, a daemon on a broker, and the agent that sends what they sold."""

import re

from processes import DEMO, Agent, Daemon, wait_for
from sales import ask, write_subset


def write_rules(path, more=""):
    """The demo's rules and `more` channels. The sales are weeks old when they are sent, so that the
    demo's sync_lag would sell nothing before the last of them and no sale would show; here it
    withholds a part of everything until then."""
    text, count = re.subn(r"sync_lag: \[.*\]", "sync_lag: [{over: 4h, keep: 80%}]",
                          (DEMO / "rules.yaml").read_text())
    assert count >= 3, "the demo's rules are written in another way"
    path.write_text(text + more)


class Chain:
    """`more_channels`: rules of channels beside the demo's."""

    def __init__(self, bin_folder, work, broker, chance, store_count, more_channels="", settings=()):
        self.work = work
        self.broker = broker
        self.bin = bin_folder
        self.rules = work / "rules.yaml"
        self.settings = settings
        self.daemon = None
        self.agent = None
        write_rules(self.rules, more_channels)
        write_subset(work, store_count, chance)
        self.positions = ask(work, "select count(*) from expected_position")[0][0]
        self.rows = ask(work, "select count(*) from sale")[0][0]

    def start(self):
        self.broker.start()
        settings = (*self.broker.daemon_settings, f"rules={self.rules}", *self.settings)
        arguments = ["--config", DEMO / "shelfd.yaml",
                     *(word for setting in settings for word in ("--set", setting))]
        self.broker.make_topics(self.bin / "shelfctl", arguments)
        self.daemon = Daemon(self.bin, self.work, [*self.broker.daemon_flags, *arguments])
        self.daemon.start()
        self.wait_ready()
        (shift_s,), = ask(self.work, "select shift_s from clock")
        self.agent = Agent(self.bin, self.work, self.broker.bootstrap, shift_s)

    def wait_ready(self):
        self.daemon.wait_ready()
        self.broker.check()

    def send_reference_and_stock(self):
        (listed_at,), = ask(self.work, "select datetime(first_s - 1, 'unixepoch') from clock")
        self.agent.send("stores", self.work / "stores.csv")
        self.agent.send("items", self.work / "items.csv")
        self.agent.send_list(listed_at)

    def stores_are_known(self):
        """Through the last sale: the last claim of every store is the last thing that is sent."""
        (last_ms, count), = ask(
            self.work, "select (last_s + shift_s) * 1000, (select count(*) from store) from clock")
        known = self.daemon.asked("stores") or []
        return sum((store["watermark_ms"] or 0) >= last_ms for store in known) >= count

    def wait_until_known(self):
        wait_for("every store is known through its last sale", self.stores_are_known, 120)

    def end(self):
        if self.daemon is not None:
            self.daemon.end()
        self.broker.end()
