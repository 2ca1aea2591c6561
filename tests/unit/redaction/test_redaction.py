# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are recognised, masked, and still seen to change."""

import json
import re
import shlex
import urllib.parse
from typing import Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.ecconf import EditError
from plugins.module_utils.ecconf.syntax.atoms import atom_text
from plugins.module_utils.redaction import connection_strings, loose_secrets, redaction


def test_a_task_can_name_further_secret_options():
    assert redaction.is_secret("Own_Word", frozenset(["own_word"]))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("pgsql:host=db;user=u;password=abc;port=1", "pgsql:host=db;user=u;password=********;port=1"),
        ("http://user:abc@host/path", "http://user:********@host/path"),
        ("nothing = here", "nothing = here"),
    ],
)
def test_passwords_inside_a_text_are_masked_alone(text, shown):
    assert redaction.mask_text(text) == shown


def test_a_changed_secret_is_marked_as_old_and_new():
    before, after = redaction.difference(b'Password = "one"\nUser = "u"\n', b'Password = "two"\nUser = "u"\n')
    assert before == 'Password = "******** (old)"\nUser = "u"\n'
    assert after == 'Password = "******** (new)"\nUser = "u"\n'


def test_an_unchanged_secret_makes_no_difference():
    before, after = redaction.difference(b'Password = "one"\nA = 1\n', b'Password = "one"\nA = 2\n')
    assert before == 'Password = "********"\nA = 1\n'
    assert after == 'Password = "********"\nA = 2\n'


def test_secrets_in_comments_and_in_text_that_does_not_parse_are_masked():
    before, after = redaction.difference(b'# Password = "planted"\n', b'} Password = "planted"\n')
    assert "planted" not in before + after


def test_secrets_inside_lists_and_dictionaries_are_masked():
    text = b'uri = ( "pgsql:host=db;password=planted" )\nAuthParameters = [ user = "u" secret = "planted2" ]\n'
    shown, _after = redaction.difference(text, b"")
    assert "planted" not in shown and '"u"' in shown


STRANGE = [
    "it's",
    'say "x"',
    "back\\slash",
    'two\nlines "and" quotes',
    "100%s%%",
    "e\u0301\U0001f600",
    "1",
    "",
    "yes",
    "true",
    "0123",
    "YWJj+/==",
    '{"a": ["b"]}',
    "{{ x }}",
    "Password",
    "#jinja2:",
    "y" * 9000,
]


@pytest.mark.parametrize("secret", STRANGE)
@pytest.mark.parametrize(
    "before, after",
    [
        ("Outbound_SMTP_AUTH_Pass = ", "\nOther = yes # 1\n"),
        ("AuthLoginParameters = [ user = u  password = ", "  map = [ user = %u ] ]\nMax_Retries = 1\n"),
        ("Own = ( [ n = 1 secret = ( ", " ) ] yes 1 )\n"),
        ('D "true" {\n  Community = ', " # yes\n}\n0123 = true\n"),
        ("x = [ # [ ]\n a = 1 /* b */ token=", "]"),
    ],
)
def test_a_secret_is_hidden_by_its_position_whatever_it_is(before, after, secret):
    one, other = atom_text(secret, '"'), atom_text(secret + "x", '"')
    shown = redaction.difference((before + one + after).encode(), (before + other + after).encode())
    assert shown == tuple(before + '"%s%s"' % (redaction.MASK, mark) + after for mark in (" (old)", " (new)"))
    shown = redaction.difference((before + one + after).encode(), (before + one + after + "A = 1\n").encode())
    assert shown == tuple(before + '"%s"' % redaction.MASK + after + more for more in ("", "A = 1\n"))


@pytest.mark.parametrize("secret", STRANGE)
def test_a_password_in_a_connection_string_is_hidden_alone(secret):
    quoted = "'%s'" % secret.replace("\\", "\\\\").replace("'", "\\'")
    text = "pgsql:host=db password = %s port=1"
    try:
        one = atom_text(text % quoted, '"')
    except EditError:  # the language cannot hold it
        return
    content = ('Datasource "d" { uri = ( %s ) }' % one).encode()
    before, _after = redaction.difference(content, content)
    assert before == 'Datasource "d" { uri = ( "%s" ) }' % (text % ("'%s'" % redaction.MASK))
    assert redaction.mask_text(text % quoted) == text % ("'%s'" % redaction.MASK)


@pytest.mark.parametrize(
    "text, kept",
    [
        ("} Password = hunter2 more\nUser = u\n", "User = u"),
        ('} Password "hunter2\nmore', "} Password"),
        ('{ "Password": "hunter2", "user": "u" }', '"user": "u"'),
        ("# the old password:\n#   hunter2\n# user: u\n", "# user: u"),
        ("/* Password = [ hunter2\n more ] x */\nA = b\n", "A = b"),
        ("A = ( b # Password = hunter2 more\n c )\n", "c )"),
        ("# https://u:hunter2/more@x/ and so on\n# A\n", "# A"),
        ("TLS_Key = '-----BEGIN PRIVATE KEY-----\nhunter2\nmore\n-----END PRIVATE KEY-----'\nB = c", "B = c"),
        ("# ask --password=hunter2 more\n# A", "# A"),
        ("# -----BEGIN RSA PRIVATE KEY-----\n# hunter2\n# more", "PRIVATE KEY"),
        ("include 'https://u:hunter2more@x/'\nA = b", "A = b"),
        ('Password "hunter2 more" { A = b }', "A = b"),
        ("pgsql 'host=x password=hunter2 more' { A = b }", "A = b"),
    ],
)
def test_what_is_no_value_is_hidden_to_the_end_of_its_line_or_quotation(text, kept):
    before, _after = redaction.difference(text.encode(), b"")
    assert "hunter2" not in before and "more" not in before and kept in before


def test_two_options_that_exchange_their_secrets_are_seen_to_change():
    texts = [b"A { Password = %s }\nB { Password = %s }\n" % pair for pair in ((b"one", b"two"), (b"two", b"one"))]
    before, after = redaction.difference(*texts)
    assert before.count("(old)") == after.count("(new)") == 2


def test_bytes_that_are_no_text_are_compared_as_bytes():
    before, after = redaction.difference(b"Password = '\xff'\nA = \xff", b"Password = '\xfe'\nA = \xff")
    assert before == 'Password = "******** (old)"\nA = \ufffd' and "(new)" in after


@given(st.text(max_size=20))
def test_everything_but_the_secret_stays_byte_for_byte(secret):
    try:
        written = atom_text(secret, '"')
    except EditError:
        return
    before, after = redaction.difference(
        ("Secret = %s\nA = yes" % written).encode("utf-8", "surrogateescape"), b"A = yes"
    )
    assert before == 'Secret = "******** (old)"\nA = yes' and after == "A = yes"


@pytest.mark.parametrize("secret", [one for one in STRANGE if len(one) >= redaction.SHORTEST])
@pytest.mark.parametrize("quote", [str, repr, json.dumps, lambda text: repr([text, "it's"])])
def test_the_words_of_a_program_are_searched_for_known_secrets_in_every_spelling(secret, quote):
    words = redaction.hide("refused: %s at line 7" % quote(secret), [secret])
    assert quote(secret)[1:-1] not in words and "at line 7" in words and secret.split("\n")[0] not in words


def test_a_secret_that_a_program_cut_off_is_hidden_as_far_as_it_goes():
    secret = "correct-horse-battery-staple"
    assert redaction.hide("near 'correct-horse-b...' of line 7", [secret]) == "near '********...' of line 7"
    assert redaction.hide("the words end with correct-horse", [secret]) == "the words end with ********"
    assert redaction.hide("it is correct and a staple", [secret]) == "it is correct and a staple"


OTHERWISE = {
    "broken lines": lambda text: "\r\n    ".join(text[at : at + 7] for at in range(0, len(text), 7)),
    "other blanks": lambda text: text.replace(" ", "\t  "),
    "a shell's quotes": shlex.quote,
    "a shell's backslashes": lambda text: "".join("\\" + one if one in " '$&\"" else one for one in text),
    "a shell's command": lambda text: shlex.quote("x -p " + shlex.quote(text)),
    "a URL": lambda text: urllib.parse.quote(text, safe=""),
    "a URL in part": lambda text: urllib.parse.quote(text, safe="'/ü+"),
    "a form": urllib.parse.quote_plus,
    "a URL in small letters": lambda text: re.sub("%..", lambda found: found.group().lower(), urllib.parse.quote(text)),
    "all of it in escapes": lambda text: "".join("%%%02X" % octet for octet in text.encode()),
    "a URL in broken lines": lambda text: "\n".join(
        urllib.parse.quote_plus(text[at : at + 3]) for at in range(0, len(text), 3)
    ),
}


@pytest.mark.parametrize("form", OTHERWISE)
@pytest.mark.parametrize("secret", ["planted it's ü+ber$ & more", "plantedsecret", "planted/%41 100%+x"])
def test_a_secret_is_found_whatever_a_program_puts_into_it(form, secret):
    said = OTHERWISE[form](secret)
    shown = redaction.without("refused: %s near line 7" % said, [secret])
    assert re.fullmatch(r"refused: ['\"\\ px-]*\*{8}['\"]* near line 7", shown), shown


def test_what_is_cut_off_is_found_in_broken_lines_too():
    said = OTHERWISE["broken lines"]("correct-horse-battery-staple")[:-13]
    assert redaction.without("refused: %s" % said, ["correct-horse-battery-staple"]) == "refused: ********"


def test_what_is_left_of_a_short_secret_without_its_blanks_is_not_searched_for():
    assert redaction.without("is it in there", ["i s i t"]) == "is it in there"
    assert redaction.without("100%+x and 50%", ["planted-secret"]) == "100%+x and 50%"


def test_a_program_that_quotes_the_configuration_is_not_passed_on():
    content = b'A = 1\n  Password = "ab" # x\nMax_Retries = 20\n'
    words = 'line 2: Password = "ab" # x\nline 3: near Max_Retries = 20: no number'
    shown = redaction.without_lines(words, [content])
    assert shown == "line 2: (a line of the configuration)\nline 3: near (a line of the configuration): no number"
    known = redaction.secrets_of([content])
    assert "ab" not in known and redaction.hide("near 'Password = \"ab\" # x', what", known).startswith("near '****")


PIECES = ["a=1 ", "password=x ", "'a':", "a:\n", "x=(", 'x="', "a://b:c@ password=x "]


@pytest.mark.parametrize("piece", PIECES)
def test_the_number_of_keys_in_a_text_decides_about_the_work_not_its_square(piece):
    """The service account writes the files, and root searches them: 1 MiB of keys took hours."""
    looked: Dict[str, int] = {}

    def work(search, count):
        def is_secret(name, value):
            looked["octets"] += len(value)
            return name == "password"

        looked["octets"] = 0
        list(search(piece * count, is_secret))
        return looked["octets"]

    for search in (connection_strings.spans, loose_secrets.spans):
        assert work(search, 4000) <= 5 * work(search, 1000)


def test_keys_that_never_end_are_one():
    text = "# " + "-----BEGIN PRIVATE KEY-----" * 1000
    assert [(start, end) for start, end, _name in loose_secrets.spans(text, lambda name, value: False)] == [
        (29, len(text))
    ]


def test_a_line_full_of_secrets_is_not_kept_for_each_of_them():
    text = "# " + "password='x%d' " * 2000 % tuple(range(2000))
    assert max(map(len, redaction.secrets_of([text.encode()]))) < 100


def test_a_path_that_goes_on_is_not_taken_for_the_name_of_a_key_file():
    text = "api_signing_key=/" + "a" * 300 + "/b/+c secret"
    assert redaction.mask_text(text) == "api_signing_key=********"


@given(
    st.lists(st.text(alphabet='ab\\"\n<', min_size=1, max_size=20), max_size=4),
    st.text(alphabet='ab\\"\n<', max_size=30),
)
def test_the_quick_search_finds_what_a_search_for_each_secret_finds(secrets, rest):
    text = rest.join(secrets) + rest
    forms = {redaction._part_in(form, text) for secret in secrets for form in redaction.spellings(secret)} - {""}
    found = redaction.without(text, secrets)
    assert found != text or not forms  # more may be hidden: blanks and quotation marks do not count
    assert not any(form in found for form in forms)
