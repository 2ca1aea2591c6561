# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the variables of an inventory declare about TLS at listeners, and which settings would undo it."""

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the filters run on the controller, which has Python 3.10 or newer", allow_module_level=True)

from plugins.plugin_utils.declared_tls import scopes, undone

LISTENER, SUBMISSIONS = ["ESMTP_Listener"], ["ESMTP_Listener", 'Listen ":465"']
CERTIFICATE = {"scope": LISTENER, "certificate": "/etc/mx.pem"}
WITHOUT = {"scope": LISTENER, "option": "smtp_extensions", "value": ["PIPELINING"]}


def test_the_scopes_of_targets_and_certificates_are_declared_once():
    certificates = [{"service": "smtp", "targets": [{"scope": LISTENER}, {"scope": SUBMISSIONS}]}, {"service": "webui"}]
    assert scopes([CERTIFICATE, {"scope": SUBMISSIONS, "implicit_tls": True}], certificates) == [
        LISTENER,
        SUBMISSIONS,
    ]


def test_bindings_the_global_scope_and_what_is_unmanaged_declare_nothing():
    targets = [{"bindings": ["out-*"], "certificate": "x"}, {"profile": "fips"}, {"scope": []}]
    assert scopes(targets + [dict(CERTIFICATE, offer="unmanaged")], []) == []


@pytest.mark.parametrize(
    ("setting", "targets", "found"),
    [
        (WITHOUT, [CERTIFICATE], ["ESMTP_Listener"]),
        (WITHOUT, [{"scope": ["esmtp_listener"], "offer": "required"}], ["ESMTP_Listener"]),
        (dict(WITHOUT, scope=["ESMTP_Listener", 'Listen ":25"']), [CERTIFICATE], ['ESMTP_Listener > Listen ":25"']),
        (dict(WITHOUT, value=["starttls"]), [CERTIFICATE], []),
        (dict(WITHOUT, state="absent"), [CERTIFICATE], []),
        (WITHOUT, [dict(CERTIFICATE, offer="unmanaged")], []),
        (WITHOUT, [dict(CERTIFICATE, certificate="none")], []),
        (WITHOUT, [dict(CERTIFICATE, scope=SUBMISSIONS)], []),
        (dict(WITHOUT, scope=SUBMISSIONS), [CERTIFICATE, {"scope": SUBMISSIONS, "implicit_tls": True}], []),
        (dict(WITHOUT, scope=SUBMISSIONS), [CERTIFICATE, {"scope": SUBMISSIONS, "implicit_tls": "yes"}], []),
        ({"option": "Max_Retries", "value": 3}, [CERTIFICATE], []),
    ],
)
def test_a_list_of_extensions_that_each_run_would_write_and_take_back_is_found(setting, targets, found):
    assert undone([setting], targets, []) == found


def test_a_certificate_of_a_service_is_undone_as_well():
    assert undone([WITHOUT], [], [{"service": "smtp", "targets": [{"scope": LISTENER}]}]) == ["ESMTP_Listener"]
