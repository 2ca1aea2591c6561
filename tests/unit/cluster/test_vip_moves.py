# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of addresses that belong back to a node."""

import os
import stat

import pytest

from plugins.module_utils.cluster import vip_moves
from plugins.module_utils.state.records import RecordDamaged


def test_what_is_recorded_twice_is_due_once_and_forgotten_as_a_whole(tmp_path):
    state = str(tmp_path / "state")
    assert vip_moves.due(state, "mta1") == []
    vip_moves.record(state, "mta1", ["192.0.2.2"])
    vip_moves.record(state, "MTA1", ["192.0.2.1", "192.0.2.2"])
    vip_moves.record(state, "mta2", ["192.0.2.3"])
    assert vip_moves.due(state, "mta1") == ["192.0.2.1", "192.0.2.2"]
    vip_moves.forget(state, "mta1")
    assert vip_moves.read(state) == {"mta2": ["192.0.2.3"]}


def test_the_record_is_for_its_owner_alone(tmp_path):
    state = str(tmp_path / "state")
    vip_moves.record(state, "mta1", ["192.0.2.1"])
    assert stat.S_IMODE(os.stat(state).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(state, vip_moves.NAME)).st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"mta1": 5}', "{", "[" * 100000, '{"mta1": "::1"}', '{"mta1": [7]}', '{"mta1": [[]]}', "\x00"],
)
def test_a_damaged_record_is_named(tmp_path, content):
    (tmp_path / vip_moves.NAME).write_text(content)
    for use in (vip_moves.due, vip_moves.forget, lambda *at: vip_moves.record(*at, addresses=["192.0.2.1"])):
        with pytest.raises(RecordDamaged, match="handover.json is damaged .*; move the addresses back by hand"):
            use(str(tmp_path), "mta1")
    assert (tmp_path / vip_moves.NAME).read_text() == content


def test_nodes_of_a_batch_that_are_recorded_and_forgotten_at_the_same_time_lose_nothing(tmp_path):
    """As processes, as modules are; before there was a lock an entry was lost in 30 of 30 rounds."""
    state, rounds = str(tmp_path / "state"), 12
    children = []
    for name in ("mta1", "mta2", "mta3", "mta4"):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for number in range(rounds):
                    vip_moves.record(state, "%s-%d" % (name, number), ["192.0.2.1"])
                    vip_moves.record(state, "gone-%s-%d" % (name, number), ["192.0.2.2"])
                    vip_moves.forget(state, "gone-%s-%d" % (name, number))
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
    names = ["%s-%d" % (name, number) for name in ("mta1", "mta2", "mta3", "mta4") for number in range(rounds)]
    assert sorted(vip_moves.read(state)) == sorted(names)


def test_to_forget_what_is_not_on_record_writes_nothing(tmp_path):
    vip_moves.forget(str(tmp_path), "mta1")
    assert list(tmp_path.iterdir()) == []
