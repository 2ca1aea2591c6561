# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each configuration option of Momentum is: type, default, scopes, releases and what activates a change.

The data is that of ``tools/catalog/options.tsv`` (every row names the manual page it comes from). A node receives it as
one string, because module code arrives there without compiled files: a constant costs next to nothing to import, and
only the entries asked for are taken apart.

Public: `lookup`, `entries`, `names`, `activation`, `scope_activation`, `same`, `available`, `deprecated`, `recognised`,
`parse_version`, `Entry`.
"""

from functools import lru_cache
from typing import FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import InvalidValue
from .data import ENTRIES, SCOPE_SETS

ScopePath = Sequence[Tuple[str, Optional[str]]]

ANY_SCOPE = "*"
UNDOCUMENTED_SCOPE = "?"

# Adding the adaptive module beside several event loops, and removing a binding completely, need a restart although the
# scopes themselves are dynamic (pages 4/modules/4-adaptive and 4/outbound-mail-multivip-interfaces).
_RESTART_WHEN_ADDED = frozenset(["adaptive"])
_RESTART_WHEN_REMOVED = frozenset(["binding"])

PLATFORMS = {
    "": frozenset(["linux", "solaris"]),
    "l": frozenset(["linux"]),
    "s": frozenset(["solaris"]),
}


class Entry(NamedTuple):
    """One option, scope or module in the scopes where it means the same thing.

    `type` is boolean, integer, octal, string, path, uri, list, dict, throttle, bounds, duration, protocols, include,
    scope, module or enum(a|b). `default` is None when it is unset, undocumented or not the same in all releases.
    `scopes` holds lower-case scope names ('global' at the top; '*' any scope; '?' no page says which). `since` lists
    first releases: ';' separates major lines, ',' maintenance branches that each received it. `removed_in` ends with
    '?' when the option merely is absent from the manuals from then on.
    """

    name: str
    type: str
    default: Optional[str]
    scopes: FrozenSet[str]
    since: str
    deprecated_in: Optional[str]
    removed_in: Optional[str]
    activation: str
    platforms: FrozenSet[str]


def entries(name: str) -> List[Entry]:
    """All entries of an option or scope name (any letter case), one for each meaning it has in different scopes."""
    key = "\n%s~" % name.lower()
    found = []
    start = ENTRIES.find(key)
    while start >= 0:
        end = ENTRIES.find("\n", start + 1)
        found.append(_entry(ENTRIES[start + 1 : end]))
        start = end if ENTRIES.startswith(key, end) else -1
    return found


def names() -> Iterator[str]:
    """Every distinct name of the catalog in alphabetical order."""
    last = ""
    for line in ENTRIES.split("\n"):
        name = line.partition("~")[0]
        if name and name != last:
            last = name
            yield name


@lru_cache(maxsize=1024)
def lookup(name: str, scope: str) -> Optional[Entry]:
    """The entry of an option in a scope (any letter case; 'global' for the top), or None when no page has it there.

    An option whose scopes no page states is found in every scope: its type is known, its place is not.
    """
    candidates = entries(name) or entries("*_" + name.rpartition("_")[2])
    for requested in (scope.lower(), ANY_SCOPE, UNDOCUMENTED_SCOPE):
        for entry in candidates:
            if requested in entry.scopes:
                return entry
    return None


def activation(name: str, path: ScopePath) -> str:
    """What puts a change of an option into effect: 'restart' or 'reload'.

    'restart' when the option or a scope around it is non-dynamic in the options summary, or when its own page asks for
    a restart although the summary does not. Everything else, unknown options included, is dynamic by the rule of
    4/console-commands/config. Nothing takes effect without at least a reload, so 'none' is never given.
    """
    entry = lookup(name, _innermost(path))
    if entry is not None and entry.activation == "restart":
        return "restart"
    return "restart" if any(_static_scope(scope) for scope, _instance in path) else "reload"


def scope_activation(path: ScopePath, removed: bool = False) -> str:
    """What puts the adding (or the complete removal) of a scope into effect: 'restart' or 'reload'."""
    special = _RESTART_WHEN_REMOVED if removed else _RESTART_WHEN_ADDED
    if _innermost(path) in special or any(_static_scope(scope) for scope, _instance in path):
        return "restart"
    return "reload"


def recognised(name: str, scope: str) -> bool:
    """False where Momentum silently ignores an option although its tables list it.

    ecelerity does not see options of an esmtp_listener that are in a pathway_group (page 4/config/ref-pathway-group).
    """
    if scope.lower() != "pathway_group":
        return True
    return not any("esmtp_listener" in entry.scopes for entry in entries(name))


def same(name: str, path: ScopePath, a: object, b: object) -> bool:
    """Whether two values of an option mean the same: booleans, integers and octal modes by value, the rest by text.

    Values are unquoted texts, lists or dictionaries as the language has them; Python booleans and integers are taken
    too. Lists are compared in order. Where the catalog does not know the type, only equal texts are the same.
    """
    entry = lookup(name, _innermost(path))
    kind = entry.type if entry is not None else ""
    return _canonical(kind, a) == _canonical(kind, b)


def parse_version(text: str) -> Tuple[int, ...]:
    """The leading number of a release, '5.0.0.74264 r(...)' -> (5, 0, 0, 74264), without trailing zeros (5.3 is 5.3.0).

    Raises InvalidValue when the text does not begin with a number.
    """
    numbers = []
    for part in text.strip().split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    if not numbers:
        raise InvalidValue("not a Momentum release: %r" % text)
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def available(entry: Entry, version: Optional[str]) -> Optional[bool]:
    """Whether a release knows an option; None when the manuals do not tell (or the release is not known)."""
    if not version:
        return None
    release = parse_version(version)
    if entry.removed_in and release >= parse_version(entry.removed_in):
        return None if entry.removed_in.endswith("?") else False
    if not entry.since:
        return None
    return any(_covers(line, release) for line in _major_lines(entry.since))


def deprecated(entry: Entry, version: Optional[str]) -> bool:
    """Whether an option is deprecated in a release (always False when the release is not known)."""
    return bool(entry.deprecated_in and version and parse_version(version) >= parse_version(entry.deprecated_in))


def _entry(line: str) -> Entry:
    fields = line.split("~")
    fields += [""] * (9 - len(fields))
    name, scopes, kind, restart, since, default, deprecated_in, removed_in, platforms = fields
    return Entry(
        name,
        kind,
        default or None,
        frozenset(SCOPE_SETS[int(scopes)].split(",")),
        since,
        deprecated_in or None,
        removed_in or None,
        "restart" if restart else "reload",
        PLATFORMS[platforms],
    )


def _innermost(path: ScopePath) -> str:
    return path[-1][0].lower() if path else "global"


@lru_cache(maxsize=1024)
def _static_scope(name: str) -> bool:
    return any(entry.activation == "restart" for entry in entries(name))


def _canonical(kind: str, value: object) -> object:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return [_canonical("", item) for item in value]
    if isinstance(value, dict):
        return {str(key): _canonical("", item) for key, item in value.items()}
    if kind == "octal" and isinstance(value, int):
        return value  # an unquoted 0640 of YAML
    text = str(value)
    if kind == "boolean":
        from ..ecconf.syntax.atoms import parse_bool

        truth = parse_bool(text)
        return text if truth is None else truth
    if kind == "integer" and _is_decimal(text):
        return int(text)
    if kind == "octal" and text and not text.strip("01234567"):
        return int(text, 8)
    return text


def _is_decimal(text: str) -> bool:
    """A number that means the same however it is read: '010' could be eight or ten."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    return digits == "0" or (digits[:1] in tuple("123456789") and not digits.strip("0123456789"))


def _major_lines(since: str) -> List[Tuple[List[Tuple[int, ...]], Optional[int]]]:
    """The first releases of each line, and the major release at which the next line begins (None for the last)."""
    lines = [sorted(parse_version(text) for text in line.split(",")) for line in since.split(";")]
    following: List[Optional[int]] = [line[0][0] for line in lines[1:]]
    return list(zip(lines, following + [None]))


def _covers(line: Tuple[List[Tuple[int, ...]], Optional[int]], release: Tuple[int, ...]) -> bool:
    firsts, next_major = line
    if next_major is not None and release[0] >= max(next_major, firsts[-1][0] + 1):
        return False
    if release >= firsts[-1]:
        return True
    return any(release >= first and _branch(release) == _branch(first) for first in firsts)


def _branch(release: Tuple[int, ...]) -> Tuple[int, int]:
    return release[0], release[1] if len(release) > 1 else 0
