# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles, suites, groups and GnuTLS priority strings; the last against the real GnuTLS where the machine has one."""

import ctypes
import ctypes.util
import warnings

import pytest

from plugins.module_utils.tls.errors import TlsError
from plugins.module_utils.tls.profiles import profiles
from plugins.module_utils.tls.values import groups, openssl_library, priority, suites

NEW = openssl_library.Library(
    (3, 0, 0), "OpenSSL 3.0.0", lambda command, timeout: openssl_library.Ran(1, answer(command))
)


def answer(command):
    return "connect:errno=111" if command[3] in ("P-256", "x25519") else "Call to SSL_CONF_cmd(-curves) failed"


@pytest.fixture(scope="module")
def gnutls():
    name = ctypes.util.find_library("gnutls")
    if name is None:
        warnings.warn("the comparison with GnuTLS is skipped: no library", stacklevel=2)
        return pytest.skip("libgnutls is absent")
    found = ctypes.CDLL(name)

    def accepts(text):
        return found.gnutls_priority_init(ctypes.byref(ctypes.c_void_p()), text.encode(), None) == 0

    return accepts


def test_of_one_name_the_newest_profile_is_found():
    assert profiles.find("mozilla-intermediate") == profiles.find("mozilla-intermediate@6.0")
    assert profiles.find("mozilla-intermediate@5.7").dhe is True
    with pytest.raises(TlsError) as caught:
        profiles.find("mozila-modern")
    assert "did you mean mozilla-modern@6.0" in str(caught.value) and "bsi-tr-02102-2@2026-01" in str(caught.value)


@pytest.mark.parametrize("name", profiles.names())
def test_a_profile_says_where_it_comes_from(name):
    profile = profiles.find(name)
    assert profile.source and profile.date[:2] == "20" and profile.protocols
    assert profile.smtp_floor is ("TLSv1.2" in profile.protocols)
    assert not profile.groups or groups.NIST & set(profile.groups)
    assert all(name in suites.SUITES for name in profile.suites)


@pytest.mark.parametrize("version", ["4.1", "5.3"])
@pytest.mark.parametrize("name", [name for name in profiles.names() if "modern" not in name])
def test_gnutls_takes_each_profile_as_a_priority_string(gnutls, name, version):
    profile = profiles.find(name)
    text = priority.from_profile(profile, version)
    assert gnutls(text), text
    assert priority.protocols(text, version) - {"SSLv3"} <= set(profile.protocols)


@pytest.mark.parametrize("text", ["NORMAL:-VERS-SSL3.0", "SECURE256:+AES-128-GCM", "NORMAL:%SERVER_PRECEDENCE"])
def test_both_take_these_strings(gnutls, text):
    priority.check(text, "5.3")
    assert gnutls(text)


@pytest.mark.parametrize("text", ["NORMAAL", "NORMAL:-VERS-SSL4.0", "NORMAL:AES-128-GCM", "NORMAL:+FOO"])
def test_both_refuse_these_strings(gnutls, text):
    assert not gnutls(text)
    with pytest.raises(TlsError):
        priority.check(text, "5.3")


@pytest.mark.parametrize(
    "text, version, words",
    [
        ("P-256:x25519", "5.2", "is a list"),
        ("P-256", "4.1", "needs Momentum 4.2"),
        ("P-256::x25519", "5.3", "empty part"),
        ("P-256: x25519", "5.3", "blank"),
        ("P-256:X25519MLKEM768", "5.3", "ML-KEM needs OpenSSL 3.5"),
        ("P-265", "5.3", "did you mean P-256?"),
    ],
)
def test_groups_that_would_be_refused_are_named_before(text, version, words):
    groups.check("P-256:x25519", "5.3", NEW)
    with pytest.raises(TlsError) as caught:
        groups.check(text, version, NEW)
    assert words in str(caught.value)


def test_names_of_one_curve_are_the_same():
    assert groups.normal("P-256:X25519") == groups.normal("prime256v1:x25519") == groups.normal("secp256r1:x25519")


def test_a_suite_that_does_not_exist_is_named():
    with pytest.raises(TlsError) as caught:
        suites.check("TLS_AES_256_GCM_SHA348", NEW)
    assert "did you mean TLS_AES_256_GCM_SHA384?" in str(caught.value)
