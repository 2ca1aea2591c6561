# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root walks, thousands of times, through the directory of an attacker who swaps its entries for links meanwhile.

The canaries outside, one of which the attacker holds hard links to, never change. That the attacker is quick enough is
proved by a walker that trusts paths: it is led out within the same number of walks.
"""

import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from plugins.module_utils.permissions import modes
from plugins.module_utils.permissions.rules import Rule
from plugins.module_utils.permissions.run import Job, work
from plugins.module_utils.permissions.walk import Options

NOBODY = 65534
WALKS = 3000
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a race between root and another user is run")


class Arena:
    """The attacker's directory, and canaries of root that nobody may touch."""

    def __init__(self, directory):
        directory.chmod(0o755)
        self.canaries = directory / "canaries"
        self.canaries.mkdir(mode=0o755)
        for name in ("canary", "hard", "file"):
            (self.canaries / name).write_text("root's own")
            (self.canaries / name).chmod(0o600)
        self.theirs = directory / "theirs"
        for path in (self.theirs, self.theirs / "stock", self.theirs / "sub"):
            path.mkdir()
        for path in (self.theirs / "file", self.theirs / "sub" / "file"):
            path.write_text("theirs")
        for path in [self.theirs] + list(self.theirs.rglob("*")):
            os.chown(str(path), NOBODY, NOBODY)
        os.link(str(self.canaries / "hard"), str(self.theirs / "stock" / "hard"))
        self.before = self.state()

    def state(self):
        """What must never change: owner, group and mode of the canaries and of their directory."""
        found = {}
        for path in [self.canaries] + sorted(self.canaries.iterdir()):
            info = path.lstat()
            found[path.name] = (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode), info.st_ino, info.st_size)
        return found

    def job(self, turn, owners=(NOBODY,)):
        """Give all to the attacker, with another mode in every walk, so that there is always something to do; with root
        among the owners, take the files away by copies in turn."""
        mode = modes.parse(("0640", "0660", "0600")[turn % 3])
        rule = Rule(str(self.theirs), NOBODY, NOBODY, mode, modes.parse("0755"), True, part="own")
        owner = owners[turn % len(owners)]
        files = [str(self.theirs / name) for name in ("file", "sub/file")] if len(owners) > 1 else []
        rules = [rule] + [rule._replace(path=path, owner=owner, recurse=False) for path in files]
        return Job(rules, ["nobody"], "nobody", [], False, [], Options(True))


@pytest.fixture
def arena(tmp_path):
    return Arena(tmp_path)


@pytest.fixture
def attack(arena):
    script = str(Path(__file__).parent / "attacker.py")
    process = subprocess.Popen(
        [sys.executable, script, str(NOBODY), str(arena.theirs), str(arena.canaries)],
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    assert process.stdout.readline() == "begun\n"
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stdout.close()


def reachable(path):
    """pytest keeps its directories to root; an attacker must get to its own."""
    for directory in path.parents:
        if not directory.stat().st_mode & 0o001:
            directory.chmod(directory.stat().st_mode | 0o011)


@pytest.fixture(autouse=True)
def way(tmp_path):
    reachable(tmp_path / "x")


@ROOT_ONLY
@pytest.mark.parametrize("walks", [WALKS, pytest.param(10000, marks=pytest.mark.long)])
@pytest.mark.parametrize("owners", [(NOBODY,), (0, NOBODY)], ids=["given", "taken-and-given"])
def test_thousands_of_walks_among_an_attackers_swaps_never_touch_a_canary(arena, attack, owners, walks):
    reasons = Counter()
    changed = 0
    walks //= len(owners) ** 2
    for turn in range(walks):
        findings = work(arena.job(turn, owners))
        changed += findings.differences.total
        reasons.update(item["reason"] for item in findings.refused.items)
        assert arena.state() == arena.before, "walk %d" % turn
    assert attack.poll() is None, "the attacker gave up"
    attack.send_signal(signal.SIGTERM)
    rounds = int(attack.stdout.readline())
    print("%d walks, %d changes, %d rounds of the attacker, refused: %s" % (walks, changed, rounds, dict(reasons)))
    assert rounds > 100
    assert changed >= walks // 2, "the walks had work to do"
    assert any("symbolic link" in reason for reason in reasons)
    assert any("hard links" in reason for reason in reasons)


def trusting_walk(top, mode):
    """What `chown -R` by paths does: look first, change by name afterwards."""
    for directory, _directories, names in os.walk(top):
        for name in names:
            path = os.path.join(directory, name)
            try:
                if not os.path.islink(path) and os.lstat(path).st_nlink == 1:
                    os.chown(path, NOBODY, NOBODY)
                    os.chmod(path, mode)
            except FileNotFoundError:
                continue


@ROOT_ONLY
def test_the_same_attacker_leads_a_walk_by_paths_out_of_its_directory(arena, attack):
    for turn in range(WALKS * 20):
        trusting_walk(str(arena.theirs), (0o640, 0o660, 0o600)[turn % 3])
        if arena.state() != arena.before:
            break
    assert arena.state() != arena.before, "the attacker is too slow to prove anything"
    assert attack.poll() is None
