"""The chapters of tests/scenarios/behaviour and tests/scenarios/sentences.txt, as data.

Their form is described in tests/scenarios/behaviour.h and at the head of sentences.txt.
"""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests/scenarios"
CHAPTERS = SCENARIOS / "behaviour"
SENTENCES = SCENARIOS / "sentences.txt"

# What a test's name may hold: ctest and Catch have their own use for the rest.
TITLE = re.compile(r"[A-Z][A-Za-z0-9 .:'-]*[A-Za-z0-9]")


class Fault(Exception):
    """A file that cannot be read, with its place."""


@dataclasses.dataclass
class Row:
    script: str
    expected: list
    remark: str = ""


@dataclasses.dataclass
class Scenario:
    place: str
    title: str
    why: list = dataclasses.field(default_factory=list)  # paragraphs
    proves: list = dataclasses.field(default_factory=list)
    rules: str = ""
    watch: str = ""
    rows: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Chapter:
    name: str
    title: str = ""
    intro: list = dataclasses.field(default_factory=list)  # paragraphs
    rules: dict = dataclasses.field(default_factory=dict)  # name -> lines of YAML
    scenarios: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Sentence:
    number: str
    text: str
    tests: list = dataclasses.field(default_factory=list)  # (file, name)


class _ChapterReader:
    """Reads a chapter line by line."""

    def __init__(self, path):
        self.path = path
        self.chapter = Chapter(path.stem)
        self.rules_name = None
        self.paragraph_ended = True

    def read(self):
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            self.place = f"{self.path.relative_to(ROOT)}:{number}"
            self.line(line.rstrip())
        return self.chapter

    def line(self, line):
        if line.startswith("# "):
            self.chapter.title = line[2:]
        elif line.startswith("## "):
            self.rules_name = None
            self.chapter.scenarios.append(Scenario(self.place, line[3:]))
        elif line.startswith("    "):
            self.indented(line[4:])
        elif line:
            self.rules_name = None
            self.word(line)
        self.paragraph_ended = not line

    def indented(self, line):
        if self.rules_name is not None:
            self.chapter.rules[self.rules_name].append(line)
        elif self.chapter.scenarios:
            self.row(line)
        else:
            raise Fault(f"{self.place}: a table without a scenario")

    def row(self, line):
        rows = self.chapter.scenarios[-1].rows
        line, _, remark = line.partition("#")
        script, arrow, expected = line.partition("=>")
        if script.strip():
            rows.append(Row(script.strip(), [], remark.strip()))
        elif arrow and not rows:
            raise Fault(f"{self.place}: nothing has happened yet")
        if expected.strip() not in ("", "nothing"):
            rows[-1].expected.append(expected.strip())

    def word(self, line):
        scenario = self.chapter.scenarios[-1] if self.chapter.scenarios else None
        named = re.fullmatch(r"rules ([\w-]+):", line)
        if named:
            self.rules_name = named[1]
            self.chapter.rules[self.rules_name] = []
        elif scenario and line.startswith("proves: "):
            scenario.proves = line[len("proves: "):].split(", ")
        elif scenario and line.startswith("rules: "):
            scenario.rules = line[len("rules: "):]
        elif scenario and line.startswith("watch: "):
            scenario.watch = line[len("watch: "):]
        else:
            self.prose(line, scenario.why if scenario else self.chapter.intro)

    def prose(self, line, paragraphs):
        if self.paragraph_ended:
            paragraphs.append(line)
        else:
            paragraphs[-1] += "\n" + line


def chapters():
    return [_ChapterReader(path).read() for path in sorted(CHAPTERS.glob("*.md"))]


def sentences():
    found = []
    for number, line in enumerate(SENTENCES.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        begins = re.match(r"(\d+\.\d+) +(.*)", line)
        test = re.match(r" +test ([^:]+): (.*)", line)
        if begins:
            found.append(Sentence(begins[1], begins[2]))
        elif not found:
            raise Fault(f"sentences.txt:{number}: not understood: {line}")
        elif test:
            found[-1].tests.append((test[1], test[2]))
        else:
            found[-1].text += " " + line.strip()
    return found


def scenarios_of(sentence, all_chapters):
    """(chapter, scenario) of those that prove the sentence."""
    return [(chapter, scenario) for chapter in all_chapters for scenario in chapter.scenarios
            if sentence.number in scenario.proves]
