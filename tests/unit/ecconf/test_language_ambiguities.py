# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ambiguities A1 to A16 of the undocumented grammar, each with the decision of docs/language.md."""

import pytest
from ecconf import EditError, ParseError, edit, parse, warnings
from ecconf.syntax.values import to_text


def value(text):
    """The value of the only option of a text."""
    (option,) = parse(text).items
    return option.value


def refused(text):
    """Line and column where a text is refused, and what is there."""
    with pytest.raises(ParseError) as caught:
        parse(text)
    return caught.value.line, caught.value.column, caught.value.text


def messages(text):
    """The remarks about a text."""
    return [remark.message for remark in warnings(parse(text))]


def test_a1_a_bare_word_ends_at_white_space_or_a_structural_character_and_is_written_quoted():
    assert value("a = /x:y*@?&%+!|$~<>;z") == "/x:y*@?&%+!|$~<>;z"
    assert refused("a = b{}") == (1, 6, "{")
    assert [item.value for item in parse("a = b c = d").items] == ["b", "d"]
    document = parse("a = /x")
    edit.set_option(document, (), "a", "/y")
    assert str(document) == 'a = "/y"'


def test_a2_single_quotes_delimit_a_string_and_stay_but_new_strings_are_double_quoted():
    assert value("a = 'x \" y'") == 'x " y'
    document = parse("a = 'x'")
    edit.set_option(document, (), "a", "y z")
    edit.set_option(document, (), "b", "y z")
    assert str(document) == "a = 'y z'\nb = \"y z\""
    assert messages("a = 'x'") == ["single quotes are undocumented (A2)"]


@pytest.mark.parametrize(
    "raw, text",
    [
        (r'"say \"x\""', 'say "x"'),
        (r'"\d\w\."', r"\d\w\."),
        (r'"a\\"', r"a\\"),
        (r'"\r\n"', r"\r\n"),
        (r"'it\'s \"'", "it's \\\""),
    ],
)
def test_a3_only_the_escaped_delimiter_is_resolved_every_other_escape_keeps_both_characters(raw, text):
    assert value("a = " + raw) == text
    assert parse("a = " + to_text(text, raw)).items[0].value == text


def test_a3_an_unterminated_string_is_reported_where_it_opens():
    assert refused('a = 1\nb = "C:\\"\nc = 2\n')[:2] == (2, 5)


@pytest.mark.parametrize("text", ["a b\\", 'a\\"b', '\\"', "a\0b"])
def test_a3_text_that_no_escape_can_express_is_not_written(text):
    document = parse("a = 1")
    with pytest.raises(EditError) as caught:
        edit.set_option(document, (), "a", text)
    assert text not in str(caught.value) and repr(text) not in str(caught.value), "it may be a secret"
    assert str(document) == "a = 1"


def test_a3_a_backslash_at_the_end_is_written_bare_where_that_is_allowed():
    assert value("a = " + to_text("C:\\")) == "C:\\"


def test_a4_a_comment_starts_at_a_number_sign_even_in_a_word_and_at_a_slash_and_star_only_at_a_token():
    document = parse("a = b#c\nd = x/*y\n/* e = 1 */ f = 2")
    assert [(item.name, item.value) for item in document.items] == [("a", "b"), ("d", "x/*y"), ("f", "2")]
    assert messages("d = x/*y") == ["'/*' inside a word is read as part of the word (A4)"]
    assert document.items[1].lead == "#c\n"


def test_a5_a_bare_instance_is_one_word_up_to_white_space_or_the_brace():
    scope = parse(r"Domain /google\.(com|es|ru)$/{ a = 1 }").items[0]
    assert (scope.instance, scope.items[0].value) == (r"/google\.(com|es|ru)$/", "1")
    assert parse("Listen /tmp/2025 {}").items[0].instance == "/tmp/2025"
    assert refused("Domain /a{2}/ {}") == (1, 12, "}")


def test_a6_an_equals_sign_before_a_brace_is_read_as_a_scope_kept_and_remarked():
    for text, instance in [("Listener = { a = 1 }", None), ('Replicate = "x" { }', "x"), ("R='x'\n{ }", "x")]:
        document = parse(text)
        assert (document.items[0].instance, str(document)) == (instance, text)
        assert [message[-4:] for message in messages(text)] == ["(A6)"]
    assert refused("a = x { }") == (1, 7, "{")


def test_a7_instances_compare_by_unquoted_text_and_letter_case_names_without_case():
    document = parse(
        'domain example.com { a = 1 }\nDOMAIN "example.com" { a = 2 }\ndomain Example.com { a = 3 }\n'
        'listen ":25" { }\nlisten "*:25" { }'
    )
    assert [option.value for option in edit.find_options(document, (("Domain", "example.com"),), "A")] == ["1", "2"]
    assert len(edit.find_scopes(document, (("Listen", ":25"),))) == 1


def test_a8_of_a_repeated_option_the_last_assignment_is_the_one_in_force_and_lists_do_not_append():
    document = parse('a = ("x")\ns { }\na = ("y")\n')
    assert [option.value for option in edit.find_options(document, (), "a")][-1] == ["y"]
    edit.set_option(document, (), "a", ["z"])
    assert str(document) == 'a = ("x")\ns { }\na = ("z")\n'


def test_a9_a_comma_separates_in_lists_and_is_part_of_the_word_elsewhere():
    assert value('a = (b,c, "d,e",f)') == ["b", "c", "d,e", "f"]
    assert value("a = b,c") == "b,c"
    assert value("a = [ b = c, d = e ]") == {"b": "c,", "d": "e"}
    assert messages("a = b,c") == ["a comma outside a list is read as part of the word (A9)"]
    assert len(messages("a = [ b = c, d = e ]")) == 1
    assert messages('a = ("b", c) d = [ e = "f,g" ]') == []


def test_a10_a_scalar_without_an_equals_sign_is_refused_at_the_value():
    assert refused("a = 1\n  name value\nb = 2") == (2, 8, "value")
    assert refused('name "value"') == (1, 6, '"value"')
    assert value("name [ a = b ]") == {"a": "b"}
    assert value("name ( a b )") == ["a", "b"]


def test_a11_values_nested_in_values_are_read_but_never_written():
    assert value("a = [ b = ( c [ d = e ] ) ]") == {"b": ["c", {"d": "e"}]}
    assert value("a = ( (b) [] )") == [["b"], {}]
    for nested in ([["b"]], {"b": {}}, [{"b": "c"}], {"b": ["c"]}):
        with pytest.raises(EditError):
            to_text(nested)


@pytest.mark.parametrize(
    "text, position",
    [
        ("include { }", (1, 9, "{")),
        ('include "a" { }', (1, 13, "{")),
        ("include = a", (1, 9, "=")),
        ("Readonly_Include (a)", (1, 18, "(")),
        ("include", (1, 8, "")),
    ],
)
def test_a12_include_is_a_keyword_never_an_option_or_a_scope(text, position):
    assert refused(text) == position


def test_a12_words_that_only_begin_like_the_keyword_are_names():
    assert [item.name for item in parse("included = 1 include_x { }").items] == ["included", "include_x"]


def test_a13_a_second_instance_is_refused_where_it_stands():
    assert refused('Listen "a" "b" { }') == (1, 12, '"b"')
    assert refused("Listen a b { }") == (1, 10, "b")


def test_a14_every_byte_of_every_character_set_survives():
    data = b'a = "\xe9\xff\x01"\n# \x80 \xc3\xa9\nb = \xc3\xa9\n'
    assert bytes(parse(data)) == data
    assert parse(data).items[1].value == "\xe9"
    assert parse("\ufeffa = 1").items[0].name == "a"


@pytest.mark.parametrize("line", ["a\0 = 1", 'a = "b\0"', "# c\0", "\0", "a = 1 /* \0 */", 'include "b\0c"'])
def test_a14_a_nul_ends_the_text_for_a_program_in_c_and_is_refused_wherever_it_is(line):
    text = "x = 1\n%s\ny = {\n" % line
    assert refused(text)[:2] == (2, line.index("\0") + 1)
    with pytest.raises(ParseError, match="expected no NUL character.*; remove it"):
        parse(text)


def test_a15_the_old_lists_are_lists_of_words():
    assert value("Esmtp_Listener=(*.25)") == ["*.25"]
    assert value("Debug_Flags = 0x0101") == "0x0101"


def test_a16_an_unknown_form_refuses_the_file_at_the_item_so_that_nothing_is_edited_by_guess():
    assert refused("a = 1\nstrange <- form\nb = 2") == (2, 9, "<-")
