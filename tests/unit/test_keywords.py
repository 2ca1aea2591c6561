# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings come into force with the fewest bytes changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.errors import PlanError
from plugins.module_utils.keywords import STYLES, edited

POSTGRESQL, LDAP = STYLES["postgresql"], STYLES["ldap"]
NAMES = st.sampled_from(["ssl", "ssl_key_file", "port"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("", {"ssl": "on"}, "ssl = on\n"),
        ("port = 1", {"ssl": "on"}, "port = 1\nssl = on\n"),
        ("#ssl = off\n", {"ssl": "on"}, "#ssl = off\nssl = on\n"),
        ("  ssl=off # no\n", {"ssl": "on"}, "  ssl=on # no\n"),
        ("ssl = on\nssl = off\n", {"ssl": "on"}, "ssl = on\nssl = on\n"),
        ("SSL yes\n", {"ssl": "on"}, "SSL yes\n"),
        ("ssl = 'TRUE'\n", {"ssl": "on"}, "ssl = 'TRUE'\n"),
        ("ssl = 'on' \n", {"ssl": "off"}, "ssl = off \n"),
        ("f = 'it''s # here' # x\n", {"f": "it's # here"}, "f = 'it''s # here' # x\n"),
        ("f = 'a'\n", {"f": "it's"}, "f = 'it''s'\n"),
        ("ssl = on\nport = 1\nssl = off\n", {"ssl": ""}, "port = 1\n"),
        ("ssl =\n", {"ssl": "on"}, "ssl = on\n"),
        ("ssl = on\r\n", {"ssl": "off"}, "ssl = off\r\n"),
    ],
)
def test_postgresql(before, wanted, after):
    assert edited(before, POSTGRESQL, wanted) == after


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("", {"TLS_REQCERT": "demand"}, "TLS_REQCERT demand\n"),
        ("tls_reqcert\tnever\n", {"TLS_REQCERT": "demand"}, "tls_reqcert\tdemand\n"),
        ("#TLS_REQCERT never\n", {"TLS_REQCERT": "demand"}, "#TLS_REQCERT never\nTLS_REQCERT demand\n"),
        (" TLS_REQCERT never\n", {"TLS_REQCERT": "demand"}, " TLS_REQCERT never\nTLS_REQCERT demand\n"),
        ("TLS_CACERT /a b/ca.pem\n", {"TLS_CACERT": "/a b/ca.pem"}, "TLS_CACERT /a b/ca.pem\n"),
        ("TLS_CACERT\n", {"TLS_CACERT": "/ca"}, "TLS_CACERT /ca\n"),
    ],
)
def test_ldap(before, wanted, after):
    assert edited(before, LDAP, wanted) == after


@given(st.dictionaries(NAMES, VALUES), st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_a_second_edit_changes_nothing_and_only_lines_of_wanted_names_change(wanted, lines):
    before = "".join("%s%s%s\n" % (name, " = ", POSTGRESQL.write(value)) for name, value in lines)
    once = edited(before, POSTGRESQL, wanted)
    assert edited(once, POSTGRESQL, wanted) == once
    for name, value in wanted.items():
        last = [POSTGRESQL.read(line) for line in once.splitlines(True) if line.startswith(name + " ")][-1]
        assert (
            last.value == value
            or {last.value.lower(), value.lower()} <= {"on", "true", "yes", "1"}
            or {
                last.value.lower(),
                value.lower(),
            }
            <= {"off", "false", "no", "0"}
        )
    others = [line for line in before.splitlines() if line.split()[0] not in wanted]
    assert [line for line in once.splitlines() if line.split()[0] not in wanted] == others


@pytest.mark.parametrize(("name", "value"), [("a b", "x"), ("", "x"), ("ssl", "on\nport = 1"), ("ssl", "\r")])
def test_what_would_become_another_setting_is_refused(name, value):
    with pytest.raises(PlanError):
        edited("", POSTGRESQL, {name: value})


def test_a_backslash_is_written_so_that_postgresql_reads_one():
    made = edited("", STYLES["postgresql"], {"application_name": "a\\nb'c"})
    assert made == "application_name = 'a\\\\nb''c'\n"
    assert edited(made, STYLES["postgresql"], {"application_name": "a\\nb'c"}) == made


@pytest.mark.parametrize(
    ("raw", "meant"), [("a\\\\b", "a\\b"), ("a\\nb", "a\nb"), ("it''s", "it's"), ("\\'x", "'x"), ("\\101", "A")]
)
def test_escapes_are_read_as_postgresql_reads_them(raw, meant):
    assert STYLES["postgresql"].read("name = '%s' # x\n" % raw).value == meant


def test_what_only_python_takes_for_a_line_end_hides_no_setting():
    text = "# a remark\u2028ssl = on\n"
    assert edited(text, STYLES["postgresql"], {"ssl": "on"}) == text + "ssl = on\n"
