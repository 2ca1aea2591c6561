# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Without a valid licence the daemon does not start, and one that runs ends; the manager of a cluster needs none."""

import datetime
import os
import time

import pytest
from momentum_standin import license
from standin_node import Node


def in_days(days: int) -> str:
    return (datetime.date.today() + datetime.timedelta(days)).strftime("%Y-%m-%d")


def put(node: Node, content: bytes) -> None:
    with open(node.license, "wb") as file:
        file.write(content)


def refused(node: Node) -> str:
    """The words of a start that fails."""
    done = node.call("sbin/ecelerity", "-d")
    assert done.returncode != 0
    return str(done.stderr)


def test_the_licence_of_the_tests_is_the_one_that_is_made(node: Node) -> None:
    with open(node.license, "rb") as file:
        assert file.read() == license.make(license.ANY, "2099-12-31")


def test_without_a_licence_the_daemon_does_not_start(node: Node) -> None:
    os.unlink(node.license)
    assert "Invalid license [%s: No such file or directory]" % node.license in refused(node)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the signature does not fit"),
        (license.make(license.ANY, in_days(99)).replace(b"mac: *", b"mac: 1"), "the signature does not fit"),
        (license.make(license.ANY, in_days(99)) + b"\n", "the signature does not fit"),
        (license.make(license.ANY, "soon"), "a field is missing"),
        (license.make("00:01:02:34:4b:b3", in_days(99)), "License machine mismatch"),
        (license.make(license.ANY, in_days(-1)), "it has expired"),
        (license.make(license.ANY, in_days(6)), "it ends in 6 days"),
    ],
)
def test_one_that_is_not_valid_for_a_week_is_none(node: Node, content: bytes, words: str) -> None:
    put(node, content)
    assert words in refused(node)


def test_one_that_is_tied_to_this_machine_is_valid(node: Node) -> None:
    address = license.addresses()[0]
    put(node, license.make(address, in_days(7)))
    node.start()
    said = node.read(node.root + "/stderr")
    assert "Validated MAC address %s" % address in said and "Valid license." in said


@pytest.mark.parametrize("what", ["removed", "expired"])
def test_a_running_daemon_ends_without_one(node: Node, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Node, "environment", dict(node.environment, MOMENTUM_STANDIN_LICENSE_INTERVAL="0.5"), raising=True
    )
    node.start()
    if what == "removed":
        os.unlink(node.license)
    else:
        put(node, license.make(license.ANY, in_days(-1)))
    assert node.process is not None
    limit = time.monotonic() + 30
    while node.process.poll() is None and time.monotonic() < limit:
        time.sleep(0.1)
    assert node.process.poll() == 0
    node.process = None


def test_the_licence_is_where_the_configuration_has_it(node: Node) -> None:
    os.rename(node.license, node.root + "/elsewhere")
    node.add('License = "%s/elsewhere"\n' % node.root)
    assert node.call("bin/ec_lic", "-q").returncode == 0
    node.start()


def test_ec_lic_is_silent_about_a_valid_one_and_takes_another_where_there_is_no_configuration(node: Node) -> None:
    done = node.call("bin/ec_lic", "-q", "-f")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert "valid" in node.call("bin/ec_lic").stdout
    with open(node.root + "/other", "wb") as file:
        file.write(b"none")
    other = ["-q", "-L", node.root + "/other"]
    assert node.call("bin/ec_lic", *other).returncode == 0
    found = node.call("bin/ec_lic", "-c", "/dev/null/none", "-H", "http://127.0.0.1:0/", *other)
    assert found.returncode == 1 and "http://127.0.0.1:0/ cannot be reached" in found.stdout
