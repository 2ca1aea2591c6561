# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privilege texts of Solaris are sets: what is read, what is refused and where, and what a zone can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.security import solaris_privileges
from plugins.module_utils.security.solaris_privileges import BASIC, NAMES, PrivilegeError, format, parse

STANDALONE = "basic net_privaddr"
CLUSTER = "basic net_privaddr net_bindmlp sys_resource sys_net_config net_rawaccess"
NAME_LISTS = st.lists(st.sampled_from(sorted(NAMES)), min_size=1)


def test_the_documented_text_of_a_standalone_node():
    assert parse(STANDALONE) == BASIC | {"net_privaddr"}


def test_the_documented_text_of_a_cluster_node():
    assert parse(CLUSTER) - parse(STANDALONE) == {"net_bindmlp", "sys_resource", "sys_net_config", "net_rawaccess"}


@pytest.mark.parametrize(
    "text", ["basic,net_privaddr", "BASIC Net_PrivAddr", "PRIV_NET_PRIVADDR basic", "+net_privaddr\tbasic"]
)
def test_ways_to_write_one_set(text):
    assert parse(text) == parse(STANDALONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("none", set()),
        ("all none net_access", {"net_access"}),
        ("net_access basic", BASIC),
        ("basic !proc_exec", BASIC - {"proc_exec"}),
        ("basic -proc_exec -proc_fork", BASIC - {"proc_exec", "proc_fork"}),
        ("!proc_exec basic", BASIC),
        ("all", NAMES),
        ("zone", solaris_privileges.ZONE_DEFAULT),
    ],
)
def test_tokens_apply_from_left_to_right(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "token"),
    [
        ("basic net_privaddress", 6, "net_privaddress"),
        ("basic;net_privaddr", 0, "basic;net_privaddr"),
        ("basic + net_privaddr", 6, "+"),
        ("basic !!proc_exec", 6, "!!proc_exec"),
        ("net_access !basic", 11, "!basic"),
        ("cap_net_raw+ep", 0, "cap_net_raw+ep"),
    ],
)
def test_a_refused_text_is_refused_at_the_token_that_is_wrong(text, position, token):
    with pytest.raises(PrivilegeError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.token) == (position, token)
    assert "character %d" % (position + 1) in str(caught.value)


def test_the_reason_names_what_may_be_meant():
    with pytest.raises(PrivilegeError, match="perhaps net_privaddr"):
        parse("net_privadr")


def test_taking_a_whole_set_away_is_read_only_where_the_release_is_known_to():
    with pytest.raises(PrivilegeError, match="every release"):
        parse("all !basic")
    assert parse("all !basic", remove_sets=True) == NAMES - BASIC
    with pytest.raises(PrivilegeError):
        parse("all !none", remove_sets=True)


@pytest.mark.parametrize(
    ("text", "canonical"), [("none", "none"), ("net_privaddr basic", STANDALONE), ("net_access", "net_access")]
)
def test_the_canonical_form(text, canonical):
    assert format(parse(text)) == canonical


@given(st.frozensets(st.sampled_from(sorted(NAMES))))
def test_the_canonical_form_is_read_as_the_same_set(names):
    assert parse(format(names)) == names


@given(NAME_LISTS, NAME_LISTS)
def test_adding_is_union_and_removing_is_difference(one, other):
    assert parse(" ".join(one + other)) == set(one) | set(other)
    assert parse(" ".join(one + ["!" + name for name in other])) == set(one) - set(other)


@given(st.text())
def test_any_text_is_read_or_refused_at_a_place_within_it(text):
    try:
        held = parse(text)
    except PrivilegeError as error:
        assert text[error.position :].startswith(error.token)
    else:
        assert held <= NAMES


def test_every_set_consists_of_known_names():
    for names in (
        BASIC,
        solaris_privileges.BASIC_SOLARIS_10,
        solaris_privileges.ZONE_PROHIBITED,
        solaris_privileges.ZONE_OPTIONAL,
    ):
        assert names and names <= NAMES


def test_a_zone_cannot_have_all_that_a_cluster_node_needs():
    assert solaris_privileges.prohibited_in_zone(parse(CLUSTER)) == {"sys_net_config"}
    assert solaris_privileges.prohibited_in_zone(parse(STANDALONE)) == set()
