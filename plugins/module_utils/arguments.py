# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task: the secrets among them, found by their place, and texts that no file could hold as one value.

The place is what the specification, an option's name or a member's name tells.

Arguments that Ansible has not accepted yet are read, too: what is not as it is specified is hidden as a whole.
"""

import re
from typing import Any, Dict, FrozenSet, Iterator, NamedTuple, Optional

from .ecconf.syntax import limits
from .redaction import redaction

Specification = Dict[str, Dict[str, Any]]
# All but the tab: that is a blank, and each language says where blanks may be.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# A task that changed nothing has no name for a transaction, and a list of all of them is what a playbook hands over.
_MAY_BE_EMPTY = frozenset(["transactions", "skip"])
_TEXTS = frozenset(["str", "path", "list", "dict"])
DIGITS = 20  # of 2**64
CONTENT = "content"  # the content of a file: hidden, but no password, so of any length


class Secret(NamedTuple):
    """A secret: its place, as `entries[0].password`, its text, and whether it is (part of) a password."""

    place: str
    text: str
    is_password: bool


def shown(
    specification: Specification, values: Dict[str, Any], extra: FrozenSet[str] = redaction.NO_NAMES
) -> Dict[str, Any]:
    """Return arguments as they may be shown; `extra` are options known to be secrets, in lower case."""
    result = {name: _shown(specification.get(name), value, extra) for name, value in values.items()}
    if _is_setting(specification):
        result["value"] = redaction.mask_value(
            str(values.get("option") or ""), values.get("value"), extra | marked(values)
        )
    return result


def secrets(
    specification: Specification,
    values: Dict[str, Any],
    place: str = "",
    extra: FrozenSet[str] = redaction.NO_NAMES,
) -> Iterator[Secret]:
    """Return every secret of the arguments with its place; `extra` are options known to be secrets, in lower case."""
    for name, value in values.items():
        if _is_setting(specification) and name == "value":
            found = redaction.secrets_in(str(values.get("option") or ""), value, marked(values))
            yield from (Secret(_place(place, str(values.get("option") or name)), text, True) for text in found)
        else:
            yield from _secrets(specification.get(name), value, _place(place, name), name, extra)


def unusable(specification: Specification, values: Dict[str, Any], several_lines: FrozenSet[str]) -> Iterator[str]:
    """Return what is wrong with texts that no file could hold as one value, each with its place and never with the value.

    A text, a path or an element of a list of them is one line without control characters, and an element is not empty, which null
    is for Ansible. several_lines: the options, as `entries.text`, that may be several lines. Secrets, dictionaries and values of
    any type are left to those who write them.
    """
    for name, value in values.items():
        yield from _unusable(specification.get(name, {}), value, name, name, several_lines)


def _unusable(
    option: Dict[str, Any], value: Any, place: str, name: str, several_lines: FrozenSet[str]
) -> Iterator[str]:
    inner = option.get("options")
    if option.get("no_log") or option.get("type", "str") not in _TEXTS or name in several_lines:
        return
    if isinstance(value, list):
        for number, item in enumerate(value):
            where = "%s[%d]" % (place, number)
            if (item is None or item == "") and name.rpartition(".")[2] not in _MAY_BE_EMPTY:
                yield "%s is empty; give it a value or leave it out" % where
            yield from _unusable(option, item, where, name, several_lines)
    elif isinstance(value, dict) and inner is not None:
        for key, item in value.items():
            yield from _unusable(inner.get(key, {}), item, _place(place, key), _place(name, key), several_lines)
    elif isinstance(value, str) and _CONTROL.search(value):
        hint = "; a block of YAML ends without a line end where it begins with >- or |-" if value.endswith("\n") else ""
        yield "%s must be one line without control characters%s" % (place, hint)


def marked(setting: Dict[str, Any]) -> FrozenSet[str]:
    """Return the name of the option in lower case if the task says that it is a secret."""
    return frozenset([str(setting.get("option") or "").lower()] if setting.get("secret") else [])


def secret_options(values: Dict[str, Any]) -> FrozenSet[str]:
    """Return the names, in lower case, of all options that a task's arguments say are secrets."""
    named = values.get("secret_options")
    names = frozenset(str(name).lower() for name in (named if isinstance(named, list) else ()))
    # The settings of the task, and those of a part of it.
    lists = [one.get("settings") for one in [values, *values.values()] if isinstance(one, dict)]
    items = [item for one in lists if isinstance(one, list) for item in one]
    return names.union(*(marked(item) for item in items if isinstance(item, dict)))


def _is_setting(specification: Specification) -> bool:
    return "option" in specification and "value" in specification


def _shown(option: Optional[Dict[str, Any]], value: Any, extra: FrozenSet[str]) -> Any:
    if value is None:
        return None
    if option is None or option.get("no_log"):
        return redaction.MASK
    inner = option.get("options")
    if inner is None:
        return redaction.mask_value("", value)
    if isinstance(value, list):
        return [shown(inner, item, extra) if isinstance(item, dict) else redaction.MASK for item in value]
    return shown(inner, value, extra) if isinstance(value, dict) else redaction.MASK


def _secrets(
    option: Optional[Dict[str, Any]], value: Any, place: str, name: str, extra: FrozenSet[str]
) -> Iterator[Secret]:
    inner = option.get("options") if option is not None else None
    if value is None or isinstance(value, bool):
        return
    if option is None or option.get("no_log"):
        yield Secret(place, str(value), name != CONTENT and option is not None)
    elif inner is None:
        yield from (Secret(place, text, True) for text in redaction.secrets_in("", value))
    else:
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            where = "%s[%d]" % (place, number) if isinstance(value, list) else place
            if isinstance(item, dict):
                yield from secrets(inner, item, where, extra)
            elif item is not None:
                yield Secret(where, str(item), False)


def _place(place: str, name: str) -> str:
    return "%s.%s" % (place, name) if place else name


def given(specification: Specification, values: Any) -> Any:
    """The arguments without options that are null, in lists of options too: to Ansible they are given, even where they are required."""
    if not isinstance(values, dict):
        return values
    found = {}
    for name, value in values.items():
        option = specification.get(name)
        if option is None or value is not None:
            inner = option.get("options") if option is not None else None
            found[name] = value if inner is None else _given_in(inner, value)
    return found


def _given_in(specification: Specification, value: Any) -> Any:
    if isinstance(value, list):
        return [given(specification, item) for item in value]
    return given(specification, value)


def against(specification: Specification, values: Any) -> str:
    """What makes arguments unusable before Ansible looks at them; empty for nothing. Ansible itself, and Python, would end in a traceback."""
    deep = (
        sorted(str(name) for name, value in values.items() if limits.too_deep(value))
        if isinstance(values, dict)
        else []
    )
    if deep:
        words = "%s: more than %d lists and dictionaries are inside one another; give a value that is less deep"
        return words % (", ".join(deep), limits.NESTING)
    place = place_of_nul(values)
    if place:
        # A NUL ends a text for the kernel and for every program.
        return "%s: holds a NUL character, which no name, path or value can have; take it out" % place
    return _unreadable(specification, values)


def _unreadable(specification: Specification, values: Any, place: str = "") -> str:
    """What is wrong with the first value that is no dictionary (or text, which Ansible reads as one) though it has options, a name in one
    that is no text, or a number that Python cannot show; empty for nothing."""
    nameless = [name for name in values if not isinstance(name, str)] if isinstance(values, dict) else []
    if nameless:
        return "%s: %r is no name of an option; write texts" % (place or "arguments", nameless[0])
    for name, option in specification.items() if isinstance(values, dict) else ():
        value, inner = values.get(name), option.get("options")
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            where = _place(place, name) + ("[%d]" % number if isinstance(value, list) else "")
            if option.get("elements" if isinstance(value, list) else "type") == "int" and _is_huge(item):
                return "%s: a number has at most %d digits here; give a smaller one" % (where, DIGITS)
            if inner is None or value is None or isinstance(value, str):
                continue
            if isinstance(value, list) and option.get("type") == "dict":
                return "%s: a dictionary is needed here, not a list; see the documentation of the option" % _place(
                    place, name
                )
            if not isinstance(item, (dict, str)):
                return "%s: a dictionary is needed here; see the documentation of the option" % where
            found = _unreadable(inner, item, where)
            if found:
                return found
    return ""


def _is_huge(value: Any) -> bool:
    """Whether an integer, or a text that is to be one, has more digits than any number of the operating system, or no end."""
    if isinstance(value, float):
        return not abs(value) < 10**DIGITS  # not a number, neither
    return (
        len(value.strip()) > DIGITS if isinstance(value, str) else isinstance(value, int) and abs(value) >= 10**DIGITS
    )


def place_of_nul(value: Any, place: str = "") -> str:
    """The place of the first text with a NUL among arguments, names of dictionaries included; empty for none."""
    if isinstance(value, str):
        return place if "\0" in value else ""
    if isinstance(value, dict):
        inner = [(name, item, _place(place, str(name).replace("\0", "?"))) for name, item in value.items()]
        found = [where if "\0" in str(name) else place_of_nul(item, where) for name, item, where in inner]
    elif isinstance(value, (list, tuple)):
        found = [place_of_nul(item, "%s[%d]" % (place, number)) for number, item in enumerate(value)]
    else:
        return ""
    return next((where for where in found if where), "")
