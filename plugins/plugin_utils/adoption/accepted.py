# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which variables an adopted node may have written, and with which values: those that an honest node returns."""

from typing import Any, Dict, List

from ...module_utils.adoption.variables import UNMANAGED
from ...module_utils.errors import MomentumError
from ...module_utils.lint.declared_options import REFUSED
from .sections import SECTIONS

DEEPEST = 100  # lists and dictionaries within each other in one value
NAMES = frozenset(name for section in SECTIONS for name in section.variables)
# What the roles do by their own defaults is switched off: these have no other value than the one that does.
PINNED: Dict[str, List[Any]] = {}
for _pins in UNMANAGED.values():
    for _name, _value in _pins.items():
        PINNED.setdefault(_name, []).append(_value)
PINNED["momentum_permissions"].append("ignore")


# The others are text, but for these.
LISTS = {
    "momentum_packages": str,
    "momentum_manager_packages": str,
    "momentum_security_supplemental_groups": str,
    "momentum_security_allow": str,
    "momentum_health_ports": int,
}


class AdoptionError(MomentumError):
    """A result that no honest node returns; the message names the node and each variable."""


def refuse_others(host: str, variables: Any) -> None:
    """Raise AdoptionError for variables that no section knows, and for values of another type than the declared one.

    variables: plain data, as the node returned it.
    """
    if not isinstance(variables, dict):
        raise AdoptionError("%s: the node returned no variables. Nothing was written." % host)
    problems = ["%.80r %s" % (name, words) for name, value in variables.items() for words in _problems(name, value)]
    if problems:
        raise AdoptionError(
            "%s: the node returned variables that no installation has: %s. Nothing was written. Find out why this node "
            "does not answer as the module does." % (host, "; ".join(sorted(problems)))
        )


def _problems(name: str, value: Any) -> List[str]:
    if name not in NAMES:
        return ["(an adoption does not write it)"]
    if name in PINNED:
        fits = any(type(value) is type(pin) and value == pin for pin in PINNED[name])
        return [] if fits else ["(an adoption writes %r)" % PINNED[name][0]]
    if name == "momentum_settings":
        fits = isinstance(value, list) and all(map(_is_setting, value))
        return [] if fits else ["(not a list of scope, option and value)"]
    if name in LISTS:
        fits = isinstance(value, list) and all(_is(LISTS[name], item) for item in value)
        return [] if fits else ["(not a list of %s)" % LISTS[name].__name__]
    return [] if _is(str, value) else ["(not a text)"]


def _is_setting(entry: Any) -> bool:
    if not isinstance(entry, dict) or sorted(set(entry) | {"allow"}) != ["allow", "option", "scope", "value"]:
        return False
    allow = entry.get("allow", [])
    if not isinstance(allow, list) or any(not _is(str, name) or name not in REFUSED for name in allow):
        return False
    scope = entry["scope"]
    return (
        _is(str, entry["option"])
        and isinstance(scope, list)
        and all(_is(str, one) for one in scope)
        and _is_value(entry["value"])
    )


def _is_value(value: Any, depth: int = 0) -> bool:
    """Text, or lists and dictionaries of such, as the language of the configuration has it."""
    if isinstance(value, (list, dict)) and depth < DEEPEST:
        keys, inner = (value.keys(), value.values()) if isinstance(value, dict) else ((), value)
        return all(_is(str, key) for key in keys) and all(_is_value(item, depth + 1) for item in inner)
    return _is(str, value)


def _is(kind: type, value: Any) -> bool:
    """Whether a value has exactly this type. Text must be one that a file of UTF-8 can hold."""
    try:
        # A bool is an int, and must not pass as one.
        return type(value) is kind and (  # pylint: disable=unidiomatic-typecheck
            kind is not str or value.encode("utf-8") is not None
        )
    except UnicodeEncodeError:
        return False
