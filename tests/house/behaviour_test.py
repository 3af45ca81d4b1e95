"""Scenarios, sentences, the page made of them and the mutants that break them belong together."""

import collections
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/lib"), str(ROOT / "tests/scenarios/mutants")]

import behaviour  # noqa: E402
import behaviour_page  # noqa: E402
import mutants  # noqa: E402


def twice(things):
    return [thing for thing, count in collections.Counter(things).items() if count > 1]


def has_test(file, name):
    path = ROOT / file
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    return f'TEST_CASE("{name}"' in text or f"def {name}(" in text


class ScenariosTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chapters = behaviour.chapters()
        cls.scenarios = [s for chapter in cls.chapters for s in chapter.scenarios]
        cls.sentences = behaviour.sentences()

    def test_each_scenario_is_named_by_a_sentence_that_ctest_can_take(self):
        self.assertEqual([], twice(s.title for s in self.scenarios))
        odd = [f"{s.place}: {s.title}" for s in self.scenarios
               if not behaviour.TITLE.fullmatch(s.title)]
        self.assertEqual([], odd)

    def test_each_scenario_proves_a_sentence_that_there_is(self):
        known = {sentence.number for sentence in self.sentences}
        wrong = [s.place for s in self.scenarios if not s.proves or not set(s.proves) <= known]
        self.assertEqual([], wrong)

    def test_each_sentence_has_a_scenario_or_a_test(self):
        bare = [sentence.number for sentence in self.sentences
                if not sentence.tests and not behaviour.scenarios_of(sentence, self.chapters)]
        self.assertEqual([], bare)
        self.assertEqual([], twice(sentence.number for sentence in self.sentences))

    def test_each_test_that_a_sentence_names_is_there(self):
        gone = [f"{sentence.number}: {file}: {name}" for sentence in self.sentences
                for file, name in sentence.tests if not has_test(file, name)]
        self.assertEqual([], gone)

    def test_the_committed_pages_are_what_the_scenarios_say(self):
        for path, text in behaviour_page.pages().items():
            said = path.read_text(encoding="utf-8") if path.exists() else ""
            self.assertTrue(said == text,
                            f"{path.name} is old: tools/lib/behaviour_page.py writes it")


class MutantsTest(unittest.TestCase):
    """That they are killed is for `tools/test --long mutants`; here, that none has gone stale."""

    def test_each_piece_that_is_broken_stands_just_once_in_the_source(self):
        for mutant in mutants.all_mutants():
            source = (ROOT / mutant.file).read_text(encoding="utf-8")
            self.assertNotEqual(source, mutant.applied_to(source), mutant.place)

    def test_each_scenario_is_broken_by_a_mutant(self):
        broken = {title for mutant in mutants.all_mutants() for title in mutant.breaks}
        titles = {s.title for chapter in behaviour.chapters() for s in chapter.scenarios}
        self.assertEqual(set(), titles - broken)
        self.assertEqual(set(), broken - titles)

    def test_each_mutant_says_what_it_breaks(self):
        found = mutants.all_mutants()
        self.assertEqual([], [mutant.place for mutant in found if not mutant.breaks])
        self.assertEqual([], twice(mutant.what for mutant in found))


if __name__ == "__main__":
    unittest.main()
