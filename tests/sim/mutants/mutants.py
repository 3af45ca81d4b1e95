#!/usr/bin/env python3
"""Makes the sources of shelf-sim-mutants: copies of daemon's files in which each mutant's piece is
there twice, as it is and broken, and a number chosen at run time says which holds.

    mutants.py FOLDER      writes the copies and mutants_table.cc there
    mutants.py --files     the daemon's files that have mutants, a line each
    mutants.py --names     the names of the mutants

A file of mutants:
    = NAME: what is broken, in words
    FILE
    expression             where the piece is an expression, not whole statements
    - the piece, which stands in FILE just once; a line of it on each line
    + what takes its place
"""

import dataclasses
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DECLARATION = "namespace shelf::sim {\nextern int chosen_mutant;\n}\n"


class Fault(Exception):
    """A mutant that cannot be used, with its place."""


@dataclasses.dataclass
class Mutant:
    number: int
    place: str
    name: str
    what: str
    file: str = ""
    expression: bool = False
    piece: list = dataclasses.field(default_factory=list)
    instead: list = dataclasses.field(default_factory=list)

    def switched(self):
        """The text that holds both."""
        chosen = f"shelf::sim::chosen_mutant == {self.number}"
        piece, instead = "\n".join(self.piece), "\n".join(self.instead)
        if self.expression:
            return f"({chosen} ? ({instead}) : ({piece}))"
        return f"{{ if ({chosen}) {{\n{instead}\n}} else {{\n{piece}\n}} }}"


def read(path=HERE / "mutants.txt"):
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("= "):
            name, _, what = line[2:].partition(": ")
            found.append(Mutant(len(found) + 1, place, name, what))
        elif not found:
            raise Fault(f"{place}: no mutant has begun")
        elif line.startswith("daemon/"):
            found[-1].file = line
        elif line == "expression":
            found[-1].expression = True
        elif line.startswith("- "):
            found[-1].piece.append(line[2:])
        elif line.startswith("+"):
            found[-1].instead.append(line[2:])
        else:
            raise Fault(f"{place}: not understood: {line}")
    return found


def check(mutant):
    if not mutant.what:
        raise Fault(f"{mutant.place}: it does not say what is broken")
    if not mutant.file.endswith(".cc"):
        raise Fault(f"{mutant.place}: a header is part of many files, only a .cc can be broken")
    count = (ROOT / mutant.file).read_text(encoding="utf-8").count("\n".join(mutant.piece))
    if not mutant.piece or count != 1:
        raise Fault(f"{mutant.place}: {mutant.file} has the piece {count} times")


def broken(file, mutants):
    text = (ROOT / file).read_text(encoding="utf-8")
    for mutant in mutants:
        text = text.replace("\n".join(mutant.piece), mutant.switched())
    return DECLARATION + text


def table(mutants):
    rows = "".join(f'      {{"{m.name}", "{m.what}"}},\n' for m in mutants)
    return ('#include "sim/mutants.h"\n\nnamespace shelf::sim {\n\nint chosen_mutant = 0;\n\n'
            "const std::vector<Mutant>& Mutants() {\n"
            f"  static const std::vector<Mutant> all = {{\n{rows}  }};\n  return all;\n}}\n\n"
            "}  // namespace shelf::sim\n")


def by_file(mutants):
    files = {}
    for mutant in mutants:
        files.setdefault(mutant.file, []).append(mutant)
    return files


def name_of_copy(file):
    return file.removeprefix("daemon/").replace("/", "_")


def write_if_changed(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main(words):
    mutants = read()
    for mutant in mutants:
        check(mutant)
    if words == ["--names"]:
        print("\n".join(m.name for m in mutants))
    elif words == ["--files"]:
        print("\n".join(by_file(mutants)))
    elif len(words) == 1:
        folder = pathlib.Path(words[0])
        folder.mkdir(parents=True, exist_ok=True)
        for file, its_own in by_file(mutants).items():
            write_if_changed(folder / name_of_copy(file), broken(file, its_own))
        write_if_changed(folder / "mutants_table.cc", table(mutants))
    else:
        raise Fault(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Fault as fault:
        sys.exit(str(fault))
