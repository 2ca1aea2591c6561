# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies the rows of `data` to a configuration."""

from typing import Dict, Iterator, List, Optional

from ..catalog.catalog import parse_version
from ..catalog.manual import page
from ..catalog.option_types import expected
from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from . import outdated
from .data import DEFAULTS, HTTP_PORT, OPENSSL_ONLY, VALUES, WITHDRAWN, DefaultRule, ValueRule
from .finding import INFO, WARNING, Finding, Subject, Verdict, at_scope, at_setting, innermost
from .names import is_of


def of_values(subject: Subject) -> Iterator[Finding]:
    """Judge the values in force."""
    rules: Dict[str, List[ValueRule]] = {}
    for rule in VALUES:
        if _applies(subject, rule):
            rules.setdefault(rule.option, []).append(rule)
    engine = subject.effective.get((), "tls_engine")
    gnutls = engine is not None and str(engine.value).lower() == "gnutls"
    for setting in subject.effective.settings():
        for rule in rules.get(setting.name.lower(), ()):
            if rule.scope in ("", innermost(setting.path)) and rule.matches(setting):
                yield at_setting(Verdict(rule.rule, rule.severity, rule.message, rule.advice, rule.source), setting)
        verdict = outdated.judge(setting.name.lower(), setting.value, subject.version)
        if verdict is not None:
            yield at_setting(verdict, setting)
        if gnutls and setting.name.lower() in OPENSSL_ONLY:
            yield at_setting(_GNUTLS, setting)


def of_types(subject: Subject) -> Iterator[Finding]:
    """Judge whether the values in force are of their options' types. What becomes of others is undocumented."""
    for setting in subject.effective.settings():
        name, scope = setting.name.lower(), innermost(setting.path)
        entry = subject.entry(name, scope)
        if entry is None or not is_of(entry, scope):
            continue
        requested = expected(name, entry.type, setting.value)
        if requested:
            yield at_setting(
                Verdict("wrong_type", WARNING, "the value is not " + requested, "correct it", page(entry)), setting
            )


def of_defaults(subject: Subject) -> Iterator[Finding]:
    """Judge what a configuration leaves to defaults that differ between the two versions.

    Without a version to come from they are reported as info, and not as warnings.
    """
    tops: Dict[str, List[Path]] = {"global": [()]}
    listens = {path[:-1] for path in subject.effective.scopes("listen")}
    for path in subject.effective.scopes():
        if len(path) == 1:
            tops.setdefault(innermost(path), []).append(path)
    for rule in DEFAULTS:
        for path in _paths(subject, rule, tops):
            if not _is_set(subject, path, rule.option):
                yield at_scope(_changed(subject, rule), subject, path)._replace(option=rule.option)
    for path in _paths(subject, HTTP_PORT, tops):
        if path not in listens:
            yield at_scope(_changed(subject, HTTP_PORT), subject, path)


def of_modules(subject: Subject) -> Iterator[Finding]:
    """Judge stanzas of modules that a version no longer ships."""
    withdrawn = {item.module: item for item in WITHDRAWN if subject.target >= parse_version(item.since)}
    for path in subject.effective.scopes():
        item = withdrawn.get(innermost(path))
        if item is not None:
            verdict = Verdict("withdrawn", item.severity, item.message, "remove the stanza", item.source)
            yield at_scope(verdict, subject, path)


_GNUTLS = Verdict(
    "ignored",
    WARNING,
    "the engine gnutls does not read this option",
    "write it into tls_ciphers as a priority string",
    "4/config/tls-engine",
)


def _applies(subject: Subject, rule: ValueRule) -> bool:
    if rule.crossing:
        return subject.origin is not None and subject.crosses(rule.since)
    below = rule.until is None or subject.target < parse_version(rule.until)
    return below and subject.target >= parse_version(rule.since)


def _paths(subject: Subject, rule: DefaultRule, tops: Dict[str, List[Path]]) -> List[Path]:
    if not subject.crosses(rule.changed):
        return []
    return [path for scope in rule.scopes for path in tops.get(scope, [])]


def _is_set(subject: Subject, path: Path, option: str) -> bool:
    setting: Optional[Setting] = subject.effective.resolve(path, option)
    return setting is not None


def _changed(subject: Subject, rule: DefaultRule) -> Verdict:
    severity = INFO if subject.origin is None else rule.severity
    message = "the default of %s changed with %s, from %s to %s" % (rule.option, rule.changed, rule.before, rule.after)
    return Verdict("changed_default", severity, message, "write the desired value down", rule.source)
