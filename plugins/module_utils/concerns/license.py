# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The licence of a node, deployed from the controller.

Momentum fetches licences by itself, at its start and daily by cron (page *Preparing the System* of 3.x), and nobody can tell from two of
them which one is newer. So the checksum of the one that was deployed last is on record: what Momentum has fetched since is never
replaced by that one again. What msys.momentum.restore has put in its place is on record, too: that is older, and the declared one is deployed again.
"""

import os
from functools import partial
from typing import Any, Dict, NamedTuple, Optional, Tuple

from .. import node_options as nodes
from ..ecconf.effective import Effective
from ..errors import PlanError
from ..files import file_mode, reading
from ..files.current import CurrentFile, current_file
from ..files.named_paths import refuse_of_others
from ..files.planned import PlannedFile
from ..files.safe_paths import UnsafePath
from ..host import accounts
from ..license import current as licenses
from ..license import judge, tools
from ..planned import Planned, nothing
from ..security.stanza import declared
from ..state import deployed_license
from ..state.deployed_license import Deployed
from ..task import Task
from ..tls.files.judge import is_read_by
from ..tls.identity import daemon_identity

AUTO, ALWAYS, NEVER = "auto", "always", "never"
NOBODY_YET = -1  # an account that an earlier task of a check mode run would have made


class Current(NamedTuple):
    """A licence as it is: its path, its file (None where there is none), and what is on record of those that were deployed."""

    path: str
    file: Optional[CurrentFile]
    deployed: Deployed

    @property
    def digest(self) -> str:
        """The checksum of the file; '' where there is none."""
        return "" if self.file is None else licenses.digest(self.file.content)


def current(node: nodes.Node, effective: Effective, path: str = "") -> Current:
    """Return the licence of a node with a configuration. path: '' for the one that the configuration names, else that in etc. Raises UnsafePath,
    OSError, RecordDamaged."""
    path = path or licenses.place(effective, node.prefix)[0]
    return Current(path, current_file(path, licenses.KIND), deployed_license.deployed(node.state_dir))


def refuse_named_by_others(task: Task, effective: Effective) -> None:
    """Raise PlanError where the path is taken from a file that others than root can write."""
    path, (file, line) = licenses.place(effective, task.node.prefix)
    documented = os.path.join(task.node.prefix, "etc", "license")
    if file and not task.params["path"] and os.path.normpath(path) != os.path.normpath(documented):
        refuse_of_others("License", path, file, line, "name the licence yourself with 'path'")


def action(now: Current, digest: str, replace: str) -> str:
    """Decide what becomes of a licence with a checksum: installed, replaced, same or kept (another one stays)."""
    if now.file is None:
        return "installed"
    if now.digest == digest:
        return "same"
    if replace == AUTO:
        # Without a record, or where this one was deployed already, the one that is there may be newer, unless it was put back.
        return "replaced" if now.digest == now.deployed.put_back or now.deployed.digest not in ("", digest) else "kept"
    return "replaced" if replace == ALWAYS else "kept"


def plan(task: Task) -> Planned:
    """Plan the licence; what is in it is shown nowhere."""
    params = task.params
    content = content_of(params["content"])
    effective = nodes.current(task.node).effective
    refuse_named_by_others(task, effective)
    now, digest = replaceable(task, effective), licenses.digest(content)
    refuse_elsewhere(task, now.path)
    attributes = attributes_of(task, now.path)
    decided = action(now, digest, params["replace"])
    if decided == "kept" and params["replace"] == AUTO and now.deployed.digest != digest:
        task.warn(
            "%s is another licence than the given one, and was not deployed by this collection, so it may be newer: it stays. "
            "replace: always deploys the given one, never keeps the other (momentum_license_replace in the roles)"
            % now.path
        )
    file = None
    if decided in ("installed", "replaced"):
        judge_given(task, now, content)
        file = PlannedFile(now.path, now.file.content if now.file else None, content, *attributes)
    elif decided == "same" and now.file is not None and now.file.attributes != attributes:
        file = PlannedFile(now.path, now.file.content, content, *attributes)
    if decided != "kept":
        warn_of_unreadable(task, effective, now.path, attributes)
    result = {
        "changed": file is not None,
        "action": decided,
        "path": now.path,
        "diff": [] if file is None else [difference(now, decided)],
    }
    recorded = now.deployed if decided == "kept" else Deployed(digest)
    # Before the file as well: a run that is killed between both must not take what Momentum fetches later for the one of before.
    ahead = partial(remembered, task.node, recorded._replace(put_back=now.digest), now.deployed)
    return Planned(
        result,
        [] if file is None else [file],
        beside=lambda: remembered(task.node, recorded, now.deployed if file is None else None),
        ahead=nothing if file is None else ahead,
    )


def replaceable(task: Task, effective: Effective) -> Current:
    """Return the licence as it is. Raises PlanError where something is in its place that no licence can replace."""
    try:
        return current(task.node, effective, task.params["path"] or "")
    except UnsafePath as error:
        raise PlanError(
            "%s. Nothing is written. Move away what is there, or give the licence another place (License in the configuration)"
            % str(error).rstrip(".")
        )


def warn_of_unreadable(task: Task, effective: Effective, path: str, attributes: Tuple[int, int, int]) -> None:
    """Warn of an owner, group and mode with which the daemon could not read its licence, as the configuration has its user now: a later task may
    change that, and the module service refuses to stop a daemon for which it is still so. In a chroot the path leads elsewhere, and nothing is known."""
    identity = daemon_identity(effective)
    if identity is None or declared(effective).chroot is not None or is_read_by(identity, *attributes):
        return
    task.warn(
        "%s: with owner %s, group %s and mode %04o the daemon's user %s cannot read the licence, and without one the daemon ends. Give it to a group of that "
        "user with mode 0640 (roles: momentum_config_group)"
        % (path, task.params["owner"], task.params["group"], attributes[2], identity.name)
    )


def judge_given(task: Task, now: Current, content: bytes) -> None:
    """Have ec_lic look at the licence before it is written. Raises PlanError where it does not confirm it, but that is required, or it confirms the
    one that would be replaced: a daemon that runs would end with it within 15 minutes. Else that is a warning, because what ec_lic says of others
    than valid ones is not documented. Before the packages are there, nobody can be asked."""
    said = tools.ask_about(task.node.prefix, content)
    if said.validity != tools.UNCONFIRMED:
        return
    words = "content: ec_lic does not confirm this licence (%s)" % said.words
    if task.params["require"] == judge.VALID:
        raise PlanError(
            "%s, and a daemon that runs would end with it; %s is left as it is. Get a new one from the vendor. Where only a later version can read "
            "it, set require to readable (momentum_license_require in the roles)" % (words, now.path)
        )
    is_lost = now.file is not None and tools.ask_about(task.node.prefix, now.file.content).validity == tools.VALID
    if is_lost and task.params["replace"] != ALWAYS:
        raise PlanError(
            "%s, and confirms the one that it would replace, %s. Give the file that the vendor has issued for this node "
            "(momentum_license in the roles); replace: always (momentum_license_replace) deploys it nevertheless"
            % (words, now.path)
        )
    task.warn("%s; the daemon may end with it within 15 minutes, and not start again" % words)


def difference(now: Current, decided: str) -> Dict[str, str]:
    """What a difference says, without the licence."""
    words = "owner, group or mode" if decided == "same" else "the licence is %s" % decided
    return {"before_header": now.path, "after_header": now.path, "prepared": "%s: %s\n" % (now.path, words)}


def remembered(node: nodes.Node, recorded: Deployed, before: Optional[Deployed]) -> Dict[str, Any]:
    """Record the checksum of the deployed licence where it is another than before; None: whatever was before."""
    if recorded != before:
        deployed_license.remember(node.state_dir, recorded)
    return {}


def content_of(text: str) -> bytes:
    """Return the bytes of a licence. Raises PlanError for a text that is not base64, and for what can be none."""
    import base64
    import binascii

    try:
        content = base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise PlanError("content: is not base64; give the bytes of the licence through the filter b64encode")
    if not content.strip() or len(content) > reading.LIMITS[licenses.KIND].most:
        raise PlanError(
            "content: has %d bytes, which is no licence; give the file that the vendor has issued" % len(content)
        )
    return content


def refuse_elsewhere(task: Task, path: str) -> None:
    """Refuse a path at which no licence can be."""
    if not os.path.isabs(path):
        raise PlanError("%s: the path of the licence is not absolute; set path, or License in the configuration" % path)
    directory = os.path.dirname(path)
    comes = task.check_mode and not nodes.is_installed(task.node)
    if not os.path.isdir(directory) and not comes:
        raise PlanError("%s: its directory %s does not exist; install Momentum first" % (path, directory))


def attributes_of(task: Task, path: str) -> Tuple[int, int, int]:
    """Return owner, group and mode as numbers. Raises PlanError."""
    params = task.params
    mode = file_mode.number("mode", params["mode"])
    if mode & 0o022:
        raise PlanError("mode %04o lets others than the owner change the licence, which any change invalidates" % mode)
    numbers = [accounts.user_id(params["owner"]), accounts.group_id(params["group"])]
    for number, name in zip(numbers, (params["owner"], params["group"])):
        if number is None:
            # In check mode the packages may be about to make it.
            if nodes.is_installed(task.node) or not task.check_mode:
                raise PlanError("%s: there is no account %r on the node; create it first" % (path, name))
    owner, group = [NOBODY_YET if number is None else number for number in numbers]
    return owner, group, mode
