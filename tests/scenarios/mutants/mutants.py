"""The mutants beside this file: pieces of the daemon broken on purpose, and what must notice.

    = what is broken, in words
    FILE
    - a piece of FILE that stands there once, a line of it on each line
    + what takes its place
    breaks TITLE                a scenario that must fail then; one or more
"""

import dataclasses
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


class Fault(Exception):
    """A file of mutants that cannot be used, with its place."""


@dataclasses.dataclass
class Mutant:
    place: str
    what: str
    file: str = ""
    original: list = dataclasses.field(default_factory=list)
    broken: list = dataclasses.field(default_factory=list)
    breaks: list = dataclasses.field(default_factory=list)

    def applied_to(self, text):
        """The file's text with the mutant in it; Fault where its piece is not there just once."""
        original = "\n".join(self.original)
        if not original:
            raise Fault(f"{self.place}: nothing is broken")
        if text.count(original) != 1:
            raise Fault(f"{self.place}: {self.file} has {text.count(original)} times: {original}")
        return text.replace(original, "\n".join(self.broken))


def read(path):
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("= "):
            found.append(Mutant(place, line[2:]))
        elif not found:
            raise Fault(f"{place}: no mutant has begun")
        elif line.startswith("daemon/"):
            found[-1].file = line
        elif line.startswith("- "):
            found[-1].original.append(line[2:])
        elif line.startswith("+"):
            found[-1].broken.append(line[2:])
        elif line.startswith("breaks "):
            found[-1].breaks.append(line[len("breaks "):])
        else:
            raise Fault(f"{place}: not understood: {line}")
    return found


def all_mutants():
    return [mutant for path in sorted(HERE.glob("*.txt")) for mutant in read(path)]
