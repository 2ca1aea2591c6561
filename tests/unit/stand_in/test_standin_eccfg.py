# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's eccfg: what is documented, and what it refuses."""

import hashlib
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest
from standin_node import Node

STANDIN = Path(__file__).resolve().parents[2] / "standin"
ADMIN = ("--username", "admin", "--password", "planted-admin")


def said(node: Node, *arguments: str) -> str:
    answer = node.call("bin/eccfg", *arguments)
    assert answer.returncode == 0
    return str(answer.stdout)


@pytest.fixture
def copy(node: Node) -> Node:
    """A node that was bootstrapped."""
    os.makedirs(node.root + "/var/ecconfigd/repo")
    digest = hashlib.md5(b"admin:ecconfigd repo:planted-admin").hexdigest()
    node.write(node.root + "/var/ecconfigd/repo/svn-auth.htdigest", "admin:ecconfigd repo:%s\n" % digest)
    shutil.rmtree(node.prefix + "/etc/conf")
    assert "A    %s" % node.main in said(node, "bootstrap", "--singlenode", *ADMIN)
    return node


def test_a_node_is_bootstrapped_once(copy: Node) -> None:
    assert os.path.isdir(copy.prefix + "/etc/conf/.svn")
    assert "autoupdate=true\n" in copy.read(copy.prefix + "/etc/cluster.boot")
    assert "is already there" in said(copy, "bootstrap", "--singlenode", *ADMIN)


def test_changes_are_committed_in_the_documented_words(copy: Node) -> None:
    assert said(copy, "commit", *ADMIN) == "Nothing to commit\n"
    copy.add("# more\n")
    assert said(copy, "status") == "M       default/ecelerity.conf\n"
    words = said(copy, "commit", *ADMIN, "--message", "more")
    assert "Sending        default/ecelerity.conf\nTransmitting file data.\nCommitted revision 2.\n" in words
    assert said(copy, "status") == ""


@pytest.mark.parametrize("program", ["bin/eccfg", "../3rdParty/bin/svn"])
def test_names_beyond_ascii_need_a_locale_of_utf_8(program: str, copy: Node) -> None:
    tools = os.path.join(os.path.dirname(copy.prefix), "3rdParty/bin")
    os.makedirs(tools, exist_ok=True)
    shutil.copy(str(STANDIN / "3rdParty/bin/svn.py"), tools)
    copy.write(copy.prefix + "/etc/conf/default/größe.conf", "")
    given = ["status", copy.prefix + "/etc/conf"][: 2 if program.endswith("svn") else 1]
    bad, good = (copy.call(program, *given, LC_ALL=one) for one in ("C", "C.UTF-8"))
    assert "E000022: Can't convert string from native encoding" in bad.stdout + bad.stderr
    assert "größe.conf" in good.stdout, good.stderr


def test_what_comes_after_an_at_sign_is_a_revision_for_svn(copy: Node) -> None:
    tools = os.path.join(os.path.dirname(copy.prefix), "3rdParty/bin")
    os.makedirs(tools, exist_ok=True)
    shutil.copy(str(STANDIN / "3rdParty/bin/svn.py"), tools)
    os.rename(copy.prefix + "/etc/conf", copy.prefix + "/etc/conf@2")
    given = copy.prefix + "/etc/conf@2"
    assert "E205000" in copy.call("../3rdParty/bin/svn", "status", given).stderr
    assert copy.call("../3rdParty/bin/svn", "status", given + "@").returncode == 0


def test_neither_a_wrong_password_nor_none_will_do(copy: Node) -> None:
    copy.add("# more\n")
    assert "Authentication failed" in said(copy, "commit", "--username", "admin", "--password", "planted-no")
    assert "no username" in said(copy, "commit", "--password", "planted-admin")
    terminal, inner = pty.openpty()
    os.close(inner)
    os.close(terminal)
    detached = subprocess.run(
        copy.command("bin/eccfg", "commit", "--username", "admin"),
        env=copy.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        timeout=30,
        check=False,
    )
    assert b"failed" in detached.stdout and said(copy, "status") != ""


def test_new_files_need_add_all_and_stay_noted_where_the_commit_fails(copy: Node) -> None:
    copy.write(copy.directory + "/new.conf", "")
    record = copy.root + "/var/ecconfigd/repo/standin.json"
    copy.write(record, copy.read(record).replace('"conflict": false', '"conflict": true'))
    assert "conflicted state" in said(copy, "commit", "--add-all", *ADMIN)
    assert said(copy, "status") == "A       default/new.conf\n"
    said(copy, "revert", copy.directory + "/new.conf")
    assert said(copy, "status") == "?       default/new.conf\n"


def test_what_changed_on_both_sides_is_neither_committed_nor_pulled(copy: Node) -> None:
    shutil.copytree(copy.prefix + "/etc/conf", copy.root + "/another")
    copy.add("# there\n")
    said(copy, "commit", *ADMIN)
    shutil.rmtree(copy.prefix + "/etc/conf")
    shutil.copytree(copy.root + "/another", copy.prefix + "/etc/conf")
    copy.add("# here\n")
    assert "is out of date" in said(copy, "commit", *ADMIN)
    assert "local changes conflict" in said(copy, "pull", *ADMIN)
    assert copy.read(copy.main).endswith("# here\n")
    said(copy, "pull", "--theirs", *ADMIN)
    assert copy.read(copy.main).endswith("# there\n")


def test_subversion_tells_what_differs(copy: Node) -> None:
    copy.add("# more\n")
    command = copy.command("bin/eccfg")[:1] + [
        str(STANDIN / "3rdParty/bin/svn.py"),
        "status",
        "--xml",
        copy.prefix + "/etc/conf",
    ]
    environment = dict(copy.environment, PYTHONPATH=copy.prefix + "/lib")
    words = subprocess.check_output(command, env=environment, universal_newlines=True)
    assert 'path="%s"' % copy.main in words and 'item="modified"' in words


@pytest.mark.parametrize(
    "boot, kept",
    [("autoupdate=true\n", False), ("", False), ("autoupdate = false\n", True), ("autoupdate=ifunchanged\n", True)],
)
def test_a_start_loses_what_is_not_committed_unless_it_is_told_not_to(boot: str, kept: bool, copy: Node) -> None:
    copy.add("# mine\n")
    copy.write(copy.prefix + "/etc/cluster.boot", boot)
    script = copy.read(copy.prefix + "/sbin/run.ecelerity").replace("/opt/msys", copy.root + "/opt/msys")
    for program, text in (
        ("bin/eccfg", 'exec "%s" "%s/bin/eccfg.py" "$@"' % (copy.command("x")[0], copy.prefix)),
        ("sbin/ecelerity", ""),
    ):
        copy.write(copy.prefix + "/" + program, "#!/bin/sh\n%s\n" % text)
        os.chmod(copy.prefix + "/" + program, 0o755)
    subprocess.run(["sh", "-c", script], env=copy.environment, check=True, stdout=subprocess.DEVNULL)
    assert copy.read(copy.main).endswith("# mine\n") is kept
