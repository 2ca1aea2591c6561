# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transactions and recoveries in a directory whose owner, a process of its own, exchanges everything in it meanwhile.

Whatever the attacker achieves, files elsewhere are not touched, and the next change elsewhere is made. Every second
transaction ends without a word before it is finished, so that another process has to recover it.
"""

import os
import signal
import stat
import subprocess
import sys
from collections import Counter

import pytest

from plugins.module_utils.transaction import transaction
from plugins.module_utils.transaction.transaction import FileChange, Transaction, TransactionError, recover

NOBODY = 65534
ROUNDS = int(os.environ.get("TRANSACTION_ROUNDS", "40"))
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a race between root and another user is run")

# Exchanges the directory, the files in it and the hidden copies of transactions, for ever; prints a line when it begins.
ATTACKER = """
import contextlib, os, random, shutil, signal, socket, sys
top, uid, canary = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.setgroups([]); os.setgid(uid); os.setuid(uid); os.chdir(top)
rounds = 0
def end(*_):
    print(rounds, flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
def clear(path):
    shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
def put(path):
    with open(path, "w") as stream:
        stream.write("planted")
def bind(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path)
MAKE = [os.mkdir, os.mkfifo, bind, put, lambda path: os.symlink(canary, path), lambda path: os.makedirs(path + "/full")]
def exchange():
    names = os.listdir("conf")
    if not any(name.startswith(".") for name in names):  # nobody is at work: as if nothing had been
        for path in ("conf/a.conf", "conf/b.conf"):
            if not os.path.isfile(path) or os.path.islink(path):
                clear(path) if os.path.lexists(path) else put(path)
        return
    if random.random() < 0.98:
        return
    choice = random.random()
    if choice < 0.3:
        os.rename("conf", "moved")
        os.symlink(os.path.dirname(canary), "conf") if choice < 0.15 else shutil.copytree("moved", "conf")
        clear("conf")
        os.rename("moved", "conf")
        return
    path = "conf/" + random.choice([name for name in names if name.startswith(".")] or names)
    clear(path)
    if choice < 0.5:
        random.choice(MAKE)(path)
print("begun", flush=True)
while True:
    with contextlib.suppress(OSError, shutil.Error):
        exchange()
    rounds += 1
    if not os.path.lexists("conf") and os.path.lexists("moved"):
        os.rename("moved", "conf")
"""


@pytest.fixture
def site(tmp_path):
    for directory in [tmp_path] + list(tmp_path.parents)[:-2]:
        directory.chmod(directory.stat().st_mode | 0o011)
    canaries, theirs, elsewhere = (tmp_path / name for name in ("canaries", "theirs", "elsewhere"))
    for directory in (canaries, theirs, elsewhere):
        directory.mkdir(mode=0o755)
    for name in ("a.conf", "b.conf"):
        (canaries / name).write_bytes(b"root's own")
        (canaries / name).chmod(0o600)
    (theirs / "conf").mkdir(mode=0o755)
    for path in (theirs, theirs / "conf"):
        os.chown(str(path), NOBODY, NOBODY)
    return tmp_path


@pytest.fixture
def attack(site):
    process = subprocess.Popen(
        [sys.executable, "-c", ATTACKER, str(site / "theirs"), str(NOBODY), str(site / "canaries" / "a.conf")],
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    assert process.stdout.readline() == "begun\n"
    yield process
    process.kill()
    process.communicate()


def state_of(directory):
    return {
        path.name: (path.read_bytes(), path.stat().st_ino, path.stat().st_uid, stat.S_IMODE(path.stat().st_mode))
        for path in sorted(directory.iterdir())
    }


def crash(changes, state):
    """Begin, and end before it is finished, with no watchdog; how it ended."""
    process = os.fork()
    if process == 0:
        try:
            transaction.Watchdog = lambda *_: None
            Transaction(changes, state, check_installed=lambda: os._exit(9)).commit()
        except BaseException:
            os._exit(1)
    return os.WEXITSTATUS(os.waitpid(process, 0)[1])


def test_whatever_the_owner_of_a_directory_wins_the_next_change_elsewhere_is_made(site, attack):
    state, before, ends = str(site / "state"), state_of(site / "canaries"), Counter()
    for turn in range(ROUNDS):
        requested = [str(site / "theirs" / "conf" / name) for name in ("a.conf", "b.conf")]
        changes = [FileChange(path, b"new %d" % turn, 0, 0, 0o640) for path in requested]
        if turn % 2:
            ends["crashed" if crash(changes, state) == 9 else "crash refused"] += 1
        else:
            try:
                Transaction(changes, state).commit()
                ends["committed"] += 1
            except TransactionError:
                ends["refused"] += 1
        path = str(site / "elsewhere" / "x.conf")
        assert Transaction([FileChange(path, b"%d" % turn, 0, 0, 0o640)], state).commit().id
        ends["told"] += len(recover(state))
        assert recover(state) == []
        assert state_of(site / "canaries") == before
    attack.send_signal(signal.SIGTERM)
    rounds = int(attack.stdout.readline())
    print("%d rounds of the attacker; %s" % (rounds, dict(ends)))
    assert not [name for name in os.listdir(state) if name.startswith("journal")]
    assert rounds > ROUNDS and ends["refused"] + ends["crash refused"] + ends["told"] > 0
