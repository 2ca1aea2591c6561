# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ec_dump_config reports twice is reported once, with file, line and the name that was meant."""

import pytest

from plugins.module_utils.config.disk_reader import DiskReader
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.validation.output import explained, once

MAIN = "/conf/default/ecelerity.conf"
# As the page 4/executable/ec-dump-config prints it.
PAGE = """[Tue 18 Oct 2011 13:51:50] No module provides capability 'config.%s'.
[Tue 18 Oct 2011 13:51:50] CFG-07961 No module provides capability 'config.%s'.
Reconfigure failed.
"""


def effective(**files):
    contents = {"/conf/default/%s.conf" % name: text.encode() for name, text in files.items()}
    return Effective(
        load(MAIN, search_path=["/conf/default"], nodename="n", reader=OverlayReader(contents, DiskReader()))
    )


def said(what, **files):
    return explained(PAGE % (what, what), effective(**files)).split("\n")


def test_dates_numbers_and_repetitions_are_left_out():
    assert once(PAGE % ("Global:x", "Global:x")) == [
        "No module provides capability 'config.Global:x'.",
        "Reconfigure failed.",
    ]


def test_every_assignment_is_named_with_its_file_and_line():
    found = said("Global:max_retires", ecelerity='include "b.conf"\nMax_Retires = 1\n', b="# one\nmax_retires = 2\n")
    assert found[0] == (
        "/conf/default/b.conf:2: option max_retires of the global scope is unknown to the installed version; did you mean max_retries?"
    )
    assert found[1].startswith(MAIN + ":2: option Max_Retires")
    assert found[2:] == ["No module provides capability 'config.Global:max_retires'.", "Reconfigure failed."]


def test_a_scope_is_named_and_nothing_is_guessed():
    (first, *_rest) = said("Security:zzz", ecelerity="zzz = 1\nSecurity {\n  zzz = 1\n}\n")
    assert first == (
        MAIN
        + ":3: option zzz of scope Security is unknown to the installed version; correct its name, remove it, or load the module that has it"
    )


@pytest.mark.parametrize(
    "output", ["", "Syntax error in /x at line 3 near 'y'", "No module provides capability 'config.Global:elsewhere'."]
)
def test_what_names_nothing_that_is_there_stays_as_it_is(output):
    assert explained(output, effective(ecelerity="A = 1\n")) == output
