# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it takes until Momentum's database is there and its user can log in. Pure: what was seen comes in."""

from typing import FrozenSet, List, NamedTuple, Optional, Sequence

from ..errors import PlanError
from ..text import grammar

SHORTEST = 24  # characters; the manual's own eight are a brute force of hours away from the verifier
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# What the manual sets (page *installation manual*: ADMINPASS=admin), and its neighbours.
_WELL_KNOWN = frozenset(["admin", "administrator", "password", "momentum", "changeme", "change-me"])


class DesiredLogin(NamedTuple):
    """Who shall be able to log in where. `password` None: keep the stored one, else make one up."""

    database: str
    user: str
    host: str
    password: Optional[str]
    admin_password: Optional[str]
    allow: FrozenSet[str] = frozenset()


class Seen(NamedTuple):
    """What is there. `exists`: the database. `tables`: how many tables it has. `login`: whether the user logs in with the
    password that is requested or stored. `stored` and `host`: the content of .svcpasswd and .dbhost, None without them."""

    exists: bool = False
    tables: int = 0
    login: bool = False
    stored: Optional[str] = None
    host: Optional[str] = None


class Steps(NamedTuple):
    """What is to be done, in this order."""

    store_password: bool
    store_host: bool
    initialise: bool
    change_password: bool

    def words(self) -> List[str]:
        """The names of the steps that are due."""
        return [name for name, due in self._asdict().items() if due]


def choose_password(desired: DesiredLogin, stored: Optional[str], letters: Sequence[str]) -> str:
    """The password that is given, the stored one, or one of `letters` (drawn by the caller)."""
    return desired.password or stored or "".join(letters)


def refuse_unusable(desired: DesiredLogin) -> None:
    """Raise PlanError for names and passwords that cannot be used or must not be."""
    for what, name in (("database", desired.database), ("user", desired.user)):
        grammar.database_name(what, name)
    grammar.host("host", desired.host)
    for what, password in (("password", desired.password), ("admin_password", desired.admin_password)):
        if password is not None:
            grammar.password_of_connection(what, password)
    if desired.admin_password is not None and desired.admin_password.lower() in _WELL_KNOWN:
        raise PlanError("admin_password is one that everybody tries first, as the manual's own; choose another")
    if desired.password is not None and desired.password == desired.admin_password:
        raise PlanError("password and admin_password are the same; choose two")
    if desired.password is not None and len(desired.password) < SHORTEST and "short_password" not in desired.allow:
        raise PlanError(
            "password has fewer than %d characters; leave it out to have one made, or accept it with "
            "'allow: [short_password]'" % SHORTEST
        )


def decide(desired: DesiredLogin, password: str, seen: Seen) -> Steps:
    """Compare. Raises PlanError where only an operator can go on."""
    if seen.exists and not seen.tables:
        raise PlanError(
            "the database %s is there, but has no tables: init_schema was interrupted, or the database is somebody else's. "
            "Look at it, remove it with dropdb, and run this again" % desired.database
        )
    if not seen.exists and desired.admin_password is None:
        raise PlanError("the database %s is to be made; give an admin_password for it" % desired.database)
    return Steps(
        store_password=seen.stored != password,
        store_host=seen.host != desired.host,
        initialise=not seen.exists,
        change_password=seen.exists and not seen.login,
    )
