# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Capability texts are sets: what is read, what is refused and where, and how sets are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.security import capabilities
from plugins.module_utils.security.capabilities import (
    NUMBERS,
    CapabilityError,
    CapabilitySets,
    format,
    from_mask,
    parse,
)

BIND, CHOWN, RAW = NUMBERS["cap_net_bind_service"], NUMBERS["cap_chown"], NUMBERS["cap_net_raw"]
STANDALONE = "cap_net_bind_service+ep"
CLUSTER = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"
NUMBER_SETS = st.frozensets(st.integers(min_value=0, max_value=63))
SETS = st.builds(CapabilitySets, NUMBER_SETS, NUMBER_SETS, NUMBER_SETS)
NAMES = st.sampled_from(capabilities.NAMES)


def sets(effective=(), permitted=(), inheritable=()):
    return CapabilitySets(frozenset(effective), frozenset(permitted), frozenset(inheritable))


def refused(text):
    with pytest.raises(CapabilityError) as caught:
        parse(text, last_cap=40)
    return caught.value


def test_the_documented_text_of_a_standalone_node():
    assert parse(STANDALONE) == sets([10], [10])


def test_the_documented_text_of_a_cluster_node():
    four = frozenset([10, 12, 13, 24])
    assert parse(CLUSTER) == sets(four, four)
    assert parse("cap_sys_resource,cap_net_raw,cap_net_admin,cap_net_bind_service=pe") == parse(CLUSTER)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n\v\f\r", "=", "cap_chown=", "cap_net_raw+ep =", "cap_chown+e-e", "all,cap_chown-ep"]
)
def test_texts_that_leave_nothing(text):
    assert parse(text, last_cap=40) == capabilities.NONE


@pytest.mark.parametrize(
    "text", ["10+ep", "0xa+ep", "0XA+ep", "012+ep", "CAP_NET_BIND_SERVICE+ep", "Cap_Net_Bind_Service=+epe"]
)
def test_ways_to_write_one_set(text):
    assert parse(text) == sets([BIND], [BIND])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cap_chown=p+e", sets([CHOWN], [CHOWN])),
        ("cap_chown=-e+p", sets([], [CHOWN])),
        ("cap_chown=eip-p", sets([CHOWN], [], [CHOWN])),
        ("cap_net_raw+eip cap_net_raw=p", sets([], [RAW])),
        ("cap_net_raw=ep cap_chown+i", sets([RAW], [RAW], [CHOWN])),
        ("63+ep", sets([63], [63])),
        # `all` overrides what is before it in its list, and does not reach beyond the kernel's last capability.
        ("63,all+e", sets(range(3))),
        ("all,63+e", sets([0, 1, 2, 63])),
        ("50=ep =p", sets([50], [0, 1, 2, 50])),
    ],
)
def test_clauses_and_operators_apply_from_left_to_right(text, expected):
    assert parse(text, last_cap=2) == expected


def test_all_is_every_capability_of_the_kernel_in_question():
    assert parse("all=ep", last_cap=36) == parse("=ep", last_cap=36) == sets(range(37), range(37))


@pytest.mark.parametrize(
    ("text", "position", "token"),
    [
        ("net_bind_service+ep", 0, "net_bind_service+ep"),
        ("cap_net_raw+ep cap_nett+ep", 15, "cap_nett+ep"),
        ("cap_net_admin+ep,cap_net_raw+ep", 16, ",cap_net_raw+ep"),
        ("cap_net_admin, cap_net_raw+ep", 14, ""),
        ("cap_chown+ep;cap_kill+ep", 12, ";cap_kill+ep"),
        ("ALL=EP", 4, "EP"),
        ("64+ep", 0, "64+ep"),
        ("18446744073709551617+ep", 0, "18446744073709551617+ep"),
        ("cap_63+ep", 0, "cap_63+ep"),
        ("0x+ep", 1, "x+ep"),
        ("09+ep", 1, "9+ep"),
        ("+ep", 0, "+ep"),
        ("=+ep", 0, "=+ep"),
        ("=e-e", 2, "-e"),
        ("cap_chown+e=p", 11, "=p"),
        ("cap_chown+", 9, "+"),
        ("cap_chown", 9, ""),
        ("cap_chown==e", 10, "=e"),
        ("all2+e", 0, "all2+e"),
        ("cap_chown+e\x00", 11, "\x00"),
        # Letters of other scripts that Unicode folds to s and k: the word before them is the unknown one.
        ("cap_\u017fetuid+ep", 0, "cap_\u017fetuid+ep"),
        ("cap_\u212aill+ep", 0, "cap_\u212aill+ep"),
        ("cap_chown+ep\u00a0", 12, "\u00a0"),
    ],
)
def test_a_refused_text_is_refused_at_the_place_that_is_wrong(text, position, token):
    error = refused(text)
    assert (error.position, error.token) == (position, token)
    assert "character %d" % (position + 1) in str(error)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("net_bind_service+ep", "perhaps cap_net_bind_service"),
        ("cap_net_bind+ep", "perhaps cap_net_bind_service"),
        ("cap_net_bnd_service+ep", "perhaps cap_net_bind_service"),
        ("cap_net_admin+ep,cap_net_raw+ep", "separated by blanks"),
        ("cap_chown+EP", "small letters"),
        ("cap_chown+", "needs one of the flags"),
        ("+ep", "needs a list"),
    ],
)
def test_the_reason_says_what_to_do(text, advice):
    assert advice in refused(text).reason


def test_a_long_wrong_text_is_not_repeated_at_length():
    assert len(str(refused("cap_chown+e " * 1000 + "cap_nothing+e"))) < 500
    assert len(str(refused("x" * 100000 + "+e"))) < 800
    assert len(str(refused("9" * 100000 + "+e"))) < 800


def test_very_long_texts_are_read():
    assert parse("cap_chown+ep " * 20000) == sets([CHOWN], [CHOWN])
    assert parse(",".join(["cap_chown"] * 20000) + "+ep") == sets([CHOWN], [CHOWN])
    assert parse("0" * 100000 + "12+e") == sets([BIND])


def test_names_and_numbers_belong_together():
    assert len(capabilities.NAMES) == 41
    assert [capabilities.name(number) for number in (0, 10, 40)] == [
        "cap_chown",
        "cap_net_bind_service",
        "cap_checkpoint_restore",
    ]
    assert [capabilities.name(number) for number in (41, 63)] == ["41", "63"]


def test_the_last_capability_comes_from_the_kernel_or_from_the_names(tmp_path):
    told = tmp_path / "cap_last_cap"
    told.write_text("37\n")
    assert capabilities.last_capability(str(told)) == 37
    assert capabilities.last_capability(str(tmp_path / "absent")) == 40


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", "="),
        ("10+pe", "cap_net_bind_service=ep"),
        (CLUSTER, "cap_net_bind_service,cap_net_admin,cap_net_raw,cap_sys_resource=ep"),
        ("cap_net_raw+i cap_chown+ep", "cap_chown=ep cap_net_raw=i"),
        ("all=ep", "=ep"),
        ("all=ep cap_sys_resource-ep", "=ep cap_sys_resource="),
        ("63+e", "63=e"),
    ],
)
def test_the_canonical_form(text, canonical):
    assert format(parse(text, last_cap=40)) == canonical


@given(SETS)
def test_the_canonical_form_is_read_as_the_same_sets(some):
    assert parse(format(some), last_cap=40) == some


@given(SETS, st.integers(min_value=0, max_value=63))
def test_the_canonical_form_fits_the_kernel_it_is_written_for(some, last_cap):
    assert parse(format(some, last_cap), last_cap=last_cap) == some


@given(NUMBER_SETS)
def test_masks_and_sets_are_two_views(numbers):
    assert from_mask(sum(1 << number for number in numbers)) == numbers


@given(st.lists(NAMES, min_size=1), st.lists(NAMES, min_size=1))
def test_adding_is_union_and_removing_is_difference(one, other):
    listed_one, listed_other = ",".join(one), ",".join(other)
    first, second = ({NUMBERS[name] for name in names} for names in (one, other))
    assert parse("%s+e %s+e" % (listed_one, listed_other)).effective == first | second
    assert parse("%s+e %s-e" % (listed_one, listed_other)).effective == first - second
    assert parse("%s+ep %s=i" % (listed_one, listed_other)) == sets(first - second, first - second, second)


@given(st.lists(NAMES, min_size=1), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(names, shuffler):
    shuffled = names + names[:2]
    shuffler.shuffle(shuffled)
    assert parse(",".join(shuffled) + "+ep") == parse(" ".join(name + "=pe" for name in names))


@given(st.text())
def test_any_text_is_read_or_refused_at_a_place_within_it(text):
    try:
        some = parse(text, last_cap=40)
    except CapabilityError as error:
        assert 0 <= error.position <= len(text)
        assert text[error.position :].startswith(error.token)
    else:
        assert all(number < 64 for numbers in some for number in numbers)
