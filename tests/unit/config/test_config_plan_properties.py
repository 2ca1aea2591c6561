# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of plans over any configuration of several files that include one another, in scopes or not, once or often.

What is requested holds afterwards, a second plan is empty, no other option of any scope changes, no byte of an unnamed kind
changes, and the input stays as it is; or the plan is refused.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.config import plan as config_plan
from plugins.module_utils.config.plan import DesiredSetting, PlanError
from plugins.module_utils.ecconf import edit, parse
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader

MAIN = "/c/main.conf"
FILES = ["/c/a.conf", "/c/b.conf", "/c/d/one.conf", "/c/d/two.conf", "/c/local.conf"]
TARGETS = ["a.conf", "./b.conf", "b.conf", "d", "d/one.conf", "/c/d/../d/two.conf", "gone.conf"]
OPTIONS = ["Alpha", "beta", "Gamma"]
VALUES = ["1", "2", '"x y"', "( p q )"]
ELEMENTS = [("S", None), ("S", "one"), ("s", "two"), ("T", "one")]
PATHS = st.lists(st.sampled_from(ELEMENTS), max_size=2).map(tuple)


def requested(path, *option_and_value, **more):
    """A request; hypothesis would make up the fields of the class itself that are left out."""
    return DesiredSetting(path, *option_and_value, **more)


def _head(element):
    return element[0] if element[1] is None else '%s "%s"' % element


LINES = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(OPTIONS), st.sampled_from(VALUES)),
    st.builds(
        "{} {}".format,
        st.sampled_from(["include", "include", "readonly_include"]),
        st.sampled_from(TARGETS).map('"{}"'.format),
    ),
    st.just("# a comment"),
)
BODIES = st.recursive(
    st.lists(LINES, max_size=3),
    lambda inner: st.lists(
        st.one_of(
            LINES,
            st.builds(lambda e, body: "%s {\n%s\n}" % (_head(e), "\n".join(body)), st.sampled_from(ELEMENTS), inner),
        ),
        max_size=3,
    ),
    max_leaves=5,
)
TEXTS = BODIES.map(lambda body: "".join(line + "\n" for line in body).encode())
CONFIGURATIONS = st.builds(
    lambda main, local, others: dict(
        zip(FILES, others), **{MAIN: main + (b'Local_Changes_File = "local.conf"\n' if local else b"")}
    ),
    TEXTS,
    st.booleans(),
    st.lists(TEXTS, min_size=len(FILES), max_size=len(FILES)),
)
REQUESTED_VALUES = st.sampled_from(["1", "3", "x y", ["p"], ["p", "q", "r"]])
SETTINGS = st.one_of(
    st.builds(requested, PATHS, st.sampled_from(OPTIONS), REQUESTED_VALUES),
    st.builds(requested, PATHS, st.sampled_from(OPTIONS), REQUESTED_VALUES),
    st.builds(
        requested, PATHS, st.sampled_from(OPTIONS), REQUESTED_VALUES, file=st.sampled_from(["a.conf", "main.conf"])
    ),
    st.builds(requested, PATHS, st.sampled_from(OPTIONS), state=st.sampled_from(["absent", "commented"])),
    st.builds(requested, PATHS, state=st.sampled_from(["present", "absent"])),
)
INCLUDES = st.builds(
    requested,
    PATHS,
    include=st.sampled_from(TARGETS),
    readonly=st.booleans(),
    state=st.sampled_from(["present", "absent"]),
)


class Node:
    """A configuration in memory."""

    def __init__(self, contents):
        self.contents = contents

    def load(self, edited):
        return load(MAIN, search_path=[], nodename="n", reader=OverlayReader(dict(self.contents, **edited)))

    def plan(self, all_desired):
        return config_plan.plan(self.load({}), self.load, all_desired)

    def after(self, plan):
        return Node(dict(self.contents, **{edit.path: edit.after for edit in plan.edits}))

    def is_sound(self):
        configuration = self.load({})
        return not [one for one in configuration.problems if one.kind != "missing"]

    def values(self):
        settings = Effective(self.load({})).settings()
        return {(fold(one.path), one.name.lower()): one.value for one in settings}


def fold(path):
    return tuple((name.lower(), instance) for name, instance in path)


def planned(node, all_desired):
    """The plan, None where it is refused; the input stays as it is."""
    configuration = node.load({})
    before = {file.path: bytes(file.document) for file in configuration.files}
    try:
        return config_plan.plan(configuration, node.load, all_desired)
    except PlanError:
        return None
    finally:
        assert {file.path: bytes(file.document) for file in configuration.files} == before


def is_met(node, one):
    """Judged anew, by a look at the files that shares nothing with the plan."""
    configuration = node.load({})
    effective = Effective(configuration)
    if one.option is None:
        return bool(effective.where(one.path) or not one.path) == (one.state == "present")
    setting = effective.get(one.path, one.option)
    if one.state != "present":
        return setting is None
    if one.file is None:
        return setting is not None and setting.value == one.value
    path = "/c/" + one.file
    found = [] if setting is None else [*setting.overridden, setting]
    return [each.value for each in found if each.file == path][-1:] == [one.value]


@given(CONFIGURATIONS, st.lists(SETTINGS, min_size=1, max_size=4))
def test_what_is_requested_holds_a_second_plan_is_empty_and_nothing_else_changes(contents, all_desired):
    node = Node(contents)
    if not node.is_sound():
        return
    plan = planned(node, all_desired)
    if plan is None:
        return
    after = node.after(plan)
    assert all(is_met(after, one) for one in all_desired)
    again = after.plan(all_desired)
    assert (again.edits, again.changes) == ([], [])
    named = {(fold(one.path), one.option.lower()) for one in all_desired if one.option}
    gone = [fold(one.path) for one in all_desired if one.option is None and one.state == "absent"]
    old, new = node.values(), after.values()
    for key in set(old) | set(new):
        if key not in named and not any(key[0][: len(path)] == path for path in gone):
            assert old.get(key) == new.get(key), key


@given(CONFIGURATIONS, st.lists(st.one_of(SETTINGS, INCLUDES, INCLUDES), min_size=1, max_size=4))
def test_includes_come_and_go_and_what_is_requested_beside_them_holds(contents, all_desired):
    node = Node(contents)
    if not node.is_sound():
        return
    plan = planned(node, all_desired)
    if plan is None:
        return
    after = node.after(plan)
    assert all(is_met(after, one) for one in all_desired if one.include is None)
    again = after.plan(all_desired)
    assert (again.edits, again.changes) == ([], [])


@given(
    CONFIGURATIONS,
    st.lists(st.builds(requested, PATHS, st.sampled_from(OPTIONS), REQUESTED_VALUES), min_size=1, max_size=3),
)
def test_setting_options_keeps_every_other_statement_as_it_is_written(contents, all_desired):
    """An assignment may get another value, and options and scopes may be added: all else, comments included, is there byte for byte."""
    node = Node(contents)
    plan = planned(node, all_desired) if node.is_sound() else None
    names = {one.option.lower() for one in all_desired}
    for one in plan.edits if plan else ():
        assert statements(one.before, names) == _common(statements(one.before, names), statements(one.after, names))


def statements(text, names):
    """What is before each item, and the item as written, without the value of the named options."""
    found = []
    for _holder, item in parse(text).walk():
        value = "" if hasattr(item, "kind") and item.key in names else item.raw
        found.append((item.lead.strip(), item.name, value))
    return found


def _common(before, after):
    """As much of the first as is found in the second one in the same order."""
    rest = iter(after)
    return [one for one in before if any(one == other for other in rest)]


@given(CONFIGURATIONS, PATHS, st.sampled_from(OPTIONS), REQUESTED_VALUES)
def test_a_setting_alone_is_never_refused(contents, path, option, value):
    node = Node(contents)
    if node.is_sound():
        assert planned(node, [DesiredSetting(path, option, value)]) is not None


@pytest.mark.parametrize("text", [b"", b"\n", b"# c", b"A = 1", b"S { }", b'S "a"{A=1}', b"\xef\xbb\xbfA = 1\r\n"])
def test_the_shortest_files_take_every_setting(text):
    node = Node({MAIN: text})
    all_desired = [
        DesiredSetting((("S", "a"),), "B", "2"),
        DesiredSetting((), "C", "3"),
        DesiredSetting((("S", "a"), ("T", None)), "D", "4"),
    ]
    after = node.after(node.plan(all_desired))
    assert all(is_met(after, one) for one in all_desired)
    assert edit.find_scopes(parse(after.contents[MAIN]), (("S", "a"),))
