# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node for tests of the audit: a configuration in memory, and parts that a test names. What it does not name, nobody could look at."""

from typing import Any, NamedTuple, Optional

from plugins.module_utils.audit.evidence import Evidence, FileFacts, Host, Running, known, unseen
from plugins.module_utils.config.current import CurrentConfiguration
from plugins.module_utils.daemon.process import Process, ThreadStatus
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.exposure import judge
from plugins.module_utils.lint.run import findings as lint_findings
from plugins.module_utils.security import safety_checks
from plugins.module_utils.security.capabilities import CapabilitySets
from plugins.module_utils.security.current import current as current_security
from plugins.module_utils.security.kernel_identity import Identity
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
    names = [name for name in Evidence._fields if name not in ("host", "file")]
    found = {name: unseen("nobody has looked at %s" % name) for name in names}
    if main is not None:
        now = configuration(main)
        found["configuration"] = known(now)
        found["exposure"] = known(judge.findings(now, version or None))
        found["security"] = known(current_security(now.effective, security_host()))
        found["lint"] = known(lint_findings(now.configuration, version or "5.3.0"))
        if library is not None:
            found["tls"] = known(current_tls(now.configuration, version, library))
    look = parts.pop("file", parts.pop("files", {}).get)
    found.update((name, value if callable(value) else known(value)) for name, value in parts.items())
    return Evidence(host or Host(version), file=look, **found)


def cut_off(main: str = "", **parts: Any) -> Evidence:
    """A node of whose configuration a part cannot be read."""
    return node(main + '\ninclude "beyond-reach.conf"\n', **parts)


# A node on which Momentum is not installed.
NOTHING = Host("", "")
MANAGER = Host("5.3.0", "eccmgr")
SOLARIS = Host("3.6.6", "ecelerity", "solaris")

ACCOUNTS = {"root": 0, "ecuser": 500, "mail": 8}
BIND = frozenset([10])


def account(name: str) -> Optional[int]:
    """The number of an account of the node."""
    return ACCOUNTS.get(name)


def security_host(**changes: Any) -> safety_checks.Host:
    """What the node gives to a Security stanza."""
    host = safety_checks.Host(account, account, lambda path: True, frozenset(range(41)), 40)
    return host._replace(**changes)


def stanza(text: str, host: Optional[Host] = None, **changes: Any) -> Evidence:
    """A node with a Security stanza and a listener at port 25. changes: of what the node gives to the stanza."""
    main = "%s\nSecurity { %s }" % (SMTP % ("", ""), text)
    return node(main, host=host, security=current_security(configuration(main).effective, security_host(**changes)))


def thread(tid: int = 4711, **changes: Any) -> ThreadStatus:
    """A thread of a daemon that is ecuser and binds low ports."""
    ids, none = (500,) * 4, frozenset()
    return ThreadStatus(tid, ids, ids, none, BIND, BIND, none, none, BIND)._replace(**changes)


PROGRAM = "/opt/msys/ecelerity/sbin/ecelerity"
PROCESS = Process(4711, 1000.0, PROGRAM, 100, 1, uid=500)
EXPECTED = Identity(500, 500, None, CapabilitySets(BIND, BIND, frozenset()))


def running(*threads: ThreadStatus, **changes: Any) -> Running:
    """A daemon that is who it must be, with two threads unless they are given."""
    found = Running(
        PROCESS,
        threads or (thread(), thread(4712)),
        EXPECTED,
        root="/",
        listens=frozenset(["0.0.0.0:25", "/tmp/2025"]),
        libraries=frozenset(["/usr/lib64/libssl.so.3"]),
        no_new_privileges=1,
        seccomp=2,
    )
    return found._replace(**changes)


def file(path: str, mode: int = 0o640, kind: str = "file", **changes: Any) -> FileFacts:
    """A file of root's that the daemon's group reads."""
    found = FileFacts(path, kind, "root", "ecuser", mode, frozenset(), frozenset(["group ecuser"]))
    return found._replace(**changes)


def files(*found: FileFacts) -> Any:
    """Files by their paths."""
    return {one.path: one for one in found}
