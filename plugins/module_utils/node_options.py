# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Momentum and its configuration live on a node: the parameters that all modules share.

The default paths are Momentum's documented ones (page *ecelerity.conf file*).
"""

import os
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .errors import PlanError
from .files import foreseen, intended

if TYPE_CHECKING:
    from .config.current import CurrentConfiguration
    from .ecconf.loader import Configuration, Problem
    from .validation.validators import Checker

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "prefix": {"type": "path", "default": "/opt/msys/ecelerity"},
    "main": {"type": "path"},
    "search_path": {"type": "list", "elements": "path"},
    "nodename": {"type": "str"},
    "subcluster": {"type": "str"},
    "state_dir": {"type": "path", "default": "/var/lib/msys-momentum"},
    "secret_options": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "validate": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
    "working_copy": {"type": "str", "choices": ["refuse", "edit", "commit"], "default": "refuse"},
    "eccfg": {
        "type": "dict",
        "options": {
            "username": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "log_message": {"type": "str", "default": "Changed by msys.momentum"},
            "timeout": {"type": "int", "default": 120},
        },
    },
}

SEARCH_PATH = ("global", "{NODENAME}", "default")


class Node(NamedTuple):
    """The directories and names of one Momentum installation."""

    prefix: str
    main: str
    search_path: List[str]
    nodename: str
    subcluster: Optional[str]
    state_dir: str
    validate: str
    working_copy: str = "refuse"
    eccfg: Optional[Dict[str, Any]] = None
    assumed: Sequence[Tuple[str, Sequence[str]]] = ()  # options that the task leaves out, with the documented paths


def from_params(params: Dict[str, Any]) -> Node:
    """Fill in what a task left out with Momentum's documented defaults."""
    conf = os.path.join(params["prefix"], "etc", "conf")
    main = os.path.join(conf, "default", "ecelerity.conf")
    search_path = [os.path.join(conf, name) for name in SEARCH_PATH]
    return Node(
        prefix=params["prefix"],
        main=params["main"] or main,
        search_path=params["search_path"] or search_path,
        nodename=params["nodename"] or os.uname().nodename,
        subcluster=params["subcluster"],
        state_dir=params["state_dir"],
        validate=params["validate"],
        working_copy=params.get("working_copy") or "refuse",
        eccfg=params.get("eccfg"),
        assumed=[(name, paths) for name, paths in (("main", [main]), ("search_path", search_path)) if not params[name]],
    )


def refuse_relative(node: Node) -> None:
    """Raise PlanError for directories that are no absolute paths: a run could not use them, and check mode would not notice."""
    for option, path in (("prefix", node.prefix), ("state_dir", node.state_dir)):
        if path and not os.path.isabs(path):
            raise PlanError(
                "%s: %r is a relative path; set an absolute one (momentum_%s in the roles)" % (option, path, option)
            )


def load(node: Node, replaced: Optional[Dict[str, bytes]] = None) -> "Configuration":
    """Read the main file and everything it includes; what could not be read is among the problems.

    `replaced` are contents that override the files on disk, or are in place of missing ones.
    """
    from .config.disk_reader import DiskReader
    from .ecconf.loader import load as load_configuration
    from .ecconf.reader import OverlayReader

    reader = OverlayReader(replaced, DiskReader()) if replaced else DiskReader()
    return load_configuration(
        node.main, search_path=node.search_path, nodename=node.nodename, subcluster=node.subcluster, reader=reader
    )


def current(node: Node, replaced: Optional[Dict[str, bytes]] = None) -> "CurrentConfiguration":
    """Return the node's configuration as it is, whatever is wrong with it. `replaced`: see `load`.

    Raises PlanError where the daemon reads another one than the documented one, and the task names none."""
    from .config.current import CurrentConfiguration
    from .host.environment_file import refuse_another_configuration

    refuse_another_configuration(node.prefix, node.nodename, node.assumed)
    return CurrentConfiguration(load(node, replaced))


def checker(node: Node) -> "Checker":
    """Momentum's own checkers for this node's configuration."""
    from .validation.validators import Checker

    return Checker(
        node.prefix,
        node.main,
        node.search_path,
        node.nodename,
        state_dir=node.state_dir,
        contents=lambda: contents(node),
    )


def refusal(node: Node) -> str:
    """Return what Momentum's own validator has against the configuration on disk; empty if nothing, or if it is not to be asked.

    The words are the program's, and may quote secrets.
    """
    from .errors import CheckFailed

    if node.validate == "never":
        return ""
    try:
        judged = checker(node).installed()
    except CheckFailed as error:
        return error.output or "it says nothing"
    missing = judged is False and node.validate == "always"
    return "validate_config is missing and 'validate' is 'always'" if missing else ""


def contents(node: Node) -> List[bytes]:
    """Return the files of the configuration that can be read."""
    return [bytes(file.document) for file in load(node).files]


def daemons(node: Node) -> List[str]:
    """The programs of Momentum's daemons that are on the node: the MTA's, that of the manager of a cluster, or both."""
    paths = [os.path.join(node.prefix, "sbin", name) for name in ("ecelerity", "eccmgr")]
    return [path for path in paths if os.path.exists(path)]


def is_installed(node: Node) -> bool:
    """Tell whether Momentum's programs are on the node: the MTA's, or those of the manager of a cluster."""
    return bool(daemons(node))


def basis(node: Node, check_mode: bool, created: Optional[Dict[str, bytes]] = None) -> Dict[str, bytes]:
    """What overrides the files on disk before a change is planned: files that the same task creates.

    In check mode a missing main file is taken for an empty one, because an earlier task may have announced it.
    """
    contents = dict(created or {})
    if (
        check_mode
        and node.main not in contents
        and not intended.exists(node.main)
        and not os.path.lexists(foreseen.path(node.main))
    ):
        contents[node.main] = b""
    return contents


NO_MAIN = "%s does not exist; put one in place first, for example with the option 'files' of msys.momentum.config"


def refuse_broken(configuration: "Configuration") -> None:
    """Raise PlanError, with file and line, if what was read is no basis for a change.

    A file that an include names but nobody has is left to Momentum's own checkers.
    """
    for problem in configuration.problems:
        if problem.path == configuration.main and problem.kind == "missing":
            raise PlanError(NO_MAIN % configuration.main)
        if problem.error is not None:
            raise PlanError("%s; fix that line first" % problem.error)
        if problem.kind in ("unreadable", "cycle", "limit"):
            raise PlanError(problem.message)


def described(problem: "Problem") -> Dict[str, Any]:
    """Return a problem as a module's result shows it. An include may name a URL with a password in it."""
    from .redaction.redaction import mask_text

    texts = {"path": mask_text(problem.path), "message": mask_text(problem.message)}
    return dict(texts, kind=problem.kind, file=problem.file, line=problem.line)


def refuse_state_among(configuration: "Configuration", node: Node) -> None:
    """Raise PlanError if what the collection keeps for itself would lie where Momentum reads configuration from."""
    read = [os.path.dirname(file.path) for file in configuration.files] + node.search_path
    where = {os.path.normpath(directory.replace("{NODENAME}", node.nodename)) for directory in read}
    if os.path.normpath(node.state_dir) in where:
        usual = ARGUMENTS["state_dir"]["default"]
        raise PlanError(
            "state_dir %s is a directory that Momentum reads configuration from; use another, such as %s"
            % (node.state_dir, usual + "-state" if usual in where else usual)
        )
