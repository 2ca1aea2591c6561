# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of dictionaries in variables of an inventory. What is none is refused by its place: variable, number of the entry, field."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..module_utils.errors import MomentumError

# Values are never quoted: they may be secrets.
_KINDS = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "a text"),
    (Mapping, "a dictionary"),
    (Sequence, "a list"),
)

Entry = dict[str, Any]


class EntryError(MomentumError):
    """A value of the wrong kind in a variable; the message names its place and what to write."""


def entries_of(variable: str, value: Any, required: Sequence[str] = ()) -> list[Entry]:
    """Return a list of dictionaries, each with the fields that are required. variable: what the place begins with. Raises EntryError."""
    if isinstance(value, (str, Mapping)) or not hasattr(value, "__iter__"):
        more = "; put its entries into a list, each after a hyphen" if isinstance(value, Mapping) else ""
        raise EntryError(
            "%s is %s, but must be a list of dictionaries, [] for none%s" % (variable, kind_of(value), more)
        )
    found = list(value)
    for number, entry in enumerate(found):
        place = "%s[%d]" % (variable, number)
        if not isinstance(entry, Mapping):
            raise EntryError(
                "%s is %s, but must be a dictionary, such as `- name: value`; entries are counted from 0"
                % (place, kind_of(entry))
            )
        missing = [field for field in required if entry.get(field) is None]
        if missing:
            raise EntryError("%s has no %s; entries are counted from 0" % (place, " and no ".join(missing)))
    return found


def refuse_fields(
    variable: str, found: Sequence[Mapping[str, Any]], lists: Sequence[str], mappings: Sequence[str] = ()
) -> None:
    """Raise EntryError for a field that is no list of dictionaries, or no dictionary, where it is given; a null counts as not given."""
    for number, entry in enumerate(found):
        for field in lists:
            if entry.get(field) is not None:
                entries_of("%s[%d].%s" % (variable, number, field), entry[field])
        for field in mappings:
            if entry.get(field) is not None and not isinstance(entry[field], Mapping):
                raise EntryError(
                    "%s[%d].%s is %s, but must be a dictionary, {} for an empty one"
                    % (variable, number, field, kind_of(entry[field]))
                )


def kind_of(value: Any) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "empty (nothing, null or ~ after the colon)"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), type(value).__name__)
