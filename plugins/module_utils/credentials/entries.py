# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What entries a task asks for, and what has to be done about each. Pure.

An entry is known by user name, host name and facility, the primary key of the database. Which entries Momentum needs:
page *securecreds*.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..config.plan import Change
from ..errors import PlanError

FACILITIES = ("pgsql", "odbc", "mysql", "ldap", "proxy", "ecdb", "ecconfigd", "eccfg")
DOCUMENTED = ("ecconfigd", "pgsql", "ecdb")
USER = "ecuser"
CONFIGURATION_HOST = "_ecconfigd_"


class Entry(NamedTuple):
    """The key of one entry."""

    username: str
    hostname: str
    facility: str

    def __str__(self) -> str:
        return "%s@%s, facility %s" % self


class DesiredEntry(NamedTuple):
    """One entry as it shall be. `password` is None for an entry that shall not be there.

    Its text is that of the entry, so that no message can show the password."""

    entry: Entry
    password: Optional[str]

    def __repr__(self) -> str:
        return "<request for %s>" % (self.entry,)

    def __str__(self) -> str:
        return repr(self)


def all_desired(items: Sequence[Dict[str, Any]], nodename: str) -> List[DesiredEntry]:
    """Read the option `entries`. Raises PlanError for what cannot be meant, without showing a password."""
    found: Dict[Entry, DesiredEntry] = {}
    for number, item in enumerate(items, 1):
        for entry in _entries(item, number, nodename):
            desired = DesiredEntry(entry, _password(item, entry))
            if found.setdefault(entry, desired) != desired:
                raise PlanError("the entry %s is requested twice, and differently; keep one of them" % (entry,))
    return list(found.values())


def action(desired: DesiredEntry, present: Optional[str]) -> str:
    """What brings an entry about whose password is `present` now (None: there is none): add, rotate, remove or none."""
    if desired.password == present:
        return "none"
    if desired.password is None:
        return "remove"
    return "add" if present is None else "rotate"


def changes(database: str, actions: Sequence[Tuple[Entry, str]]) -> List[Change]:
    """Describe what is done. That a reload makes the daemon look anew is inferred; the vendor does not say."""
    return [
        Change(database, 0, "", str(entry), done, None, None, "reload") for entry, done in actions if done != "none"
    ]


def _entries(item: Dict[str, Any], number: int, nodename: str) -> List[Entry]:
    keys = [item.get(name) for name in Entry._fields]
    documented = item.get("documented")
    if documented:
        if any(key is not None for key in keys):
            raise PlanError("entry %d names a documented entry and also its parts; leave one of them out" % number)
        return documented_entries(documented, nodename)
    if not all(keys):
        raise PlanError("entry %d: username, hostname and facility belong together; give all three" % number)
    entry = Entry(*[str(key) for key in keys])
    for name, text in zip(Entry._fields, entry):
        if text.startswith("-") or not text.isprintable():
            words = (
                "entry %d (%s): its %s begins with - or has a control character, which credmgr cannot take; use another"
            )
            raise PlanError(words % (number, entry, name))
    return [entry]


def documented_entries(name: str, nodename: str) -> List[Entry]:
    """The entries that Momentum needs when securecreds is turned on after the installation (page *securecreds*)."""
    if name == "ecconfigd":
        return [Entry(USER, CONFIGURATION_HOST, name)]
    return [Entry(USER, host, name) for host in dict.fromkeys([nodename, "localhost"])]


def _password(item: Dict[str, Any], entry: Entry) -> Optional[str]:
    if item.get("state") == "absent":
        return None
    password = item.get("password")
    if not password:
        raise PlanError("the entry %s has no password; give one, or 'state: absent'" % (entry,))
    if not str(password).isprintable():
        raise PlanError(
            "the password of the entry %s has a control character in it, which credmgr cannot take" % (entry,)
        )
    return str(password)
