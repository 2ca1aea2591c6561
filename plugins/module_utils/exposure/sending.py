# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail that is sent in clear."""

from typing import Optional

from ..ecconf.effective import Effective, Setting
from .subject import Finding, Findings, Subject, entry, settings

NAME, OPTION = "outbound_without_tls", "TLS"
_ON = ("ifavailable", "required")
# What messages come in by, and what only a host that sends has.
_SENDERS = ("esmtp_listener", "ecstream_listener", "http_listener", "binding")
_OUTBOUND = ("binding_group", "binding", "domain")
_DECLARED = "momentum_outbound_tls: {policy: opportunistic}"
_ENTRY = ", or policy: opportunistic in its entry of momentum_outbound_tls.domains where it has one"


def of_sending(subject: Subject) -> Findings:
    """Judge the global scope, from which bindings and domains inherit, and those of them that switch TLS off (page 4/config/ref-tls)."""
    if not sends(subject.effective):
        return
    setting = subject.in_force((), OPTION)
    if _is_off(setting):
        yield _finding(subject, setting, "all mail without a binding or domain of its own is sent in clear", _DECLARED)
    for path in subject.effective.scopes():
        own = subject.effective.get(path, OPTION) if path[-1][0].lower() in _OUTBOUND else None
        if own is not None and _is_off(own):
            is_domain = len(path) == 1 and path[0][0].lower() == "domain"
            remedy = settings(entry(path, OPTION, "ifavailable")) + (_ENTRY if is_domain else "")
            yield _finding(subject, own, "mail is sent in clear there", remedy)


def sends(effective: Effective) -> bool:
    """Tell whether a configuration has anything that messages come in by, or what only a host that sends has."""
    return any(any(effective.scopes(kind)) for kind in _SENDERS)


def _finding(subject: Subject, setting: Optional[Setting], because: str, remedy: str) -> Finding:
    words = because + ", and whoever is between both servers reads and changes it"
    return subject.at(NAME, setting, (), OPTION, "no", because=words, remedy=remedy)


def _is_off(setting: Optional[Setting]) -> bool:
    """Whether TLS is not used: a word that no page has starts none for certain."""
    return setting is None or str(setting.value).lower() not in _ON
