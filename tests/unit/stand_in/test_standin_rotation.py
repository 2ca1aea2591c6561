# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's logs and its ec_rotate: what is documented, and the loss of lines where the console is not reached."""

import bz2
import gzip
import os
import smtplib

import pytest
from standin_node import Node


def log(node: Node, name: str = "mainlog.ec") -> str:
    return node.root + "/var/log/ecelerity/" + name


def conf(node: Node, text: str) -> None:
    node.write(node.prefix + "/etc/ec_rotate.conf", text)


def send(node: Node, recipient: str) -> None:
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
        client.sendmail("a@example.com", [recipient], "Subject: x\r\n\r\nx\r\n")


def test_a_rotation_loses_no_line_and_the_daemon_writes_to_a_new_file(node: Node) -> None:
    node.start()
    conf(
        node,
        "logfiles = %s \\\n  %s\nretention = 2\ncontrol_socket=%s\n" % (log(node), log(node, "no.ec"), node.console),
    )
    for number in range(4):
        send(node, "r%d@example.com" % number)
        assert node.call("bin/ec_rotate").returncode == 0
    names = sorted(name for name in os.listdir(os.path.dirname(log(node))) if name.startswith("mainlog"))
    assert names == ["mainlog.ec", "mainlog.ec.1.bz2", "mainlog.ec.2.bz2"]
    assert node.read(log(node)) == ""
    with bz2.open(log(node, "mainlog.ec.1.bz2"), "rt") as file:
        line = file.read()
    assert line.count("\n") == 1 and "@R@<r3@example.com>@<a@example.com>@" in line


def test_without_the_console_it_fails_and_what_the_daemon_writes_then_is_lost(node: Node) -> None:
    node.start()
    conf(node, "logfiles = %s\ncontrol_socket = %s/nowhere\npath_to_bzip = /usr/bin/gzip\n" % (log(node), node.root))
    send(node, "before@example.com")
    done = node.call("bin/ec_rotate")
    assert done.returncode == 1 and "did not open its logs again" in done.stderr
    send(node, "lost@example.com")
    assert not os.path.exists(log(node))
    with gzip.open(log(node, "mainlog.ec.1.gz"), "rt") as file:
        assert "before@" in file.read()
    assert node.ask("reopen", "logs") == "OK"
    send(node, "after@example.com")
    text = node.read(log(node))
    assert "after@" in text and "lost@" not in text


def test_options_win_over_the_file_and_a_rejection_is_in_rejectlog(node: Node) -> None:
    node.start()
    conf(node, "logfiles = /nowhere\ncontrol_socket = /nowhere\n")
    with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
        assert client.docmd("RCPT", "TO:<a@example.com>")[0] == 503
    assert "@503 " in node.read(log(node, "rejectlog.ec"))
    arguments = ["-l", log(node, "rejectlog.ec"), "-s", node.console, "-n", "-r", "3", "-v"]
    done = node.call("bin/ec_rotate", *arguments)
    assert (done.returncode, done.stdout.strip()) == (0, log(node, "rejectlog.ec.1"))


@pytest.mark.parametrize(
    "text",
    [
        "enabled = yes",
        "enabled = perhaps\n",
        "retention = 7\r\n",
        "retention = 7\nretention = 7\n",
        'control_socket = "/x"\n',
        "nothing = 1\n",
        "logfiles = /x \\\n",
        "retention = 0\n",
        "[rotate]\n",
    ],
)
def test_a_file_that_is_not_understood_is_an_error_before_anything_is_touched(node: Node, text: str) -> None:
    conf(node, text)
    node.write(log(node), "kept\n")
    assert node.call("bin/ec_rotate").returncode == 2
    assert node.read(log(node)) == "kept\n"


def test_it_can_be_disabled_and_its_sample_is_understood(node: Node) -> None:
    node.write(log(node), "kept\n")
    conf(node, "enabled = no\n")
    assert node.call("bin/ec_rotate").returncode == 0
    assert node.read(log(node)) == "kept\n"
    assert (
        node.call(
            "bin/ec_rotate", "-conf", node.prefix + "/etc/sample-configs/ec_rotate.conf", "-s", "/nowhere"
        ).returncode
        == 1
    )
