# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate is offered: STARTTLS comes into the right list of extensions, or the result says why it does not."""

import pytest
from tls_node import Node, path

from plugins.module_utils.tls import inbound
from plugins.module_utils.tls.complaints import Refused

# What the vendor's sample has: a list without STARTTLS at the listener, which every Listen inherits.
SAMPLE = """ESMTP_Listener {
  SMTP_Extensions = ( "8BITMIME" "PIPELINING" "ENHANCEDSTATUSCODES" )
  Listen ":25" {
  }
  Listen ":465" {
    Use_SSL = true
  }
  Listen ":587" {
    SMTP_Extensions = ( "ENHANCEDSTATUSCODES" "AUTH LOGIN" )
  }
}
"""
LISTENER = {"scope": ["ESMTP_Listener"], "certificate": "/etc/mx.pem", "key": "/etc/mx.key"}


@pytest.fixture(autouse=True)
def _files_are_there(monkeypatch):
    monkeypatch.setattr("plugins.module_utils.tls.files.pairs.find", lambda *arguments: [])


def extensions(node, *scope):
    setting = node.effective().resolve(path(*scope), "SMTP_Extensions")
    return setting.value if setting else None


def begins(outcome):
    return {one["port"]: one["begin"] for one in outcome.offered}


def test_a_certificate_on_the_listener_of_the_sample_is_offered_on_every_port():
    node = Node(SAMPLE)
    node.after(LISTENER)
    assert extensions(node, "ESMTP_Listener") == ["8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES", "STARTTLS"]
    assert extensions(node, "ESMTP_Listener", 'Listen ":587"') == ["ENHANCEDSTATUSCODES", "AUTH LOGIN", "STARTTLS"]
    assert extensions(node, "ESMTP_Listener", 'Listen ":465"') == ["8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES"]
    outcome = node.resolve(LISTENER)
    assert begins(outcome) == {25: "starttls", 465: "implicit", 587: "starttls"} and outcome.warnings == []


def test_a_certificate_on_one_listen_leaves_the_others_as_they_are():
    node = Node(SAMPLE)
    outcome = node.resolve(dict(LISTENER, scope=["ESMTP_Listener", 'Listen ":25"']))
    assert begins(outcome) == {25: "starttls"}
    node.after(dict(LISTENER, scope=["ESMTP_Listener", 'Listen ":25"']))
    assert extensions(node, "ESMTP_Listener", 'Listen ":25"')[-1] == "STARTTLS"
    assert "STARTTLS" not in extensions(node, "ESMTP_Listener") + extensions(node, "ESMTP_Listener", 'Listen ":587"')


def test_what_is_inherited_from_a_target_of_the_same_task_is_not_repeated():
    node = Node(SAMPLE)
    text = node.after(LISTENER, dict(LISTENER, scope=["ESMTP_Listener", 'Listen ":25"']))
    assert text.count("PIPELINING") == 2  # the listener's own, and that of implicit TLS


@pytest.mark.parametrize("word", ["STARTTLS", "starttls", " StartTLS "])
def test_the_word_is_there_in_any_spelling(word):
    node = Node('ESMTP_Listener {\n  SMTP_Extensions = ( "%s" PIPELINING )\n  Listen ":25" {\n  }\n}\n' % word)
    outcome = node.resolve(LISTENER)
    assert "SMTP_Extensions" not in [change.subject for change in outcome.plan.changes]
    assert begins(outcome) == {25: "starttls"}


def test_a_configuration_without_a_list_gets_the_one_of_the_manual():
    node = Node('ESMTP_Listener {\n  Listen ":25" {\n  }\n}\n')
    node.after(LISTENER)
    assert extensions(node, "ESMTP_Listener") == ["ENHANCEDSTATUSCODES", "STARTTLS"]


def test_a_peer_with_a_list_of_its_own_is_offered_it_and_one_with_another_certificate_is_not_touched():
    node = Node(
        'ESMTP_Listener {\n  Listen ":25" {\n    Peer "192.0.2.1" {\n      SMTP_Extensions = ( "XCLIENT" )\n    }\n'
        '    Peer "192.0.2.2" {\n      TLS_Certificate = "none"\n      SMTP_Extensions = ( "XCLIENT" )\n    }\n  }\n}\n'
    )
    node.after(LISTENER)
    assert extensions(node, "ESMTP_Listener", 'Listen ":25"', 'Peer "192.0.2.1"') == ["XCLIENT", "STARTTLS"]
    assert extensions(node, "ESMTP_Listener", 'Listen ":25"', 'Peer "192.0.2.2"') == ["XCLIENT"]


def test_the_list_of_a_pathway_is_repeated_where_the_listener_has_none():
    node = Node(
        'Pathway "in" {\n  SMTP_Extensions = ( "8BITMIME" )\n}\nESMTP_Listener {\n  Pathway = "in"\n  Listen ":25" {\n  }\n}\n'
    )
    node.after(LISTENER)
    assert extensions(node, "ESMTP_Listener") == ["8BITMIME", "STARTTLS"]


def test_implicit_tls_in_the_same_task_takes_starttls_out_of_its_scope():
    node = Node(
        'ESMTP_Listener {\n  SMTP_Extensions = ( "STARTTLS" "8BITMIME" )\n  TLS_Certificate = "/etc/mx.pem"\n'
        '  Listen ":25" {\n  }\n}\n'
    )
    submissions = {"scope": ["ESMTP_Listener", 'Listen ":465"'], "implicit_tls": True}
    node.after(submissions)
    assert extensions(node, "ESMTP_Listener", 'Listen ":465"') == ["8BITMIME"]
    assert begins(node.resolve(submissions)) == {465: "implicit"}


def test_unmanaged_leaves_the_list_alone_and_still_says_what_is_offered():
    outcome = Node(SAMPLE).resolve(dict(LISTENER, offer="unmanaged"))
    assert "SMTP_Extensions" not in [change.subject for change in outcome.plan.changes]
    assert begins(outcome) == {25: "none", 465: "implicit", 587: "none"} and outcome.warnings == []
    assert "lack STARTTLS" in outcome.offered[0]["because"]


def test_required_offers_without_a_certificate_of_its_own_and_fails_where_there_is_none_at_all():
    requested = {"scope": ["ESMTP_Listener"], "offer": "required"}
    node = Node(SAMPLE.replace("{", '{\n  TLS_Certificate = "/etc/mx.pem"', 1))
    node.after(requested)
    assert begins(node.resolve(requested)) == {25: "starttls", 465: "implicit", 587: "starttls"}
    with pytest.raises(Refused) as refused:
        Node(SAMPLE).resolve(requested)
    assert "clients cannot begin TLS: no TLS_Certificate is set" in str(refused.value)


def test_a_certificate_of_a_listener_for_http_without_implicit_tls_is_said_to_be_useless():
    node = Node('HTTP_Listener {\n  Listen ":443" {\n  }\n}\n')
    outcome = node.resolve(dict(LISTENER, scope=["HTTP_Listener"]))
    assert begins(outcome) == {443: "none"} and "Use_SSL" in outcome.warnings[0]
    assert begins(node.resolve(dict(LISTENER, scope=["HTTP_Listener"], implicit_tls=True))) == {443: "implicit"}
    with pytest.raises(Refused):
        node.resolve(dict(LISTENER, scope=["HTTP_Listener"], offer="required"))


def test_certificates_of_clients_without_authorities_or_a_server_certificate_are_warned_of():
    warnings = Node(SAMPLE).resolve({"scope": ["ESMTP_Listener"], "verify_mode": "require"}).warnings
    assert any("TLS_Client_CA" in one for one in warnings) and any("no TLS_Certificate" in one for one in warnings)


def test_an_outbound_certificate_concerns_no_listener():
    node = Node(SAMPLE + 'Binding "out" {\n}\n')
    outcome = node.resolve({"bindings": ["out"], "certificate": "/etc/client.pem"})
    assert outcome.offered == [] and "SMTP_Extensions" not in [change.subject for change in outcome.plan.changes]


def test_a_global_certificate_is_reported_where_listeners_inherit_it_without_offering_it():
    outcome = Node(SAMPLE).resolve({"certificate": "/etc/mx.pem"})
    assert begins(outcome) == {25: "none", 465: "implicit", 587: "none"}
    assert len(outcome.warnings) == 2


def test_a_port_that_is_switched_off_is_no_entrance():
    node = Node('ESMTP_Listener {\n  Listen ":25" {\n  }\n  Listen ":587" {\n    Enable = false\n  }\n}\n')
    assert [one.port for one in inbound.entrances(node.effective())] == [25]
