# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stanza in force becomes ids and sets, and what this node does not have is reported with file and line."""

import grp
import pwd

import pytest

from plugins.module_utils.config.disk_reader import DiskReader
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.security.capabilities import NONE, CapabilitySets
from plugins.module_utils.security.kernel_identity import DeclarationError, identity_from
from plugins.module_utils.security.stanza import declared

NOBODY = pwd.getpwnam("nobody")
BIND = frozenset([10])


@pytest.fixture
def stanza(tmp_path):
    def read(text, **files):
        (tmp_path / "main.conf").write_text(text)
        for name, content in files.items():
            (tmp_path / (name + ".conf")).write_text(content)
        configuration = load(str(tmp_path / "main.conf"), search_path=[str(tmp_path)], reader=DiskReader())
        assert configuration.problems == []
        return declared(Effective(configuration))

    return read


def test_the_stanza_that_wins_is_read_with_file_and_line(stanza):
    text = 'Security {\n  User = "root"\n  Group = "root"\n}\ninclude "cluster.conf"\n'
    found = stanza(text, cluster='security {\n  user = "nobody"\n}\n')
    assert found.user.value == "nobody"
    assert found.user.file.endswith("/cluster.conf") and found.user.line == 2
    assert [loser.value for loser in found.user.overridden] == ["root"]
    assert found.group.value == "root"
    assert found.capabilities is None


def test_names_and_numbers_become_ids(stanza):
    by_name = stanza('Security { User = nobody Group = root Capabilities = "cap_net_bind_service+ep" }')
    by_number = stanza('Security { User = %d Group = 0 Capabilities = "10=pe" }' % NOBODY.pw_uid)
    expected = (NOBODY.pw_uid, 0, None, CapabilitySets(BIND, BIND, frozenset()), None)
    assert tuple(identity_from(by_name)) == tuple(identity_from(by_number)) == expected


def test_no_capabilities_means_none_but_root_keeps_all(stanza):
    assert identity_from(stanza("Security { User = nobody Group = root }")).capabilities == NONE
    assert identity_from(stanza('Security { User = nobody Group = root Capabilities = "" }')).capabilities == NONE
    assert identity_from(stanza("Security { User = root Group = root }")).capabilities is None


def test_capabilities_need_not_be_judged(stanza):
    found = stanza('Security { User = nobody Group = root Capabilities = "nonsense" }')
    assert identity_from(found, require_capabilities=False).capabilities is None


def test_what_the_kernel_does_not_know_is_not_expected(stanza):
    found = stanza('Security { User = nobody Group = root Capabilities = "63,38,10+ep" }')
    assert identity_from(found, last_cap=37).capabilities == CapabilitySets(BIND, BIND, frozenset())


def test_groups_and_chroot(stanza, tmp_path):
    (tmp_path / "jail").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "jail")
    text = 'Security { User = nobody Group = root Supplemental_Groups = ( "daemon" "0" ) Chroot = "%s" }'
    found = identity_from(stanza(text % (tmp_path / "link")))
    assert found.groups == {0, grp.getgrnam("daemon").gr_gid}
    assert found.chroot == str(tmp_path / "jail")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Security {\n  User = no-such-user\n  Group = root\n}", "main.conf:2: the node has no user 'no-such-user'"),
        ("Security {\n  User = root\n  Group = no-such-group\n}", "main.conf:3: the node has no group"),
        (
            "Security {\n  User = root\n  Group = root\n Supplemental_Groups = ( x-no-group )\n}",
            "main.conf:4: the node",
        ),
        ('Security { User = nobody\nGroup = root\nCapabilities = "cap_nothing+ep"\n}', "main.conf:3: capabilities"),
    ],
)
def test_what_this_node_does_not_have_is_told_with_file_and_line(stanza, text, words):
    with pytest.raises(DeclarationError) as caught:
        identity_from(stanza(text))
    assert words in str(caught.value)


def test_the_defaults_are_momentums_own(stanza):
    try:
        expected = pwd.getpwnam("ecuser").pw_uid, grp.getgrnam("ecuser").gr_gid
    except KeyError:
        with pytest.raises(DeclarationError, match="Security stanza, default: the node has no user 'ecuser'"):
            identity_from(stanza("Max_Retries = 5"))
    else:
        assert tuple(identity_from(stanza("Max_Retries = 5"))[:2]) == expected
