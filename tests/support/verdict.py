"""What SQL over the CSV files, the last records on the topic and shelfctl say of every position and
key, compared as in tools/demo."""

import clients
from sales import ask, run_sql


def take_snapshots(chain):
    for what in ("positions", "channels", "explanations"):
        chain.daemon.snapshot(what, chain.work / f"{what}.csv")
    (chain.work / "rejects.tsv").write_bytes(clients.output_of(
        ["kcat", "-C", "-q", "-e", "-b", chain.broker.bootstrap, "-t", "stock-rejects",
         "-o", "beginning", "-f", r"%k\t%o\n"]))
    (chain.work / "agent-counts.tsv").write_text(
        "".join(f"{name}\t{count:.0f}\n" for name, count in chain.agent.counts.items()))


def compare(chain):
    """(how many things differ, the report). Who follows the topic has ended by now."""
    report = run_sql(chain.work, "observed", "compare", "report").rstrip()
    (differ,), = ask(chain.work, "select sum(differ) from verdict")
    return differ, report
