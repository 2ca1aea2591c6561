# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a name in an include is looked for (pages 4/conf-overview and 4/config/ref-ecelerity-conf)."""

import posixpath
from typing import Iterator, List, Mapping, NamedTuple, Optional, Sequence

DEFAULT_SEARCH_PATH = (
    "/opt/msys/ecelerity/etc/conf/global",
    "/opt/msys/ecelerity/etc/conf/{NODENAME}",
    "/opt/msys/ecelerity/etc/conf/default",
)
ENVIRONMENT_VARIABLE = "EC_CONF_SEARCH_PATH"


class SearchPath(NamedTuple):
    """Directories in the order of the search, and those among them that belong to one node alone."""

    directories: Sequence[str]
    of_node: Sequence[str]

    def candidates(self, name: str, including: Optional[str]) -> Iterator[str]:
        """The paths at which a name may be: beside the including file first, then along the search path."""
        if not name:
            return
        if posixpath.isabs(name):
            yield tidy(name)
            return
        beside = [posixpath.dirname(including)] if including is not None else []
        for directory in beside + list(self.directories):
            yield tidy(posixpath.join(directory, name))

    def is_of_node(self, path: str) -> bool:
        """Whether a file lies in a directory of this node alone, unseen by `config reload` (4/conf-overview)."""
        path = posixpath.normpath(path)
        return any(path.startswith(directory.rstrip("/") + "/") for directory in self.of_node)


def expand(
    elements: Sequence[str],
    nodename: Optional[str] = None,
    subcluster: Optional[str] = None,
    environment: Optional[Mapping[str, str]] = None,
) -> SearchPath:
    """Expand {NODENAME} and {SUBCLUSTER}; an element whose value is not known is left out.

    EC_CONF_SEARCH_PATH of the environment given replaces the elements. Colons separate them there: the manual does not
    say so, but that is how search paths in environments are written.
    """
    override = (environment or {}).get(ENVIRONMENT_VARIABLE)
    if override:
        elements = [element for element in override.split(":") if element]
    known = {"{NODENAME}": nodename, "{SUBCLUSTER}": subcluster}
    directories: List[str] = []
    of_node: List[str] = []
    for element in elements:
        directory = _expanded(element, known)
        if directory is not None:
            directories.append(directory)
            if "{NODENAME}" in element:
                of_node.append(directory)
    return SearchPath(tuple(directories), tuple(of_node))


def tidy(path: str) -> str:
    """A path without '.' and doubled slashes; '..' stays, because it means something else after a symbolic link."""
    return path if ".." in path.split("/") else posixpath.normpath(path)


def _expanded(element: str, known: Mapping[str, Optional[str]]) -> Optional[str]:
    for placeholder, value in known.items():
        if placeholder in element:
            if not value:
                return None
            element = element.replace(placeholder, value)
    return element
