# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from certificate_samples import certificate, key_text
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.x509 import pem

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


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_whatever_stands_in_a_file_every_block_is_complete_and_found_again(text):
    for block in pem.blocks(text):
        assert pem.blocks(block.text) == [block]


@given(st.binary())
def test_any_bytes_can_be_searched(text):
    assert pem.blocks(text) == [] or b"-----BEGIN" in text
    assert isinstance(pem.der(text), bytes)
