# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names: options and scopes that a version does not know, no longer or not yet, or would not look for where they stand.

All of it is read off the catalog. An unknown option makes Momentum refuse the whole configuration at its start (page
4/config/tls-protocols: "No module provides capability"). Modules bring options along that no page lists, in scopes of their
own and in those of outbound traffic; there an unknown name is doubtful, and elsewhere it is an error.
"""

from functools import lru_cache
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional

from ..catalog import catalog, manual
from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from ..text.nearest import MISSPELLED, near, suggestion
from .finding import FATAL, INFO, WARNING, Finding, Release, Subject, Verdict, at_scope, at_setting, innermost

OPTIONS_TABLE = "4/config-options-summary, 3/3-reference/options-summary"
MODULES_TABLE = "4/modules/summary-all-modules, 3/3-reference/modules-summary"
UNKNOWN_IS_FATAL = "4/config/tls-protocols"

# Scopes whose options the manuals list completely, and scopes to which modules add options.
CLOSED = frozenset(
    "security control_listener eccluster_listener ecstream_listener esmtp_listener http_listener msgcserver_listener "
    "xmpp_listener listen peer pathway pathway_group snmp".split()
)
OPEN = frozenset("global binding binding_group domain host cluster threadpool".split())

# Every listener has these (page 4/listeners, 4/cluster-listeners), although tables leave some out.
_LISTENED = ("listen", "peer")

# What the name of an instance must not have beside blanks, and the page that says so.
_EXCLUDED = {"binding": (":", "4/config/ref-binding"), "binding_group": ("", "4/config/ref-binding-group")}

SUCCESSORS = {
    "cluster_listener": "ECCluster_Listener",
    "control_listener_timeout": "Timeout in Control_Listener",
    "privileges": "Capabilities, on Linux",
    "bounce_classifier": "bounce_classifier_override",
    "dnsbuf": "DNS_UDP_Rcvbuf_Size and DNS_UDP_Sndbuf_Size from 5.2 on",
    "outbound_smtp_auth_v0": "outbound_smtp_auth",
}


class Place(NamedTuple):
    """Where a name is: the innermost scope, and the modules that it belongs to, the innermost first."""

    scope: str
    modules: List[manual.Module]


def place(path: Path) -> Place:
    """Return the place that a path of scopes leads to."""
    found = [manual.module(name.lower()) for name, _instance in reversed(path)]
    return Place(innermost(path), [module for module in found if module is not None])


def of_settings(subject: Subject) -> Iterator[Finding]:
    """Judge the name of every assignment, in force or overridden: Momentum reads them all."""
    places: Dict[str, Place] = {}
    known: Dict[str, List[Verdict]] = {}
    for setting in subject.effective.settings():
        within = _chain(setting.path)
        if within not in places:
            places[within] = place(setting.path)
        key = "%s/%s" % (within, setting.name.lower())
        if key not in known:
            known[key] = of_option(subject, setting.name.lower(), places[within])
        for verdict in known[key]:
            for one in _places(setting, verdict):
                yield at_setting(verdict, one)


def of_scopes(subject: Subject) -> Iterator[Finding]:
    """Judge the name of every scope once for each instance."""
    known: Dict[str, Optional[Verdict]] = {}
    for path in subject.effective.scopes():
        names = _chain(path)
        if names not in known:
            known[names] = _of_name(subject, path)
        verdict = _of_instance(path) or known[names]
        if verdict is not None:
            yield at_scope(verdict, subject, path)


def _chain(path: Path) -> str:
    """The names of the scopes of a path, without their instances."""
    return "/".join([name for name, _instance in path]).lower()


def _places(setting: Setting, verdict: Verdict) -> List[Setting]:
    """Where to report a verdict about a name: at each assignment, unless only the one in force matters."""
    return [setting] if verdict.severity == INFO else list(setting.overridden) + [setting]


def of_option(subject: Release, name: str, where: Place) -> List[Verdict]:
    """Judge the name of an option, in lower case, in a place."""
    scope = where.scope
    entry = subject.entry(name, scope)
    if entry is None:
        verdict = _of_module(subject, name, where) if where.modules else _unknown(subject, name, scope)
        return [] if verdict is None else [verdict]
    found = [_by_release(subject, entry), _ignored(name, scope), _spelled_enabled(name, scope), _static(entry)]
    return [verdict for verdict in found if verdict is not None]


def _of_module(subject: Release, name: str, where: Place) -> Optional[Verdict]:
    """An option within a module's stanza that the catalog of options does not have there."""
    for module in where.modules:
        since = module.since(name)
        if since is not None:
            return _by_release(
                subject, module.entry._replace(name=name, since=since, deprecated_in=None, removed_in=None), module.page
            )
    if where.scope in CLOSED or where.scope in OPEN:
        return _unknown(subject, name, where.scope)
    return _doubtful(subject, name, _options_of_modules(where) + _options_of(where.scope), where.modules[0].page)


def _unknown(subject: Release, name: str, scope: str) -> Optional[Verdict]:
    """An option that no page has in this scope."""
    if scope not in CLOSED and scope not in OPEN:
        return None
    elsewhere = subject.named(name)
    if elsewhere:
        scopes = ", ".join(sorted({scope for entry in elsewhere for scope in entry.scopes}))
        message = "no page of the manuals has this option in the scope %s" % scope
        return Verdict("misplaced", WARNING, message, "move it to one of: %s" % scopes, manual.page(elsewhere[0]))
    if scope in CLOSED:
        message = "no version has this option; Momentum refuses the whole configuration at its start"
        return Verdict("unknown_option", FATAL, message, corrected(name, scope), UNKNOWN_IS_FATAL)
    return _doubtful(subject, name, _options_of(scope), OPTIONS_TABLE)


def _doubtful(subject: Release, name: str, known: Iterable[str], source: str) -> Verdict:
    """An option that no page has in a place to which modules may bring options. known: those that pages have there."""
    modules = manual.having(name)
    misspelled = None if modules or subject.named(name) else _misspelled(name, known, source)
    if misspelled is not None:
        return misspelled
    message = (
        "no page of the manuals has this option here; unless a module brings it, Momentum refuses the configuration"
    )
    installed = "version %s" % subject.version if subject.version else "the installed version"
    advice = "make sure that a module of %s has it" % installed
    if modules:
        names = [module.entry.name for module in modules]
        advice = "it is an option of the module %s: set it there" % (", ".join(names[:3]) + ", ..." * (len(names) > 3))
        source = modules[0].page
    return Verdict("unlisted_option", WARNING, message, advice, source)


def _misspelled(name: str, known: Iterable[str], source: str) -> Optional[Verdict]:
    """A name that no page lists, and that is another one but for a letter or two."""
    meant = near(name, known, MISSPELLED)
    message = "no page of the manuals lists this name, and one lists %s" % meant
    return Verdict("misspelled", WARNING, message, "did you mean %s?" % meant, source) if meant else None


def _by_release(subject: Release, entry: catalog.Entry, page: str = "") -> Optional[Verdict]:
    """What the target version makes of a name that some version knows; nothing where the version is unknown."""
    if subject.target is None:
        return None
    source = page or manual.page(entry)
    gone = entry.removed_in or ""
    removed = bool(gone) and subject.target >= catalog.parse_version(gone)
    if removed and not gone.endswith("?"):
        message = "gone since %s; Momentum refuses the whole configuration at its start" % gone
        return Verdict("removed", FATAL, message, _instead(entry), source)
    if removed:
        message = "absent from the manuals since %s; it may be refused" % gone.rstrip("?")
        return Verdict("absent", WARNING, message, _instead(entry), source)
    if catalog.available(entry, subject.version) is False:
        message = "not in version %s, but since %s; Momentum refuses the whole configuration at its start"
        shown = entry.since.replace(";", " and ").replace(",", ", ")
        return Verdict("too_new", FATAL, message % (subject.version, shown), "remove it", source)
    if catalog.deprecated(entry, subject.version):
        message = "deprecated since %s; accepted, with a warning" % entry.deprecated_in
        if entry.type == "module":
            message = "deprecated since %s" % entry.deprecated_in  # whether it is still accepted, no page says
        return Verdict("deprecated", WARNING, message, _instead(entry), source)
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
    return Verdict("restart_only", INFO, message, "plan a restart for its changes", _of_activation(entry))


def _of_activation(entry: catalog.Entry) -> str:
    """The pages about what activates an option: its own, and the summary, which marks options as non-dynamic."""
    own = manual.page(entry)
    marked = own.startswith("4/config/")
    return "%s, %s" % (own, OPTIONS_TABLE.split(", ", 1)[0]) if marked else own


def is_of(entry: catalog.Entry, scope: str) -> bool:
    """Whether the catalog is certain that an entry is what a scope has under its name: a page says so, or the scope is one whose
    options the manuals list."""
    return bool(entry.scopes & {scope, catalog.ANY_SCOPE}) or scope in CLOSED or scope in OPEN


def of_stanza(subject: Release, path: Path) -> Optional[Verdict]:
    """Judge the name of the scope that a path ends in, and that of its instance."""
    return _of_instance(path) or _of_name(subject, path)


def _of_name(subject: Release, path: Path) -> Optional[Verdict]:
    name, around = innermost(path), place(path[:-1])
    parent = around.scope
    entry = subject.entry(name, parent)
    module = manual.module(name)
    if entry is not None:
        return _by_release(subject, entry)
    if module is not None and parent == "global":
        return _by_release(subject, module.entry, module.page)
    if any(one.since(name) is not None for one in around.modules):
        return None
    if parent not in OPEN and parent not in CLOSED:
        return _misspelled(name, _options_of_modules(around), around.modules[0].page) if around.modules else None
    if name in _LISTENED and parent.endswith("_listener"):
        return None
    elsewhere = [entry for entry in subject.named(name) if entry.type in ("scope", "module")]
    elsewhere += [module.entry] if module is not None else []
    if elsewhere:
        scopes = ", ".join(sorted({scope for entry in elsewhere for scope in entry.scopes}))
        message = "no page of the manuals has this stanza in the scope %s" % parent
        source = module.page if module is not None else manual.page(elsewhere[0])
        return Verdict("misplaced", WARNING, message, "move it to one of: %s" % scopes, source)
    if name in _known_scopes():
        return None
    if parent in CLOSED:
        message = "no version has this stanza here; Momentum refuses the whole configuration at its start"
        return Verdict("unknown_stanza", FATAL, message, _CORRECT, UNKNOWN_IS_FATAL)
    return _of_unlisted_stanza(subject, name) if parent == "global" else None


def _of_instance(path: Path) -> Optional[Verdict]:
    """The name of one binding, or of a group of them."""
    name, instance = path[-1]
    name = name.lower()
    if name not in _EXCLUDED or not instance:
        return None
    excluded, page = _EXCLUDED[name]
    if not any(one.isspace() or one in excluded for one in instance):
        return None
    message = "blanks%s are not allowed in the name of a %s" % (" and colons" if excluded else "", name)
    return Verdict("instance_name", WARNING, message, "write the name without them, such as with _", page)


def _of_unlisted_stanza(subject: Release, name: str) -> Verdict:
    """A stanza of the global scope that no page has: one of a module of somebody's own, or a misspelled one."""
    known = list(manual.module_names())
    known += [one for one in catalog.names() if any(entry.type in ("scope", "module") for entry in subject.named(one))]
    message = "a stanza that is not in the catalog, such as one of a module"
    advice = "make sure that version %s has a module of this name" % subject.version
    return _misspelled(name, known, MODULES_TABLE) or Verdict(
        "unlisted_stanza", INFO, message, advice, "4/4-module-config"
    )


def _options_of_modules(where: Place) -> List[str]:
    return [option for module in where.modules for option in module.options]


@lru_cache(maxsize=64)
def _options_of(scope: str) -> List[str]:
    """The names of the options that the catalog has in a scope."""
    return [name for name in catalog.names() if catalog.lookup(name, scope) is not None]


def corrected(name: str, scope: str) -> str:
    """The remedy for a name that no page has in a scope: the name that was probably meant, or other advice."""
    return suggestion(name, _options_of(scope), _CORRECT)


_CORRECT = "correct the name, or remove it"
_scopes: Dict[str, None] = {}


def _known_scopes() -> Dict[str, None]:
    """The names of all scopes that some option is valid in."""
    if not _scopes:
        from ..catalog.data import SCOPE_SETS

        _scopes.update((name, None) for scopes in SCOPE_SETS for name in scopes.split(","))
    return _scopes
