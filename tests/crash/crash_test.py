#!/usr/bin/env python3
"""Kills the daemon at random moments under load, and then compares everything.

The load is a part of the real sales (tools/demo.d), streamed by the agent, which goes on while the
daemon is dead. After each restart no version may have gone back. In the end SQL over the CSV files,
the last records on the topic and shelfctl must agree on every position and key, as in tools/demo.

    crash_test.py --bin FOLDER [--kills N] [--seed N] [--stores N] [--keep FOLDER]

The seed chooses stores and moments; it is printed. What was killed when is printed too.
"""

import argparse
import csv
import gzip
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

from processes import DEMO, Agent, Daemon, Failed, Follower, Load, tail, wait_for

DATA = DEMO / "data/complete-journey"
PARTS_PER_KILL = 6
RETURNED_PART = 0.3
RETURNED_AFTER_ROWS = (20, 2000)
# Half of the kills count from the start of the process and so can meet it while it restores or
# catches up; the others come when it works.
FROM_START_S = 0.3
FROM_READY_S = 1.0


def say(text):
    print(text, flush=True)


def rows_of(name):
    with gzip.open(DATA / f"{name}.csv.gz", "rt", newline="") as file:
        yield from csv.reader(file)


def with_returns(sales, chance):
    """Some of what is sold comes back soon, as a receipt of its own with a negative quantity: what
    may be sold falls and rises again, so that a state that is a little too old shows."""
    returns = []
    for at, row in enumerate(sales):
        later = at + chance.randint(*RETURNED_AFTER_ROWS)
        if chance.random() < RETURNED_PART and int(row[3]) > 0 and later < len(sales):
            returns.append([row[0], f"return-{at}", row[2], f"-{row[3]}", "", sales[later][5]])
    return sorted(sales + returns, key=lambda row: row[5])


def write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def write_subset(work, chosen, chance):
    """Sales with returns and opening stock of the chosen stores, and all products."""
    for name in ("sales", "opening_stock", "products"):
        rows = rows_of(name)
        header = next(rows)
        kept = [row for row in rows if name == "products" or row[0] in chosen]
        write_csv(work / f"{name}.csv", header,
                  with_returns(kept, chance) if name == "sales" else kept)


def run_sql(work, *names):
    for name in names:
        done = subprocess.run(["sqlite3", "-batch", "demo.db"], cwd=work, capture_output=True,
                              text=True, input=(DEMO / f"{name}.sql").read_text())
        if done.returncode != 0:
            raise Failed(f"{name}.sql: {done.stderr.strip()}")
    return done.stdout


def ask(work, sql):
    with sqlite3.connect(work / "demo.db") as database:
        return database.execute(sql).fetchall()


def cut_into_parts(work, count):
    """[(first row, last row)] of the sales."""
    script = f".parameter set :part_count {count}\n.read {DEMO / 'parts.sql'}\n"
    done = subprocess.run(["sqlite3", "-batch", "demo.db"], cwd=work, capture_output=True,
                          text=True, check=True, input=script)
    return [tuple(int(n) for n in line.split("|")[1:3]) for line in done.stdout.splitlines()]


class CrashTest:
    def __init__(self, bin_folder, work, kills, seed, stores):
        self.bin = bin_folder
        self.work = work
        self.kills = kills
        self.random = random.Random(seed)
        self.store_count = stores
        self.daemon = Daemon(bin_folder, work)
        self.follower = None
        self.killed_before_ready = 0

    def run(self):
        self.prepare()
        self.load_reference_and_stock()
        load = Load(self.agent, cut_into_parts(self.work, self.kills * PARTS_PER_KILL))
        load.start()
        for kill in range(1, self.kills + 1):
            load.let_through(PARTS_PER_KILL)
            self.kill_and_restart(kill)
            load.check()
        # Cutting by time leaves no part out, but may make fewer than asked for.
        wait_for("the agent has sent all", lambda: not load.is_alive(), 120)
        load.check()
        self.wait_until_applied()
        return self.compare()

    def prepare(self):
        stores = sorted({row[0] for row in rows_of("sales")} - {"store_id"})
        write_subset(self.work, set(self.random.sample(stores, self.store_count)), self.random)
        run_sql(self.work, "import", "model", "expected", "exports")
        (positions,), = ask(self.work, "select count(*) from expected_position")
        (rows,), = ask(self.work, "select count(*) from sale")
        say(f"{self.store_count} stores, {positions} positions, {rows} rows of sales")

    def load_reference_and_stock(self):
        self.daemon.start()
        self.daemon.wait_ready()
        bootstrap = self.daemon.broker["bootstrap"]
        self.follower = Follower(self.work, bootstrap)
        (shift_s, listed_at), = ask(
            self.work, "select shift_s, datetime(first_s - 1, 'unixepoch') from clock")
        self.agent = Agent(self.bin, self.work, bootstrap, shift_s)
        self.agent.send("stores", self.work / "stores.csv")
        self.agent.send("items", self.work / "items.csv")
        self.agent.send_list(listed_at)

    def kill_and_restart(self, kill):
        from_start = self.random.random() < 0.5 and kill > 1
        if not from_start:
            self.daemon.wait_ready()
        delay_s = self.random.uniform(0, FROM_START_S if from_start else FROM_READY_S)
        time.sleep(delay_s)
        self.killed_before_ready += not self.daemon.is_ready()
        self.daemon.kill()
        self.follower.check()
        say(f"kill {kill}: {delay_s:.3f} s after {'its start' if from_start else 'ready'}, "
            f"{self.follower.records} records seen so far")
        self.daemon.start()

    def asked(self, command):
        """shelfctl's answer, None while the daemon gives none."""
        self.daemon.check_alive()
        done = subprocess.run([self.bin / "shelfctl", "--admin", self.daemon.admin, command,
                               "--output", "json"], capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def stores_are_known(self):
        (last_ms, count), = ask(
            self.work, "select (last_s + shift_s) * 1000, (select count(*) from store) from clock")
        known = self.asked("stores") or []
        return len(known) == count and all((s["watermark_ms"] or 0) >= last_ms for s in known)

    def all_is_published(self):
        status = self.asked("status")
        return (status is not None and status["caught_up"] and status["outbox"]["waiting"] == 0 and
                status["outbox"]["in_flight"] == 0 and self.follower.is_quiet())

    def wait_until_applied(self):
        self.daemon.wait_ready()
        wait_for("every store is known through its last sale", self.stores_are_known, 120)
        wait_for("all is published", self.all_is_published, 120)
        self.follower.check()

    def take_snapshots(self):
        for what in ("positions", "channels"):
            with open(self.work / f"{what}.csv", "w") as out:
                done = subprocess.run([self.bin / "shelfctl", "snapshot", "--format", "csv", "--what",
                                       what, "--admin", self.daemon.admin],
                                      stdout=out, stderr=subprocess.PIPE, text=True)
            if done.returncode != 0:
                raise Failed(f"shelfctl snapshot: {done.stderr.strip()}")
        with open(self.work / "rejects.tsv", "w") as out:
            subprocess.run(["kcat", "-C", "-q", "-e", "-b", self.daemon.broker["bootstrap"], "-t",
                            "stock-rejects", "-o", "beginning", "-f", r"%k\t%o\n"],
                           stdin=subprocess.DEVNULL, stdout=out, check=True)

    def compare(self):
        self.take_snapshots()
        self.follower.end()
        (self.work / "agent-counts.tsv").write_text(
            "".join(f"{name}\t{count:.0f}\n" for name, count in self.agent.counts.items()))
        say(run_sql(self.work, "observed", "compare", "report").rstrip())
        (differ,), = ask(self.work, "select sum(differ) from verdict")
        say(f"{self.kills} kills, {self.killed_before_ready} of them before it was ready, "
            f"{self.follower.records} records, {differ} differ")
        return differ == 0

    def end(self):
        if self.follower is not None:
            self.follower.end()
        self.daemon.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the programs")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000 % 1_000_000)
    parser.add_argument("--stores", type=int, default=80)
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    args = parser.parse_args()
    say(f"seed {args.seed}")
    with tempfile.TemporaryDirectory(prefix="shelfd-crash-") as folder:
        work = args.keep or pathlib.Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        test = CrashTest(args.bin.resolve(), work.resolve(), args.kills, args.seed, args.stores)
        try:
            good = test.run()
        except Failed as failure:
            say(f"failed: {failure}")
            say(tail(work / "shelfd.log", 20))
            good = False
        finally:
            test.end()
    say("passed" if good else f"FAILED; again: --seed {args.seed} --kills {args.kills}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
