# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that a task sets although the catalog knows that they do nothing, or break the configuration, there.

The same verdicts as those of the lint rules (lint.names), about what is about to be written. Refused is only what the manuals
decide: a value of another type, an option that Momentum does not look for in the scope, a name that no version or not this one
has where the manuals list all; and protocols that leave TLS 1.2 out and an older one in, as msys.momentum.tls refuses them. What
a module may bring along is left to Momentum's own checkers.
"""

from typing import Any, Callable, List, NamedTuple, Optional, Sequence

from ..catalog import catalog
from ..catalog.option_types import expected
from ..ecconf.paths import Path, format_path
from ..errors import PlanError
from ..redaction.redaction import mask_text
from . import names, outdated
from .finding import FATAL, Release, Verdict, innermost

WRONG_TYPE = "wrong_type"
# What is refused, by the names of the lint rules; `allow` of a setting takes them.
REFUSED = (
    WRONG_TYPE,
    "misplaced",
    "misspelled",
    "instance_name",
    "ignored",
    "unknown_option",
    "unknown_stanza",
    "removed",
    "too_new",
    "outdated_protocols",
)
_DECIDED = ("misspelled", "instance_name")  # warnings about a stanza that are refused all the same
_OLDEST = "3.6"  # the first release that the collection supports


class Setting(NamedTuple):
    """An option that a task sets: its place in the task, such as settings[2], scope, name, value, the value as a message may
    show it, and the names of verdicts that the task accepts."""

    place: str
    path: Path
    option: Optional[str]
    value: Any
    shown: str
    allow: Sequence[str] = ()


def refuse(settings: Sequence[Setting], version: Callable[[], Optional[str]]) -> None:
    """Raise PlanError that names every setting which the catalog knows to be wrong, and what to do about it.

    version: returns the version that is to read them, None if unknown; only called where it matters.
    """
    found = objections(settings, version)
    if found:
        raise PlanError("; ".join(found))


def objections(settings: Sequence[Setting], version: Callable[[], Optional[str]]) -> List[str]:
    """Return one sentence for each setting that the catalog knows to be wrong."""
    release = Release(None)
    if any(_depends(release, setting) for setting in settings):
        release = Release(version())
    return [
        _sentence(setting, verdict)
        for setting in settings
        for verdict in _verdicts(release, setting)
        if verdict.rule in REFUSED and verdict.rule not in setting.allow
    ]


def rules_of(path: Path, option: str, value: Any, release: Optional[Release] = None) -> List[str]:
    """Return the names of what is refused of an option, for `allow`, whatever the version."""
    found = _verdicts(release or Release(None), Setting("", path, option, value, ""))
    return sorted({verdict.rule for verdict in found if verdict.rule in REFUSED})


def _depends(release: Release, setting: Setting) -> bool:
    """Whether releases differ in what they know of an option, or of a stanza around it."""
    depths = range(1, len(setting.path) + 1)
    found = [release.entry(innermost(setting.path[:depth]), innermost(setting.path[: depth - 1])) for depth in depths]
    modules = names.place(setting.path).modules
    found += [module.entry for module in modules]
    if setting.option:
        name = setting.option.lower()
        found.append(release.entry(name, innermost(setting.path)))
        found += [module.entry._replace(since=module.since(name) or "") for module in modules]
    return any(
        catalog.available(entry, _OLDEST) is False or bool(entry.removed_in) for entry in found if entry is not None
    )


def _verdicts(release: Release, setting: Setting) -> List[Verdict]:
    stanzas = [names.of_stanza(release, setting.path[:depth]) for depth in range(1, len(setting.path) + 1)]
    # A stanza that a module may bring to another place is not refused.
    found = [one for one in stanzas if one is not None and (one.severity == FATAL or one.rule in _DECIDED)]
    if found or setting.option is None:
        return found
    name, where = setting.option.lower(), names.place(setting.path)
    entry = release.entry(name, where.scope)
    if entry is not None and not names.is_of(entry, where.scope):
        return []
    if entry is None and all(one.type in ("scope", "module") for one in release.named(name)):
        # A stanza that some page also has as an option, as binding_group in a binding (3/3-reference/3-reference-conf-ref-binding-group).
        # And Momentum's own validators say of options beside those of the core whether some module brings them, and what was meant.
        left = ("misplaced", "misspelled") if where.scope in names.OPEN else ("misplaced",)
        return [verdict for verdict in names.of_option(release, name, where) if verdict.rule not in left]
    requested = "" if entry is None else expected(name, entry.type, setting.value)
    wrong = (
        [Verdict(WRONG_TYPE, FATAL, "%s is not %s" % (setting.shown, requested), "correct the value", "")]
        if requested
        else []
    )
    old = outdated.judge(name, setting.value, release.version)
    return names.of_option(release, name, where) + wrong + ([] if old is None else [old])


def _sentence(setting: Setting, verdict: Verdict) -> str:
    # The name of a scope may be a connection string.
    where = "scope %s" % mask_text(format_path(setting.path)) if setting.path else "the global scope"
    subject = where if setting.option is None else "option %s of %s" % (setting.option, where)
    return "%s: %s: %s. %s, or accept it with 'allow: [%s]'" % (
        setting.place,
        subject,
        verdict.message,
        verdict.advice[:1].upper() + verdict.advice[1:],
        verdict.rule,
    )
