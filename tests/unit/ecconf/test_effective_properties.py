# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the files hold, the values in force are those that a plain reading from top to bottom gives."""

from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# A busy machine is no failure.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FILES = 4
NAMES = st.sampled_from(["a", "b", "A"])
OPTION = st.tuples(st.just("option"), NAMES, st.sampled_from(["1", '"two words"', "( 1 2 )"]))
INCLUDE = st.tuples(st.just("include"), st.integers(1, FILES - 1))


def scopes(items):
    instances = st.sampled_from([None, "x", "X"])
    return st.tuples(st.just("scope"), NAMES, instances, st.lists(items, max_size=4))


ITEMS = st.lists(st.recursive(st.one_of(OPTION, INCLUDE), scopes, max_leaves=12), max_size=6)


def render(items, number):
    """The lines of a file, one item or brace each; an include of an earlier file or of itself is left out."""
    lines = []
    for item in items:
        if item[0] == "option":
            lines.append("%s = %s" % item[1:])
        elif item[0] == "include":
            lines.append('include "%d"' % item[1] if item[1] > number else "# nothing")
        else:
            lines.append("%s %s {" % (item[1], '"%s"' % item[2] if item[2] else ""))
            lines.extend(render(item[3], number))
            lines.append("}")
    return lines


def plain_reading(files, number=0, path=()):
    """(scope path in lower case, option, file, line, text as written) of every assignment, from top to bottom.

    Reads the lines themselves, recursively and by hand, so that it shares nothing with what it checks.
    """
    found = []
    for line_number, line in enumerate(files[number], 1):
        words = line.split(None, 2)
        if line == "}":
            path = path[:-1]
        elif words[0] == "include":
            found.extend(plain_reading(files, int(words[1].strip('"')), path))
        elif line.endswith("{"):
            path += ((words[0].lower(), words[1].strip('"') if len(words) == 3 else None),)
        elif words[0] != "#":
            found.append((path, words[0].lower(), "/%d" % number, line_number, words[2]))
    return found


def lowered(path):
    return tuple((name.lower(), instance) for name, instance in path)


@unhurried
@given(st.lists(ITEMS, min_size=FILES, max_size=FILES))
def test_the_values_in_force_are_those_of_a_plain_reading(trees):
    files = [render(items, number) for number, items in enumerate(trees)]
    reader = OverlayReader({"/%d" % number: "\n".join(lines).encode() for number, lines in enumerate(files)})
    effective = Effective(load("/0", [], reader=reader, strict=True))

    expected = {}
    for path, option, file, line, raw in plain_reading(files):
        expected.setdefault((path, option), []).append((file, line, raw))

    for (path, option), assignments in expected.items():
        setting = effective.get(path, option.upper())
        told = [(item.file, item.line, item.raw) for item in setting.overridden + (setting,)]
        assert told == assignments
    in_force = [(lowered(setting.path), setting.name.lower()) for setting in effective.settings()]
    assert sorted(in_force, key=repr) == sorted(expected, key=repr)
    assert {lowered(setting.path) for setting in effective.settings()} <= {(), *map(lowered, effective.scopes())}


G, B, D = ("binding_group", "g"), ("binding", "b"), ("domain", "d")
ORDER = [(G, B, D), (B, D), (G, D), (G, B), (B,), (G,), (D,), ()]


@unhurried
@given(st.lists(st.tuples(st.sampled_from(ORDER), st.integers(0, 99)), max_size=12), st.sampled_from(ORDER))
def test_resolving_is_the_first_set_place_of_the_documented_order(assignments, asked):
    lines, last = [], {}
    for path, value in assignments:
        text = "opt = %d" % value
        for name, instance in reversed(path):
            text = "%s %s { %s }" % (name, instance, text)
        lines.append(text)
        last[path] = str(value)
    reader = OverlayReader({"/0": "\n".join(lines).encode()})
    effective = Effective(load("/0", [], reader=reader, strict=True))

    reachable = [place for place in ORDER if set(place) <= set(asked)]
    expected = [(place, last[place]) for place in reachable if place in last]
    told = [(setting.path, setting.value) for setting in effective.candidates(asked, "opt")]
    assert told == expected
    setting = effective.resolve(asked, "opt")
    assert (setting and (setting.path, setting.value)) == (expected[0] if expected else None)
