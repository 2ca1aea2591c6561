# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the manuals have of modules: their options and releases; and the page that an option or a module has.

Only what judges names needs this, so it is apart from `catalog`, which most modules of the collection carry to a node.
"""

from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import catalog
from .manual_data import MODULES, PAGES


class Module(NamedTuple):
    """A module: its entry, as the catalog has those of options, its page, and each of its options with the release that it came
    with, empty where that is the module's. A name that ends with # or * is the beginning of names: # is a number."""

    entry: catalog.Entry
    page: str
    options: Dict[str, str]

    def since(self, name: str) -> Optional[str]:
        """Return the release that brought an option (in lower case); None if no page has it in this module."""
        if name in self.options:
            return self.options[name]
        for option, first in self.options.items():
            rest = name[len(option) - 1 :] if option[-1] in "#*" and name.startswith(option[:-1]) else ""
            if rest.isdigit() or rest and option.endswith("*"):
                return first
        return None


@lru_cache(maxsize=256)
def module(name: str) -> Optional[Module]:
    """Return a module by its name in lower case; None if no page has it."""
    start = MODULES.find("\n%s~" % name)
    if start < 0:
        return None
    _name, since, deprecated, removed, rest = MODULES[start + 1 : _end(MODULES, start)].split("~")
    page, *options = rest.replace("\n", "").split(" ")
    entry = catalog.Entry(
        name,
        "module",
        None,
        frozenset(["global"]),
        since,
        deprecated or None,
        removed or None,
        "reload",
        catalog.PLATFORMS[""],
    )
    known = (option.partition("@") for option in options)
    return Module(entry, page or "4/modules/" + name.replace("_", "-"), {option: first for option, _at, first in known})


def module_names() -> Iterator[str]:
    """Yield the names of all modules."""
    for line in MODULES.split("\n"):
        if line and not line.startswith(" "):
            yield line.partition("~")[0]


def having(name: str) -> List[Module]:
    """Return the modules that have an option (in lower case)."""
    named, patterned = _by_option()
    return named.get(name, []) + [one for one in patterned if name not in one.options and one.since(name) is not None]


def page(entry: catalog.Entry) -> str:
    """Return the page that has an option, such as 4/config/ref-spoolbase."""
    found = _pages().get(entry.name)
    if found is None:
        found = next(
            (one for scope in entry.scopes for one in [_pages().get("%s/%s" % (entry.name, scope))] if one), None
        )
    return found or "4/config/ref-" + entry.name.replace("_", "-")


@lru_cache(maxsize=None)
def _by_option() -> Tuple[Dict[str, List[Module]], List[Module]]:
    """The modules by the names of their options, and those with names of which only the beginning is known."""
    named: Dict[str, List[Module]] = {}
    patterned = []
    for one in map(module, module_names()):
        if one is not None:
            for option in one.options:
                named.setdefault(option, []).append(one)
            if any(option[-1] in "#*" for option in one.options):
                patterned.append(one)
    return named, patterned


@lru_cache(maxsize=None)
def _pages() -> Dict[str, str]:
    found: Dict[str, str] = {}
    for line in PAGES.replace("\n ", " ").split("\n"):
        words: List[str] = line.split(" ")
        found.update((name, words[0]) for name in words[1:])
    return found


def _end(text: str, start: int) -> int:
    """Where the entry ends that begins after `start`: before the next line without a blank at its beginning."""
    end = text.find("\n", start + 1)
    while text.startswith("\n ", end):
        end = text.find("\n", end + 1)
    return end
