#!/usr/bin/env python3
"""Clients of librdkafka on the embedded broker.

    embedded_test.py [TEST...] FOLDER-OF-PROGRAMS
"""

import sys

import consumers
from consumers import small_chain
from brokers import Embedded


class OnTheEmbeddedBroker(consumers.ConsumersTest):
    @classmethod
    def make_chain(cls, work):
        return small_chain(cls, work, Embedded(work))


if __name__ == "__main__":
    sys.exit(consumers.main())
