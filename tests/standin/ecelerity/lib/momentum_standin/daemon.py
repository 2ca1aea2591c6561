# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon: read, bind, become who the Security stanza specifies, serve, reload."""

import json
import os
import queue
import select
import signal
import socket
import threading
import time
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import (
    aaa,
    cluster,
    cluster_files,
    console,
    delivery,
    endpoints,
    errors,
    journal,
    license,
    loading,
    paths,
    privileges,
    smtp,
    untested,
    wire,
)
from .notify import Notifier

WORKERS = 16
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_MESSAGES = os.path.join(paths.SPOOL, "messages.jsonl")


class Daemon:
    """product: for messages. serves_smtp: false for the cluster manager and with `-n esmtp`. manages: true for the manager."""

    def __init__(self, product: str, main: str, serves_smtp: bool, logs: str, manages: bool = False) -> None:
        self.product, self.main, self.serves_smtp, self.logs = product, main, serves_smtp, logs
        self.manages = manages
        self.started = time.time()
        self.counters: Dict[str, int] = {"connections": 0, "messages": 0, "reloads": 0}
        self.receptions = 0
        self.loaded: loading.Loaded
        self.held: Dict[str, str] = {}  # what the node's own directory said at the start
        self.identity: privileges.Identity
        self.license = b""  # as root has read it
        self.servers: Dict[str, Tuple[socket.socket, smtp.Listener]] = {}
        self.consoles: Dict[str, Tuple[socket.socket, endpoints.Console]] = {}
        self.clients: "queue.Queue[Tuple[socket.socket, smtp.Listener]]" = queue.Queue()
        self.changing, self.counting, self.storing = threading.Lock(), threading.Lock(), threading.Lock()
        self.ending = threading.Event()
        self.wake_reader, self.wake_writer = os.pipe()
        self.cluster = cluster.Cluster(self, manages)
        self.deliveries: Optional[delivery.Deliveries] = None

    # start

    def prepare(self) -> None:
        """All that root does, and then being root no more. Raises ConfigurationError, Refused, Invalid of the licence, of what is untested."""
        self.loaded = loading.load(self.main, paths.search_path())
        if self.manages:
            cluster_files.refuse_incomplete(self.loaded.tree)
        self.held = self.loaded.of_the_node
        self.identity = self._identity()
        owner = (self.identity.uid, self.identity.gid)
        journal.open_in(self.logs, *owner)
        self._declare_untested()
        if not self.manages:
            self._validate_at_start()
        _drop_unfinished(_MESSAGES)
        self.cluster.configure(self.loaded.tree)
        self._listen(owner)
        ports = delivery.declared() if self.serves_smtp else None
        if ports is not None:
            self.deliveries = delivery.Deliveries(lambda: self.loaded.tree, ports)
        privileges.become(self.identity)
        self._can_read_again()

    def _identity(self) -> privileges.Identity:
        """What the stanza specifies; without root there is nothing to become, and it is not looked up."""
        if os.geteuid() == 0:
            return privileges.declared(self.loaded.tree)
        return privileges.Identity("", os.geteuid(), os.getegid(), None, "", None)

    def _can_read_again(self) -> None:
        """The user of the Security stanza must be able to read what root has read, or nothing could ever be reloaded; the
        page "Security considerations" shows this message for a root with umask 0027."""
        if self.identity.chroot:
            return
        for path in self.loaded.paths:
            mode = os.R_OK | os.X_OK if os.path.isdir(path) else os.R_OK
            if not os.access(path, mode):
                raise errors.unreadable(path, "Permission denied")

    def run(self, ready: "List[Callable[[], None]]") -> None:
        """Serve until SIGTERM. What is in `ready` is called when the daemon serves."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self._thread("scheduler", self._scheduler)
        self._thread("acceptor", self._acceptor)
        for number in range(WORKERS):
            self._thread("IO-%d" % number, self._worker)
        if self.deliveries is not None:
            self._thread("delivery", self.deliveries.run)
        journal.say("%s %s started as process %d" % (self.product, paths.version(), os.getpid()))
        self.cluster.start()
        for tell in ready:
            tell()
        while signal.sigwait(_SIGNALS) == signal.SIGHUP:
            self.reload(None)
        self._stop()

    @staticmethod
    def _thread(name: str, target: "Callable[[], None]") -> None:
        threading.Thread(target=target, name=name, daemon=True).start()

    def _stop(self) -> None:
        journal.say("%s stops" % self.product)
        self.cluster.leave()
        self.remove_sockets()

    def remove_sockets(self) -> None:
        """Leave no socket behind that nobody answers."""
        for address in self.consoles:
            if address.startswith("/"):
                _remove(address)

    # listeners

    def _listen(self, owner: Tuple[int, int]) -> None:
        """Open what the configuration asks for and is not open, then close what it asks for no more. In this order a change
        between one address and the wildcard needs a second reload, as documented for Linux."""
        everything = endpoints.listeners(self.loaded.tree) if self.serves_smtp else {}
        requested = {address: one for address, one in everything.items() if self.cluster.holder.serves(address)}
        for address, listener in requested.items():
            server = self.servers[address][0] if address in self.servers else self.cluster.holder.bind(address)
            if server is not None:
                self.servers[address] = (server, listener)
        for address in set(self.servers) - set(requested):
            self.servers.pop(address)[0].close()
        self._listen_to_consoles(owner)

    def _listen_to_consoles(self, owner: Tuple[int, int]) -> None:
        requested = {one.address: one for one in endpoints.consoles(self.loaded.tree)}
        for address, one in requested.items():
            server = self.consoles[address][0] if address in self.consoles else endpoints.bind_console(one, owner)
            if server is not None:
                self.consoles[address] = (server, one)
        for address in set(self.consoles) - set(requested):
            self.consoles.pop(address)[0].close()
            if address.startswith("/"):
                _remove(address)

    def relisten(self) -> None:
        """Open and close listeners after DuraVIPs came or went."""
        with self.changing:
            self._listen((self.identity.uid, self.identity.gid))
        os.write(self.wake_writer, b"x")

    def addresses(self) -> List[str]:
        """Where SMTP is served."""
        return sorted(self.servers)

    def reload(self, path: Optional[str]) -> str:
        """`config reload`: the new configuration as a whole, or the old one. The Security stanza is shown as it is written
        now, but the process stays who it is (the stanza is non-dynamic)."""
        with self.changing:
            try:
                loaded = loading.load(path or self.main, paths.search_path(), self.held)
            except errors.ConfigurationError as error:
                for line in error.lines:
                    journal.say(line)
                return "\n".join(error.lines)
            self.loaded = loaded
            self.main = path or self.main
            self.cluster.configure(loaded.tree)
            self._listen((self.identity.uid, self.identity.gid))
            self.counters["reloads"] += 1
        os.write(self.wake_writer, b"x")
        journal.say("configuration reloaded")
        return "OK"

    # threads

    def _acceptor(self) -> None:
        """Takes connections: of mail clients for the workers, of consoles for a thread of their own."""
        while True:
            servers, consoles = list(self.servers.values()), list(self.consoles.values())
            ready = _readable([self.wake_reader] + [one[0] for one in servers] + [one[0] for one in consoles])
            if self.wake_reader in ready:
                os.read(self.wake_reader, 4096)
            for server, listener in servers:
                if server in ready:
                    self._accept(server, partial(self._queue, listener))
            for server, one in consoles:
                if server in ready:
                    self._accept(server, partial(self._console_thread, one))

    def _accept(self, server: socket.socket, take: "Callable[[socket.socket], None]") -> None:
        try:
            client, _peer = server.accept()
        except OSError:
            return  # closed by a reload in between
        take(client)

    def _worker(self) -> None:
        while True:
            client, listener = self.clients.get()
            self._count("connections")
            try:
                terms = endpoints.terms(listener, client.getpeername()[0])
            except (OSError, ValueError) as error:
                journal.say("a client of %s: %s" % (listener.address, error))
                client.close()
                continue
            smtp.Session(client, listener, terms, self._store).serve()

    def _queue(self, listener: smtp.Listener, client: socket.socket) -> None:
        self.clients.put((client, listener))

    def _console_thread(self, one: endpoints.Console, client: socket.socket) -> None:
        self._thread("control", partial(self._converse, client, one))

    def _converse(self, client: socket.socket, one: endpoints.Console) -> None:
        """One console session."""
        client.settimeout(wire.TIMEOUT)
        try:
            gate = aaa.Gate(self.loaded.tree, one.scope, aaa.caller(client))
            while True:
                line, _rest = wire.receive(client)
                if not line:
                    return
                wire.reply(client, self._answer(line, gate))
                if self.ending.is_set():
                    os.kill(os.getpid(), signal.SIGTERM)
        except OSError:
            return
        finally:
            client.close()

    def _answer(self, line: bytes, gate: aaa.Gate) -> str:
        try:
            words = wire.words_of(line.decode("utf-8", "surrogateescape"))
            if words[:1] == ["login"] and len(words) == 3:
                return "" if gate.login(words[1], words[2]) else aaa.DENIED
            return gate.refusal(words) or console.answer(self, words)
        except ValueError as error:
            return str(error)

    def _declare_untested(self) -> None:
        """A test that does without something says so in the log of each start. Raises Invalid."""
        self.cluster.holder.untested = untested.declared()
        for name in sorted(self.cluster.holder.untested):
            journal.say("stand-in: NOT TESTED here: that DuraVIPs need %s (%s)" % (name, untested.FILE))

    def _validate_at_start(self) -> None:
        """Only a licence that holds for another week, or that could be replaced by now, is enough to start with. Raises Invalid."""
        journal.say("Validating software license.")
        self.license = license.read(license.path_of(self.loaded.tree))
        found = license.validate(self.license, license.WEEK)
        if found.mac != license.ANY:
            journal.say("Validated MAC address %s" % found.mac)
        journal.say("Valid license.")

    def _scheduler(self) -> None:
        """Validates the licence every 15 minutes, as the daemon's user, and ends without one. In a chroot that of the start is all there is."""
        while not self.manages:
            time.sleep(license.INTERVAL)
            try:
                path = license.path_of(self.loaded.tree)
                license.validate(self.license if self.identity.chroot else license.read(path))
            except license.Invalid as error:
                journal.say("Invalid license [%s]" % error)
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _store(self, message: smtp.Message) -> None:
        """One line of JSON for each message, on disk before the client hears 250."""
        record = json.dumps(dict(message._asdict(), body=message.body.decode("latin-1")))
        with self.storing, open(_MESSAGES, "a") as file:
            file.write(record + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._log(message)
        self._count("messages")
        if self.deliveries is not None:
            self.deliveries.waiting.put(message)

    def _log(self, message: smtp.Message) -> None:
        """A reception in mainlog: a line for each recipient, `time@id@R@recipient@sender@size` (the first fields of ec_logger's)."""
        with self.counting:
            self.receptions += 1
            number = self.receptions
        for recipient in message.recipients:
            fields = (int(message.time), os.getpid(), number, recipient, message.sender, len(message.body))
            journal.write("mainlog", "%d@%d-%d@R@%s@%s@%d" % fields)

    def _count(self, name: str) -> None:
        with self.counting:
            self.counters[name] += 1


def _readable(things: List[Any]) -> Set[Any]:
    try:
        return set(select.select(things, [], [], 60.0)[0])
    except (OSError, ValueError):
        return set()  # one was closed by a reload; the next turn has the new list


def _drop_unfinished(path: str) -> None:
    """Remove the beginning of a record that a killed process left; nobody heard 250 for it."""
    try:
        with open(path, "rb+") as file:
            file.truncate(file.read().rfind(b"\n") + 1)
    except OSError:
        return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def start(daemon: Daemon, foreground: bool, pidfile: str) -> int:
    """Run a daemon here, or in the background; the exit status. In the background 0 means that it serves."""
    if foreground:
        return _run(daemon, pidfile, lambda: None)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return 0 if os.read(reader, 1) else 1
    os.close(reader)
    os.setsid()
    return _run(daemon, pidfile, partial(_tell, writer))


def _tell(writer: int) -> None:
    os.write(writer, b"x")
    os.close(writer)


def _run(daemon: Daemon, pidfile: str, ready: "Callable[[], None]") -> int:
    notifier = Notifier()
    try:
        _write_pid(pidfile)
        daemon.prepare()
    except (errors.ConfigurationError, privileges.Refused, license.Invalid, untested.Invalid) as error:
        words = "Invalid license [%s]" % error if isinstance(error, license.Invalid) else str(error)
        for line in getattr(error, "lines", [words]):
            journal.say(line)
        daemon.remove_sockets()
        _remove(pidfile)
        return 1
    daemon.run([notifier.ready, ready])
    _remove(pidfile)
    os._exit(0)  # nothing is left to do, and the interpreter would wait for threads that wait for clients


def _write_pid(path: str) -> None:
    try:
        with open(path, "w") as file:
            file.write("%d\n" % os.getpid())
    except OSError as error:
        journal.say("cannot write %s: %s" % (path, error.strerror))
