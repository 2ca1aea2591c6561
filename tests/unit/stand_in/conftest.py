# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put the stand-in on the path, and install it into a directory of its own."""

import os
import sys
from typing import Iterator

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
STANDIN = os.path.join(os.path.dirname(os.path.dirname(HERE)), "standin")
sys.path[:0] = [HERE, os.path.join(STANDIN, "ecelerity", "lib")]

import standin_node  # noqa: E402


@pytest.fixture
def node() -> "Iterator[standin_node.Node]":
    """An installed stand-in that is not running."""
    installed = standin_node.Node(STANDIN)
    try:
        yield installed
    finally:
        installed.remove()
