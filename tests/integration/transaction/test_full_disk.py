# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transactions on file systems that are really full and really read-only.

Each test runs this file again as a program in a mount namespace of its own, where small tmpfs file systems are mounted;
nothing of it is visible outside, and nothing has to be unmounted. As root that needs CAP_SYS_ADMIN, as another user
user namespaces; where the node has neither, the tests are skipped with the words of the node.
"""

import os
import stat
import subprocess
import sys
import tempfile

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PAGE = 4096
OLD = {"a.conf": (b"old a\n" * 900, 0o640), "c.conf": (b"old c\n", 0o600)}
NEW = {"a.conf": (b"new a\n" * 1900, 0o640), "b.conf": (b"new b\n" * 700, 0o644)}


def namespace():
    """The command that lets a program mount, or None, and why not."""
    said = []
    for command in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        try:
            probe = subprocess.run(
                command + ["mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
        except OSError as error:
            return None, str(error)
        if probe.returncode == 0:
            return command, ""
        said.append(probe.stderr.decode("utf-8", "replace").strip())
    return None, "; ".join(said)


@pytest.mark.parametrize(
    "scenario",
    [
        "full_configuration",
        "full_state",
        "full_everything",
        "no_inodes_left",
        "read_only_configuration",
        "read_only_state",
        "read_only_in_the_middle",
        "full_after_a_crash",
    ],
)
def test_on_a_real_file_system(scenario, tmp_path, capsys):
    command, reason = namespace()
    if command is None:
        pytest.skip("no file system can be mounted here: %s" % reason)
    ran = subprocess.run(
        command + [sys.executable, os.path.abspath(__file__), scenario, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    words = ran.stdout.decode("utf-8", "replace").strip()
    assert ran.returncode == 0, words
    assert words.startswith(scenario), words
    with capsys.disabled():
        print("\n    %s" % words, end="")


class Disk:
    """Two small file systems, one for the configuration and one for the state, or one for both."""

    def __init__(self, conf="size=64k", state="size=64k"):
        root = tempfile.mkdtemp(prefix="full-disk-")
        subprocess.check_call(["mount", "-t", "tmpfs", "-o", "mode=0755", "none", root])
        self.conf_mount = mount(os.path.join(root, "one"), conf)
        self.state_mount = mount(os.path.join(root, "two"), state) if state else self.conf_mount
        self.conf = os.path.join(self.conf_mount, "conf")
        self.state = os.path.join(self.state_mount, "state")
        os.mkdir(self.conf, 0o755)
        for name, (content, mode) in OLD.items():
            with open(os.path.join(self.conf, name), "wb") as stream:
                stream.write(content)
            os.chmod(os.path.join(self.conf, name), mode)

    def commit(self, **checks):
        from plugins.module_utils.transaction.transaction import FileChange, Transaction

        content, mode = NEW["b.conf"]
        changes = [
            FileChange(os.path.join(self.conf, "a.conf"), NEW["a.conf"][0]),
            FileChange(os.path.join(self.conf, "b.conf"), content, os.getuid(), os.getgid(), mode, ""),
            FileChange(os.path.join(self.conf, "c.conf"), None),
        ]
        return Transaction(changes, self.state, **checks).commit()

    def present(self):
        found = {}
        for name in os.listdir(self.conf):
            path = os.path.join(self.conf, name)
            with open(path, "rb") as stream:
                found[name] = (stream.read(), stat.S_IMODE(os.stat(path).st_mode))
        return found

    def is_clean(self, expected):
        assert self.present() == expected, sorted(self.present())
        if os.path.isdir(self.state):
            assert set(os.listdir(self.state)) <= {"lock", "backups"}, os.listdir(self.state)
        return True

    def take_back(self, receipt):
        from plugins.module_utils.transaction.transaction import restore

        restore(self.state, receipt.id)
        assert self.is_clean(OLD)


def mount(path, options):
    os.mkdir(path, 0o755)
    subprocess.check_call(["mount", "-t", "tmpfs", "-o", "mode=0755," + options, "none", path])
    return path


def remount(path, option):
    subprocess.check_call(["mount", "-o", "remount,bind," + option, path])


def free_pages(path):
    return os.statvfs(path).f_bfree


def fill(path, leave):
    """Fill a file system but for a number of pages."""
    with open(os.path.join(path, "filler"), "wb", buffering=0) as stream:
        stream.write(b"\0" * PAGE * max(0, free_pages(path) - leave))
    assert free_pages(path) == leave


def starve(scenario, disk, mounts):
    """Try with every number of free pages until it succeeds; each failure must leave no trace at all."""
    from plugins.module_utils.transaction.transaction import TransactionError, recover

    recover(disk.state)
    failures = 0
    for leave in range(64):
        before = []
        for path in mounts:
            fill(path, leave)
            before.append(free_pages(path))
        try:
            receipt = disk.commit()
            break
        except TransactionError as error:
            assert error.restored and "No space left on device" in error.reason, str(error)
            if disk.conf_mount not in mounts:
                assert error.path == disk.state, "which disk is full: %s" % error
            failures += 1
        assert disk.is_clean(OLD)
        for path in mounts:
            os.unlink(os.path.join(path, "filler"))
    assert disk.is_clean(NEW) and failures >= 3, failures
    for path in mounts:
        os.unlink(os.path.join(path, "filler"))
    disk.take_back(receipt)
    print("%s: refused with 0 to %d free pages, old files intact; done with %d" % (scenario, failures - 1, failures))


def full_configuration(scenario):
    disk = Disk()
    starve(scenario, disk, [disk.conf_mount])


def full_state(scenario):
    disk = Disk()
    starve(scenario, disk, [disk.state_mount])


def full_everything(scenario):
    disk = Disk("size=96k", "")
    starve(scenario, disk, [disk.conf_mount])


def no_inodes_left(scenario):
    from plugins.module_utils.transaction.transaction import TransactionError

    failures = 0
    for inodes in range(5, 40):
        disk = Disk("size=256k,nr_inodes=%d" % inodes, "")
        try:
            receipt = disk.commit()
            break
        except TransactionError as error:
            assert error.restored and "No space left on device" in error.reason, str(error)
            assert disk.is_clean(OLD)
            failures += 1
    assert disk.is_clean(NEW) and failures >= 3
    assert receipt.id
    print("%s: refused %d times, old files intact; done with %d inodes" % (scenario, failures, inodes))


def read_only_configuration(scenario):
    from plugins.module_utils.transaction.transaction import TransactionError

    disk = Disk()
    remount(disk.conf_mount, "ro")
    try:
        disk.commit()
        raise AssertionError("a read-only file system was changed")
    except TransactionError as error:
        assert error.restored and "remount,rw %s" % disk.conf_mount in error.reason, str(error)
        print("%s: stage %s: %s" % (scenario, error.stage, error.reason))
    remount(disk.conf_mount, "rw")
    assert disk.is_clean(OLD)
    disk.commit()
    assert disk.is_clean(NEW)


def read_only_state(scenario):
    from plugins.module_utils.transaction.transaction import TransactionError

    disk = Disk()
    remount(disk.state_mount, "ro")
    try:
        disk.commit()
        raise AssertionError("there was no place for a journal")
    except TransactionError as error:
        assert error.restored and "Read-only file system" in error.reason, str(error)
        print("%s: stage %s: %s" % (scenario, error.stage, error.reason))
    assert disk.is_clean(OLD)


def read_only_in_the_middle(scenario):
    """After the swap the disk turns read-only (as ext4 does after an error) and the checker refuses: for once the old
    state cannot be reached. That must be said, and be made good by the next run."""
    from plugins.module_utils.transaction.transaction import CheckFailed, TransactionError, recover

    disk = Disk()

    def refuse():
        remount(disk.conf_mount, "ro")
        raise CheckFailed("output of the checker")

    try:
        disk.commit(check_installed=refuse)
        raise AssertionError("the refusal was lost")
    except TransactionError as error:
        assert not error.restored and "Read-only file system" in error.reason, str(error)
        assert error.output == "output of the checker"
        assert disk.conf in error.reason
        print("%s: the files that could not be put back were named" % scenario)
    assert any(name.startswith("journal.") for name in os.listdir(disk.state))
    try:
        recover(disk.state)
        raise AssertionError("nothing can be recovered yet")
    except TransactionError as error:
        assert error.stage == "recover", str(error)
    remount(disk.conf_mount, "rw")
    assert ["rolled back" in words for words in recover(disk.state)] == [True]
    assert disk.is_clean(OLD)


def full_after_a_crash(scenario):
    """Both file systems are full when the next run finds the journal: everything is put back, or set aside, all the same."""
    from plugins.module_utils.transaction import transaction

    for edited in (False, True):
        disk = Disk()
        process = os.fork()
        if process == 0:
            transaction.Watchdog = lambda *_: None
            disk.commit(check_installed=lambda: os._exit(9))
        assert os.WEXITSTATUS(os.waitpid(process, 0)[1]) == 9
        if edited:
            with open(os.path.join(disk.conf, "b.conf"), "wb") as stream:
                stream.write(b"edited")
        for path in (disk.conf_mount, disk.state_mount):
            fill(path, 0)
        told = transaction.recover(disk.state)
        assert len(told) == 1 and not any(name.startswith("journal.") for name in os.listdir(disk.state)), told
        assert ("aside-" in told[0]) == edited
        found = disk.present()
        assert found.pop("b.conf", (b"",))[0] == (b"edited" if edited else b"") and found == OLD, sorted(found)
    print("%s: put back, or set aside, with 0 free pages" % scenario)


if __name__ == "__main__":
    sys.path.insert(0, ROOT)
    sys.dont_write_bytecode = True
    tempfile.tempdir = sys.argv[2]
    {
        function.__name__: function
        for function in (
            full_configuration,
            full_state,
            full_everything,
            no_inodes_left,
            read_only_configuration,
            read_only_state,
            read_only_in_the_middle,
            full_after_a_crash,
        )
    }[sys.argv[1]](sys.argv[1])
