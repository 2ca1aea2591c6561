# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings come into force with the fewest bytes changed."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.config.keyword_files import STYLES, Elsewhere, edited, text_of
from plugins.module_utils.errors import PlanError

ROOT = Path(__file__).resolve().parents[3]
POSTGRESQL, LDAP = STYLES["postgresql"], STYLES["ldap"]
NAMES = st.sampled_from(["ssl", "ssl_key_file", "port"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("before", "requested", "after"),
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
        ("f = '' # none\r\n", {"f": "a"}, "f = a # none\r\n"),
        ("f = server.crt # broken\n", {"f": "server.crt"}, "f = 'server.crt' # broken\n"),
        ("f = 1 2\n", {"f": "1"}, "f = 1\n"),
        ("f = 'a # b\n", {"f": "1"}, "f = 1\n"),
        ("ssl-x = on\n", {"ssl": "on"}, "ssl-x = on\nssl = on\n"),
        ("\xa0ssl = off\n\x0cssl = off\n", {"ssl": "on"}, "\xa0ssl = off\n\x0cssl = off\nssl = on\n"),
        ("ssl = off\x1c\n", {"ssl": "on"}, "ssl = on\n"),
        ("f = '\\303\\251'\n", {"f": "é"}, "f = '\\303\\251'\n"),
        ("f = 'a\\0b'\n", {"f": "a"}, "f = 'a\\0b'\n"),
        ("", {"f": "1.2.3"}, "f = '1.2.3'\n"),
        ("", {"f": "16MB4"}, "f = '16MB4'\n"),
        ("", {"f": "-1"}, "f = -1\n"),
    ],
)
def test_postgresql(before, requested, after):
    assert edited(before, POSTGRESQL, requested) == after


@pytest.mark.parametrize(
    ("before", "requested", "after"),
    [
        ("", {"TLS_REQCERT": "demand"}, "TLS_REQCERT demand\n"),
        ("tls_reqcert\tnever\n", {"TLS_REQCERT": "demand"}, "tls_reqcert\tdemand\n"),
        ("#TLS_REQCERT never\n", {"TLS_REQCERT": "demand"}, "#TLS_REQCERT never\nTLS_REQCERT demand\n"),
        (" TLS_REQCERT never\n", {"TLS_REQCERT": "demand"}, " TLS_REQCERT demand\n"),
        (" #TLS_REQCERT never\n", {"TLS_REQCERT": "demand"}, " #TLS_REQCERT never\nTLS_REQCERT demand\n"),
        ("TLS_REQCERT=never\n", {"TLS_REQCERT": "demand"}, "TLS_REQCERT=never\nTLS_REQCERT demand\n"),
        ("TLS_REQCERT\x0cnever\r\n", {"TLS_REQCERT": "demand"}, "TLS_REQCERT\x0cdemand\r\n"),
        ("REFERRALS yes\n", {"REFERRALS": "on"}, "REFERRALS yes\n"),
        ("REFERRALS 1\n", {"REFERRALS": "on"}, "REFERRALS on\n"),
        ("BASE yes\n", {"BASE": "on"}, "BASE on\n"),
        (" base a\nBASE b", {"BASE": ""}, ""),
        ("TLS_CACERT /a b/ca.pem\n", {"TLS_CACERT": "/a b/ca.pem"}, "TLS_CACERT /a b/ca.pem\n"),
        ("TLS_CACERT\n", {"TLS_CACERT": "/ca"}, "TLS_CACERT /ca\n"),
    ],
)
def test_ldap(before, requested, after):
    assert edited(before, LDAP, requested) == after


@given(st.dictionaries(NAMES, VALUES), st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_a_second_edit_changes_nothing_and_only_lines_of_requested_names_change(requested, lines):
    before = "".join("%s%s%s\n" % (name, " = ", POSTGRESQL.write(value)) for name, value in lines)
    once = edited(before, POSTGRESQL, requested)
    assert edited(once, POSTGRESQL, requested) == once
    for name, value in requested.items():
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
    others = [line for line in before.splitlines() if line.split()[0] not in requested]
    assert [line for line in once.splitlines() if line.split()[0] not in requested] == others


@pytest.mark.parametrize(
    ("name", "value"),
    [("a b", "x"), ("", "x"), ("a.b.c", "x"), ("a.", "x"), ("ssl\n", "x"), ("ssl", "on\nport = 1"), ("ssl", "\r")],
)
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


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        ("postgresql", ["a", 1, True], "a, 1, on"),
        ("postgresql", ["$user", "A b", 'c"d'], '"$user", "A b", "c""d"'),
        ("postgresql", [], ""),
        ("postgresql", None, ""),
        ("postgresql", False, "off"),
        ("postgresql", 1.5, "1.5"),
        ("ldap", ["ldap://a", "ldap://b"], "ldap://a ldap://b"),
    ],
)
def test_a_value_of_a_task_is_no_text_of_python(style, value, text):
    assert text_of(STYLES[style], "name", value) == text


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], [{}], [None], [""]])
def test_what_no_program_knows_as_a_value_is_refused(style, value):
    with pytest.raises(PlanError, match="the value of name"):
        edited("", STYLES[style], {"name": text_of(STYLES[style], "name", value)})


def test_a_list_that_ldap_conf_cannot_hold_is_refused():
    with pytest.raises(PlanError, match="cannot hold a blank"):
        text_of(LDAP, "URI", ["ldap://a b"])


@pytest.mark.parametrize("style", sorted(STYLES))
def test_two_spellings_of_one_name_are_refused(style):
    with pytest.raises(PlanError, match="SSL and ssl is set twice"):
        edited("", STYLES[style], {"ssl": "on", "SSL": "off"})


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_line_whose_end_programs_in_c_do_not_see_is_refused(style):
    with pytest.raises(PlanError, match="line 2 holds a NUL byte"):
        edited("a b\nname x\0y\n", STYLES[style], {"other": "1"})


def test_a_line_that_libldap_reads_as_two_is_refused():
    hidden = "#" + "x" * 2046 + "TLS_REQCERT never\n"
    for text, value in ((hidden, "demand"), ("", "x" * 2040), ("TLS_REQCERT " + " " * 2000 + "a\n", "x" * 100)):
        with pytest.raises(PlanError, match="2047 bytes"):
            edited(text, LDAP, {"TLS_REQCERT": value})
    assert edited(hidden, POSTGRESQL, {"ssl": "on"}).endswith("\nssl = on\n")


def test_what_is_included_after_the_last_line_of_a_name_is_in_force():
    def included(line):
        return [Elsewhere("SSL", "off", "/c/x.conf:3")] if line.name == "include" else []

    before = "ssl = on\ninclude 'x.conf'"
    assert edited(before, POSTGRESQL, {"ssl": "no"}, included) == before
    after = edited(before, POSTGRESQL, {"ssl": "on"}, included)
    assert after == before + "\nssl = on\n" and edited(after, POSTGRESQL, {"ssl": "on"}, included) == after
    assert edited(after, POSTGRESQL, {"ssl": "off"}, included) == before + "\nssl = off\n"
    with pytest.raises(PlanError, match="ssl is set at /c/x.conf:3, too"):
        edited(before, POSTGRESQL, {"ssl": ""}, included)


COMPILED = """
import re
compiled, compile = [], re.compile
re.compile = lambda pattern, *flags: compiled.append(pattern) or compile(pattern, *flags)
import plugins.module_utils.config.keyword_files as keyword_files
before = len(compiled)
keyword_files.STYLES["postgresql"].read("a = 1\\n")
keyword_files.STYLES["postgresql"].read("b = 2\\n")
print(sum("\\\\x80" in pattern for pattern in compiled[:before]), len(compiled) - before)
"""


def test_expressions_over_all_of_unicode_are_compiled_by_the_first_file_and_not_by_the_import():
    done = subprocess.run([sys.executable, "-c", COMPILED], cwd=str(ROOT), stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"0 7\n"
