# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console commands of the cluster: of a node those of the page "cluster", of the manager those of the page "Console Commands
for the Cluster Manager". Their texts are the stand-in's own where no sample output is printed. `broadcast` and `unicast` say
at once what the nodes answered, each line after the node's name; what Momentum says before `retrieve` is not documented."""

from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Tuple
from xml.sax.saxutils import escape

from . import journal
from .cluster_view import MANAGER, Member, elect

if TYPE_CHECKING:
    from .daemon import Daemon

_Answer = Callable[["Daemon", List[str]], str]


def answer(daemon: "Daemon", words: List[str]) -> Optional[str]:
    """What a command of the cluster says; None for all others."""
    table = _OF_THE_MANAGER if daemon.cluster.kind == MANAGER else _OF_A_NODE
    for length in (3, 2, 1):
        command = table.get(" ".join(words[:length]).lower())
        if command and len(words) >= length:
            return command(daemon, words[length:])
    return None


# on a node


def _membership(daemon: "Daemon", _words: List[str]) -> str:
    return "\n\n".join("\n".join("%s: %s" % pair for pair in _fields(daemon, one)) for one in _members(daemon))


def _members(daemon: "Daemon") -> List[Member]:
    return [one for _name, one in sorted(daemon.cluster.members().items())]


def _fields(daemon: "Daemon", one: Member) -> List[Tuple[str, str]]:
    settings = daemon.cluster.settings
    groups = settings.groups if settings else []
    return [
        ("Private Name", "#%s#%s" % (one.peer, one.name)),
        ("Node Name", "(Null)" if one.kind == MANAGER else one.name),
        ("Subcluster", "(Null)" if one.kind == MANAGER else "default"),
        ("Node Type", one.kind),
        ("Version", "%s r(stand-in)" % one.version),
        ("Address", one.address),
        ("Groups", ", ".join(groups[1:] if one.kind == MANAGER else groups)),
    ]


def _show(daemon: "Daemon", _words: List[str]) -> str:
    """Every DuraVIP with the members; an asterisk before the owner, `owned` where that is this node, `unowned` where none is."""
    lines = ["DuraVIP State:"]
    cluster = daemon.cluster
    members = cluster.members()
    for address, vip in sorted(cluster.holder.vips.items()):
        owners = [name for name, one in members.items() if address in one.owned]
        own = cluster.settings is not None and cluster.settings.name in owners
        safe = "safe" if owners == [elect(vip, members, cluster.view.moves, cluster.holder.vips)] else "moving"
        state = "owned" if own else "remote" if owners else "unowned"
        lines.append("%s: (%s,%s) multivip" % ("/".join([address] + vip.labels), state, safe))
        lines += [" %s  \t%s multivip" % ("*" if name in owners else " ", name) for name in cluster.nodes()]
    return "\n".join(lines)


def _announce(daemon: "Daemon", _words: List[str]) -> str:
    return _change_view(daemon, {}, "DuraVIP view announced")


def _change_view(daemon: "Daemon", moves: Dict[str, str], text: str) -> str:
    if not daemon.cluster.members():
        return "not in a cluster"
    daemon.cluster.announce(moves)
    journal.say(text)
    return text


def _move(daemon: "Daemon", words: List[str]) -> str:
    """`cluster duravip move FROM [to] NODE`. FROM: an address, a binding, or a node with all that it owns."""
    words = [one for one in words if one.lower() != "to"]
    if len(words) != 2:
        return "usage: cluster duravip move FROM to NODE"
    source, target = words
    cluster = daemon.cluster
    if target not in cluster.nodes():
        return "'%s' is not a node of the cluster" % target
    member = cluster.members().get(source)
    found = [one.address for one in cluster.holder.vips.values() if source == one.address or source in one.labels]
    addresses = sorted(member.owned) if member else found
    if not addresses:
        return "%s holds nothing" % source if member else "there is no DuraVIP '%s'" % source
    return _change_view(
        daemon, dict.fromkeys(addresses, target), "DuraVIP %s is moved to %s" % (" ".join(addresses), target)
    )


def _info(daemon: "Daemon", _words: List[str]) -> str:
    settings = daemon.cluster.settings
    if settings is None:
        return "not in a cluster"
    first = (daemon.cluster.nodes() or ["nobody"])[0]
    return "\n".join(
        [
            "Daemon: %d [m:#%s]" % (settings.port, settings.peer),
            "Control Group: %s" % settings.groups[0],
            "Cluster Group: %s (%s is leader)" % (settings.groups[1], first),
            "Logger Group: none",
        ]
    )


def _nodename(daemon: "Daemon", _words: List[str]) -> str:
    return daemon.cluster.settings.name if daemon.cluster.settings else "not in a cluster"


def _nodeaddr(daemon: "Daemon", _words: List[str]) -> str:
    return daemon.cluster.settings.address if daemon.cluster.settings else "not in a cluster"


def _help(_daemon: "Daemon", _words: List[str]) -> str:
    return "\n".join(sorted(_OF_A_NODE))


# on the manager


def _membership_as_xml(daemon: "Daemon", _words: List[str]) -> str:
    """The same as `cluster membership` as XML; its schema is not documented."""
    lines = ["<membership>"]
    for one in _members(daemon):
        fields = [(name.lower().replace(" ", "_"), escape(text)) for name, text in _fields(daemon, one)]
        lines += ["<member>"] + ["  <%s>%s</%s>" % (name, text, name) for name, text in fields] + ["</member>"]
    return "\n".join(lines + ["</membership>"])


def _broadcast(daemon: "Daemon", words: List[str]) -> str:
    return _ask(daemon, daemon.cluster.nodes(), words)


def _unicast(daemon: "Daemon", words: List[str]) -> str:
    return _ask(daemon, words[:1], words[1:])


def _ask(daemon: "Daemon", names: List[str], words: List[str]) -> str:
    if not words:
        return "a command is missing"
    if not daemon.cluster.members():
        return "not in a cluster"
    daemon.cluster.last = daemon.cluster.ask(names, words)
    return _lines(daemon.cluster.last)


def _lines(answers: List[Tuple[str, str]]) -> str:
    """Every line of every answer after its node's name."""
    return "\n".join("%s: %s" % (name, line) for name, text in answers for line in text.splitlines() or [""])


def _retrieve(daemon: "Daemon", _words: List[str]) -> str:
    """The answers to the last command that was sent."""
    return _lines(daemon.cluster.last)


def _retrieve_node(daemon: "Daemon", words: List[str]) -> str:
    return _lines([one for one in daemon.cluster.last if one[0] in words[:1]])


def _flush(daemon: "Daemon", _words: List[str]) -> str:
    daemon.cluster.last = []
    return "control cache flushed"


def _reload(daemon: "Daemon", words: List[str]) -> str:
    """The manager's own configuration, then that of all nodes, each from its own files ("for a cluster `config reload` on the
    manager propagates"). The first line is the manager's."""
    text = daemon.reload(words[0] if words else None)
    if text != "OK" or not daemon.cluster.nodes():
        return text
    return text + "\n" + _ask(daemon, daemon.cluster.nodes(), ["config", "reload"])


_OF_A_NODE: Dict[str, _Answer] = {
    "cluster membership": _membership,
    "cluster duravip show": _show,
    "cluster duravip announce": lambda daemon, words: (
        _announce(daemon, words) if words == ["view"] else "usage: cluster duravip announce view"
    ),
    "cluster duravip move": _move,
    "cluster info": _info,
    "cluster nodename": _nodename,
    "cluster nodeaddr": _nodeaddr,
    "cluster help": _help,
}
_OF_THE_MANAGER: Dict[str, _Answer] = {
    "show cluster membership": _membership_as_xml,
    "info": _info,
    "broadcast": _broadcast,
    "unicast": _unicast,
    "retrieve": _retrieve,
    "retrieve_node": _retrieve_node,
    "flush control cache": _flush,
    "config reload": _reload,
}
