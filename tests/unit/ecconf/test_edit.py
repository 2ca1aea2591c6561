# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes by example: what the text looks like afterwards."""

import pytest
from ecconf import EditError, edit, parse, parse_path

MAIN = """\
# header

# where mail waits
SpoolBase = /var/spool  # big disk
Max_Retries = 5

Security {
  user = "ecuser"
  group = 'ec'  # its group
}

ESMTP_Listener {
  TLS_Key = "/a"
  Listen ":25" {}
  # last one
  Listen ":587" { Enable = true  Other = 1 }
}
"""


def after(text, name, scope, *arguments):
    """The text after one change that must change it, or the same text after one that must not."""
    document = parse(text)
    changed = getattr(edit, name)(document, parse_path(scope), *arguments)
    assert changed == (str(document) != text)
    return str(document)


@pytest.mark.parametrize(
    "scope, name, value, old, new",
    [
        ([], "spoolbase", "/x", "/var/spool  #", '"/x"  #'),
        ([], "MAX_RETRIES", 7, "Retries = 5", "Retries = 7"),
        (["security"], "user", "root", '"ecuser"', '"root"'),
        (["SECURITY"], "group", "x", "'ec'  #", "'x'  #"),
        (["esmtp_listener", "listen :587"], "enable", False, "true", "false"),
        (["security"], "chroot", "/jail", "# its group\n", '# its group\n  chroot = "/jail"\n'),
        ([], "new_option", 1, "Retries = 5\n", "Retries = 5\nNew_Option = 1\n"),
        (["ESMTP_Listener"], "tls_cert", "/c", '"/a"\n', '"/a"\n  TLS_Cert = "/c"\n'),
        (["esmtp_listener", "listen :587"], "third", 3, "= 1 }", "= 1  Third = 3 }"),
        (["esmtp_listener", "listen :25"], "Enable", True, "{}", "{\n    Enable = true\n  }"),
        (
            ["esmtp_listener", "Listen :26"],
            "Enable",
            True,
            "= 1 }\n",
            '= 1 }\n  Listen ":26" {\n    Enable = true\n  }\n',
        ),
        (["Swiftlet"], "A", 1, "1 }\n}\n", "1 }\n}\n\nSwiftlet {\n  A = 1\n}\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_setting_an_option_changes_its_value_or_adds_it_like_its_neighbours(scope, name, value, old, new, line_end):
    text = MAIN.replace("\n", line_end)
    assert MAIN.count(old) == 1
    assert after(text, "set_option", scope, name, value) == MAIN.replace(old, new).replace("\n", line_end)


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("a = x", "a", "x"),
        ('a = "x"', "A", "x"),
        ("a = 'x'", "a", "x"),
        ("a = on", "a", True),
        ('a = "Disabled"', "a", False),
        ("a = 25", "a", "25"),
        ('a = "25"', "a", 25),
        ("a = (x 'y')", "a", ["x", "y"]),
        ("a [ b = 'c' ]", "a", {"b": "c"}),
    ],
)
def test_setting_the_value_that_is_there_changes_nothing(text, name, value):
    assert after(text, "set_option", [], name, value) == text


@pytest.mark.parametrize(
    "text, result",
    [
        ("", "b = 1\n"),
        ("# only\n", "# only\nb = 1\n"),
        ("# only", "# only\nb = 1"),
        ("a = 2", "a = 2\nb = 1"),
        ("a = 2 # c", "a = 2 # c\nb = 1"),
        ("a=2\n", "a=2\nb=1\n"),
        ("\ta = 2\n", "\ta = 2\n\tb = 1\n"),
        ("long  = 1\nx     = 2\n", "long  = 1\nx     = 2\nb     = 1\n"),
        ("a = 2 /* x\n y */\n", "a = 2 /* x\n y */\nb = 1\n"),
        ("a = 2 s { }\n", "a = 2 b = 1 s { }\n"),
        ("a = 2\ninclude x\n", "a = 2\nb = 1\ninclude x\n"),
        ("include x\n", "include x\nb = 1\n"),
        ("# head\n\n# about s\ns { }\n", "# head\n\nb = 1\n# about s\ns { }\n"),
        ("\ufeffa = 2\r\n", "\ufeffa = 2\r\nb = 1\r\n"),
        ("# head\n\ns { }\n", "# head\n\nb = 1\ns { }\n"),
    ],
)
def test_a_new_option_of_a_file_finds_its_place(text, result):
    assert after(text, "set_option", [], "b", 1) == result


@pytest.mark.parametrize(
    "text, result",
    [
        ("s {}", "s {\n  b = 1\n}"),
        ("s { }\n", "s {\n  b = 1\n}\n"),
        ("s {\n}\n", "s {\n  b = 1\n}\n"),
        ("s {\n  # note\n}\n", "s {\n  # note\n  b = 1\n}\n"),
        ("s { # note\n}\n", "s { # note\n  b = 1\n}\n"),
        ("s { a = 2 }", "s { a = 2 b = 1 }"),
        ("s {a=2}", "s {a=2 b=1}"),
        ("s {\n\ta = 2\n}", "s {\n\ta = 2\n\tb = 1\n}"),
        ("s {\n  t { }\n}\n", "s {\n  b = 1\n  t { }\n}\n"),
        ("s { # x\n  t { }\n}\n", "s { # x\n  b = 1\n  t { }\n}\n"),
        ("s { t { } }", "s { b = 1 t { } }"),
        ("s {\n}\ns {\n}\n", "s {\n}\ns {\n  b = 1\n}\n"),
        ("s {\n  t {\n      c = 1\n  }\n}\n", "s {\n  b = 1\n  t {\n      c = 1\n  }\n}\n"),
    ],
)
def test_a_new_option_of_a_scope_finds_its_place(text, result):
    assert after(text, "set_option", ["s"], "b", 1) == result


def test_a_bare_value_never_runs_into_what_follows():
    assert after('a="x"b=1', "set_option", [], "a", 5) == 'a="5"b=1'
    document = parse("a=(x)b=1")
    edit.set_option(document, (), "a", 5)
    assert str(document) == "a=5 b=1"
    document = parse("a=(x)/* c */")
    edit.set_option(document, (), "a", 5)
    assert str(document) == "a=5 /* c */"


def test_a_dictionary_without_equals_sign_gets_one_when_it_becomes_a_scalar():
    assert after("a [ b = c ]", "set_option", [], "a", "x") == 'a = "x"'


@pytest.mark.parametrize(
    "text, result",
    [
        ("b = 1\n", ""),
        ("a = 2\nb = 1 # gone\nc = 3\n", "a = 2\nc = 3\n"),
        ("# kept\nb = 1\n", "# kept\n"),
        ("a = 2 b = 1 c = 3\n", "a = 2 c = 3\n"),
        ("a = 2 b = 1\n", "a = 2\n"),
        ("b = 1 a = 2\n", "a = 2\n"),
        ("a = 2\nb = 1", "a = 2\n"),
        ("b = 1\na = 2\nB = 3\n", "a = 2\n"),
        ("a = 1 b = (x)/* c */\n", "a = 1 /* c */\n"),
        ("a = 2\r\n\r\nb = 1\r\n", "a = 2\r\n\r\n"),
        ("  b = (\n 1\n)\n  a = 2\n", "  a = 2\n"),
        ("a = 1\n", "a = 1\n"),
    ],
)
def test_unset_removes_the_line_or_only_the_bytes(text, result):
    assert after(text, "unset_option", [], "b") == result


@pytest.mark.parametrize(
    "text, result",
    [
        ("b = 1 # c\n", "# b = 1 # c\n"),
        ("  b = (\n    x\n  )\na = 1\n", "  # b = (\n  #   x\n  # )\na = 1\n"),
        ("a = 2 b = 1 c = 3\n", "a = 2 # b = 1\nc = 3\n"),
        ("b = 1", "# b = 1"),
        ("b = 1 /* x\ny */\n", "# b = 1\n/* x\ny */\n"),
    ],
)
def test_comment_out_keeps_the_words_where_they_stand(text, result):
    assert after(text, "comment_out", [], "b") == result
    assert not edit.find_options(parse(result), (), "b")


def test_an_option_is_renamed_in_every_assignment_and_moved_with_its_value_as_written():
    assert after("Old = 1 # c\nOLD = 2\n", "rename_option", [], "old", "new") == "new = 1 # c\nnew = 2\n"
    assert after("b = 'x'\ns {\n}\n", "move_option", [], "b", parse_path(["s"])) == "s {\n  b = 'x'\n}\n"
    assert (
        after("b = 'x'\ns {\n  b = 1 # c\n}\n", "move_option", [], "b", parse_path(["S"])) == "s {\n  b = 'x' # c\n}\n"
    )
    assert after("b = 1\n", "move_option", [], "b", ()) == "b = 1\n"


def test_scopes_are_made_renamed_and_removed_in_the_style_of_their_siblings():
    listener = 'L\n{\n  Listen "a"{ }\n}\n'
    assert after(listener, "ensure_scope", ["l", "listen b"]) == 'L\n{\n  Listen "a"{ }\n  Listen "b"{ }\n}\n'
    assert after(listener, "ensure_scope", ["M"]) == listener + "\nM\n{\n}\n"
    assert after("node a {\n}\n", "ensure_scope", ["node b"]) == "node a {\n}\n\nnode b {\n}\n"
    assert after("node a {\n}\n", "ensure_scope", ['node "b c"']) == 'node a {\n}\n\nnode "b c" {\n}\n'
    assert after(listener, "ensure_scope", ["L", "LISTEN a"]) == listener
    assert after(listener, "rename_scope", ["L", "Listen a"], ("Listen", "b")) == listener.replace('"a"', '"b"')
    assert after("s x { }", "rename_scope", ["s x"], ("t", None)) == "t  { }"
    assert after("s{ }", "rename_scope", ["s"], ("t", "y")) == 't "y"{ }'
    assert after("a { }\n\nb { }\n\nc { }\n", "remove_scope", ["b"]) == "a { }\n\nc { }\n"


def test_includes_are_made_once_changed_in_kind_and_removed():
    assert after("a = 1\ns { }\n", "ensure_include", [], "x.conf") == 'a = 1\ns { }\ninclude "x.conf"\n'
    assert after("include y\ns { }\n", "ensure_include", [], "x", True) == 'include y\nreadonly_include "x"\ns { }\n'
    assert after("Include 'x'\n", "ensure_include", [], "x") == "Include 'x'\n"
    assert after("include 'x' # c\n", "ensure_include", [], "x", True) == "readonly_include 'x' # c\n"
    assert after("a = 1\ninclude x\n", "remove_include", [], "x") == "a = 1\n"


@pytest.mark.parametrize(
    "name, scope, arguments",
    [
        ("set_option", [], ("a b", 1)),
        ("set_option", [], ("include", 1)),
        ("set_option", [], ("", 1)),
        ("set_option", [], ("/*a", 1)),
        ("set_option", ["new"], ("x", None)),
        ("rename_option", [], ("a", "b=c")),
        ("rename_scope", [], (("x", None),)),
        ("remove_scope", [], ()),
        ("ensure_scope", ["Include"], ()),
        ("rename_scope", ["s"], (("s", "a \\"),)),
        ("ensure_include", ["new"], ("a \\",)),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_changes(name, scope, arguments):
    document = parse("a = 1\ns { }\n")
    with pytest.raises(EditError):
        getattr(edit, name)(document, tuple((one, None) for one in scope), *arguments)
    assert str(document) == "a = 1\ns { }\n"
