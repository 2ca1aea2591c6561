# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets among a task's arguments are known by their place, whatever has been made of the arguments."""

import pytest

from plugins.module_utils import arguments
from plugins.module_utils.arguments import Secret
from plugins.module_utils.redaction.redaction import MASK

SETTING = {"option": {"type": "str"}, "value": {"type": "raw"}, "secret": {"type": "bool", "no_log": False}}
USER = {"name": {"type": "str"}, "password": {"type": "str", "no_log": True}}
FILE = {"path": {"type": "path"}, "content": {"type": "str", "no_log": True}, "settings": {"type": "dict"}}
SPECIFICATION = {
    "passphrase": {"type": "str", "no_log": True},
    "settings": {"type": "list", "elements": "dict", "options": SETTING},
    "file": {"type": "dict", "options": {"users": {"type": "list", "elements": "dict", "options": USER}}},
    "files": {"type": "list", "elements": "dict", "options": FILE},
    "uri": {"type": "str"},
    "mode": {"type": "str"},
}


@pytest.mark.parametrize(
    "given, shown, found",
    [
        ({"mode": "0640", "passphrase": None}, {"mode": "0640", "passphrase": None}, []),
        ({"passphrase": "1"}, {"passphrase": MASK}, [Secret("passphrase", "1", True)]),
        ({"uri": "http://u:p@h/"}, {"uri": "http://u:%s@h/" % MASK}, [Secret("uri", "p", True)]),
        (
            {"settings": [{"option": "Password", "value": 12345}, {"option": "A", "value": "b", "secret": True}]},
            {"settings": [{"option": "Password", "value": MASK}, {"option": "A", "value": MASK, "secret": True}]},
            [Secret("settings[0].Password", "12345", True), Secret("settings[1].A", "b", True)],
        ),
        (
            {"settings": [{"option": "Own", "value": {"user": "u", "pass": "p"}}]},
            {"settings": [{"option": "Own", "value": {"user": "u", "pass": MASK}}]},
            [Secret("settings[0].Own", "p", True)],
        ),
        (
            {"file": {"users": [{"name": "n", "password": "p"}]}},
            {"file": {"users": [{"name": "n", "password": MASK}]}},
            [Secret("file.users[0].password", "p", True)],
        ),
        (
            {"files": [{"path": "/a", "content": "c"}, {"settings": {"bindpw": "p", "port": 1}}]},
            {"files": [{"path": "/a", "content": MASK}, {"settings": {"bindpw": MASK, "port": 1}}]},
            [Secret("files[0].content", "c", False), Secret("files[1].settings", "p", True)],
        ),
        # What Ansible refuses before it is read.
        ({"unknown": "x"}, {"unknown": MASK}, [Secret("unknown", "x", False)]),
        ({"settings": "option=Password"}, {"settings": MASK}, [Secret("settings", "option=Password", False)]),
        ({"settings": ["x"]}, {"settings": [MASK]}, [Secret("settings[0]", "x", False)]),
    ],
)
def test_arguments_are_shown_without_their_secrets(given, shown, found):
    assert arguments.shown(SPECIFICATION, given) == shown
    assert list(arguments.secrets(SPECIFICATION, given)) == found


TEXTS = {
    "owner": {"type": "str"},
    "pem": {"type": "str"},
    "paths": {"type": "list", "elements": "path"},
    "transactions": {"type": "list", "elements": "str"},
    "files": {"type": "list", "elements": "dict", "options": dict(FILE, names={"type": "list", "elements": "str"})},
    "scopes": {"type": "list", "elements": "list"},
    "value": {"type": "raw"},
    "free": {"type": "dict"},
}


@pytest.mark.parametrize("sign", "\n\r\x00\x0b\x0c\x1b\x7f\x85\x9b\u2028\u2029")
@pytest.mark.parametrize(
    "given, place",
    [
        (lambda text: {"owner": text}, "owner"),
        (lambda text: {"paths": ["/a", text]}, "paths[1]"),
        (lambda text: {"files": [{"path": "/a"}, {"path": text}]}, "files[1].path"),
        (lambda text: {"files": [{"names": ["a", text]}]}, "files[0].names[1]"),
        (lambda text: {"scopes": [["a"], ["b", text]]}, "scopes[1][1]"),
    ],
)
def test_a_text_that_would_become_two_lines_is_named_by_its_place(given, place, sign):
    (words,) = arguments.unusable(TEXTS, given("x%sy" % sign), frozenset())
    assert words == place + " must be one line without control characters"


@pytest.mark.parametrize("empty", [None, ""])
def test_an_element_that_is_nothing_is_named_by_its_place(empty):
    given = {"paths": ["/a", empty], "transactions": [empty], "owner": empty}
    assert list(arguments.unusable(TEXTS, given, frozenset())) == ["paths[1] is empty; give it a value or leave it out"]


def test_what_may_be_several_lines_and_what_is_no_text_is_left_alone():
    given = {
        "pem": "a\nb\n",
        "files": [{"path": "/größe\u2019\udcff\t", "content": "a\nb", "settings": {"a\nb": "c\nd"}, "names": None}],
        "value": "a\nb",
        "free": {"a": "b\n"},
        "paths": None,
        "unknown": 1,
    }
    assert list(arguments.unusable(TEXTS, given, frozenset(["pem"]))) == []
    (words,) = arguments.unusable(TEXTS, {"pem": "a\n"}, frozenset(["files.path"]))
    assert "begins with >- or |-" in words
    assert list(arguments.unusable(TEXTS, {"files": [{"path": "a\nb"}]}, frozenset(["files.path"]))) == []


@pytest.mark.parametrize(
    "value", ["9" * 5000, 10**5000, -(10**30), " %s " % ("1" * 21)], ids=["text", "number", "negative", "blanks"]
)
@pytest.mark.parametrize("listed", [False, True])
def test_a_number_that_python_cannot_show_is_refused_by_its_place(value, listed):
    option = {"type": "list", "elements": "int"} if listed else {"type": "int"}
    given = [7, value] if listed else value
    specification = {"units": {"type": "list", "elements": "dict", "options": {"days": option}}}
    words = arguments.against(specification, {"units": [{"days": given}]})
    assert words.startswith("units[0].days%s: a number has at most 20 digits" % ("[1]" if listed else ""))


@pytest.mark.parametrize("value", [0, -1, 2**64 - 1, "587", "25,465,587,2525,10025,10026", None, True, "x"])
def test_every_other_number_is_left_to_ansible(value):
    specification = {"ports": {"type": "list", "elements": "int"}, "days": {"type": "int"}}
    assert arguments.against(specification, {"ports": value, "days": None if "," in str(value) else value}) == ""
