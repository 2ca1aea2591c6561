# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Subversion says of a working copy, and that nothing is taken for no difference."""

import os

import pytest

from plugins.module_utils.host.program import Ran
from plugins.module_utils.version_control import subversion

# The form of Subversion 1.14.
ENTRY = '<entry\n   path="%s">\n<wc-status\n   item="%s"\n   revision="1"\n   props="%s"%s>\n<commit\n   revision="1"></commit>\n</wc-status>\n</entry>\n'
STATUS = '<?xml version="1.0" encoding="UTF-8"?>\n<status>\n<target\n   path="/c">\n%s</target>\n</status>\n'


@pytest.fixture
def node(tmp_path):
    (tmp_path / "3rdParty" / "bin").mkdir(parents=True)
    (tmp_path / "ecelerity" / "etc" / "conf" / ".svn").mkdir(parents=True)
    svn = tmp_path / "3rdParty" / "bin" / "svn"
    svn.write_text("#!/bin/sh\n")
    svn.chmod(0o755)
    return str(tmp_path / "ecelerity"), str(tmp_path / "ecelerity" / "etc" / "conf")


def changes(node, text, status=0):
    return subversion.changes(node[0], node[1], lambda command, timeout: Ran(status, text))


@pytest.mark.parametrize(
    "item, properties, more, expected",
    [
        ("modified", "none", "", "modified"),
        ("missing", "normal", "", "missing"),
        ("unversioned", "none", "", "unversioned"),
        ("normal", "modified", "", "modified properties"),
        ("normal", "conflicted", "", "conflicted"),
        ("conflicted", "none", "", "conflicted"),
        ("deleted", "none", '\n tree-conflicted="true"', "conflicted"),
        ("obstructed", "none", "", "obstructed"),
        ("normal", "none", "", None),
        ("external", "none", "", None),
        ("ignored", "none", "", None),
    ],
)
def test_each_state_has_its_word(item, properties, more, expected, node):
    found = changes(node, STATUS % (ENTRY % ("/c/a &amp; b", item, properties, more)))
    assert found == ({"/c/a & b": expected} if expected else {})


def test_all_targets_count(node):
    both = STATUS.replace(
        "</status>", '<changelist name="x">%s</changelist></status>' % (ENTRY % ("/c/y", "added", "none", ""))
    )
    assert changes(node, both % (ENTRY % ("/c/x", "modified", "none", ""))) == {"/c/x": "modified", "/c/y": "added"}


@pytest.mark.parametrize(
    "text, status", [("", 0), ("no xml", 0), (STATUS % "<entry>", 0), (STATUS % "", 1), ("late", None)]
)
def test_what_cannot_be_read_is_not_taken_for_nothing(text, status, node):
    with pytest.raises(subversion.Unknown):
        changes(node, text, status)


def test_a_missing_program_is_named(node, tmp_path):
    (tmp_path / "3rdParty" / "bin" / "svn").unlink()
    with pytest.raises(subversion.Unknown) as caught:
        changes(node, STATUS % "")
    assert "3rdParty/bin/svn" in str(caught.value)


def test_it_runs_as_the_owner_of_what_subversion_keeps(node, monkeypatch):
    asked = []
    monkeypatch.setattr(subversion.os, "geteuid", lambda: 4711)
    subversion.changes(node[0], node[1], lambda command, timeout: asked.append(command) or Ran(0, STATUS % ""))
    assert asked[0][:2] == ["runuser", "-u"] and asked[0][3] == "--" and "--xml" in asked[0]


PROPERTIES = """<?xml version="1.0" encoding="UTF-8"?>
<properties>
<target path="%s"><property name="svn:global-ignores">*.tmp
</property></target>
<target path="%s/default"><property name="svn:ignore">*.local
secret
</property><property name="other">*</property></target>
</properties>
"""


@pytest.mark.parametrize(
    "name, expected",
    [("default/a.local", True), ("default/secret/x.conf", True), ("default/a.conf", False), ("a.local", False),
     ("default/new/a.local", False), ("default/new/a.tmp", True), ("default/a.conf~", True), ("default/x.so.1", True)],
)  # fmt: skip
def test_what_subversion_would_ignore_is_told_by_its_properties(name, expected, node):
    path = os.path.join(node[1], name)
    ran = Ran(0, PROPERTIES % (node[1], node[1]))
    found = subversion.will_ignore(node[0], node[1], [path], lambda command, timeout: ran)
    assert found == ([path] if expected else [])


def test_what_is_ignored_is_seen_beside_what_differs(node):
    text = STATUS % (ENTRY % ("/c/a", "ignored", "none", "") + ENTRY % ("/c/b", "modified", "none", ""))
    seen = subversion.look(node[0], node[1], lambda command, timeout: Ran(0, text))
    assert seen == ({"/c/b": "modified"}, ["/c/a"])
