# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts with which a node may try to have the controller run something, or to get another text into a file of variables."""

import itertools

HEADERS = [
    "#jinja2: variable_start_string:'[%', variable_end_string:'%]'\n",
    "#jinja2:variable_start_string:'<<',variable_end_string:'>>'\n",
    "#jinja2: block_start_string:'((', block_end_string:'))'\n",
]
DELIMITERS = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("{#", "#}"),
    ("[%", "%]"),
    ("<<", ">>"),
    ("((", "))"),
    ("${", "}"),
    ("{{-", "-}}"),
]
YAML = [
    "!unsafe x",
    "!!python/object/apply:os.system [id]",
    "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00",
    "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
    "&anchor x",
    "*anchor",
    "<<: *anchor",
    "? key\n: value",
    "- a\n- b",
    "{a: b}",
    "[a, b]",
    "a: b",
    "# comment",
    "x # comment",
    "---\nmomentum_license: /etc/shadow",
    "...\n",
    "%YAML 1.2",
    "| \n text",
    '"',
    "'",
    "\\",
    '\\"\nmomentum_license: /etc/shadow\nx: "',
    "`",
    "@",
    "\t",
]
WORDS = [
    "",
    " ",
    " x ",
    "0660",
    "12",
    "-1",
    "1e3",
    "0x10",
    "0o17",
    "1_000",
    "12:30:45",
    "yes",
    "no",
    "on",
    "off",
    "True",
    "null",
]
WORDS += [
    "None",
    "~",
    "2026-11-21",
    "2026-11-21T10:00:00Z",
    ".inf",
    ".nan",
    "=",
    "<<",
    "{'a': 1}",
    "['a']",
    "omit",
    "__omit_place_holder__",
]
BREAKS = [
    "a\nb",
    "a\r\nb",
    "a\rb",
    "\n",
    "a\n\n",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "a\x0bb",
    "a\x0cb",
    "a\x00b",
    "\x00",
]
LETTERS = [
    "\ufeffx",
    "\u200bx",
    "\u202ex",
    "e\u0301",
    "\xe9",
    "\U0001f600",
    "\x1b[31mred",
    "\x7f",
    "\xa0",
    "\ufffd",
    "\uffff",
]


def texts(command):
    """All of them, each once; `command` is what none of them may get to run: a shell command without quotes."""
    calls = [
        "lookup('pipe', '%s')" % command,
        "lookup('ansible.builtin.pipe', '%s')" % command,
        "q('pipe', '%s')" % command,
    ]
    expressions = [start + " " + call + " " + end for (start, end), call in itertools.product(DELIMITERS, calls[:1])]
    expressions += ["{{ %s }}" % call for call in calls] + [
        "{%% set x = %s %%}" % calls[0],
        "{% raw %}{{ x }}",
        "{{ 7*7",
    ]
    headed = [header + text for header, text in itertools.product(HEADERS, expressions)]
    wrapped = [
        before + calls_in + after
        for calls_in in expressions[:2]
        for before, after in (("'", "'"), ('"', '"'), ("a\n", "\nb"))
    ]
    long = ["x" * 70000, "{{ " + "x" * 7000 + " }}", "word " * 2000]
    return list(dict.fromkeys(expressions + headed + wrapped + YAML + WORDS + BREAKS + LETTERS + long))


def settings(command):
    """The texts in every place of `momentum_settings`: scope, option, value, element, key and value of a dictionary."""
    found = texts(command)
    whole = [{"scope": [text, "Domain " + text], "option": text, "value": text} for text in found]
    return whole + [
        {"scope": [], "option": "all", "value": found},
        {"scope": [], "option": "keys", "value": dict(zip(found, found))},
    ]
