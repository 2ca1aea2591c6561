# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the SMTP listeners let everybody do."""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from . import networks
from .clients import Admitted, Clients, Judge, Value
from .rules import UNKNOWN
from .subject import Finding, Findings, Subject, entry, places, settings, truth, words_of

LISTENER = "esmtp_listener"
SHOWN = 8  # entries of one remedy
_LOCAL = ["127.0.0.0/8", "::1"]
_ONLY_THERE = "; offer it to the hosts alone that need it, in a Peer of theirs"
# The extensions that are for trusted clients alone: the name of the rule by the word, and what a client then does.
EXTENSIONS: Dict[str, Tuple[str, str]] = {
    "XCLIENT": (
        "xclient_for_everybody",
        "a client gives itself another address and other names, and passes for a host that may relay",
    ),
    "XREMOTEIP": (
        "xremoteip_for_everybody",
        "a client gives itself another address at any time, and passes for a host that may relay",
    ),
    "XSETCONTEXT": (
        "xsetcontext_for_everybody",
        "a client sets what policy scripts decide by, such as that it may relay",
    ),
    "XDUMPCONTEXT": ("xdumpcontext_for_everybody", "a client has the contexts shown that policy scripts decide by"),
}


class Opened(NamedTuple):
    """entrances: those at which the same settings open the same."""

    settings: List[Optional[Setting]]
    entrances: List[Path]


def of_smtp(subject: Subject) -> Findings:
    """Judge every place at which programs beyond the host deliver mail."""
    clients = [Clients(subject, path) for path in subject.entrances(LISTENER)]
    relays = list(opened(clients, _open_relay))
    yield from _relays(subject, relays)
    relaying = {path for one in relays for path in one.entrances}
    closed = [one for one in clients if one.entrance not in relaying]
    yield from _relay_hosts(subject, closed)
    for found in opened(clients, _always_allow):
        because = "Always_Allow has every client at %s pass for authenticated, so that it may relay" % places(
            found.entrances
        )
        yield at(subject, "smtp_always_allow", found, "Always_Allow", because, "false")
    for word, (name, what) in EXTENSIONS.items():
        for found in opened(clients, _offers(word)):
            yield _extension(subject, name, what, found)
    for found in opened(clients, _injects):
        because = "commands that somebody puts between client and server before TLS begins count as sent within TLS, at %s (CVE-2011-0411)"
        yield at(
            subject,
            "starttls_injection",
            found,
            "Starttls_Injection_Policy",
            because % places(found.entrances),
            "reject",
        )


def opened(clients: List[Clients], judge: Judge) -> List[Opened]:
    """Return what a judge finds at some entrances, once for the same settings."""
    found: Dict[Tuple[object, ...], Opened] = {}
    for one in clients:
        by = one.open_by(judge)
        if by:
            # A default has no place of its own: it belongs to the entrance.
            key = tuple((each.file, each.line, each.path) if each else one.entrance for each in by)
            found.setdefault(key, Opened(by, [])).entrances.append(one.entrance)
    return list(found.values())


def at(subject: Subject, name: str, found: Opened, option: str, because: str, value: str, default: str = "") -> Finding:
    """Return a finding that another value of an option ends, in all the places that set it."""
    paths = [one.path if one is not None else found.entrances[0] for one in found.settings]
    remedy = settings(*(entry(path, option, value) for path in paths[:SHOWN])) + _as_well(paths)
    return subject.at(
        name, found.settings[0], found.entrances[0], option, default, because=because + together(found), remedy=remedy
    )


def _as_well(entries: Sequence[object]) -> str:
    return ", and %d more like these" % (len(entries) - SHOWN) if len(entries) > SHOWN else ""


def together(found: Opened) -> str:
    """Return the other places that have a part in it, in words."""
    others = ["%s:%d" % (one.file, one.line) for one in found.settings[1:] if one is not None]
    return "; together with %s" % ", ".join(others[:4]) + (" and more" if len(others) > 4 else "") if others else ""


def _relays(subject: Subject, relays: List[Opened]) -> Findings:
    for found in relays:
        because = "any client at %s has mail delivered anywhere" % places(found.entrances)
        yield at(subject, "open_relay", found, "Open_Relay", because, "false")


def _relay_hosts(subject: Subject, clients: List[Clients]) -> Findings:
    name = "relay_hosts_world"
    for found in opened(clients, _relay_host()):
        because = (
            "the networks that may relay at %s hold most of the Internet, and their clients need no password"
            % places(found.entrances)
        )
        first = found.settings[0]
        path = first.path if first is not None else ()
        remedy = settings(entry(path, "Relay_Hosts", _LOCAL)) + ", with the networks of your own senders"
        yield subject.at(name, first, path, "Relay_Hosts", "", because=because + together(found), remedy=remedy)
    for setting in _unreadable(subject, clients):
        wrong = [text for text in words_of(setting.value) if networks.network(text) is None]
        because = "%s is no address and no network, and what Momentum makes of it is not documented" % wrong[0]
        remedy = "write networks as ADDRESS/BITS, such as 192.0.2.0/24"
        yield subject.at(name, setting, (), "", "", because=because, remedy=remedy)._replace(status=UNKNOWN)


def _unreadable(subject: Subject, clients: List[Clients]) -> List[Setting]:
    """The Relay_Hosts with words that are no networks, where one is in force."""
    peers = {peer for one in clients for path in (one.entrance, one.entrance[:1]) for peer in subject.peers(path)}
    settings_found = [subject.in_force(one.entrance, "relay_hosts") for one in clients]
    settings_found += [subject.effective.get(path, "relay_hosts") for path in peers]
    known = {(one.file, one.line): one for one in settings_found if one is not None}
    return [
        known[key]
        for key in sorted(known)
        if any(networks.network(text) is None for text in words_of(known[key].value))
    ]


def _open_relay(value: Value) -> Optional[Admitted]:
    setting = value("open_relay")
    return Admitted(setting) if truth(setting) else None


def _relay_host() -> Judge:
    """Who may relay, by either option. The networks of a setting are read once."""
    known: Dict[Tuple[object, ...], Admitted] = {}

    def judge(value: Value) -> Optional[Admitted]:
        relay = value("open_relay")
        if truth(relay):
            return Admitted(relay)
        setting = value("relay_hosts")
        if setting is None:
            return None
        key = (setting.file, setting.line, setting.path)
        if key not in known:
            known[key] = Admitted(setting, _hosts(setting))
        return known[key]

    return judge


def _hosts(setting: Setting) -> Dict[int, List[networks.Range]]:
    found = [one for one in map(networks.network, words_of(setting.value)) if one is not None]
    return {
        family: networks.merged((one.first, one.last) for one in found if one.family == family)
        for family in networks.FAMILIES
    }


def _always_allow(value: Value) -> Optional[Admitted]:
    setting = value("always_allow")
    return Admitted(setting) if truth(setting) and not truth(value("always_deny")) else None


def _injects(value: Value) -> Optional[Admitted]:
    setting = value("starttls_injection_policy")
    return Admitted(setting) if setting is not None and str(setting.value).lower() == "allow" else None


def _offers(word: str) -> Callable[[Value], Optional[Admitted]]:
    def judge(value: Value) -> Optional[Admitted]:
        setting = value("smtp_extensions")
        return Admitted(setting) if setting is not None and word in _first_words(setting) else None

    return judge


def _first_words(setting: Setting) -> List[str]:
    return [text.split()[0].upper() for text in words_of(setting.value) if text.strip()]


def _extension(subject: Subject, name: str, what: str, found: Opened) -> Finding:
    entries = []
    for one in found.settings:
        if one is not None:
            # Without any of them, so that the remedies of several findings about one list are the same.
            kept = [text for text in words_of(one.value) if not EXTENSIONS.keys() & text.upper().split()[:1]]
            entries.append(entry(one.path, "SMTP_Extensions", kept))
    because = "at %s %s: the extension is for trusted clients alone" % (places(found.entrances), what)
    first = found.settings[0]
    remedy = settings(*entries[:SHOWN]) + _as_well(entries) + _ONLY_THERE
    return subject.at(name, first, (), "SMTP_Extensions", "", because=because + together(found), remedy=remedy)
