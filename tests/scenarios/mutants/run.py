#!/usr/bin/env python3
"""Breaks the daemon in a copy of the tree, piece by piece, and demands that scenarios notice.

For each mutant of mutants/*.txt: the piece is broken, the scenarios' program is built and run, and
each scenario that the mutant names must fail. Ends with a table and exit 0 only when all did. The
checkout itself is never changed.
"""

import argparse
import io
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree

import mutants

ROOT = mutants.ROOT
BUILD_SECONDS = 1800
RUN_SECONDS = 120


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/mutants",
                        help="where the copy and its build go (build/mutants)")
    parser.add_argument("--commit", help="copy this commit instead of the files as they are")
    parser.add_argument("--as-is", action="store_true",
                        help="take the copy of the last run as it is")
    parser.add_argument("--only", default="", help="mutants in whose words this regular expression is found")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true",
                        help="show every scenario that failed, also those not named")
    return parser.parse_args()


def git(*words):
    return subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=ROOT, check=True,
                          capture_output=True).stdout


def files_of_checkout():
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            yield name, (ROOT / name).read_bytes()


def files_of_commit(commit):
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        for member in archive.getmembers():
            if member.isfile():
                yield member.name, archive.extractfile(member).read()


class Copy:
    """The tree that is broken, and its build."""

    def __init__(self, work, jobs):
        self.tree = work / "tree"
        self.build = work / "build"
        self.jobs = jobs

    def fill(self, files):
        """Writes what differs, so that what is built of the rest stays built."""
        wanted = {}
        for name, data in files:
            if name.startswith(("daemon/", "proto/", "cmake/", "tests/", "tools/", "CMakeLists")):
                wanted[name] = data
        for name, data in wanted.items():
            path = self.tree / name
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        for path in [p for p in self.tree.rglob("*") if p.is_file()]:
            if str(path.relative_to(self.tree)) not in wanted:
                path.unlink()

    def configure(self):
        if (self.build / "build.ninja").exists():
            return
        command = ["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja",
                   "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def make(self):
        """The compiler's words when it does not build, else nothing."""
        made = subprocess.run(["ninja", "-C", self.build, f"-j{self.jobs}", "scenarios_test"],
                              capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        return "" if made.returncode == 0 else made.stdout[-3000:]

    def failed(self, titles):
        """Titles of the scenarios that fail. After a crash: those of `titles`, each run alone."""
        found = self.run("[behaviour]")
        if found is not None:
            return found
        return {title for title in titles if self.run(title) != set()}

    def run(self, selection):
        """None when it did not come to its end."""
        command = [self.build / "bin/scenarios_test", re.sub(r"([,\\])", r"\\\1", selection),
                   "-r", "junit"]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS,
                                   check=False)
            report = xml.etree.ElementTree.fromstring(ended.stdout)
        except (subprocess.TimeoutExpired, xml.etree.ElementTree.ParseError):
            return None
        if ended.returncode < 0:
            return None
        return {case.get("name") for case in report.iter("testcase")
                if case.find("failure") is not None or case.find("error") is not None}


def titles():
    sys.path.insert(0, str(ROOT / "tools/lib"))
    import behaviour  # pylint: disable=import-outside-toplevel
    return [s.title for chapter in behaviour.chapters() for s in chapter.scenarios]


class Outcome:
    def __init__(self, mutant, failed, trouble, seconds):
        self.mutant = mutant
        self.failed = failed
        self.trouble = trouble
        self.survived = [title for title in mutant.breaks if title not in failed]
        self.seconds = seconds

    @property
    def good(self):
        return not self.trouble and not self.survived and bool(self.mutant.breaks)

    def show(self, everything):
        word = "killed" if self.good else "SURVIVED"
        print(f"{word:9}{len(self.failed):4} failed  {self.seconds:5.1f} s  {self.mutant.what}",
              flush=True)
        if self.trouble:
            print(f"    {self.mutant.place}: {self.trouble}")
        for title in self.survived:
            print(f"    did not fail: {title}")
        if everything:
            for title in sorted(self.failed - set(self.mutant.breaks)):
                print(f"    also: {title}")


def try_mutant(mutant, copy, everything):
    began = time.monotonic()
    path = copy.tree / mutant.file
    whole = path.read_text(encoding="utf-8")
    failed, trouble = set(), ""
    try:
        path.write_text(mutant.applied_to(whole), encoding="utf-8")
        trouble = copy.make()
        if not trouble:
            failed = copy.failed(mutant.breaks)
    except mutants.Fault as fault:
        trouble = str(fault)
    finally:
        path.write_text(whole, encoding="utf-8")
    outcome = Outcome(mutant, failed, trouble, time.monotonic() - began)
    outcome.show(everything)
    return outcome


def main():
    options = arguments()
    copy = Copy(options.work, options.jobs)
    if not options.as_is:
        copy.fill(files_of_commit(options.commit) if options.commit else files_of_checkout())
    copy.configure()
    trouble = copy.make()
    if trouble:
        print(f"what is not broken does not build:\n{trouble}")
        return 1
    if copy.run("[behaviour]") != set():
        print("scenarios fail with nothing broken")
        return 1
    chosen = [m for m in mutants.all_mutants() if re.search(options.only, m.what)]
    # Those of one file together: the next mutant is built over the last one.
    chosen.sort(key=lambda mutant: mutant.file)
    outcomes = [try_mutant(mutant, copy, options.all) for mutant in chosen]
    good = sum(outcome.good for outcome in outcomes)
    named = {title for outcome in outcomes for title in outcome.mutant.breaks if outcome.good}
    known = titles()
    print(f"{good} of {len(outcomes)} mutants killed; "
          f"{len(named & set(known))} of {len(known)} scenarios seen to fail")
    return 0 if good == len(outcomes) else 1


if __name__ == "__main__":
    if shutil.which("ninja") is None:
        sys.exit("ninja is not installed")
    sys.exit(main())
