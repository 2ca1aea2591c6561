# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traps are found in what the daemon would start with, and equal meanings are not changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils import capabilities
from plugins.module_utils.security_plan import TRAPS, Host, Stanza, merge, same_capabilities, settings, violations

USERS = {"root": 0, "0": 0, "ecuser": 900, "900": 900, "wheel": 10, "10": 10}
STANDALONE = "cap_net_bind_service+ep"
CLUSTER = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"
GOOD = Stanza("ecuser", "ecuser", ["wheel"], None, STANDALONE, "basic net_privaddr")


def host(**changes):
    values = {
        "uid": USERS.get,
        "gid": USERS.get,
        "is_directory": lambda path: path == "/jail",
        "ceiling": frozenset(range(41)),
        "last_cap": 40,
        "global_zone": True,
    }
    return Host(**dict(values, **changes))


TRAPPED = [
    ("root_user", {"user": "root", "capabilities": "", "privileges": ""}, {}),
    ("root_user", {"user": "0", "capabilities": "", "privileges": ""}, {}),
    ("root_group", {"group": "root"}, {}),
    ("root_group", {"supplemental_groups": ["wheel", "0"]}, {}),
    ("missing_identity", {"user": "1234"}, {}),
    ("missing_identity", {"group": "nobody-here"}, {}),
    ("missing_identity", {"supplemental_groups": ["4321"]}, {}),
    ("unknown_names", {"capabilities": "cap_net_bind_servce+ep"}, {}),
    ("unknown_names", {"capabilities": "cap_net_raw+ep,cap_net_admin+ep"}, {}),
    ("unknown_names", {"privileges": "basic net_everything"}, {}),
    ("effective_beyond_permitted", {"capabilities": "cap_net_raw+e"}, {}),
    ("root_equivalent", {"capabilities": "cap_sys_admin,cap_net_raw+ep"}, {}),
    ("beyond_bounding_set", {"capabilities": CLUSTER}, {"ceiling": frozenset([10, 12, 13])}),
    ("missing_chroot", {"chroot": "/nowhere"}, {}),
    ("privileges_without_basic", {"privileges": "net_privaddr"}, {}),
    ("beyond_zone", {"privileges": "basic net_rawaccess"}, {"global_zone": False}),
    ("beyond_zone", {"privileges": "basic sys_net_config"}, {"global_zone": False}),
]


@pytest.mark.parametrize("name, changes, limits", TRAPPED)
def test_a_trap_is_refused_by_name_and_only_that_name_allows_it(name, changes, limits):
    stanza = GOOD._replace(**changes)
    (found,) = violations(stanza, host(**limits), [])
    assert "allow: [%s]" % name in found
    assert violations(stanza, host(**limits), [name]) == []


def test_root_with_capabilities_is_a_trap_of_its_own():
    found = violations(GOOD._replace(user="root"), host(), ["root_user"])
    assert len(found) == 1 and "root_with_capabilities" in found[0]


def test_every_trap_has_a_case():
    assert {trap.name for trap in TRAPS} == {name for name, _changes, _limits in TRAPPED} | {"root_with_capabilities"}


@pytest.mark.parametrize("text", [STANDALONE, CLUSTER])
def test_the_documented_strings_are_no_trap_where_the_kernel_can_give_them(text):
    assert violations(GOOD._replace(capabilities=text), host(), []) == []


def test_an_unknown_bounding_set_is_not_held_against_anybody():
    assert violations(GOOD._replace(capabilities=CLUSTER), host(ceiling=None), []) == []


def test_a_chroot_that_is_there_is_fine():
    assert violations(GOOD._replace(chroot="/jail"), host(), []) == []


def test_what_is_not_managed_stays_as_declared():
    assert merge(GOOD, Stanza(user="other")) == GOOD._replace(user="other")


def test_an_empty_value_asks_for_the_option_to_be_absent():
    wishes = settings(Stanza(capabilities="", supplemental_groups=[]), host())
    assert [(wish.option, wish.state) for wish in wishes] == [
        ("Supplemental_Groups", "absent"),
        ("Capabilities", "absent"),
    ]


@pytest.mark.parametrize(
    "field, one, other",
    [
        ("user", "ecuser", "900"),
        ("group", "900", "ecuser"),
        ("supplemental_groups", ["wheel", "ecuser"], ["900", "10"]),
        ("capabilities", CLUSTER, "cap_sys_resource,cap_net_raw,cap_net_admin,cap_net_bind_service=pe"),
        ("privileges", "basic net_privaddr", "PRIV_NET_PRIVADDR basic"),
    ],
)
def test_another_spelling_of_one_meaning_is_the_same(field, one, other):
    (wish,) = settings(Stanza(**{field: other}), host())
    assert wish.same(one, other)


@pytest.mark.parametrize(
    "field, one, other", [("user", "ecuser", "root"), ("capabilities", STANDALONE, CLUSTER), ("chroot", "/a", "/b")]
)
def test_another_meaning_is_another_value(field, one, other):
    (wish,) = settings(Stanza(**{field: other}), host())
    assert not wish.same(one, other)


NUMBERS = st.frozensets(st.integers(0, 40))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_text_that_is_written_back_means_the_same(effective, permitted, inheritable):
    sets = capabilities.CapabilitySets(effective, permitted, inheritable)
    text = capabilities.format(sets)
    assert same_capabilities(text, " ".join(reversed(text.split(" "))) if text.count("=") < 2 else text, 40)
    assert capabilities.parse(text, last_cap=40) == sets
