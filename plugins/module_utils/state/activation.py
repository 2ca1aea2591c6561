# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to run because of a change, as data: what, why, and how it is undone.

An activation makes a program take over files that are in place. It changes nothing by itself, so it can be run again at any time, and is
undone by a run once the files are back. What has a state of its own is no activation but a change beside the files, `Planned.beside`:
the directory of a socket, an owner, a row of a database. Nor is the proof of what came of it, `Planned.proof`.

The daemon is activated by nobody but msys.momentum.service, which decides by what it finds, proves health, and puts transactions back:
what is due is recorded on the node (state/pending.py), with the transaction where there is one.
"""

from typing import Any, Dict, Iterable, List, NamedTuple, Sequence

from ..errors import MomentumError
from ..host import program as programs
from ..host.program import Run
from ..host.service_manager import ACTION_TIMEOUT
from . import pending
from .pending import Due

DAEMON = "daemon"


class Activation(NamedTuple):
    """name: of what is activated. files: because of which. level: of the daemon, else none. argv: the command, of all others. undo: the
    command once the files are back; empty where nothing is to be undone."""

    name: str
    files: Sequence[str] = ()
    level: str = "none"
    argv: Sequence[str] = ()
    undo: Sequence[str] = ()


class NotActivated(MomentumError):
    """A command failed; the error has its words."""


def daemon(level: str, files: Sequence[str]) -> Activation:
    """Return the activation of the daemon: none, reload or restart."""
    return Activation(DAEMON, files, level)


def due(activations: Iterable[Activation]) -> Due:
    """Return what the daemon has to do."""
    ours = [one for one in activations if not one.argv]
    level = pending.strongest("none", *(one.level for one in ours))
    return Due(level, list(dict.fromkeys(path for one in ours for path in one.files)))


def merged(activations: Iterable[Activation]) -> List[Activation]:
    """Return activations once each, in their order, and that of the daemon last: it may need what the others do."""
    found = list(activations)
    once = {tuple(one.argv): one for one in reversed(found) if one.argv}
    kept = [one for one in found if once.get(tuple(one.argv)) is one]
    last = due(found)
    return kept + ([daemon(*last)] if last.files or last.level != "none" else [])


def shown(activations: Iterable[Activation]) -> List[Dict[str, Any]]:
    """Return what a result says of activations that are due."""
    due_now = [one for one in activations if one.argv or one.level != "none"]
    return [
        {name: value if isinstance(value, str) else list(value) for name, value in one._asdict().items()}
        for one in due_now
    ]


def run(activations: Iterable[Activation], begun: List[Activation], run: Run = programs.run) -> None:
    """Run all commands in their order; `begun` gets each before it runs. Raises NotActivated."""
    for one in activations:
        if one.argv:
            begun.append(one)
            _execute(one.argv, run)


def undo(begun: Sequence[Activation], run: Run = programs.run) -> List[str]:
    """Undo what was begun, the last one first; return why any could not be."""
    problems = []
    for one in reversed(begun):
        try:
            if one.undo:
                _execute(one.undo, run)
        except NotActivated as error:
            problems.append(str(error))
    return problems


def _execute(argv: Sequence[str], run: Run) -> None:
    answer = run(list(argv), ACTION_TIMEOUT)
    if answer.status != 0:
        words = programs.shown(answer.output) or "status %s" % answer.status
        raise NotActivated("%s: %s" % (" ".join(argv), words))
