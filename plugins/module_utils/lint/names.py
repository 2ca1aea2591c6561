# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names: options and scopes that a version does not know, no longer or not yet, or would not look for where they stand.

All of it is read off the catalog. An unknown option makes Momentum refuse the whole configuration at its start (page
4/config/tls-protocols: "No module provides capability"). Modules bring options along that no page lists, in scopes of their
own and in those of outbound traffic; there an unknown name is doubtful, and elsewhere it is an error.
"""

from typing import Dict, Iterator, List, Optional, Tuple

from ..catalog import catalog
from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from ..text.nearest import suggestion
from .finding import FATAL, INFO, WARNING, Finding, Release, Subject, Verdict, at_scope, at_setting, innermost

OPTIONS_TABLE = "4/config-options-summary, 3/3-reference/options-summary"
UNKNOWN_IS_FATAL = "4/config/tls-protocols"

# Scopes whose options the manuals list completely, and scopes to which modules add options.
CLOSED = frozenset(
    "security control_listener eccluster_listener ecstream_listener esmtp_listener http_listener msgcserver_listener "
    "xmpp_listener listen peer pathway pathway_group snmp".split()
)
OPEN = frozenset("global binding binding_group domain host cluster threadpool".split())

# Every listener has these (page 4/listeners, 4/cluster-listeners), although tables leave some out.
_LISTENED = ("listen", "peer")

SUCCESSORS = {
    "cluster_listener": "ECCluster_Listener",
    "control_listener_timeout": "Timeout in Control_Listener",
    "privileges": "Capabilities, on Linux",
}


def of_settings(subject: Subject) -> Iterator[Finding]:
    """Judge the name of every assignment, in force or overridden: Momentum reads them all."""
    known: Dict[Tuple[str, str], List[Verdict]] = {}
    for setting in subject.effective.settings():
        key = (setting.name.lower(), innermost(setting.path))
        if key not in known:
            known[key] = of_option(subject, *key)
        for verdict in known[key]:
            for place in _places(setting, verdict):
                yield at_setting(verdict, place)


def of_scopes(subject: Subject) -> Iterator[Finding]:
    """Judge the name of every scope once for each instance."""
    for path in subject.effective.scopes():
        verdict = of_stanza(subject, path)
        if verdict is not None:
            yield at_scope(verdict, subject, path)


def _places(setting: Setting, verdict: Verdict) -> List[Setting]:
    """Where to report a verdict about a name: at each assignment, unless only the one in force matters."""
    return [setting] if verdict.severity == INFO else list(setting.overridden) + [setting]


def of_option(subject: Release, name: str, scope: str) -> List[Verdict]:
    """Judge the name of an option in a scope, both in lower case."""
    entry = subject.entry(name, scope)
    if entry is None:
        verdict = _unknown(subject, name, scope)
        return [] if verdict is None else [verdict]
    found = [_by_release(subject, entry), _ignored(name, scope), _spelled_enabled(name, scope), _static(entry)]
    return [verdict for verdict in found if verdict is not None]


def _unknown(subject: Release, name: str, scope: str) -> Optional[Verdict]:
    """An option that no page has in this scope."""
    if scope not in CLOSED and scope not in OPEN:
        return None
    elsewhere = subject.named(name)
    if elsewhere:
        scopes = ", ".join(sorted({scope for entry in elsewhere for scope in entry.scopes}))
        message = "no page of the manuals has this option in the scope %s" % scope
        return Verdict("misplaced", WARNING, message, "move it to one of: %s" % scopes, OPTIONS_TABLE)
    if scope in CLOSED:
        message = "no version has this option; Momentum refuses the whole configuration at its start"
        return Verdict("unknown_option", FATAL, message, corrected(name, scope), UNKNOWN_IS_FATAL)
    message = "no page of the manuals lists this option; unless a module brings it, Momentum refuses the configuration"
    installed = "version %s" % subject.version if subject.version else "the installed version"
    advice = "make sure that a module of %s has it" % installed
    return Verdict("unlisted_option", WARNING, message, advice, UNKNOWN_IS_FATAL)


def _by_release(subject: Release, entry: catalog.Entry) -> Optional[Verdict]:
    """What the target version makes of a name that some version knows; nothing where the version is unknown."""
    if subject.target is None:
        return None
    gone = entry.removed_in or ""
    removed = bool(gone) and subject.target >= catalog.parse_version(gone)
    if removed and not gone.endswith("?"):
        message = "gone since %s; Momentum refuses the whole configuration at its start" % gone
        return Verdict("removed", FATAL, message, _instead(entry), OPTIONS_TABLE)
    if removed:
        message = "absent from the manuals since %s; it may be refused" % gone.rstrip("?")
        return Verdict("absent", WARNING, message, _instead(entry), OPTIONS_TABLE)
    if catalog.available(entry, subject.version) is False:
        message = "not in version %s, but since %s; Momentum refuses the whole configuration at its start"
        shown = entry.since.replace(";", " and ").replace(",", ", ")
        return Verdict("too_new", FATAL, message % (subject.version, shown), "remove it", OPTIONS_TABLE)
    if catalog.deprecated(entry, subject.version):
        message = "deprecated since %s; accepted, with a warning" % entry.deprecated_in
        return Verdict("deprecated", WARNING, message, _instead(entry), OPTIONS_TABLE)
    return None


def _instead(entry: catalog.Entry) -> str:
    successor = SUCCESSORS.get(entry.name.lower())
    return "replace it by %s" % successor if successor else "remove it"


def _ignored(name: str, scope: str) -> Optional[Verdict]:
    if catalog.recognised(name, scope):
        return None
    message = "Momentum silently ignores options of an ESMTP_Listener in a Pathway_Group"
    return Verdict("ignored", WARNING, message, "move it into each Pathway", "4/config/ref-pathway-group")


def _spelled_enabled(name: str, scope: str) -> Optional[Verdict]:
    if name != "enabled" or not (scope == "listen" or scope.endswith("_listener")):
        return None
    return Verdict("misspelled", WARNING, "listeners are switched by Enable", "rename it to Enable", "4/listeners")


def _static(entry: catalog.Entry) -> Optional[Verdict]:
    if entry.activation != "restart":
        return None
    message = "a change of this option takes effect at a restart only"
    return Verdict("restart_only", INFO, message, "plan a restart for its changes", OPTIONS_TABLE)


def is_of(entry: catalog.Entry, scope: str) -> bool:
    """Whether the catalog is certain that an entry is what a scope has under its name: a page says so, or the scope is one whose
    options the manuals list."""
    return bool(entry.scopes & {scope, catalog.ANY_SCOPE}) or scope in CLOSED or scope in OPEN


def of_stanza(subject: Release, path: Path) -> Optional[Verdict]:
    """Judge the name of the scope that a path ends in."""
    name, parent = innermost(path), innermost(path[:-1])
    entry = subject.entry(name, parent)
    if entry is not None:
        return _by_release(subject, entry)
    if parent not in OPEN and parent not in CLOSED or name in _LISTENED and parent.endswith("_listener"):
        return None
    elsewhere = [entry for entry in subject.named(name) if entry.type in ("scope", "module")]
    if elsewhere:
        scopes = ", ".join(sorted({scope for entry in elsewhere for scope in entry.scopes}))
        message = "no page of the manuals has this stanza in the scope %s" % parent
        return Verdict("misplaced", WARNING, message, "move it to one of: %s" % scopes, OPTIONS_TABLE)
    if parent in CLOSED and name not in _known_scopes():
        message = "no version has this stanza here; Momentum refuses the whole configuration at its start"
        return Verdict("unknown_stanza", FATAL, message, _CORRECT, UNKNOWN_IS_FATAL)
    if parent == "global" and name not in _known_scopes():
        message = "a stanza that is not in the catalog, such as one of a module"
        advice = "make sure that version %s has a module of this name" % subject.version
        return Verdict("unlisted_stanza", INFO, message, advice, "4/4-module-config")
    return None


def corrected(name: str, scope: str) -> str:
    """The remedy for a name that no page has in a scope: the name that was probably meant, or other advice."""
    known = [one for one in catalog.names() if catalog.lookup(one, scope) is not None]
    return suggestion(name, known, _CORRECT)


_CORRECT = "correct the name, or remove it"
_scopes: Dict[str, None] = {}


def _known_scopes() -> Dict[str, None]:
    """The names of all scopes that some option is valid in."""
    if not _scopes:
        from ..catalog.data import SCOPE_SETS

        _scopes.update((name, None) for scopes in SCOPE_SETS for name in scopes.split(","))
    return _scopes
