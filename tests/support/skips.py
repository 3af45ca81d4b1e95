"""Python tests under ctest: what was skipped is said, and is the test's result."""

import unittest

from lifetime import TimeIsOver, limit_time

SKIPPED = 77


class Result(unittest.TextTestResult):
    """When the time is over no other test begins: what is there to clean up is."""

    def addError(self, test, err):
        super().addError(test, err)
        if issubclass(err[0], TimeIsOver):
            self.stop()


def run_tests():
    """The tests of the program. 77 when some had to be skipped, which it says; ctest's
    SKIP_RETURN_CODE."""
    limit_time()
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Result)
    result = unittest.main(module="__main__", testRunner=runner, exit=False).result
    for test, reason in result.skipped:
        print(f"SKIPPED: {test}: {reason}", flush=True)
    if not result.wasSuccessful():
        return 1
    return SKIPPED if result.skipped else 0
