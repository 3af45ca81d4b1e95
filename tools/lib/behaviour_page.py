#!/usr/bin/env python3
"""Writes docs/behaviour.md and docs/behaviour-sentences.md from the scenarios.

    behaviour_page.py            writes them
    behaviour_page.py --check    exit 1 when the committed ones are not what the scenarios say
"""

import re
import sys

import behaviour
from scenario_words import Words

PAGE = behaviour.ROOT / "docs/behaviour.md"
TABLE = behaviour.ROOT / "docs/behaviour-sentences.md"
REFERENCE = ("store", "item", "listing", "stop", "gone")

HEAD = """# How it behaves

What a channel may sell when this or that happens in a store: one small table for each case, cause
and effect side by side. None of it is made up: each table is a test that plays the left side to the
daemon's own loop and wants exactly the right side (`tests/scenarios/behaviour/`; this page is made
from those files by `tools/lib/behaviour_page.py`).

How to read a table: *when* is the time in the store, of the document and not of its arrival; rows are
in the order in which things arrive, so that what is late stands below with an earlier time. *What
happens* names the store's system that says so: mostly `erp`, the book that owns the stock record, `pos`
the tills, `scan` somebody who counts, `picking` those who pick orders, `oms` the order system. On the
right is what channels are told, such as site: milk **4**; a dash means that nobody hears anything.
*Asks* and *refused* is what the daemon says to the store. Quantities are pieces.

Four things that look odd and are not. Numbers go out with the daemon's next *tick*: each second in a
store, every ten seconds in most of these tables, so that what is due at 06:10 is said at 06:10:10. A sale
that stands beside no number is said with the next row's. Hours count on past midnight: 30:01 is 06:01
of the next day. And documents are numbered: a full list is three of them (its begin, its lines, its end),
so that what follows the first list is document 4.

Unless rules are named, there is one channel, `site`, that may sell all there is; what rules can say is in
[the rules file](reference/rules.md). What a sentence promises and where it is shown: [the
sentences](behaviour-sentences.md). Words: the *book* owns the stock record; an *early* source is ahead of
it; *evidence* counts and picks; a source that lost its numbering begins a new *epoch*; a store is *frozen*
while something of it is missing, or waits for an operator; a *promise* or
*complete through 09:00* means that all documents up to 09:00 have been sent; the *watermark* is how far
a store's sales are known; *lag* is how long ago that is, in opening hours.
"""

TABLE_HEAD = """# What is promised and what shows it

Each sentence about on-hand (4) and publishing (6) in short words, with the scenarios of
[How it behaves](behaviour.md) and the tests that show it. `tests/house/behaviour_test.py` fails when a
sentence has none, and names what does not exist; that each scenario fails when its piece of code is
broken is shown by `tools/test --long mutants`. Made by `tools/lib/behaviour_page.py`.

| | Sentence | Shown by |
|---|---|---|
"""


def anchor(title):
    """As GitHub makes it of a heading."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def link(text, title, page=""):
    return f"[{text}]({page}#{anchor(title)})"


class TableRows:
    """Joins a scenario's rows: what a tick brings stands beside what happened before it."""

    def __init__(self, scenario):
        self.words = Words(scenario)
        self.rows = []  # [when, what, said or None while it may still come]
        self.given = []
        self.prefix = ""
        for row in scenario.rows:
            self.add(row)

    def add(self, row):
        words = row.script.split()
        if words[0] in REFERENCE and not self.rows:
            self.given.append(self.words.given(row.script))
        elif words[0] == "keep":
            self.prefix = self.words.happens(row.script) + " "
        elif len(words) > 1 and words[1] in ("tick", "ticks"):
            self.tick(words, row)
        else:
            self.event(words, row)

    def said(self, row):
        return [self.words.said(text) for text in row.expected]

    def event(self, words, row):
        when = words[0] if words[0][0].isdigit() else ""
        what = self.prefix + self.words.happens(row.script)
        self.prefix = ""
        if row.remark:
            what += f" ({row.remark})"
        self.rows.append([when, what, self.said(row), True])

    def tick(self, words, row):
        said = self.said(row)
        if words[1] == "ticks":
            self.rows.append([words[0], f"time passes until {words[2]}", said, False])
        elif self.rows and self.rows[-1][3]:
            self.rows[-1][2] += said
            self.rows[-1][3] = False
            if row.remark:
                self.rows[-1][1] += f" ({row.remark})"
        elif said or row.remark:
            what = "time passes" + (f" ({row.remark})" if row.remark else "")
            self.rows.append([words[0], what, said, False])

    def lines(self):
        yield "| When | What happens | What is said |"
        yield "|---|---|---|"
        for when, what, said, _ in self.rows:
            yield f"| {when} | {what} | {'<br>'.join(said) or '–'} |"


def scenario_lines(scenario):
    table = TableRows(scenario)
    yield f"### {scenario.title}"
    yield ""
    for paragraph in scenario.why:
        yield paragraph
        yield ""
    facts = "; ".join(table.given)
    rules = f" Rules: `{scenario.rules}`." if scenario.rules else ""
    yield f"Given: {facts}.{rules}"
    yield ""
    yield from table.lines()
    yield ""
    shows = ", ".join(link(number, number, TABLE.name) for number in scenario.proves)
    yield f"<sub>Shows {shows}</sub>"
    yield ""


def chapter_lines(chapter):
    yield f"## {chapter.title}"
    yield ""
    for paragraph in chapter.intro:
        yield paragraph
        yield ""
    for name, rules in chapter.rules.items():
        yield f"Rules `{name}`:"
        yield ""
        yield "```yaml"
        yield from "\n".join(rules).strip("\n").splitlines()
        yield "```"
        yield ""
    for scenario in chapter.scenarios:
        yield from scenario_lines(scenario)


def page(chapters):
    lines = [HEAD, "## Contents", ""]
    for chapter in chapters:
        lines.append(f"- {link(chapter.title, chapter.title)}")
        lines += [f"  - {link(s.title, s.title)}" for s in chapter.scenarios]
    lines.append("")
    for chapter in chapters:
        lines += chapter_lines(chapter)
    return "\n".join(lines).rstrip("\n") + "\n"


def sentence_row(sentence, chapters):
    shown = [link(scenario.title, scenario.title, PAGE.name)
             for _, scenario in behaviour.scenarios_of(sentence, chapters)]
    shown += [f"`{file}`: {name}" for file, name in sentence.tests]
    anchored = f'<a id="{anchor(sentence.number)}"></a>{sentence.number}'
    return f"| {anchored} | {sentence.text} | {'<br>'.join(shown)} |"


def table(chapters):
    rows = [sentence_row(sentence, chapters) for sentence in behaviour.sentences()]
    return TABLE_HEAD + "\n".join(rows) + "\n"


def pages():
    """Path -> what it should say."""
    chapters = behaviour.chapters()
    return {PAGE: page(chapters), TABLE: table(chapters)}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    old = 0
    for path, text in pages().items():
        if arguments:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.relative_to(behaviour.ROOT)} is not what the scenarios say: "
                      "tools/lib/behaviour_page.py writes it")
                old = 1
        else:
            path.write_text(text, encoding="utf-8")
    return old


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
