# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any graph of includes, cycles and all, is loaded completely, once, and in a repeatable way."""

from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# A busy machine is no failure.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FILES = 6
EDGES = st.lists(st.tuples(st.integers(0, FILES - 1), st.booleans(), st.booleans()), max_size=4)


def reachable(graph):
    found, stack = set(), [0]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(target for target, _readonly, _nested in graph[node])
    return found


def render(edges):
    lines = []
    for target, readonly, nested in edges:
        line = '%sinclude "%d"' % ("readonly_" if readonly else "", target)
        lines.append("binding b { %s }" % line if nested else line)
    return "\n".join(lines).encode()


def loaded(graph):
    reader = OverlayReader({"/c/%d" % number: render(edges) for number, edges in enumerate(graph)})
    return load("/c/0", [], reader=reader)


@unhurried
@given(st.lists(EDGES, min_size=FILES, max_size=FILES))
def test_every_reachable_file_is_loaded_once_and_cycles_are_cut(graph):
    configuration = loaded(graph)
    assert sorted(file.path for file in configuration.files) == sorted("/c/%d" % n for n in reachable(graph))
    assert {problem.kind for problem in configuration.problems} <= {"cycle"}
    assert Effective(configuration).problems == []


@unhurried
@given(st.lists(EDGES, min_size=FILES, max_size=FILES))
def test_without_cycles_read_only_is_what_the_rules_say(graph):
    graph = [[edge for edge in edges if edge[0] > number] for number, edges in enumerate(graph)]
    configuration = loaded(graph)
    assert configuration.problems == []
    found = reachable(graph)
    edges = [(source, target, readonly) for source in found for target, readonly, _nested in graph[source]]
    expected = {}
    for number in sorted(found):  # sources come before their targets
        into = [(source, readonly) for source, target, readonly in edges if target == number]
        expected["/c/%d" % number] = len(into) > 1 or any(
            readonly or expected["/c/%d" % source] for source, readonly in into
        )
    assert {file.path: file.readonly for file in configuration.files} == expected
