# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secrets among the arguments of a task, found by their place: what the specification, an option's name or a member's name tells.

Arguments that Ansible has not accepted yet are read, too: what is not as it is specified is hidden as a whole.
"""

from typing import Any, Dict, FrozenSet, Iterator, NamedTuple, Optional

from . import redaction

Specification = Dict[str, Dict[str, Any]]
CONTENT = "content"  # the content of a file: hidden, but no password, so of any length


class Secret(NamedTuple):
    """A secret: its place, as `entries[0].password`, its text, and whether it is (part of) a password."""

    place: str
    text: str
    is_password: bool


def shown(specification: Specification, values: Dict[str, Any]) -> Dict[str, Any]:
    """Return arguments as they may be shown."""
    result = {name: _shown(specification.get(name), value) for name, value in values.items()}
    if _is_setting(specification):
        result["value"] = redaction.mask_value(str(values.get("option") or ""), values.get("value"), marked(values))
    return result


def secrets(specification: Specification, values: Dict[str, Any], place: str = "") -> Iterator[Secret]:
    """Return every secret of the arguments with its place."""
    for name, value in values.items():
        if _is_setting(specification) and name == "value":
            found = redaction.secrets_in(str(values.get("option") or ""), value, marked(values))
            yield from (Secret(_place(place, str(values.get("option") or name)), text, True) for text in found)
        else:
            yield from _secrets(specification.get(name), value, _place(place, name), name)


def marked(setting: Dict[str, Any]) -> FrozenSet[str]:
    """Return the name of the option in lower case if the task says that it is a secret."""
    return frozenset([str(setting.get("option") or "").lower()] if setting.get("secret") else [])


def _is_setting(specification: Specification) -> bool:
    return "option" in specification and "value" in specification


def _shown(option: Optional[Dict[str, Any]], value: Any) -> Any:
    if value is None:
        return None
    if option is None or option.get("no_log"):
        return redaction.MASK
    inner = option.get("options")
    if inner is None:
        return redaction.mask_value("", value)
    if isinstance(value, list):
        return [shown(inner, item) if isinstance(item, dict) else redaction.MASK for item in value]
    return shown(inner, value) if isinstance(value, dict) else redaction.MASK


def _secrets(option: Optional[Dict[str, Any]], value: Any, place: str, name: str) -> Iterator[Secret]:
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
                yield from secrets(inner, item, where)
            elif item is not None:
                yield Secret(where, str(item), False)


def _place(place: str, name: str) -> str:
    return "%s.%s" % (place, name) if place else name


def against(specification: Specification, values: Any) -> str:
    """What makes arguments unusable before Ansible looks at them; empty for nothing. Ansible itself, and Python, would end in a traceback."""
    place = place_of_nul(values)
    if place:
        # A NUL ends a text for the kernel and for every program.
        return "%s: holds a NUL character, which no name, path or value can have; take it out" % place
    place = _place_of_no_dictionary(specification, values)
    return "%s: a dictionary is needed here; see the documentation of the option" % place if place else ""


def _place_of_no_dictionary(specification: Specification, values: Any, place: str = "") -> str:
    """The place of the first value that is neither a dictionary nor a text (which Ansible reads as one), though it has options."""
    for name, option in specification.items() if isinstance(values, dict) else ():
        value, inner = values.get(name), option.get("options")
        if inner is None or value is None or isinstance(value, str):
            continue
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            where = _place(place, name) + ("[%d]" % number if isinstance(value, list) else "")
            if not isinstance(item, (dict, str)):
                return where
            found = _place_of_no_dictionary(inner, item, where)
            if found:
                return found
    return ""


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
