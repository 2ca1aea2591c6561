# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that is carried out; what all modules keep of it is in tests/contract."""

import os
from types import SimpleNamespace

import pytest

from plugins.module_utils.apply import NotDone, apply
from plugins.module_utils.files.planned import PlannedFile
from plugins.module_utils.planned import Planned

pytestmark = pytest.mark.node


def failing():
    raise PermissionError(13, "Permission denied", "/run/x")


@pytest.fixture
def task(tmp_path):
    return SimpleNamespace(node=SimpleNamespace(state_dir=str(tmp_path / "state")), check_mode=False)


def plan(tmp_path, beside):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"1")
    files = [
        PlannedFile(str(old), b"1", b"2"),
        PlannedFile(str(new), None, b"2", os.geteuid(), os.getegid(), 0o600),
    ]
    return Planned({"changed": True}, files, beside=beside)


def test_what_is_done_beside_the_files_adds_to_the_result(task, tmp_path):
    result = apply(task, plan(tmp_path, lambda: {"exposure": 3}))
    assert (result["changed"], result["exposure"]) == (True, 3) and result["transaction"]
    assert (tmp_path / "old").read_bytes() == (tmp_path / "new").read_bytes() == b"2"


def test_files_are_put_back_where_what_is_beside_them_fails(task, tmp_path):
    with pytest.raises(NotDone, match="/run/x: Permission denied.*; its files are as they were"):
        apply(task, plan(tmp_path, failing))
    assert (tmp_path / "old").read_bytes() == b"1" and not (tmp_path / "new").exists()


def test_what_cannot_be_put_back_is_said_with_the_name_of_the_transaction(task, tmp_path):
    def changed_by_another():
        (tmp_path / "old").write_bytes(b"3")
        failing()

    with pytest.raises(NotDone, match=r"could not be put back: .*transactions: \[2"):
        apply(task, plan(tmp_path, changed_by_another))
    assert (tmp_path / "old").read_bytes() == b"3"


def test_what_was_done_beside_the_files_is_undone_before_they_are_put_back(task, tmp_path):
    """A file that is put back has its own owner and mode, so what is undone must meet the one that was changed."""
    old, seen = tmp_path / "old", []

    def undo():
        seen.append(old.read_bytes())
        return "owners and modes are as they were"

    with pytest.raises(NotDone, match="denied.*; owners and modes are as they were; its files are as they were"):
        apply(task, plan(tmp_path, failing)._replace(undo=undo))
    assert seen == [b"2"] and old.read_bytes() == b"1"


def test_what_was_done_is_undone_without_files_too_and_an_error_stays_itself_where_nothing_was(task):
    beside = Planned({"changed": True}, beside=failing, undo=lambda: "owners and modes are as they were")
    with pytest.raises(NotDone, match="denied.*; owners and modes are as they were$"):
        apply(task, beside)
    with pytest.raises(PermissionError):
        apply(task, beside._replace(undo=lambda: ""))


def test_check_mode_does_neither(task, tmp_path):
    task.check_mode = True
    assert apply(task, plan(tmp_path, failing)) == {"changed": True, "transaction": ""}
    assert (tmp_path / "old").read_bytes() == b"1"
