# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A setting that the catalog knows to be wrong is refused with place, option, right scopes or type; what it does not know is not."""

import pytest

from plugins.module_utils.catalog import catalog
from plugins.module_utils.catalog.option_types import expected
from plugins.module_utils.ecconf.paths import parse_path
from plugins.module_utils.errors import PlanError
from plugins.module_utils.lint.declared_options import REFUSED, Setting, objections, refuse


def found(option, value, *scope, version="5.3.0", allow=()):
    setting = Setting("settings[3]", parse_path(list(scope)), option, value, repr(value), allow)
    return objections([setting], lambda: version)


LISTEN = ("ESMTP_Listener", 'Listen ":25"')


@pytest.mark.parametrize(
    ("option", "value", "scope", "words"),
    [
        (
            "Max_Retries",
            "many",
            (),
            ["settings[3]: option Max_Retries of the global scope", "'many' is not an integer", "auto"],
        ),
        ("message_expiration", "a day", (), ["is not an integer", "allow: [wrong_type]"]),
        ("message_expiration", [1, 2], (), ["is not an integer"]),
        ("message_expiration", "", (), ["is not an integer"]),
        ("message_expiration", 20.5, (), ["is not an integer"]),
        ("Enable", "maybe", LISTEN, ["option Enable of scope ESMTP_Listener > Listen", "is not a boolean"]),
        ("Spool_Mode", "rw-r-----", (), ["is not an octal number"]),
        ("Spool_Mode", "0689", (), ["is not an octal number"]),
        ("TLS", "perhaps", (), ["is not one of no, ifavailable, required"]),
        ("Outbound_Throttle_Messages", "60 per minute", (), ["number/seconds"]),
        ("Max_Retries", 3, LISTEN, ["in the scope listen", "Move it to one of: binding", "allow: [misplaced]"]),
        ("Idle_Time", 3, ('Pathway_Group "x"',), ["silently ignores", "Move it into each Pathway"]),
        (
            "Usr",
            "ecuser",
            ("Security",),
            ["no version has this option", "Did you mean user?", "allow: [unknown_option]"],
        ),
        ("Nonsense", "1", LISTEN, ["Correct the name, or remove it"]),
        (None, None, ("ESMTP_Listener", "Lisen"), ["scope ESMTP_Listener > Lisen", "no version has this stanza here"]),
        ("tlsv13_ciphersuites", "TLS_AES_128_GCM_SHA256", ("ESMTP_Listener",), ["not in version 4.2", "since 4.6"]),
        ("Credential", "/x.db", ("securecreds",), ["Did you mean credentials?", "allow: [misspelled]"]),
        (
            "digest",
            "rsa-sha256",
            ('opendkin "x"',),
            ["scope opendkin", "Did you mean opendkim?", "allow: [misspelled]"],
        ),
        (None, None, ("opendkin",), ["scope opendkin", "Did you mean opendkim?"]),
        ("Enabled", False, ("ESMTP_Listener",), ["Rename it to Enable", "allow: [misspelled]"]),
        # The example of the page 3/3-reference/install-security.
        (
            "TLS_Protocols",
            "-SSLv2:-SSLv3:-TLSv1.0:+TLSv1.1:-TLSv1.2",
            LISTEN,
            ["leaves TLSv1.1 and TLSv1.3 alone", "allow: [outdated_protocols]"],
        ),
        ("tls_protocols", "+tlsv1.0", ('Binding "b"',), ["leaves TLSv1.0 alone", "allow: [outdated_protocols]"]),
        ("TLS_Ciphers", "NORMAL:-VERS-ALL:+VERS-TLS1.1", (), ["leaves TLSv1.1 alone", "allow: [outdated_protocols]"]),
        (None, None, ('Binding "a:b"',), ["blanks and colons are not allowed", "allow: [instance_name]"]),
        ("Bind_Address", "192.0.2.1", ('Binding "a b"',), ["scope Binding", "allow: [instance_name]"]),
    ],
)
def test_what_the_catalog_knows_to_be_wrong_is_named_with_its_remedy(option, value, scope, words):
    version = "4.2" if option == "tlsv13_ciphersuites" else "5.3.0"
    sentences = found(option, value, *scope, version=version)
    assert len(sentences) == 1
    for word in words:
        assert word in sentences[0]


@pytest.mark.parametrize(
    ("option", "value", "scope"),
    [
        ("Max_Retries", "20", ()),
        ("Max_Retries", 20, ()),
        ("Max_Retries", "auto", ()),
        ("max_retries", "NONE", ()),
        ("Max_Retries", "-1", ('Domain "x.example"',)),
        ("Enable", True, LISTEN),
        ("Enable", "On", LISTEN),
        ("Enable", 0, LISTEN),
        ("Blackhole", "inline", ()),
        ("Xclient", "ifavailable", ()),
        ("Low_Threshold", "0.2", ('Adaptive_Sweep_Rule "x"',)),
        ("Outbound_Throttle_Messages", "60/3", ()),
        ("Outbound_Throttle_Messages", 60, ()),
        ("Spool_Mode", "0640", ()),
        ("Relay_Hosts", ["10.0.0.0/8"], ("ESMTP_Listener",)),
        ("binding_group", "group1", ('Binding "x"',)),
        ("TLS_Protocols", "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1", ()),
        ("TLS_Protocols", "+TLSv1.1:+TLSv1.2", ()),
        ("TLS_Protocols", "-ALL:+TLSv1.3", ()),
        # What it leaves is SSLv3 to the words, and nothing old to an OpenSSL of this version.
        ("TLS_Protocols", "+ALL:-TLSv1.0:-TLSv1.1:-TLSv1.2", ()),
        ("TLS_Protocols", "no list", ()),
        ("TLS_Ciphers", "NORMAL:-VERS-SSL3.0", ()),
        ("TLS_Ciphers", "HIGH:!aNULL", ()),
        # Nobody knows what a module takes, in its own stanza or beside the options of the core.
        ("Own_Module_Option", "x", ()),
        ("Max_Retriess", 3, ()),
        ("Max_Retries", "many", ('Own_Module "x"',)),
        ("Port", "smtp", ('Own_Module "x"',)),
        ("tlsv13_ciphersuites", "x", ('Own_Module "x"',)),
        ("Credentials", "/x.db", ("securecreds",)),
        ("color", "x", ("securecreds",)),
        ("selector", "x", ('opendkim "x"', 'dkim_domain "example.com"')),
        ("rollup_mx", True, ('Host "mx.example"',)),
        (None, None, ('Own_Module "x"',)),
    ],
)
def test_what_is_right_or_unknown_to_the_catalog_is_left_to_the_validators(option, value, scope):
    assert found(option, value, *scope) == []


@pytest.mark.parametrize(
    ("option", "value", "scope", "since"),
    [
        (None, None, ("curfew",), "since 5.3"),
        ("timezone", "UTC", ("curfew",), "since 5.3"),
        (None, None, ("openarc",), "since 5.0"),
        ("daemon", "x", ("spamassassin",), "since 5.0"),
        ("delay_check", True, ('spf_v1 "s"',), "since 5.0"),
        ("Outbound_Throttle_Messages", 10, ('Host "mx.example"',), "since 5.3"),
    ],
)
def test_a_stanza_or_an_option_that_comes_with_a_later_version_is_refused(option, value, scope, since):
    sentences = found(option, value, *scope, version="4.8.6")
    assert sentences and all(since in sentence and "allow: [too_new]" in sentence for sentence in sentences)
    assert found(option, value, *scope, version="5.3.0") == []
    assert found(option, value, *scope, version=None) == []


def test_an_unknown_version_refuses_nothing_that_some_version_has():
    assert found("tlsv13_ciphersuites", "TLS_AES_128_GCM_SHA256", "ESMTP_Listener", version=None) == []


def test_the_version_is_asked_for_only_where_releases_differ():
    asked = []
    settings = [Setting("settings[0]", (), "Max_Retries", 20, "20")]
    assert objections(settings, lambda: asked.append(1)) == [] and asked == []


def test_every_check_can_be_overridden_by_its_name():
    assert found("Max_Retries", "many", *LISTEN, allow=["misplaced"]) == []
    assert found("Max_Retries", "many", allow=["misplaced"]) != []
    assert found("Max_Retries", "many", allow=["wrong_type"]) == []
    assert found("Usr", "x", "Security", allow=list(REFUSED)) == []


def test_all_wrong_settings_are_named_at_once():
    settings = [
        Setting("settings[0]", (), "Max_Retries", "many", "'many'"),
        Setting("settings[1]", (), "Spool_Mode", "rw", "'rw'"),
    ]
    with pytest.raises(PlanError) as error:
        refuse(settings, lambda: None)
    assert "settings[0]" in str(error.value) and "settings[1]" in str(error.value)


def test_the_defaults_of_the_catalog_are_of_their_types():
    for name in catalog.names():
        for entry in catalog.entries(name):
            if entry.default is not None:
                assert not expected(name, entry.type, entry.default), (name, entry.default)


@pytest.mark.parametrize("version, left", [("3.6.12", "TLSv1.1 alone"), (None, "TLSv1.1 and TLSv1.3 alone")])
def test_what_is_left_of_a_list_of_protocols_is_that_of_the_version(version, left):
    (sentence,) = found("TLS_Protocols", "-SSLv2:-SSLv3:-TLSv1.0:+TLSv1.1:-TLSv1.2", version=version)
    assert left in sentence
    assert found("TLS_Protocols", "+TLSv1.1", version=version, allow=["outdated_protocols"]) == []
