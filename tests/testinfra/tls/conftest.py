# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two nodes of the scenario, from inside and from outside."""

import os
from typing import Any

import pytest
import scanner
import testinfra


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what the scanner saw of each profile: the number of suites by version."""
    terminalreporter.section("suites that sslyze was served")
    for line in scanner.SUMMARY:
        terminalreporter.line(line)


def node(name: str) -> Any:
    """A node, reached through the container engine."""
    engine, scenario = os.environ["CONTAINER_ENGINE"], os.environ["MOMENTUM_TEST_NAME"] + "-tls"
    return testinfra.get_host("%s://%s-%s" % (engine, scenario, name))


@pytest.fixture(scope="session")
def mta1() -> Any:
    """The node with OpenSSL 3.0."""
    return node("mta1")


@pytest.fixture(scope="session")
def mta2() -> Any:
    """The node with OpenSSL 3.5."""
    return node("mta2")


@pytest.fixture(scope="session")
def address(mta1: Any) -> str:
    """Where the first node is reached from outside."""
    return str(mta1.check_output("hostname -I").split()[0])
