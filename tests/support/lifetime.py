"""Whatever ends a test, nothing that it started stays behind, and the reason is said."""

import os
import pathlib
import signal
import subprocess
import sys

GUARD = pathlib.Path(__file__).resolve().parent / "guard.py"


class TimeIsOver(Exception):
    """The test took longer than it may."""


def limit_time():
    """TimeIsOver comes up in the main thread, wherever that is, after as many seconds as the
    environment allows (SHELFD_TEST_SECONDS; without it there is no limit). ctest itself would send
    SIGKILL: then nobody cleans up or says what was waited for."""
    seconds = float(os.environ.get("SHELFD_TEST_SECONDS", 0))

    def end(*_):
        raise TimeIsOver(f"the test is not done after {seconds:g} s")

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def dies_with_parent(command, by="KILL"):
    """The command of a process that gets the signal when the thread that starts it ends."""
    return ["setpriv", "--pdeathsig", by, *command]


class Guard:
    """Kills the broker of a folder when we are gone: for brokers that outlive who starts them.
    `kind`: embedded or kafka."""

    def __init__(self, kind, folder):
        # In a session of its own: what is sent to our group must not reach it.
        self.process = subprocess.Popen(
            [sys.executable, GUARD, kind, folder], start_new_session=True, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        """The broker, should it still run, ends too."""
        self.process.stdin.close()
        self.process.wait()
