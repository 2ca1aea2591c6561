# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files putting back transactions would change, compared with what it then changes."""

import os

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.transaction.rollback import to_put_back as given
from plugins.module_utils.transaction.transaction import FileChange, Transaction, restore


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state")


def to_put_back(state, transactions):
    """Only the paths."""
    return {identifier: [one.path for one in files] for identifier, files in given(state, transactions).items()}


def write(state, path, content, mode=0o640):
    change = FileChange(str(path), content, os.geteuid(), os.getegid(), mode)
    return str(Transaction([change], state).commit().id)


def test_what_is_foretold_is_what_is_put_back(state, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    done = write(state, path, b"new", 0o640)
    assert to_put_back(state, [done]) == {done: [str(path)]}
    restore(state, done)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"old", 0o600)
    assert to_put_back(state, [done]) == {done: []}


def test_a_file_that_was_created_is_gone_again(state, tmp_path):
    done = write(state, tmp_path / "a", b"new")
    assert to_put_back(state, [done]) == {done: [str(tmp_path / "a")]}
    restore(state, done)
    assert not (tmp_path / "a").exists()
    assert to_put_back(state, [done]) == {done: []}


def test_two_transactions_of_one_file_are_put_back_newest_first(state, tmp_path):
    path = tmp_path / "a"
    first, second = write(state, path, b"1"), write(state, path, b"2")
    assert list(to_put_back(state, [first, second, first])) == [second, first]
    assert to_put_back(state, [first, second]) == {second: [str(path)], first: [str(path)]}
    for identifier in to_put_back(state, [first, second]):
        restore(state, identifier)
    assert not path.exists()


def test_an_earlier_transaction_alone_is_refused(state, tmp_path):
    first, _second = write(state, tmp_path / "a", b"1"), write(state, tmp_path / "a", b"2")
    with pytest.raises(PlanError, match="name the later transaction too"):
        to_put_back(state, [first])


def test_attributes_alone_are_put_back_once(state, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"same")
    path.chmod(0o600)
    done = write(state, path, b"same", 0o644)
    assert to_put_back(state, [done]) == {done: [str(path)]}
    restore(state, done)
    assert path.stat().st_mode & 0o777 == 0o600
    assert to_put_back(state, [done]) == {done: []}


def put_all_back(state, transactions):
    """Put back what is foretold, and return which files each transaction has put back."""
    found = to_put_back(state, transactions)
    for identifier, paths in found.items():
        restore(state, identifier, paths=paths)
    return found


@pytest.mark.parametrize("before", [b"old", None])
def test_a_change_after_one_that_is_put_back_already_is_put_back_with_it(state, tmp_path, before):
    """Both are pending where the daemon was not healthy with the old files either, or the run was killed there."""
    path, other = tmp_path / "a", tmp_path / "b"
    if before is not None:
        write(state, path, before)
    first, second = write(state, path, b"1"), write(state, path, b"2")
    put_all_back(state, [first, second])
    third = write(state, path, b"3")
    fourth, fifth = write(state, other, b"4"), write(state, path, b"5")
    found = put_all_back(state, [first, second, third, fourth, fifth])
    assert found == {fifth: [str(path)], fourth: [str(other)], third: [str(path)], second: [], first: []}
    assert (path.read_bytes() if path.exists() else None) == before and not other.exists()


def test_a_change_of_somebody_else_between_two_transactions_is_not_lost(state, tmp_path):
    path = tmp_path / "a"
    first = write(state, path, b"1")
    path.write_bytes(b"mine")
    second = write(state, path, b"2")
    with pytest.raises(PlanError, match="changed again after transaction %s" % first):
        to_put_back(state, [first, second])
