# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What takes away the protection that a chroot is to give."""

import os
import stat

import pytest

from plugins.module_utils.permissions.umask import Subject
from plugins.module_utils.sandbox import chroot
from plugins.module_utils.sandbox.chroot import Object, contents, judged

# Nobody's account: it owns nothing here and is in no group of this one.
DAEMON = Subject("ecuser", 64000, 64000, frozenset([64000]))


def made(kind=stat.S_IFREG, mode=0o644, uid=0, gid=0, device=(0, 0), path="/jail/x", **more):
    fields = (kind | mode, 1, 1, 1, uid, gid, 0, 0, 0, 0)
    info = os.stat_result(fields, {"st_rdev": os.makedev(*device)})
    return Object(path, info, **more)


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (made(), []),
        (made(stat.S_IFDIR, 0o755), []),
        (made(mode=0o666), ["writable"]),
        (made(mode=0o664, gid=64000), ["writable"]),
        (made(mode=0o664, gid=1), []),
        (made(mode=0o400, uid=64000), ["writable"]),  # its owner may permit itself to
        (made(stat.S_IFDIR, 0o1777), ["writable"]),
        (made(stat.S_IFSOCK, 0o777), []),
        (made(mode=0o4755), ["set_id"]),
        (made(mode=0o2755), ["set_id"]),
        (made(stat.S_IFDIR, 0o2755), []),
        (made(capability=True), ["set_id"]),
        (made(stat.S_IFBLK, 0o660, device=(8, 0)), ["device"]),
        (made(stat.S_IFBLK, 0o660, device=(1, 3)), ["device"]),
        (made(stat.S_IFCHR, 0o666, device=(1, 3)), []),
        (made(stat.S_IFCHR, 0o666, device=(1, 9)), []),
        (made(stat.S_IFCHR, 0o600, device=(1, 1)), ["device"]),
        (made(path="/jail/etc/shadow", mode=0), ["secret"]),
        (made(path="/jail/opt/msys/etc/.svcpasswd"), ["secret"]),
        (made(path="/jail/etc/passwd"), []),
    ],
)
def test_each_kind_is_told_from_what_is_in_order(one, kinds):
    assert [found.kind for found in judged(one, DAEMON)] == kinds
    for found in judged(one, DAEMON):
        assert found.words.startswith(one.path) and found.remedy in found.words


def test_an_access_list_counts():
    entry = b"\x02\0\0\0" + b"\x01\0\6\0\xff\xff\xff\xff" + b"\x02\0\6\0\x00\xfa\0\0" + b"\x04\0\4\0\xff\xff\xff\xff"
    entry += b"\x10\0\6\0\xff\xff\xff\xff" + b"\x20\0\0\0\xff\xff\xff\xff"
    assert [found.kind for found in judged(made(mode=0o664, access_list=entry), DAEMON)] == ["writable"]
    assert judged(made(mode=0o664, access_list=entry), DAEMON._replace(uid=64001)) == []


def test_nobody_is_asked_who_may_write_where_the_account_is_unknown_or_root():
    assert judged(made(mode=0o666), None) == [] == judged(made(mode=0o666), DAEMON._replace(uid=0))


@pytest.fixture
def jail(tmp_path):
    root = tmp_path / "jail"
    for name in ("etc", "var/spool/ecelerity", "dev", "tmp"):
        (root / name).mkdir(parents=True)
    for directory in [root, *root.rglob("*")]:
        directory.chmod(0o755)
    return root


def paths(root, found):
    return [(one.path[len(str(root)) :], one.kind) for one in found.findings]


def test_a_tree_is_looked_at_but_for_what_the_daemon_must_write(jail):
    (jail / "etc" / "resolv.conf").write_text("nameserver 192.0.2.1\n")
    (jail / "etc" / "resolv.conf").chmod(0o666)
    (jail / "tmp").chmod(0o1777)
    inside = jail / "var" / "spool" / "ecelerity"
    inside.chmod(0o777)
    (inside / "message").write_text("")
    (inside / "message").chmod(0o666)
    (jail / "out").symlink_to("/etc")
    (jail / "su").write_text("")
    (jail / "su").chmod(0o4755)
    found = contents(str(jail) + "/", DAEMON, ["/var/spool/ecelerity", "/tmp"])
    assert paths(jail, found) == [("/su", "set_id"), ("/etc/resolv.conf", "writable")]
    assert (found.total, found.complete) == (2, True)
    assert [kind for _path, kind in paths(jail, contents(str(jail), DAEMON, []))].count("writable") == 4


def test_a_missing_directory_and_the_root_itself_hold_nothing(tmp_path):
    assert contents(str(tmp_path / "none"), DAEMON, []) == chroot.NOTHING == contents("/", DAEMON, [])


def test_a_directory_above_in_which_the_account_may_write_lets_it_exchange_the_whole(jail):
    jail.parent.chmod(0o777)
    assert [(one.path, one.kind) for one in contents(str(jail), DAEMON, []).findings] == [(str(jail.parent), "above")]
    jail.parent.chmod(0o1777)
    assert contents(str(jail), DAEMON, []).total == 0


def test_there_is_an_end_to_what_is_looked_at_and_kept(jail, monkeypatch):
    for number in range(5):
        (jail / ("f%d" % number)).write_text("")
        (jail / ("f%d" % number)).chmod(0o666)
    monkeypatch.setattr(chroot, "SHOWN", 2)
    found = contents(str(jail), DAEMON, [])
    assert (len(found.findings), found.total, found.complete) == (2, 5, True)
    assert contents(str(jail), DAEMON, [], most=3).complete is False


def test_a_file_system_of_the_kernel_is_named_and_not_entered(jail, monkeypatch, tmp_path):
    (jail / "proc").mkdir()
    (jail / "proc" / "shadow").write_text("")
    (tmp_path / "mountinfo").write_text(
        "36 35 0:5 / %s/proc rw - proc proc rw\n37 35 0:6 / /proc rw shared:1 - proc proc rw\n" % jail
    )
    monkeypatch.setattr(chroot, "MOUNTS", str(tmp_path / "mountinfo"))
    assert paths(jail, contents(str(jail), DAEMON, [])) == [("/proc", "mount")]
