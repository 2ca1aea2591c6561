# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process as a part of a cluster: who else is there, what they are asked, and the DuraVIPs of this node."""

import itertools
import os
import queue
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from . import cluster_duravip, cluster_settings, console, endpoints, journal, paths
from .cluster_msgc import Bus, Message
from .cluster_settings import Settings
from .cluster_view import MANAGER, NODE, Actions, Member, View, decide
from .tree import Scope

if TYPE_CHECKING:
    import socket

    from .daemon import Daemon

_BEAT = 0.5  # seconds between heartbeats; the stand-in's own, as is the next
_SILENCE = 8.0  # seconds after which a member that says nothing has gone; a closed connection is noticed at once
_PATIENCE = 60.0  # seconds for the answer to a broadcast command
_HANDOVER = 15.0  # seconds for others to take the DuraVIPs of a node that stops


class Cluster:
    """Nothing of it runs in a process whose configuration names no peers."""

    def __init__(self, daemon: "Daemon", manages: bool) -> None:
        self.daemon, self.kind = daemon, MANAGER if manages else NODE
        self.settings: Optional[Settings] = None
        self.bus: Optional[Bus] = None
        self.lock, self.woken, self.running = threading.RLock(), threading.Event(), False
        self.heard: Dict[str, Tuple[Member, object, float]] = {}
        self.view, self.leaving = View((0, ""), {}), False
        self.changed, self.stable = time.monotonic(), False
        self.holder = cluster_duravip.Holder(self.daemon.relisten)
        self.pending: "Dict[int, queue.Queue[str]]" = {}
        self.numbers = itertools.count(1)
        self.last: List[Tuple[str, str]] = []  # the answers to the last command for others
        self.cluster_servers: "List[socket.socket]" = []

    # configuration

    def configure(self, tree: Scope) -> None:
        """Apply a configuration; the first one that names peers opens the sockets."""
        try:
            self.settings = cluster_settings.settings(tree) or self.settings
        except (cluster_settings.Wrong, ValueError) as error:
            journal.say(str(error))
        self.holder.configure(tree, self.kind == NODE)
        if self.settings is not None and self.bus is None:
            servers = [one for one in map(endpoints.bind, self.settings.listen) if one is not None]
            self.bus = Bus(servers, self.state, self._receive, self._lost)
            self.cluster_servers = [one for one in map(endpoints.bind, self.settings.cluster_listen) if one is not None]
        if self.running:
            self.start()

    def start(self) -> None:
        """Join, once the process is who it will be."""
        if self.bus is None or self.settings is None:
            return
        if not self.running:
            self.running, self.changed = True, time.monotonic()
            self.holder.clean()
            self.bus.start()
            for server in self.cluster_servers:
                _thread("eccluster", partial(_close_all, server))
            _thread("cluster", self._watch)
        peers = {
            name: (address, self.settings.port)
            for name, address in self.settings.peers.items()
            if name != self.settings.peer
        }
        self.bus.connect(peers, self.settings.reconnect)
        self.woken.set()

    # members

    def me(self) -> Member:
        """This process."""
        assert self.settings is not None
        address = self.settings.address if self.kind == NODE else "0.0.0.0:0"
        owned, unable = self.holder.owned, self.holder.unable
        return Member(
            self.settings.name, self.settings.peer, self.kind, paths.version(), address, self.leaving, owned, unable
        )

    def members(self) -> Dict[str, Member]:
        """All live ones by name, this process among them; none in a process that is in no cluster."""
        if self.settings is None or not self.running:
            return {}
        with self.lock:
            me = self.me()
            return dict({name: one[0] for name, one in self.heard.items()}, **{me.name: me})

    def state(self) -> Message:
        """What others hear of this process, with the view."""
        with self.lock:
            me = self.me()
            fields = dict(me._asdict(), owned=sorted(me.owned), unable=sorted(me.unable))
            return {
                "type": "state",
                "peer": me.peer,
                "member": fields,
                "serial": self.view.serial,
                "moves": self.view.moves,
            }

    def _receive(self, message: Message, connection: object) -> None:
        if message["type"] == "state":
            self._hear(message, connection)
        elif message["type"] == "command":
            _thread("control", partial(self._execute, message))
        elif message["type"] == "answer" and message["id"] in self.pending:
            self.pending[message["id"]].put(message["text"])

    def _hear(self, message: Message, connection: object) -> None:
        fields = message["member"]
        one = Member(**dict(fields, owned=frozenset(fields["owned"]), unable=frozenset(fields["unable"])))
        view = View((message["serial"][0], message["serial"][1]), message["moves"])
        with self.lock:
            before = self.heard.get(one.name)
            self.heard[one.name] = (one, connection, time.monotonic())
            if before is None:
                self.changed = time.monotonic()
                journal.say("cluster: %s (%s) joined" % (one.name, one.kind))
            if view.serial > self.view.serial:
                self.view = view
                self.woken.set()
        if before is None or before[0] != one:
            self.holder.others(one.name, one.owned)
            self.woken.set()

    def _lost(self, connection: object) -> None:
        with self.lock:
            self._forget([name for name, heard in self.heard.items() if heard[1] is connection], "left")

    def _forget(self, names: List[str], how: str) -> None:
        for name in names:
            del self.heard[name]
            self.changed = time.monotonic()
            journal.say("cluster: %s %s" % (name, how))
            self.woken.set()

    # the DuraVIPs

    def _watch(self) -> None:
        while True:
            self.woken.wait(_BEAT)
            self.woken.clear()
            with self.lock:
                limit = time.monotonic() - _SILENCE
                self._forget([name for name, heard in self.heard.items() if heard[2] < limit], "is silent")
            if self.kind == NODE and self.settings is not None and self.holder.act(self._actions()):
                self.woken.set()
            if self.bus is not None and self.settings is not None:
                self.bus.publish(self.state())

    def _actions(self) -> Actions:
        assert self.settings is not None
        members = self.members()
        with self.lock:
            mature = time.monotonic() - self.changed >= self.settings.mature
            self.stable = self.stable or mature
            return decide(self.settings.name, self.holder.vips, members, self.view.moves, self.stable, mature)

    def announce(self, moves: Optional[Dict[str, str]] = None) -> None:
        """Make this node's view, or these moves, the cluster's."""
        assert self.settings is not None
        with self.lock:
            requested = self.view.moves if moves is None else dict(self.view.moves, **moves)
            self.view = View((self.view.serial[0] + 1, self.settings.name), requested)
            self.holder.unable = frozenset()
        self.woken.set()

    def leave(self) -> None:
        """Have others take the DuraVIPs, as long as there are others; then give up the rest."""
        if not self.running or self.settings is None:
            return
        self.leaving = True
        self.woken.set()
        limit = time.monotonic() + _HANDOVER
        while self.holder.owned and self._others_can_take() and time.monotonic() < limit:
            time.sleep(0.05)
        self.holder.release_all()

    def _others_can_take(self) -> bool:
        return any(
            one.kind == NODE and not one.leaving and self.holder.owned - one.unable
            for name, one in self.members().items()
            if self.settings is not None and name != self.settings.name
        )

    # commands for others

    def nodes(self) -> List[str]:
        """The live nodes, managers left out."""
        return sorted(name for name, one in self.members().items() if one.kind == NODE)

    def ask(self, names: List[str], words: List[str]) -> List[Tuple[str, str]]:
        """A command for some nodes, and what each one says."""
        sent = [(name, self._send(name, words)) for name in names]
        limit = time.monotonic() + _PATIENCE
        return [(name, self._answer_of(name, number, limit)) for name, number in sent]

    def _send(self, name: str, words: List[str]) -> int:
        number, one = next(self.numbers), self.members().get(name)
        self.pending[number] = queue.Queue()
        message = {"type": "command", "id": number, "words": words, "peer": self.me().peer}
        if one is None or self.bus is None or not self.bus.send(one.peer, message):
            self.pending[number].put("%s cannot be reached" % name)
        return number

    def _answer_of(self, name: str, number: int, limit: float) -> str:
        """The answer, also of a node that has said it just before it went."""
        answers = self.pending[number]
        text = ""
        while not text:
            gone = name not in self.members() or time.monotonic() > limit
            try:
                text = answers.get(True, 0.2)
            except queue.Empty:
                text = "%s does not answer" % name if gone else ""
        del self.pending[number]
        return text

    def _execute(self, message: Message) -> None:
        """A command from another process: "each node can respond to normal console commands" (page "cluster")."""
        text = console.answer(self.daemon, message["words"])
        if self.bus is not None:
            self.bus.send(
                message["peer"], {"type": "answer", "id": message["id"], "text": text, "peer": self.me().peer}
            )
        if self.daemon.ending.is_set():
            os.kill(os.getpid(), signal.SIGTERM)


def _close_all(server: "socket.socket") -> None:
    """The port of the ECCluster_Listener is open, and that is all: logs and messages are not moved here."""
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


def _thread(name: str, target: Any) -> None:
    threading.Thread(target=target, name=name, daemon=True).start()
