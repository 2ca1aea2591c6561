# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon of one node: how it is seen, started, reloaded and judged there."""

import os
import time
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..catalog import catalog
from ..config.current import CurrentConfiguration
from ..config.plan import FileEdit
from ..console_access import endpoints, rotation
from ..ecconf.effective import Effective
from ..ecconf.paths import Path
from ..errors import MomentumError, PlanError
from ..files import foreseen, reading, working_copy
from ..files.current import current_file
from ..host.program import shown
from ..host.service_manager import Manager
from ..host.tcp import Deadline
from ..node_options import Node, refusal
from ..security.kernel_identity import DeclarationError, Identity, identity_from
from ..security.stanza import declared
from ..state import directory as state_directory
from ..state import pending as activation
from ..state.pending import Pending
from ..tls.inbound import IMPLICIT, NONE, SMTP, Entrance, entrances
from ..version_control import subversion
from . import drift, health, process
from .console import TIMEOUT as CONSOLE_TIMEOUT
from .console import Answer, Console
from .health import Expectation, Finding, Probe
from .kinds import ECELERITY, Kind, program_of, search_for
from .process import Process
from .reconcile import CurrentDaemon

# An address and seconds: whether it answers as it shall, and what was found.
Ask = Callable[[str, float], Tuple[bool, str]]

# Reads the configuration from disk. Raises PlanError where it is no basis for what is to be done.
Load = Callable[[], CurrentConfiguration]

STARTS = ("start", "restart")

ROTATION = 60.0  # seconds that a rotation may take


class Gate(NamedTuple):
    """What the health gate asks for beside the identity. `control`: the console's endpoint; empty for the configuration's.
    `version`: that of the running daemon; empty for any. `tls`: the scopes at whose ports TLS must begin, where the configuration has it.
    `rotate_config`: the file that ec_rotate reads; empty to leave it alone."""

    ports: Sequence[int] = (25,)
    control: str = ""
    require_capabilities: bool = True
    version: str = ""
    tls: Sequence[Path] = ()
    rotate_config: str = ""


class Named(NamedTuple):
    """A certificate that the configuration names: its file, and of the first one in it the fingerprint and the end."""

    path: str
    fingerprint: str
    not_after: str


class Daemon:
    """The real daemon; `reconcile` drives it. Raises what `load` raises."""

    def __init__(
        self,
        node: Node,
        manager: Manager,
        console: Console,
        gate: Gate,
        load: Load,
        kind: Kind = ECELERITY,
    ) -> None:
        self.node = node
        self.kind = kind
        self.gate = gate
        self.commands: List[List[str]] = []
        self.tls_cache = "untouched"
        self.announced: Sequence[str] = ()  # what earlier parts of the same plan change
        self.told: List[str] = []  # the transactions that told ec_rotate of a console that moved
        self._manager = manager
        self._console = console
        self._load = load
        self._gate: Optional[Deadline] = None
        self._read()

    def _read(self) -> None:
        """Read the configuration anew, and what it declares."""
        now = self._load()
        self.configuration, self.effective = now.configuration, now.effective
        self._recognised: Optional[Effective] = None
        self._console = self._console.at(self.gate.control or self.endpoint())

    def recognised(self) -> Effective:
        """What is in force without options that Momentum ignores where they are; worked out once for all questions of the gate."""
        if self._recognised is None:
            self._recognised = Effective(self.configuration, catalog.recognised)
        return self._recognised

    def endpoint(self) -> str:
        """The endpoint of the configuration that answers without a password; empty if there is none."""
        return (endpoints.configured(self.effective) + [""])[0]

    def _search(self) -> process.Search:
        return search_for(self.node, self.kind, self.effective, self._manager.control_group())

    def current(self) -> CurrentDaemon:
        """Return the process, systemd's word, what is pending, and what differs. Nothing is asked of the daemon itself."""
        running, unit = self.process(), self._unit()
        due = activation.pending(self.node.state_dir)
        if running is None:
            return CurrentDaemon(None, unit, due, drift.NO_DRIFT, False)
        return CurrentDaemon(running, unit, due, self._drift(running), self._differs(running))

    def process(self) -> Optional[Process]:
        """The daemon's process, or None."""
        return process.running(self._search())

    def act(self, action: str) -> str:
        """Start, stop, reload or restart; the words of a refusal, or nothing.

        A daemon that serves is not restarted into a configuration that Momentum itself calls invalid.
        """
        invalid = "" if action == "stop" else self._invalid()
        if invalid:
            return invalid
        moved = self._rotation() if action != "stop" else None
        if moved is not None:
            self._rotation_ends()
        refusal = self._act(action) or self._replaced(action)
        if moved is not None and not refusal:
            self._tell_rotation(moved, action)
        return refusal

    def _act(self, action: str) -> str:
        if action == "reload":
            return self._reload()
        has_unit = self._manager.unit() is not None
        self.commands.append(self._manager.command(action, has_unit))
        ran = self._manager.act(action, has_unit)
        if ran.status == 0:
            return ""
        return shown(ran.output) or "%s ended with status %s" % (self.commands[-1][0], ran.status)

    def _replaced(self, action: str) -> str:
        """Which edits of this collection in a working copy a start has replaced, in words; '' for none. What others commit may come at any time."""
        edits = self.node.working_copy == "edit" and action in STARTS
        due = working_copy.among(activation.pending(self.node.state_dir).files, self.node.prefix) if edits else []
        for file in self.configuration.files if due else ():
            if file.path in due and not _holds(file.path, bytes(file.document)):
                return (
                    "%s is not as it was before the start: ec_ctl has checked the configuration out (page ec_ctl); see eccfg status, and commit what "
                    "has to stay" % file.path
                )
        return ""

    def _rotation(self) -> Optional[FileEdit]:
        """What is to be set for ec_rotate once the daemon has another console than the one in its file now; None if it stays.

        A socket that is none of this daemon's is another's concern.
        """
        path, before = self.gate.rotate_config, self._listened()
        sockets = [one for one in endpoints.configured(self.effective) if one.startswith("/")]
        new = [one for one in sockets if one not in before]
        requested = (new + sockets + [""])[0]
        if not path or not requested or not before:
            return None
        planned = rotation.plan(self.node.prefix, path, requested, current_file)
        moves = new or planned.named not in sockets
        return planned.edit if moves and planned.named in before else None

    def _listened(self) -> Sequence[str]:
        """The sockets of the console before an action."""
        running, known = self.process(), activation.activated(self.node.state_dir)
        held = endpoints.sockets(process.sockets_of(running.pid), running.uid) if running is not None else None
        if held is None and known is None and running is not None:
            # The kernel does not tell whose they are, and there is no record: the first activation.
            held = endpoints.listening(running.uid)
        return (known.consoles if known is not None else ()) if held is None else held

    def _tell_rotation(self, edit: FileEdit, action: str) -> None:
        """Tell ec_rotate where the console is now. One that began before may not have reached the daemon; then the daemon still writes
        into files that were moved, so it opens its logs again when that rotation is over."""
        from ..files.planned import PlannedFile
        from ..transaction.write import write

        attributes = rotation.ATTRIBUTES if edit.before is None else ()
        self.told.append(write([PlannedFile(*edit, *attributes)], self.node.state_dir))
        self._rotation_ends()
        if action == "reload":
            self.commands.append([self._console.program, self._console.endpoint, "reopen", "logs"])
            self._console.ask("reopen", "logs")

    def _rotation_ends(self) -> None:
        """Wait until no ec_rotate runs, which takes as long as the logs are large, but no longer than a minute."""
        program = os.path.join(self.node.prefix, "bin", "ec_rotate")
        end = time.monotonic() + ROTATION
        while process.executes(program) and time.monotonic() < end:
            time.sleep(health.INTERVAL)

    def flush_tls(self) -> None:
        """Let the daemon take certificates and TLS contexts anew; a release without the command is no failure.

        Whether a reload alone reads a file again whose path did not change is undocumented.
        """
        if not self.kind.is_mta:
            return
        self.commands.append([self._console.program, self._console.endpoint, "tls", "flush", "cache"])
        self.tls_cache = "flushed" if self._console.flush_tls().ok else "unconfirmed"

    def prove(self, timeout: float, replaced: Optional[Process]) -> List[Finding]:
        """Ask the health gate until all holds or the time is over."""
        try:
            expectation = Expectation(self._identity(), self.gate.ports, replaced, self.gate.version, self._tls())
        except DeclarationError as error:
            return [Finding(False, "Security stanza", "what this node has", str(error))]
        self._gate = Deadline(timeout)
        findings = health.wait(expectation, self._probe(), timeout)
        return [self._with_strangers(one) if one.subject == "process" and not one.ok else one for one in findings]

    def _with_strangers(self, finding: Finding) -> Finding:
        """Name processes that look like the daemon, where there is none that root runs."""
        _own, strangers = process.survey(self._search())
        if not strangers:
            return finding
        named = ", ".join("process %d of user %d" % (one.pid, one.uid) for one in strangers[:3])
        return finding._replace(
            found="%s (%s looks like it, but neither the unit nor a pid file of root nor root's monitor has it)"
            % (finding.found, named)
        )

    def _left(self, most: float) -> float:
        """The seconds for one question to the daemon: what the health gate has left, at least one, at most `most`."""
        try:
            return min(most, max(1.0, self._gate.left())) if self._gate is not None else most
        except OSError:
            return 1.0

    def prove_stopped(self, timeout: float) -> List[Finding]:
        """Wait until no process of the daemon is left."""
        end = time.monotonic() + timeout
        while self.process() is not None and time.monotonic() < end:
            time.sleep(health.INTERVAL)
        left = self.process()
        return [Finding(left is None, "process", "none", "none" if left is None else "process %d" % left.pid)]

    def refuse_impossible(self, action: str) -> None:
        """Refuse, before the daemon is touched, what nothing here could do, and a state directory in which `remember` could not write.
        Raises PlanError, UnsafePath, OSError."""
        missing = "" if action == "reload" else self._manager.missing()
        if missing:
            raise PlanError(missing)
        if action != "stop":
            state_directory.refuse([], [], self.node.state_dir)
        if action in STARTS and self.kind.is_mta:
            self._refuse_checkout()

    def _refuse_checkout(self) -> None:
        """Refuse a start before which ec_ctl would replace what this collection changed and nobody committed. Raises PlanError."""
        changed = self._uncommitted()
        if changed:
            raise PlanError(
                "%s: changed in the working copy %s of eccfg and, as far as is known, not committed; a start checks the configuration out and may replace "
                "it (autoupdate=%s in %s). Commit it (eccfg commit), or set autoupdate=ifunchanged there (page cluster.boot)"
                % (
                    ", ".join(changed[:3]),
                    working_copy.of(self.node.prefix),
                    working_copy.autoupdate(self.node.prefix) or "?",
                    os.path.join(self.node.prefix, working_copy.BOOT),
                )
            )

    def _uncommitted(self) -> List[str]:
        """What differs in the working copy where a start may replace it; where nobody can tell, the files that are pending."""
        prefix = self.node.prefix
        if self.node.working_copy == "refuse" or not working_copy.is_replaced_at_start(prefix):
            return []
        is_committed = self.node.working_copy == "commit"  # what this collection writes, or it is put back
        announced = [] if is_committed else working_copy.among(self.announced, prefix)
        try:
            return sorted({*announced, *subversion.changes(prefix, working_copy.of(prefix))})
        except subversion.Unknown:
            due = [] if is_committed else activation.pending(self.node.state_dir).files
            return sorted({*announced, *working_copy.among(due, prefix)})

    def remember(self, seen: Pending) -> None:
        """Record that what was pending is done, and what the process has loaded."""
        running = self.process()
        now = drift.snapshot(self.configuration, self.effective, running) if running is not None else None
        activation.done(self.node.state_dir, seen, now)

    def remember_first(self) -> None:
        """Record what a process has loaded that no record knows yet, so that the next comparison is exact."""
        running, known = self.process(), activation.activated(self.node.state_dir)
        if running is not None and (known is None or list(known.process) != [running.pid, running.start_ticks]):
            self.remember(activation.NOTHING)

    def forget(self, transactions: Sequence[str]) -> None:
        """Record that transactions are put back, and that the daemon has yet to load the files."""
        activation.put_back(self.node.state_dir, transactions)

    def restore(self, transactions: Sequence[str]) -> Tuple[List[str], str]:
        """Put transactions back, newest first; which were, and the words of the first that could not be. All are looked at before
        the first is put back."""
        from ..transaction.rollback import put_back, to_put_back

        restored: List[str] = []
        try:
            for identifier in put_back(
                self.node.state_dir, to_put_back(self.node.state_dir, self.told + list(transactions))
            ):
                restored.append(identifier)
        except MomentumError as error:
            return restored, str(error)
        self._read()
        return restored, ""

    def _invalid(self) -> str:
        """What Momentum's own checker has against the configuration on disk; nothing if all is well or not to be asked."""
        words = refusal(self.node)
        return "the configuration is not valid: %s" % words if words else ""

    def _reload(self) -> str:
        """Reload once, or twice where the addresses listened on may have changed between wildcard and certain ones.

        A manager hands its reload on to all nodes of the cluster, so it is reloaded once.
        """
        known = activation.activated(self.node.state_dir)
        twice = self.kind.is_mta and (known is None or known.listeners != drift.listener_digest(self.effective))
        for _round in range(2 if twice else 1):
            answer = self._reload_once()
            if not answer.ok:
                return answer.text or "no answer"
        return ""

    def _reload_once(self) -> Answer:
        """Reload at the first endpoint that answers; until then a console that was moved is where it was."""
        first: Optional[Answer] = None
        for endpoint in self._endpoints():
            console = self._console.at(endpoint)
            command = [console.program, endpoint, "config", "reload"]
            answer = console.reload()
            if not answer.is_nobodys:
                self.commands.append(command)
                return answer
            first = first or answer
        self.commands.append([self._console.program, self._console.endpoint, "config", "reload"])
        return first or Answer(False, "the configuration has no console")

    def _endpoints(self) -> List[str]:
        """Where the console may answer now: where it is requested, where the process listens, where it was at last."""
        running, known = self.process(), activation.activated(self.node.state_dir)
        held = endpoints.sockets(process.sockets_of(running.pid), running.uid) if running is not None else None
        return endpoints.candidates(self._console.endpoint, held, known.consoles if known is not None else ())

    def _drift(self, running: Process) -> drift.Drift:
        known = activation.activated(self.node.state_dir)
        files = drift.changed_files(drift.digests(self.configuration, self.effective), known, running, _changed_at)
        of_node = [file.path for file in self.configuration.files if file.of_node]
        return drift.judge(files, of_node, known, lambda: drift.static_digest(self.effective))

    def _differs(self, running: Process) -> bool:
        """Tell whether a process is not who it shall be, and older than a file, so that a restart may cure it."""
        try:
            identity = self._identity()
        except DeclarationError:
            return False
        findings = health.identity_findings(identity, process.threads(running.pid), process.root_of(running.pid))
        if health.is_healthy(findings):
            return False
        newest = max([_changed_at(file.path) for file in self.configuration.files], default=0.0)
        return newest > running.start_time - drift.SLACK

    def _identity(self) -> Identity:
        return identity_from(declared(self.effective), self.gate.require_capabilities)

    def _unit(self) -> Optional[str]:
        unit = self._manager.unit()
        return None if unit is None else unit.active

    def _probe(self) -> Probe:
        return Probe(
            self._unit,
            self.process,
            process.threads,
            process.root_of,
            self._console_answers,
            self._port_greets,
            self._tls_begins,
        )

    def _tls(self) -> List[Entrance]:
        """Where TLS must begin, each port once. Only SMTP is spoken here."""
        found: Dict[int, Entrance] = {}
        for scope in self.gate.tls:
            for one in entrances(self.recognised(), scope):
                if one.port and one.begin != NONE and one.path[0][0].lower() == SMTP:
                    found.setdefault(one.port, one)
        return [found[port] for port in sorted(found)]

    def _console_answers(self) -> Tuple[bool, str]:
        """Only the endpoint that is requested proves anything."""
        if not self._console.endpoint:
            return False, self.console_missing()
        answer, version = self._console.within(self._left(CONSOLE_TIMEOUT)).version()
        if answer.asks_for_password:
            return False, "%s asks for a password, which nobody gives here; name a Unix socket" % self._console.endpoint
        return version is not None, answer.text

    def console_missing(self) -> str:
        """Why no console can be asked; empty if one can."""
        if self._console.endpoint:
            return ""
        asking = ", ".join(endpoints.with_passwords(self.effective))
        found = "%s asks for a password" % asking if asking else "every place is switched off or denies everybody"
        return "no console answers without a password: %s; add a Unix socket with msys.momentum.control" % found

    def unit_missing(self) -> str:
        """Why the unit that was named cannot be asked; empty if it can. Without the usual one Momentum's own program starts the daemon."""
        name = self._manager.name
        if name == self.kind.program + ".service" or self._manager.unit() is not None:
            return ""
        variable = "momentum_service_name" if self.kind.is_mta else "momentum_manager_service_name"
        return "systemd knows no unit %r; give name the unit of the daemon (%s in the roles)" % (name, variable)

    def _port_greets(self, port: int, pid: int) -> Tuple[bool, str]:
        """Ask for the banner at every address of a port."""
        from .banner import greeting

        def greets(address: str, seconds: float) -> Tuple[bool, str]:
            try:
                said = greeting(address, port, seconds)
            except OSError as error:
                said = "no banner on %s: %s" % (address, error)
            return said.startswith("220"), said or "no banner on %s" % address

        return self._at_every_address(port, pid, greets)

    def _tls_begins(self, entrance: Entrance, pid: int) -> Tuple[bool, str]:
        """Ask for a TLS handshake at every address of a port, and whether the certificate is that of the file that the configuration
        names there. Whom it is for is not asked here."""
        from ..pki.served import HANDSHAKE_FAILED, Endpoint, ask
        from .banner import reachable

        protocol = "smtps" if entrance.begin == IMPLICIT else "smtp"
        named = self._certificate(entrance.path)

        def begins(address: str, seconds: float) -> Tuple[bool, str]:
            answer = ask(Endpoint(reachable(address), entrance.port, protocol, "", "", seconds), seconds)
            if answer.served is not None:
                words = "a certificate valid until %s" % (answer.served.not_after or "an unreadable date")
                if named is None or named.fingerprint == answer.served.fingerprint:
                    return True, words
                return False, "%s on %s, which is not that in %s (valid until %s)%s" % (
                    words,
                    address,
                    named.path,
                    named.not_after or "an unreadable date",
                    "; where a policy script chooses it, leave the scope out of health.tls (momentum_health_tls)",
                )
            if entrance.asks and answer.problem.startswith(HANDSHAKE_FAILED):
                return True, "not proven: TLS begins, and clients must show a certificate"
            return False, "%s on %s" % (answer.problem, address)

        return self._at_every_address(entrance.port, pid, begins)

    def _certificate(self, scope: Path) -> Optional[Named]:
        """The certificate that the configuration names for a scope, None where there is none that can be read."""
        from ..pki.served import first_leaf

        found = self.recognised().resolve(scope, "TLS_Certificate")
        path = str(found.value) if found is not None else ""
        leaf = first_leaf(drift.content(path)) if os.path.isabs(path) else None
        return None if leaf is None else Named(path, leaf.fingerprint, leaf.not_after)

    def _at_every_address(self, port: int, pid: int, ask: Ask) -> Tuple[bool, str]:
        """Ask every address that is listened on at a port; the first that does not answer as it shall decides."""
        from .banner import TIMEOUT, is_foreign, listeners

        found = listeners(port)
        own = process.sockets_of(pid)
        if not found:
            return False, "nothing listens"
        if own is not None and is_foreign(found, own):
            return False, "another program listens on %s" % found[0].address
        words, deadline = "", Deadline(self._left(TIMEOUT))
        for listener in found[:4]:
            try:
                fits, words = ask(listener.address, deadline.left())
            except OSError as error:  # the time is over
                fits, words = False, "no answer on %s: %s" % (listener.address, error)
            if not fits:
                return False, words
        return True, words


def _holds(path: str, content: bytes) -> bool:
    try:
        return reading.read(path) == content
    except (MomentumError, OSError):
        return False


def _changed_at(path: str) -> float:
    """The time of the last change of a file, which nobody can set back (ctime); 0 if it is gone."""
    try:
        return os.stat(foreseen.path(path)).st_ctime
    except OSError:
        return 0.0


def require_installed(node: Node, kind: Kind = ECELERITY) -> None:
    """Raise PlanError if there is nothing that could be started."""
    if not os.path.exists(program_of(node, kind)):
        raise PlanError("%s does not exist; install Momentum first" % program_of(node, kind))
