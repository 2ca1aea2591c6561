# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DuraVIPs of one node: plumbed, announced, served and given up, in the order in which no client is turned away."""

import socket
import threading
import time
from typing import Callable, Dict, FrozenSet, Optional

from . import capability, cluster_address, cluster_settings, endpoints, journal
from .cluster_settings import Wrong
from .cluster_view import Actions, DuraVip
from .tree import Scope

_ANNOUNCED = 10.0  # seconds for which an address is announced again and again after something happened to it


class Holder:
    """relisten: opens and closes listeners after `served` has changed. owned: what is plumbed and served here. untested: what a test has
    declared not to be required on this machine."""

    def __init__(self, relisten: "Callable[[], None]") -> None:
        self.relisten = relisten
        self.untested: FrozenSet[str] = frozenset()
        self.tree = Scope("Global")
        self.vips: Dict[str, DuraVip] = {}
        # Replaced, never changed: other threads read them.
        self.owned: FrozenSet[str] = frozenset()
        self.served: FrozenSet[str] = frozenset()
        self.unable: FrozenSet[str] = frozenset()
        self.elsewhere: Dict[str, FrozenSet[str]] = {}
        self.announcing: Dict[str, float] = {}
        self.acting = threading.Lock()

    def configure(self, tree: Scope, is_node: bool) -> None:
        """Apply a configuration. What was tried in vain may be tried again."""
        self.vips = cluster_settings.duravips(tree) if is_node else {}
        self.tree = tree
        self.unable = frozenset()

    def clean(self) -> None:
        """Remove what a killed process left on the interfaces (page "DuraVIP": it starts with a clean slate)."""
        for address in sorted(self.vips):
            if cluster_address.is_here(address):
                self._unplumb(address)

    def others(self, name: str, owned: FrozenSet[str]) -> None:
        """Another node has these. One that has just given an address up may have answered for it until now."""
        for address in self.elsewhere.get(name, frozenset()) - owned:
            self._announce_for_a_while(address)
        self.elsewhere[name] = owned

    def _announce_for_a_while(self, address: str) -> None:
        self.announcing[address] = time.monotonic() + _ANNOUNCED

    def act(self, actions: Actions) -> bool:
        """Do what was decided; whether anything changed."""
        with self.acting:
            for address in actions.take:
                self._take(address)
            for address in actions.release:
                self._release(address)
            for address in sorted(self.owned):
                if self.announcing.get(address, 0.0) > time.monotonic():
                    self._announce(address)
        return bool(actions.take or actions.release)

    def _take(self, address: str) -> None:
        """Listen first, plumb, announce: whoever reaches the address finds somebody who answers."""
        self.served |= {address}
        self.relisten()
        try:
            self._require_sys_resource()
            cluster_address.add(address, *cluster_settings.place(self.tree, address))
        except (OSError, Wrong, ValueError) as error:
            journal.say("cannot plumb DuraVIP %s: %s" % (address, error))
            self.unable |= {address}
            self.served -= {address}
            self.relisten()
            return
        self.owned |= {address}
        self._announce_for_a_while(address)
        self._announce(address)
        journal.say("DuraVIP %s is here" % address)

    def _require_sys_resource(self) -> None:
        """The page has it among what DuraVIPs need, so nothing is plumbed or removed without it. Raises PermissionError."""
        if capability.SYS_RESOURCE not in self.untested and not capability.is_held():
            raise PermissionError("the process does not hold %s" % capability.SYS_RESOURCE)

    def _announce(self, address: str) -> None:
        try:
            cluster_address.announce(address, cluster_settings.place(self.tree, address)[0])
        except (OSError, Wrong, ValueError) as error:
            journal.say("cannot announce DuraVIP %s: %s" % (address, error))
            self.announcing.pop(address, None)

    def _release(self, address: str) -> None:
        """Unplumb first: what still comes in must be lost and sent again, not refused."""
        self._unplumb(address)
        self.owned -= {address}
        self.served -= {address}
        self.relisten()
        journal.say("DuraVIP %s was given up" % address)

    def _unplumb(self, address: str) -> None:
        try:
            self._require_sys_resource()
            cluster_address.remove(address, *cluster_settings.place(self.tree, address))
        except (OSError, Wrong, ValueError) as error:
            journal.say("cannot remove DuraVIP %s: %s" % (address, error))

    def release_all(self) -> None:
        """Nothing stays plumbed."""
        with self.acting:
            for address in sorted(self.owned):
                self._release(address)

    def serves(self, listen: str) -> bool:
        """Whether a listener is open here: one on a DuraVIP is while the address is."""
        host = cluster_settings.host_of(listen)
        return host not in self.vips or host in self.served

    def bind(self, listen: str) -> Optional[socket.socket]:
        """A listening socket, on a DuraVIP before the address is here; None with the reason in the log."""
        host = cluster_settings.host_of(listen)
        if host not in self.vips:
            return endpoints.bind(listen)
        try:
            return cluster_address.listen(host, int(listen.rpartition(":")[2]))
        except (OSError, ValueError) as error:
            journal.say("cannot listen on '%s': %s" % (listen, error))
            return None
