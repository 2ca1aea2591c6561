# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever lies in the place of a file: what is read is a regular file of limited size, and nothing else is even opened."""

import fcntl
import os
import socket
import stat
import subprocess
import sys

import pytest

from plugins.module_utils.files import reading
from plugins.module_utils.files.reading import LIMITS, TooLarge
from plugins.module_utils.files.safe_files import read_file
from plugins.module_utils.files.safe_paths import UnsafePath


@pytest.fixture
def opened(monkeypatch):
    """Every path that is opened, and with which flags."""
    calls = []
    original = os.open

    def spy(path, flags, *rest, **keywords):
        calls.append((path, flags))
        return original(path, flags, *rest, **keywords)

    monkeypatch.setattr(os, "open", spy)
    return calls


def pipe(path):
    os.mkfifo(path)


def listener(path):
    # The path of a socket has up to 107 bytes, unix(7).
    inside = os.open(os.path.dirname(path), os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("/proc/self/fd/%d/%s" % (inside, os.path.basename(path)))
    os.close(inside)


def device(path):
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 8))  # random(4), which never ends
    except PermissionError:
        pytest.skip("mknod(2) needs CAP_MKNOD")


STRANGE = {"a named pipe": pipe, "a socket": listener, "a character device": device, "a directory": os.mkdir}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("through", ["itself", "link"])
@pytest.mark.parametrize("read", [reading.read, reading.text, read_file], ids=["read", "text", "read_file"])
def test_only_regular_files_are_opened_and_others_are_named(tmp_path, opened, name, through, read):
    path = str(tmp_path / "there")
    STRANGE[name](path)
    if through == "link":
        os.symlink(path, str(tmp_path / "link"))
        path = str(tmp_path / "link")
    del opened[:]
    with pytest.raises(UnsafePath) as caught:
        read(path)
    assert str(tmp_path) in str(caught.value) and name in str(caught.value)
    assert all(flags & os.O_PATH for _path, flags in opened)


def test_a_loop_of_links_and_a_missing_file_are_errors_of_the_system(tmp_path):
    os.symlink("b", str(tmp_path / "a"))
    os.symlink("a", str(tmp_path / "b"))
    for path, words in (("a", "symbolic links"), ("c", "No such file")):
        with pytest.raises(OSError, match=words) as caught:
            reading.read(str(tmp_path / path))
        assert caught.value.filename == str(tmp_path / path)


def test_a_name_that_no_file_can_have_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="no name"):
        reading.read(str(tmp_path / "a\0b"))


def test_what_takes_the_place_of_a_file_after_it_was_looked_at_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"first")
    original = os.fstat

    def exchange(descriptor):
        info = original(descriptor)
        if path.exists() and path.is_file():
            path.unlink()
            os.mkfifo(str(path))
        return info

    monkeypatch.setattr(os, "fstat", exchange)
    assert reading.read(str(path)) == b"first"


def test_a_lease_is_not_waited_for(tmp_path):
    path = tmp_path / "leased"
    path.write_bytes(b"x")
    with path.open("rb") as stream:
        try:
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError:
            pytest.skip("this file system has no leases")
        import signal

        before = signal.signal(signal.SIGIO, signal.SIG_IGN)
        try:
            with pytest.raises(OSError, match="lease") as caught:
                reading.read(str(path))
            assert caught.value.filename == str(path)
        finally:
            signal.signal(signal.SIGIO, before)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)


@pytest.mark.parametrize("kind", LIMITS)
def test_a_file_has_at_most_the_bytes_of_its_kind(tmp_path, monkeypatch, kind):
    path = tmp_path / "file"
    monkeypatch.setitem(LIMITS, kind, LIMITS[kind]._replace(most=100))
    path.write_bytes(b"x" * 100)
    assert reading.read(str(path), kind) == b"x" * 100
    path.write_bytes(b"x" * 101)
    with pytest.raises(TooLarge) as caught:
        reading.read(str(path), kind)
    assert str(caught.value).startswith(
        "%s: 101 bytes, more than the 100 that %s may have; " % (path, LIMITS[kind].name)
    )


@pytest.fixture
def count_bytes(monkeypatch):
    taken = []
    original = os.read

    def counting(descriptor, size):
        piece = original(descriptor, size)
        taken.append(len(piece))
        return piece

    monkeypatch.setattr(os, "read", counting)
    return taken


def test_of_a_huge_file_that_occupies_nothing_not_a_byte_is_read(tmp_path, count_bytes):
    path = tmp_path / "sparse"
    with path.open("wb") as stream:
        stream.truncate(3 << 30)
    with pytest.raises(TooLarge, match="3221225472 bytes"):
        reading.read(str(path), "configuration")
    assert sum(count_bytes) == 0


@pytest.mark.parametrize("declared", [0, 50])
def test_a_file_that_is_larger_than_it_says_is_read_up_to_the_limit(tmp_path, count_bytes, declared):
    path = tmp_path / "grows"
    path.write_bytes(b"x" * (LIMITS["pem"].most + 1000))
    descriptor = os.open(str(path), os.O_RDONLY)
    info = os.stat_result((0o100600, 0, 0, 1, 0, 0, declared, 0, 0, 0))
    try:
        with pytest.raises(TooLarge):
            reading.content(descriptor, info, str(path), "pem")
    finally:
        os.close(descriptor)
    assert sum(count_bytes) == LIMITS["pem"].most + 1


def test_files_of_the_kernel_have_no_size_and_are_read_all_the_same():
    assert os.stat("/proc/self/status").st_size == 0
    assert "Name:" in reading.text("/proc/self/status", "process")


def test_a_copy_for_others_has_no_name_and_is_what_was_checked(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(b"key")
    with reading.held_copy(str(path), "pem") as copy:
        assert reading.read(copy) == b"key"
        assert not os.path.exists(os.readlink(copy))
        assert os.stat(copy).st_mode & 0o077 == 0
    with pytest.raises(UnsafePath):
        with reading.held_copy(str(tmp_path), "pem"):
            pass


def test_a_directory_is_listed_up_to_a_number_of_names(tmp_path):
    for number in range(5):
        (tmp_path / str(number)).touch()
    assert sorted(reading.names(str(tmp_path), 5)) == list("01234")
    with pytest.raises(TooLarge, match="more than the 4 entries"):
        list(reading.names(str(tmp_path), 4))


TREE = ("a.crt", "b.crt", "d/c.crt", "d/e/f.crt", "d/.hidden/g.crt", ".h.crt", "d/e/x.key", "[b].crt")


@pytest.fixture
def tree(tmp_path):
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    [
        "*.crt",
        "?.crt",
        "[ab].crt",
        "[!a].crt",
        "*",
        "**",
        "**/*.crt",
        "d/**/f.crt",
        "d/*/*",
        "**/e/*",
        "d/**",
        ".*",
        "none/*",
    ],
)
def test_patterns_mean_what_they_mean_to_glob(tree, pattern):
    import glob

    full = os.path.join(str(tree), pattern)
    assert reading.find(full) == sorted({path for path in glob.glob(full, recursive=True) if os.path.isfile(path)})


def test_links_that_form_loops_are_not_walked_by_a_pattern(tree):
    for name in "xyz":
        os.symlink(".", str(tree / name))
        os.symlink("..", str(tree / "d" / name))
    os.symlink("d", str(tree / "linked"))
    found = [os.path.relpath(path, str(tree)) for path in reading.find(str(tree / "**" / "*.crt"))]
    assert found == ["[b].crt", "a.crt", "b.crt", "d/c.crt", "d/e/f.crt"]
    assert reading.find(str(tree / "linked" / "*.crt")) == [str(tree / "linked" / "c.crt")]


def test_a_pattern_leads_past_a_limited_number_of_files(tree, monkeypatch):
    monkeypatch.setattr(reading, "VISITED", 6)
    with pytest.raises(TooLarge, match="more than 6 files"):
        reading.find(str(tree / "**" / "*.crt"))


def test_the_limits_of_one_kind_are_those_of_the_language():
    from plugins.module_utils.ecconf.syntax import limits

    assert LIMITS["configuration"].most == limits.BYTES


def test_a_configuration_of_hostile_size_takes_limited_memory(tmp_path):
    """A process of its own says how much memory it took at most."""
    main = tmp_path / "main.conf"
    lines = "".join('include "%d"\n' % number for number in range(40))
    main.write_text(lines)
    for number in range(40):
        with (tmp_path / str(number)).open("wb") as stream:
            stream.truncate(3 << 30 if number % 2 else 31 << 20)
    program = (
        "import resource\n"
        "from plugins.module_utils.config.disk_reader import DiskReader\n"
        "from plugins.module_utils.ecconf.loader import load\n"
        "found = load(%r, [], reader=DiskReader())\n"
        "print(sorted({problem.kind for problem in found.problems}))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n" % str(main)
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    said = subprocess.check_output([sys.executable, "-c", program], cwd=root, universal_newlines=True).splitlines()
    assert said[0] == "['limit', 'parse', 'unreadable']"
    assert int(said[1]) < 400 * 1024  # KiB, getrusage(2)
