"""What a bench run found: medians over its rounds for people, everything as JSON for programs."""

import datetime
import os
import pathlib
import platform
import statistics
import subprocess

THROUGHPUT = {"consume": "consume and decode", "relay": "bare relay", "live": "shelfd, live",
              "backlog": "shelfd, backlog"}
BETWEEN = {"broker": "the broker alone", "relay": "bare relay", "shelfd": "shelfd"}


def first_line(command, **options):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, **options)
    except OSError:
        return None
    return ((done.stdout or done.stderr).splitlines() or [None])[0]


def debian_version(package):
    return first_line(["dpkg-query", "-W", "-f=${Version}", package])


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def circumstances(root, kafka_version):
    """What a figure means nothing without."""
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": first_line([*git, "rev-parse", "HEAD"]),
        "changed_since": bool(first_line([*git, "status", "--porcelain", "-uno"])),
        "cpu": cpu_model(), "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "load_average": os.getloadavg(),
        "kafka": kafka_version, "java": kafka_version and first_line(["java", "-version"]),
        "librdkafka": debian_version("librdkafka1"),
        "compiler": first_line(["c++", "--version"]),
    }


def values(rounds, program, figure):
    return [one[program][figure] for one in rounds if figure in one[program]]


def median(numbers, form):
    return format(statistics.median(numbers), form) if numbers else "–"


def spread(numbers):
    return f"{min(numbers):.2f}–{max(numbers):.2f}" if len(numbers) > 1 else ""


def ratios(rounds, program, to):
    """Each to the other's figure of the same round, so that a slow minute counts for both."""
    return [one[program]["cpu_us_a_line"] / one[to]["cpu_us_a_line"] for one in rounds]


def aligned(rows, left=1):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if i < left else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        yield "  " + "  ".join(cells).rstrip()


def throughput_rows(rounds):
    yield ["", "CPU us/line", "min–max", "x consume", "x relay", "broker us/line", "records/line",
           "lines/s"]
    for program, name in THROUGHPUT.items():
        cpu = values(rounds, program, "cpu_us_a_line")
        yield [name, median(cpu, ".2f"), spread(cpu),
               median(ratios(rounds, program, "consume"), ".1f"),
               median(ratios(rounds, program, "relay"), ".2f"),
               median(values(rounds, program, "broker_us_a_line"), ".2f"),
               median(values(rounds, program, "records_a_line"), ".2f"),
               median(values(rounds, program, "lines_a_s"), ",.0f")]


def engine_rows(rounds):
    yield ["engine alone, no Kafka", "CPU us/line", "min–max"]
    for figure, name in (("intake_us_a_line", "decode and apply"),
                         ("cpu_us_a_line", "and evaluate, encode what changed")):
        numbers = values(rounds, "engine", figure)
        yield [name, median(numbers, ".2f"), spread(numbers)]


def thread_rows(rounds):
    threads = [one["live"]["threads_us_a_line"] for one in rounds]
    middle = {name: statistics.median(t.get(name, 0) for t in threads)
              for name in set().union(*threads)}
    yield ["shelfd, live, by thread", "CPU us/line"]
    for name in sorted(middle, key=middle.get, reverse=True)[:6]:
        yield [name, format(middle[name], ".2f")]


def latency_rows(measured):
    yield ["events/s, answered by", "p50 ms", "p90", "p99", "max", "unanswered", "CPU us/line"]
    for (rate, kind), rounds in measured.items():
        each = [{"it": one} for one in rounds]
        yield [f"{rate}, {BETWEEN[kind]}",
               *(median(values(each, "it", f"{p}_ms"), ".1f") for p in ("p50", "p90", "p99")),
               f"{max(values(each, 'it', 'max_ms')):.0f}",
               str(sum(values(each, "it", "unanswered"))),
               median(values(each, "it", "cpu_us_a_line"), ".1f")]


def tables(rounds, latencies):
    """Blocks of text, each a table."""
    yield "\n".join(aligned(list(throughput_rows(rounds))))
    yield "\n".join(aligned(list(engine_rows(rounds))))
    yield "\n".join(aligned(list(thread_rows(rounds))))
    if latencies:
        yield "\n".join(aligned(list(latency_rows(latencies))))
