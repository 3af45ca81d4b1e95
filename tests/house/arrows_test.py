"""Which folder may include which, and where an outside library stops, as daemon/arrows.txt says."""

import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = {".cc", ".h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)

# main.cc belongs to no folder: flags and config in, app out.
MAIN_MAY_INCLUDE = {"app", "config", "base"}


class Arrows:
    """daemon/arrows.txt, read."""

    def __init__(self, text):
        self.may_include = {}  # folder -> set of other folders
        self.libraries = []  # (name, include prefix, [allowed path prefixes])
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            left, colon, right = line.partition(":")
            words = left.split()
            if colon and len(words) == 1:
                self.may_include[words[0]] = set(right.split())
            elif colon and len(words) == 3 and words[0] == "library":
                self.libraries.append((words[1], words[2], right.split()))
            else:
                raise ValueError(f"arrows.txt:{number}: neither a folder nor a library: {line}")


def circles(arrows):
    """Folders from which the arrows lead back to themselves."""

    def reaches(start, goal, seen):
        for after in arrows.may_include.get(start, ()):
            if after == goal:
                return True
            if after not in seen:
                seen.add(after)
                if reaches(after, goal, seen):
                    return True
        return False

    return [f"{folder} reaches itself" for folder in arrows.may_include
            if reaches(folder, folder, set())]


def folder_faults(arrows, path, included):
    """`path` is relative to the checkout; `included` as it stands in the #include."""
    parts = path.parts
    if parts[0] != "daemon":
        return
    target = included.split("/")[0]
    if "/" not in included or target not in arrows.may_include:
        return
    if len(parts) == 2:
        allowed, source = MAIN_MAY_INCLUDE, parts[1]
    elif parts[1] not in arrows.may_include:
        yield f"{path}: folder {parts[1]} has no line in daemon/arrows.txt"
        return
    else:
        allowed, source = arrows.may_include[parts[1]] | {parts[1]}, parts[1]
    if target not in allowed:
        yield f"{path}: {source} may not include {included}"


def library_faults(arrows, path, included):
    for name, prefix, allowed in arrows.libraries:
        inside = included.startswith(prefix)
        if inside and not any(str(path).startswith(start) for start in allowed):
            yield f"{path}: {name} stops before here, but {included} is included"


def faults(root, arrows):
    for top in ("daemon", "tools", "tests"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in SOURCES:
                continue
            path = file.relative_to(root)
            for included in INCLUDE.findall(file.read_text(encoding="utf-8")):
                yield from folder_faults(arrows, path, included)
                yield from library_faults(arrows, path, included)


class ArrowsTest(unittest.TestCase):
    def test_no_file_includes_against_the_arrows(self):
        arrows = Arrows((ROOT / "daemon/arrows.txt").read_text(encoding="utf-8"))
        found = list(faults(ROOT, arrows))
        self.assertEqual([], found, "\n" + "\n".join(found))

    def test_the_arrows_have_no_circle(self):
        arrows = Arrows((ROOT / "daemon/arrows.txt").read_text(encoding="utf-8"))
        self.assertEqual([], circles(arrows))

    def test_every_folder_has_its_line_and_every_line_its_folder(self):
        arrows = Arrows((ROOT / "daemon/arrows.txt").read_text(encoding="utf-8"))
        folders = {path.parent.relative_to(ROOT / "daemon").parts[0]
                   for path in (ROOT / "daemon").rglob("*")
                   if path.suffix in SOURCES and path.parent != ROOT / "daemon"}
        self.assertEqual(set(), folders - set(arrows.may_include))
        targets = set().union(*arrows.may_include.values())
        self.assertEqual(set(), targets - set(arrows.may_include))


class CheckerTest(unittest.TestCase):
    """The checker sees what it is there to see."""

    ARROWS = Arrows("base:\nposition: base\nio: base\n"
                    "library librdkafka librdkafka/: daemon/io/kafka_ tests/\n")

    def found_in(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            return list(faults(pathlib.Path(folder), self.ARROWS))

    def test_an_arrow_that_is_not_there_is_found(self):
        self.assertEqual(1, len(self.found_in("daemon/position/a.cc", '#include "io/sink.h"\n')))
        self.assertEqual([], self.found_in("daemon/io/a.cc", '#include "base/time.h"\n'))
        self.assertEqual([], self.found_in("daemon/io/a.cc", '#include "io/sink.h"\n'))

    def test_a_library_beyond_its_border_is_found(self):
        text = "#include <librdkafka/rdkafka.h>\n"
        self.assertEqual(1, len(self.found_in("daemon/io/memory_sink.cc", text)))
        self.assertEqual(1, len(self.found_in("tools/agent/send.cc", text)))
        self.assertEqual([], self.found_in("daemon/io/kafka_sink.cc", text))

    def test_a_folder_without_a_line_is_found(self):
        self.assertEqual(1, len(self.found_in("daemon/spare/a.cc", '#include "base/time.h"\n')))

    def test_a_circle_is_found(self):
        self.assertEqual(2, len(circles(Arrows("a: b\nb: a\nc: a\n"))))


if __name__ == "__main__":
    unittest.main()
