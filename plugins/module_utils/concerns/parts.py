# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a node's plan: each is one of the concerns, with exactly the options of its own module."""

from typing import Any, Callable, Dict, NamedTuple, Sequence

from ..planned import Planned
from ..task import Task
from . import (
    certificate,
    config,
    control,
    credential,
    dhparams,
    keyword_file,
    permissions,
    sandbox,
    security,
    service,
    tls,
)


class Part(NamedTuple):
    """name: of the option, and of the module. several_lines, more: see MomentumModule and the rules beside `options` in Ansible."""

    name: str
    arguments: Dict[str, Any]
    plan: Callable[[Task], Planned]
    more: Dict[str, Any] = {}
    several_lines: Sequence[str] = ()


# In this order they are planned, each over what the ones before it intend. An include line in a file decides which Security stanza
# is in force. Where certificates have to be signed first, what follows them is only foretold, and parameters for DHE take minutes to make.
# The daemon's user must be able to read the files that TLS names; the sandbox is computed from everything.
# Owners and modes come after all that writes, because the manifest judges those files, too, and before the daemon, which reads them
# under its own account. The daemon gets all of it once.
PARTS: Sequence[Part] = (
    Part("config", config.ARGUMENTS, config.plan),
    Part("security", security.ARGUMENTS, security.plan, several_lines=["capabilities", "privileges"]),
    Part("certificate", certificate.ARGUMENTS, certificate.plan, several_lines=sorted(certificate.SEVERAL_LINES)),
    Part("dhparams", dhparams.ARGUMENTS, dhparams.plan, {"mutually_exclusive": [("group", "generate")]}),
    Part("tls", tls.ARGUMENTS, tls.plan),
    Part("credential", credential.ARGUMENTS, credential.plan),
    Part("control", control.ARGUMENTS, control.plan),
    Part("keyword_file", keyword_file.ARGUMENTS, keyword_file.plan),
    Part("sandbox", sandbox.ARGUMENTS, sandbox.plan),
    Part("permissions", permissions.ARGUMENTS, permissions.plan),
    Part("service", service.ARGUMENTS, service.plan),
)
NAMES = [part.name for part in PARTS]
SEVERAL_LINES = frozenset("%s.%s" % (part.name, name) for part in PARTS for name in part.several_lines)
ARGUMENTS: Dict[str, Dict[str, Any]] = dict(
    {part.name: dict({"type": "dict", "options": part.arguments}, **part.more) for part in PARTS},
    only={"type": "list", "elements": "str", "choices": NAMES},
)
