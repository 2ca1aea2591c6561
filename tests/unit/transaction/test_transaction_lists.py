# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access lists belong to the owner who made them: what becomes of them when files change hands, and when that is undone."""

import json
import os
import stat
import struct

import pytest

from plugins.module_utils.files.safe_files import (
    Attributes,
    ensure_directory,
    mode_without_list,
    succeeding,
    write_file,
)
from plugins.module_utils.transaction.rollback import to_put_back
from plugins.module_utils.transaction.transaction import (
    CheckFailed,
    FileChange,
    Transaction,
    TransactionError,
    restore,
)

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: files of other users are involved")
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
ACCOUNT, NONE = 65534, 0xFFFFFFFF


def access_list(*entries):
    """The value of the attribute: version 2, then (tag, rights, number)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


GENEROUS = access_list((1, 6, NONE), (2, 6, 1234), (4, 4, NONE), (16, 6, NONE), (32, 0, NONE))
OF_DIRECTORIES = access_list((1, 7, NONE), (2, 7, 1234), (4, 5, NONE), (16, 7, NONE), (32, 0, NONE))


def put_list(path, value, name=ACCESS):
    try:
        os.setxattr(str(path), name, value)
    except OSError as error:
        pytest.skip("this file system takes no access list (%s): they are NOT tested on a real one" % error)


@pytest.fixture
def theirs(tmp_path):
    """A file of an account that lets others in by a list."""
    path = tmp_path / "a.conf"
    path.write_bytes(b"old")
    path.chmod(0o640)
    os.chown(str(path), ACCOUNT, ACCOUNT)
    put_list(path, GENEROUS)
    return path


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state")


def facts(path):
    info = os.stat(str(path))
    return info.st_uid, stat.S_IMODE(info.st_mode), ACCESS in os.listxattr(str(path))


@ROOT_ONLY
def test_a_changed_file_that_becomes_roots_gets_no_list_from_before(theirs, state):
    Transaction([FileChange(str(theirs), b"new", 0, 0, 0o640)], state).commit()
    assert facts(theirs) == (0, 0o640, False)


@ROOT_ONLY
def test_its_mode_if_it_is_kept_is_that_without_the_list(theirs, state):
    Transaction([FileChange(str(theirs), b"new", 0)], state).commit()
    assert facts(theirs) == (0, 0o640, False), "0660 was the mask of the list"


@ROOT_ONLY
@pytest.mark.parametrize("owner", [None, ACCOUNT])
def test_a_changed_file_that_keeps_its_owner_keeps_its_list(theirs, state, owner):
    Transaction([FileChange(str(theirs), b"new", owner)], state).commit()
    assert os.getxattr(str(theirs), ACCESS) == GENEROUS and facts(theirs)[0] == ACCOUNT


@ROOT_ONLY
def test_a_change_that_is_undone_gives_back_the_whole_former_state(theirs, state):
    def refuse():
        raise CheckFailed("no")

    with pytest.raises(TransactionError):
        Transaction([FileChange(str(theirs), b"new", 0, 0, 0o600)], state, check_installed=refuse).commit()
    assert facts(theirs) == (ACCOUNT, 0o660, True) and os.getxattr(str(theirs), ACCESS) == GENEROUS


@ROOT_ONLY
def test_putting_back_gives_back_owner_and_list_together_and_says_so_before(theirs, state):
    done = Transaction([FileChange(str(theirs), b"new", 0, 0, 0o600)], state).commit()
    foretold = to_put_back(state, [done.id])[done.id]
    assert [one.shown()["access_list"] for one in foretold] == [True]
    assert foretold[0].warning.endswith(" again and has its former access list")
    assert foretold[0].shown()["before"].endswith(" 0600") and foretold[0].shown()["after"].endswith(" 0660")
    restore(state, done.id)
    assert facts(theirs) == (ACCOUNT, 0o660, True) and os.getxattr(str(theirs), ACCESS) == GENEROUS


@ROOT_ONLY
def test_a_removed_file_comes_back_with_its_list(theirs, state):
    done = Transaction([FileChange(str(theirs), None)], state).commit()
    restore(state, done.id)
    assert facts(theirs) == (ACCOUNT, 0o660, True) and theirs.read_bytes() == b"old"


@ROOT_ONLY
def test_a_list_that_root_made_since_does_not_come_with_a_file_that_is_given_back(theirs, state):
    """A backup of an earlier version does not say which lists there were."""
    done = Transaction([FileChange(str(theirs), b"new", 0, 0, 0o600)], state).commit()
    manifest = os.path.join(state, "backups", done.id, "manifest.json")
    with open(manifest) as stream:
        document = json.load(stream)
    del document["files"][0]["extended"]
    with open(manifest, "w") as stream:
        json.dump(document, stream)
    put_list(theirs, GENEROUS)
    restore(state, done.id)
    assert facts(theirs) == (ACCOUNT, 0o660, False)


@ROOT_ONLY
@pytest.mark.parametrize("extended", [{ACCESS: "no base64"}, {ACCESS: "QQ"}, {"x": 7}, 7])
def test_a_manifest_that_was_damaged_is_a_clear_error(theirs, state, extended):
    done = Transaction([FileChange(str(theirs), b"new", 0, 0, 0o600)], state).commit()
    manifest = os.path.join(state, "backups", done.id, "manifest.json")
    with open(manifest) as stream:
        document = json.load(stream)
    document["files"][0]["extended"] = extended
    with open(manifest, "w") as stream:
        json.dump(document, stream)
    with pytest.raises(TransactionError, match="manifest.json cannot be read"):
        restore(state, done.id)
    assert theirs.read_bytes() == b"new"


@ROOT_ONLY
def test_a_file_that_stands_alone_leaves_the_list_of_another_owner_behind(theirs):
    write_file(str(theirs), b"new", ACCOUNT, ACCOUNT, 0o600)
    assert facts(theirs)[2] is True
    write_file(str(theirs), b"new", 0, 0, 0o600)
    assert facts(theirs) == (0, 0o600, False)


@ROOT_ONLY
def test_a_directory_that_is_taken_over_or_made_has_no_list(tmp_path):
    tmp_path.chmod(0o755)
    put_list(tmp_path, OF_DIRECTORIES, DEFAULT)
    made, taken = tmp_path / "made", tmp_path / "taken"
    taken.mkdir()
    os.chown(str(taken), ACCOUNT, ACCOUNT)
    put_list(taken, OF_DIRECTORIES)
    for path in (made, taken):
        assert ensure_directory(str(path), 0, 0, 0o750) is True
        assert os.listxattr(str(path)) == [] and stat.S_IMODE(path.stat().st_mode) == 0o750
        assert ensure_directory(str(path), 0, 0, 0o750) is False


def test_the_groups_own_rights_are_found_in_a_list():
    assert mode_without_list(0o660, GENEROUS) == 0o640
    assert mode_without_list(0o640, access_list((4, 6, NONE), (16, 4, NONE))) == 0o640
    assert mode_without_list(0o640, access_list((4, 2, NONE))) == 0o620
    assert [mode_without_list(0o640, damaged) for damaged in (b"", b"\2\0\0\0", b"\2\0\0\0\4")] == [0o640] * 3


def test_a_successor_keeps_everything_but_the_list_of_another():
    old = Attributes(5, 6, 0o660, ((ACCESS, GENEROUS), ("user.note", b"x")), (1, 2))
    assert succeeding(old, None, None, None) == old._replace(times=None)
    assert succeeding(old, 0, None, None) == Attributes(0, 6, 0o640, (("user.note", b"x"),))
    assert succeeding(old, 0, 7, 0o600) == Attributes(0, 7, 0o600, (("user.note", b"x"),))
