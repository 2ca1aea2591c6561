# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a concern sees of the task that it plans for. A module of Ansible is one; nothing here needs Ansible."""

from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence

from . import node_options as nodes
from .errors import PlanError, assumption
from .files.planned import Requested


class Task:
    """params: the options, as the concern's ARGUMENTS describe them. node: the installation. check_mode: nothing is written.
    secret_options: names of options whose values are secrets. quotable: what a program reads that may repeat it in its errors.
    announced: files that earlier parts of the same plan will make, of which check mode has not made the contents. loaded: the
    configuration that an earlier part has read, by `intended.state`; None for a task that has no parts. level: the activation that earlier parts need.
    is_part: whether it is one of several that are put back together. follows_changes: whether earlier parts change anything.
    requested: the owners and modes that earlier parts give files in every run, by the part.
    handover: the directories that the permissions of the same plan take from other accounts before files are written (concerns.permissions)."""

    params: Dict[str, Any]
    node: nodes.Node
    check_mode: bool
    secret_options: FrozenSet[str]
    quotable: List[bytes]
    announced: Sequence[str] = ()
    loaded: Optional[Dict[int, Any]] = None
    level: str = "none"
    is_part: bool = False
    follows_changes: bool = False
    requested: Mapping[str, Sequence[Requested]] = {}
    handover: Any = None

    def warn(self, warning: str) -> None:
        """Add a warning to the result."""
        raise NotImplementedError

    def private_directory(self) -> Optional[str]:
        """Return a directory for temporary files that only this account can write; None for that of the system."""
        raise NotImplementedError

    def take_back(self) -> str:
        """Undo what earlier parts have done beside the files; return what became of it in words, '' where there was nothing to undo."""
        return ""

    def hand_back(self) -> str:
        """Give directories back that earlier parts have taken, once the files are as they were; return what became of it in words."""
        return ""

    def refuse_unless_announced(self, refusal: str) -> None:
        """Raise PlanError; in check mode, where an earlier task may be about to make what is missing, it is a warning."""
        if not self.check_mode:
            raise PlanError(refusal)
        self.warn(assumption(refusal))
