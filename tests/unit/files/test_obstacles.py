# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import shutil
import tempfile

import pytest

from plugins.module_utils.files import obstacles
from plugins.module_utils.files.safe_paths import UnsafePath
from plugins.module_utils.transaction.transaction import FileChange, Transaction, TransactionError

TABLE = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
90 22 254:0 /v/one /etc/a\\040blank\\134file rw - ext4 /dev/vda rw
91 22 0:5 / /mnt rw shared:7 master:2 - tmpfs tmpfs rw
"""


def test_the_fifth_field_is_the_mount_point_whatever_is_in_it():
    assert obstacles.mount_points(TABLE) == {"/", "/etc/a blank\\file", "/mnt"}
    assert obstacles.mount_points("") == frozenset()


@pytest.mark.parametrize("machine, bit", [("x86_64", 2 << 30), ("aarch64", 2 << 30), ("ppc64le", 1 << 30)])
def test_the_request_for_flags_is_the_machines(machine, bit):
    assert obstacles._read_bit(machine) == bit


def test_what_can_be_written_is_not_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    missing = str(tmp_path / "sub" / "deeper" / "file")
    obstacles.refuse(
        [str(tmp_path / "file"), missing], [str(tmp_path), os.path.dirname(missing)], str(tmp_path / "state")
    )


def test_what_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for files, directories in (([str(tmp_path / "file" / "x")], []), ([], [str(tmp_path / "file" / "sub")])):
        with pytest.raises(NotADirectoryError):
            obstacles.refuse(files, directories)


def test_a_node_without_proc_or_of_another_kernel_has_no_mount_points_and_no_flags(tmp_path, monkeypatch):
    monkeypatch.setattr(obstacles, "MOUNTS", str(tmp_path / "missing"))
    monkeypatch.setattr(obstacles.sys, "platform", "sunos5")
    (tmp_path / "file").write_text("x")
    obstacles.refuse([str(tmp_path / "file")])


def test_a_transaction_looks_itself_at_what_it_would_replace(tmp_path, monkeypatch):
    """Not every transaction comes from a task that has looked before."""
    path = tmp_path / "file"
    path.write_text("x")
    monkeypatch.setattr(obstacles.Survey, "_mount_points", lambda survey: {"/", str(path)})
    with pytest.raises(UnsafePath, match="mount point.*umount"):
        obstacles.refuse([str(path)])
    with pytest.raises(TransactionError, match="mount point.*umount") as error:
        Transaction([FileChange(str(path), b"y")], str(tmp_path / "state")).commit()
    assert error.value.stage == "prepare" and path.read_text() == "x"


def words_of(account, work):
    """What a child says that has become another account."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(account, account, account)
            os.setresuid(account, account, account)
            work()
            words = "nothing"
        except BaseException as error:
            words = "%s: %s" % (type(error).__name__, error)
        os.write(writing, words.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as stream:
        return stream.read()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_without_become_the_error_says_so_and_not_what_the_kernel_calls_it():
    directory = tempfile.mkdtemp()
    try:
        os.chmod(directory, 0o755)
        os.mkdir(directory + "/closed", 0o700)
        for refuse in (
            lambda: obstacles.refuse([directory + "/file"]),
            lambda: obstacles.refuse([directory + "/closed/file"]),
            lambda: obstacles.refuse([], [directory + "/sub"]),
            lambda: obstacles.refuse([], [], directory + "/closed"),
        ):
            words = words_of(65534, refuse)
            assert words.startswith("UnsafePath: " + directory) and "become: true" in words and "Errno" not in words
        os.chmod(directory, 0o777)
        assert words_of(65534, lambda: obstacles.refuse([directory + "/file"], [directory + "/sub"])) == "nothing"
    finally:
        shutil.rmtree(directory)
