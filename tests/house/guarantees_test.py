#!/usr/bin/env python3
"""What docs/GUARANTEES.md promises is shown by tests that are there."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/GUARANTEES.md"


def literals(text):
    """The strings of a C++ or CMake file; neighbours are one."""
    joined = re.sub(r'"\s*\n\s*"', "", text)
    return set(re.findall(r'"((?:[^"\\]|\\.)*)"', joined))


def promises(text):
    """Of each promise its number and its lines, an item's continuation joined."""
    joined = re.sub(r"\n  +(?=\S)", " ", text)
    for part in joined.split("\n### ")[1:]:
        body = part.split("\n## ")[0]
        yield body.split(".")[0], body.splitlines()


def shown(lines):
    """(file, sentence) of the tests that are named, and the names of ctests."""
    for line in lines:
        for file, words in re.findall(r"`(tests/[\w/.]+)`: ([^`]+)$", line):
            yield file, words.strip()
        for name in re.findall(r"ctest `([^`]+)`", line):
            yield None, name


def is_there(file, words):
    if file is None:
        return any(words in literals(path.read_text()) for path in ROOT.glob("tests/**/CMakeLists.txt"))
    path = ROOT / file
    if not path.is_file():
        return False
    if path.suffix == ".py":
        return f"def {words}(" in path.read_text()
    if path.suffix == ".txt":
        return words in path.read_text()
    return words in literals(path.read_text())


class Guarantees(unittest.TestCase):
    def test_each_promise_names_a_test(self):
        for number, lines in promises(PAGE.read_text()):
            with self.subTest(promise=number):
                self.assertTrue(list(shown(lines)))

    def test_each_test_that_is_named_is_there(self):
        for number, lines in promises(PAGE.read_text()):
            for file, words in shown(lines):
                with self.subTest(promise=number, file=file, words=words):
                    self.assertTrue(is_there(file, words))

    def test_the_promises_are_numbered_one_by_one(self):
        numbers = [int(number) for number, _ in promises(PAGE.read_text())]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))


if __name__ == "__main__":
    unittest.main()
