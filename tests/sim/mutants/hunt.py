#!/usr/bin/env python3
"""Whether the simulation finds each mutant.

    hunt.py --program shelf-sim-mutants               replays the seeds of found.txt; each must fail
    hunt.py --program shelf-sim-mutants --seeds 2000  looks anew, from seed 1, and writes found.txt
                                                      and the table of docs/simulation.md

Exit 0: each mutant was found, and without any the same seeds pass.
"""

import argparse
import concurrent.futures
import dataclasses
import pathlib
import re
import subprocess
import sys

import mutants

FOUND = pathlib.Path(__file__).resolve().parent / "found.txt"
PAGE = mutants.ROOT / "docs/simulation.md"
SECONDS_A_MUTANT = 900


@dataclasses.dataclass
class Find:
    name: str
    seed: int
    how: str  # what the simulation said first


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--seeds", type=int, help="look in seeds 1 to this one")
    parser.add_argument("--only", default="", help="mutants whose name has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def run(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=False,
                          timeout=SECONDS_A_MUTANT)


def look(program, name, seeds):
    """The first seed that finds the mutant, or None."""
    done = run(program, "--mutant", name, "--seeds", seeds, "--until-found")
    found = re.search(rf"^found {re.escape(name)} seed (\d+): (.*)$", done.stdout, re.MULTILINE)
    return Find(name, int(found[1]), found[2]) if found else None


def read_found():
    finds = []
    for line in FOUND.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, seed, how = line.split("\t")
            finds.append(Find(name, int(seed), how))
    return finds


def write_found(finds):
    lines = [f"{find.name}\t{find.seed}\t{find.how}\n" for find in finds]
    FOUND.write_text("# Mutant, the first seed that finds it, what it says. Made by hunt.py.\n" +
                     "".join(lines), encoding="utf-8")


def table(all_mutants, finds):
    by_name = {find.name: find for find in finds}
    rows = ["| Mutant | What is broken | First seed | What the simulation says |", "|---|---|---|---|"]
    for mutant in all_mutants:
        find = by_name.get(mutant.name)
        seed, how = (find.seed, find.how.replace("|", "\\|")) if find else ("not found", "")
        rows.append(f"| `{mutant.name}` | {mutant.what} | {seed} | {how} |")
    return "\n".join(rows) + "\n"


def write_page(text):
    page = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- mutants -->\n", "<!-- end of mutants -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + begin + text + end + after, encoding="utf-8")


def hunt(args, chosen):
    """Name and find of each, as they come."""
    if args.seeds:
        wanted = [(mutant.name, f"1..{args.seeds}") for mutant in chosen]
    else:
        known = {find.name: find.seed for find in read_found()}
        wanted = [(m.name, f"{known[m.name]}..{known[m.name]}") for m in chosen if m.name in known]
        missing = [m.name for m in chosen if m.name not in known]
        for name in missing:
            print(f"{name}: no seed is known")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        looks = {pool.submit(look, args.program, name, seeds): name for name, seeds in wanted}
        for done in concurrent.futures.as_completed(looks):
            yield looks[done], done.result()


def passes_unbroken(program, finds):
    seeds = sorted({find.seed for find in finds})
    return all(run(program, "--seeds", f"{seed}..{seed}").returncode == 0 for seed in seeds)


def main():
    args = arguments()
    every = mutants.read()
    chosen = [mutant for mutant in every if args.only in mutant.name]
    finds = []
    for name, find in hunt(args, chosen):
        print(f"{name}: seed {find.seed}: {find.how}" if find else f"{name}: NOT FOUND", flush=True)
        if find:
            finds.append(find)
    finds.sort(key=lambda find: find.name)
    clean = passes_unbroken(args.program, finds)
    if not clean:
        print("a seed fails without any mutant: what it finds is no mutant")
    print(f"{len(finds)} of {len(chosen)} mutants found")
    if args.seeds and not args.only and clean:
        write_found(finds)
        write_page(table(every, finds))
    return 0 if clean and len(finds) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
