# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node for tests of the audit: a configuration in memory, and parts that a test names. What it does not name, nobody could look at."""

from typing import Any, NamedTuple, Optional

from plugins.module_utils.audit.evidence import Evidence, Host, known, unseen
from plugins.module_utils.config.current import CurrentConfiguration
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.exposure import judge
from plugins.module_utils.lint.run import findings as lint_findings
from plugins.module_utils.tls.current import current as current_tls

MAIN = "/opt/msys/ecelerity/etc/conf/default/ecelerity.conf"
DIRECTORY = "/opt/msys/ecelerity/etc/conf/default"
SMTP = 'ESMTP_Listener { %s\nListen ":25" { %s } }'


class Case(NamedTuple):
    """What a rule says of a node. words: a part of what was seen with that status."""

    rule: str
    status: str
    evidence: Evidence
    words: str = ""


def configuration(text: str, **files: str) -> CurrentConfiguration:
    """A configuration with a main file, and others that it may include by NAME.conf."""
    contents = {MAIN: text.encode()}
    contents.update(("%s/%s.conf" % (DIRECTORY, name), one.encode()) for name, one in files.items())
    return CurrentConfiguration(load(MAIN, [DIRECTORY], nodename="n", reader=OverlayReader(contents)))


def node(
    main: Optional[str] = None, version: str = "5.3.0", library: Any = None, host: Optional[Host] = None, **parts: Any
) -> Evidence:
    """A node with a configuration, and what follows from it alone. library: its OpenSSL, for TLS. parts: values of other parts of the evidence, or Part."""
    names = [name for name in Evidence._fields if name not in ("host", "file", "passwords")]
    found = {name: unseen("nobody has looked at %s" % name) for name in names}
    if main is not None:
        now = configuration(main)
        found["configuration"] = known(now)
        found["exposure"] = known(judge.findings(now, version or None))
        found["lint"] = known(lint_findings(now.configuration, version or "5.3.0"))
        if library is not None:
            found["tls"] = known(current_tls(now.configuration, version, library))
    files = parts.pop("files", {})
    passwords = parts.pop("passwords", frozenset())
    found.update((name, value if callable(value) else known(value)) for name, value in parts.items())
    return Evidence(host or Host(version), file=files.get, passwords=passwords, **found)


def cut_off(main: str = "", **parts: Any) -> Evidence:
    """A node of whose configuration a part cannot be read."""
    return node(main + '\ninclude "beyond-reach.conf"\n', **parts)


MANAGER = Host("5.3.0", "eccmgr")
SOLARIS = Host("3.6.6", "ecelerity", "solaris")
