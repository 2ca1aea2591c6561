# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equal meanings are not changed, and what is managed is what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stanza_samples import CLUSTER, GOOD, STANDALONE, host

from plugins.module_utils.security import capabilities
from plugins.module_utils.security.comparison import merge, same_capabilities, settings
from plugins.module_utils.security.stanza import Stanza


def test_what_is_not_managed_stays_as_declared():
    assert merge(GOOD, Stanza(user="other")) == GOOD._replace(user="other")


def test_an_empty_value_asks_for_the_option_to_be_absent():
    all_desired = settings(Stanza(capabilities="", supplemental_groups=[]), host())
    assert [(desired.option, desired.state) for desired in all_desired] == [
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
    (desired,) = settings(Stanza(**{field: other}), host())
    assert desired.same(one, other)


@pytest.mark.parametrize(
    "field, one, other", [("user", "ecuser", "root"), ("capabilities", STANDALONE, CLUSTER), ("chroot", "/a", "/b")]
)
def test_another_meaning_is_another_value(field, one, other):
    (desired,) = settings(Stanza(**{field: other}), host())
    assert not desired.same(one, other)


NUMBERS = st.frozensets(st.integers(0, 40))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_text_that_is_written_back_means_the_same(effective, permitted, inheritable):
    sets = capabilities.CapabilitySets(effective, permitted, inheritable)
    text = capabilities.format(sets)
    assert same_capabilities(text, " ".join(reversed(text.split(" "))) if text.count("=") < 2 else text, 40)
    assert capabilities.parse(text, last_cap=40) == sets
