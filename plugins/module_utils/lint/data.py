# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that a version does not know, ignores, or understands in another way, and defaults that changed: as data.

Each row names the page it comes from. Where the pages leave the severity open, a value that only a later version knows is
taken for one that is refused.
"""

from typing import Callable, FrozenSet, List, NamedTuple, Optional, Tuple

from ..ecconf.effective import Setting
from . import outdated
from .finding import FATAL, INFO, WARNING


class ValueRule(NamedTuple):
    """A value of an option that is judged in the releases from `since` up to, not including, `until`.

    With `crossing` it is judged only on the way across `since`. `scope` narrows it to one scope.
    """

    rule: str
    severity: str
    option: str
    matches: Callable[[Setting], bool]
    message: str
    advice: str
    source: str
    since: str = "0"
    until: Optional[str] = None
    crossing: bool = False
    scope: str = ""


class DefaultRule(NamedTuple):
    """A default that changed with a release, for configurations that have the scope and leave the option out.

    `scopes` are names of top-level scopes, or 'global'.
    """

    option: str
    scopes: Tuple[str, ...]
    changed: str
    before: str
    after: str
    severity: str
    source: str


class Withdrawn(NamedTuple):
    """A module whose package a release no longer ships."""

    module: str
    since: str
    severity: str
    message: str
    source: str


_SSL = frozenset(["SSLV2", "SSLV3"])
_OLD_TLS = frozenset(["TLSV1.0", "TLSV1.1"])


def tokens(setting: Setting) -> List[str]:
    """The signed tokens of tls_protocols in capital letters; a token without a sign switches on."""
    return outdated.tokens(setting.value)


def _has(*requested: str) -> Callable[[Setting], bool]:
    return lambda setting: any(token in requested for token in tokens(setting))


def _all_but_for(*excluded: str) -> Callable[[Setting], bool]:
    """Whether +ALL is there and one of some protocols is not taken out of it."""
    return lambda setting: "+ALL" in tokens(setting) and not set(excluded) <= set(tokens(setting))


def _signed(sign: str, names: FrozenSet[str]) -> Callable[[Setting], bool]:
    return lambda setting: any(token[0] == sign and token[1:] in names for token in tokens(setting))


def _is(text: str) -> Callable[[Setting], bool]:
    return lambda setting: isinstance(setting.value, str) and setting.value.lower() == text


def _contains(text: str) -> Callable[[Setting], bool]:
    return lambda setting: isinstance(setting.value, str) and text in setting.value


def _begins(text: str) -> Callable[[Setting], bool]:
    return lambda setting: isinstance(setting.value, str) and setting.value.strip().startswith(text)


def _always(_setting: Setting) -> bool:
    return True


def _capital_keys(setting: Setting) -> bool:
    return isinstance(setting.value, dict) and any(key != key.lower() for key in setting.value)


def _unquoted(setting: Setting) -> bool:
    return not setting.raw.startswith('"')


VALUES: Tuple[ValueRule, ...] = (
    ValueRule(
        "unknown_value",
        FATAL,
        "tls_protocols",
        _has("+TLSV1.3", "-TLSV1.3"),
        "the word TLSv1.3 is not known before 4.6",
        "remove it",
        "4/config/tls-protocols",
        until="4.6",
    ),
    ValueRule(
        "inert",
        WARNING,
        "tls_protocols",
        _signed("+", _SSL),
        "SSLv2 and SSLv3 are accepted without effect since 5.3.0: peers that speak nothing newer are refused",
        "remove these words, and prepare such peers",
        "changelog/5/5-3-0",
        since="5.3.0",
    ),
    ValueRule(
        "inert",
        WARNING,
        "tls_protocols",
        _signed("+", _OLD_TLS),
        "whether TLSv1.0 and TLSv1.1 have an effect since 5.3.0 is up to the node's OpenSSL and crypto policy: where they have none, "
        "peers that speak nothing newer are refused",
        "remove these words, and prepare such peers",
        "4/config/tls-protocols, changelog/5/5-3-0",
        since="5.3.0",
    ),
    ValueRule(
        "inert",
        INFO,
        "tls_protocols",
        _signed("-", frozenset(["SSLV2"])),
        "SSLv2 is accepted without effect since 5.3.0",
        "the word may be removed",
        "4/config/tls-protocols",
        since="5.3.0",
    ),
    ValueRule(
        "changed_meaning",
        WARNING,
        "tls_protocols",
        _all_but_for("-SSLV3"),
        "+ALL means less since OpenSSL 1.1.1 of 4.6: no SSLv2, no SSLv3, and only TLS 1.2 and 1.3 where the system's policy says so",
        "name the desired protocols",
        "4/config/tls-protocols",
        since="4.6",
        crossing=True,
    ),
    ValueRule(
        "changed_meaning",
        WARNING,
        "tls_protocols",
        _all_but_for("-TLSV1.0", "-TLSV1.1"),
        "whether +ALL stands for TLS 1.0 and 1.1 since 5.3.0 is up to the node's OpenSSL and crypto policy",
        "name the desired protocols",
        "4/config/tls-protocols, changelog/5/5-3-0",
        since="5.3.0",
        crossing=True,
    ),
    ValueRule(
        "misspelled",
        WARNING,
        "tls_protocols",
        _begins(":"),
        "the value begins with a colon, as in a misprint of the 3.x manual",
        "begin with +ALL",
        "3/3-reference/conf-ref-tls-protocols",
    ),
    ValueRule(
        "unknown_value",
        FATAL,
        "tls_ec_curve_names",
        _contains(":"),
        "only one name before 5.3.0; with an unknown one all are rejected",
        "keep one curve",
        "4/config/tls-ec-curve-names",
        until="5.3.0",
    ),
    ValueRule(
        "unknown_value",
        FATAL,
        "outbound_smtp_auth_type",
        _is("xoauth2"),
        "XOAUTH2 is not known before 5.1",
        "use PLAIN or LOGIN",
        "4/modules/outbound-smtp-auth",
        until="5.1",
    ),
    ValueRule(
        "unknown_value",
        FATAL,
        "tls_verify",
        _is("optional"),
        "optional is not known before 3.6.5",
        "use ca, host or no",
        "4/config/tls-verify",
        until="3.6.5",
    ),
    ValueRule(
        "inert",
        WARNING,
        "crypto_engine",
        _always,
        "without effect in builds with OpenSSL 3, which 4.7 brought on RHEL 9",
        "remove it on RHEL 9 and later",
        "4/config/ref-crypto-engine",
        since="4.7",
    ),
    ValueRule(
        "unquoted",
        WARNING,
        "community",
        _unquoted,
        "without effect unless it is in quotation marks",
        "quote the value",
        "4/config/ref-snmp",
        scope="snmp",
    ),
    ValueRule(
        "capitals",
        FATAL,
        "peers",
        _capital_keys,
        "names of peers with capital letters keep msgc from starting",
        "write the names in small letters",
        "4/modules/msgc",
        scope="msgc_server",
    ),
)

_LISTENERS = ("esmtp_listener", "http_listener", "xmpp_listener")

DEFAULTS: Tuple[DefaultRule, ...] = (
    DefaultRule("idle_time", _LISTENERS, "4.0", "0", "300", WARNING, "4/config/ref-idle-time"),
    DefaultRule("tcp_recv_buffer_size", ("http_listener",), "4.0", "4096", "32768", INFO, "4/config-options-summary"),
    DefaultRule("tcp_send_buffer_size", ("http_listener",), "4.0", "4096", "32768", INFO, "4/config-options-summary"),
    DefaultRule(
        "clear_mail_queue_maintainers", ("global",), "3.6", "false", "true", INFO, "3/3-reference/options-summary"
    ),
    DefaultRule("siv_throttle_cache_size", ("global",), "3.0.24", "100", "1000", INFO, "3/3-reference/options-summary"),
    DefaultRule(
        "tls_protocols",
        ("global",),
        "5.3.0",
        "+ALL with TLS 1.0 and 1.1 where the library has them",
        "+ALL with them where OpenSSL and the crypto policy permit them",
        INFO,
        "4/config/tls-protocols, changelog/5/5-3-0",
    ),
)

# A port that no Listen names: 3.x and 4.0 have 8081, later manuals 2081. Which release changed it is undocumented.
HTTP_PORT = DefaultRule("Listen", ("http_listener",), "4.1", ":8081", ":2081", WARNING, "4/http-listener")

WITHDRAWN: Tuple[Withdrawn, ...] = (
    Withdrawn("clamav", "5.2", WARNING, "the package msys-clamav is gone since 5.2", "changelog/5/5-2-0"),
    Withdrawn(
        "adaptive_backstore_riak",
        "5.3",
        INFO,
        "the manual of the upgrade to 5.3 stops Riak and does not start it again",
        "manuals/upgrade-manual",
    ),
)

# Options that GnuTLS does not read (page 4/config/tls-engine and those of the options).
OPENSSL_ONLY = ("tls_protocols", "tlsv13_ciphersuites", "tls_ec_curve_names")
