# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a value must look like before it becomes part of a console command, a connection text, or a line of a file. Pure.

Each function gives the value back, or raises PlanError, which names what the value was to be. Values of nodes, of the account of
a daemon and of inventories pass here alike. Null is never taken for a text.
"""

import re
from typing import Any, Optional

from ..errors import PlanError

_NODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\Z")
_ENDPOINT = re.compile(
    r"(?:[A-Za-z0-9][A-Za-z0-9._-]*@)?(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z"
)
_COMMAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,253}\Z")
_DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
_HBA_WORDS = frozenset(["all", "replication", "samegroup", "samerole", "sameuser"])
_ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}\$?\Z")
# In `pgsql:host=...;password=...` a semicolon ends a value; the driver gets the rest "verbatim" (page *ds_core*), and how it would
# read blanks, quotes and backslashes is not documented.
_OF_CONNECTIONS = re.compile(r"[;'\"\\\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def number(text: str, most: int) -> Optional[int]:
    """A whole number in ASCII digits, from 0 to `most`; None for anything else.

    str.isdigit() takes digits of any script, some of which int() refuses, and int() refuses more than 4300 digits."""
    digits = re.match(r"[0-9]{1,20}\Z", text)
    return int(text) if digits and int(text) <= most else None


def address(what: str, text: Any) -> str:
    """An IPv4 or IPv6 address."""
    import ipaddress

    try:
        # Without a zone, which the console has no word for; a number would be taken for an address, too.
        if isinstance(text, str) and "%" not in text and str(ipaddress.ip_address(text)):
            return text
    except ValueError:
        pass
    raise _refused(what, text, "an IP address")


def node_name(what: str, text: Any) -> str:
    """A host name, whole or up to the first dot, or the name that a configuration gives a node of a cluster."""
    return _matching(_NODE, what, text, "the name of a host: letters, digits, dots, hyphens and underscores")


def host(what: str, text: Any) -> str:
    """A host name or an IP address."""
    if isinstance(text, str) and ":" in text:
        return address(what, text)
    return node_name(what, text)


def endpoint(what: str, text: Any) -> str:
    """Where `ec_console` connects to: an absolute path, or host:port. Not its `ssh://`, which would start ssh(1)."""
    if isinstance(text, str) and text.startswith("/") and text.isprintable():
        return text
    return _matching(_ENDPOINT, what, text, "a socket (an absolute path) or host:port")


def command_word(what: str, text: Any) -> str:
    """One word of a command for the console: no blank, quote or line end, and no hyphen in front."""
    return _matching(_COMMAND, what, text, "one word of letters, digits and ._:-")


def database_name(what: str, text: Any) -> str:
    """The name of a database, or of a role of PostgreSQL, that needs no quotes, and in pg_hba.conf means itself."""
    if text in _HBA_WORDS:
        raise _refused(what, text, "a name of its own: in pg_hba.conf it stands for others")
    return _matching(_DATABASE, what, text, "a name of lower-case letters, digits and underscores")


def account(what: str, text: Any) -> str:
    """A user or group by name or number, as useradd(8) allows."""
    return _matching(_ACCOUNT, what, text, "the name of an account")


def password_of_connection(what: str, text: Any) -> str:
    """A password that fits into a connection text. The error does not quote it."""
    if not isinstance(text, str) or not text or _OF_CONNECTIONS.search(text):
        raise PlanError(
            "%s is empty, or has a blank, quote, backslash, semicolon or control character; use another" % what
        )
    return text


def _matching(pattern: "re.Pattern[str]", what: str, text: Any, meant: str) -> str:
    if isinstance(text, str) and pattern.match(text):
        return text
    raise _refused(what, text, meant)


def _refused(what: str, text: Any, meant: str) -> PlanError:
    return PlanError("%s is %r, which is not %s" % (what, text, meant))
