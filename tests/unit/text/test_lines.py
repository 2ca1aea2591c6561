# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines end where the program that reads or writes them ends them, not where Python does (form feed, U+2028)."""

import re
from pathlib import Path

import pytest

from plugins.module_utils.cluster.topology import members_in
from plugins.module_utils.console_access import passwords, texts
from plugins.module_utils.host import program
from plugins.module_utils.host.program import Ran
from plugins.module_utils.host.service_manager import show

ROOT = Path(__file__).resolve().parents[3] / "plugins"
ONLY_PYTHON = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# Bytes, which Python divides at line feeds and carriage returns alone; and what is only searched: more pieces hide more.
KNOWN = {
    "module_utils/pki/x509",
    "module_utils/pki/authority/issuer.py",
    "module_utils/redaction/redaction.py",
    "module_utils/redaction/loose_secrets.py",
}


def test_nothing_divides_text_where_python_does():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if re.search(r"\.splitlines\(", path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not any(name.startswith(known) for known in KNOWN)} == set()


@pytest.mark.parametrize(
    ("words", "lines"),
    [("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\n\nc", ["a", "b", "", "c"]), ("a\rb", ["a\rb"])],
)
def test_the_lines_of_a_program_end_with_a_line_feed(words, lines):
    assert program.lines(words) == lines


@pytest.mark.parametrize("sign", ONLY_PYTHON)
def test_no_other_sign_begins_a_line(sign):
    forged = "x" + sign
    assert program.lines(forged + "y\n") == [forged + "y"]
    assert show("unit", "A", lambda command, timeout: Ran(0, "Description=%sLoadState=loaded\n" % forged)) == {
        "Description": "%sLoadState=loaded" % forged
    }
    assert members_in("Note: %sNode name: forged\nNode name: real\n" % forged) == ["real"]


@pytest.mark.parametrize("sign", ONLY_PYTHON + "\xa0")
def test_a_user_that_is_commented_out_stays_so(sign):
    text = "# former:%sroot:Momentum Console:0123456789abcdef0123456789abcdef\n" % sign
    made = passwords.edit(text, "Momentum Console", [passwords.User("root", "a-password")])
    assert made.steps == [("add", "root")] and made.text.startswith(text)
    groups = "#%sadmin:root\nadmin%s:root\n" % (sign, sign)
    after = texts.with_groups(groups, [texts.Group("admin", ["operator"])])
    assert after == groups + "admin:operator\n"
    assert texts.groups_with("#%sadmin:root\n" % sign, "root") == []
