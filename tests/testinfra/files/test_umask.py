# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As the manual warns, root creates configuration under umask 0027, and the daemon cannot read it."""

from typing import Any

import node
import plays
import pytest
from files import CONF, KEEP, PERMISSIONS
from node import look

HIDDEN = CONF + "/default/hidden"
BELOW = "/opt/msys/etc/installer/ecelerity.d"
TREES = [CONF, BELOW]


@pytest.fixture
def damage(host: Any) -> Any:
    """A directory in the configuration, and the installer's, made by a root whose umask is 0027."""
    make = "umask 0027; mkdir -p %s/deep %s; echo 'Max_Retries = 3' > %s/deep/x.conf; echo x > %s/y"
    host.check_output(make % (HIDDEN, BELOW, HIDDEN, BELOW))
    yield
    host.check_output("rm -rf %s %s" % (HIDDEN, BELOW))


def reads(host: Any, path: str) -> bool:
    return bool(host.run("runuser -u ecuser -- cat %s", path).rc == 0)


def test_what_the_daemons_user_cannot_reach_is_named_component_by_component(host: Any, damage: Any) -> None:
    assert not reads(host, HIDDEN + "/deep/x.conf")
    run = plays.task(PERMISSIONS, umask="report", reach=TREES, state="audit")
    named = {item["path"]: item["reason"] for item in run.of(PERMISSIONS).result["out_of_reach"]}
    assert {HIDDEN, BELOW} <= set(named)
    assert all("ecuser" in reason for reason in named.values())
    assert not reads(host, HIDDEN + "/deep/x.conf")


def test_the_start_up_file_that_sets_the_umask_is_named(host: Any) -> None:
    lines = plays.task(PERMISSIONS, umask="report", reach=TREES, state="audit").of(PERMISSIONS).result["umask_lines"]
    assert {"/root/.bashrc"} <= {line["file"] for line in lines}
    assert "0027" in {line["umask"] for line in lines}


def test_the_playbook_opens_it_to_the_daemon_and_not_to_everybody(host: Any, damage: Any) -> None:
    run = plays.play()
    assert run.code == 0
    assert (run.changed(), run.changed_parts()) == ([KEEP], ["permissions"])
    assert reads(host, HIDDEN + "/deep/x.conf")
    assert reads(host, BELOW + "/y")
    assert look(host, HIDDEN + "/deep/x.conf") == "root:ecuser 640"
    assert host.run("runuser -u nobody -- cat %s/deep/x.conf" % HIDDEN).rc != 0
    assert plays.play().changed() == []


def test_a_repair_alone_gives_no_more_than_reading(host: Any, damage: Any) -> None:
    run = plays.task(PERMISSIONS, umask="repair")
    assert run.of(PERMISSIONS).changed
    assert reads(host, HIDDEN + "/deep/x.conf")
    assert host.run("runuser -u ecuser -- sh -c '>> %s/deep/x.conf'" % HIDDEN).rc != 0
    assert host.run("runuser -u nobody -- cat %s/deep/x.conf" % HIDDEN).rc != 0
    assert node.is_serving(host)
