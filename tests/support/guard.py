#!/usr/bin/env python3
"""Kills the broker of a folder when nobody holds standard input open any more. See lifetime.Guard.

    guard.py embedded|kafka FOLDER
"""

import pathlib
import sys

import brokers
from clients import LocalKafka


def main():
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    sys.stdin.buffer.read()
    if kind == "kafka":
        LocalKafka(folder).stop(kill=True)
    else:
        brokers.end_embedded(folder, kill=True)


if __name__ == "__main__":
    main()
