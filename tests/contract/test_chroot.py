# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module security reports what undoes a chroot, with path and remedy, and refuses to bring it about."""

import grp
import os

import pytest

MAIN = "momentum/etc/conf/default/ecelerity.conf"
FILES = {
    MAIN: 'Security {\n  User = "nobody"\n  Chroot = "{root}/jail"\n}\nSpool_Base = "/var/spool/mail"\n',
    "jail/etc/hosts": "",
}


@pytest.fixture
def jail(node_of):
    """A node whose daemon has a chroot with a file for everybody, and one in the spool."""
    node = node_of({"files": FILES, "arguments": {"user": "nobody"}})
    jail = node.root / "jail"
    for name in ("etc/open", "var/spool/mail/message", "su"):
        (jail / name).parent.mkdir(parents=True, exist_ok=True)
        (jail / name).write_text("")
    for directory in [jail, *jail.rglob("*")]:
        directory.chmod(0o755 if directory.is_dir() else 0o644)
    (jail / "etc" / "open").chmod(0o666)
    (jail / "var" / "spool" / "mail" / "message").chmod(0o666)
    (jail / "var" / "spool" / "mail").chmod(0o777)
    (jail / "su").chmod(0o4755)
    return node


@pytest.mark.parametrize("check", [True, False])
def test_what_was_so_before_is_reported_with_path_and_remedy_and_nothing_is_changed(check, jail):
    before = jail.contents()
    result = jail.run("security", check=check).result
    assert not result.get("failed"), result["msg"]
    root = str(jail.root / "jail")
    assert [(one["path"], one["kind"]) for one in result["chroot_findings"]] == [
        (root + "/su", "set_id"),
        (root + "/etc/open", "writable"),
    ]
    assert all(one["problem"] and one["remedy"] for one in result["chroot_findings"])
    (warning,) = [str(words) for words in result["warnings"] if "chroot" in str(words)]
    assert root + "/su" in warning and "2 things" in warning
    assert jail.contents() == before and result["changed"] is False


@pytest.mark.parametrize("check", [True, False])
def test_a_chroot_that_a_run_would_introduce_is_refused_for_its_contents(check, jail):
    jail.write(MAIN, 'Security {\n  User = "nobody"\n}\nSpool_Base = "/var/spool/mail"\n')
    jail.case = dict(jail.case, arguments={"user": "nobody", "chroot": "{root}/jail"})
    before = jail.contents()
    result = jail.run("security", check=check).result
    assert result["failed"] and "allow: [unsafe_chroot]" in result["msg"] and "/jail/su gives" in result["msg"]
    assert jail.contents() == before
    os.remove(str(jail.root / "jail" / "su"))
    (jail.root / "jail" / "etc" / "open").chmod(0o644)
    result = jail.run("security", check=check).result
    assert result["changed"] is True and result["chroot_findings"] == []


def test_an_account_that_could_change_more_of_the_chroot_in_force_is_refused(jail):
    """What was so before is no reason."""
    (jail.root / "jail" / "etc" / "hosts").chmod(0o664)
    group = grp.getgrgid(os.getegid()).gr_name
    jail.case = dict(jail.case, arguments={"user": "nobody", "supplemental_groups": [group], "allow": ["root_group"]})
    for check in (True, False):
        result = jail.run("security", check=check).result
        assert (
            result["failed"] and "/jail/etc/hosts can be changed" in result["msg"] and "/jail/su" not in result["msg"]
        )
    jail.case["arguments"]["allow"].append("unsafe_chroot")
    assert jail.run("security").result["changed"] is True
