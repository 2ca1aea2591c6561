# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of reading: nothing lost, nothing invented, nothing raised but ParseError."""

import re

import ecconf.syntax.parser
from ecconf import ParseError, parse
from ecconf.syntax.lexer import TRIVIA
from ecconf_strategies import DOCUMENTS, SOUP, without_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# Nothing here is timed; machines differ.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# The pattern for whole statements with every alternative but the closing brace taken away.
TOKENS_ONLY = re.compile(r"(%s)(?:(?!)()()()()()()|(\})|)" % TRIVIA)


def outcome(text):
    """The pieces of a document with the lines, or the error."""
    try:
        document = parse(text)
    except ParseError as error:
        return "refused", error.args
    return "read", [(item.line,) + item.pieces() for _container, item in document.walk()] + [document.tail]


@unhurried
@given(DOCUMENTS)
def test_generated_documents_give_back_every_byte_and_the_data_they_stand_for(generated):
    text, data = generated
    document = parse(text)
    assert str(document) == text
    assert without_lines(document.to_data()) == data


@unhurried
@given(DOCUMENTS)
def test_the_line_of_every_item_is_the_line_its_name_stands_in(generated):
    text, _data = generated
    document = parse(text)
    depth_first, pos = [], len(document.mark)
    stack = [(document, 0)]
    while stack:
        container, index = stack.pop()
        if index == len(container.items):
            pos += len(container.tail) + 1
            continue
        stack.append((container, index + 1))
        item = container.items[index]
        depth_first.append((item.line, text.count("\n", 0, pos + len(item.lead)) + 1))
        pos += sum(len(piece) for piece in item.pieces())
        if hasattr(item, "items"):
            stack.append((item, 0))
    assert all(line == expected for line, expected in depth_first)


@unhurried
@given(st.one_of(SOUP, DOCUMENTS.map(lambda generated: generated[0])))
def test_the_pattern_for_whole_statements_and_the_token_reader_agree(text):
    fast = outcome(text)
    whole = ecconf.syntax.parser.STATEMENT
    ecconf.syntax.parser.STATEMENT = TOKENS_ONLY
    try:
        assert outcome(text) == fast
    finally:
        ecconf.syntax.parser.STATEMENT = whole


@unhurried
@given(st.one_of(st.text(), SOUP))
def test_any_text_is_read_without_loss_or_refused_with_a_position(text):
    try:
        assert str(parse(text, "f")) == text
    except ParseError as error:
        lines = text.split("\n")
        assert error.filename == "f" and error.expected
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
        assert lines[error.line - 1][error.column - 1 :].startswith(error.text.replace("...", "")[:1])


@unhurried
@given(st.binary())
def test_any_bytes_are_read_without_loss_or_refused(data):
    try:
        assert bytes(parse(data)) == data
    except ParseError as error:
        assert str(error).startswith("<text>:%d:%d: " % (error.line, error.column))


@unhurried
@given(DOCUMENTS, st.data())
def test_any_truncation_is_read_without_loss_or_refused(generated, data):
    text, _data = generated
    cut = text[: data.draw(st.integers(0, len(text)))]
    try:
        assert str(parse(cut)) == cut
    except ParseError as error:
        assert error.expected
