# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which scopes an entry of a task is about."""

import pytest
from tls_node import Node, path

from plugins.module_utils.tls.targets import read

CONFIGURATION = """
Binding_Group "customers" {
  Binding "customer-1" {
  }
  Binding "customer-2" {
  }
}
Binding "bulk" {
}
"""


def read_one(entry):
    targets, complaints = read([entry], Node(CONFIGURATION).effective())
    return targets[0].paths if targets else None, complaints


def test_no_scope_is_the_global_one():
    assert read_one({}) == (((),), [])
    assert read_one({"scope": []}) == (((),), [])


def test_a_scope_is_written_as_in_the_file():
    paths, complaints = read_one({"scope": ["ESMTP_Listener", 'Listen ":25"', "Peer 10.0.0.0/8"]})
    assert paths == (path("ESMTP_Listener", 'Listen ":25"', 'Peer "10.0.0.0/8"'),)
    assert complaints == []


def test_bindings_are_found_by_name_and_pattern_in_whichever_group():
    one, two = (path('Binding_Group "customers"', 'Binding "customer-%d"' % number) for number in (1, 2))
    assert read_one({"bindings": ["customer-*"]}) == ((one, two), [])
    assert read_one({"bindings": ["bulk", "customer-1"]}) == ((one, path('Binding "bulk"')), [])


def test_a_domain_is_looked_for_inside_the_bindings():
    paths, _complaints = read_one({"bindings": ["bulk"], "domain": "partner.example"})
    assert paths == (path('Binding "bulk"', 'Domain "partner.example"'),)


def test_an_empty_list_of_bindings_is_nothing_and_never_the_global_scope():
    assert read_one({"bindings": []}) == ((), [])


def test_a_name_with_the_signs_of_a_pattern_still_names_itself():
    targets, complaints = read([{"bindings": ["a[1]"]}], Node('Binding "a[1]" {\n}\n').effective())
    assert targets[0].paths == (path('Binding "a[1]"'),) and complaints == []


def test_a_binding_that_is_not_there_is_named_with_those_that_are():
    _paths, (complaint,) = read_one({"bindings": ["customer-1", "costumer-*"]})
    assert complaint.value == "costumer-*"
    assert "bulk, customer-1, customer-2" in complaint.remedy


@pytest.mark.parametrize(
    "scope, words",
    [
        (['Pathway_Group "x"'], "ignores"),
        (["ESMTP_Listner"], "no scope"),
        (["Security"], "no scope"),
        (['Listen ":25"'], "inside"),
        (['Domain "a.example"', 'Binding "b"'], "inside"),
        (['Listen ":25" "x"'], "cannot be read"),
    ],
)
def test_a_scope_that_takes_no_tls_options_is_refused(scope, words):
    paths, (complaint,) = read_one({"scope": scope})
    assert paths is None
    assert words in complaint.reason and complaint.remedy


def test_a_pathway_inside_a_group_is_no_pathway_group():
    paths, complaints = read_one({"scope": ['Pathway_Group "x"', 'Pathway "y"']})
    assert len(paths) == 1 and complaints == []


def test_every_bad_target_is_told_beside_the_good_ones():
    entries = [{}, {"scope": ["Security"]}, {"bindings": ["none"]}, {"bindings": ["bulk"]}]
    targets, complaints = read(entries, Node(CONFIGURATION).effective())
    assert len(targets) == 2 and len(complaints) == 2
