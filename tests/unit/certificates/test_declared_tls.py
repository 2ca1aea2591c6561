# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the variables of an inventory declare TLS at listeners."""

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the filters run on the controller, which has Python 3.10 or newer", allow_module_level=True)

from plugins.plugin_utils.declared_tls import scopes
from plugins.plugin_utils.entries import EntryError

LISTENER, SUBMISSIONS = ["ESMTP_Listener"], ["ESMTP_Listener", 'Listen ":465"']
CERTIFICATE = {"scope": LISTENER, "certificate": "/etc/mx.pem"}


def test_the_scopes_of_targets_and_certificates_are_declared_once():
    certificates = [{"service": "smtp", "targets": [{"scope": LISTENER}, {"scope": SUBMISSIONS}]}, {"service": "webui"}]
    assert scopes([CERTIFICATE, {"scope": SUBMISSIONS, "implicit_tls": True}], certificates) == [
        LISTENER,
        SUBMISSIONS,
    ]


def test_bindings_the_global_scope_and_what_is_unmanaged_declare_nothing():
    targets = [{"bindings": ["out-*"], "certificate": "x"}, {"profile": "fips"}, {"scope": []}]
    assert scopes(targets + [dict(CERTIFICATE, offer="unmanaged")], []) == []


WRONG = [
    (
        None,
        "momentum_tls_targets is empty (nothing, null or ~ after the colon), but must be a list of dictionaries, [] for none",
    ),
    ({"scope": []}, "momentum_tls_targets is a dictionary"),
    ([{}, "x"], "momentum_tls_targets[1] is a text, but must be a dictionary"),
]


@pytest.mark.parametrize(("targets", "words"), WRONG)
def test_a_value_of_the_wrong_kind_is_named_by_its_place(targets, words):
    with pytest.raises(EntryError) as caught:
        scopes(targets, [])
    assert str(caught.value).startswith(words)


def test_targets_of_certificates_are_named_by_their_places():
    with pytest.raises(EntryError, match=r"momentum_certificates\[1\].targets\[0\] is empty"):
        scopes([], [{}, {"targets": [None]}])


def test_a_scope_in_a_text_is_no_list_of_letters():
    assert scopes([{"scope": "ESMTP_Listener"}], []) == [["ESMTP_Listener"]]
