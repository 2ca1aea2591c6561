# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that is carried out; what all modules keep of it is in tests/contract."""

import os
from types import SimpleNamespace

import pytest

from plugins.module_utils.apply import NotDone, apply
from plugins.module_utils.errors import MomentumError
from plugins.module_utils.files.planned import Directory, PlannedFile
from plugins.module_utils.planned import Planned
from plugins.module_utils.state import pending
from plugins.module_utils.state.activation import Activation, daemon

pytestmark = pytest.mark.node


def failing():
    raise PermissionError(13, "Permission denied", "/run/x")


@pytest.fixture
def task(tmp_path):
    return SimpleNamespace(
        node=SimpleNamespace(prefix="/opt/x", state_dir=str(tmp_path / "state"), working_copy="refuse"),
        check_mode=False,
    )


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


def due_for(path):
    return [daemon("reload", [str(path)])]


def test_directories_that_were_made_are_removed_where_they_are_empty_again(task, tmp_path):
    directories = [
        Directory(str(tmp_path / name), os.geteuid(), os.getegid(), 0o755) for name in ("a", "a/b", "kept", "used")
    ]
    (tmp_path / "kept").mkdir(mode=0o755)

    def beside():
        (tmp_path / "used/by-another").write_bytes(b"")
        failing()

    files = [PlannedFile(str(tmp_path / "a/b/new"), None, b"2", os.geteuid(), os.getegid(), 0o600)]
    with pytest.raises(NotDone):
        apply(task, Planned({"changed": True}, files, directories, beside=beside))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kept", "state", "used"]
    judge = SimpleNamespace(
        judges=lambda files: {"check_staged": lambda mapping: failing()}, explained=lambda files, error: error
    )
    with pytest.raises(MomentumError):
        apply(task, Planned({"changed": True}, files, directories, judge=judge))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kept", "state", "used"]


def test_what_was_pending_before_is_pending_again_and_nothing_else(task, tmp_path):
    """The daemon could not load the files that are put back: a later run need not reload for them."""
    pending_at = task.node.state_dir
    for ask in (lambda: pending.NOTHING, lambda: pending.request(pending_at, "restart", "20260101", ["/other"])):
        before = ask()
        with pytest.raises(NotDone):
            apply(task, plan(tmp_path, failing)._replace(activations=due_for(tmp_path / "old")))
        assert pending.pending(pending_at) == before


def test_what_another_run_has_made_pending_meanwhile_stays(task, tmp_path):
    def beside():
        pending.request(task.node.state_dir, "restart", "", ["/other"])
        failing()

    with pytest.raises(NotDone):
        apply(task, plan(tmp_path, beside)._replace(activations=due_for(tmp_path / "old")))
    assert pending.pending(task.node.state_dir).level == "restart"


def test_what_the_daemon_may_have_loaded_stays_pending(task, tmp_path):
    with pytest.raises(NotDone):
        apply(task, plan(tmp_path, dict)._replace(activations=due_for(tmp_path / "old"), proof=failing))
    assert pending.pending(task.node.state_dir).level == "reload"


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


def logging(tmp_path):
    """A command that notes the content of a file in a log."""
    return ["sh", "-c", "cat %s/old >> %s/log" % (tmp_path, tmp_path)]


def test_what_has_to_run_comes_after_all_that_is_written_and_before_the_proof(task, tmp_path):
    def beside():
        (tmp_path / "log").write_text("beside ")
        return {"changed": True}

    order = plan(tmp_path, beside)._replace(
        activations=[Activation("one", ["/a"], argv=logging(tmp_path)), daemon("reload", ["/a"])],
        proof=lambda: {"proven": (tmp_path / "log").read_text()},
    )
    result = apply(task, order)
    assert result["proven"] == "beside 2"
    assert [(one["name"], one["level"]) for one in result["activations"]] == [("one", "none"), ("daemon", "reload")]
    assert pending.pending(task.node.state_dir).files == ["/a"]


def test_what_had_begun_is_undone_once_the_files_are_back(task, tmp_path):
    argv = logging(tmp_path)
    two = [Activation("one", argv=argv, undo=argv), Activation("two", argv=["false"], undo=argv)]
    with pytest.raises(NotDone, match="^false: status 1; its files are as they were$"):
        apply(task, plan(tmp_path, dict)._replace(activations=two))
    assert (tmp_path / "log").read_text() == "211"


def test_a_failed_proof_undoes_what_ran(task, tmp_path):
    one = Activation("one", argv=logging(tmp_path), undo=["sh", "-c", "echo no; exit 1"])
    with pytest.raises(NotDone, match="its files are as they were; sh -c echo no; exit 1: no$"):
        apply(task, plan(tmp_path, dict)._replace(activations=[one], proof=failing))


def test_the_daemon_is_due_for_files_that_were_in_place_before(task):
    apply(task, Planned({"changed": True}, activations=[daemon("restart", ["/a"])]))
    due = pending.pending(task.node.state_dir)
    assert (due.level, due.files, due.transactions) == ("restart", ["/a"], [])


def test_nothing_runs_in_check_mode_and_all_is_shown(task, tmp_path):
    task.check_mode = True
    result = apply(task, plan(tmp_path, failing)._replace(activations=[Activation("one", argv=logging(tmp_path))]))
    assert [one["argv"] for one in result["activations"]] == [logging(tmp_path)]
    assert not (tmp_path / "log").exists() and not (tmp_path / "state").exists()


def test_check_mode_does_neither(task, tmp_path):
    task.check_mode = True
    assert apply(task, plan(tmp_path, failing)) == {"changed": True, "transaction": "", "activations": []}
    assert (tmp_path / "old").read_bytes() == b"1"
