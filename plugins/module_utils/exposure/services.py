# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What else answers beyond the host: HTTP and its proxy, ECStream, the console and SNMP. Then passwords that everybody knows."""

import re
from typing import Any, Iterator, List, Match, Optional

from ..console_access.listens import Listen, listens
from ..ecconf.effective import Setting
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.atoms import parse_bool
from ..redaction import redaction
from . import rules
from .clients import Admitted, Clients, Value
from .smtp import at, opened, together
from .subject import Finding, Findings, Proxy, Subject, entry, is_beyond_host, places, settings, truth

_PRINTED = re.compile("|".join(sorted(map(re.escape, rules.PRINTED), key=len, reverse=True)))
_TAKEN_OUT = re.compile(r"^[ \t]*(#).*%s\b" % rules.PROXY_ASKS, re.MULTILINE)
# `off`, in quotes or without, switches both off.
_ASKS = re.compile(
    r"^[ \t]*(?:%s\b|auth_(?:request|basic)(?=\s)(?!\s+([\"']?)off\1\s*;))" % rules.PROXY_ASKS, re.MULTILINE
)
_WITH_TLS = (
    "momentum_tls_targets: [{scope: [HTTP_Listener], implicit_tls: true, certificate: FILE, key: FILE}], or a Listen at 127.0.0.1 "
    "for an API proxy on this node"
)
_API = ", which serves the REST API with the Transmissions API,"


def of_http(subject: Subject) -> Findings:
    """Judge the HTTP listeners, of which each serves whoever reaches it unless it is told to ask (page 3/3-rest/rest-http-listener)."""
    clients = [Clients(subject, path) for path in subject.entrances("http_listener")]
    for found in opened(clients, _without_tls):
        because = "requests at %s, with keys and messages in them, are sent in clear" % places(found.entrances)
        yield at(subject, "http_without_tls", found, "Use_SSL", because, "true", "false")._replace(remedy=_WITH_TLS)
    api = _API if any(subject.effective.scopes("httpsrv")) else ""
    for found in opened(clients, _without_authentication):
        first, place = found.settings[0], found.entrances[0]
        because = "whoever reaches %s%s injects messages without a password" % (places(found.entrances), api)
        path = place[:1] if first is None else first.path
        option = "Enable_Authentication" if first is None else first.name
        safe = entry(path, option, "false" if option.lower() == "always_allow" else "true")
        digest = entry(path, "AuthDigestMD5Parameters", {"uri": "digest:///opt/msys/ecelerity/etc/http_passwd"})
        yield subject.at(
            "http_without_authentication",
            first,
            place,
            option,
            "false",
            because=because + together(found),
            remedy="%s, or a Listen at 127.0.0.1 for an API proxy on this node" % settings(safe, digest),
        )


def _without_tls(value: Value) -> Optional[Admitted]:
    setting = value("use_ssl")
    return None if truth(setting) or _is_denied(value) else Admitted(setting)


def _without_authentication(value: Value) -> Optional[Admitted]:
    """IP-based controls come first: always_deny, then always_allow (page 3/3-rest/rest-http-listener)."""
    allowed, asks = value("always_allow"), value("enable_authentication")
    if _is_denied(value):
        return None
    if truth(allowed):
        return Admitted(allowed)
    certificates = truth(value("tls_verified_peer_is_authorized")) and _is(value("tls_verify_mode"), "require")
    return None if truth(asks) or certificates and truth(value("use_ssl")) else Admitted(asks)


def _is_denied(value: Value) -> bool:
    return truth(value("always_deny"))


def _is(setting: Optional[Setting], word: str) -> bool:
    return setting is not None and str(setting.value).lower() == word


def of_proxies(subject: Subject) -> Findings:
    """Judge the API proxies. Files that they include are not looked at."""
    for proxy in subject.proxies:
        text = proxy.text or ""
        if not _ASKS.search(text):
            yield _proxy(proxy, _TAKEN_OUT.search(text))


def _proxy(proxy: Proxy, taken_out: Optional[Match[str]]) -> Finding:
    """What is open, or what nobody can tell: a file that cannot be read, or says nothing where the page has it ask."""
    because = "the API proxy passes every request to the REST API, and asks nobody for a password or a key"
    remedy = "have it ask, by auth_basic, or by `%s` where users have been set up; then reload it" % rules.PROXY_LINE
    line = 1 if taken_out is None else taken_out.string.count("\n", 0, taken_out.start(1)) + 1
    name = "api_proxy_without_authentication"
    found = Finding(name, rules.OPEN, (), "", "", False, proxy.path, line, because, proxy.page, remedy)
    if taken_out is not None or proxy.is_open and not proxy.reason:
        return found
    because = proxy.reason or "the file has no %s, by which this server asks who is there" % rules.PROXY_ASKS
    return found._replace(status=rules.UNKNOWN, because=because)


def of_ecstream(subject: Subject) -> Findings:
    """Judge the ECStream listeners, which know no authentication at all."""
    for path in subject.entrances("ecstream_listener"):
        because = "whoever reaches %s injects messages, and the protocol knows no password" % format_path(path)
        yield subject.at(
            "ecstream_beyond_host", None, path, "", "", because=because, remedy=_at_loopback(path, "127.0.0.1:1825")
        )


def _at_loopback(path: Path, address: str) -> str:
    """The Listen at the loopback instead."""
    port = (path[-1][1] or "").rpartition(":")[2] if len(path) > 1 else ""
    near = path[:1] + (("Listen", "127.0.0.1:%s" % port if port.isdigit() else address),)
    gone = [entry(path, "", state="absent")] if len(path) > 1 else []
    return settings(*gone, entry(near, ""))


def of_console(subject: Subject) -> Findings:
    """Judge the places of the console."""
    for listen in listens(subject.effective):
        if listen.enabled and not (listen.always_deny and not listen.peers):
            if listen.is_unix and (listen.mode is None or listen.mode & 0o006):
                yield _socket(subject, listen)
            elif is_beyond_host(listen.address):
                yield _console(subject, listen)


def _socket(subject: Subject, listen: Listen) -> Finding:
    mode = subject.in_force(listen.path, "file_mode")
    because = "every account of the host can command the daemon at %s" % listen.address
    if listen.mode is None:
        because = (
            "the mode of the socket %s is no octal number, and what Momentum makes of it is not documented"
            % listen.address
        )
    remedy = 'momentum_control: manage, with momentum_control_socket_mode: "0660"'
    found = subject.at("console_for_every_account", mode, listen.path, "File_Mode", "", because=because, remedy=remedy)
    return found._replace(status=rules.UNKNOWN) if listen.mode is None else found


def _console(subject: Subject, listen: Listen) -> Finding:
    asks = listen.authentication and any(map(bool, listen.uris.values())) and not listen.always_allow
    how = "with a password" if asks else "without a password"
    because = "whoever reaches %s commands the daemon %s, and nothing there is encrypted" % (listen.address, how)
    gone = settings(entry(listen.path, "", state="absent"))
    remedy = "momentum_control: manage, without the address in momentum_control_tcp; or %s" % gone
    return subject.at("console_beyond_host", None, listen.path, "", "", because=because, remedy=remedy)


def of_snmp(subject: Subject) -> Findings:
    """Judge the agent: it is on by default, with a community that everybody knows, at the loopback (pages 4/config/ref-snmp, 3/3-reference/3-reference-faq)."""
    path: Path = (("SNMP", None),)
    state, address, community = (subject.effective.get(path, option) for option in ("state", "address", "community"))
    place = rules.DEFAULT_SNMP_ADDRESS if address is None else str(address.value)
    if _is_off(state) or not is_beyond_host(place):
        return
    if community is None or str(community.value).lower() == rules.DEFAULT_COMMUNITY.lower():
        because = (
            "whoever reaches %s over UDP reads queues, domains and counts, by the community that everybody tries first"
            % place
        )
        near = "127.0.0.1:%s" % (place.rpartition(":")[2] or "8162")
        remedy = (
            settings(entry(path, "Address", near)) + ", or a Community of your own from a vault, or State: disabled"
        )
        yield subject.at(
            "snmp_community_public",
            community,
            path,
            "Community",
            rules.DEFAULT_COMMUNITY,
            because=because,
            remedy=remedy,
        )


def _is_off(setting: Optional[Setting]) -> bool:
    if setting is None:
        return False
    return str(setting.value).lower() == "disabled" or parse_bool(str(setting.value)) is False


def of_passwords(subject: Subject) -> Findings:
    """Find passwords that the manuals print. The finding does not repeat them."""
    for setting in subject.effective.settings():
        if any(map(_PRINTED.search, _texts(setting.value))):
            for secret in redaction.secrets_in(setting.name, setting.value, subject.secret_options):
                page = rules.PRINTED.get(secret) or rules.PRINTED.get(secret.rpartition(":")[2])
                if page:
                    yield _printed(subject, setting, page)
                    break


def _printed(subject: Subject, setting: Setting, page: str) -> Finding:
    name = "printed_password"
    remedy = settings(entry(setting.path, setting.name, "FROM_A_VAULT")) + ", and change it where it is checked"
    because = "it has a password that the manuals print"
    return subject.at(name, setting, setting.path, setting.name, "", because=because, remedy=remedy, page=page)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
    else:
        yield str(value)


OF_SERVICES: List[Any] = [of_http, of_proxies, of_ecstream, of_console, of_snmp, of_passwords]
