# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a node is walked, when, and what a plan sees of what earlier parts intend."""

import errno
import os
import stat
from types import SimpleNamespace

import pytest

from plugins.module_utils.apply import NotDone, apply
from plugins.module_utils.concerns import permissions
from plugins.module_utils.files import intended
from plugins.module_utils.files.planned import Directory, PlannedFile
from plugins.module_utils.options.permissions import ARGUMENTS
from plugins.module_utils.task import Task

pytestmark = pytest.mark.node


class Asked(Task):
    """A task whose options are those of the module's defaults and a few of its own."""

    def __init__(self, tmp_path, **more):
        entry = {"path": str(tmp_path / "conf"), "mode": "0640", "directory_mode": "0750", "recurse": True}
        defaults = {name: one.get("default") for name, one in ARGUMENTS.items()}
        own = {
            "entries": [entry],
            "umask": "ignore",
            "user": "root",
            "prefix": "/opt/x",
            "state_dir": str(tmp_path / "state"),
        }
        self.params = dict(defaults, **own)
        self.node = SimpleNamespace(prefix="/opt/x", state_dir=str(tmp_path / "state"), working_copy="refuse")
        self.check_mode = False
        self.warnings = []
        self.params.update((name, more.pop(name)) for name in list(more) if name in defaults)
        self.__dict__.update(more)

    def warn(self, warning):
        self.warnings.append(warning)


@pytest.fixture
def conf(tmp_path):
    (tmp_path / "conf").mkdir(mode=0o750)
    (tmp_path / "conf" / "a").write_text("1")
    (tmp_path / "conf" / "a").chmod(0o640)
    yield tmp_path / "conf"
    intended.withdraw()


@pytest.fixture
def walks(monkeypatch):
    """Whether each walk so far was to change anything."""
    seen, work = [], permissions.work
    monkeypatch.setattr(permissions, "work", lambda job: seen.append(job.options.enforce) or work(job))
    return seen


@pytest.mark.parametrize(
    "differs, task, expected",
    [
        (False, {}, [True]),
        (True, {}, [True]),
        (True, {"check_mode": True}, [False]),
        (True, {"state": "audit"}, [False]),
        (False, {"is_part": True}, [False]),
        (True, {"is_part": True}, [False, True]),
        (False, {"is_part": True, "follows_changes": True}, [False, True]),
        (True, {"is_part": True, "follows_changes": True, "check_mode": True}, [False]),
        (True, {"is_part": True, "follows_changes": True, "state": "audit"}, [False]),
    ],
)
def test_a_node_is_walked_once_unless_a_part_has_something_to_change(differs, task, expected, tmp_path, conf, walks):
    if differs:
        (conf / "a").chmod(0o600)
    asked = Asked(tmp_path, **task)
    result = apply(asked, permissions.plan(asked))
    assert walks == expected
    changes = True in expected
    assert result["changed"] is (differs and task.get("state") != "audit")
    assert stat.S_IMODE((conf / "a").stat().st_mode) == (0o640 if changes or not differs else 0o600)
    assert not (tmp_path / "state").exists() or (differs and task.get("is_part"))


def test_a_part_refuses_before_anything_is_changed_and_a_module_afterwards(tmp_path, conf, walks):
    (conf / "a").chmod(0o600)
    os.symlink("/etc/shadow", str(conf / "evil"))
    entry = {"path": str(conf / "evil"), "mode": "0600"}
    asked = Asked(tmp_path, is_part=True)
    asked.params["entries"] = asked.params["entries"] + [entry]
    with pytest.raises(permissions.Refused, match="evil is a symbolic link"):
        permissions.plan(asked)
    assert walks == [False] and (conf / "a").stat().st_mode & 0o777 == 0o600
    asked.is_part = False
    with pytest.raises(permissions.Refused, match="evil is a symbolic link"):
        apply(asked, permissions.plan(asked))
    assert (conf / "a").stat().st_mode & 0o777 == 0o640
    asked.params["refused"] = "report"
    asked.is_part = asked.follows_changes = True
    assert apply(asked, permissions.plan(asked))["changed"] is False
    assert len(asked.warnings) == 1, "both walks would warn of the same"


def test_what_changed_is_put_back_where_the_second_walk_is_refused(tmp_path, conf):
    (conf / "a").chmod(0o600)
    asked = Asked(tmp_path, is_part=True)
    asked.params["entries"] = asked.params["entries"] + [{"path": str(conf / "late"), "mode": "0600"}]
    planned = permissions.plan(asked)
    os.symlink("/etc/shadow", str(conf / "late"))
    with pytest.raises(NotDone, match="late is a symbolic link.*; owners and modes are as they were$") as caught:
        apply(asked, planned)
    assert caught.value.details()["counts"]["refused"] == 1
    assert (conf / "a").stat().st_mode & 0o777 == 0o600


def test_what_earlier_parts_will_make_is_judged_as_it_will_be(tmp_path, conf):
    owner = os.geteuid(), os.getegid()
    (conf / "gone").write_text("1")
    directories = [Directory(str(conf / "new"), *owner, 0o700)]
    files = [
        PlannedFile(str(conf / "a"), b"1", b"2", *owner, 0o600),
        PlannedFile(str(conf / "gone"), b"1", None),
        PlannedFile(str(conf / "new" / "b"), None, b"", *owner, 0o604),
        PlannedFile(str(conf / "fine"), None, b"", *owner, 0o640),
    ]
    intended.add(files, directories)
    asked = Asked(tmp_path, is_part=True, follows_changes=True)
    asked.params["entries"] = asked.params["entries"] + [{"path": str(conf / "new" / "b"), "mode": "0600"}]
    planned = permissions.plan(asked)
    intended.withdraw()
    told = {os.path.relpath(one["path"], str(conf)): one["after"][-4:] for one in planned.result["differences"]}
    assert told == {"a": "0640", "new": "0750", "new/b": "0600"}
    (conf / "gone").unlink()
    (conf / "new").mkdir(mode=0o700)
    for file in files:
        if file.after is not None:
            with open(file.path, "wb"):
                os.chmod(file.path, file.mode)
    done = apply(asked, planned)
    assert done["counts"] == planned.result["counts"]
    assert sorted(map(str, done["differences"])) == sorted(map(str, planned.result["differences"]))


def test_a_disk_that_fills_up_stops_the_change_before_it_happens_and_puts_the_others_back(tmp_path, conf, monkeypatch):
    for name in ("a", "b", "c"):
        (conf / name).write_text("1")
        (conf / name).chmod(0o600)
    asked = Asked(tmp_path, is_part=True)
    planned = permissions.plan(asked)
    real, modes = os.pwrite, []

    def full(descriptor, data, place):
        if place > 0:
            modes.extend(path.stat().st_mode & 0o777 for path in conf.iterdir())
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data, place)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(
        NotDone, match="cannot be recorded.*No space left.*make room.*; owners and modes are as they were$"
    ):
        apply(asked, planned)
    assert sorted(modes) == [0o600, 0o600, 0o640]
    assert {path.stat().st_mode & 0o777 for path in conf.iterdir()} == {0o600}
