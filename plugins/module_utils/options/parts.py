# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a node's plan: each is one of the concerns, with exactly the options of its own module."""

from typing import Any, Dict, NamedTuple, Sequence

from . import (
    certificate,
    config,
    control,
    credential,
    dhparams,
    dkim_key,
    exposure,
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
    more: Dict[str, Any] = {}
    several_lines: Sequence[str] = ()


# In this order they are planned, each over what the ones before it intend. Where certificates have to be signed first, what follows them is
# only foretold, and parameters for DHE take minutes to make. An include line in a file decides which Security stanza is in force, and what
# listens where, the console too, which capabilities it needs. The daemon's user must be able to read the files that TLS names; the sandbox is
# computed from everything. A domain signs by a stanza that the configuration of the first part has.
# Owners and modes come after all that writes, because the manifest judges those files, too, and before the daemon, which reads them
# under its own account. The daemon gets all of it once.
PARTS: Sequence[Part] = (
    Part("config", config.ARGUMENTS),
    Part("certificate", certificate.ARGUMENTS, several_lines=sorted(certificate.SEVERAL_LINES)),
    Part("dhparams", dhparams.ARGUMENTS, {"mutually_exclusive": [("group", "generate")]}),
    Part("tls", tls.ARGUMENTS),
    # The name of the part is no secret, whatever its last word.
    Part("dkim_key", dkim_key.ARGUMENTS, {"no_log": False}, sorted(dkim_key.SEVERAL_LINES)),
    Part("credential", credential.ARGUMENTS),
    Part("control", control.ARGUMENTS),
    Part("security", security.ARGUMENTS, several_lines=["capabilities", "privileges"]),
    Part("keyword_file", keyword_file.ARGUMENTS),
    Part("sandbox", sandbox.ARGUMENTS),
    Part("permissions", permissions.ARGUMENTS),
    Part("service", service.ARGUMENTS),
)
NAMES = [part.name for part in PARTS]
SEVERAL_LINES = frozenset("%s.%s" % (part.name, name) for part in PARTS for name in part.several_lines)
ARGUMENTS: Dict[str, Dict[str, Any]] = dict(
    {part.name: dict({"type": "dict", "options": part.arguments}, **part.more) for part in PARTS},
    only={"type": "list", "elements": "str", "choices": NAMES},
    exposure_accepted=exposure.ARGUMENT,
)
