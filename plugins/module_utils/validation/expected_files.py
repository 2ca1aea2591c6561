# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that a configuration names and that are not there, in check mode, where an earlier task may be about to create them.

A validator refuses the configuration for their absence. Whether it would refuse it anyway shows on a variant: with empty
included files, and without the options that name missing files.
"""

import os
from typing import Dict, List, NamedTuple, Tuple

from ..catalog import catalog
from ..ecconf import edit
from ..ecconf.effective import Effective, Setting
from ..ecconf.loader import Configuration, Problem
from ..redaction.redaction import mask_text


class Expected(NamedTuple):
    """The contents of the variant's files that differ, and a sentence for each missing file, by its path."""

    contents: Dict[str, bytes]
    names: List[Tuple[str, str]]


def expected(configuration: Configuration) -> Expected:
    """Return the variant of a configuration, which this edits. Empty where all that it names is there."""
    effective = Effective(configuration)
    absent = [one for one in _assignments(effective) if _names_missing_file(one)]
    included = [one for one in configuration.problems if one.kind == "missing" and one.file]
    names = [(_place(one), "%s:%d includes %s" % (one.file, one.line, mask_text(one.path))) for one in included]
    names += [
        (str(one.value), "%s:%d: %s names %s" % (one.file, one.line, one.name, mask_text(str(one.value))))
        for one in absent
    ]
    contents: Dict[str, bytes] = {}
    for setting in absent:
        local = effective.local_path(setting.file, setting.path)
        if local is not None:
            document = configuration.document(setting.file)
            edit.comment_out(document, local, setting.name)
            contents[setting.file] = bytes(document)
    for one in included:
        path = _place(one)
        if "\0" not in path and not os.path.lexists(path):
            contents[path] = b""
    return Expected(contents, names)


def _place(one: Problem) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(one.file or ""), one.path))


def _assignments(effective: Effective) -> List[Setting]:
    return [one for setting in effective.settings() for one in setting.overridden + (setting,)]


def _names_missing_file(setting: Setting) -> bool:
    if not isinstance(setting.value, str) or not setting.value.startswith("/") or "\0" in setting.value:
        return False
    entry = catalog.lookup(setting.name, setting.path[-1][0] if setting.path else "global")
    return entry is not None and entry.type == "path" and not os.path.lexists(setting.value)
