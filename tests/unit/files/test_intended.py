# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier parts of a plan intend, as everything that reads a node sees it."""

import os
import resource
import stat

import pytest

from plugins.module_utils.config.disk_reader import DiskReader
from plugins.module_utils.files import intended, reading
from plugins.module_utils.files.planned import Directory, PlannedFile
from plugins.module_utils.files.safe_files import read_file

pytestmark = pytest.mark.node


@pytest.fixture(autouse=True)
def withdrawn():
    yield
    intended.withdraw()


def plan(path, after, mode=0o640):
    return PlannedFile(str(path), None, after, os.geteuid(), os.getegid(), mode)


def test_a_file_that_will_be_is_read_listed_and_looked_at_and_is_nowhere(tmp_path):
    directory, path = tmp_path / "new", tmp_path / "new" / "a.conf"
    intended.add([plan(path, b"text")], [Directory(str(directory), os.geteuid(), os.getegid(), 0o750)])
    assert reading.read(str(path)) == b"text" and reading.is_file(str(path))
    content, info = read_file(str(path))
    assert content == b"text" and stat.S_IMODE(info.st_mode) == 0o640
    assert list(reading.names(str(directory))) == ["a.conf"]
    reader = DiskReader()
    assert (reader.kind(str(directory)), reader.kind(str(path))) == ("directory", "file")
    assert intended.exists(str(path)) and intended.is_directory(str(directory))
    assert not directory.exists()
    intended.withdraw()
    assert not reading.is_file(str(path)) and not intended.exists(str(path))


def test_a_file_that_will_be_removed_is_seen_by_nobody(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    intended.add([PlannedFile(str(path), b"old", None)], [])
    with pytest.raises(FileNotFoundError):
        reading.read(str(path))
    assert list(reading.names(str(tmp_path))) == [] and not intended.exists(str(path))
    assert path.read_bytes() == b"old"


def test_the_last_intention_counts_and_keeps_the_attributes_of_the_file(tmp_path):
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o604)
    link.symlink_to(path)
    for text in (b"1", b"2"):
        intended.add([PlannedFile(str(link), b"old", text)], [])
    assert reading.read(str(path)) == b"2"
    assert stat.S_IMODE(read_file(str(path))[1].st_mode) == 0o604


def test_a_file_that_nobody_reads_takes_no_descriptor(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        intended.add([plan(tmp_path / str(number), b"%d" % number) for number in range(200)], [])
        assert reading.read(str(tmp_path / "150")) == b"150"
        assert len(list(reading.names(str(tmp_path)))) == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
@pytest.mark.parametrize(
    ("file", "above", "readable"), [(0o640, 0o755, False), (0o644, 0o755, True), (0o644, 0o750, False)]
)
def test_whether_an_account_will_be_able_to_read_it(tmp_path, file, above, readable):
    for parent in [tmp_path, *tmp_path.parents][:-1]:
        parent.chmod(parent.stat().st_mode | 0o055)
    path = tmp_path / "new" / "key"
    intended.add([plan(path, b"key", file)], [Directory(str(tmp_path / "new"), 0, 0, above)])
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        os._exit(int(intended.is_readable(str(path))))
    assert os.waitpid(child, 0)[1] >> 8 == readable


def test_what_will_be_new_in_a_directory_or_have_another_owner_or_mode(tmp_path):
    root = tmp_path.resolve()
    for name in ("same", "mode", "gone"):
        (root / name).write_bytes(b"old")
        (root / name).chmod(0o640)
    owner = os.geteuid(), os.getegid()
    files = [PlannedFile(str(root / "same"), b"old", b"new"), PlannedFile(str(root / "gone"), b"old", None)]
    files += [plan(root / "mode", b"new", 0o600), plan(root / "new", b""), plan(root / "sub" / "below", b"")]
    intended.add(files, [Directory(str(root / "sub"), *owner, 0o750), Directory(str(root), *owner, 0o711)])
    regular = intended.Shape(stat.S_IFREG, *owner, 0o640)
    directory = intended.Shape(stat.S_IFDIR, *owner, 0o750)
    assert intended.within(str(root)) == {
        "mode": regular._replace(mode=0o600), "new": regular, "sub": directory, "gone": None
    }  # fmt: skip
    assert intended.within(str(root / "sub")) == {"below": regular} and not intended.within("/etc")
    intended.withdraw()
    assert not intended.within(str(root)) and not intended.within(str(root / "sub"))
