# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A drop-in for the unit of systemd that restricts the daemon."""

import os
import re
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..apply import prepare
from ..config import reader
from ..errors import PlanError
from ..files.current import CurrentFile
from ..files.planned import PlannedFile, Requested, missing_above
from ..options.sandbox import ARGUMENTS
from ..planned import ACCEPTS_ALL, Judge, Planned
from ..sandbox import dropin, eyes, needs, systemd
from ..sandbox.current import CurrentSandbox
from ..sandbox.current import current as current_sandbox
from ..sandbox.dropin import Directive
from ..sandbox.facts import Choice, Facts, facts
from ..state import directory as state_directory
from ..state.activation import daemon
from ..task import Task
from ..text import generated

MODE = 0o644
DIRECTORY_MODE = 0o755
UNIT = re.compile(r"[A-Za-z0-9:_.@-]{1,200}\.service\Z")


def current(
    unit: str = str(ARGUMENTS["unit"]["default"]),
    directory: str = str(ARGUMENTS["directory"]["default"]),
    version: Optional[int] = None,
) -> CurrentSandbox:
    """Return systemd, the unit and its drop-in. version: of systemd, where it is not to be asked. Raises PlanError for a unit that is
    none."""
    name = unit if "." in unit else unit + ".service"
    if not UNIT.match(name):
        raise PlanError("unit: %r is no name of a service unit" % name)
    return current_sandbox(name, directory, version)


def facts_of(task: Task) -> Facts:
    """What the configuration in force means for a sandbox."""
    now, _reload = prepare(task)
    params = task.params
    choice = Choice(
        params["protect_system"],
        params["write_paths"],
        params["add_capabilities"],
        params["drop_capabilities"],
        task.secret_options,
    )
    for path in choice.write_paths:
        generated.path("write_paths", path)
    prefix = os.path.normpath(task.node.prefix)
    return facts(now.effective, prefix, now.configuration.local_changes, choice, eyes.look(prefix))


def computed(task: Task, site: CurrentSandbox) -> Tuple[Optional[bytes], Dict[str, Any]]:
    """The drop-in that is requested (None: none), and what the result says of it."""
    if task.params["state"] == "absent":
        return None, {"directives": [], "left_out": [], "capabilities": [], "cap_add": [], "believed": []}
    known = facts_of(task)
    shown: Dict[str, Any] = {
        "directives": [],
        "left_out": [],
        "capabilities": [need._asdict() for need in known.needed],
        "cap_add": needs.for_container(known.needed),
        "believed": known.believed,
    }
    if site.version is None:
        return None, shown
    chosen: List[Directive] = dropin.directives(known, site.version, task.params["overrides"], task.params["leave"])
    shown["directives"] = [dict(one._asdict()) for one in chosen if one.value is not None]
    shown["left_out"] = [{"name": one.name, "reason": one.reason} for one in chosen if one.value is None]
    return dropin.text(chosen), shown


def differs(site: CurrentSandbox, requested: Optional[bytes]) -> bool:
    """Whether the drop-in has to be written, or removed."""
    if requested is None or site.file is None:
        return (requested is None) != (site.file is None)
    return site.file != CurrentFile(requested, os.geteuid(), os.getegid(), MODE)


class SystemdJudge(Judge):
    """systemd-analyze verify, for a drop-in that is written."""

    def __init__(self, site: CurrentSandbox) -> None:
        self.site = site
        self.unit = site.name

    def judges(self, files: Sequence[PlannedFile]) -> Dict[str, Any]:
        """The drop-in is judged before it is in force."""
        return {"check_staged": systemd.verifier(self.unit, self.site.unit.fragment, self.site.path)}

    def foresee(self, files: Sequence[PlannedFile]) -> None:
        """Let systemd judge what a run would write. Raises TransactionError as the run would."""
        from ..transaction.transaction import foresee_check

        content = files[0].after
        if content is not None:
            foresee_check(lambda: systemd.verify(self.unit, self.site.unit.fragment, self.site.path, content))


def difference(site: CurrentSandbox, requested: Optional[bytes]) -> List[Dict[str, str]]:
    """The drop-in before and after."""
    before = b"" if site.file is None else site.file.content
    texts = [text.decode("utf-8", "replace") for text in (before, requested or b"")]
    return [{"before": texts[0], "after": texts[1], "before_header": site.path, "after_header": site.path}]


def plan(task: Task) -> Planned:
    """Compute the drop-in; systemd reads it once it is written."""
    site = current(*(task.params[name] for name in ("unit", "directory", "systemd_version")))
    requested, shown = computed(task, site)
    if site.version is None:
        task.warn("this node is not run by systemd: no drop-in is written")
        return Planned(result(site, shown, False))
    said = [] if requested is None else [Requested(site.path, os.geteuid(), os.getegid(), MODE)]
    edited = differs(site, requested)
    if edited and requested is not None:
        reader.refuse_without_directory(os.path.dirname(os.path.dirname(site.path)), task.refuse_unless_announced)
    before = site.exposure()
    shown["diff"] = difference(site, requested) if edited else []
    if not edited and not site.unit.stale:
        return Planned(result(site, shown, False, {"before": before, "after": before}), requested=said)
    # Where only its owner or mode differs, systemd has to read the file anew because it is another one, and the daemon has what is in it.
    same = site.file is not None and site.file.content == requested and not site.unit.stale
    whole = Planned(
        result(site, shown, True, {"before": before, "after": None}, "none" if same else "restart"),
        activations=([systemd.reload(site.path)] if site.asked else [])
        + ([] if same else [daemon("restart", [site.path])]),
        judge=SystemdJudge(site) if site.asked else ACCEPTS_ALL,
        proof=lambda: {"exposure": {"before": before, "after": site.exposure()}},
        requested=said,
    )
    if not edited:  # the file is older than systemd's reading of it
        state_directory.refuse([], [], task.node.state_dir)
        return whole
    owner, group = os.geteuid(), os.getegid()
    file = PlannedFile(site.path, None if site.file is None else site.file.content, requested, owner, group, MODE)
    above = [] if requested is None else missing_above(site.path, owner, group, DIRECTORY_MODE)
    return whole._replace(files=[file], directories=above)


def result(
    site: CurrentSandbox,
    shown: Dict[str, Any],
    changed: bool,
    exposed: Optional[Dict[str, Optional[float]]] = None,
    level: str = "none",
) -> Dict[str, Any]:
    """What the module returns."""
    common: Dict[str, Any] = {"diff": [], "path": site.path, "systemd": site.version}
    own = {"changed": changed, "activation": level}
    return dict(common, exposure=exposed or {"before": None, "after": None}, **dict(shown, **own))
