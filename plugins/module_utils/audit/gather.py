# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evidence of a node, by the readers of the concerns, each part when the first rule asks for it. Reads only."""

import datetime
import os
import sys
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Tuple

from .. import node_options as nodes
from ..concerns import permissions as permissions_of
from ..concerns import sandbox as sandbox_of
from ..concerns import security as security_of
from ..concerns import service as service_of
from ..concerns import tls as tls_of
from ..concerns.dkim_key import published_of
from ..config.current import CurrentConfiguration
from ..console_access import endpoints, rotation
from ..daemon import console, kinds, process
from ..daemon import version as versions
from ..daemon.controller import Gate
from ..daemon.drift import Drift
from ..daemon.kinds import Kind
from ..daemon.process import Process
from ..exposure import current as exposed
from ..exposure import judge as exposures
from ..exposure.subject import Finding as Exposure
from ..files import reading, working_copy
from ..files.current import current_file
from ..host import dns
from ..host.service_manager import Manager
from ..host.tcp import Deadline
from ..license import report as license_report
from ..lint.finding import Finding as Lint
from ..lint.run import findings as lint_findings
from ..node_options import Node
from ..options import permissions as permission_options
from ..permissions.umask import breaking_lines, read_startup_files
from ..pki import current as certificates
from ..pki import inventory
from ..preflight import facts as machine
from ..preflight import network
from ..preflight import reader as machine_reader
from ..preflight.machine import Machine
from ..sandbox import dropin, eyes
from ..sandbox.facts import Choice, facts
from ..security.current import CurrentSecurity
from ..security.kernel_identity import DEFAULT_GROUP, DEFAULT_USER, DeclarationError, Identity, identity_from
from ..security.stanza import declared, stanza_of
from ..state import pending
from ..task import Task
from ..tls import dnssec
from ..tls.current import CurrentTls
from ..transaction import journal
from ..version_control import subversion
from . import disk, named_files
from .evidence import KERNEL, CouldNotLook, Evidence, Host, Part, Permissions, Running, Sandbox, SigningKey, WorkingCopy

ROLES = ("standalone", "cluster_node", "cluster_manager")
DNS_SECONDS = 15.0  # for the records of all keys together
MOST_LIBRARIES = 4096  # mappings of a process that are looked at


class Subject:
    """What is audited. role: of ROLES. unit: of systemd."""

    def __init__(self, task: Task, role: str, unit: str) -> None:
        self.task = task
        self.role = role
        self.kind: Kind = kinds.ECCMGR if role == "cluster_manager" else kinds.ECELERITY
        self.unit = unit or self.kind.program + ".service"
        self.node: Node = task.node
        self.version = versions.detect(task.node) or ""
        self._configuration = Part(lambda: nodes.current(self.node))

    def evidence(self) -> Evidence:
        """Return the evidence. Nothing is read yet but the version."""
        installed = os.path.exists(kinds.program_of(self.node, self.kind))
        system = "solaris" if sys.platform.startswith("sunos") else "linux"
        today = datetime.date.today().isoformat()
        host = Host(self.version, self.kind.program if installed else "", system, self.node.prefix, today)
        return Evidence(
            host=host,
            configuration=self._configuration,
            security=Part(self._security),
            tls=Part(self._tls),
            exposure=Part(self._exposure),
            lint=Part(self._lint),
            certificates=Part(self._certificates),
            license=Part(self._license),
            running=Part(self._running),
            pending=Part(lambda: pending.pending(self.node.state_dir)),
            drift=Part(self._drift),
            permissions=Part(self._permissions),
            sandbox=Part(self._sandbox),
            kernel=Part(_kernel),
            machine=Part(self._machine),
            dhparams=Part(lambda: named_files.parameters(self._now().effective)),
            authorities=Part(lambda: named_files.authorities(self._now().effective)),
            resolver=Part(lambda: dnssec.current(self._now().effective, ".")),
            signing_keys=Part(self._signing_keys),
            unfinished=Part(self._unfinished),
            working_copy=Part(self._working_copy),
            file=disk.describe,
        )

    def _now(self) -> CurrentConfiguration:
        return self._configuration()

    def _known_version(self) -> str:
        if not self.version:
            raise CouldNotLook("neither a package nor the daemon says which version this is")
        return self.version

    def _security(self) -> CurrentSecurity:
        return security_of.current(self._now(), self.unit)

    def _tls(self) -> CurrentTls:
        return tls_of.current(self._now(), self._known_version())

    def _exposure(self) -> Sequence[Exposure]:
        prefix, secret = self.node.prefix, self.task.secret_options
        return exposures.findings(
            self._now(), self.version or None, exposed.proxies(prefix), secret, exposed.services(prefix, {})
        )

    def _drift(self) -> Drift:
        # With the configuration that is read already.
        return service_of.daemon_of(self.node, self.kind, self.unit, Gate(), self._now).current().drift

    def _lint(self) -> Sequence[Lint]:
        asked = rotation.asked_by(self.node.prefix, current_file), rotation.usual(self.node.prefix)
        version = self._known_version()
        return lint_findings(self._now().configuration, version, version, asked)

    def _certificates(self) -> List[Dict[str, Any]]:
        places = inventory.places((), self._now().effective, True, reading.find)
        return certificates.current(places, datetime.datetime.now(datetime.timezone.utc))

    def _license(self) -> Dict[str, Any]:
        effective = self._now().effective
        return license_report.report(
            self.node, effective, "", datetime.date.today(), lambda: console.paniclog(self.node.prefix, effective)
        )

    def _signing_keys(self) -> List[SigningKey]:
        deadline, servers = Deadline(DNS_SECONDS), dns.servers()
        return named_files.signing_keys(
            self._now().effective, self.node.prefix, lambda name, key: published_of(name, key, servers, deadline)
        )

    def _running(self) -> Optional[Running]:
        if not os.path.isdir("/proc/self/task"):
            raise CouldNotLook("this system has no /proc as Linux has it")
        effective = self._now().effective
        manager = Manager(self.node.prefix, self.unit, starter=self.kind.starter)
        search = kinds.search_for(self.node, self.kind, effective, manager.control_group())
        found, others = process.survey(search)
        running = process.chosen(search, found)
        if running is None:
            return None
        expected, why = self._expected()
        return Running(
            running,
            process.threads(running.pid),
            expected,
            why,
            process.root_of(running.pid),
            _listens(running, os.path.dirname(os.path.normpath(self.node.prefix))),
            _libraries(running.pid),
            *_restrictions(running.pid),
            hidden=others,
        )

    def _expected(self) -> Tuple[Optional[Identity], str]:
        try:
            return identity_from(declared(self._now().effective)), ""
        except DeclarationError as error:
            return None, str(error)

    def _permissions(self) -> Permissions:
        stanza = stanza_of(declared(self._now().effective))
        params = {name: one.get("default") for name, one in permission_options.ARGUMENTS.items()}
        params.update(dict.fromkeys(nodes.ARGUMENTS), prefix=self.node.prefix, state_dir=self.node.state_dir)
        params.update(state="audit", refused="report", role=self.role, version=self._known_version())
        params.update(user=stanza.user or DEFAULT_USER, group=stanza.group or DEFAULT_GROUP)
        walk = permissions_of.Manager(_Silent(self.task, params)).walk(False)
        lists = {name: getattr(walk, name) for name in ("differences", "refused", "out_of_reach", "access_lists")}
        return Permissions(
            walk.differences.items,
            walk.refused.items,
            walk.out_of_reach.items,
            walk.access_lists.items,
            [line._asdict() for line in breaking_lines(read_startup_files())],
            {name: found.total for name, found in lists.items()},
            walk.not_entered,
        )

    def _sandbox(self) -> Sandbox:
        now = sandbox_of.current(self.unit)
        if now.version is None:
            return Sandbox(now)
        read, prefix = self._now(), os.path.normpath(self.node.prefix)
        choice = Choice(secret_options=self.task.secret_options)
        known = facts(read.effective, prefix, read.configuration.local_changes, choice, eyes.look(prefix))
        return Sandbox(now, dropin.directives(known, now.version, {}, ()), now.exposure())

    def _machine(self) -> machine.Facts:
        return machine_reader.read(self.node, self._now().effective, self.unit)

    def _unfinished(self) -> Optional[List[str]]:
        directory = self.node.state_dir
        if not directory or not os.path.isdir(directory):
            return None
        words = "%s holds a transaction that was interrupted; the next run that writes recovers it" % directory
        return [words] if journal.is_pending(directory) else []

    def _working_copy(self) -> Optional[WorkingCopy]:
        copy = working_copy.of(self.node.prefix)
        return WorkingCopy(copy, subversion.changes(self.node.prefix, copy)) if copy else None


class _Silent(Task):
    """A task of one concern, whose warnings are among what rules see."""

    def __init__(self, whole: Task, params: Dict[str, Any]) -> None:
        self.params = params
        self.node = whole.node
        self.check_mode = True
        self.secret_options = whole.secret_options
        self.quotable = []

    def warn(self, warning: str) -> None:
        """Say nothing."""


def _kernel() -> Dict[str, str]:
    found = {}
    for name in KERNEL:
        try:
            found[name] = reading.text(os.path.join("/proc/sys", *name.split(".")), "line").strip()
        except OSError:
            continue  # this kernel does not have it
    return found


def _listens(running: Process, home: str) -> Optional[FrozenSet[str]]:
    """Addresses with ports, and paths of sockets, on which a process listens; None where the kernel does not show whose they are."""
    inodes = process.sockets_of(running.pid)
    paths = endpoints.sockets(inodes, running.uid)
    if inodes is None or paths is None:
        return None
    tcp = [one for one in network.listeners(Machine(), home) if one.pid == running.pid]
    return frozenset(paths) | frozenset(
        "%s:%d" % ("[%s]" % one.address if ":" in one.address else one.address, one.port) for one in tcp
    )


def _libraries(pid: int) -> Optional[FrozenSet[str]]:
    """The files that a process has mapped, proc(5); None where the kernel does not show them."""
    try:
        lines = reading.text("/proc/%d/maps" % pid, "kernel").split("\n")
    except OSError:
        return None
    paths = [line.split(None, 5)[5] for line in lines[:MOST_LIBRARIES] if line.count(" ") > 4 and "/" in line]
    return frozenset(path for path in paths if path.startswith("/"))


def _restrictions(pid: int) -> Tuple[Optional[int], Optional[int]]:
    """NoNewPrivs and Seccomp of a process, proc(5); None where the kernel does not show them."""
    try:
        text = reading.text("/proc/%d/status" % pid, "kernel")
    except OSError:
        return None, None
    fields = dict(line.partition(":")[::2] for line in text.split("\n"))
    return tuple(  # type: ignore[return-value]
        int(value) if value.isdigit() else None
        for value in (fields.get(name, "").strip() for name in ("NoNewPrivs", "Seccomp"))
    )
