# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups that edits keep up to date hold what a look at every item would find."""

from ecconf import edit, parse
from ecconf.syntax.document import Option, Scope
from ecconf.syntax.members import Members, members
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = st.sampled_from(["alpha", "Alpha", "beta"])
ELEMENTS = st.tuples(NAMES, st.sampled_from([None, "a", "b"]))
PATHS = st.lists(ELEMENTS, max_size=2).map(tuple)
INNER_PATHS = st.lists(ELEMENTS, min_size=1, max_size=2).map(tuple)
START = 'include "x"\nalpha = 1\nalpha a { beta = 2 }\nBETA b { }\nalpha a { alpha = 3 }\n'
EDITS = st.one_of(
    st.tuples(st.just(edit.set_option), PATHS, NAMES, st.sampled_from(["1", "2"])),
    st.tuples(st.just(edit.unset_option), PATHS, NAMES),
    st.tuples(st.just(edit.comment_out), PATHS, NAMES),
    st.tuples(st.just(edit.rename_option), PATHS, NAMES, NAMES),
    st.tuples(st.just(edit.move_option), PATHS, NAMES, PATHS),
    st.tuples(st.just(edit.ensure_scope), PATHS),
    st.tuples(st.just(edit.remove_scope), INNER_PATHS),
    st.tuples(st.just(edit.rename_scope), INNER_PATHS, ELEMENTS),
    st.tuples(st.just(edit.ensure_include), PATHS, st.sampled_from(["x", "y"])),
    st.tuples(st.just(edit.remove_include), PATHS, st.just("x")),
)


def containers(document):
    """The document and every scope in it."""
    return [document] + [item for _holder, item in document.walk() if isinstance(item, Scope)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EDITS, max_size=12))
def test_the_groups_equal_those_of_a_fresh_look_after_any_edits(steps):
    document = parse(START)
    for step in steps:
        for container in containers(document):
            members(container, Option)
        step[0](document, *step[1:])
        for container in containers(document):
            members(container, Option)
            fresh = Members(container.items).groups
            kept = {key: group for key, group in container.members.groups.items() if group}
            assert kept == fresh


def test_items_that_others_put_into_a_container_are_found():
    document = parse("alpha = 1\n")
    assert not edit.find_options(document, (), "beta")
    document.items.append(Option("", "beta", " = ", "2"))
    assert len(edit.find_options(document, (), "beta")) == 1


def test_an_item_that_comes_before_others_of_its_name_is_grouped_before_them():
    document = parse("scope a { }\nfirst = 1\nscope a { x = 1 }\n")
    assert len(members(document, Scope, "scope", "a")) == 2
    edit.unset_option(document, (), "first")
    assert [len(scope.items) for scope in edit.find_scopes(document, (("scope", "a"),))] == [0, 1]
