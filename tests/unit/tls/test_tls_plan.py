# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written for a target, what is left alone because it means the same, and what is refused."""

import pytest
from tls_node import FakeLibrary, Node, old_library

from plugins.module_utils.tls.complaints import Refused
from plugins.module_utils.tls.values import protocols

LISTENER = """ESMTP_Listener {
  Listen ":25" {
  }
}
"""


def complaints(node, *targets, **keywords):
    with pytest.raises(Refused) as refused:
        node.resolve(*targets, **keywords)
    return refused.value.complaints


def test_two_spellings_of_one_set_of_protocols_are_no_change():
    node = Node('TLS_Protocols = "+ALL:-ALL:+TLSv1.2"\n', "4.2", old_library())
    assert node.resolve({"protocols": "+ALL:-SSLv2:-SSLv3:-TLSv1.0:-TLSv1.1"}).plan.edits == []


def test_the_same_text_means_more_where_tls_1_3_is_known():
    node = Node('TLS_Protocols = "+ALL:-ALL:+TLSv1.2"\n', "4.6")
    assert "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1" in node.after({"protocols": "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"})


def test_cipher_lists_are_equal_by_what_they_expand_to_and_by_order():
    node = Node('TLS_Ciphers = "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384"\n')
    same = {"ciphers": "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:!aNULL"}
    other = {"ciphers": "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"}
    assert node.resolve(same).plan.edits == []
    assert len(node.resolve(other).plan.changes) == 1


def test_booleans_are_equal_by_meaning():
    node = Node("ESMTP_Listener {\n  TLS_Allow_Renegotiation = off\n}\n")
    assert node.resolve({"scope": ["esmtp_listener"], "renegotiation": False}).plan.edits == []


def test_an_empty_text_removes_every_assignment():
    node = Node('TLS_Ciphers = "HIGH"\nTLS_Ciphers = "DEFAULT"\n')
    assert "TLS_Ciphers" not in node.after({"ciphers": ""})


def test_what_is_explicit_wins_over_the_profile():
    text = Node().after({"profile": "mozilla-intermediate", "groups": "prime256v1", "dhe": True})
    assert 'TLS_EC_Curve_Names = "prime256v1"' in text
    assert "TLS_Enable_DHE_Ciphers = true" in text


def test_what_a_profile_cannot_have_in_a_scope_is_left_out_and_said():
    outcome = Node(LISTENER).resolve({"scope": ["ESMTP_Listener"], "profile": "mozilla-intermediate"})
    left = {one["option"]: one["because"] for one in outcome.left_out}
    assert set(left) == {"TLS_EC_Curve_Names", "TLS_Enable_DHE_Ciphers"}
    assert "global" in left["TLS_EC_Curve_Names"]


def test_a_listener_of_ecstream_gets_no_suites_of_tls_1_3_in_any_of_its_scopes():
    for scope in (["ECStream_Listener"], ["ECStream_Listener", 'Listen ":2222"']):
        outcome = Node().resolve({"scope": scope, "profile": "mozilla-intermediate"})
        assert {"TLS_Protocols", "TLS_Ciphers"} <= {change.subject for change in outcome.plan.changes}
        assert "TLSv13_Ciphersuites" in {one["option"] for one in outcome.left_out}


def test_what_the_library_does_not_know_is_left_out_of_a_list_that_it_would_reject_as_a_whole():
    outcome = Node(library=FakeLibrary((3, 0, 0))).resolve({"profile": "mozilla-intermediate"})
    (change,) = [change for change in outcome.plan.changes if change.subject == "TLS_EC_Curve_Names"]
    assert "MLKEM" not in change.after and "prime256v1" in change.after
    assert any("X25519MLKEM768" in one["because"] for one in outcome.left_out)


def test_a_profile_whose_ciphers_are_all_unknown_or_forbidden_is_refused():
    class Forbidding(FakeLibrary):
        def ciphers(self, text):
            return ()

    (complaint,) = complaints(Node(library=Forbidding()), {"profile": "bcp195"})
    assert "no cipher suite" in complaint.reason


def test_post_quantum_groups_come_first_where_they_can_and_may():
    def groups(**target):
        changes = Node().resolve(dict(target, profile="mozilla-intermediate")).plan.changes
        return [change.after for change in changes if change.subject == "TLS_EC_Curve_Names"][0]

    assert groups().startswith("X25519MLKEM768:")
    assert "MLKEM" not in groups(post_quantum=False)


def test_one_scope_that_lives_in_another_file_is_edited_there():
    node = Node('include "smtp.conf"\n', smtp='ESMTP_Listener {\n  TLS_Ciphers = "HIGH"\n}\n')
    outcome = node.resolve({"scope": ["ESMTP_Listener"], "ciphers": "MEDIUM"})
    assert [edit.path for edit in outcome.plan.edits] == ["/conf/default/smtp.conf"]


def test_the_engine_alone_needs_a_restart():
    assert Node().resolve({"engine": "gnutls", "ciphers": "NORMAL:-VERS-SSL3.0"}).plan.activation == "restart"
    assert Node().resolve({"ciphers": "HIGH"}).plan.activation == "reload"


@pytest.mark.parametrize(
    "options", [{"protocols": "+ALL"}, {"groups": "X25519"}, {"ciphersuites": "TLS_AES_128_GCM_SHA256"}]
)
def test_what_gnutls_ignores_is_an_error_also_when_only_the_configuration_names_the_engine(options):
    (complaint,) = complaints(Node('TLS_Engine = "GnuTLS"\n'), options)
    assert "GnuTLS" in complaint.reason
    (complaint,) = complaints(Node(), {"engine": "gnutls"}, options)
    assert "GnuTLS" in complaint.reason


def test_listeners_that_always_use_openssl_keep_its_options():
    node = Node('TLS_Engine = "gnutls"\nHTTP_Listener {\n}\n')
    text = node.after({"scope": ["HTTP_Listener"], "protocols": "+ALL:-SSLv3"})
    assert 'TLS_Protocols = "+ALL:-SSLv3"' in text


def test_a_profile_under_gnutls_becomes_a_priority_string():
    outcome = Node('TLS_Engine = "gnutls"\n').resolve({"profile": "mozilla-intermediate"})
    written = {change.subject: change.after for change in outcome.plan.changes}
    assert "VERS" in written["TLS_Ciphers"]
    assert not {"TLS_Protocols", "TLS_EC_Curve_Names", "TLSv13_Ciphersuites"} & set(written)
    assert outcome.effective[0]["protocols"] == ["TLSv1.2", "TLSv1.3"]


def test_options_that_gnutls_will_ignore_are_warned_of():
    outcome = Node('TLS_Protocols = "+ALL:-SSLv3"\n').resolve({"engine": "gnutls"})
    assert any("TLS_Protocols" in warning and MAIN_LINE in warning for warning in outcome.warnings)


def test_a_listener_of_openssl_that_would_inherit_a_priority_string_is_warned_of():
    node = Node('HTTP_Listener {\n  Listen ":80" {\n  }\n}\n')
    gnutls = {"engine": "gnutls", "ciphers": "NORMAL:-VERS-SSL3.0"}
    assert sum("HTTP_Listener" in warning for warning in node.resolve(gnutls).warnings) == 2
    own = {"scope": ["HTTP_Listener"], "ciphers": "HIGH"}
    assert not any("HTTP_Listener" in warning for warning in node.resolve(gnutls, own).warnings)


MAIN_LINE = "/conf/default/ecelerity.conf:"


@pytest.mark.parametrize(
    "target, version, words",
    [
        ({"scope": ["ESMTP_Listener"], "groups": "X25519"}, "5.3", "its scopes are: global"),
        ({"scope": ['Binding "b"'], "renegotiation": False}, "5.3", "esmtp_listener"),
        ({"scope": ["HTTP_Listener", 'Listen ":80"'], "starttls_injection": "reject"}, "5.3", "esmtp_listener"),
        ({"scope": ["XMPP_Listener"], "protocols": "+ALL"}, "5.3", "http_listener"),
        ({"ciphersuites": "TLS_AES_128_GCM_SHA256"}, "4.2", "4.6"),
        ({"groups": "prime256v1"}, "4.1", "4.2"),
        ({"engine": "openssl"}, "3.6.6", "4.1"),
        ({"scope": ['Domain "d"'], "verify": "optional"}, "3.6.4", "3.6.5"),
        ({"protocols": "+ALL"}, "4.1", "4.1.0.2"),
    ],
)
def test_an_explicit_option_in_a_wrong_scope_or_version_names_the_right_ones(target, version, words):
    (complaint,) = complaints(Node(LISTENER, version), target)
    assert words in str(complaint)


@pytest.mark.parametrize(
    "target, subject",
    [
        ({"ciphers": "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GMC-SHA256"}, "ECDHE-RSA-AES128-GMC-SHA256"),
        ({"ciphers": "HIGH:!HIGH"}, "HIGH:!HIGH"),
        ({"protocols": "+ALL:-ALL"}, "+ALL:-ALL"),
        ({"protocols": "+ALL:-TLSv1.4"}, "TLSv1.4"),
        ({"ciphersuites": "TLS_AES_128_GCM_SHA256:TLS_NONE"}, "TLS_NONE"),
        ({"groups": "X25519:secp999r1"}, "secp999r1"),
        ({"profile": "mozilla-medium"}, "mozilla-medium"),
    ],
)
def test_a_bad_value_is_named_with_its_bad_part_and_a_remedy(target, subject):
    (complaint,) = complaints(Node(), target)
    assert subject in str(complaint)
    assert complaint.remedy and complaint.file == "/conf/default/ecelerity.conf"


def test_all_that_is_wrong_is_one_error_with_the_data():
    with pytest.raises(Refused) as refused:
        Node(LISTENER).resolve(
            {"ciphers": "FOO", "protocols": "+ALL:-BAR"}, {"scope": ["Security"], "tls": "no"}, {"bindings": ["x"]}
        )
    errors = refused.value.details()["errors"]
    assert len(errors) == 4
    assert all(set(error) == {"file", "scope", "option", "value", "reason", "remedy"} for error in errors)
    assert all(str(error["value"]) in str(refused.value) for error in errors)


def test_what_is_wrong_in_many_scopes_in_the_same_way_is_said_once():
    node = Node("".join('Binding "b%d" {\n}\n' % number for number in range(30)))
    with pytest.raises(Refused) as refused:
        node.resolve({"bindings": ["*"], "ciphers": "FOO"})
    assert str(refused.value).count("FOO") <= 2 and '"b0" and 29 more' in str(refused.value)
    assert len(refused.value.details()["errors"]) == 30


def test_two_targets_with_two_requests_for_one_option_are_refused():
    (complaint,) = complaints(Node(), {"ciphers": "HIGH"}, {"scope": [], "ciphers": "MEDIUM"})
    assert "two targets" in complaint.reason


def test_two_targets_with_the_same_request_are_one():
    assert len(Node().resolve({"ciphers": "HIGH"}, {"ciphers": "HIGH"}).plan.changes) == 1


def test_commands_before_tls_are_let_in_only_with_open_eyes():
    target = {"scope": ["ESMTP_Listener"], "starttls_injection": "ignore"}
    (complaint,) = complaints(Node(LISTENER), target)
    assert "cleartext_injection" in complaint.remedy
    assert "ignore" in Node(LISTENER).after(dict(target, allow=["cleartext_injection"]))


def test_a_version_that_cannot_limit_protocols_takes_a_profile_only_with_open_eyes():
    (complaint,) = complaints(Node(version="4.1"), {"profile": "bcp195"})
    assert "4.1.0.2" in complaint.remedy and "unlimited_protocols" in complaint.remedy
    outcome = Node(version="4.1").resolve({"profile": "bcp195", "allow": ["unlimited_protocols"]})
    assert [change.subject for change in outcome.plan.changes] == ["TLS_Ciphers"]


def test_a_profile_of_tls_1_3_alone_cannot_be_had_before_it():
    (complaint,) = complaints(Node(version="4.5"), {"profile": "mozilla-modern", "allow": ["plaintext_downgrade"]})
    assert "TLSv1.3" in complaint.reason and "4.6" in complaint.remedy


EXAMPLE = "-SSLv2:-SSLv3:-TLSv1.0:+TLSv1.1:-TLSv1.2"  # of the page 3/3-reference/install-security


@pytest.mark.parametrize(
    "version, text, left",
    [
        ("3.6.12", EXAMPLE, "TLSv1.1 alone"),
        ("4.2.1", EXAMPLE, "TLSv1.1 alone"),
        ("4.8.6", EXAMPLE, "TLSv1.1 and TLSv1.3 alone"),
        ("4.8.6", "+TLSv1.0:+TLSv1.1", "TLSv1.0 and TLSv1.1 alone"),
        ("5.3.0", EXAMPLE, "TLSv1.1 and TLSv1.3 alone"),
        ("5.3.0", "+TLSv1.1", "TLSv1.1 alone"),
    ],
)
def test_protocols_without_tls_1_2_and_with_older_ones_are_refused_and_what_is_left_is_named(version, text, left):
    node = Node(version=version)
    (complaint,) = complaints(node, {"protocols": text})
    assert left in complaint.reason and "allow: [outdated_protocols]" in complaint.remedy
    outcome = node.resolve({"protocols": text, "allow": ["outdated_protocols"]})
    assert [change.subject for change in outcome.plan.changes] == ["TLS_Protocols"]
    assert any("leaves %s" % left in warning for warning in outcome.warnings)


def test_outdated_protocols_that_a_target_inherits_are_a_warning():
    node = Node('TLS_Protocols = "%s"\n' % EXAMPLE + LISTENER, "5.3.0")
    (warning,) = node.resolve({"scope": ["ESMTP_Listener"], "renegotiation": False}).warnings
    assert warning == "scope ESMTP_Listener: TLS_Protocols = %s leaves TLSv1.1 and TLSv1.3 alone" % EXAMPLE
    node = Node('TLS_Protocols = "nonsense"\n' + LISTENER, "5.3.0")
    assert "cannot be read" in node.resolve({"scope": ["ESMTP_Listener"], "renegotiation": False}).warnings[0]


@pytest.mark.parametrize("text", ["+ALL", "+ALL:-SSLv3", "+TLSv1.1:+TLSv1.2", "-TLSv1.0:-TLSv1.1", "-ALL:+TLSv1.3"])
def test_protocols_with_tls_1_2_or_only_newer_ones_are_not_outdated(text):
    assert Node(version="4.8.6").resolve({"protocols": text}).warnings == []


def forbidding(floor="TLSv1.2"):
    """An OpenSSL whose configuration has MinProtocol, as that of RHEL 8 does."""
    library = FakeLibrary()
    library.forbidden = frozenset(name for name in protocols.PROTOCOLS if name < floor)
    return library


@pytest.mark.parametrize("library", [FakeLibrary(), forbidding()])
@pytest.mark.parametrize("main", ["", 'TLS_Protocols = "+ALL"\n', 'TLS_Protocols = "+ALL:-SSLv3"\n'])
def test_a_profile_is_written_on_5_3_whatever_a_policy_of_the_system_forbids(main, library):
    text = Node(main, "5.3.0", library).after({"profile": "mozilla-intermediate"})
    assert 'TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"\n' in text


def test_tls_1_3_alone_is_written_in_the_documented_form():
    text = Node("", "5.3.0").after({"profile": "mozilla-modern", "allow": ["plaintext_downgrade"]})
    assert 'TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1:-TLSv1.2"\n' in text


@pytest.mark.parametrize(
    "library, spoken",
    [(FakeLibrary(), ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), (forbidding(), ["TLSv1.2", "TLSv1.3"])],
)
def test_the_protocols_in_force_are_those_that_the_configuration_of_openssl_permits(library, spoken):
    (row,) = Node("", "5.3.0", library).resolve({"protocols": "+ALL:-SSLv3"}).effective
    assert row["protocols"] == spoken


def test_protocols_of_which_the_configuration_of_openssl_permits_none_are_refused():
    node = Node("", "5.3.0", forbidding())
    (complaint,) = complaints(node, {"protocols": "+TLSv1.0:+TLSv1.1", "allow": ["outdated_protocols"]})
    assert (
        "leaves TLSv1.0 and TLSv1.1 alone, which the configuration of this node's OpenSSL forbids" in complaint.reason
    )


def test_what_is_left_of_an_outdated_list_can_be_a_downgrade():
    target = {"protocols": EXAMPLE, "allow": ["outdated_protocols"], "tls": "ifavailable"}
    Node("", "5.3.0").resolve(target)
    (complaint,) = complaints(Node("", "5.3.0", forbidding()), target)
    assert "leaves TLS 1.3 alone" in complaint.reason and "plaintext_downgrade" in complaint.remedy


def test_gnutls_has_no_tls_1_3_before_5_2():
    gnutls = {"engine": "gnutls", "ciphers": "NORMAL:-VERS-SSL3.0"}
    old, new = (Node(version=version).resolve(gnutls).effective[0]["protocols"] for version in ("4.1.0.2", "5.2"))
    assert old == ["TLSv1.0", "TLSv1.1", "TLSv1.2"] and new == old + ["TLSv1.3"]


@pytest.mark.parametrize(
    "text", ["NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-TLS1.3", "NORMAL:+VERS-TLS1.2:+VERS-TLS1.3"]
)
def test_a_word_for_tls_1_3_is_refused_with_a_gnutls_before_it(text):
    (complaint,) = complaints(Node(version="4.4"), {"engine": "gnutls", "ciphers": text})
    assert "VERS-TLS1.3" in complaint.reason and "5.2" in complaint.remedy
    Node(version="5.2").resolve({"engine": "gnutls", "ciphers": text, "allow": ["plaintext_downgrade"]})


def test_a_priority_string_that_leaves_no_protocol_is_refused():
    (complaint,) = complaints(Node(version="4.4"), {"engine": "gnutls", "ciphers": "NORMAL:-VERS-ALL"})
    assert "no protocol" in complaint.reason


def test_a_priority_string_that_leaves_outdated_protocols_is_refused_as_well():
    target = {"engine": "gnutls", "ciphers": "NORMAL:-VERS-ALL:+VERS-TLS1.1"}
    (complaint,) = complaints(Node(version="4.2.1"), target)
    assert "TLSv1.1 alone" in complaint.reason and "outdated_protocols" in complaint.remedy
    assert Node(version="4.2.1").resolve(dict(target, allow=["outdated_protocols"])).warnings


MODERN = {"profile": "mozilla-modern"}


@pytest.mark.parametrize(
    "scope",
    [
        [],
        ["ESMTP_Listener"],
        ["ESMTP_Listener", 'Listen ":25"'],
        ["ESMTP_Listener", 'Peer "10.0.0.0/8"'],
        ["ESMTP_Listener", 'Listen ":25"', 'Peer "10.0.0.0/8"'],
    ],
)
def test_tls_1_3_alone_is_refused_wherever_port_25_would_get_it(scope):
    (complaint,) = complaints(Node(LISTENER), dict(MODERN, scope=scope))
    assert "plaintext_downgrade" in complaint.remedy and ':25"' in complaint.reason
    Node(LISTENER).resolve(dict(MODERN, scope=scope, allow=["plaintext_downgrade"]))


def test_tls_1_3_alone_is_fine_where_port_25_has_protocols_of_its_own():
    limited = {"scope": ["ESMTP_Listener", 'Listen ":25"'], "profile": "mozilla-intermediate"}
    Node(LISTENER).resolve(MODERN, limited)
    Node(LISTENER.replace("{\n  }", '{\n    TLS_Protocols = "+ALL:-SSLv3"\n  }')).resolve(MODERN)


def test_tls_1_3_alone_is_fine_on_other_ports_and_listeners():
    Node(LISTENER).resolve(dict(MODERN, scope=["ESMTP_Listener", 'Listen ":465"']))
    Node('HTTP_Listener {\n  Listen ":25" {\n  }\n}\n').resolve(dict(MODERN, scope=["HTTP_Listener"]))


def test_tls_1_3_alone_is_refused_where_mail_goes_out_opportunistically():
    node = Node('Binding "b" {\n  TLS = "ifavailable"\n}\nBinding "strict" {\n  TLS = "required"\n}\n')
    (complaint,) = complaints(node, dict(MODERN, bindings=["b"]))
    assert "plaintext_downgrade" in complaint.remedy
    node.resolve(dict(MODERN, bindings=["strict"]))


@pytest.mark.parametrize("stanza", ['Binding "b" {\n}\n', 'Binding "b" {\n  Domain "example.com" {\n  }\n}\n'])
def test_tls_1_3_alone_is_refused_where_mail_goes_out_opportunistically_as_a_wider_scope_says(stanza):
    (complaint,) = complaints(Node('TLS = "ifavailable"\n' + stanza), dict(MODERN, scope=['Binding "b"']))
    assert "plaintext_downgrade" in complaint.remedy
    Node('TLS = "required"\n' + stanza).resolve(dict(MODERN, scope=['Binding "b"']))


@pytest.mark.parametrize("text", ["ESMTP_Listener {\n}\n", 'ESMTP_Listener {\n  Listen "192.0.2.1" {\n  }\n}\n'])
def test_a_listener_without_a_port_is_on_port_25(text):
    (complaint,) = complaints(Node(text), dict(MODERN, scope=["ESMTP_Listener"]))
    assert "plaintext_downgrade" in complaint.remedy


@pytest.mark.parametrize(
    "text", ['TLS_Protocols = "+TLSv1.3"\n', 'TLS_Protocols = "+ALL:-TLSv1.0:-TLSv1.1:-TLSv1.2"\n']
)
def test_opportunistic_mail_is_refused_where_tls_1_3_alone_is_in_force(text):
    (complaint,) = complaints(Node(text + 'Binding "b" {\n}\n'), {"tls": "ifavailable"})
    assert complaint.option == "TLS" and "plaintext_downgrade" in complaint.remedy
    Node(text).resolve({"tls": "ifavailable", "allow": ["plaintext_downgrade"]})
    Node(text).resolve({"tls": "required"})


def test_what_does_not_fall_back_to_plaintext_may_have_tls_1_3_alone():
    Node('TLS = "ifavailable"\nTLS_Ifavailable_Fallback = "false"\nBinding "b" {\n}\n').resolve(
        dict(MODERN, scope=['Binding "b"'])
    )


def test_an_unchanged_node_is_asked_little():
    node = Node(LISTENER)
    node.after({"profile": "mozilla-intermediate"}, {"scope": ["ESMTP_Listener"], "profile": "mozilla-intermediate"})
    few = FakeLibrary()
    node.openssl = few
    node.resolve({"profile": "mozilla-intermediate"})
    once = few.questions
    node.resolve({"profile": "mozilla-intermediate"}, {"scope": ["ESMTP_Listener"], "profile": "mozilla-intermediate"})
    assert few.questions <= 2 * once + 2


def test_what_is_in_force_is_told_with_inherited_values():
    (row,) = (
        Node('TLS_Protocols = "+ALL:-TLSv1.0:-TLSv1.1:-TLSv1.3"\nTLS_Ciphers = "MEDIUM"\n')
        .resolve({"scope": ["ESMTP_Listener"], "verify_mode": "require"})
        .effective
    )
    assert row["scope"] == "ESMTP_Listener"
    assert row["protocols"] == ["TLSv1.2"]
    assert row["ciphers"][0] == "ECDHE-RSA-AES128-SHA256"
    assert row["suites"] == []


def test_advice_is_given_on_what_does_not_do_what_one_would_think():
    verify = Node().resolve({"verify": "host"}).warnings
    assert any("TLS_CA" in warning for warning in verify)
    node = Node('SMTP_Extensions = ( "STARTTLS" "8BITMIME" )\n' + LISTENER)
    implicit = {"scope": ["ESMTP_Listener", 'Listen ":465"'], "implicit_tls": True, "offer": "unmanaged"}
    both = node.resolve(implicit).warnings
    assert any("STARTTLS" in warning for warning in both)
