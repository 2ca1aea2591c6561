# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the console: words in, text out."""

import os
import platform
import time
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Tuple

from . import cluster_console, journal, names, paths, tls
from .tree import Scope, Setting

if TYPE_CHECKING:
    from .daemon import Daemon


def answer(daemon: "Daemon", words: List[str]) -> str:
    """What a command says, without the last newline."""
    of_the_cluster = cluster_console.answer(daemon, words)
    if of_the_cluster is not None:
        return of_the_cluster
    for length in (3, 2, 1):
        command = _COMMANDS.get(" ".join(words[:length]).lower())
        if command and len(words) >= length:
            return command(daemon, words[length:])
    return "%s command not understood" % (words[0] if words else "empty")


def _version(daemon: "Daemon", _words: List[str]) -> str:
    return "%s Version: %s (stand-in for tests)" % (daemon.product, paths.version())


def _summary(daemon: "Daemon", _words: List[str]) -> str:
    up = int(time.time() - daemon.started)
    return "\n".join(
        [
            "Stand-in for Momentum %s, process %d" % (paths.version(), os.getpid()),
            "Uptime: %d seconds" % up,
            "Inbound Connections: %d" % daemon.counters["connections"],
            "Messages Received: %d" % daemon.counters["messages"],
            "Configuration Reloads: %d" % daemon.counters["reloads"],
            "Listeners: %s" % " ".join(daemon.addresses()),
        ]
    )


def _sysinfo(daemon: "Daemon", _words: List[str]) -> str:
    bits = "64-bit" if platform.architecture()[0] == "64bit" else "32-bit"
    return "\n".join(
        [
            "Ecelerity Version: %s r(stand-in) (%s)" % (paths.version(), bits),
            "build date: none, this is a test double",
            "product name: Ecelerity Momentum stand-in",
            "%s" % platform.platform(),
            " ".join(os.uname()),
        ]
    )


def _shutdown(daemon: "Daemon", _words: List[str]) -> str:
    daemon.ending.set()  # the end comes when this was said
    return "Shutting down"


def _reload(daemon: "Daemon", words: List[str]) -> str:
    return daemon.reload(words[0] if words else None)


def _reopen(_daemon: "Daemon", _words: List[str]) -> str:
    """Close and open the log files; what is printed is not documented."""
    return "\n".join(journal.reopen()) or "OK"


def _paniclog(_daemon: "Daemon", _words: List[str]) -> str:
    """The last messages, of which the first ones of a start are soon among those that are gone."""
    return "\n".join(journal.last)


def _flush(_daemon: "Daemon", _words: List[str]) -> str:
    tls.flush()
    return "Cache flush request submitted."


def _eval(daemon: "Daemon", words: List[str]) -> str:
    """The value in force after fallback, the documented default included."""
    scope, option, trouble = _find(daemon.loaded.tree, words)
    if scope is None:
        return trouble
    setting = scope.effective(option)
    known = names.OPTIONS.get(option.lower())
    if setting is None and known and known.default:
        return "%s = %s" % (option, known.default)
    return _line(setting) if setting else _unset(option, scope)


def _get(daemon: "Daemon", words: List[str]) -> str:
    """The literal value of one scope."""
    scope, option, trouble = _find(daemon.loaded.tree, words)
    if scope is None:
        return trouble
    setting = scope.get(option)
    return _line(setting) if setting else _unset(option, scope)


def _show(daemon: "Daemon", words: List[str]) -> str:
    """All options of one scope."""
    scope, _option, trouble = _find(daemon.loaded.tree, words + ["*"])
    if scope is None:
        return trouble
    lines = [_line(setting) for setting in scope.options.values()]
    return "\n".join(lines + [_heading(inner) for inner in scope.scopes.values()])


def _find(tree: Scope, words: List[str]) -> Tuple[Optional[Scope], str, str]:
    """The scope and the option that words lead to: name, instance where there is one, ..., option."""
    if not words:
        return None, "", "an option is missing"
    scope, rest = tree, words[:-1]
    while rest:
        named = scope.child(rest[0], rest[1]) if len(rest) > 1 else None
        inner = named or scope.child(rest[0])
        if inner is None:
            return None, "", "Scope '%s' does not exist in scope '%s'." % (" ".join(rest), scope.name)
        scope, rest = inner, rest[2:] if named else rest[1:]
    return scope, words[-1], ""


def _unset(option: str, scope: Scope) -> str:
    return "Option '%s' is not set in scope '%s'." % (option, "" if scope.parent is None else scope.name)


def _heading(scope: Scope) -> str:
    return "%s%s {}" % (scope.name, ' "%s"' % scope.instance if scope.instance is not None else "")


def _line(setting: Setting) -> str:
    """`Name = value`, the form of the page "config". Values are shown as they were typed."""
    value = setting.value
    if isinstance(value, list):
        text = "( %s )" % " ".join('"%s"' % one for one in value)
    elif isinstance(value, dict):
        text = "[ %s ]" % " ".join('%s = "%s"' % pair for pair in value.items())
    else:
        text = value
    return "%s = %s" % (setting.name, text)


_COMMANDS: Dict[str, "Callable[[Daemon, List[str]], str]"] = {
    "version": _version,
    "summary": _summary,
    "sysinfo": _sysinfo,
    "shutdown": _shutdown,
    "config reload": _reload,
    "config eval": _eval,
    "config get": _get,
    "config show": _show,
    "tls flush cache": _flush,
    "reopen logs": _reopen,
    "paniclog": _paniclog,
}
