# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names stand for secrets. A new option of the catalog that looks like one has to be put on one of the lists."""

import pytest

from plugins.module_utils.catalog import catalog
from plugins.module_utils.redaction import redaction, secret_names

OF_THE_CATALOG = {
    "authorization",  # a scope without a name; as an option it would be a header of HTTP
    "community",
    "gcm_authorization_token_id",
    "http_basic_auth",
    "outbound_smtp_auth_pass",
    "secret",
    "tls_passphrase",
    "xmpp_dialback_secret",
}
# Names of kinds that the catalog knows to be something else.
NO_SECRETS = {
    "credentials",
    "key",
    "outbound_smtp_auth_key",  # by which Lua looks up a login (page outbound-smtp-auth)
    "returns_password",
    "tls_key",
}


def test_the_secret_options_of_the_catalog_are_these():
    assert {name for name in catalog.names() if redaction.is_secret(name)} == OF_THE_CATALOG


def test_other_options_of_a_like_name_are_no_secrets():
    words = ("passw", "_pass", "secret", "token", "key", "credential", "communit", "passphrase")
    alike = {name for name in catalog.names() if any(word in name for word in words)} - OF_THE_CATALOG
    assert alike == NO_SECRETS | {"domainkeys"}
    assert not any(redaction.is_secret(name) for name in alike)


@pytest.mark.parametrize(
    "name",
    [
        "TLS_PassPhrase",
        "pAssWord",
        "Relay_pass_word",
        "PassWd",
        "Pass_Phrase",
        "MM7_HTTP_Auth_Password",  # pages mm7 and smpp of 3.x, which the catalog does not list
        "SMPP_SMSC_Password",
        "License_key_code",
        "password",
        "PWD",
        "sslpassword",
        "pass",
        "UserPassword",
        "apiKey",
        "Private_Key",
        "x-auth-token",
        "Proxy_Authorization",
        "bindpw",
        "credential_value",
        "Bearer",
        "TLS_Passphrase",
        "Client_Secret",
        "pass_code",
    ],
)
def test_names_of_secrets_that_no_catalog_lists(name):
    assert redaction.is_secret(name) and redaction.is_secret(name.upper() if "_" in name else name)


@pytest.mark.parametrize(
    "name",
    [
        "User",
        "Bypass_Something",
        "ha_proxy_bypass",
        "TLS_Key",
        "Max_Retries",
        "compass_mode",
        "Capabilities",
        "password_column",
        "Password_File",
        "token_expiry",
        "min_password_length",
        "AuthLoginParameters",
        "Enable_Authentication",
        "Outbound_SMTP_AUTH_User",
        "Outbound_SMTP_AUTH_Type",
        "Outbound_SMTP_AUTH_Key",
        "routing_key",
        "vertica_dba_user_password_disabled",
    ],
)
def test_other_names(name):
    assert not redaction.is_secret(name)


@pytest.mark.parametrize(
    "value, secret",
    [
        ("/etc/pki/mx.key", False),
        ("none", False),
        (True, False),
        ("", False),
        ("AbC0123=", True),
        (["/a/b", "x1y2"], True),
    ],
)
def test_a_name_that_ends_in_key_stands_for_a_key_or_for_its_file(value, secret):
    assert redaction.is_secret("Signing_Key", value=value) is secret
    assert secret_names.kind("Signing_Key") == secret_names.KEY


def test_a_name_that_is_key_alone_is_judged_by_its_value_though_one_scope_has_a_path_there():
    assert redaction.mask_value("params", {"Key": "hunter22"}) == {"Key": redaction.MASK}
    assert redaction.mask_value("Key", "/opt/msys/etc/credentials.key") == "/opt/msys/etc/credentials.key"
    assert "hunter22" not in redaction.mask_value("uri", "sqlite:/var/x.db;key=hunter22")


def test_what_the_daemon_replaces_by_a_password_is_none():
    assert redaction.mask_value("pass", "%{password}") == "%{password}"
    assert redaction.mask_value("pass", "%{password}x") == redaction.MASK


def test_a_private_key_is_a_secret_in_any_option():
    text = "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----"
    assert redaction.mask_value("TLS_Certificate", text) == redaction.MASK
