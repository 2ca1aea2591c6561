# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read: every construct, what the nodes say about it, and how errors are reported."""

import json
import os
import pickle

import pytest
from ecconf import ParseError, format_path, parse, parse_path, warnings

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[os.pardir] * 2 + ["samples"])


# What linters of text files would not let pass as a file.
ODD = {
    "bom-crlf-tabs": b'\xef\xbb\xbf# with a byte order mark\r\nSecurity {\r\n\tuser = "ecuser"\t# tab\r\n}\r\n',
    "not-utf8": b'Name = "caf\xe9 \xff"\n# \x80\x01\nOdd = "a\x01b"\nScope "x" { }',
}


def sample(name):
    """The bytes of a sample."""
    if name in ODD:
        return ODD[name]
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


@pytest.mark.parametrize("name", sorted(ODD) + sorted(name for name in os.listdir(SAMPLES) if name.endswith(".conf")))
def test_every_sample_survives_byte_for_byte_and_becomes_json(name):
    document = parse(sample(name), name)
    assert bytes(document) == sample(name)
    assert json.loads(json.dumps(document.to_data())) == document.to_data()
    assert bool(warnings(document)) == (name == "tolerated.conf")


def test_every_construct_of_the_sample_means_what_the_manuals_say():
    document = parse(sample("every-construct.conf"))
    values = {item.name: item.value for item in document.items if hasattr(item, "kind")}
    assert values["max_resident_messages"] == "250000" and values["SpoolMode"] == "0640"
    assert values["Empty"] == "" and values["tight"] == "yes" and values["Items"] == "2"
    assert values["Next_Line"] == "the value stands on the next line"
    assert values["Query"] == "SELECT name\n  FROM people WHERE name = '%{vctx:name}'"
    assert values["Escaped"] == 'say "hello" to \\d+ and \\\\ '
    assert values["Uri"] == "digest:///opt/lab/digest.conf" and values["Address"] == "fd01:345::1"
    assert values["Relay_Hosts"] == ["192.0.2.0/24", "198.51.100.0/24"] and values["Debug_Flags"] == []
    assert values["Header_List"] == ["From", "To", "Subject"] and values["Nodes"] == ["one", "two"]
    assert values["Peers"] == {"n1.lab.test": "192.0.2.11", "192.0.2.12": "192.0.2.12", "8": "eight"}
    assert values["Parameters"] == {"realm": "lab"} and values["hook:notify"] == {"enabled": "true"}
    scopes = [(item.key, item.instance) for item in document.items if hasattr(item, "items")]
    assert scopes == [
        ("security", None),
        ("esmtp_listener", None),
        ("control_listener", None),
        ("domain", "#smpp#lab"),
        ("domain", "lab.test"),
        ("domain", r"/^mx[0-9]+\.(lab|test)$/"),
        ("domain", r"/^(a|b){2}\.test$/"),
        ("pathway", "main"),
    ]
    includes = [(item.target, item.readonly) for item in document.items if hasattr(item, "target")]
    assert includes == [("local.conf", False), ("common.conf", True)]


def test_an_option_keeps_its_name_as_written_and_compares_in_lower_case():
    option = parse("\n\nTLS_Key = 'a'").items[0]
    assert (option.name, option.key, option.value, option.kind, option.raw, option.line) == (
        "TLS_Key",
        "tls_key",
        "a",
        "scalar",
        "'a'",
        3,
    )


def test_plain_data_tells_options_scopes_and_includes_apart_and_has_lines():
    assert parse('a = 1\ns "x" {\n  include b\n  c = ( d )\n}\nt { }').to_data() == [
        {"option": "a", "line": 1, "value": "1"},
        {
            "scope": "s",
            "instance": "x",
            "line": 2,
            "items": [{"include": "b", "readonly": False, "line": 3}, {"option": "c", "line": 4, "value": ["d"]}],
        },
        {"scope": "t", "instance": None, "line": 6, "items": []},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a /* x */ = /* y */ 1",
        "a # x\n= # y\n1",
        "s /* x */ y /* z */ { }",
        "s # x\n{ }",
        "include # x\n a",
        'a = ( b /* c */ d # ) "\n)',
        "a = [ b /* c */ = # x\n d ]",
        "a # x\n [ b = c ]",
    ],
)
def test_comments_may_stand_between_any_two_tokens(text):
    document = parse(text)
    assert str(document) == text and len(document.items) == 1
    assert warnings(document) == []


def test_white_space_is_blank_tab_and_line_ends_nothing_else():
    assert parse("a = b\x0bc\x0cd\xa0e").items[0].value == "b\x0bc\x0cd\xa0e"


@pytest.mark.parametrize(
    "text, line, column, found, expected",
    [
        ("}", 1, 1, "}", "an option"),
        ("a = 1\n]", 2, 1, "]", "an option"),
        ("= 1", 1, 1, "=", "an option"),
        ("a", 1, 2, "", "'='"),
        ("a =", 1, 4, "", "a value"),
        ("a = }", 1, 5, "}", "a value"),
        ("a = # c\n", 2, 1, "", "a value"),
        ("a = (b", 1, 7, "", "')'"),
        ("a = (b]", 1, 7, "]", "')'"),
        ("a = [b c]", 1, 8, "c", "'=' after"),
        ("a = [b =]", 1, 9, "]", "a value"),
        ("a = [b", 1, 7, "", "'=' after"),
        ("a = (b = c)", 1, 8, "=", "element"),
        ("s {\n", 2, 1, "", "'}' to close the stanza of line 1"),
        ('a = "b\nc', 1, 5, '"b', "to end the string"),
        ("a = 'b", 1, 5, "'b", "to end the string"),
        ("a = 1 /* b", 1, 7, "/* b", "to end the comment"),
        ("a b {", 1, 6, "", "'}'"),
        ("a = 1\r\n  b c\r\n", 2, 5, "c", "'='"),
        ("a = " + "x" * 99 + " {", 1, 105, "{", "an option"),
    ],
)
def test_an_error_says_where_what_stands_there_and_what_was_expected(text, line, column, found, expected):
    with pytest.raises(ParseError) as caught:
        parse(text, "main.conf")
    error = caught.value
    assert (error.filename, error.line, error.column, error.text) == ("main.conf", line, column, found)
    assert expected in error.expected
    assert str(error).startswith("main.conf:%d:%d: expected " % (line, column))
    assert isinstance(error, ValueError) and str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_long_offending_text_is_shortened():
    with pytest.raises(ParseError) as caught:
        parse("name " + "x" * 500)
    assert len(caught.value.text) == 40 and caught.value.text.endswith("...")
    assert str(caught.value).startswith("<text>:1:6: ")


def test_a_scope_path_is_read_with_the_lexer_of_the_language_and_written_for_people():
    path = parse_path(["ESMTP_Listener", 'Listen ":25"', r"Domain /a(b|c)$/", "node n1.lan", "x"])
    assert path == (
        ("ESMTP_Listener", None),
        ("Listen", ":25"),
        ("Domain", "/a(b|c)$/"),
        ("node", "n1.lan"),
        ("x", None),
    )
    assert format_path(path[:2]) == 'ESMTP_Listener > Listen ":25"'
    assert format_path(()) == "global"


@pytest.mark.parametrize("element", ["", "a b c", "{", '"a', "a {", "a = b", 'a "b" c', "a # b"])
def test_what_is_no_scope_name_is_refused_with_the_element(element):
    with pytest.raises(ValueError) as caught:
        parse_path(["good", element])
    assert repr(element) in str(caught.value)


HOSTILE = {
    "unterminated strings": '"',
    "unterminated single quotes": "'",
    "comment openers": "/*",
    "comment openers in words": "a/*",
    "number signs": "#",
    "escapes": '"\\',
    "one long word": "a",
    "words": "a ",
    "assignments without value": "a = ",
    "names without value": "a\n",
    "open braces": "{",
    "open scopes": "a {",
    "closing braces": "}",
    "open lists": "a = (",
    "list elements": "(a ",
    "open dictionaries": "a [",
    "pairs": "[a=b ",
    "commas": "a=(,",
    "white space": " \n",
    "comments": "#x\n",
    "stars": "/***",
    "equals signs": "=",
    "includes": "include ",
    "instances": 'a "b" ',
    "nul": "\x00",
    "carriage returns": "\r",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
@pytest.mark.parametrize("before", ["", "a = 1\n", "a = (", "s x", "a = [k="])
@pytest.mark.parametrize("after", ["", "?", "\n}"])
def test_hostile_text_is_read_without_loss_or_refused_inside_the_text(kind, before, after):
    text = before + HOSTILE[kind] * (8000 // len(HOSTILE[kind])) + after
    try:
        assert str(parse(text)) == text
    except ParseError as error:
        assert 1 <= error.line <= text.count("\n") + 1
