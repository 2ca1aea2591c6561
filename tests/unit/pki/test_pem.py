# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import base64

import pytest
from certificate_samples import certificate, key_text
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.pki.x509 import pem

PIECES = [
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"AAAA\n",
    b"words\n",
    b"-----BEGIN X-----\r\n",
]
LEAF = certificate()


def test_blocks_are_found_in_order_between_words_with_any_line_ends():
    text = b"words\r\n" + key_text().replace(b"\n", b"\r\n") + b"more\n" + LEAF
    assert [block.label for block in pem.blocks(text)] == ["PRIVATE KEY", "CERTIFICATE"]
    assert pem.private_keys(text) == [key_text()] and pem.certificates(text) == [LEAF]


def test_an_unfinished_block_is_none_and_does_not_swallow_the_next():
    half = LEAF.rsplit(b"-----END", 1)[0]
    assert pem.certificates(half) == []
    assert pem.certificates(half + LEAF) == [LEAF]
    assert pem.parse(half + LEAF).problems == ("line 1: the block CERTIFICATE has no END line; the text is truncated",)


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_whatever_stands_in_a_file_every_block_is_complete_and_found_again(text):
    for block in pem.blocks(text):
        assert pem.blocks(block.text) == [block._replace(line=1)]
        assert pem.obstacle(block.text) == "" and pem.is_plain(block.text)


@given(st.binary())
def test_any_bytes_can_be_searched(text):
    assert pem.blocks(text) == [] or b"-----BEGIN" in text
    assert isinstance(pem.der(text), bytes)


BODY = b"\n".join(LEAF.splitlines()[1:-1])


@pytest.mark.parametrize(
    "text",
    [
        LEAF.rstrip() + key_text(),
        LEAF[:-1] + b"words" + key_text(),
        b"\xef\xbb\xbf" + LEAF + key_text(),
        LEAF.replace(b"\n", b"\r") + key_text(),
        LEAF.replace(b"\n", b"\n  ") + b"\n" + key_text(),
        LEAF.replace(b"\n", b"\n\n") + key_text(),
        b"<pre>" + LEAF + b"</pre>" + key_text(),
    ],
)
def test_what_openssl_does_not_read_is_decoded_and_told(text):
    assert [block.text for block in pem.blocks(text)] == [LEAF, key_text()]
    assert pem.parse(text).problems == () and "OpenSSL cannot read the block" in pem.obstacle(text)


@pytest.mark.parametrize(
    "text", [LEAF.replace(b"\n", b"\r\n"), LEAF.replace(b"\n", b" \t\n"), b"issuer=\n" + LEAF + b"x"]
)
def test_line_ends_blanks_behind_and_words_are_no_obstacle(text):
    assert pem.certificates(text) == [LEAF] and pem.obstacle(text) == "" and pem.parse(text).problems == ()


@pytest.mark.parametrize(
    "text, words",
    [
        (LEAF[:-40], "no END line"),
        (LEAF[30:], "no BEGIN line"),
        (BODY, "line 1: base64 without its BEGIN line"),
        (b"\xef\xbb\xbf" + BODY, "line 1: base64 without its BEGIN line"),
        (LEAF.replace(b"-----B", b"----B"), "line 1: a BEGIN or END line is damaged"),
        (LEAF.replace(b"-----BEGIN", "\u2014\u2014-BEGIN".encode()), "a BEGIN or END line is damaged"),
        (LEAF.replace(b"END CERT", b"END X CERT"), "line 1: the block CERTIFICATE ends as X CERTIFICATE"),
        (LEAF.replace(BODY, b"<br>".join(BODY.splitlines())), "not base64"),
        (LEAF.replace(BODY, b""), "empty"),
    ],
)
def test_what_looks_like_a_part_of_a_block_is_told_not_dropped(text, words):
    for around in (text, LEAF + text):
        problems = pem.parse(around).problems
        assert any(words.replace("line 1", "line ") in one or words in one or words[8:] in one for one in problems), (
            problems
        )
        assert pem.obstacle(around)


def test_lines_of_more_than_64_characters_are_for_new_versions_of_openssl_only():
    text = LEAF.replace(BODY, BODY.replace(b"\n", b""))
    assert pem.certificates(text) == [LEAF] and pem.obstacle(text) == "" and not pem.is_plain(text)


def test_a_trusted_certificate_becomes_one_that_every_program_reads():
    content = pem.der(LEAF) + b"\x30\x0a\x0c\x08settings"
    text = LEAF.replace(b"CERT", b"TRUSTED CERT").replace(BODY, base64.encodebytes(content).rstrip())
    assert pem.certificates(text) == [LEAF]
