# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import names

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("MX1.Example.com.", "DNS:mx1.example.com"),
        ("dns:mx1", "DNS:mx1"),
        ("*.example.com", "DNS:*.example.com"),
        ("192.0.2.1", "IP:192.0.2.1"),
        ("IP Address:2001:DB8::0:1", "IP:2001:db8::1"),
        ("2001:db8::1", "IP:2001:db8::1"),
        ("DNS:192.0.2.1", "DNS:192.0.2.1"),
        ("[2001:db8::1]", "IP:2001:db8::1"),
        ("123456789012", "DNS:123456789012"),
        ("x" * 63 + "." + "y" * 63 + "." + "z" * 63 + "." + "w" * 61, None),
        ("xn--caf-dma.example", "DNS:xn--caf-dma.example"),
        ("email:Who@example.com", "email:Who@example.com"),
        ("URI:https://example.com/", "URI:https://example.com/"),
    ],
)
def test_a_name_has_one_form(text, expected):
    expected = expected or "DNS:" + text
    assert names.canonical(text) == expected
    assert names.canonical(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "-a.example",
        "*.com",
        "a.*.example",
        "IP:a",
        "caf\u00e9.example",
        "a..b",
        "x" * 64,
        "a:b",
        "a-.example",
    ]
    + [
        "\u212aelvin.example",
        "mx1.example..",
        ".",
        "mx1.example.com.\n.",
        "192.0.2.300",
        "1.2.3",
        "a\0.example",
        "IP:192.0.2.1/24",
    ]
    + [
        ".".join(["x" * 63] * 4),
        "email:a b@example.com",
        "email:example.com",
        "email:caf\u00e9@example.com",
        "email:a@b c",
    ]
    + ["URI:words", "URI:https://caf\u00e9/", "URI:https://a b/", "email:" + "x" * 65 + "@example.com", "URI:"],
)
def test_what_is_no_name_is_refused(text):
    with pytest.raises(CertificateError):
        names.canonical(text)


def test_an_asterisk_stands_for_exactly_one_label():
    known = ("DNS:*.example.com", "IP:192.0.2.1")
    assert names.covers(known, "mx1.example.com") and names.covers(known, "192.0.2.1")
    for requested in ("example.com", "a.b.example.com", "*.b.example.com", "192.0.2.2", "mx1.example.org"):
        assert not names.covers(known, requested)
    assert names.missing(known, ["a.example.com", "b.example.org"]) == ["DNS:b.example.org"]


@given(HOST)
def test_every_host_is_covered_by_itself_and_by_its_asterisk_only(host):
    parent = host.split(".", 1)[1]
    assert names.covers([names.canonical(host)], host.upper() + ".")
    assert names.covers(["DNS:*." + parent], host)
    assert not names.covers(["DNS:*." + host], host)


@given(st.lists(HOST, max_size=4))
def test_names_survive_being_put_into_a_certificate(hosts):
    requested = names.canonicals(hosts + ["192.0.2.7", "email:a@b.example", "URI:https://b.example/"])
    assert tuple(names.from_general(name) for name in names.to_general(requested)) == requested


@pytest.mark.parametrize("text", ["IP:fe80::1%eth0", "fe80::1%eth0", "[fe80::1%2]", "DNS:fe80::1%eth0"])
def test_an_address_with_a_zone_is_refused_with_what_to_write(text):
    """A certificate cannot have the zone, so that it would be found missing on every run."""
    with pytest.raises(CertificateError) as caught:
        names.canonical(text)
    assert text.startswith("DNS") or "has a zone" in str(caught.value) and "write fe80::1" in str(caught.value)
