# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pg_hba.conf in which nobody logs in over the network without TLS."""

import pytest

from plugins.module_utils.database.login_rules import tls_only
from plugins.module_utils.errors import PlanError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# host all all all trust\n", "# host all all all trust\n"),
        ("local all all peer\n", "local all all peer\n"),
        ("host all all all md5\n", "hostssl all all all md5\n"),
        ("host\tall\tall\t192.0.2.0/24\tmd5 # office\r\n", "hostssl\tall\tall\t192.0.2.0/24\tmd5 # office\r\n"),
        ("  host all all 192.0.2.0 255.255.255.0 md5", "  hostssl all all 192.0.2.0 255.255.255.0 md5"),
        (",host all all all md5\n", ",hostssl all all all md5\n"),
        ('"host" all all all md5\n', "hostssl all all all md5\n"),
        ('ho"st" all all all md5\n', "hostssl all all all md5\n"),
        ('host "host" "a ""b""",c all md5\n', 'hostssl "host" "a ""b""",c all md5\n'),
        ("host replication all ::1/128 trust\n", "hostssl replication all ::1/128 trust\n"),
        ("hostnogssenc all all all md5\n", "hostssl all all all md5\n"),
        ("hostssl all all all md5\n", "hostssl all all all md5\n"),
        ("host all all all reject\n", "host all all all reject\n"),
        ("host all all 192.0.2.0 255.255.255.0 reject#x\n", "host all all 192.0.2.0 255.255.255.0 reject#x\n"),
        ("host reject reject all md5\n", "hostssl reject reject all md5\n"),
        ("hostnossl all all all reject\n", "hostnossl all all all reject\n"),
        (
            "host all all all ldap ldapbindpasswd=ge\udcffheim\n",
            "hostssl all all all ldap ldapbindpasswd=ge\udcffheim\n",
        ),
    ],
)
def test_a_login_over_the_network_needs_tls(before, after):
    assert tls_only(before) == after
    assert tls_only(after) == after


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\nhostnossl all all all trust\n", ["line 2", "hostnossl"]),
        ("hostgssenc all all all gss\n", ["line 1", "hostgssenc"]),
        ("include more.conf\n", ["line 1", "include"]),
        ("@types all all all trust\n", ["line 1", "@types"]),
        ("host,hostssl all all all trust\n", ["line 1"]),
        ("HOST all all all trust\n", ["HOST"]),
        ("# a comment \\\nhost all all all trust\n", ["line 1", "backslash"]),
        ("host all all all md5 \\\r\n", ["backslash"]),
        ("host all\0all all trust\n", ["NUL"]),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_line(text, words):
    with pytest.raises(PlanError) as caught:
        tls_only(text)
    assert all(word in str(caught.value) for word in words), str(caught.value)
