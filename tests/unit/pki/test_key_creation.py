# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""At no instant can another account open a key: seen from such an account, and in the trace of all system calls.

The first test stops after every system call that touches a file and lets a process of the account `nobody` try all files
of the directory. The second one reads the calls themselves, with umask 0, the worst there is.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from certificate_samples import DAY, NOW, Place, certificate, key_of

from plugins.module_utils.pki.x509 import requests

NOBODY = 65534
PROBED = ("open", "write", "fchmod", "fchown", "fsync", "rename", "mkdir", "unlink")
ROOT = Path(__file__).resolve().parents[3]


class Nobody:
    """A process of another account that, when asked, tries to open every file below a directory, and says which it could."""

    def __init__(self, directory):
        ours, theirs = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(ours[1])
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                while os.read(ours[0], 1) == b"?":
                    os.write(theirs[1], json.dumps(self._opened(directory)).encode() + b"\n")
            finally:
                os._exit(0)
        self._ask, self._answer = ours[1], os.fdopen(theirs[0])
        os.close(ours[0])
        os.close(theirs[1])
        self.opened = []
        self.asked = 0

    @staticmethod
    def _opened(directory):
        contents = []
        for parent, _directories, names in os.walk(directory):
            for name in names:
                try:
                    with open(os.path.join(parent, name), "rb") as stream:
                        contents.append((name, stream.read().decode("ascii", "replace")))
                except OSError:
                    pass
        return contents

    def look(self):
        os_write(self._ask, b"?")
        self.asked += 1
        self.opened += json.loads(self._answer.readline())

    def end(self):
        os.close(self._ask)
        self._answer.close()
        os.waitpid(self.pid, 0)


os_write = os.write


@pytest.fixture
def place():
    """A node below a directory that everybody may enter; that of pytest is closed to others, and would prove nothing."""
    directory = tempfile.mkdtemp()
    yield Place(Path(directory))
    shutil.rmtree(directory)


@pytest.fixture
def nobody(place, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can run a process of another account")
    watcher = Nobody(str(place.root))
    umask = os.umask(0)
    for name in PROBED:
        monkeypatch.setattr(os, name, _probed(getattr(os, name), watcher, os.getpid()))
    yield watcher
    monkeypatch.undo()
    os.umask(umask)
    watcher.end()


def _probed(call, watcher, process):
    def probed(*arguments, **keywords):
        try:
            return call(*arguments, **keywords)
        finally:
            if os.getpid() == process:  # not in the watchdog of a transaction
                watcher.look()

    return probed


def test_the_watcher_sees_a_key_that_is_closed_only_after_it_was_written(place, nobody):
    descriptor = os.open(place.path("key"), os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(descriptor, b"PRIVATE KEY")
    os.fchmod(descriptor, 0o600)
    os.close(descriptor)
    assert ["key", "PRIVATE KEY"] in nobody.opened


@pytest.mark.parametrize("key_mode", ["0600", "0640"])
def test_between_any_two_system_calls_another_account_can_open_no_key(place, nobody, key_mode):
    request = {"combined": place.path("certs/all.pem"), "key_mode": key_mode, "directory_mode": "0755", "mode": "0644"}
    place.keep(request)
    place.keep(dict(request, rekey=True))
    elsewhere = dict(request, source="external", names=["mx1.example.com"], rekey=True)
    asked = place.keep(elsewhere)["units"][0]["request"]
    issuer = key_of("ec-p384", 3)
    signed = certificate(key=requests.load(asked.encode()), issuer=("Authority", issuer))
    assert place.keep(dict(elsewhere, signed=signed.decode()), now=NOW + DAY)["units"][0]["state"] == "renewed"
    assert nobody.asked > 200
    names = {name for name, _text in nobody.opened}
    assert "server.crt" in names, "the watcher can see what is open to all"
    assert not names & {"server.key", "all.pem", "key.pem"}
    assert not [name for name, text in nobody.opened if "PRIVATE" in text]


SCRIPT = """
import os, sys
sys.path[:0] = [%r, %r]
from pathlib import Path
from certificate_samples import Place
os.umask(0)
place = Place(Path(sys.argv[1]))
request = {"combined": place.path("certs/all.pem"), "request": place.path("certs/a.csr")}
for more in ({}, {"rekey": True}, {"source": "external", "rekey": True}):
    assert place.keep(dict(request, **more))["changed"]
"""

CALLS = (
    "open,openat,creat,write,pwrite64,chmod,fchmod,fchmodat,rename,renameat,renameat2,link,linkat,execve,mkdir,mkdirat"
)


@pytest.fixture
def trace(tmp_path):
    """The lines of strace for three runs: a first pair, a forced new one, and a key that waits for its certificate."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log, node = tmp_path / "trace", tmp_path / "node"
    node.mkdir()
    script = SCRIPT % (str(ROOT), str(Path(__file__).parent))
    # One log for each process: in a common one, a call that another process interrupts is written in two pieces.
    command = ["strace", "-ff", "-y", "-s", "4096", "-e", "trace=" + CALLS, "-o", str(log)]
    done = subprocess.run(command + [sys.executable, "-c", script, str(node)], stderr=subprocess.PIPE, check=False)
    if b"ptrace" in done.stderr:
        pytest.skip("strace may not trace here: %r" % done.stderr)
    assert done.returncode == 0, done.stderr
    lines = [line for part in sorted(tmp_path.glob("trace.*")) for line in part.read_text().splitlines()]
    return [line for line in lines if str(node) in line or "execve(" in line]


def test_every_file_with_a_key_is_new_closed_and_empty_before_it_gets_the_key(trace):
    modes, written = {}, []
    for line in trace:
        created = re.search(r'openat\(\d+<([^>]*)>, "([^"]*)", ([A-Z_|]*O_CREAT[A-Z_|]*), (0\d+)\) = \d', line)
        changed = re.search(r"fchmod\(\d+<([^>]*)>, (0\d+)\)", line)
        wrote = re.search(r"write\(\d+<([^>]*)>, .*PRIVATE KEY", line)
        if created:
            directory, name, flags, mode = created.groups()
            modes[directory + "/" + name] = (flags, int(mode, 8))
        elif changed and changed.group(1) in modes:
            modes[changed.group(1)] = (modes[changed.group(1)][0], int(changed.group(2), 8))
        elif wrote:
            flags, mode = modes[wrote.group(1)]
            assert "O_EXCL" in flags and "O_NOFOLLOW" in flags and mode == 0o600, line
            written.append(wrote.group(1))
    # The pair and the combined file twice, each with a copy of the old ones, their archive and backups, and a waiting key.
    assert len(written) >= 9
    for path in written:
        assert modes[path][1] == 0o600, "the mode of %s was changed afterwards" % path


def test_no_key_is_opened_for_writing_in_place_linked_or_handed_to_a_program(trace):
    keys = re.compile(r"server\.key|all\.pem|key\.pem")
    for line in trace:
        if "O_WRONLY" in line or "O_RDWR" in line or "creat(" in line:
            assert not keys.search(line.split(" = ")[0]), line
        assert "link(" not in line and "linkat(" not in line, line
    assert len([line for line in trace if "execve(" in line]) == 1, "only Python itself"
    renamed = [line for line in trace if re.search(r'renameat2?\(.*"server\.key"\) = 0', line)]
    assert len(renamed) == 2, "a key comes to its name by being renamed"
