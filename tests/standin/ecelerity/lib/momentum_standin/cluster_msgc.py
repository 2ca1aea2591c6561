# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""msgc, the message bus: every process listens, connects to every peer, and sends lines of JSON. What Momentum sends is not
documented; that there is neither authentication nor encryption is."""

import json
import select
import socket
import threading
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import journal

Message = Dict[str, Any]
_TIMEOUT = 5.0  # seconds to connect or to send


class Link:
    """The way to one peer. greet: makes the first message of a connection. reconnect: seconds."""

    def __init__(self, where: Tuple[str, int], greet: Callable[[], Message], reconnect: float) -> None:
        self.where, self.greet, self.reconnect = where, greet, reconnect
        self.lock, self.wake, self.closed = threading.Lock(), threading.Event(), False
        self.socket: Optional[socket.socket] = None

    def run(self) -> None:
        """Connect again and again, until closed."""
        while not self.closed:
            self.wake.clear()
            try:
                connection = _connect(self.where)
            except OSError:
                self.wake.wait(self.reconnect)
                continue
            with self.lock:
                self.socket = connection
            self.send(self.greet())
            self._until_closed(connection)
            self.wake.wait(self.reconnect)  # every message of the peer wakes, so one that is there is found at once

    def _until_closed(self, connection: socket.socket) -> None:
        """The peer says nothing here; what can be read is the end."""
        select.select([connection], [], [])
        with self.lock:
            self.socket = None
            connection.close()

    def send(self, message: Message) -> bool:
        """Whether the message went out."""
        with self.lock:
            if self.socket is None:
                return False
            try:
                self.socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                _hang_up(self.socket)
                return False
        return True

    def close(self) -> None:
        """No more."""
        self.closed = True
        self.wake.set()
        with self.lock:
            if self.socket is not None:
                _hang_up(self.socket)


class Bus:
    """All links, and what comes in. receive: is given every message with its connection. lost: a connection that ended."""

    def __init__(
        self,
        servers: List[socket.socket],
        greet: Callable[[], Message],
        receive: Callable[[Message, object], None],
        lost: Callable[[object], None],
    ) -> None:
        self.servers, self.greet, self.receive, self.lost = servers, greet, receive, lost
        self.links: Dict[str, Link] = {}

    def start(self) -> None:
        """Take connections."""
        for server in self.servers:
            _thread("msgc", partial(self._accept, server))

    def connect(self, peers: Dict[str, Tuple[str, int]], reconnect: float) -> None:
        """Have links to these peers and to no other."""
        for peer in [one for one, link in self.links.items() if peers.get(one) != link.where]:
            self.links.pop(peer).close()
        for peer, where in peers.items():
            if peer not in self.links:
                self.links[peer] = Link(where, self.greet, reconnect)
                _thread("msgc-" + peer, self.links[peer].run)

    def send(self, peer: str, message: Message) -> bool:
        """Whether the message went out to a peer."""
        link = self.links.get(peer)
        return link is not None and link.send(message)

    def publish(self, message: Message) -> None:
        """To all peers that can be reached."""
        for link in list(self.links.values()):
            link.send(message)

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _address = server.accept()
            except OSError:
                return
            _thread("msgc-in", partial(self._read, client))

    def _read(self, client: socket.socket) -> None:
        try:
            for line in client.makefile("rb"):
                message = json.loads(line.decode())
                link = self.links.get(message["peer"])
                if link is None:
                    journal.say("msgc: '%s' is not one of the peers" % message["peer"])
                    return
                link.wake.set()
                self.receive(message, client)
        except (OSError, ValueError, KeyError, TypeError) as error:
            if not isinstance(error, ConnectionError):
                journal.say("msgc: %s" % error)
        finally:
            self.lost(client)
            client.close()


def _connect(where: Tuple[str, int]) -> socket.socket:
    """Not socket.create_connection, which imports a codec that the user of the Security stanza may not be able to read."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(_TIMEOUT)
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _thread(name: str, target: Callable[[], None]) -> None:
    threading.Thread(target=target, name=name[:15], daemon=True).start()
