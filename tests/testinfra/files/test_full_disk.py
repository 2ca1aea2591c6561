# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the playbook on file systems without a free page: nothing is lost, the daemon serves, and the next run makes up for it."""

from typing import Any

import files
import node
import plays
import pytest

REQUESTED = [{"option": "Max_Retries", "value": 11}]
# Longer than the last page of a file has room for.
LONGER = REQUESTED + [{"option": "Relay_Hosts", "value": ["10.%d.%d.0/24" % (n // 250, n % 250) for n in range(500)]}]


@pytest.mark.parametrize("directory", [files.CONF, files.STATE])
def test_a_change_on_a_full_disk_is_refused_with_its_reason_and_loses_nothing(host: Any, directory: str) -> None:
    before = node.pid(host), node.checksums(host)
    with files.full(host, directory):
        run = plays.play(momentum_settings=LONGER)
        assert run.code != 0
        assert "No space left on device" in str(plays.message(run))
        assert node.pid(host) == before[0]
        assert node.is_serving(host)
    assert node.checksums(host) == before[1]


def test_passwords_on_a_full_disk_are_as_before(host: Any) -> None:
    sums = "sha256sum /opt/msys/etc/credentials.db /opt/msys/etc/credentials.key"
    before = host.check_output(sums)
    with files.full(host, files.STATE):
        run = plays.play(which_passwords="second")
        assert run.code != 0
        assert [entry.action for entry in run.failed()] == [plays.NODE]
    assert host.check_output(sums) == before
    assert plays.play().changed() == []


def test_a_file_that_others_could_write_is_closed_on_a_full_disk_too(host: Any) -> None:
    """There is no room for the copy that root takes it over by: it gets its owner and mode, and the run fails and says why."""
    with files.full(host, files.CONF):
        host.check_output("chmod 0666 %s/default/common.conf", files.CONF)
        run = plays.task(files.PERMISSIONS, role="standalone")
        assert node.look(host, files.CONF + "/default/common.conf") == "root:ecuser 640"
        assert run.code == 0 or "can still write to it" in run.output


def test_the_run_after_the_disk_has_room_does_what_the_other_could_not(host: Any) -> None:
    assert plays.play(momentum_settings=REQUESTED).code == 0
    assert "11" in host.check_output(node.CONSOLE + "config eval Max_Retries")
    assert plays.play(momentum_settings=REQUESTED).changed() == []
