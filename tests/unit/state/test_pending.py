# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is pending survives every run until it is done, and nothing else is forgotten with it."""

import os
import stat
import threading

import pytest

from plugins.module_utils.state import pending as activation
from plugins.module_utils.state import records
from plugins.module_utils.state.lock import Lock, LockTimeout
from plugins.module_utils.state.pending import NOTHING, Activated, Pending, done, pending, request, strongest

ACTIVATED = Activated([7, 700], {"/a": "11"}, "s", "l")


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], "none"),
        (["none"], "none"),
        (["none", "reload"], "reload"),
        (["restart", "reload", "none"], "restart"),
    ],
)
def test_the_strongest_level_includes_the_others(levels, expected):
    assert strongest(*levels) == expected


def test_a_word_that_is_no_level_is_an_error(state):
    with pytest.raises(ValueError):
        strongest("reboot")
    with pytest.raises(ValueError):
        request(state, "reboot", "t", [])
    assert pending(state) == NOTHING


def test_nothing_is_due_on_a_new_node_and_looking_writes_nothing(state):
    assert pending(state) == NOTHING
    assert activation.activated(state) is None
    done(state)
    assert not os.path.exists(state)


def test_requests_add_up_until_they_are_done(state):
    first = request(state, "restart", "t1", ["/b"])
    second = request(state, "reload", "t2", ["/a", "/b"])
    assert second.level == "restart"
    assert second.since == first.since > 0
    assert (list(second.transactions), list(second.files)) == (["t1", "t2"], ["/b", "/a"])
    assert pending(state) == second
    done(state, second, ACTIVATED)
    assert pending(state) == NOTHING
    assert activation.activated(state) == ACTIVATED


def test_the_same_request_twice_writes_once(state):
    request(state, "reload", "t1", ["/a"])
    before = os.stat(os.path.join(state, "pending.json")).st_ino
    request(state, "reload", "t1", ["/a"])
    assert os.stat(os.path.join(state, "pending.json")).st_ino == before


def test_what_was_requested_during_an_activation_stays_due(state):
    seen = request(state, "reload", "t1", ["/a"])
    later = request(state, "restart", "t2", ["/b"])
    done(state, seen, ACTIVATED)
    assert pending(state) == later
    assert activation.activated(state) == ACTIVATED


def test_what_is_put_back_stays_due_and_is_not_put_back_again(state):
    for name, path in (("t1", "/a"), ("t2", "/b"), ("t3", "/a")):
        request(state, "reload", name, [path])
    before = pending(state)
    activation.put_back(state, ["t3", "t1", "t0"])
    assert pending(state) == before._replace(transactions=["t2"])
    activation.put_back(state, ["t1"])
    assert pending(state) == before._replace(transactions=["t2"])


def test_nothing_is_recorded_of_what_is_put_back_where_nothing_is_due(state):
    activation.put_back(state, ["t1"])
    assert pending(state) == NOTHING


def test_the_records_are_private_whatever_the_umask(state):
    before = os.umask(0)
    try:
        request(state, "reload", "t1", ["/a"])
        done(state, NOTHING, ACTIVATED)
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(state).st_mode) == 0o700
    assert sorted(os.listdir(state)) == ["activated.json", "lock", "pending.json"]
    for name in ("activated.json", "pending.json"):
        assert stat.S_IMODE(os.stat(os.path.join(state, name)).st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"level": "boot"}',
        b"\xff",
        b'{"level": []}',
        b"[" * 100000,
        b'{"level": "reload", "since": 1e999, "transactions": 5, "files": []}',
        b'{"process": [1e999], "files": {}}',
    ],
)
def test_a_damaged_record_makes_a_restart_due(state, content):
    os.mkdir(state)
    for name in ("pending.json", "activated.json"):
        with open(os.path.join(state, name), "wb") as stream:
            stream.write(content)
    assert pending(state) == Pending(level="restart")
    assert activation.activated(state) is None
    done(state, pending(state))
    assert pending(state) == NOTHING


def test_a_lock_that_somebody_keeps_is_an_error_that_names_them(state, monkeypatch):
    os.mkdir(state, 0o700)
    monkeypatch.setattr(records, "LOCK_TIMEOUT", 0.1)
    with Lock(state, 1.0), pytest.raises(LockTimeout, match="held by process %d" % os.getpid()):
        request(state, "reload", "t1", [])
    assert request(state, "reload", "t1", []).level == "reload"


def test_requests_at_the_same_time_are_all_kept(state):
    os.mkdir(state, 0o700)
    names = ["t%d" % number for number in range(8)]
    workers = [threading.Thread(target=request, args=(state, "reload", name, ["/" + name])) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(pending(state).transactions) == names
