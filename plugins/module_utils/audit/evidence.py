# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a node, read by the concerns' own readers, each part when the first rule asks for it.

A part that cannot be read raises CouldNotLook with the reason, for every rule that needs it: not to have looked is never a pass.
"""

from types import MappingProxyType
from typing import Any, Callable, FrozenSet, Generic, List, Mapping, NamedTuple, Optional, Sequence, TypeVar

from ..config.current import CurrentConfiguration
from ..daemon.drift import Drift
from ..daemon.process import Process, ThreadStatus
from ..dkim.report import Published
from ..errors import MomentumError
from ..exposure.subject import Finding as Exposure
from ..lint.finding import Finding as Lint
from ..preflight.facts import Facts as Machine
from ..sandbox.current import CurrentSandbox
from ..sandbox.dropin import Directive
from ..security.current import CurrentSecurity
from ..security.kernel_identity import Identity
from ..state.pending import Pending
from ..tls.current import CurrentTls
from ..tls.dnssec import Resolver
from ..tls.files.dhparams import Parameters

T = TypeVar("T")

# Parameters that rules ask of the kernel.
KERNEL = (
    "fs.protected_hardlinks",
    "fs.protected_symlinks",
    "fs.suid_dumpable",
    "kernel.randomize_va_space",
    "kernel.yama.ptrace_scope",
    "net.ipv4.ip_unprivileged_port_start",
)


class CouldNotLook(MomentumError):
    """Something cannot be read, and nobody can tell."""


class Part(Generic[T]):
    """A part of the evidence. Called, it returns what was read, or raises CouldNotLook; it is read once."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._found: List[T] = []
        self._reason: Optional[str] = None

    def __call__(self) -> T:
        if self._reason is not None:
            raise CouldNotLook(self._reason)
        if not self._found:
            try:
                self._found.append(self._read())
            except (MomentumError, OSError) as error:
                self._reason = str(error) or type(error).__name__
                raise CouldNotLook(self._reason) from error
        return self._found[0]


def known(value: T) -> "Part[T]":
    """Return a part that is known already."""
    return Part(lambda: value)


def unseen(reason: str) -> "Part[Any]":
    """Return a part at which nobody could look."""

    def refuse() -> Any:
        raise CouldNotLook(reason)

    return Part(refuse)


class Host(NamedTuple):
    """What decides which rules apply, and what all of them may ask. version: of Momentum, empty where nobody knows. daemon: ecelerity or eccmgr; empty
    where Momentum is not installed, so that no rule applies. system: linux or solaris. prefix: where Momentum lives. today: YYYY-MM-DD, empty where a rule
    is not to ask."""

    version: str = ""
    daemon: str = "ecelerity"
    system: str = "linux"
    prefix: str = "/opt/msys/ecelerity"
    today: str = ""


class Running(NamedTuple):
    """The daemon as the kernel has it. expected: who it must be by the stanza in force (None where that is not known, because of not_known). root: its
    root directory, None where the kernel does not show it. listens: addresses with the port ('0.0.0.0:25', '[::1]:2025') or paths of the sockets on
    which it listens, None where the kernel does not show whose they are. libraries: files that it has mapped, deleted ones with ' (deleted)'.
    no_new_privileges, seccomp: of the first thread, None where the kernel does not tell. hidden: other processes that look like it, and that root has
    not started."""

    process: Process
    threads: Sequence[ThreadStatus]
    expected: Optional[Identity]
    not_known: str = ""
    root: Optional[str] = None
    listens: Optional[FrozenSet[str]] = None
    libraries: Optional[FrozenSet[str]] = None
    no_new_privileges: Optional[int] = None
    seccomp: Optional[int] = None
    hidden: Sequence[Process] = ()


class FileFacts(NamedTuple):
    """An object of the file system. kind: file, directory, link, socket, fifo, device. writers: who can exchange or change it beside root, by itself or
    by a directory on the way ('user ecuser', 'group ecuser', 'everybody'). readers: who can read it beside root. listed: whether it has an access
    control list."""

    path: str
    kind: str
    owner: str
    group: str
    mode: int
    writers: FrozenSet[str] = frozenset()
    readers: FrozenSet[str] = frozenset()
    listed: bool = False
    links: int = 1


class Permissions(NamedTuple):
    """What a walk by the manifest of msys.momentum.permissions finds, without a change (`state: audit`, no part left out, none with the manuals' own
    modes), as permissions.findings.Findings has it.

    Lists hold the first items alone; totals counts all, by the name of the list. differences: objects whose owner, group or mode is another than the
    manifest's: path, part (of manifests_data.PARTS), before and after as 'OWNER:GROUP MODE'. refused: what root would not touch: path, reason.
    out_of_reach: what the daemon's account cannot read of its configuration: path, present, reason. access_lists: objects with an access control list:
    path, kinds ('access', 'default'). umask_lines: lines of root's start-up files that close new files to others: file, line, umask. not_entered:
    directories on other file systems, which were left out."""

    differences: Sequence[Mapping[str, Any]] = ()
    refused: Sequence[Mapping[str, Any]] = ()
    out_of_reach: Sequence[Mapping[str, Any]] = ()
    access_lists: Sequence[Mapping[str, Any]] = ()
    umask_lines: Sequence[Mapping[str, Any]] = ()
    totals: Mapping[str, int] = MappingProxyType({})
    not_entered: Sequence[str] = ()


class Sandbox(NamedTuple):
    """The systemd sandbox of the daemon's unit. now: as it is. requested: the directives that msys.momentum.sandbox computes for this configuration, those
    that are left out with the value None; empty where the node has no systemd. exposure: the figure of `systemd-analyze security`, None where it gives
    none."""

    now: CurrentSandbox
    requested: Sequence[Directive] = ()
    exposure: Optional[float] = None


class WorkingCopy(NamedTuple):
    """The working copy that eccfg has of the configuration. changes: what differs from what was checked out, by path (version_control.subversion.changes)."""

    directory: str
    changes: Mapping[str, str]


class SigningKey(NamedTuple):
    """A private key that signs mail, by named_files.signing_keys: one that the configuration names, or one at the documented place below etc/conf/dkim,
    which a policy may name. domain, selector: '' where only a message decides. signs: whether the configuration signs with it, which is a selector in a
    stanza of DKIM. kind, bits: as pki.x509.keys has them, '' and 0 where there is no key that can be used, for which problem is the reason. is_absent:
    whether that is that there is no file. readers: of dkim.key.CurrentKey. file, line: of the option that names it, '' and 0 for none. published: what
    the DNS has of it, asked by the node."""

    path: str
    domain: str = ""
    selector: str = ""
    signs: bool = True
    kind: str = ""
    bits: int = 0
    problem: str = ""
    is_absent: bool = False
    readers: str = ""
    file: str = ""
    line: int = 0
    published: Published = Published()

    @property
    def name(self) -> str:
        """What it is called: its record, or its path where a message decides that."""
        return "%s._domainkey.%s" % (self.selector, self.domain) if self.domain and self.selector else self.path


class Evidence(NamedTuple):
    """Everything that rules look at.

    certificates: as pki.inventory returns them. license: as license.report returns it, with what the node's tools say. machine: the host, as the
    preflight reads it. kernel: parameters of sysctl(8) by name, those of KERNEL as far as the kernel has them. unfinished: a sentence for each
    transaction that an earlier run left unfinished; None where the collection keeps no state on the node. working_copy: None where there is none.
    dhparams, authorities, signing_keys: as named_files reads them; authorities are those of clients, in a TLS_Client_CA. resolver: tls.dnssec.current,
    asked about the root.
    file: describes the object of a path, None where it does not exist; raises CouldNotLook, MomentumError, OSError.
    """

    host: Host
    configuration: "Part[CurrentConfiguration]"
    security: "Part[CurrentSecurity]"
    tls: "Part[CurrentTls]"
    exposure: "Part[Sequence[Exposure]]"
    lint: "Part[Sequence[Lint]]"
    certificates: "Part[Sequence[Mapping[str, Any]]]"
    license: "Part[Mapping[str, Any]]"
    running: "Part[Optional[Running]]"
    pending: "Part[Pending]"
    drift: "Part[Drift]"
    permissions: "Part[Permissions]"
    sandbox: "Part[Sandbox]"
    kernel: "Part[Mapping[str, str]]"
    machine: "Part[Machine]"
    unfinished: "Part[Optional[Sequence[str]]]"
    working_copy: "Part[Optional[WorkingCopy]]"
    dhparams: "Part[Mapping[str, Optional[Parameters]]]"
    authorities: "Part[Mapping[str, Sequence[str]]]"
    resolver: "Part[Resolver]"
    signing_keys: "Part[Sequence[SigningKey]]"
    file: Callable[[str], Optional[FileFacts]]
