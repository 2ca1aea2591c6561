# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick choice among many scopes leaves none out that has to do with a narrow one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tls_node import MAIN

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.paths import parse_path
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.tls.checks.precedence import Candidates, Precedence

TEXT = b"""
Binding_Group "g" { Binding "b" { Domain "d.example" { } } Binding "c" { } }
Binding_Group "h" { Binding "b" { } Domain "/example/" { } }
Binding "b" { Domain "/d/" { } }
Binding "e" { Domain "d.example" { } }
Domain "d.example" { }
Domain "/exam/" { }
ESMTP_Listener { Pathway = "p" Listen ":25" { Peer "10.0.0.0/8" { } } Listen ":26" { Pathway = "g::q" } Peer "10.1.0.0/16" { } Peer "::1" { } }
HTTP_Listener { Listen ":25" { } }
Pathway_Group "g" { Pathway "p" { } Pathway "q" { } }
Pathway "p" { }
Security { }
"""
SCOPES = [(), *Effective(load(MAIN, reader=OverlayReader({MAIN: TEXT}), nodename="n")).scopes()]
SCOPES += [
    parse_path(["binding b"]),
    parse_path(["Domain other.test"]),
    parse_path(["esmtp_listener", "Listen :25", "Peer 10.1.2.3"]),
]


@pytest.fixture(scope="module")
def precedence():
    return Precedence(Effective(load(MAIN, reader=OverlayReader({MAIN: TEXT}), nodename="n")))


@given(st.lists(st.sampled_from(SCOPES), max_size=12), st.sampled_from(SCOPES))
def test_every_scope_that_is_beaten_or_replaced_is_chosen(precedence, wide, narrow):
    chosen = Candidates(precedence, wide).of(narrow)
    concerned = [
        number
        for number, path in enumerate(wide)
        if precedence.beats(narrow, path) or precedence.replaces(narrow, path)
    ]
    assert set(concerned) <= set(chosen)
    assert chosen == sorted(set(chosen))


def test_scopes_of_other_names_are_left_out(precedence):
    wide = [parse_path(["Binding x%d" % number]) for number in range(9)] + [(), parse_path(["Binding b"])]
    assert Candidates(precedence, wide).of(parse_path(["Binding b", "Domain d.example"])) == [9, 10]
