# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule of the lint finds what it is for, at its place, and nothing where it does not apply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.catalog import catalog
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.lint import data, run
from plugins.module_utils.lint.finding import SEVERITIES

MAIN = "/c/ecelerity.conf"


def lint(text, target="5.3.0", origin=None, **more):
    files = {MAIN: text.encode()}
    files.update((path, content.encode()) for path, content in more.get("files", {}).items())
    return run.findings(load(MAIN, [], nodename="n", reader=OverlayReader(files)), target, origin)


def rules(text, target="5.3.0", origin="5.2.0", **more):
    """The rules that find something graver than info, with option and line."""
    return [(one.rule, one.option, one.line) for one in lint(text, target, origin, **more) if one.severity != "info"]


def of_rule(rule, *arguments, **more):
    return [one for one in lint(*arguments, **more) if one.rule == rule]


GOOD = """\
Hostname = "mx.example"
TLS_Protocols = "+TLSv1.2:+TLSv1.3"
Security {
  User = "ecuser"
  Capabilities = "cap_net_bind_service+ep"
}
ESMTP_Listener {
  SMTP_Extensions = ("ENHANCEDSTATUSCODES" "STARTTLS")
  Listen ":25" {
    Peer "192.0.2.0/24" { }
  }
}
ECCluster_Listener {
  Listen "*:4802" { }
}
Binding "b" {
  Bind_Address = "192.0.2.1"
  Domain "example.org" {
    Max_Outbound_Connections = 2
  }
}
"""


@pytest.mark.parametrize("target", ["4.6", "4.8.6", "5.2", "5.3.0.74264"])
def test_a_sound_configuration_has_nothing_to_warn_of(target):
    assert rules(GOOD, target) == []


@pytest.mark.parametrize(
    "text, line",
    [
        ("Security {\n  Usr = root\n}", 2),
        ("ESMTP_Listener {\n  Listen_Adress = 1\n}", 2),
        ('ESMTP_Listener {\n  Listen ":25" {\n    Enabel = true\n  }\n}', 3),
        ('Pathway "p" {\n\n  Relay_Hostz = ( "a" )\n}', 3),
    ],
)
def test_a_name_that_no_version_has_is_fatal_in_scopes_that_the_manuals_list_completely(text, line):
    (found,) = lint(text, origin="5.2.0")[:1]
    assert (found.rule, found.severity, found.file, found.line) == ("unknown_option", "fatal", MAIN, line)


@pytest.mark.parametrize(
    "text, option, advice, source",
    [
        ('securecreds {\n  Credential = "x"\n}', "Credential", "did you mean credentials?", "4/modules/securecreds"),
        ("Max_Retriess = 3\n", "Max_Retriess", "did you mean max_retries?", "4/config-options-summary"),
        (
            'Domain "d" {\n  Retry_Intervall = 3\n}',
            "Retry_Intervall",
            "did you mean retry_interval?",
            "4/config-options-summary",
        ),
        ("opendkin { }", "", "did you mean opendkim?", "4/modules/summary-all-modules"),
        ("ESMTP_Listner { }", "", "did you mean esmtp_listener?", "4/modules/summary-all-modules"),
        ('scriptlet "s" {\n  scripts "boot" { }\n}', "", "did you mean script?", "4/modules/scriptlet"),
        (
            'scriptlet "s" {\n  script "boot" {\n    sourc = "x"\n  }\n}',
            "sourc",
            "did you mean source?",
            "4/modules/scriptlet",
        ),
    ],
)
def test_a_name_that_is_a_documented_one_but_for_a_letter_is_misspelled(text, option, advice, source):
    (found,) = of_rule("misspelled", text)
    assert (found.severity, found.option, found.advice) == ("warning", option, advice)
    assert found.source.startswith(source)


@pytest.mark.parametrize(
    "text",
    [
        'securecreds {\n  Credentials = "x"\n  Key = "y"\n  debug_level = DEBUG\n  Enabled = true\n}',
        'opendkim "a" {\n  digest = "rsa-sha256"\n  dkim_domain "example.com" {\n    selector = "s"\n  }\n}',
        'scriptlet "s" {\n  script "boot" {\n    source = "msys.boot"\n  }\n}',
        'pipe_io {\n  arg0 = "x"\n  env11 = "y"\n}',
        'antivirus "a" {\n  csapi "c" {\n    scanner_path = "/x"\n    max_concurrency = 2\n  }\n}',
        'cluster {\n  Topology "10.0.0.0/24" {\n    cidrmask = 24\n    interface = "eth0"\n  }\n}',
        'auth_radius {\n  server "one" {\n    secret = "x"\n  }\n  map [\n    username = "x"\n  ]\n}',
        'Own_Module "x" {\n  Credential = "x"\n  inner { size = 1 }\n}',
    ],
)
def test_what_a_module_s_page_has_in_its_stanza_is_right_there(text):
    assert rules(text) == []


def test_an_option_that_no_page_has_in_a_module_is_doubtful_there_and_named_where_it_belongs():
    (found,) = of_rule("unlisted_option", "spamassassin {\n  color = 1\n}")
    assert (found.severity, found.line, found.source) == ("warning", 2, "4/modules/spamassassin")
    (found,) = of_rule("unlisted_option", "Use_IP = true")
    assert (found.advice, found.source) == (
        "it is an option of the module mail_loop: set it there",
        "4/modules/mail-loop",
    )


@pytest.mark.parametrize(
    "text, before, since",
    [
        ("openarc { }", "4.8.6", "5.0"),
        ('spamassassin {\n  daemon = "x"\n}', "4.8.6", "5.0"),
        ("dkim2 { }", "5.2.1", "5.3"),
        ("ac_auth { }", "3.6.4", "3.6.5"),
        ("ac_auth { }", "4.1", "4.2"),
        ('spf_v1 "s" {\n  delay_check = true\n}', "4.8.6", "5.0"),
        ('event_hose "h" {\n  port = 5671\n  use_tls = 1\n}', "4.8.5", "4.8.6"),
        ('event_hose "h" {\n  port = 5671\n  use_tls = 1\n}', "5.0.1", "5.1"),
    ],
)
def test_a_module_that_comes_with_a_later_version_is_fatal_before_it(text, before, since):
    (found,) = of_rule("too_new", text, before, before)
    assert found.severity == "fatal" and "not in version %s" % before in found.message
    assert of_rule("too_new", text, since, since) == []


def test_modules_that_the_manuals_deprecate_or_no_longer_have_are_warnings():
    (found,) = of_rule("deprecated", "\ndnsbuf { }", "4.8")
    assert (found.severity, found.line, found.source) == ("warning", 2, "4/modules/dnsbuf")
    assert "DNS_UDP_Rcvbuf_Size" in found.advice
    assert rules("dnsbuf { }", "4.7.7", "4.7.7") == []
    assert rules('imageanalyzer "i" { }', "4.2", "4.2") == [("absent", "", 1)]
    assert rules('imageanalyzer "i" { }', "3.6.12", "3.6.12") == []


@pytest.mark.parametrize(
    "text, source",
    [
        ("Usr_Unlisted_Thing = 1", "4/config-options-summary, 3/3-reference/options-summary"),
        ("Watchdog_Interval = 60", "3/3-reference/conf-ref-watchdog-interval"),
        ("Max_Retries = many", "4/config/ref-max-retries"),
        ("Security {\n  TLS_Engine = openssl\n}", "4/config/tls-engine"),
        ("SSL_Lock_Method = mutex", "4/config/ssl-lock-method"),
        ("Cluster_Listener { }", "3/3-reference/install-ports"),
    ],
)
def test_the_source_of_a_finding_is_the_page_that_has_the_name_or_the_table_that_has_it_not(text, source):
    assert source in {one.source for one in lint(text, "5.3.0", "5.2.0") if one.severity != "info"}


LISTEN = 'ESMTP_Listener {\n  Listen "192.0.2.1:25" {\n    Duravip_Follow = "b"\n    %s\n  }\n}\n'
BINDING = 'Binding "b" {\n  Enable_Duravip = true\n  Bind_Address = "%s"\n}\n'


@pytest.mark.parametrize(
    "text, found",
    [
        (LISTEN % "Enable_Duravip = true", [("conflict", "Duravip_Follow", 3)]),
        (LISTEN % 'Duravip_Preference = "mta1"', [("conflict", "Duravip_Preference", 4)]),
        (LISTEN % "" + BINDING % "192.0.2.1", [("conflict", "Duravip_Follow", 3)]),
        (LISTEN % "" + 'Binding_Group "g" {\n' + BINDING % "192.0.2.1" + "}", [("conflict", "Duravip_Follow", 3)]),
        (LISTEN.replace('"b"', '"192.0.2.1"') % "" + BINDING % "192.0.2.1", [("conflict", "Duravip_Follow", 3)]),
        (LISTEN % "Enable_Duravip = false" + BINDING % "192.0.2.2", []),
        (LISTEN.replace("Follow", "Preference") % "Enable_Duravip = true", []),
    ],
)
def test_a_listener_that_follows_a_binding_has_no_address_of_its_own_to_move(text, found):
    assert rules(text) == found


PEERS = 'msgc_server {\n  peers = [\n    mta1 = "192.0.2.1"\n    manager = "192.0.2.10:4809"\n  ]\n}\n'
VIRTUAL = 'ESMTP_Listener {\n  Listen "%s:25" {\n    Enable_Duravip = true\n  }\n}\n'


@pytest.mark.parametrize(
    "text, found",
    [
        (VIRTUAL % "192.0.2.1" + PEERS, [("conflict", "Enable_Duravip", 3)]),
        (VIRTUAL % "192.0.2.10" + PEERS, [("conflict", "Enable_Duravip", 3)]),
        (BINDING % "192.0.2.1" + PEERS, [("conflict", "Enable_Duravip", 2)]),
        (VIRTUAL % "[2001:db8::1]" + PEERS.replace('192.0.2.1"', '2001:db8::1"'), [("conflict", "Enable_Duravip", 3)]),
        (VIRTUAL % "192.0.2.100" + BINDING % "192.0.2.101" + PEERS, []),
        (VIRTUAL.replace("true", "false") % "192.0.2.1" + PEERS, []),
        (VIRTUAL % "192.0.2.1", []),
    ],
)
def test_the_address_by_which_the_cluster_knows_a_host_is_no_duravip(text, found):
    assert rules(text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ('Binding "a:b" { }', [("instance_name", "", 1)]),
        ('Binding "a b" { }', [("instance_name", "", 1)]),
        ('Binding_Group "g 1" {\n  Binding "a\tb" { }\n}', [("instance_name", "", 1), ("instance_name", "", 2)]),
        ('Binding_Group "g:1" {\n  Binding "a-b.c_d" { }\n  Domain "a b" { }\n}', []),
    ],
)
def test_the_names_of_bindings_have_neither_blanks_nor_colons(text, found):
    assert rules(text) == found


def test_files_for_tls_in_the_event_hose_have_no_effect_without_the_switch():
    hose = 'event_hose "h" {\n  tls_ca = "/ca.pem"\n  %s\n}'
    assert rules(hose % "port = 5671") == [("inert", "tls_ca", 2)]
    assert rules(hose % "use_tls = 0") == [("inert", "tls_ca", 2)]
    assert rules(hose % "use_tls = 1") == []


LOADED = "dane { }\n"


@pytest.mark.parametrize(
    "text, found",
    [
        ("Use_DANE = true", [("inert", "Use_DANE", 1)]),
        ('Domain "d" {\n  Use_DANE = true\n}', [("inert", "Use_DANE", 2)]),
        ('Binding "b" {\n  Enable_DANE = true\n}', [("inert", "Enable_DANE", 2)]),
        ("Use_DANE = true\nEnable_DANE = true", [("inert", "Use_DANE", 1), ("inert", "Enable_DANE", 2)]),
        ("dane {\n  Enabled = false\n}\nUse_DANE = true", [("inert", "Use_DANE", 4)]),
        (LOADED + "Enable_DANE = true", [("inert", "Enable_DANE", 2)]),
        (LOADED + "Use_DANE = false\nEnable_DANE = true", [("inert", "Enable_DANE", 3)]),
        ("Enable_MTA_STS = true", [("inert", "Enable_MTA_STS", 1)]),
    ],
)
def test_options_of_dane_have_no_effect_without_its_module_nor_without_the_switch_before_them(text, found):
    assert rules(text) == found
    assert all(one.severity == "warning" and one.source.startswith("4/") for one in of_rule("inert", text))


@pytest.mark.parametrize(
    "text",
    [
        LOADED + "Use_DANE = true\nEnable_DANE = true",
        LOADED + 'Enable_DANE = true\nDomain "d" {\n  Use_DANE = true\n}',
        'Enable_MTA_STS = true\nDomain "d" {\n  Use_MTA_STS = true\n}',
        "Use_DANE = false\nEnable_DANE = false\nEnable_MTA_STS = false",
    ],
)
def test_what_is_loaded_and_switched_on_or_is_off_is_no_finding(text):
    assert rules(text) == []


def test_the_remedy_of_dane_is_its_stanza_and_a_version_without_it_has_a_graver_finding():
    (found,) = of_rule("inert", "Use_DANE = true")
    assert "dane {}" in found.advice and "4/config/use-dane" == found.source and found.file == MAIN
    assert of_rule("inert", "Use_DANE = true", "4.7", "4.7") == []


def test_an_unlisted_name_may_be_a_module_s_where_modules_add_options():
    assert rules('Domain "d" {\n  MM7_Version = 1\n}') == [("unlisted_option", "MM7_Version", 2)]
    assert rules("my_module {\n  anything = 1\n}") == []


def test_both_the_assignment_in_force_and_the_one_it_overrides_are_found():
    assert rules("Security {\n  Usr = a\n  Usr = b\n}") == [("unknown_option", "Usr", 2), ("unknown_option", "Usr", 3)]


def test_a_known_option_in_a_strange_scope_is_misplaced():
    (found,) = of_rule("misplaced", "Security {\n  TLS_Engine = openssl\n}")
    assert (found.severity, found.option, found.scope, found.line) == ("warning", "TLS_Engine", "Security", 2)
    assert "global" in found.advice


def test_a_known_stanza_in_a_strange_scope_is_misplaced_and_an_unknown_one_fatal():
    assert rules("Security {\n  ESMTP_Listener { }\n}") == [("misplaced", "", 2)]
    assert rules('ESMTP_Listener {\n  Lisen ":25" { }\n}') == [("unknown_stanza", "", 2)]
    (found,) = of_rule("unlisted_stanza", "Own_Stanza { }\n")
    assert (found.severity, found.scope) == ("info", "Own_Stanza")
    assert rules("ESMTP_Listener {\n  opendkim { }\n}") == [("misplaced", "", 2)]


@pytest.mark.parametrize(
    "text, before, since",
    [
        ('TLSv13_Ciphersuites = "TLS_AES_128_GCM_SHA256"', "4.5", "4.6"),
        ('TLS_Protocols = "+TLSv1.2"', "4.1.0.1", "4.1.0.2"),
        ('TLS_Protocols = "+TLSv1.2"', "3.6.5", "3.6.6"),
        ("Use_DANE = true", "4.7", "4.8"),
        ("dane { }", "4.7", "4.8"),
        ("curfew { }", "5.2", "5.3"),
        ("XMPP_Listener { }", "3.3", "3.4"),
        # The changelogs of 4.8.6 and 5.2 have the one, those of 4.8.6 and 5.3 the others.
        ("DNS_Max_UDP_Queries_Per_Port = 10", "4.8.5", "4.8.6"),
        ("DNS_Max_UDP_Queries_Per_Port = 10", "5.1.1", "5.2"),
        ("DNS_Rate_Limit_Enabled = true", "4.8.5", "4.8.6"),
        ("DNS_Rate_Limit_Enabled = true", "5.2", "5.3"),
        ("DNS_Rate_Limit_Period = 1", "4.8.5", "4.8.6"),
        ("ESMTP_Listener {\n Proxy_Protocol = true\n}", "4.2.10", "4.2.11"),
        ('Host "mx.example" {\n Outbound_Throttle_Messages = 10\n}', "5.2.1", "5.3"),
        ('Host "mx.example" {\n Outbound_Throttle_Connections = 10\n}', "5.2.1", "5.3"),
        ("Adaptive_Default_Suspension_Enabled = true", "4.1", "4.2"),
        ('Outbound_SMTP_AUTH_User = "u"', "3.6.11", "3.6.12"),
    ],
)
def test_what_comes_with_a_later_version_is_fatal_before_it(text, before, since):
    (found,) = of_rule("too_new", text, before, before)
    assert found.severity == "fatal" and "not in version %s" % before in found.message
    assert of_rule("too_new", text, since, since) == []


@pytest.mark.parametrize(
    "text",
    [
        'Host "mx.example" {\n rollup_mx = true\n rollup_mx_name = "example.com"\n}',
        'Binding "b" {\n Host "mx.example" {\n  rollup_mx = true\n }\n}',
        'Host "mx.example" {\n Scope_Max_Outbound_Connections = 3\n}',
        'HTTP_Listener {\n event_loop = "loops"\n}',
        'ESMTP_Listener {\n Listen ":25" {\n  Peer "0.0.0.0/0" {\n   AuthLoginParameters = [ uri = "radius://" ]\n  }\n }\n}',
        "Adaptive_Default_Suspension_Enabled = true",
        'Domain "example.com" {\n Outbound_Throttle_Messages = 10\n}',
        "Max_Resident_Messages_Per_Binding = 1000",
    ],
)
def test_what_a_page_of_its_own_has_in_a_scope_is_right_there(text):
    assert rules(text, "5.3.0") == []


def test_what_is_gone_is_fatal_and_its_successor_named():
    (found,) = of_rule("removed", "Cluster_Listener { }", "4.2")
    assert found.severity == "fatal" and "ECCluster_Listener" in found.advice
    (found,) = of_rule("removed", "\nControl_Listener_Timeout = 60", "5.3.0")
    assert (found.option, found.line) == ("Control_Listener_Timeout", 2)


def test_what_the_manuals_no_longer_have_is_a_warning():
    assert rules("Watchdog_Interval = 60\nBounce_Cache_Size = 1", "4.2", "4.2") == [
        ("absent", "Watchdog_Interval", 1),
        ("absent", "Bounce_Cache_Size", 2),
    ]


@pytest.mark.parametrize(("option", "value"), [("SSL_Lock_Method", "mutex"), ("Crypto_Lock_Method", "EC_SSL_MUTEX")])
def test_lock_methods_are_deprecated_from_5_3_on(option, value):
    assert rules("%s = %s" % (option, value), "5.3.0") == [("deprecated", option, 1)]
    assert rules("%s = %s" % (option, value), "5.2.1") == []


def test_a_value_of_another_type_is_a_warning():
    text = 'Max_Retries = many\nESMTP_Listener {\n  Enable = maybe\n}\nOwn_Module "x" {\n  Max_Retries = many\n}'
    assert rules(text, "5.3.0", "5.3.0") == [("wrong_type", "Max_Retries", 1), ("wrong_type", "Enable", 3)]


def test_tls_in_a_pathway_group_is_ignored_and_in_a_pathway_it_is_not():
    group = 'Pathway_Group "g" {\n  TLS_Protocols = "+TLSv1.3"\n  Pathway "p" {\n    TLS_Certificate = "/x.pem"\n  }\n}'
    assert rules(group) == [("ignored", "TLS_Protocols", 2)]


def test_a_listener_is_switched_by_enable_and_not_enabled():
    assert rules("ESMTP_Listener {\n  Enabled = false\n}") == [("misspelled", "Enabled", 2)]
    assert rules("ESMTP_Listener {\n  Enable = false\n}") == []


@pytest.mark.parametrize("option", ["DNS_Rate_Limit_Enabled", "DNS_Rate_Limit_Max_Queue"])
def test_the_rate_limit_of_dns_takes_effect_at_a_restart(option):
    assert [one.option for one in of_rule("restart_only", "%s = 5000" % option)] == [option]


def test_options_that_need_a_restart_are_told():
    (found,) = of_rule("restart_only", 'Security {\n  User = "ecuser"\n}')
    assert (found.severity, found.option, found.line) == ("info", "User", 2)


@pytest.mark.parametrize(
    "text, target, origin, rule, severity",
    [
        ('TLS_Protocols = "+TLSv1.2:+tlsv1.3"', "4.5", None, "unknown_value", "fatal"),
        ('TLS_Protocols = "+ALL:+TLSv1.0"', "5.3", "5.3", "inert", "warning"),
        ('TLS_Protocols = "+ALL:+SSLv3"', "5.3", "5.3", "inert", "warning"),
        ('TLS_Protocols = "+ALL:-SSLv2:-SSLv3:-TLSv1.0:-TLSv1.1"', "5.3", "5.2", "inert", "info"),
        ('TLS_Protocols = "+ALL:-SSLv3"', "5.3", "5.2", "changed_meaning", "warning"),
        ('TLS_Protocols = "+ALL"', "4.6", "4.4", "changed_meaning", "warning"),
        ('TLS_Protocols = ":ALL:-SSLv3"', "4.6", "4.6", "misspelled", "warning"),
        # The example of the page 3/3-reference/install-security leaves TLS 1.1 alone.
        ('TLS_Protocols = "-SSLv2:-SSLv3:-TLSv1.0:+TLSv1.1:-TLSv1.2"', "3.6.12", None, "outdated_protocols", "warning"),
        ('TLS_Protocols = "-SSLv2:-SSLv3:-TLSv1.0:+TLSv1.1:-TLSv1.2"', "5.3", "5.3", "outdated_protocols", "warning"),
        ('TLS_Protocols = "+tlsv1.0:+TLSv1.1"', "4.8", "4.8", "outdated_protocols", "warning"),
        ('TLS_Engine = gnutls\nTLS_Ciphers = "NORMAL:-VERS-TLS1.2"', "4.4", "4.4", "outdated_protocols", "warning"),
        ('TLS_EC_Curve_Names = "X25519:prime256v1"', "5.2", None, "unknown_value", "fatal"),
        ('Outbound_SMTP_AUTH_Type = "XOAUTH2"', "5.0.1", None, "unknown_value", "fatal"),
        ('TLS_Verify = "optional"', "3.6.4", None, "unknown_value", "fatal"),
        ('Crypto_Engine = "pkcs11"', "4.7", None, "inert", "warning"),
        ("SNMP {\n  Community = secret\n}", "5.3", None, "unquoted", "warning"),
        ('msgc_server {\n  peers = [\n    Node1 = "192.0.2.1"\n  ]\n}', "5.3", None, "capitals", "fatal"),
        ('TLS_Engine = gnutls\nTLS_Protocols = "+TLSv1.2"', "5.2", None, "ignored", "warning"),
    ],
)
def test_a_value_is_judged(text, target, origin, rule, severity):
    (found,) = of_rule(rule, text, target, origin)
    assert found.severity == severity
    assert found.source and found.advice


@pytest.mark.parametrize(
    "text, target, origin",
    [
        ('TLS_Protocols = "+TLSv1.2:+TLSv1.3"', "4.6", "4.6"),
        ('TLS_Protocols = "+ALL:-TLSv1.0:-TLSv1.1"', "5.2", "5.2"),
        ('TLS_Protocols = "+ALL:-SSLv3"', "5.2", "5.2"),
        ('TLS_Protocols = "-SSLv2:-SSLv3:-TLSv1.0"', "4.1.0.2", "4.1.0.2"),
        ('TLS_Protocols = "-ALL:+TLSv1.3"', "4.6", "4.6"),
        ('TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"', "5.3.1", "5.3.0"),
        ('TLS_Engine = gnutls\nTLS_Ciphers = "NORMAL:-VERS-SSL3.0"', "5.2", "5.2"),
        ('TLS_EC_Curve_Names = "X25519"', "5.2", "5.2"),
        ('TLS_EC_Curve_Names = "X25519:prime256v1"', "5.3", "5.3"),
        ('Outbound_SMTP_AUTH_Type = "LOGIN"', "5.0", "5.0"),
        ('TLS_Verify = "optional"', "4.1", "4.1"),
        ('Crypto_Engine = "pkcs11"', "4.6", "4.6"),
        ('SNMP {\n  Community = "secret"\n}', "5.3", "5.3"),
        ('msgc_server {\n  peers = [\n    node1 = "192.0.2.1"\n  ]\n}', "5.3", "5.3"),
        ('TLS_Engine = openssl\nTLS_Protocols = "+TLSv1.2"', "5.2", "5.2"),
    ],
)
def test_a_sound_value_is_not(text, target, origin):
    judged = {"unknown_value", "outdated_protocols", "changed_meaning", "misspelled", "unquoted", "capitals", "ignored"}
    found = {one.rule for one in lint(text, target, origin)}
    assert not found & judged
    assert not any(one.rule == "inert" and one.severity == "warning" for one in lint(text, target, origin))


def test_the_words_that_the_manual_advises_are_not_to_be_removed():
    assert of_rule("inert", 'TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"', "5.3", "5.2") == []


def test_what_is_left_of_outdated_protocols_is_named():
    (found,) = of_rule("outdated_protocols", 'TLS_Protocols = "-TLSv1.0:-TLSv1.2"', "5.3", "5.3")
    assert "leaves TLSv1.1 and TLSv1.3 alone" in found.message


def test_what_tls_1_0_does_on_5_3_is_up_to_the_node():
    (found,) = of_rule("inert", 'TLS_Protocols = "+ALL:+TLSv1.0"', "5.3", "5.3")
    assert "crypto policy" in found.message and "4/config/tls-protocols" in found.source


LISTENERS = 'ESMTP_Listener { Listen ":25" { } }\nHTTP_Listener { }\n'


def test_defaults_that_changed_on_the_way_are_told_at_the_scopes_that_rely_on_them():
    found = of_rule("changed_default", LISTENERS, "5.3.0", "3.6.0")
    told = {(one.scope, one.option, one.line) for one in found}
    assert ("ESMTP_Listener", "idle_time", 1) in told and ("HTTP_Listener", "idle_time", 2) in told
    assert ("HTTP_Listener", "", 2) in told  # the port
    assert ("global", "tls_protocols", 1) in told
    assert any("8081" in one.message and "2081" in one.message for one in found)


def test_defaults_that_are_written_down_or_did_not_change_are_not_told():
    written = LISTENERS.replace("HTTP_Listener { }", 'HTTP_Listener { Idle_Time = 0\n Listen ":8081" { } }')
    told = {(one.scope, one.option) for one in of_rule("changed_default", written, "5.2", "3.6.0")}
    assert ("HTTP_Listener", "idle_time") not in told and ("HTTP_Listener", "") not in told
    assert of_rule("changed_default", LISTENERS, "5.2", "4.2") == []


def test_without_a_version_to_come_from_changed_defaults_are_only_told():
    assert {one.severity for one in of_rule("changed_default", LISTENERS, "5.3.0")} == {"info"}
    assert "warning" in {one.severity for one in of_rule("changed_default", LISTENERS, "5.3.0", "3.6")}


def test_stanzas_of_modules_without_a_package_are_told():
    assert rules("\nclamav { }", "5.2") == [("withdrawn", "", 2)]
    assert rules("\nclamav { }", "5.1", "5.1") == []


def test_a_file_that_does_not_parse_is_fatal_and_its_words_are_not_repeated():
    (found,) = of_rule("parse", 'include "bad.conf"\n', files={"/c/bad.conf": "A = 1\nB = hush }\n"})
    assert (found.severity, found.file, found.line) == ("fatal", "/c/bad.conf", 2)
    assert "hush" not in found.message


def test_a_missing_include_is_a_warning_and_a_missing_main_file_is_fatal():
    assert [(one.severity, one.line) for one in of_rule("missing", '\ninclude "gone.conf"\n')] == [("warning", 2)]
    configuration = load(MAIN, [], nodename="n", reader=OverlayReader({}))
    assert [one.severity for one in run.findings(configuration, "5.3")][0] == "fatal"


def test_leftovers_in_an_included_directory_are_found_by_their_names():
    files = {"/c/d/a.conf": "", "/c/d/a.conf.rpmnew": "", "/c/d/b.conf~": ""}
    found = of_rule("leftover", 'include "d"\n', files=files)
    assert [one.message.split(" ")[0] for one in found] == ["/c/d/a.conf.rpmnew", "/c/d/b.conf~"]


def test_a_local_changes_file_is_told():
    (found,) = of_rule("local_changes", '\nLocal_Changes_File = "/c/local.conf"\n', files={"/c/local.conf": ""})
    assert (found.severity, found.line) == ("info", 2)


def test_an_undocumented_form_is_told():
    assert [one.line for one in of_rule("undocumented_form", "\nHostname = 'a'\n")] == [2]


def test_findings_come_worst_first_and_in_load_order():
    text = 'Watchdog_Interval = 1\nSecurity {\n  User = "a"\n  Usr = 1\n}\nBounce_Cache_Size = 1\n'
    found = lint(text, "5.3.0", "5.2.0")
    keys = [(SEVERITIES.index(one.severity), one.line) for one in found]
    assert keys == sorted(keys) and found[0].option == "Usr"


def test_what_is_accepted_does_not_count():
    found = lint("Watchdog_Interval = 1\nSSL_Lock_Method = mutex\n", "5.3.0", "5.2.0")

    def names(accepted):
        return [one.option for one in run.grave(found, "warning", accepted)]

    assert names([]) == ["Watchdog_Interval", "SSL_Lock_Method"]
    assert names(["absent"]) == ["SSL_Lock_Method"]
    assert names(["deprecated:SSL_lock_method"]) == ["Watchdog_Interval"]
    assert run.grave(found, "fatal", []) == run.grave(found, "never", []) == []


def test_every_row_names_an_option_or_stanza_of_the_catalog_and_its_source():
    options = [rule.option for rule in data.VALUES + data.DEFAULTS]
    assert all(catalog.entries(option) for option in options)
    assert all(rule.source for rule in data.VALUES + data.DEFAULTS + data.WITHDRAWN)
    assert {rule.severity for rule in data.VALUES + data.DEFAULTS + data.WITHDRAWN} <= set(SEVERITIES)


def test_a_version_that_is_none_is_refused():
    with pytest.raises(ValueError):
        lint("A = 1", "newest")


RELEASES = st.tuples(st.integers(3, 6), st.integers(0, 9), st.integers(0, 9)).map(lambda parts: "%d.%d.%d" % parts)
NAMES = st.sampled_from([name for name in catalog.names() if not name.startswith("*")] + ["no_such_option"])


@given(st.lists(st.tuples(NAMES, st.sampled_from(["1", '"x"', '"+ALL"', "( a b )"])), max_size=8), RELEASES, RELEASES)
def test_any_options_at_any_version_are_judged_with_their_own_line(options, target, origin):
    text = "".join("%s = %s\n" % option for option in options)
    for one in lint(text, target, origin):
        assert one.severity in SEVERITIES and one.advice and one.source
        if one.option and one.rule != "changed_default":
            assert one.option.lower() == options[one.line - 1][0].lower()
