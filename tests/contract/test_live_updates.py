# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module permissions lets the daemon's account write what lu_pull writes in etc, and nothing else there."""

import os
import pwd

import pytest

PREFIX = "opt/msys/ecelerity"
ETC = PREFIX + "/etc/"
OWN = ("liveupdate.conf", "updates", "updates/smtp_classification.ovr", "msys", "msys/adaptive.lua")
ROOTS = ("", "environment", "ec_rotate.conf", "cidr_maintain.conf", "cram_md5_passwd", "conf/default/ecelerity.conf")
ARGUMENTS = {
    "role": "standalone",
    "prefix": "{root}/" + PREFIX,
    "user": "nobody",
    "group": "nogroup",
    "umask": "ignore",
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other accounts")


@pytest.fixture
def node(node_of):
    files = [name for name in OWN + ROOTS if "." in name or name in ("environment", "cram_md5_passwd")]
    node = node_of({"files": {ETC + name: "" for name in files}})
    node.root.chmod(0o755)
    return node


def owners(node, names):
    return {name: pwd.getpwuid(os.stat(str(node.root / (ETC + name))).st_uid).pw_name for name in names}


@pytest.mark.parametrize(
    ("version", "owner"), [("5.3.0", "nobody"), ("4.3.1", "nobody"), ("4.3.0", "root"), ("3.6.24", "root")]
)
@pytest.mark.parametrize("manual", [[], ["config"]])
def test_from_4_3_1_on_the_account_owns_what_lu_pull_writes(version, owner, manual, node):
    node.case = dict(
        node.case, arguments=dict(ARGUMENTS, version=version, manual_modes=manual, leave=["logs", "services", "spool"])
    )
    foreseen = node.run("permissions", check=True).result
    done = node.run("permissions").result
    assert not done.get("failed"), done["msg"]
    assert [one["path"] for one in foreseen["differences"]] == [one["path"] for one in done["differences"]]
    if not (manual and owner == "root"):  # where ecuser owns the configuration, liveupdate.conf is a part of it
        assert set(owners(node, OWN).values()) == {owner}
    kept = [name for name in ROOTS if not (manual and name.startswith("conf/"))]
    assert set(owners(node, kept).values()) == {"root"}
    for name in OWN:
        assert not os.stat(str(node.root / (ETC + name))).st_mode & 0o022, name
    assert node.run("permissions").result["changed"] is False
