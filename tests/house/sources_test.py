"""What holds for every file of ours: its size, and that it names no machine and no registry."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINES_MAX = 600
SIZED = {".cc", ".h", ".py", ".sh", ".sql"}
# Not ours, or not text.
NOT_OURS = ("LICENSE", "tools/demo.d/data/")

# Where packages come from is the machine's business. Written in two parts, so that this file
# passes too.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"), ("crates", "io"),
    ("proxy.golang", "org"), ("sum.golang", "org"), ("rubygems", "org"), ("repo.maven", "apache"),
    ("deb.debian", "org"), ("conan", "io"), ("docker", "io"), ("ghcr", "io"), ("quay", "io"))]
# A path that only one machine has, at the start of a path (not the middle of a longer one).
MACHINE_PATH = re.compile(r"(?<![\w.$}/~*-])/" + "(?:work|root|home/[a-z]+)/")


def our_files():
    """Tracked files and those about to be."""
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(NOT_OURS):
            yield name


def is_script(name, text):
    return "." not in pathlib.Path(name).name and text.startswith("#!")


def faults(name, text):
    lines = text.count("\n")
    if (pathlib.Path(name).suffix in SIZED or is_script(name, text)) and lines > LINES_MAX:
        yield f"{name}: {lines} lines, {LINES_MAX} at most"
    for number, line in enumerate(text.splitlines(), 1):
        for host in HOSTS:
            if host in line:
                yield f"{name}:{number}: names the registry {host}"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine: {line.strip()[:80]}"


class SourcesTest(unittest.TestCase):
    def test_every_file_of_ours_keeps_to_the_house(self):
        found = []
        for name in our_files():
            try:
                text = (ROOT / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            found.extend(faults(name, text))
        self.assertEqual([], found, "\n" + "\n".join(found))


class CheckerTest(unittest.TestCase):
    """The checker sees what it is there to see."""

    def test_a_long_file_is_found_and_long_data_is_not(self):
        self.assertEqual(1, len(list(faults("a.cc", "x\n" * (LINES_MAX + 1)))))
        self.assertEqual(1, len(list(faults("tool", "#!/bin/bash\n" * (LINES_MAX + 1)))))
        self.assertEqual([], list(faults("a.csv", "x\n" * (LINES_MAX + 1))))

    def test_a_registry_is_found(self):
        self.assertEqual(1, len(list(faults("a.md", f"get it from https://{HOSTS[0]}/x\n"))))

    def test_a_path_of_one_machine_is_found_and_a_relative_one_is_not(self):
        self.assertEqual(1, len(list(faults("a.sh", "cd /" + "work/main\n"))))
        self.assertEqual([], list(faults("a.sh", "cd frame/" + "work/main; ls /etc/shelfd\n")))


if __name__ == "__main__":
    unittest.main()
