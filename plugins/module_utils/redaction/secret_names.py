# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names stand for secrets: options, members of dictionaries, and keys of connection strings.

Data, with one question. The names are those of the pages *outbound_smtp_auth*, *auth_radius*, *snmp*, *http_basic_auth*,
*control_authz*, *push-gcm-other-options*, *mobility-xmpp-modules*, *ds_core* and *auth_ds*, and the kinds that they belong to, because
modules have options that no page lists. A kind that the catalog contradicts (a boolean, a number, a path) is no secret.
"""

import re
from functools import lru_cache

from ..catalog import catalog

SECRET, KEY, OPEN = "secret", "key", "open"

# Kinds of names, looked for as they are written, and taken apart at changes from lower to upper case: apiKey is api_Key, PassPhrase no Pass.
_KINDS = re.compile(
    r"passw|pass_?phrase|pass_wo?r?d|secret|token|credential|bearer|community|api_?key|private_?key|key_?code"
    r"|(?:^|_)pass(?:_?code)?$|pwd?$|(?:^|_)auth(?:orization)?$",
    re.I,
)
# A name that ends in "key" stands for the key itself or for its file; the value tells.
_KEYS = re.compile(r"key$", re.I)
# What describes a secret: which column holds it, whether there must be one, where its file is.
_ABOUT = re.compile(
    r"^(?:returns?|requires?|enable|disable|use|allow|max|min|check|validate)_"
    r"|_(?:column|file|path|dir|directory|length|size|type|timeout|expiry|lifetime|interval|count|host|port|user|mechanism"
    r"|enabled?|disabled|required|policy|tries|retries|mode)$",
    re.I,
)
# The page *securecreds* has a path under this name; in dictionaries and connection strings it is the key itself. The value tells.
_KEY = "key"
# Keys of look-ups, which the pages *outbound_smtp_auth* (its first version) and *new-installation* explain.
_OPEN_NAMES = frozenset(["outbound_smtp_auth_key", "routing_key"])
# What the pages *auth_ds*, *ds_core* and *conf-ldaps* write where the daemon puts a password of the moment.
PLACEHOLDERS = frozenset(["%{password}", "%{pass}", "$password", "$passwd", "$pass", ":password", ":pass"])
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_SECRETS = ("boolean", "integer", "octal", "path", "duration", "bounds", "throttle", "protocols")
_PATH = re.compile(r"(?:file:)?(?:/[^/\s+=]+){2,}\Z|none\Z|[0-9]{0,3}\Z", re.I)


@lru_cache(maxsize=4096)
def kind(name: str) -> str:
    """Return SECRET, KEY (a secret unless the value is a path) or OPEN for a name in any letter case."""
    words = _HUMP.sub("_", name).replace("-", "_")
    found = SECRET if _KINDS.search(words) or _KINDS.search(name) else KEY if _KEYS.search(words) else OPEN
    if found == OPEN or _ABOUT.search(words) or name.lower() in _OPEN_NAMES:
        return OPEN
    if name.lower() == _KEY:
        return KEY
    types = [entry.type for entry in catalog.entries(name)]
    harmless = bool(types) and all(one in _NO_SECRETS or one.startswith("enum(") for one in types)
    return OPEN if harmless else found


def names_key_file(value: object) -> bool:
    """Tell a path, or a word for no key at all, from a key."""
    if isinstance(value, (list, tuple)):
        return all(map(names_key_file, value))
    return isinstance(value, bool) or value is None or _PATH.match(str(value)) is not None
