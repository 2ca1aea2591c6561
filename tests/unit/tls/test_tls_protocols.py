# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS_Protocols as sets, by version of Momentum and of OpenSSL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.host.program import Ran
from plugins.module_utils.tls.errors import TlsError
from plugins.module_utils.tls.values import protocols
from plugins.module_utils.tls.values.openssl_library import Library

VERSIONS = ["3.6.6", "4.1.0.2", "4.2", "4.6", "5.0", "5.3"]
LIBRARIES = [None] + [
    Library(version, "test", lambda command, timeout: Ran(1, "Unknown option"))
    for version in [(0, 9, 8), (1, 0, 2), (1, 1, 0), (1, 1, 1), (3, 0, 19), (3, 5, 0)]
]
SIGNED = st.builds(
    lambda sign, name: sign + name, st.sampled_from("+-"), st.sampled_from(("ALL",) + protocols.PROTOCOLS[:5])
)
TEXTS = st.lists(SIGNED, min_size=1, max_size=8).map(":".join)
PLACES = st.tuples(st.sampled_from(VERSIONS), st.sampled_from(LIBRARIES))


def names(text):
    return frozenset(text.split())


@pytest.mark.parametrize(
    "version, library, requested",
    [
        ("3.6.6", (0, 9, 8), "SSLv2 SSLv3 TLSv1.0"),
        ("3.6.6", (1, 0, 2), "SSLv2 SSLv3 TLSv1.0 TLSv1.1 TLSv1.2"),
        ("4.2", (1, 0, 2), "SSLv2 SSLv3 TLSv1.0 TLSv1.1 TLSv1.2"),
        ("4.2", (1, 1, 1), "TLSv1.0 TLSv1.1 TLSv1.2"),
        ("4.6", (1, 1, 0), "TLSv1.0 TLSv1.1 TLSv1.2"),
        ("4.6", (1, 1, 1), "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
        ("5.3", (1, 1, 1), "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
        ("5.3", (3, 5, 0), "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
    ],
)
def test_all_means_what_version_and_library_can_speak(version, library, requested):
    able = protocols.resolve("+ALL", version, Library(library, "test"))
    assert able == names(requested)
    assert protocols.resolve("", version, Library(library, "test")) == able


def test_a_text_that_begins_with_a_minus_takes_away_from_the_default():
    assert protocols.resolve("-SSLv2:-SSLv3", "4.2") == names("TLSv1.0 TLSv1.1 TLSv1.2")
    assert protocols.resolve("+TLSv1.2", "4.6") == names("TLSv1.2")


def test_ssl_is_without_effect_from_openssl_1_1_0_on_and_tls_1_0_and_1_1_are_not():
    assert protocols.resolve("+ALL:+SSLv3", "5.3") == names("TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3")
    assert protocols.resolve("+ALL:-TLSv1.0", "5.3") == names("TLSv1.1 TLSv1.2 TLSv1.3")
    assert protocols.resolve("+TLSv1.1", "5.3") == names("TLSv1.1")
    assert protocols.resolve("+SSLv3", "5.3") == frozenset()


def test_ssl_3_counts_where_the_openssl_of_the_node_has_it():
    def run(command, _timeout):
        return Ran(0 if command == ("openssl", "ciphers", "-ssl3", "ALL") else 1, "")

    assert "SSLv3" in protocols.resolve("+ALL", "5.3", Library((3, 0, 0), "test", run))
    assert "SSLv3" not in protocols.resolve("+ALL:-SSLv3", "5.3", Library((3, 0, 0), "test", run))


@pytest.mark.parametrize(
    "text, version, words",
    [
        (":ALL:-SSLv3", "3.6.6", "column 1"),
        ("ALL:-SSLv3", "4.2", "neither + nor -"),
        ("+ALL::-SSLv3", "4.2", "column 6"),
        ("+ALL:-SSLv4", "4.2", "did you mean SSLv3?"),
        ("+ALL:-TLSv1.3", "4.5", "not known to Momentum 4.5, at column 6"),
        ("+ALL", "3.6.5", "without TLS_Protocols"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_column(text, version, words):
    with pytest.raises(TlsError) as caught:
        protocols.resolve(text, version)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "requested, version, library, text",
    [
        ("TLSv1.2 TLSv1.3", "5.3", (3, 0, 0), "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"),
        ("TLSv1.2", "4.2", (1, 0, 2), "+ALL:-SSLv2:-SSLv3:-TLSv1.0:-TLSv1.1"),
        ("TLSv1.3", "4.6", (1, 1, 1), "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1:-TLSv1.2"),
    ],
)
def test_a_set_is_spelled_as_the_manual_does(requested, version, library, text):
    assert protocols.spell(names(requested), version, Library(library, "test")) == text


@given(PLACES, st.frozensets(st.sampled_from(protocols.PROTOCOLS)))
def test_what_is_spelled_is_read_back_as_far_as_the_node_can_speak_it(place, requested):
    version, library = place
    able = protocols.resolve("+ALL", version, library)
    if requested & able:
        assert protocols.resolve(protocols.spell(requested, version, library), version, library) == requested & able
    else:
        with pytest.raises(TlsError):
            protocols.spell(requested, version, library)


@given(PLACES, TEXTS, SIGNED)
def test_the_last_token_decides_and_saying_it_twice_changes_nothing(place, text, token):
    before, after = protocols.resolve(text, *place), protocols.resolve(text + ":" + token, *place)
    able = protocols.resolve("+ALL", *place)
    named = able if token[1:] == "ALL" else able & {token[1:]}
    assert after == (before | named if token[0] == "+" else before - named)
    assert protocols.same(text + ":" + token, text + ":" + token + ":" + token, *place)
