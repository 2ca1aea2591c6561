# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an edit of the configuration leads to, judged on the whole that Momentum would load afterwards."""

from typing import Any, Dict, List, Tuple

from ..catalog import catalog
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path
from ..state.pending import strongest


def activation(before: Effective, after: Effective) -> str:
    """What it takes that all differences between two configurations take effect: none, reload or restart."""
    old, new = _values(before), _values(after)
    changed = [key for key in sorted(set(old) | set(new), key=str) if old.get(key) != new.get(key)]
    opened = set(before.scopes()) ^ set(after.scopes())
    levels = [catalog.activation(name, path) for path, name in changed]
    levels += [catalog.scope_activation(path, removed=not after.where(path)) for path in opened]
    return strongest(*levels)


def _values(effective: Effective) -> Dict[Tuple[Path, str], Any]:
    return {(setting.path, setting.name.lower()): setting.value for setting in effective.settings()}


def hidden(after: Effective, written: List[Tuple[Path, str, str]]) -> List[str]:
    """Name the options that were written to one file although another one takes precedence; each is scope, option and file."""
    warnings = []
    for path, option, file in written:
        winner = after.get(path, option)
        if winner is not None and winner.file != file:
            where = (option, format_path(path), file, winner.file, winner.line)
            warnings.append(
                "option %r of scope %r in %s has no effect: %s:%d sets it later and takes precedence" % where
            )
    return warnings
