# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module plans: all that it then does, and all that it then reports. `apply.apply` carries it out."""

from typing import Any, Callable, Dict, NamedTuple, Optional, Sequence, Tuple

from .files.planned import Directory, Foretold, PlannedFile, Requested
from .state.activation import Activation


def nothing() -> Dict[str, Any]:
    """Do nothing beside the files."""
    return {}


def nothing_done() -> str:
    """Undo nothing."""
    return ""


class Judge:
    """Who must accept files before they are in force, such as Momentum's own validator. This one accepts all."""

    def judges(self, files: Sequence[PlannedFile]) -> Dict[str, Any]:
        """Return `check_staged` and `check_installed` for a transaction."""
        return {}

    def foresee(self, files: Sequence[PlannedFile]) -> None:
        """Judge what a run would write. Raises TransactionError as the run would."""

    def explained(self, files: Sequence[PlannedFile], error: Any) -> Any:
        """Return a TransactionError whose text names the places of what was refused."""
        return error


ACCEPTS_ALL = Judge()


class Planned(NamedTuple):
    """result: what the module returns, but for the transaction. files: what is written, in one transaction; in check mode
    their contents may be unknown, then `paths` has the names and `foretold` what else is known. directories: created before, outermost first.
    ahead: changes what is no file, before the files. beside: changes what is no
    file, after the files, and returns what the result says of it. activations: what then has to run, in this order. proof: looks at what
    came of all that, and returns what the result says of it. writes: whether files are among what the concern manages, so that its
    result names a transaction and activations. undo: takes back what `ahead` and `beside` have done so far, and returns what became of that in words; ''
    where there is nothing to take back, or not any more. hand_back: the same for directories that accounts get back, once the files are as they were;
    until then they could exchange them. requested: owners and modes that the concern gives files in every run."""

    result: Dict[str, Any]
    files: Sequence[PlannedFile] = ()
    directories: Sequence[Directory] = ()
    activations: Sequence[Activation] = ()
    judge: Judge = ACCEPTS_ALL
    beside: Callable[[], Dict[str, Any]] = nothing
    proof: Callable[[], Dict[str, Any]] = nothing
    paths: Optional[Sequence[str]] = None
    writes: bool = True
    undo: Callable[[], str] = nothing_done
    hand_back: Callable[[], str] = nothing_done
    ahead: Callable[[], object] = nothing
    foretold: Sequence[Foretold] = ()
    requested: Sequence[Requested] = ()

    def to_be_seen(self) -> Tuple[Sequence[PlannedFile], Sequence[Directory], Sequence[Foretold]]:
        """Return what later parts of a node see as if it were there."""
        return self.files, self.directories, self.foretold

    def written(self) -> Sequence[str]:
        """Return the paths of all files that are written."""
        return [file.path for file in self.files] if self.paths is None else self.paths
