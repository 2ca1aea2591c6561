# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option catalog: look-up by name and scope, activation, releases, and equality by meaning."""

import pytest

from plugins.module_utils.catalog import catalog


@pytest.mark.parametrize("name", ["tls_protocols", "TLS_Protocols", "TLS_PROTOCOLS"])
def test_names_and_scopes_are_found_in_any_letter_case(name):
    entry = catalog.lookup(name, "ESMTP_Listener")
    assert (entry.name, entry.type, entry.default) == ("tls_protocols", "protocols", "+ALL")
    assert {"global", "binding", "listen", "pathway"} <= entry.scopes
    assert "xmpp_listener" not in entry.scopes


def test_one_name_has_another_meaning_in_another_scope():
    assert catalog.lookup("pathway", "global").type == "scope"
    assert catalog.lookup("pathway", "listen").type == "string"
    assert catalog.lookup("state", "snmp").default == "1"
    assert catalog.lookup("state", "snmp_traps").default == "0"
    assert len(catalog.entries("state")) == 2


def test_an_option_is_not_found_where_no_page_has_it():
    assert catalog.lookup("tls_engine", "listen") is None
    assert catalog.lookup("no_such_option", "global") is None
    assert catalog.entries("no_such_option") == []
    assert catalog.lookup("tl", "global") is None
    assert [entry.name for entry in catalog.entries("tls")] == ["tls"]


def test_common_module_options_and_includes_are_found_in_any_scope():
    assert catalog.lookup("enabled", "opendkim").type == "boolean"
    assert catalog.lookup("include", "esmtp_listener").type == "include"


def test_an_option_whose_scopes_nobody_states_is_found_everywhere():
    assert catalog.lookup("tls_fallback_always_new_connection", "binding").default == "true"


def test_the_mode_of_any_custom_logger_log_is_known_by_its_pattern():
    assert catalog.lookup("delivery_mode", "custom_logger").type == "octal"
    assert catalog.lookup("delivery_mode", "esmtp_listener") is None


def test_tls_key_is_valid_in_the_union_of_its_page_and_the_table():
    for scope in ("binding", "binding_group", "domain", "global", "listen", "xmpp_listener"):
        assert catalog.lookup("tls_key", scope) is not None


def test_the_names_are_distinct_and_sorted():
    names = list(catalog.names())
    assert names == sorted(set(names))
    assert len(names) > 400
    assert all(catalog.entries(name) for name in names)


SECURITY = (("Security", None),)


@pytest.mark.parametrize(
    "name, path",
    [
        ("Capabilities", SECURITY),
        ("user", SECURITY),
        ("anything_at_all", SECURITY),
        ("community", (("SNMP", None),)),
        ("anything_at_all", (("snmp_traps", None),)),
        ("stack_size", (("ThreadPool", "IO"),)),
        ("backlog", (("threadpool", "IO"),)),
        ("spoolbase", ()),
        ("security", ()),
        ("tls_engine", ()),
        ("bind_address", (("binding", "a"),)),
        ("dns_rate_limit_enabled", ()),
        ("log_hires_timestamp", ()),
        ("gen_count", (("msg_gen", None),)),
        ("thread_pool", (("custom_logger", "c"),)),
        ("anything_at_all", (("fbl", None),)),
        ("anything_at_all", (("beik", None),)),
        ("duravip_balance_set_size", (("cluster", None),)),
        ("adaptive_cache_size", (("adaptive", None),)),
        ("event_loop", (("esmtp_listener", None), ("listen", ":25"))),
        ("anything_at_all", (("eventloop", "a"), ("inner", None))),
    ],
)
def test_options_that_need_a_restart(name, path):
    assert catalog.activation(name, path) == "restart"


@pytest.mark.parametrize(
    "name, path",
    [
        ("tls_protocols", ()),
        ("concurrency", (("threadpool", "IO"),)),
        ("bind_address", (("msgc_client", None),)),
        ("user", (("outbound_smtp", None),)),
        ("no_such_option", ()),
        ("relay_hosts", (("esmtp_listener", None), ("listen", ":25"))),
    ],
)
def test_everything_else_is_reloaded(name, path):
    assert catalog.activation(name, path) == "reload"


def test_scopes_have_an_activation_of_their_own():
    assert catalog.scope_activation(SECURITY) == "restart"
    assert catalog.scope_activation((("binding", "a"),)) == "reload"
    assert catalog.scope_activation((("Binding_Group", "g"), ("Binding", "a")), removed=True) == "restart"
    assert catalog.scope_activation((("event_hose", "h"),)) == "restart"
    assert catalog.scope_activation((("adaptive", None),)) == "restart"
    assert catalog.scope_activation((("adaptive", None),), removed=True) == "reload"


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("5.3", (5, 3)),
        ("5.3.0", (5, 3)),
        ("5.0.0.74264 r(a1b2)", (5, 0, 0, 74264)),
        ("4.1 HF2", (4, 1)),
        ("4.2.38-1.el7", (4, 2, 38)),
        ("4", (4,)),
    ],
)
def test_releases_are_read_from_what_momentum_prints(text, numbers):
    assert catalog.parse_version(text) == numbers


@pytest.mark.parametrize("text", ["", "HF2", ".3", "-1"])
def test_what_is_no_release_is_refused(text):
    with pytest.raises(ValueError, match="not a Momentum release"):
        catalog.parse_version(text)


@pytest.mark.parametrize(
    "name, scope, release, expected",
    [
        # 3.6.6;4.1.0.2: a fix of the 3.x line does not reach 4.0
        ("tls_protocols", "global", "3.6.5", False),
        ("tls_protocols", "global", "3.6.6", True),
        ("tls_protocols", "global", "3.6.12", True),
        ("tls_protocols", "global", "4.0", False),
        ("tls_protocols", "global", "4.1.0.1", False),
        ("tls_protocols", "global", "4.1.0.2", True),
        ("tls_protocols", "global", "5.3", True),
        # 3.5.10,3.6.4;4.1: maintenance branches
        ("tls_ifavailable_fallback", "global", "3.5.9", False),
        ("tls_ifavailable_fallback", "global", "3.5.11", True),
        ("tls_ifavailable_fallback", "global", "3.6.3", False),
        ("tls_ifavailable_fallback", "global", "3.6.4", True),
        ("tls_ifavailable_fallback", "global", "4.0", False),
        ("tls_ifavailable_fallback", "global", "4.1", True),
        # 4.7.7,4.8.6,5.1.0: 5.0 never received it
        ("use_tls", "event_hose", "4.7.7", True),
        ("use_tls", "event_hose", "4.8.5", False),
        ("use_tls", "event_hose", "4.8.6", True),
        ("use_tls", "event_hose", "5.0.1", False),
        ("use_tls", "event_hose", "5.1", True),
        ("use_tls", "event_hose", "5.3.0", True),
        # 2.2.3.49;3.3;4.0
        ("starttls_injection_policy", "listen", "3.2", False),
        ("starttls_injection_policy", "listen", "3.6", True),
        # 3.5.5;4.0 continues through the rest of 3.x; plain ones
        ("tlsv13_ciphersuites", "global", "4.5", False),
        ("tlsv13_ciphersuites", "global", "4.6", True),
        ("user", "security", "3.6.6", True),
        ("cluster_listener", "global", "3.6", False),
        # merely absent from the manuals of 4.x
        ("watchdog_interval", "global", "3.6", True),
        ("watchdog_interval", "global", "4.2", None),
        # accepted without effect: still known
        ("ssl_lock_method", "global", "5.3", True),
        # no page says since when, or the release is not known
        ("msg_gen", "global", "5.3", None),
        ("tls_protocols", "global", None, None),
        ("tls_protocols", "global", "", None),
    ],
)
def test_releases_that_know_an_option(name, scope, release, expected):
    assert catalog.available(catalog.lookup(name, scope), release) is expected


def test_the_rest_of_a_major_line_keeps_what_one_of_its_releases_brought():
    entry = catalog.lookup("tls_engine", "global")._replace(since="3.5.5;4.0")
    assert not catalog.available(entry, "3.5.4")
    assert all(catalog.available(entry, release) for release in ("3.5.5", "3.6.1", "4.0", "5.3"))


def test_deprecation_by_release():
    entry = catalog.lookup("crypto_lock_method", "global")
    assert all(catalog.deprecated(entry, release) for release in ("5.3", "5.3.0", "5.4.1"))
    assert not any(catalog.deprecated(entry, release) for release in ("5.2.9", "4.0", None))
    assert not catalog.deprecated(catalog.lookup("tls", "global"), "5.3")


@pytest.mark.parametrize(
    "name, path, a, b, expected",
    [
        ("local_changes_only", (), "true", "On", True),
        ("local_changes_only", (), "enabled", True, True),
        ("local_changes_only", (), "1", 1, True),
        ("local_changes_only", (), "false", "yes", False),
        ("local_changes_only", (), "maybe", "maybe", True),
        ("local_changes_only", (), "maybe", "true", False),
        ("spool_mode", (), "0640", "640", True),
        ("spool_mode", (), "0640", 0o640, True),
        ("spool_mode", (), "0416", 416, False),
        ("spool_mode", (), "0640", "0660", False),
        ("spool_mode", (), "rw", "rw", True),
        ("tlsa_expire_interval", (), "3600", 3600, True),
        ("tlsa_expire_interval", (), "+60", "60", True),
        ("tlsa_expire_interval", (), "010", "10", False),
        ("tlsa_expire_interval", (), "-0", "0", True),
        ("relay_hosts", (), ["a", "b"], ("a", "b"), True),
        ("relay_hosts", (), ["a", "b"], ["b", "a"], False),
        ("peers", (("msgc_server", None),), {"a": "1"}, {"a": 1}, True),
        ("peers", (("msgc_server", None),), {"a": "1"}, {"b": "1"}, False),
        ("user", SECURITY, "ecuser", "ECUSER", False),
        ("no_such_option", (), "true", "on", False),
        ("no_such_option", (), "true", True, True),
    ],
)
def test_values_are_compared_by_what_they_mean(name, path, a, b, expected):
    assert catalog.same(name, path, a, b) is expected
    assert catalog.same(name, path, b, a) is expected


def test_listener_options_in_a_pathway_group_are_not_seen_by_momentum():
    assert not catalog.recognised("TLS_Certificate", "Pathway_Group")
    assert catalog.recognised("tls_certificate", "pathway")
    assert catalog.recognised("alias_schemes", "pathway_group")
