"""A part of the real sales (tools/demo.d) as CSV files, and SQL over them."""

import csv
import gzip
import sqlite3
import subprocess

from processes import DEMO, Failed

DATA = DEMO / "data/complete-journey"
RETURNED_PART = 0.3
RETURNED_AFTER_ROWS = (20, 2000)


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


def write_subset(work, store_count, chance):
    """Sales with returns and opening stock of some stores, and all products; and what SQL makes of
    them: demo.db, stores.csv, items.csv, fuel.txt."""
    stores = sorted({row[0] for row in rows_of("sales")} - {"store_id"})
    chosen = set(chance.sample(stores, store_count))
    for name in ("sales", "opening_stock", "products"):
        rows = rows_of(name)
        header = next(rows)
        kept = [row for row in rows if name == "products" or row[0] in chosen]
        write_csv(work / f"{name}.csv", header,
                  with_returns(kept, chance) if name == "sales" else kept)
    run_sql(work, "import", "model", "rules", "expected", "exports")


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
