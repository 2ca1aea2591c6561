# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A transaction that was left unfinished while somebody else exchanged what it works on never hinders the next one."""

import errno
import glob
import json
import os
import shutil
import socket
import time

import pytest

from plugins.module_utils.files import safe_files
from plugins.module_utils.state import lock
from plugins.module_utils.transaction import backups, journal, recovery, transaction, unfinished
from plugins.module_utils.transaction.transaction import (
    FileChange,
    Transaction,
    TransactionError,
    digest,
    foresee,
    recover,
)

OLD, NEW = b"the old content\n", b"the new content\n"
IDENTIFIER = "20260101T000000.000000-00000000"


class Site:
    """A directory of the attacker's with two files, another directory that is nobody's business, and the state."""

    def __init__(self, root):
        self.root = root
        self.conf, self.other, self.state = (os.path.join(root, name) for name in ("conf", "other", "state"))
        self.target = os.path.join(self.conf, "a.conf")
        self.precious = os.path.join(
            root, "precious"
        )  # what is attacked is a file of the test, never one of the machine
        put(self.precious, b"precious")
        for directory in (self.conf, self.other):
            os.mkdir(directory, 0o755)
        for path in (self.target, os.path.join(self.conf, "b.conf")):
            put(path, OLD)

    def crash(self, instant="check_installed"):
        """Begin a change of both files, and end without a word, watchdog included, before it is finished."""
        process = os.fork()
        if process == 0:
            try:
                transaction.Watchdog = lambda *_: None
                changes = [FileChange(path, NEW) for path in (self.target, os.path.join(self.conf, "b.conf"))]
                Transaction(changes, self.state, **{instant: lambda *_: os._exit(9)}).commit()
            finally:
                os._exit(1)
        assert os.WEXITSTATUS(os.waitpid(process, 0)[1]) == 9
        return self

    def kept(self, suffix=".0.old"):
        return glob.glob(os.path.join(self.conf, ".momentum-*" + suffix))[0]

    def change_elsewhere(self):
        path = os.path.join(self.other, "x.conf")
        return Transaction([FileChange(path, os.urandom(4), os.getuid(), os.getgid(), 0o600)], self.state).commit()

    def aside(self):
        return sorted(name for name in os.listdir(self.state) if name.startswith("aside-"))


def put(path, content, mode=0o640):
    with open(path, "wb") as stream:
        stream.write(content)
    os.chmod(path, mode)


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def bind(path):
    """A socket; the path of one must be short."""
    before = os.getcwd()
    os.chdir(os.path.dirname(path))
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.basename(path))
    finally:
        os.chdir(before)


def clear(path):
    shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def replaced(path, make):
    clear(path)
    make(path)


def moved_and_linked(site):
    os.rename(site.conf, site.conf + ".moved")
    os.symlink(site.conf + ".moved", site.conf)
    if os.geteuid() == 0:
        os.chown(site.conf, 65534, 65534, follow_symlinks=False)
    else:
        os.chmod(site.root, 0o777)


def moved_and_made_anew(site):
    os.rename(site.conf, site.conf + ".moved")
    os.mkdir(site.conf)


ATTACKS = {
    "directory-moved-and-linked": moved_and_linked,
    "directory-moved-and-made-anew": moved_and_made_anew,
    "directory-moved": lambda site: os.rename(site.conf, site.conf + ".moved"),
    "directory-gone": lambda site: shutil.rmtree(site.conf),
    "directory-became-a-file": lambda site: replaced(site.conf, lambda path: put(path, b"")),
    "target-edited": lambda site: put(site.target, b"edited"),
    "target-gone": lambda site: os.unlink(site.target),
    "target-a-directory": lambda site: replaced(site.target, os.mkdir),
    "target-a-socket": lambda site: replaced(site.target, bind),
    "target-a-pipe": lambda site: replaced(site.target, os.mkfifo),
    "target-a-link": lambda site: replaced(site.target, lambda path: os.symlink("../precious", path)),
    "target-linked-twice": lambda site: os.link(site.target, site.target + ".second"),
    "copy-gone": lambda site: os.unlink(site.kept()),
    "copy-edited": lambda site: put(site.kept(), b"planted"),
    "copy-a-directory": lambda site: replaced(site.kept(), lambda path: os.makedirs(path + "/full")),
    "copy-a-socket": lambda site: replaced(site.kept(), bind),
    "copy-a-link": lambda site: replaced(site.kept(), lambda path: os.symlink("../precious", path)),
    "copy-linked-twice": lambda site: os.link(site.kept(), site.kept() + ".second"),
    "staged-name-a-directory": lambda site: os.makedirs(site.kept()[:-4] + ".new/full"),
}


@pytest.fixture
def site(tmp_path):
    return Site(str(tmp_path))


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_whatever_is_in_the_way_of_putting_back_the_next_change_is_made_and_what_happened_is_told_once(site, attack):
    site.crash()
    ATTACKS[attack](site)
    done = site.change_elsewhere()
    assert done.id and not any(name.startswith("journal") for name in os.listdir(site.state))
    told = recover(site.state)
    assert len(told) == 1 and len(site.aside()) == 1, told
    identifier = site.aside()[0][len("aside-") :].split(".0.")[0]
    for words in (identifier, os.path.join(site.state, "aside-" + identifier), site.target, "msys.momentum.restore"):
        assert words in told[0]
    assert recover(site.state) == [] and foresee(site.state) == []
    assert read(os.path.join(site.state, "backups", identifier, "0")) == OLD
    # The other file of the transaction is old again wherever its directory can be reached.
    if not attack.startswith("directory"):
        assert read(os.path.join(site.conf, "b.conf")) == OLD
    assert read(site.precious) == b"precious"


def test_a_planted_copy_is_never_put_in_the_place_of_the_file(site):
    site.crash()
    put(site.kept(), b"planted")
    told = recover(site.state)
    assert read(site.target) == NEW
    assert "%s has the new content (the old one is in %s" % (site.target, site.state) in told[0]
    assert "%s is as it was before" % os.path.join(site.conf, "b.conf") in told[0]


def test_a_name_that_pretends_that_nothing_happened_is_not_believed(site):
    site.crash()
    put(site.kept()[:-4] + ".new", b"as if the target were still untouched")
    assert "rolled back" in recover(site.state)[0]
    assert read(site.target) == OLD and sorted(os.listdir(site.conf)) == ["a.conf", "b.conf"]


def test_a_copy_that_is_exchanged_in_the_last_instant_is_noticed(site, monkeypatch):
    site.crash()
    move = safe_files.move

    def late(place, old, new):
        if old.endswith(".0.old"):
            replaced(place.sibling(old), lambda path: put(path, b"planted"))
        move(place, old, new)

    monkeypatch.setattr(recovery, "move", late)
    assert site.target in recover(site.state)[0] and len(site.aside()) == 1


def test_a_directory_that_is_moved_during_the_transaction_is_put_right_where_it_is(site):
    """The process itself still holds it open: its owner cannot get away with it."""
    changes = [FileChange(site.target, NEW), FileChange(os.path.join(site.conf, "b.conf"), NEW)]

    def strike():
        moved_and_linked(site)
        raise ValueError("the checker is confused")

    with pytest.raises(TransactionError) as caught:
        Transaction(changes, site.state, check_installed=strike).commit()
    assert caught.value.restored
    moved = site.conf + ".moved"
    assert sorted(os.listdir(moved)) == ["a.conf", "b.conf"]
    assert read(os.path.join(moved, "a.conf")) == read(os.path.join(moved, "b.conf")) == OLD
    assert site.change_elsewhere().id and recover(site.state) == []


def test_what_was_undone_completely_is_told_once_too(site):
    site.crash()
    assert [" was rolled back" in words for words in recover(site.state)] == [True]
    assert recover(site.state) == [] and site.aside() == []


def test_a_look_ahead_says_what_a_run_will_do_and_writes_nothing(site):
    site.crash()
    before = {path: os.lstat(path).st_mtime_ns for path in glob.glob(site.root + "/**", recursive=True)}
    told = foresee(site.state)
    assert len(told) == 1 and "a run undoes it first" in told[0] and site.target + " has the new content" in told[0]
    assert {path: os.lstat(path).st_mtime_ns for path in before} == before
    put(site.target, b"edited")
    assert site.target + " was changed by somebody else" in foresee(site.state)[0]
    site.change_elsewhere()
    expected = foresee(site.state)
    assert foresee(site.state) == expected == recover(site.state) and len(expected) == 1


def test_a_transaction_that_is_running_is_not_taken_for_an_unfinished_one(site):
    seen = []
    change = FileChange(site.target, NEW)

    def look():
        for act in (foresee, recover):
            with pytest.raises(TransactionError, match="held by process %d for more than 0 seconds" % os.getpid()):
                act(site.state, 0)
            seen.append(read(site.target))

    Transaction([change], site.state, check_installed=look).commit()
    assert seen == [NEW, NEW] and read(site.target) == NEW
    assert foresee(site.state, 0) == recover(site.state, 0) == []


def test_whoever_reads_while_somebody_is_at_work_waits_for_the_end(site):
    process = os.fork()
    if process == 0:
        try:
            Transaction([FileChange(site.target, NEW)], site.state, check_installed=lambda: time.sleep(0.5)).commit()
        finally:
            os._exit(0)
    while not journal.is_pending(site.state):
        time.sleep(0.01)
    assert foresee(site.state) == [] and read(site.target) == NEW
    os.waitpid(process, 0)


@pytest.mark.parametrize("module, name", [(unfinished, "look"), (journal, "mark_reported"), (journal, "read_as")])
def test_a_failing_disk_does_not_stop_the_report(site, monkeypatch, module, name):
    site.crash()
    put(site.target, b"edited")
    site.change_elsewhere()

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail)
        assert len(recover(site.state)) == 1 and site.change_elsewhere().id


DAMAGES = {
    "empty": b"",
    "truncated": b'{"format": 1, "transaction": "%s", "entr' % IDENTIFIER.encode(),
    "no-text": b"\xff\x00",
    "list": b"[]",
    "future": b'{"format": 2, "transaction": "%s"}' % IDENTIFIER.encode(),
    "nested": b"[" * 100000,
    "no-identifier": b'{"format": 1, "transaction": "../../x", "entries": []}',
    "number": b'{"format": 1, "transaction": 7, "entries": []}',
    "no-entries": b'{"format": 1, "transaction": "%s", "entries": [{}]}' % IDENTIFIER.encode(),
}


def plant(site, content, phase="swapping"):
    site.change_elsewhere()
    path = os.path.join(site.state, "journal." + phase)
    put(path, content, 0o600)
    return path


def assert_set_aside(site, *words):
    assert site.change_elsewhere().id
    told = recover(site.state)
    assert len(told) == 1 and recover(site.state) == []
    for one in words + (os.path.join(site.state, "aside-"),):
        assert one in told[0]
    assert len(site.aside()) == 1 and site.aside()[0].endswith(".reported")


@pytest.mark.parametrize("damage", sorted(DAMAGES))
@pytest.mark.parametrize("phase", ["staging", "swapping", "committed"])
def test_a_damaged_journal_is_set_aside_and_told_once(site, damage, phase):
    plant(site, DAMAGES[damage], phase)
    assert_set_aside(site, "could not be used")
    assert read(os.path.join(site.state, site.aside()[0])) == DAMAGES[damage]


def entry(site, **changed):
    prefix = ".momentum-%s.0" % IDENTIFIER
    plain = journal.Entry(site.target, prefix + ".new", prefix + ".old", digest(OLD), digest(NEW))
    return plain._replace(**changed)._asdict()


@pytest.mark.parametrize(
    "changed",
    [
        {"staged": "../precious"},
        {"kept": "{root}/precious"},
        {"kept": "a.conf"},
        {"path": "relative"},
        {"path": 7},
        {"before": "x"},
        {"after": None},
    ],
)
def test_a_journal_that_names_what_no_transaction_names_is_not_followed(site, changed):
    changed = {key: value.replace("{root}", site.root) if key == "kept" else value for key, value in changed.items()}
    document = {"format": 1, "transaction": IDENTIFIER, "entries": [entry(site, **changed)]}
    plant(site, json.dumps(document).encode("ascii"))
    assert_set_aside(site, "entry 0" if None not in changed.values() and 7 not in changed.values() else "could not")
    assert read(site.precious) == b"precious" and read(site.target) == OLD


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, bind, lambda path: os.symlink("../precious", path)])
@pytest.mark.parametrize("name", ["journal.staging", "journal.swapping", "journal.committed", "journal.new"])
def test_strange_things_under_the_names_of_journals_hinder_nobody(site, make, name):
    site.change_elsewhere()
    make(os.path.join(site.state, name))
    assert site.change_elsewhere().id
    recover(site.state)
    assert recover(site.state) == [] and site.change_elsewhere().id
    assert read(site.precious) == b"precious"


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_journal_that_others_could_write_to_is_not_followed(site, mode):
    document = {"format": 1, "transaction": IDENTIFIER, "entries": [entry(site)]}
    os.chmod(plant(site, json.dumps(document).encode("ascii")), mode)
    assert_set_aside(site, "could write to it")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the journal belongs to another user")
def test_a_journal_of_another_owner_is_not_followed(site):
    document = {"format": 1, "transaction": IDENTIFIER, "entries": [entry(site)]}
    os.chown(plant(site, json.dumps(document).encode("ascii")), 65534, 0)
    assert_set_aside(site, "uid 65534 could write to it")


def test_journals_of_several_phases_are_recovered_one_after_the_other(site):
    site.crash()
    plant_path = os.path.join(site.state, "journal.staging")
    put(plant_path, b"{", 0o600)
    told = recover(site.state)
    assert len(told) == 2 and read(site.target) == OLD


def test_backups_of_what_was_set_aside_are_kept_until_the_operator_removes_the_journal(site, monkeypatch):
    site.crash()
    put(site.target, b"edited")
    recover(site.state)
    directory = os.path.join(site.state, "backups", site.aside()[0][len("aside-") :].split(".0.")[0])
    monkeypatch.setattr(backups, "DAY", -60)
    for _turn in range(backups.KEPT + 2):
        site.change_elsewhere()
    assert read(os.path.join(directory, "0")) == OLD
    os.unlink(os.path.join(site.state, site.aside()[0]))
    site.change_elsewhere()
    assert not os.path.exists(directory)


def test_a_backup_with_strange_things_in_it_hinders_nobody(site):
    site.crash()
    directory = glob.glob(os.path.join(site.state, "backups", "*"))[0]
    os.makedirs(os.path.join(directory, "strange", "deep"))
    assert " was rolled back" in recover(site.state)[0] and not os.path.exists(directory)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_an_error_of_the_disk_keeps_the_journal_and_the_next_run_succeeds(site, monkeypatch, code):
    site.crash()

    def fail(*_):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(recovery, "move", fail)
        for attempt in (lambda: recover(site.state), site.change_elsewhere):
            with pytest.raises(TransactionError, match=os.strerror(code)) as caught:
                attempt()
            assert caught.value.stage == "recover" and site.target in caught.value.reason
    assert "rolled back" in recover(site.state)[0] and read(site.target) == OLD and site.aside() == []


def test_a_full_disk_does_not_keep_a_recovery_from_signing_the_lock(site, monkeypatch):
    site.crash()

    class Full:
        def __getattr__(self, name):
            return getattr(os, name)

        def pwrite(self, *_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(lock, "os", Full())
    assert "rolled back" in recover(site.state)[0]


@pytest.mark.parametrize("make", [os.mkdir, lambda path: os.symlink("../precious", path)])
def test_a_strange_lock_is_a_clear_error_with_its_name(site, make):
    site.change_elsewhere()
    replaced(os.path.join(site.state, "lock"), make)
    with pytest.raises(TransactionError, match="state/lock") as caught:
        site.change_elsewhere()
    assert caught.value.stage == "lock"
