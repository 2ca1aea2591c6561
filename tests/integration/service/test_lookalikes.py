# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service module as a process, on a node where other accounts run what looks like the daemon."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from service_node import ECUSER, Node  # noqa: E402

STRANGER = 65534
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: other accounts run programs"),
    pytest.mark.skipif(sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"),
    pytest.mark.skipif(os.path.isdir("/run/systemd/system"), reason="this node would start the daemon by its unit"),
]


@pytest.fixture
def node():
    made = Node()
    yield made
    made.remove()


@pytest.mark.parametrize("uid", [STRANGER, ECUSER])
def test_the_daemon_starts_and_stops_whatever_other_accounts_run(node, uid):
    node.lookalikes(uid)
    assert node.service(state="stopped")["action"] == "none"
    started = node.service(state="started")
    assert (started.get("msg"), started["action"]) == (None, "start")
    node.lookalikes(uid)
    again = node.service(state="started")
    assert (again.get("msg"), again["action"], again["process"]["pid"]) == (None, "none", started["process"]["pid"])
    stopped = node.service(state="stopped")
    assert (stopped.get("msg"), stopped["action"]) == (None, "stop")
    assert node.service(state="stopped")["action"] == "none"


def test_where_the_daemon_does_not_come_up_lookalikes_are_named_in_the_error(node):
    node.run_as(STRANGER, node.program, "60")
    node.script("ec_ctl", "#!/bin/sh\n")
    failed = node.service(state="started", health={"ports": [], "timeout": 1, "require_capabilities": False})
    assert failed["failed"]
    assert "process %d of user %d looks like it" % (node.children[0].pid, STRANGER) in failed["msg"]
