# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP as clients meet it: relaying, passwords, extensions, limits; and protocols that know no password at all."""

import ipaddress
import re
from typing import Iterator, List, Optional, Sequence

from ....console_access.listens import split
from ....ecconf.effective import Setting
from ....ecconf.paths import Path, format_path
from ....exposure.clients import Admitted, Clients, Value
from ....exposure.smtp import LISTENER
from ....exposure.subject import Subject, entry, settings, truth, words_of
from ....preflight.manuals import REACHED_BY
from ...evidence import Evidence
from ...rule import CRITICAL, DECLARED, HIGH, LOW, MEDIUM, MTA, PROCESS, UNKNOWN, Check, Rule, Seen
from ..common import of_exposure, of_host, seen

_CLEAR = ("LOGIN", "PLAIN", "XOAUTH2", "OAUTHBEARER")
_DIGESTS = ("CRAM-MD5", "DIGEST-MD5")
# Between nodes of a cluster: no password, no encryption (page 4/4-cluster).
_CLUSTER = sorted(kind for kind, by in REACHED_BY.items() if by == "cluster")
_EVERYWHERE, _PUBLIC, _INTERNAL, _NAMED = "every address of the host", "public", "internal", "a name"
_NAMES_A_VERSION = re.compile(r"(?:momentum|ecelerity)[^0-9\n]{0,20}[0-9]", re.IGNORECASE)


def _subject(evidence: Evidence) -> Subject:
    now = evidence.configuration()
    return Subject(now.effective, now.configuration.main, evidence.host.version or None)


def _at(subject: Subject, path: Path, setting: Optional[Setting], ok: bool, what: str, remedy: str = "") -> Seen:
    """What was seen at an entrance: at the assignment that is in force, or at the scope."""
    file, line = subject.where(path) if setting is None else (setting.file, setting.line)
    return seen(ok, DECLARED, "%s: %s" % (format_path(path), what), file, line, remedy)


def _mechanisms(subject: Subject, path: Path) -> List[str]:
    """The mechanisms of AUTH that an entrance offers, to anybody: its own, and those of its Peer scopes."""
    scopes = [path, *subject.peers(path), *(subject.peers(path[:1]) if len(path) > 1 else ())]
    found: List[str] = []
    for one in scopes:
        setting = (
            subject.in_force(path, "smtp_extensions") if one == path else subject.effective.get(one, "smtp_extensions")
        )
        for text in _extensions(setting):
            words = text.upper().replace("=", " ").split()
            found += words[1:] if words[:1] == ["AUTH"] else []
    return list(dict.fromkeys(found))


def _extensions(setting: Optional[Setting]) -> List[str]:
    """The elements of SMTP_Extensions. In one without quotation marks the mechanisms are elements of their own."""
    if setting is None:
        return []
    value = setting.value
    items = [str(one) for one in value] if isinstance(value, (list, tuple)) else [" ".join(words_of(value))]
    joined: List[str] = []
    for item in items:
        known = item.upper() in _CLEAR + _DIGESTS
        if known and joined and joined[-1].upper().startswith("AUTH"):
            joined[-1] += " " + item
        else:
            joined.append(item)
    return joined


def _without_clear_passwords(evidence: Evidence) -> Iterator[Seen]:
    """Mechanisms that send the password itself, where TLS does not come first."""
    subject = _subject(evidence)
    for path in subject.entrances(LISTENER):
        offered = _mechanisms(subject, path)
        clear = [one for one in offered if one in _CLEAR]
        if offered:
            tls = truth(subject.in_force(path, "use_ssl"))
            how = "with TLS from the first byte" if tls else "with or without TLS"
            what = "AUTH %s is offered %s" % (" ".join(offered), how)
            yield _at(subject, path, subject.in_force(path, "smtp_extensions"), tls or not clear, what)


def _without_digests(evidence: Evidence) -> Iterator[Seen]:
    subject = _subject(evidence)
    for path in subject.entrances(LISTENER):
        offered = _mechanisms(subject, path)
        old = [one for one in offered if one in _DIGESTS]
        if offered:
            what = "AUTH %s is offered" % " ".join(offered)
            yield _at(subject, path, subject.in_force(path, "smtp_extensions"), not old, what)


def _for_trusted_clients(evidence: Evidence) -> Iterator[Seen]:
    """The extensions by which a client says who it is, and the header of a proxy that does the same."""
    yield from of_exposure(
        "xclient_for_everybody",
        "xremoteip_for_everybody",
        "xsetcontext_for_everybody",
        "xdumpcontext_for_everybody",
        otherwise="no listener that clients beyond the host reach has one of them for everybody",
    )(evidence)
    subject = _subject(evidence)
    for path in subject.entrances(LISTENER):
        setting = subject.in_force(path, "proxy_protocol")
        if setting is not None and truth(setting):
            where = _reach(path)
            what = "Proxy_Protocol is on, and the address is %s" % where
            one = _at(
                subject, path, setting, where == _INTERNAL, what, settings(entry(path, "Proxy_Protocol", "false"))
            )
            yield one._replace(status=UNKNOWN) if where == _NAMED else one


def _reach(path: Path) -> str:
    """Who reaches the address of a Listen: everybody, a network of one's own, or whoever a name is."""
    host = split(path[-1][1] or "")[0] if len(path) > 1 else ""
    if not host:
        return _EVERYWHERE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _NAMED
    if address.is_unspecified:
        return _EVERYWHERE
    return _PUBLIC if address.is_global else _INTERNAL


def _without_passwords(evidence: Evidence) -> Iterator[Seen]:
    """ECStream by its exposure. Listeners of a cluster by their address, or, at every address, by who gets through the firewall."""
    yield from of_exposure(
        "ecstream_beyond_host",
        otherwise="no ECStream_Listener is reached from other hosts",
        kinds=["ecstream_listener"],
    )(evidence)
    subject = _subject(evidence)
    is_everywhere = False
    for path in (path for kind in _CLUSTER for path in subject.entrances(kind)):
        where = _reach(path)
        if where == _EVERYWHERE:
            is_everywhere = True
        else:
            one = _at(subject, path, None, where == _INTERNAL, "its address is %s" % where)
            yield one._replace(status=UNKNOWN) if where == _NAMED else one
    if is_everywhere:
        yield from of_host("cluster_ports", PROCESS, lambda facts: "not everybody gets through the firewall")(evidence)


def of_entrances(option: str, default: str, safe: str) -> Check:
    """Return a check of an option with one safe value at every entrance for mail."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        subject = _subject(evidence)
        for path in subject.entrances(LISTENER):
            setting = subject.in_force(path, option)
            value = default if setting is None else str(setting.value).lower()
            what = "%s is %s%s" % (option, value, " by default" if setting is None else "")
            remedy = settings(entry(() if setting is None else setting.path, option, safe))
            yield _at(subject, path, setting, value == safe, what, remedy)

    return check


def _lone_lf(evidence: Evidence) -> Iterator[Seen]:
    yield from of_entrances("rfc2822_lone_lf_in_body", "ignore", "pedantic")(evidence)
    yield from of_entrances("rfc2822_lone_lf_in_headers", "pedantic", "pedantic")(evidence)


def _without_limit(value: Value) -> Optional[Admitted]:
    limits = [one for one in map(value, ("listener_sessions", "service_sessions")) if one is not None]
    is_limited = any(str(one.value).strip().isdigit() and int(str(one.value)) > 0 for one in limits)
    return None if is_limited else Admitted(limits[0] if limits else None)


def _limited(evidence: Evidence) -> Iterator[Seen]:
    """Whether anything limits the sessions at once, and whether a banner that is set names the version."""
    subject = _subject(evidence)
    for path in subject.entrances(LISTENER):
        open_by = Clients(subject, path).open_by(_without_limit)
        what = "%s the sessions at once" % ("nothing limits" if open_by else "a ceiling limits")
        yield _at(subject, path, open_by[0] if open_by else None, not open_by, what)
        banner = subject.in_force(path, "static_banner")
        if banner is not None:
            named = _NAMES_A_VERSION.search(str(banner.value)) is not None
            what = "Static_Banner %s a version" % ("names" if named else "does not name")
            yield _at(
                subject, path, banner, not named, what, settings(entry(banner.path, "Static_Banner", state="absent"))
            )


_AC_3, _AC_4 = "NIST SP 800-53 AC-3", "NIST SP 800-53 AC-4"
_EXTENSIONS = "page 4/esmtp-listener-extensions"

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-SMTP-001",
        "The node is no open relay",
        "Anybody has mail delivered anywhere; the addresses of the node end on block lists.",
        CRITICAL,
        (DECLARED,),
        of_exposure(
            "open_relay",
            "relay_hosts_world",
            "smtp_always_allow",
            otherwise="nobody beyond Relay_Hosts relays, and they are not the world",
        ),
        "momentum_settings with Open_Relay and Always_Allow false, and networks of your own in Relay_Hosts",
        ("page 4/config/ref-open-relay", "page 4/config/ref-relay-hosts", _EXTENSIONS, _AC_4, "NIST SP 800-177"),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-002",
        "No password is sent in clear: AUTH with LOGIN or PLAIN is offered where TLS comes first",
        "Whoever is on the way reads the password of a client that does not begin TLS, or is kept from it.",
        HIGH,
        (DECLARED,),
        _without_clear_passwords,
        "momentum_settings with SMTP_Extensions with AUTH in a Listen of its own, such as :465, and "
        "momentum_tls_targets with implicit_tls: true for it",
        (
            "page 4/inbound-smtp",
            "page 4/inbound-ssl",
            "RFC 8314",
            "NIST SP 800-53 SC-8",
            "NIST SP 800-53 IA-5",
            "DISA STIG V-259595",
        ),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-003",
        "XCLIENT, XREMOTEIP, XSETCONTEXT, XDUMPCONTEXT and Proxy_Protocol are for trusted clients alone",
        "Whoever may use them chooses the address and the context by which policies judge a message, or reads both.",
        HIGH,
        (DECLARED,),
        _for_trusted_clients,
        "momentum_settings with SMTP_Extensions without them, or in a Peer for trusted networks; "
        "Proxy_Protocol at a Listen with an internal address",
        (_EXTENSIONS, "page 4/config/ref-proxy-protocol", _AC_3),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-004",
        "ECStream and the listeners of a cluster are not open to the world",
        "They know no password: whoever reaches them injects messages, or talks to the nodes as one of them.",
        HIGH,
        (DECLARED, PROCESS),
        _without_passwords,
        "momentum_settings with a Listen at the loopback, or at an address of the cluster's own network; a firewall for those at every address",
        (
            "page 4/ecstream-listener",
            "page 4/4-cluster",
            "page 4/cluster-listeners",
            "page 3/3-reference/install-ports",
            _AC_4,
            "NIST SP 800-53 CM-7",
        ),
    ),
    Rule(
        "MSEC-SMTP-005",
        "The SNMP agent does not answer the world with the community that everybody knows",
        "Queues, domains and counts are read by anybody.",
        MEDIUM,
        (DECLARED,),
        of_exposure(
            "snmp_community_public", otherwise="the agent is off, at the loopback, or has a community of its own"
        ),
        "momentum_settings: [{scope: [SNMP], option: State, value: disabled}], or a Community from a vault",
        ("page 4/config/ref-snmp", "NIST SP 800-53 IA-5", "NIST SP 800-53 CM-7"),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-006",
        "Messages with a bare line feed are refused",
        "Servers that disagree on where a line ends can be made to see a second message in the first one, with "
        "a sender of the attacker's choice.",
        MEDIUM,
        (DECLARED,),
        _lone_lf,
        "momentum_settings: [{option: rfc2822_lone_lf_in_body, value: pedantic}, {option: "
        "rfc2822_lone_lf_in_headers, value: pedantic}]",
        (
            "page 4/config/ref-rfc-2822-lone-lf-in-body",
            "page 4/config/ref-rfc-2822-lone-lf-in-headers",
            "RFC 5321 section 2.3.8",
            "NIST SP 800-53 SI-10",
        ),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-007",
        "Sessions are limited, and the banner names no version",
        "A few clients take every session of the node; whoever reads the version knows what it is open to.",
        LOW,
        (DECLARED,),
        _limited,
        "momentum_settings with Listener_Sessions or Service_Sessions, and Static_Banner without a version",
        ("page 4/config/ref-listener-sessions", "page 4/config/ref-service-sessions", "NIST SP 800-53 SC-5"),
        MTA,
    ),
    Rule(
        "MSEC-SMTP-008",
        "CRAM-MD5 and DIGEST-MD5 are not offered",
        "CRAM-MD5 needs the passwords in clear on the node, and DIGEST-MD5 is historic; both rest on MD5.",
        LOW,
        (DECLARED,),
        _without_digests,
        "momentum_settings with SMTP_Extensions with AUTH PLAIN, at a Listen with TLS from the first byte",
        ("page 4/inbound-smtp", "RFC 6331", "NIST SP 800-53 IA-7"),
        MTA,
    ),
)
