# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a transaction promises to those who use it."""

import os
import stat
import time

import pytest

from plugins.module_utils.state import pending as activation
from plugins.module_utils.state.lock import Lock
from plugins.module_utils.transaction import backups, transaction
from plugins.module_utils.transaction.transaction import (
    CheckFailed,
    FileChange,
    Receipt,
    Transaction,
    TransactionError,
    digest,
    foresee,
    recover,
    restore,
)

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: files of other users are involved")


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state")


@pytest.fixture
def conf(tmp_path):
    directory = tmp_path / "conf"
    directory.mkdir(mode=0o755)
    return directory


def put(path, content, mode=0o640):
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def new(path, content, mode=0o640, basis=""):
    return FileChange(str(path), content, os.getuid(), os.getgid(), mode, basis)


def names(directory):
    return sorted(os.listdir(str(directory)))


def refuse():
    raise CheckFailed("Syntax error in ecelerity.conf at line 3 near 'Option'")


def test_nothing_to_do_touches_nothing(state):
    assert Transaction([], state).commit() == Receipt("", {})
    assert not os.path.exists(state)


def test_a_change_keeps_owner_and_mode_unless_told_otherwise(conf, state):
    path = put(conf / "a.conf", b"old", 0o604)
    Transaction([FileChange(path, b"new")], state).commit()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o604
    Transaction([FileChange(path, b"new", mode=0o600)], state).commit()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert read(path) == b"new"


@ROOT_ONLY
def test_owner_and_group_are_kept_or_set_by_number(conf, state):
    path = put(conf / "a.conf", b"old")
    os.chown(path, 65534, 65533)
    Transaction([FileChange(path, b"new")], state).commit()
    assert (os.stat(path).st_uid, os.stat(path).st_gid) == (65534, 65533)
    Transaction([FileChange(path, b"newer", 1234, 4321)], state).commit()
    assert (os.stat(path).st_uid, os.stat(path).st_gid) == (1234, 4321)


def test_the_receipt_leads_to_the_old_content_outside_of_the_configuration(conf, state):
    path = put(conf / "a.conf", b"old", 0o644)
    receipt = Transaction([FileChange(path, b"new"), new(conf / "b.conf", b"b")], state).commit()
    assert list(receipt.backups) == [path]
    backup = receipt.backups[path]
    assert read(backup) == b"old"
    assert backup.startswith(os.path.join(state, "backups", receipt.id))
    assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(backup)).st_mode) == 0o700
    assert names(conf) == ["a.conf", "b.conf"]


def days_ago(monkeypatch, days):
    """Let the clock of transactions be late."""
    monkeypatch.setattr(transaction.time, "time", lambda: real_time() - days * 86400)


real_time = time.time


def test_the_newest_backups_are_kept_and_all_of_the_last_day(conf, state, monkeypatch):
    path = put(conf / "a.conf", b"0")

    def change(days, count, first):
        days_ago(monkeypatch, days)
        return [
            Transaction([FileChange(path, b"%d" % number)], state).commit().id for number in range(first, first + count)
        ]

    old = change(3, 13, 1)
    assert names(os.path.join(state, "backups")) == old
    recent = change(0.9, 12, 100)
    assert names(os.path.join(state, "backups")) == recent
    assert change(0, 1, 200) and names(os.path.join(state, "backups"))[:12] == recent
    change(-2, 1, 300)
    assert len(names(os.path.join(state, "backups"))) == backups.KEPT


def test_the_backup_of_what_the_daemon_has_not_proven_yet_is_kept(conf, state, monkeypatch):
    path = put(conf / "a.conf", b"0")
    days_ago(monkeypatch, 5)
    pending = Transaction([FileChange(path, b"1")], state, due=transaction.Due("reload", [path])).commit().id
    other = Transaction([FileChange(path, b"2")], state).commit().id
    days_ago(monkeypatch, 0)
    for number in range(12):
        Transaction([FileChange(path, b"new %d" % number)], state).commit()
    assert pending in names(os.path.join(state, "backups")) and other not in names(os.path.join(state, "backups"))
    activation.done(state)
    Transaction([FileChange(path, b"newest")], state).commit()
    assert pending not in names(os.path.join(state, "backups"))


def test_putting_back_takes_away_no_backup(conf, state, monkeypatch):
    path = put(conf / "a.conf", b"0")
    days_ago(monkeypatch, 5)
    made = [Transaction([FileChange(path, b"%d" % number)], state).commit().id for number in range(1, backups.KEPT + 1)]
    days_ago(monkeypatch, 0)
    for identifier in reversed(made):
        assert restore(state, identifier).id
    assert read(path) == b"0"


def test_the_checker_sees_all_staged_files_before_anything_is_changed(conf, state):
    first, third = put(conf / "a.conf", b"old"), put(conf / "c.conf", b"c")
    seen = {}

    def check(mapping):
        for target, staged in mapping.items():
            if staged is not None:
                assert os.path.basename(staged).startswith("."), "a directory include would load it"
                assert os.path.dirname(staged) == os.path.dirname(target)
                seen[target] = (read(staged), stat.S_IMODE(os.stat(staged).st_mode))
            else:
                seen[target] = None
        assert read(first) == b"old" and names_visible() == ["a.conf", "c.conf"]

    def names_visible():
        return [name for name in names(conf) if not name.startswith(".")]

    changes = [FileChange(first, b"new"), new(conf / "b.conf", b"b", 0o600), FileChange(third, None)]
    Transaction(changes, state, check_staged=check).commit()
    assert seen == {first: (b"new", 0o640), str(conf / "b.conf"): (b"b", 0o600), third: None}
    assert names(conf) == ["a.conf", "b.conf"]


@pytest.mark.parametrize("stage, checks", [("check", "check_staged"), ("verify", "check_installed")])
def test_a_refusal_reports_the_words_of_the_checker_and_changes_nothing(conf, state, stage, checks):
    path, gone = put(conf / "a.conf", b"old"), put(conf / "c.conf", b"c", 0o604)
    os.utime(path, ns=(10**18, 10**18))
    changes = [FileChange(path, b"new"), new(conf / "b.conf", b"b"), FileChange(gone, None)]
    with pytest.raises(TransactionError) as caught:
        Transaction(changes, state, **{checks: lambda *_: refuse()}).commit()
    error = caught.value
    assert (error.stage, error.restored) == (stage, True)
    assert "near 'Option'" in error.output and "near 'Option'" in str(error)
    assert names(conf) == ["a.conf", "c.conf"]
    assert read(path) == b"old" and read(gone) == b"c"
    assert stat.S_IMODE(os.stat(gone).st_mode) == 0o604
    # A daemon is judged by the age of its files: putting back must not look like a change.
    assert os.stat(path).st_mtime_ns == 10**18
    assert names(os.path.join(state, "backups")) == []


def test_check_installed_sees_the_new_files_in_place(conf, state):
    path = put(conf / "a.conf", b"old")
    seen = []
    Transaction([FileChange(path, b"new")], state, check_installed=lambda: seen.append(read(path))).commit()
    assert seen == [b"new"]


def test_any_exception_of_a_check_puts_everything_back(conf, state):
    path = put(conf / "a.conf", b"old")

    def broken():
        raise ZeroDivisionError("no such luck")

    with pytest.raises(TransactionError, match="ZeroDivisionError: no such luck"):
        Transaction([FileChange(path, b"new")], state, check_installed=broken).commit()

    def impatient():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Transaction([FileChange(path, b"new")], state, check_installed=impatient).commit()
    assert read(path) == b"old" and names(conf) == ["a.conf"]


def test_a_lost_race_is_a_clear_error(conf, state):
    path = put(conf / "a.conf", b"edited by hand")
    with pytest.raises(TransactionError, match="lost race") as caught:
        Transaction([FileChange(path, b"new", basis=digest(b"old"))], state).commit()
    assert (caught.value.path, caught.value.restored) == (path, True)
    with pytest.raises(TransactionError, match="lost race"):
        Transaction([new(path, b"new", basis="")], state).commit()
    assert read(path) == b"edited by hand"
    assert Transaction([FileChange(path, b"new", basis=digest(b"edited by hand"))], state).commit().id


def test_an_edit_during_the_check_is_a_lost_race_and_the_edit_survives(conf, state):
    first, second = put(conf / "a.conf", b"old"), put(conf / "b.conf", b"old")

    def edit(_mapping):
        put(conf / "b.conf", b"by hand")

    with pytest.raises(TransactionError, match="lost race") as caught:
        Transaction([FileChange(first, b"new"), FileChange(second, b"new")], state, check_staged=edit).commit()
    assert caught.value.path == second
    assert read(first) == b"old" and read(second) == b"by hand"


def test_an_edit_after_the_swap_is_left_alone_and_named(conf, state):
    first, second = put(conf / "a.conf", b"old"), put(conf / "b.conf", b"old")

    def edit():
        put(conf / "b.conf", b"by hand")
        refuse()

    with pytest.raises(TransactionError) as caught:
        Transaction([FileChange(first, b"new"), FileChange(second, b"new")], state, check_installed=edit).commit()
    assert not caught.value.restored and second in caught.value.reason
    assert read(first) == b"old" and read(second) == b"by hand"
    assert names(conf) == ["a.conf", "b.conf"]
    assert len(names(os.path.join(state, "backups"))) == 1, "the old content is still needed"


@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda path: FileChange(path, b"x"), "needs an owner, a group and a mode"),
        (lambda path: FileChange(path, None), "does not exist"),
        (lambda path: new(os.path.join(path, "deep"), b"x"), "No such file or directory"),
        (lambda path: new(os.path.dirname(path), b"x"), "not a regular file"),
        (lambda path: new("relative.conf", b"x"), "an absolute path"),
        (lambda path: new(os.path.join(path, "..", "x"), b"x"), "an absolute path"),
    ],
)
def test_impossible_changes_are_refused_before_anything_happens(conf, state, change, reason):
    other = put(conf / "other.conf", b"old")
    with pytest.raises(TransactionError, match=reason) as caught:
        Transaction([FileChange(other, b"new"), change(str(conf / "missing"))], state).commit()
    assert (caught.value.stage, caught.value.restored) == ("prepare", True)
    assert read(other) == b"old" and names(conf) == ["other.conf"]


def test_one_file_cannot_be_changed_twice_even_under_two_names(conf, state, tmp_path):
    path = put(conf / "a.conf", b"old")
    os.symlink(str(conf), str(tmp_path / "alias"))
    changes = [FileChange(path, b"new"), FileChange(str(tmp_path / "alias" / "a.conf"), b"newer")]
    with pytest.raises(TransactionError, match="changed twice"):
        Transaction(changes, state).commit()
    assert read(path) == b"old"


def test_a_trusted_link_stays_a_link_and_its_file_is_changed(conf, state, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    path = put(elsewhere / "real.conf", b"old")
    link = str(conf / "a.conf")
    os.symlink("../elsewhere/real.conf", link)
    seen = {}
    receipt = Transaction([FileChange(link, b"new")], state, check_staged=seen.update).commit()
    assert os.path.islink(link) and read(path) == b"new" and names(elsewhere) == ["real.conf"]
    assert os.path.dirname(seen[link]) == str(elsewhere)
    with pytest.raises(TransactionError):
        Transaction([FileChange(link, b"newer")], state, check_installed=refuse).commit()
    assert os.path.islink(link) and read(path) == b"new"
    restore(state, receipt.id)
    assert os.path.islink(link) and read(path) == b"old"


def test_a_second_writer_waits_and_is_told_who_holds_the_lock(conf, state):
    path = put(conf / "a.conf", b"old")
    Transaction([FileChange(path, b"new")], state).commit()
    late = Transaction([FileChange(path, b"newer")], state, lock_timeout=0.1)
    with Lock(state, 0), pytest.raises(TransactionError, match="held by process %d" % os.getpid()) as caught:
        late.commit()
    assert caught.value.stage == "lock"
    Transaction([FileChange(path, b"newer")], state, lock_timeout=0).commit()


def test_concurrent_runs_are_serialised_and_lose_no_update(conf, state):
    first, second = put(conf / "a.conf", b"0"), put(conf / "b.conf", b"0")
    writers, rounds = 4, 5

    def increment():
        while True:
            old = read(first)
            content = b"%d" % (int(old) + 1)
            changes = [FileChange(first, content, basis=digest(old)), FileChange(second, content)]
            try:
                return Transaction(changes, state, check_installed=agree).commit()
            except TransactionError as error:
                assert "lost race" in error.reason, error

    def agree():
        assert read(first) == read(second)

    children = []
    for _turn in range(writers):
        process = os.fork()
        if process == 0:
            status = 1
            try:
                for _turn in range(rounds):
                    increment()
                status = 0
            finally:
                os._exit(status)
        children.append(process)
    assert [os.waitpid(process, 0)[1] for process in children] == [0] * writers
    assert read(first) == read(second) == b"%d" % (writers * rounds)


def test_two_first_runs_that_meet_do_not_take_each_other_for_attackers(conf, state, monkeypatch):
    path = put(conf / "a.conf", b"old")
    mkdir = os.mkdir

    def meet(name, *arguments, **named):
        mkdir(name, *arguments, **named)
        if name == "state":
            put(conf.parent / "state" / "lock", b"", 0o600)

    monkeypatch.setattr(os, "mkdir", meet)
    assert Transaction([FileChange(path, b"new")], state).commit().id


def test_a_transaction_can_be_taken_back(conf, state):
    path, gone = put(conf / "a.conf", b"old", 0o604), put(conf / "c.conf", b"c", 0o600)
    changes = [FileChange(path, b"new", mode=0o640), new(conf / "b.conf", b"b"), FileChange(gone, None)]
    receipt = Transaction(changes, state).commit()
    again = restore(state, receipt.id)
    assert again.id and again.id != receipt.id
    assert names(conf) == ["a.conf", "c.conf"]
    assert read(path) == b"old" and stat.S_IMODE(os.stat(path).st_mode) == 0o604
    assert read(gone) == b"c" and stat.S_IMODE(os.stat(gone).st_mode) == 0o600
    assert restore(state, receipt.id).id == "", "there was nothing left to do"


def test_a_changed_mode_can_be_taken_back(conf, state):
    path = put(conf / "a.conf", b"same", 0o600)
    receipt = Transaction([FileChange(path, b"same", mode=0o640)], state).commit()
    restore(state, receipt.id)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_taking_back_never_overwrites_a_later_change(conf, state):
    path, other = put(conf / "a.conf", b"old"), put(conf / "b.conf", b"old")
    first = Transaction([FileChange(path, b"new"), FileChange(other, b"new")], state).commit()
    second = Transaction([FileChange(path, b"newer")], state).commit()
    with pytest.raises(TransactionError, match="was changed again"):
        restore(state, first.id)
    assert read(other) == b"new"
    restore(state, second.id)
    restore(state, first.id)
    assert read(path) == read(other) == b"old"


@pytest.mark.parametrize("identifier", ["", "../../etc", "20260101T000000.000000-00000000"])
def test_an_unknown_backup_is_a_clear_error(state, identifier):
    with pytest.raises(TransactionError, match="transaction") as caught:
        restore(state, identifier)
    assert caught.value.stage == "restore"


def test_recovery_without_a_state_directory_creates_none(state):
    assert recover(state) == [] and foresee(state) == []
    assert not os.path.exists(state)


def test_a_state_directory_that_others_can_read_is_refused_and_not_corrected(conf, state):
    path = put(conf / "a.conf", b"old")
    os.mkdir(state)
    os.chmod(state, 0o755)
    with pytest.raises(TransactionError, match="mode 0700") as caught:
        Transaction([FileChange(path, b"new")], state).commit()
    assert caught.value.stage == "lock"
    assert stat.S_IMODE(os.stat(state).st_mode) == 0o755 and read(path) == b"old"


def test_names_that_are_no_text_are_handled(conf, state):
    path = os.fsdecode(os.path.join(os.fsencode(str(conf)), b"caf\xe9.conf"))
    receipt = Transaction([new(path, b"new")], state).commit()
    assert read(path) == b"new"
    restore(state, receipt.id)
    assert names(conf) == []


def test_the_watchdog_neither_keeps_the_output_open_nor_stays(conf, state):
    """Whoever started the program reads its output to the end, and the end comes when it dies, not later."""
    path = put(conf / "a.conf", b"old")
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(ours)
        os.set_inheritable(theirs, True)
        Transaction([FileChange(path, b"new")], state, check_installed=lambda: time.sleep(600)).commit()
        os._exit(0)
    os.close(theirs)
    while read(path) == b"old":
        time.sleep(0.01)
    # The watchdog exists by now, or the file would still be the old one.
    os.kill(process, 9)
    assert os.read(ours, 1) == b""
    os.waitpid(process, 0)
    with Lock(state, 20):
        assert read(path) == b"old" and names(conf) == ["a.conf"]


def test_the_watchdog_holds_the_lock_and_a_pipe_and_nothing_else(conf, state, monkeypatch):
    path = put(conf / "a.conf", b"old")
    seen = []

    class Watched(transaction.Watchdog):
        def __init__(self, lock, rescue):
            super().__init__(lock, rescue)
            seen.append(self.pid)

    def look():
        descriptors = "/proc/%d/fd" % seen[0]
        # It has just been forked and closes what it does not need in its own time.
        while len(os.listdir(descriptors)) > 6:
            time.sleep(0.01)
        seen.extend(
            sorted(os.readlink(os.path.join(descriptors, one)).split(":")[0] for one in os.listdir(descriptors))
        )

    monkeypatch.setattr(transaction, "Watchdog", Watched)
    with open(os.devnull) as spare:
        Transaction([FileChange(path, b"new")], state, check_installed=look).commit()
        assert spare
    assert seen[1:] == sorted(["/dev/null"] * 3 + [state, os.path.join(state, "lock"), "pipe"])
    assert not os.path.exists("/proc/%d" % seen[0])


@ROOT_ONLY
def test_extended_attributes_and_access_lists_are_kept(conf, state):
    path = put(conf / "a.conf", b"old")
    # Version 2; user::rw-, user:65534:r--, group::r--, mask::r--, other::--- in the layout of acl(5) on Linux.
    entries = [(1, 6, -1), (2, 4, 65534), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
    access = b"\2\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (number & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, rights, number in entries
    )
    kept = {"system.posix_acl_access": access, "security.selinux": b"system_u:object_r:etc_t:s0\0", "user.note": b"x"}
    possible = {}
    for name, value in kept.items():
        try:
            os.setxattr(path, name, value)
            possible[name] = value
        except OSError as error:
            print("not possible on this file system: %s: %s" % (name, error))
    if not possible:
        pytest.skip("this file system has no extended attributes")
    Transaction([FileChange(path, b"new")], state).commit()
    assert {name: os.getxattr(path, name) for name in possible} == possible
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    with pytest.raises(TransactionError):
        Transaction([FileChange(path, b"newer")], state, check_installed=refuse).commit()
    assert {name: os.getxattr(path, name) for name in possible} == possible
