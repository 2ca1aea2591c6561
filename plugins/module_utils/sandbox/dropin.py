# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choose the directives for one node, and write them as a drop-in. Pure."""

from typing import Any, Dict, List, NamedTuple, Sequence

from ..errors import PlanError
from ..text import generated
from .facts import Facts
from .rules import RULES, Decided, Rule

NAME = "50-msys-momentum.conf"
HEAD = (
    "# Written by msys.momentum.sandbox, computed from the Security stanza and the rest of the configuration.",
    "# The task's result has a reason for each line. Own settings belong into a file with a higher number.",
    "[Service]",
)

# These decide who the daemon is and what it can hold, which the Security stanza does alone.
OF_THE_STANZA = {
    "capabilityboundingset": "use 'add_capabilities' and 'drop_capabilities'",
    "ambientcapabilities": "the daemon keeps what the Security stanza declares",
    "user": "the daemon starts as root and becomes the User of the Security stanza",
    "group": "the daemon becomes the Group of the Security stanza",
    "dynamicuser": "the daemon becomes the User of the Security stanza",
    "privateusers": "the daemon could not become the User of the Security stanza",
    "securebits": "the daemon keeps capabilities over its change of user by itself",
}


class Directive(NamedTuple):
    """One directive with its value (None: left out) and the reason."""

    name: str
    value: Any
    reason: str


def directives(facts: Facts, version: int, overrides: Dict[str, Any], leave: Sequence[str]) -> List[Directive]:
    """Decide about every directive, in the order of the drop-in; overrides that no rule knows come last.

    `version` is systemd's. Raises PlanError for overrides that would take from the Security stanza, and unknown names.
    """
    known = {rule.name: rule for rule in RULES}
    _refuse_unusable(known, facts, overrides, leave)
    found = [Directive(rule.name, *_decided(rule, facts, version, leave)) for rule in RULES]
    kept = [one for one in found if one.name not in overrides]
    added = [Directive(name, _value(name, overrides[name]), "the task sets it") for name in overrides]
    order = {name: position for position, name in enumerate(known)}
    return sorted(kept + added, key=lambda one: (order.get(one.name, len(order)), one.name))


def text(chosen: Sequence[Directive]) -> bytes:
    """The drop-in. Nothing is reset, so what the unit itself allows stays allowed."""
    lines = [generated.systemd_setting(one.name, one.value) for one in chosen if one.value is not None]
    return generated.text(list(HEAD) + lines).encode("utf-8")


def _decided(rule: Rule, facts: Facts, version: int, leave: Sequence[str]) -> Decided:
    if rule.name in leave:
        return Decided(None, "the task leaves it out")
    if version < rule.since:
        return Decided(None, "systemd %d does not know it (%d does)" % (version, rule.since))
    hit = sorted(rule.takes.intersection(facts.capabilities()))
    if hit:
        return Decided(None, "it takes %s away, which is needed" % hit[0])
    if facts.root and rule.takes:
        return Decided(None, "it takes capabilities away, and the daemon stays root")
    return rule.decide(facts, version)


def _refuse_unusable(known: Dict[str, Rule], facts: Facts, overrides: Dict[str, Any], leave: Sequence[str]) -> None:
    for name in leave:
        if name not in known:
            raise PlanError("leave: %r is none of %s" % (name, ", ".join(known)))
    for name in overrides:
        generated.systemd_setting(name, _value(name, overrides[name]))
        if name.lower() in OF_THE_STANZA:
            raise PlanError("overrides: %s cannot be set: %s" % (name, OF_THE_STANZA[name.lower()]))
        taken = sorted(known[name].takes.intersection(facts.capabilities())) if name in known else []
        if taken and _value(name, overrides[name]) not in ("no", "false", "off", "0"):
            raise PlanError("overrides: %s takes %s away, which is needed" % (name, taken[0]))


def _value(name: str, value: Any) -> str:
    """An override as text: truth as yes or no, a list joined by blanks."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(_value(name, item) for item in value)
    if value is None or isinstance(value, dict):
        raise PlanError("overrides: %s is %r; give it a value, or name it in 'leave'" % (name, value))
    return str(value)
