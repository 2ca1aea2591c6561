# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Safe paths, and files that are right from their first instant. Attacks are named after what the attacker does."""

import os
import signal
import stat

import pytest

from plugins.module_utils.files import safe_files
from plugins.module_utils.files.safe_files import ensure_directory, read_file, write_file
from plugins.module_utils.files.safe_paths import MAXIMUM_LINKS, UnsafePath, locate

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: directories of another user are involved")
SERVICE = 65534


@pytest.fixture
def directory(tmp_path):
    tmp_path.chmod(0o755)
    return str(tmp_path)


@pytest.fixture
def foreign(directory):
    """A directory that belongs to the service user."""
    path = os.path.join(directory, "foreign")
    os.mkdir(path, 0o755)
    os.chown(path, SERVICE, SERVICE)
    return path


def put(path, content=b"content", mode=0o600):
    with open(path, "wb") as stream:
        stream.write(content)
    os.chmod(path, mode)
    return path


def link(target, path, owner=None):
    os.symlink(target, path)
    if owner is not None:
        os.chown(path, owner, owner, follow_symlinks=False)
    return path


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_a_place_is_the_open_directory_and_the_name(directory):
    with locate(os.path.join(directory, "a.conf")) as place:
        assert (place.name, place.path) == ("a.conf", os.path.join(directory, "a.conf"))
        there, here = os.fstat(place.directory), os.stat(directory)
        assert (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


@pytest.mark.parametrize("path", ["", "relative", "/", "//", "/.", "/a/../b", "/a/..", "/a\0b"])
def test_paths_that_name_no_file_are_refused(path):
    with pytest.raises(UnsafePath):
        locate(path)


def test_trusted_links_on_the_way_and_at_the_end_are_followed(directory):
    os.makedirs(os.path.join(directory, "real", "deep"))
    put(os.path.join(directory, "real", "a.conf"))
    link("real/deep", os.path.join(directory, "relative"))
    link(os.path.join(directory, "real"), os.path.join(directory, "absolute"))
    link("../a.conf", os.path.join(directory, "real", "deep", "up"))
    link("./real//deep/../a.conf", os.path.join(directory, "crooked"))
    expected = os.path.join(directory, "real", "a.conf")
    for path in ("absolute/a.conf", "relative/up", "crooked"):
        with locate(os.path.join(directory, path)) as place:
            assert place.path == expected, path
        assert read_file(os.path.join(directory, path))[0] == b"content"


def test_a_link_to_a_missing_file_stands_for_that_file(directory):
    link("later.conf", os.path.join(directory, "now.conf"))
    write_file(os.path.join(directory, "now.conf"), b"x", os.getuid(), os.getgid(), 0o600)
    assert os.path.islink(os.path.join(directory, "now.conf"))
    assert read_file(os.path.join(directory, "later.conf"))[0] == b"x"


def test_without_following_the_link_itself_is_the_place(directory):
    link("elsewhere", os.path.join(directory, "a"))
    with locate(os.path.join(directory, "a"), follow=False) as place:
        assert place.name == "a"


def test_a_circle_of_links_ends(directory):
    link("b", os.path.join(directory, "a"))
    link("a", os.path.join(directory, "b"))
    with pytest.raises(UnsafePath, match="more than %d" % MAXIMUM_LINKS):
        locate(os.path.join(directory, "a"))


def test_what_is_missing_or_no_directory_is_named(directory):
    put(os.path.join(directory, "file"))
    with pytest.raises(FileNotFoundError) as caught:
        locate(os.path.join(directory, "gone", "a"))
    assert caught.value.filename == os.path.join(directory, "gone")
    with pytest.raises(NotADirectoryError):
        locate(os.path.join(directory, "file", "a"))
    with pytest.raises(FileNotFoundError):
        read_file(os.path.join(directory, "gone"))


def test_no_descriptor_is_left_open(directory):
    link("b", os.path.join(directory, "a"))
    link("a", os.path.join(directory, "b"))
    before = open_descriptors()
    for path in ("a", "gone/x", "gone", "", "x/y/z"):
        with pytest.raises((UnsafePath, OSError)):
            read_file(os.path.join(directory, path) if path else path)
    write_file(os.path.join(directory, "new"), b"x", os.getuid(), os.getgid(), 0o600)
    ensure_directory(os.path.join(directory, "sub"), os.getuid(), os.getgid(), 0o700)
    assert open_descriptors() == before


@pytest.mark.parametrize("opened", [0o775, 0o757, 0o1777])
def test_reject_a_link_in_a_directory_that_others_can_write_to(directory, opened):
    put(os.path.join(directory, "victim"))
    shared = os.path.join(directory, "shared")
    os.mkdir(shared)
    link(os.path.join(directory, "victim"), os.path.join(shared, "a"))
    assert read_file(os.path.join(shared, "a"))[0] == b"content"
    os.chmod(shared, opened)
    with pytest.raises(UnsafePath, match="is a symbolic link that somebody other than root"):
        read_file(os.path.join(shared, "a"))


@ROOT_ONLY
def test_reject_a_link_of_the_service_user(directory):
    put(os.path.join(directory, "victim"))
    path = link(os.path.join(directory, "victim"), os.path.join(directory, "a"), SERVICE)
    with pytest.raises(UnsafePath, match="uid %d" % SERVICE):
        read_file(path)
    with pytest.raises(UnsafePath):
        write_file(path, b"x", 0, 0, 0o600)


@ROOT_ONLY
def test_reject_a_link_in_a_directory_of_the_service_user(directory, foreign):
    os.mkdir(os.path.join(directory, "private"))
    put(os.path.join(directory, "private", "victim"))
    link(os.path.join(directory, "private"), os.path.join(foreign, "conf"), SERVICE)
    link(os.path.join(directory, "private"), os.path.join(foreign, "of-root"))
    for name in ("conf", "of-root"):
        with pytest.raises(UnsafePath, match=name):
            write_file(os.path.join(foreign, name, "victim"), b"x", 0, 0, 0o644)
    assert read_file(os.path.join(directory, "private", "victim"))[0] == b"content"


def test_reject_a_second_hard_link(directory):
    put(os.path.join(directory, "victim"))
    os.link(os.path.join(directory, "victim"), os.path.join(directory, "a"))
    with pytest.raises(UnsafePath, match="2 hard links"):
        read_file(os.path.join(directory, "a"))
    with pytest.raises(UnsafePath, match="2 hard links"):
        write_file(os.path.join(directory, "a"), b"x", os.getuid(), os.getgid(), 0o644)


def test_reject_a_link_put_in_the_place_of_a_file_after_its_directory_was_opened(directory):
    put(os.path.join(directory, "victim"))
    path = put(os.path.join(directory, "a"))
    with locate(path) as place:
        os.unlink(path)
        link(os.path.join(directory, "victim"), path)
        with pytest.raises(UnsafePath, match="symbolic link where a file was expected"):
            safe_files.read_place(place)


def test_reject_pipes_directories_and_devices_without_waiting(directory):
    os.mkfifo(os.path.join(directory, "pipe"))
    os.mkdir(os.path.join(directory, "directory"))
    for path in (os.path.join(directory, "pipe"), os.path.join(directory, "directory"), "/dev/null"):
        with pytest.raises(UnsafePath, match="not a regular file"):
            read_file(path)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o2755])
def test_a_written_file_has_its_mode_whatever_the_umask(directory, umask, mode):
    path = os.path.join(directory, "a")
    before = os.umask(umask)
    try:
        write_file(path, b"x" * 70000, os.getuid(), os.getgid(), mode)
    finally:
        os.umask(before)
    assert mode_of(path) == mode and os.stat(path).st_size == 70000
    assert os.listdir(directory) == ["a"]


def test_a_failed_write_leaves_the_old_file_and_no_other(directory, monkeypatch):
    path = put(os.path.join(directory, "a"), b"old")

    def full(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    for call in ("write", "fsync", "fchmod", "rename"):
        monkeypatch.setattr(safe_files.os, call, full)
        with pytest.raises(OSError, match="No space left"):
            write_file(path, b"new", os.getuid(), os.getgid(), 0o644)
        monkeypatch.undo()
        assert os.listdir(directory) == ["a"] and read_file(path)[0] == b"old"


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_a_new_directory_has_its_mode_whatever_the_umask(directory, umask):
    path = os.path.join(directory, "sub")
    if umask == 0o777 and os.geteuid():
        pytest.skip("with this umask only root can open its own new directory")
    before = os.umask(umask)
    try:
        assert ensure_directory(path, os.getuid(), os.getgid(), 0o750) is True
        assert ensure_directory(path, os.getuid(), os.getgid(), 0o750) is False
    finally:
        os.umask(before)
    assert mode_of(path) == 0o750


def test_a_new_directory_is_never_more_open_than_asked_for(directory, monkeypatch):
    path = os.path.join(directory, "sub")
    seen = []
    for call in ("open", "fchmod", "fchown", "fsync"):
        real = getattr(os, call)

        def spy(*arguments, _real=real, **named):
            # Under its hidden name as well.
            seen.extend(mode_of(os.path.join(directory, name)) for name in os.listdir(directory))
            return _real(*arguments, **named)

        monkeypatch.setattr(safe_files.os, call, spy)
    before = os.umask(0)
    try:
        ensure_directory(path, os.getuid(), os.getgid(), 0o500)
    finally:
        os.umask(before)
    monkeypatch.undo()
    assert seen and all(not mode & 0o077 for mode in seen)
    assert mode_of(path) == 0o500


def test_an_existing_directory_is_corrected_where_nobody_else_can_exchange_it(directory):
    path = os.path.join(directory, "sub")
    os.mkdir(path, 0o755)
    put(os.path.join(path, "file"))
    assert ensure_directory(path, os.getuid(), os.getgid(), 0o700) is True
    assert mode_of(path) == 0o700


def test_a_directory_needs_its_parent_and_must_be_one(directory):
    with pytest.raises(FileNotFoundError):
        ensure_directory(os.path.join(directory, "gone", "sub"), os.getuid(), os.getgid(), 0o700)
    with pytest.raises(NotADirectoryError):
        ensure_directory(put(os.path.join(directory, "file")), os.getuid(), os.getgid(), 0o700)


@ROOT_ONLY
def test_directories_get_their_owner(directory, foreign):
    path = os.path.join(foreign, "sub")
    assert ensure_directory(path, SERVICE, 1234, 0o750) is True
    info = os.stat(path)
    assert (info.st_uid, info.st_gid, mode_of(path)) == (SERVICE, 1234, 0o750)
    assert ensure_directory(path, SERVICE, SERVICE, 0o700) is True


@ROOT_ONLY
def test_reject_a_directory_of_root_that_the_service_user_moved_into_place(directory, foreign):
    """The owner of a directory may rename what is in it, whoever owns that: giving it away would hand over the rest."""
    secret = os.path.join(foreign, "secret")
    os.mkdir(secret, 0o700)
    put(os.path.join(secret, "key"))
    with pytest.raises(UnsafePath, match="others can exchange it"):
        ensure_directory(secret, SERVICE, SERVICE, 0o755)
    assert (os.stat(secret).st_uid, mode_of(secret)) == (0, 0o700)


@ROOT_ONLY
def test_reject_a_new_directory_that_was_exchanged_while_it_was_made(directory, foreign, monkeypatch):
    path, secret = os.path.join(foreign, "sub"), os.path.join(foreign, "secret")
    os.mkdir(secret, 0o700)
    put(os.path.join(secret, "key"))
    real = os.mkdir

    made = []

    def exchange(name, *arguments, **named):
        real(name, *arguments, **named)
        made.append(os.path.join(foreign, name))
        os.rename(made[0], path + ".moved")
        os.rename(secret, made[0])

    monkeypatch.setattr(safe_files.os, "mkdir", exchange)
    with pytest.raises(UnsafePath, match="was exchanged"):
        ensure_directory(path, SERVICE, SERVICE, 0o755)
    monkeypatch.undo()
    assert (os.stat(made[0]).st_uid, mode_of(made[0])) == (0, 0o700)


@ROOT_ONLY
def test_reject_a_directory_that_got_the_name_of_the_new_one(directory, foreign, monkeypatch):
    path, secret = os.path.join(foreign, "sub"), os.path.join(foreign, "secret")
    os.mkdir(secret, 0o700)
    real = os.rename

    def exchange(old, new, **named):
        real(os.path.join(foreign, old), path + ".moved")
        real(secret, os.path.join(foreign, new))

    monkeypatch.setattr(safe_files.os, "rename", exchange)
    with pytest.raises(UnsafePath, match="was exchanged"):
        ensure_directory(path, SERVICE, SERVICE, 0o755)
    monkeypatch.undo()
    assert (os.stat(path).st_uid, mode_of(path)) == (0, 0o700)


@pytest.mark.parametrize("call", ["mkdir", "fchmod", "rename"])
def test_a_run_that_is_killed_leaves_no_directory_with_half_its_attributes(directory, call, monkeypatch):
    path = os.path.join(directory, "sub")
    child = os.fork()
    if child == 0:
        real = getattr(os, call)

        def killed(*arguments, **named):
            real(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(safe_files.os, call, killed)
        ensure_directory(path, os.getuid(), os.getgid(), 0o750)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert not os.path.exists(path) or mode_of(path) == 0o750
    ensure_directory(path, os.getuid(), os.getgid(), 0o750)
    assert os.listdir(directory) == ["sub"] and mode_of(path) == 0o750


@ROOT_ONLY
def test_reject_a_link_put_in_the_place_of_a_new_directory(directory, foreign, monkeypatch):
    path, secret = os.path.join(foreign, "sub"), os.path.join(directory, "secret")
    os.mkdir(secret, 0o700)
    real = os.mkdir

    def exchange(name, *arguments, **named):
        real(name, *arguments, **named)
        os.rmdir(os.path.join(foreign, name))
        link(secret, os.path.join(foreign, name), SERVICE)

    monkeypatch.setattr(safe_files.os, "mkdir", exchange)
    with pytest.raises(OSError):
        ensure_directory(path, SERVICE, SERVICE, 0o755)
    monkeypatch.undo()
    assert (os.stat(secret).st_uid, mode_of(secret)) == (0, 0o700)


def test_a_default_access_list_of_the_directory_does_not_open_a_file(directory):
    """The declared mode is the whole truth: named users of the directory's default list get nothing."""
    entries = [(1, 7, -1), (2, 7, SERVICE), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
    default = b"\2\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (number & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, rights, number in entries
    )
    try:
        os.setxattr(directory, "system.posix_acl_default", default)
    except OSError as error:
        pytest.skip("this file system has no access lists: %s" % error)
    path = os.path.join(directory, "a")
    write_file(path, b"x", os.getuid(), os.getgid(), 0o640)
    assert safe_files.ACCESS_LIST not in os.listxattr(path) and mode_of(path) == 0o640
    ensure_directory(os.path.join(directory, "sub"), os.getuid(), os.getgid(), 0o750)
    assert safe_files.ACCESS_LIST not in os.listxattr(os.path.join(directory, "sub"))


def test_what_a_killed_run_had_under_way_is_removed_and_what_a_living_one_has_is_kept(tmp_path):
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    gone = tmp_path / (".momentum-%d-0123456789ab.new" % dead)
    kept = [
        tmp_path / (".momentum-%d-0123456789ab.new" % os.getpid()),
        tmp_path / ".momentum-x.0.new",
        tmp_path / "other",
    ]
    for path in [gone] + kept:
        path.write_bytes(b"a password")
    safe_files.write_file(str(tmp_path / "target"), b"new", os.getuid(), os.getgid(), 0o600)
    assert sorted(tmp_path.iterdir()) == sorted(kept + [tmp_path / "target"])


def test_a_directory_with_the_name_of_a_leftover_hinders_nobody(tmp_path):
    (tmp_path / ".momentum-99999999-0123456789ab.new").mkdir()
    write_file(str(tmp_path / "file"), b"x", os.geteuid(), os.getegid(), 0o600)
    assert (tmp_path / "file").read_bytes() == b"x"
