# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Import the files of this collection from the archive that Ansible sends to a node, compiling each of them once.

Python (3.6 to 3.13 at least) compiles a source file in an archive twice: importlib asks zipimport for the file's name, which compiles the
file to find out, and then for its code. Half of what a module needs before its work begins is that. Here importlib is given the name.
"""

import os
import pkgutil
import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Optional, Sequence
from zipimport import ZipImportError, zipimporter

PACKAGE = __name__.rpartition(".")[0] + "."


class Finder:
    """Finds what is below this package in an archive; everything else is left to the other finders."""

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Return how to load a module, or None. The loader is the one that importlib would use."""
        for directory in path or () if name.startswith(PACKAGE) else ():
            loader = pkgutil.get_importer(directory)
            if isinstance(loader, zipimporter):
                return _spec(name, loader, os.path.join(directory, name.rpartition(".")[2]))
        return None


def _spec(name: str, loader: zipimporter, place: str) -> Optional[ModuleSpec]:
    try:
        is_package = loader.is_package(name)
    except ZipImportError:
        return None
    if is_package:
        inside = os.path.join(place, "__init__.py")
        return spec_from_file_location(name, inside, loader=loader, submodule_search_locations=[place])
    return spec_from_file_location(name, place + ".py", loader=loader)


def compile_once() -> None:
    """Use the finder from now on, if this file is in an archive. Modules call it before they import any other file."""
    installed = any(isinstance(finder, Finder) for finder in sys.meta_path)
    if isinstance(globals()["__loader__"], zipimporter) and not installed:
        sys.meta_path.insert(0, Finder())
