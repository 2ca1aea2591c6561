# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service user prepared before root took its files: descriptors, mappings and access lists, held by real processes."""

import errno
import fcntl
import os
import stat
import struct
import subprocess
import sys

import pytest

from plugins.module_utils.permissions import apply, manifest, run, takeover, walk
from plugins.module_utils.permissions.run import Job, work
from plugins.module_utils.permissions.walk import Options
from plugins.module_utils.transaction.transaction import TransactionError, locked

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: another user holds files of its own open")
NOBODY = 65534
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
CONTENT = b"content of the service user\n"

# Opens the file in every way that gives a right to write, then writes in all of these ways, over and over with `busy`, once for
# each line on standard input otherwise.
HOLDER = """
import mmap, os, sys
path, uid, busy = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "busy"
os.setgroups([]); os.setgid(uid); os.setuid(uid)
descriptors = [os.open(path, os.O_RDWR), os.open(path, os.O_WRONLY | os.O_APPEND)]
memory = mmap.mmap(descriptors[0], 0)
print("open", flush=True)
while busy or sys.stdin.readline():
    memory[:7] = b"PLANTED"
    for descriptor in descriptors:
        os.write(descriptor, b"PLANTED")
    os.ftruncate(descriptors[0], 4096)
    if not busy:
        print("written", flush=True)
"""


@pytest.fixture
def conf(tmp_path):
    """A directory of the service user with one file."""
    for directory in [tmp_path] + list(tmp_path.parents)[:-2]:
        directory.chmod(directory.stat().st_mode | 0o011)
    directory = tmp_path / "conf"
    directory.mkdir(mode=0o755)
    path = directory / "a.conf"
    path.write_bytes(CONTENT)
    path.chmod(0o644)
    for one in (directory, path):
        os.chown(str(one), NOBODY, NOBODY)
    return directory


def take(conf, enforce=True, state_dir="", **entry):
    entry = dict({"path": str(conf), "owner": "0", "group": str(NOBODY), "mode": "0640", "recurse": True}, **entry)
    rules = manifest.rules_of(manifest.extended([], [entry]), int, int, run.real_path)
    return work(Job(rules, ["nobody"], "nobody", [], False, [], Options(enforce, state_dir=state_dir)))


def facts(path):
    info = os.lstat(str(path))
    return info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)


@pytest.fixture
def hold():
    running = []

    def start(path, how="once"):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path), str(NOBODY), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        running.append(process)
        assert process.stdout.readline() == "open\n"

        def strike():
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "written\n"

        return strike

    yield start
    for process in running:
        process.kill()
        process.communicate()


def access_list(*entries):
    """The value of the attribute: version 2, then (tag, rights, number)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NONE = 0xFFFFFFFF
GENEROUS = access_list((1, 6, NONE), (2, 6, NOBODY), (4, 0, NONE), (16, 6, NONE), (32, 0, NONE))


def put_list(path, value=GENEROUS, name=ACCESS):
    try:
        os.setxattr(str(path), name, value)
    except OSError as error:
        pytest.skip("this file system takes no access list (%s): they are NOT tested on a real one" % error)


def test_whoever_holds_a_file_open_does_not_write_to_it_any_more_once_it_is_roots(conf, hold):
    strike = hold(conf / "a.conf")
    before = (conf / "a.conf").stat()
    assert take(conf).refused.total == 0
    strike()
    assert (conf / "a.conf").read_bytes() == CONTENT and facts(conf / "a.conf") == (0, NOBODY, 0o640)
    after = (conf / "a.conf").stat()
    assert after.st_ino != before.st_ino and after.st_mtime_ns == before.st_mtime_ns
    assert os.listdir(str(conf)) == ["a.conf"]


def test_whoever_does_not_stop_writing_does_not_keep_the_file(conf, hold):
    hold(conf / "a.conf", "busy")
    assert take(conf).refused.total == 0
    assert facts(conf / "a.conf") == (0, NOBODY, 0o640)
    content = (conf / "a.conf").read_bytes()
    for _turn in range(200):
        assert (conf / "a.conf").read_bytes() == content


def test_a_file_of_root_that_others_could_write_to_is_replaced_too(conf, hold):
    path = conf / "a.conf"
    os.chown(str(path), 0, NOBODY)
    path.chmod(0o664)
    strike = hold(path)
    found = take(conf, mode="go-w")
    assert [item["replaced"] for item in found.differences.items] == [False, True]
    strike()
    assert path.read_bytes() == CONTENT and facts(path) == (0, NOBODY, 0o644)


def test_what_stays_the_accounts_own_stays_the_same_file(conf, hold):
    """A log that the daemon holds open: a copy would lose what is written from now on."""
    before = (conf / "a.conf").stat().st_ino
    found = take(conf, owner=str(NOBODY), mode="0600")
    assert (conf / "a.conf").stat().st_ino == before and facts(conf / "a.conf") == (NOBODY, NOBODY, 0o600)
    assert not any(item["replaced"] for item in found.differences.items)


def test_what_root_gives_away_or_only_closes_to_readers_stays_the_same_file(conf):
    path = conf / "a.conf"
    os.chown(str(path), 0, 0)
    before = path.stat().st_ino
    take(conf, path=str(path), mode="0600", recurse=False)
    take(conf, path=str(path), owner=str(NOBODY), recurse=False)
    assert path.stat().st_ino == before and facts(path) == (NOBODY, NOBODY, 0o640)


def test_lists_go_with_the_file_and_the_directory_that_are_taken_over_and_that_is_said_before_and_after(conf):
    put_list(conf / "a.conf")
    put_list(conf, access_list((1, 7, NONE), (2, 7, NOBODY), (4, 5, NONE), (16, 7, NONE), (32, 5, NONE)))
    put_list(conf, access_list((1, 7, NONE), (2, 7, NOBODY), (4, 5, NONE), (16, 7, NONE), (32, 5, NONE)), DEFAULT)
    predicted = take(conf, enforce=False)
    assert sorted(os.listxattr(str(conf))) == [ACCESS, DEFAULT]
    done = take(conf)
    assert (done.diff(), done.differences.items) == (predicted.diff(), predicted.differences.items)
    assert [item["lists_removed"] for item in done.differences.items] == [["access", "default"], ["access"]]
    assert "a.conf nobody:" in done.diff()["before"] and "0660, access list\n" in done.diff()["before"]
    assert "0640, a new file, no list\n" in done.diff()["after"]
    assert os.listxattr(str(conf)) == os.listxattr(str(conf / "a.conf")) == []
    assert take(conf).differences.total == 0


def test_the_group_does_not_gain_by_a_list_that_goes(conf):
    """With a list the group bits of the mode are its mask, here rw-; the group itself had nothing."""
    put_list(conf / "a.conf")
    assert take(conf, mode="o=").refused.total == 0
    assert facts(conf / "a.conf") == (0, NOBODY, 0o600)
    assert take(conf, mode="o=").differences.total == 0


def test_a_list_that_lets_an_account_write_to_a_file_of_root_is_removed_where_that_is_not_requested(conf, hold):
    path = conf / "a.conf"
    os.chown(str(path), 0, 0)
    put_list(path)
    strike = hold(path)
    found = take(conf, mode="go-w")
    assert found.refused.total == 0 and [item["replaced"] for item in found.differences.items] == [False, True]
    strike()
    assert path.read_bytes() == CONTENT and facts(path) == (0, NOBODY, 0o600) and os.listxattr(str(path)) == []


def test_a_list_of_what_is_roots_in_order_is_roots_business(conf):
    take(conf)
    readable = access_list((1, 6, NONE), (2, 4, NOBODY), (4, 4, NONE), (16, 4, NONE), (32, 0, NONE))
    put_list(conf / "a.conf", readable)
    assert take(conf).differences.total == 0
    assert os.getxattr(str(conf / "a.conf"), ACCESS) == readable


def test_context_user_attributes_and_times_come_along(conf):
    path = str(conf / "a.conf")
    os.utime(path, ns=(10**18, 10**18 + 7))
    kept = {}
    for name, value in (("user.note", b"x"), ("security.selinux", b"system_u:object_r:etc_t:s0\0")):
        try:
            os.setxattr(path, name, value)
            kept[name] = value
        except OSError as error:
            print("not possible on this file system: %s: %s" % (name, error))
    take(conf)
    info = os.stat(path)
    assert (info.st_uid, info.st_mtime_ns) == (0, 10**18 + 7)
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == kept


def test_a_file_too_large_to_be_copied_is_refused_before_and_after_alike(conf, monkeypatch):
    monkeypatch.setattr(takeover, "LARGEST", len(CONTENT) - 1)
    for enforce in (False, True):
        refused = take(conf, enforce).refused.items
        assert len(refused) == 1 and "at most %d bytes" % takeover.LARGEST in refused[0]["reason"]
    assert facts(conf / "a.conf") == (NOBODY, NOBODY, 0o644)


def test_holes_stay_holes(conf):
    with open(str(conf / "a.conf"), "r+b") as stream:
        stream.truncate(200 << 20)
        stream.seek(100 << 20)
        stream.write(b"middle")
    assert take(conf).refused.total == 0
    info = (conf / "a.conf").stat()
    assert (info.st_size, info.st_uid) == (200 << 20, 0) and info.st_blocks * 512 < 1 << 20
    with open(str(conf / "a.conf"), "rb") as stream:
        assert stream.read(len(CONTENT)) == CONTENT
        stream.seek(100 << 20)
        assert stream.read(7) == b"middle\0"


@pytest.mark.parametrize("step", ["create_by", "move", "sync"])
def test_a_run_that_is_killed_leaves_one_whole_file_and_the_next_one_leaves_nothing_else(conf, step):
    process = os.fork()
    if process == 0:
        real = getattr(takeover, step)

        def last(*arguments):
            if step == "create_by":
                real(*arguments)
            os._exit(9)

        setattr(takeover, step, last)
        try:
            take(conf)
        finally:
            os._exit(1)
    assert os.WEXITSTATUS(os.waitpid(process, 0)[1]) == 9
    assert (conf / "a.conf").read_bytes() == CONTENT
    assert take(conf).refused.total == 0
    assert facts(conf / "a.conf") == (0, NOBODY, 0o640) and os.listdir(str(conf)) == ["a.conf"]


def test_a_directory_under_the_name_of_the_copy_keeps_nobody_from_taking_the_file(conf):
    (conf / (".momentum-%d.take" % (conf / "a.conf").stat().st_ino)).mkdir()
    assert take(conf).refused.total == 0 and facts(conf / "a.conf") == (0, NOBODY, 0o640)


def test_no_transaction_runs_while_files_are_replaced(conf, tmp_path, monkeypatch):
    from plugins.module_utils.transaction import transaction

    state = str(tmp_path / "state")
    with locked(state):

        def wait(lock, descriptor, kind, _deadline):
            if not lock._flock(descriptor, kind | fcntl.LOCK_NB):
                raise OSError("held")

        monkeypatch.setattr(transaction.Lock, "_wait", wait)
        with pytest.raises(TransactionError, match="held"):
            take(conf, state_dir=state)
        assert facts(conf / "a.conf") == (NOBODY, NOBODY, 0o644)
        assert take(conf, False, state).differences.total == 1
    assert take(conf, state_dir=state).refused.total == 0
    assert os.listdir(state) == ["lock"]
    # What is in order needs no lock.
    with locked(state):
        assert take(conf, state_dir=state).differences.total == 0


class Counted:
    """Stands for the module `os` and counts its calls."""

    def __init__(self):
        self.calls = 0

    def __getattr__(self, name):
        found = getattr(os, name)
        if not callable(found) or isinstance(found, type):
            return found

        def call(*arguments, **named):
            self.calls += 1
            return found(*arguments, **named)

        return call


def test_a_file_in_order_costs_at_most_one_call(conf, monkeypatch):
    take(conf)
    spent = []
    for count in (100, 200):
        for number in range(count):
            path = conf / ("x%03d" % number)
            path.write_bytes(b"")
            os.chown(str(path), 0, NOBODY)
            path.chmod(0o640)
        counted = Counted()
        with monkeypatch.context() as patch:
            for module in (apply, takeover, walk):
                patch.setattr(module, "os", counted)
            assert take(conf).differences.total == 0
        spent.append(counted.calls)
    assert spent[1] - spent[0] <= 100


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_without_room_for_a_copy_a_file_is_closed_at_least_and_the_run_says_so(conf, monkeypatch, number):
    def full(*_arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(takeover, "create_by", full)
    refused = take(conf).refused
    assert refused.total == 1 and "can still write to it. Make room" in refused.items[0]["reason"]
    assert facts(conf / "a.conf") == (0, NOBODY, 0o640) and os.listdir(str(conf)) == ["a.conf"]
