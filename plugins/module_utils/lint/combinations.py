# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that each are right, and that the manuals exclude beside each other."""

from typing import Dict, FrozenSet, Iterator, List, Optional

from ..catalog import catalog
from ..catalog.manual import page
from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from ..ecconf.syntax.atoms import parse_bool
from .finding import WARNING, Finding, Subject, Verdict, at_setting, innermost

_DURAVIP = "4/4-cluster-config-duravip"
_BOTH = Verdict(
    "conflict",
    WARNING,
    "a listener cannot have both Duravip_Follow and Enable_Duravip",
    "keep Duravip_Follow where the address is to be on the node of a binding, and else Enable_Duravip",
    _DURAVIP,
)
_PREFERENCE = Verdict(
    "conflict",
    WARNING,
    "a listener that follows a binding must not have a Duravip_Preference of its own",
    "set Duravip_Preference in the binding",
    _DURAVIP,
)
_SAME_ADDRESS = Verdict(
    "conflict",
    WARNING,
    "a listener must not have the address of the binding that it follows",
    "give the listener and the binding different addresses",
    _DURAVIP,
)
_MAIN_ADDRESS = Verdict(
    "conflict",
    WARNING,
    "the peers of msgc_server have this address for a host; one that is a DuraVIP is taken off it whenever it moves",
    "give the host and the DuraVIP different addresses",
    _DURAVIP,
)
_NOT_ENCRYPTED = Verdict(
    "inert",
    WARNING,
    "without effect unless Use_TLS is on: events, with addresses in them, are sent in clear",
    "set Use_TLS = 1, and the port of the server for TLS",
    "manuals/enabling-webhooks",
)
_NOT_LOADED = Verdict(
    "inert",
    WARNING,
    "without effect unless the module dane is loaded: mail is sent as if there were no TLSA records",
    "load the module by its stanza, dane {}; msys.momentum.tls does it for outbound.dane",
    "",
)
_NOT_USED = Verdict(
    "inert",
    WARNING,
    "without effect for a domain whose %s is off, and no scope has it on",
    "set %s = true for the domains, or globally",
    "",
)
# What applies a policy, and what has it fetched (pages *enable_dane*, *enable_mta_sts*).
_FETCHED_BY = {"enable_dane": "Use_DANE", "enable_mta_sts": "Use_MTA_STS"}
_OF_MODULE = ("use_dane", "enable_dane")
_POLICIES = (*_OF_MODULE, "use_mta_sts", "enable_mta_sts")
_HOSE_FILES = ("tls_ca", "tls_certificate", "tls_key")


def of_combinations(subject: Subject) -> Iterator[Finding]:
    """Judge the stanzas whose options exclude each other."""
    addresses: Optional[Dict[str, List[str]]] = None
    yield from _of_main_addresses(subject)
    yield from _of_policies(subject)
    for path in subject.effective.scopes():
        name = innermost(path)
        if name == "event_hose":
            yield from _of_event_hose(subject, path)
        elif name == "listen":
            follow = subject.effective.get(path, "duravip_follow")
            yield from _of_listen(subject, path, follow)
            if follow is not None:
                addresses = _addresses(subject) if addresses is None else addresses
                if _address(path) in addresses.get(str(follow.value), ()):
                    yield at_setting(_SAME_ADDRESS, follow)


def _of_listen(subject: Subject, path: Path, follow: Optional[Setting]) -> Iterator[Finding]:
    if follow is None:
        return  # beside Enable_Duravip the page both shows a preference and advises against it
    if _is_on(subject.effective.get(path, "enable_duravip")):
        yield at_setting(_BOTH, follow)
    preference = subject.effective.get(path, "duravip_preference")
    if preference is not None:
        yield at_setting(_PREFERENCE, preference)


def _of_main_addresses(subject: Subject) -> Iterator[Finding]:
    """An address by which the cluster knows a host must not move between hosts. Other addresses of a host are not in its configuration."""
    hosts = _peers(subject)
    for kind in ("listen", "binding") if hosts else ():
        for path in subject.effective.scopes(kind):
            duravip = subject.effective.resolve(path, "enable_duravip")
            if duravip is None or not _is_on(duravip):
                continue
            own = subject.effective.get(path, "bind_address")
            if (_address(path) if kind == "listen" else str(own.value) if own else "") in hosts:
                yield at_setting(_MAIN_ADDRESS, duravip)


def _peers(subject: Subject) -> FrozenSet[str]:
    """The addresses of hosts in `peers` of msgc_server, without ports."""
    found = set()
    for path in subject.effective.scopes("msgc_server"):
        setting = subject.effective.get(path, "peers")
        value = setting.value if setting is not None else None
        for address in value.values() if isinstance(value, dict) else ():
            found.add(_without_port(str(address)))
    return frozenset(found)


def _of_event_hose(subject: Subject, path: Path) -> Iterator[Finding]:
    if not _is_on(subject.effective.get(path, "use_tls")):
        for option in _HOSE_FILES:
            setting = subject.effective.get(path, option)
            if setting is not None:
                yield at_setting(_NOT_ENCRYPTED, setting)


def _of_policies(subject: Subject) -> Iterator[Finding]:
    """DANE and MTA-STS are applied where they are fetched, and DANE by a module that is loaded.

    A version that does not have the options refuses them. By page *4-module-config* modules load by the use of their options, which the pages
    of these options contradict.
    """
    settings: Dict[str, List[Setting]] = {}
    for setting in subject.effective.settings():
        if setting.name.lower() in _POLICIES and _is_on(setting):
            settings.setdefault(setting.name.lower(), []).append(setting)
    is_loaded = any(_is_loaded(subject, path) for path in subject.effective.scopes("dane"))
    for name, found in settings.items():
        entry = subject.entry(name, "global")
        if entry is None or catalog.available(entry, subject.version) is False:
            continue
        verdict = None
        if name in _OF_MODULE and not is_loaded:
            verdict = _NOT_LOADED
        elif name in _FETCHED_BY and _FETCHED_BY[name].lower() not in settings:
            fetched = _FETCHED_BY[name]
            verdict = _NOT_USED._replace(message=_NOT_USED.message % fetched, advice=_NOT_USED.advice % fetched)
        if verdict is not None:
            yield from (at_setting(verdict._replace(source=page(entry)), setting) for setting in found)


def _is_loaded(subject: Subject, path: Path) -> bool:
    enabled = subject.effective.get(path, "enabled")
    return len(path) == 1 and (enabled is None or parse_bool(str(enabled.value)) is not False)


def _is_on(setting: Optional[Setting]) -> bool:
    return setting is not None and parse_bool(str(setting.value)) is True


def _addresses(subject: Subject) -> Dict[str, List[str]]:
    """The addresses of bindings by name; a binding is followed by its address, too."""
    found: Dict[str, List[str]] = {}
    for path in subject.effective.scopes("binding"):
        setting = subject.effective.get(path, "bind_address")
        if setting is not None:
            address = str(setting.value)
            for name in (str(path[-1][1] or ""), address):
                found.setdefault(name, []).append(address)
    return found


def _address(path: Path) -> str:
    """The address of a Listen: 192.0.2.1 of '192.0.2.1:25', 2001:db8::1 of '[2001:db8::1]:25'."""
    return str(path[-1][1] or "").rpartition(":")[0].strip("[]")


def _without_port(text: str) -> str:
    """192.0.2.1 of '192.0.2.1' and of '192.0.2.1:4809', 2001:db8::1 of '2001:db8::1' and of '[2001:db8::1]:4809'."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
