# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the configuration specifies about the cluster: peers, names, DuraVIPs and the interfaces they belong on."""

import ipaddress
import os
from typing import Dict, List, NamedTuple, Optional, Tuple

from .cluster_view import DuraVip
from .tree import Scope

_PORT = "4809"  # page "msgc"
_MATURE = "5"  # seconds; view_mature_time of the page "cluster"
_RECONNECT = "5"  # seconds; reconnect_interval of the page "msgc"


class Wrong(Exception):
    """The process cannot be part of a cluster."""


class Settings(NamedTuple):
    """name: of the node. peer: the same in msgc_server.conf. listen: where msgc listens. address: of the ECCluster_Listener.
    mature, reconnect: seconds."""

    name: str
    peer: str
    peers: Dict[str, str]
    port: int
    listen: List[str]
    cluster_listen: List[str]
    address: str
    groups: List[str]
    mature: float
    reconnect: float


def settings(tree: Scope) -> Optional[Settings]:
    """None for a process without peers. Raises Wrong."""
    server, cluster = tree.child("msgc_server") or Scope("msgc_server"), tree.child("Cluster") or Scope("Cluster")
    peers = _peers(server)
    if not peers:
        return None
    name = node_name(cluster)
    peer = _own_peer(name, peers)
    port = server.text("port", _PORT)
    cluster_listen = _listens(tree, "ECCluster_Listener", [])
    return Settings(
        name,
        peer,
        peers,
        int(port),
        _listens(tree, "msgcserver_listener", [":" + port]),
        cluster_listen,
        "%s:%s" % (peers[peer], cluster_listen[0].rpartition(":")[2]) if cluster_listen else "0.0.0.0:0",
        [cluster.text("control_group", "ec_console"), cluster.text("cluster_group", "ec_cluster")],
        float(cluster.text("view_mature_time", _MATURE)),
        float(server.text("reconnect_interval", _RECONNECT)),
    )


def _peers(server: Scope) -> Dict[str, str]:
    setting = server.get("peers")
    peers = setting.value if setting and isinstance(setting.value, dict) else {}
    for name in peers:
        if name != name.lower():
            raise Wrong("msgc_server: the peer '%s' is not in lower case, msgc does not start" % name)
    return {name: str(address) for name, address in peers.items()}


def node_name(cluster: Scope) -> str:
    """The option nodename, else EC_NODE_NAME, else the host's name up to the first dot (page "cluster")."""
    return cluster.text("nodename") or os.environ.get("EC_NODE_NAME") or os.uname().nodename.split(".")[0]


def _own_peer(name: str, peers: Dict[str, str]) -> str:
    for one in peers:
        if one in (name.lower(), os.uname().nodename.lower()) or one.split(".")[0] == name.lower():
            return one
    raise Wrong("msgc_server: this node, %s, is not one of the peers %s" % (name, " ".join(sorted(peers))))


def _listens(tree: Scope, listener: str, default: List[str]) -> List[str]:
    scopes = [one for parent in tree.named(listener) for one in parent.named("Listen") if one.boolean("Enable", True)]
    return [one.instance for one in scopes if one.instance] or default


def duravips(tree: Scope) -> Dict[str, DuraVip]:
    """The DuraVIPs of listeners and bindings by address (page "DuraVIP"); none without a Cluster scope."""
    found: Dict[str, DuraVip] = {}
    if tree.child("Cluster") is None:
        return found
    names = {}
    for scope in tree.walk():
        if scope.name.lower() == "binding" and _has(scope, "Enable_Duravip"):
            names[scope.instance or ""] = scope.text("Bind_Address")
            _add(found, scope.text("Bind_Address"), scope.instance or "", scope, "")
    for parent in tree.named("ESMTP_Listener"):
        for scope in parent.named("Listen"):
            follows = scope.text("Duravip_Follow") if scope.get("Duravip_Follow") else ""
            if follows or _has(scope, "Enable_Duravip"):
                _add(found, host_of(scope.instance or ""), "listener", scope, names.get(follows, follows))
    return found


def _has(scope: Scope, option: str) -> bool:
    return scope.get(option) is not None and scope.boolean(option, False)


def _add(found: Dict[str, DuraVip], address: str, label: str, scope: Scope, follows: str) -> None:
    preference = scope.items("Duravip_Preference") if scope.get("Duravip_Preference") else []
    before = found.get(address, DuraVip(address, [], [], ""))
    found[address] = DuraVip(
        address, before.labels + [label], before.preference + preference, before.follows or follows
    )


def host_of(listen: str) -> str:
    """The address in "address:port"."""
    return listen.rpartition(":")[0].strip("[]")


def place(tree: Scope, address: str) -> Tuple[str, int]:
    """Interface and mask of an address: the Topology with the smallest network that has it (page "cluster"). Raises Wrong."""
    requested = ipaddress.ip_address(address)
    scopes = [one for cluster in tree.named("Cluster") for one in cluster.named("Topology")]
    networks = [(ipaddress.ip_network(one.instance or "", strict=False), one) for one in scopes]
    fitting = [(network.prefixlen, one) for network, one in networks if requested in network]
    if requested.version != 4:
        raise Wrong("DuraVIP %s: the stand-in moves addresses of IPv4 alone" % address)
    if not fitting:
        raise Wrong("DuraVIP %s: no Topology has its network" % address)
    scope = max(fitting, key=lambda pair: pair[0])[1]
    if not scope.text("interface"):
        raise Wrong("DuraVIP %s: its Topology names no interface" % address)
    return scope.text("interface"), int(scope.text("cidrmask", "32"))
