# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No text that goes to a terminal can command it, whoever wrote it; text that cannot stays as it is."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.text import visible

NASTY = "\x00\x07\x1b\x7f\x80\x9b\x9d\r\n\t\u061c\u200b\u200e\u202e\u2028\u2029\u2066\ufeff\udc80\udcff\ud800\U000e0041"
TEXTS = st.text(st.one_of(st.sampled_from(NASTY + " \\x1bab"), st.characters()))
FORMS = [visible.block, visible.line, visible.message]


def commands(text, allowed):
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    return [sign for sign in text if (sign in NASTY or unicodedata.category(sign) in kinds) and sign not in allowed]


@given(TEXTS)
def test_no_form_leaves_a_control_character(text):
    assert not commands(visible.block(text), "\n\t")
    assert not commands(visible.message(text), "\n\t")
    assert not commands(visible.line(text), "")


@pytest.mark.parametrize("form", FORMS)
@given(text=TEXTS)
def test_what_is_visible_stays(form, text):
    assert form(form(text)) == form(text)


@given(TEXTS)
def test_clean_text_is_what_no_form_changes_but_for_lines(text):
    assert visible.is_clean(text) == (visible.block(text) == text)


@given(TEXTS)
def test_no_line_of_a_message_but_the_first_begins_like_one_of_ansible(text):
    assert all(not line or line[0].isspace() for line in visible.message(text).split("\n")[1:])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2J", "a\\x1b[2J"),
        ("\x9b31m", "\\u009b31m"),
        ("caf\udce9", "caf\\xe9"),
        ("\u202egro.elpmaxe", "\\u202egro.elpmaxe"),
        ("\U000e0041", "\\U000e0041"),
        ("one\r\n\ttwo", "one\\x0d\n\ttwo"),
        ("Zoë <zoë@example.com> 😀", "Zoë <zoë@example.com> 😀"),
    ],
)
def test_escapes_say_what_is_there(text, shown):
    assert visible.block(text) == shown


def test_a_result_is_clean_at_every_depth_keys_included():
    found = visible.result(
        {"msg": "a\nb", "diff": [{"before_header": "x\ny", "before": "1\n2"}], "k\x1b": {"\n": ("\x1b",)}}
    )
    assert found == {
        "msg": "a\n  b",
        "diff": [{"before_header": "x\\x0ay", "before": "1\n2"}],
        "k\\x1b": {"\\x0a": ["\\x1b"]},
    }
    assert visible.result({"changed": True, "n": None, "i": 1, "f": 0.5}) == {
        "changed": True,
        "n": None,
        "i": 1,
        "f": 0.5,
    }


SECRET = "planted-\x1b-a\nb"


def test_a_secret_with_control_characters_is_still_masked_in_results_and_warnings(monkeypatch, capsys):
    testing = pytest.importorskip("ansible.module_utils.testing")
    from plugins.module_utils.module import MomentumModule

    monkeypatch.setattr(MomentumModule, "_log_invocation", lambda self: None)
    with testing.patch_module_args({"word": SECRET}):
        made = MomentumModule({"word": {"type": "str", "no_log": True}})
        made.warn("the word is %s" % SECRET)
        with pytest.raises(SystemExit):
            made.fail_json(msg="no such word: %s" % SECRET, path="\x1b")
    said = capsys.readouterr().out
    assert "planted" not in said
    assert json.loads(said)["path"] == "\\x1b"
