"""Apache Kafka's jars, fetched once by Maven into a cache folder, and the commands that run them.

The cache is $SHELFD_CACHE, or else shelfd in $XDG_CACHE_HOME or ~/.cache. A fetch is built beside its
place and renamed into it with a list of its files, so that a half one never counts as there.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
POM = HERE / "kafka-pom.xml"
LOG4J = HERE / "kafka-log4j.properties"
VERSION = "3.9.1"
FETCH_SECONDS_MAX = 600


class Unavailable(Exception):
    """Kafka cannot be had on this machine; one sentence why."""


def cache_folder():
    named = os.environ.get("SHELFD_CACHE")
    if named:
        return pathlib.Path(named).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base).resolve() / "shelfd"


def kafka_folder():
    return cache_folder() / f"kafka-{VERSION}"


def find_java():
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else None
    java = java or shutil.which("java")
    if java is None:
        raise Unavailable("there is no Java (Debian: openjdk-17-jre-headless)")
    return java


@contextlib.contextmanager
def locked(path):
    """One process at a time, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pom_hash():
    return hashlib.sha256(POM.read_bytes()).hexdigest()


def list_of(jars):
    """What the stamp holds: the wish and what came of it."""
    return {"pom": pom_hash(), "jars": {jar.name: jar.stat().st_size for jar in jars.glob("*.jar")}}


def are_there():
    folder = kafka_folder()
    try:
        return json.loads((folder / "fetched.json").read_text()) == list_of(folder / "jars")
    except (OSError, ValueError):
        return False


def copy_by_maven(jars):
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Kafka's jars are not in the cache and there is no Maven (Debian: maven)")
    try:
        done = subprocess.run(
            [maven, "--batch-mode", "--quiet", "--file", POM, "dependency:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={jars}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=FETCH_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Maven did not end within {FETCH_SECONDS_MAX} s") from None
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        raise Unavailable("Maven could not fetch Kafka's jars: " +
                          (errors or done.stderr.splitlines() or ["no reason given"])[0])


def fetch():
    """True: they were fetched now. False: all are there."""
    find_java()
    if are_there():
        return False
    folder = kafka_folder()
    with locked(cache_folder() / f"kafka-{VERSION}.lock"):
        if are_there():
            return False
        with tempfile.TemporaryDirectory(dir=cache_folder(), prefix="fetching-") as name:
            fresh = pathlib.Path(name) / "kafka"
            copy_by_maven(fresh / "jars")
            (fresh / "fetched.json").write_text(json.dumps(list_of(fresh / "jars"), indent=1))
            if folder.exists():
                folder.rename(pathlib.Path(name) / "broken")
            fresh.rename(folder)
    return True


def class_path():
    """In a fixed order: an archive of loaded classes only fits the path it was made for."""
    return ":".join(sorted(str(jar) for jar in (kafka_folder() / "jars").glob("*.jar")))


def class_archive():
    """What this Java once loaded of these jars, in the form that it maps into memory."""
    java = pathlib.Path(find_java()).resolve()
    named = hashlib.sha256(f"{java} {java.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    return kafka_folder() / f"classes-{named}.jsa"


def java_command(flags, main_class, arguments):
    archive = class_archive()
    if archive.exists():
        flags = [*flags, f"-XX:SharedArchiveFile={archive}"]
    return [find_java(), *flags, "-Xshare:auto", "-Djava.awt.headless=true", f"-Dlog4j.configuration=file:{LOG4J}",
            "-cp", class_path(), main_class, *arguments]
