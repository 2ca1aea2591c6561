# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of addresses that belong back to a node."""

import os
import stat

import pytest

from plugins.module_utils import handover


def test_what_is_recorded_twice_is_due_once_and_forgotten_as_a_whole(tmp_path):
    state = str(tmp_path / "state")
    assert handover.due(state, "mta1") == []
    handover.record(state, "mta1", ["192.0.2.2"])
    handover.record(state, "MTA1", ["192.0.2.1", "192.0.2.2"])
    handover.record(state, "mta2", ["192.0.2.3"])
    assert handover.due(state, "mta1") == ["192.0.2.1", "192.0.2.2"]
    handover.forget(state, "mta1")
    assert handover.read(state) == {"mta2": ["192.0.2.3"]}


def test_the_record_is_for_its_owner_alone(tmp_path):
    state = str(tmp_path / "state")
    handover.record(state, "mta1", ["192.0.2.1"])
    assert stat.S_IMODE(os.stat(state).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(state, handover.NAME)).st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", '{"mta1": 5}', "{"])
def test_a_damaged_record_is_named(tmp_path, content):
    (tmp_path / handover.NAME).write_text(content)
    with pytest.raises(ValueError, match="handover.json is damaged"):
        handover.due(str(tmp_path), "mta1")


def test_to_forget_what_is_not_on_record_writes_nothing(tmp_path):
    handover.forget(str(tmp_path), "mta1")
    assert list(tmp_path.iterdir()) == []
