# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables that roles and playbooks read, and those of an inventory that nothing reads.

No list of names is kept: they are those that the roles describe, and those that the playbooks read without setting them.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, Collection, Iterable, Iterator, Mapping, NamedTuple, Sequence

import jinja2
import yaml

from ..module_utils.errors import MomentumError
from . import group_names

COLLECTION = Path(__file__).resolve().parents[2]
PREFIX = "momentum_"
# An operator's own names, which nothing of the collection reads.
OWN = "momentum_own_variables"
# What Ansible reads before it knows the variables of hosts: `serial` and `hosts` of plays, each with an example.
OF_PLAYS = {
    "momentum_serial": "1,25%",
    "momentum_adopt_hosts": "mx_eu",
    "momentum_report_hosts": "mx_eu",
    "momentum_restart_hosts": "mx_eu",
    "momentum_restart_managers": "mx_eu",
    "momentum_rotate_hosts": "mx_eu",
    "momentum_upgrade_hosts": "mx_eu",
    "momentum_upgrade_managers": "mx_eu",
    "momentum_upgrade_nodes": "mx_eu",
}
# The share of letters in common from which on a name is suggested, the prefix left out; and from which on a name without the
# prefix is taken for a misspelled one.
NEAR, VERY_NEAR = 0.7, 0.9
SHOWN = 3
_EMPTY = {"list": "[]", "dict": "{}", "str": '""'}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONDITIONS = {"when", "that", "until", "failed_when", "changed_when"}
_FACTS = {"set_fact", "ansible.builtin.set_fact"}


class OwnVariablesError(MomentumError):
    """The names that an operator declares are no list of names; the message names the host."""


class Known(NamedTuple):
    """Names of variables: those that an operator may set, and those that tasks leave on a host for playbooks after them. valued: those of the roles
    that must have a value where they are set, each with its type."""

    settable: frozenset[str]
    left: frozenset[str]
    valued: Mapping[str, str] = {}


def _documents(directory: Path, *patterns: str) -> Iterator[Any]:
    for pattern in patterns:
        for path in sorted(directory.glob(pattern)):
            yield yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader)


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of every mapping below a value, with what it has."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key), below
            yield from _entries(below)
    elif isinstance(value, list):
        for below in value:
            yield from _entries(below)


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a value, with the key that it is under."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _texts(below, str(name))
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below, key)
    elif isinstance(value, str):
        yield key, value


def _free(template: str) -> set[str]:
    """The variables that a template reads and does not set."""
    names = list(jinja2.Environment(autoescape=True).parse(template).find_all(jinja2.nodes.Name))
    return {node.name for node in names if node.ctx == "load"} - {node.name for node in names if node.ctx == "store"}


def _left(documents: Iterable[Any]) -> Iterator[str]:
    for key, below in _entries(list(documents)):
        if key == "register":
            yield below
        elif key in _FACTS:
            yield from below


def _set(documents: Iterable[Any]) -> set[str]:
    documents = list(documents)
    return {name for key, below in _entries(documents) if key == "vars" for name in below} | set(_left(documents))


def _read(documents: Iterable[Any], templates: Iterable[str]) -> set[str]:
    texts = [text for key, text in _texts(list(documents)) if "{{" in text or "{%" in text]
    conditions = ["{{ %s }}" % text for key, text in _texts(list(documents)) if key in _CONDITIONS and "{{" not in text]
    return {name for text in (*texts, *conditions, *templates) for name in _free(text)}


def known(collection: Path = COLLECTION) -> Known:
    """The names that a collection knows, from its own files."""
    described = {
        name: option
        for document in _documents(collection / "roles", "*/meta/argument_specs.yml")
        for entry in document["argument_specs"].values()
        for name, option in entry.get("options", {}).items()
    }
    # Ansible takes a null for an option that has a default for a value of the wrong type.
    valued = {name: option["type"] for name, option in described.items() if "default" in option or "required" in option}
    playbooks = list(_documents(collection / "playbooks", "*.yml", "tasks/*.yml"))
    templates = [path.read_text(encoding="utf-8") for path in sorted((collection / "playbooks").glob("templates/*.j2"))]
    tasks = [*playbooks, *_documents(collection / "roles", "*/tasks/*.yml", "*/handlers/*.yml")]
    left = frozenset(_left(tasks))
    own = {name for document in _documents(collection / "playbooks", "vars/*.yml") for name in document}
    read = {name for name in _read(playbooks, templates) if name.startswith(PREFIX)} - _set(playbooks) - left - own
    return Known(frozenset(described.keys() | read | {OWN}), left, valued)


def nearest(name: str, names: Collection[str]) -> str:
    """The name that is meant by another one, or an empty text."""
    bare = {one[len(PREFIX) :]: one for one in sorted(names)}
    found = difflib.get_close_matches(_plain(name)[len(PREFIX) :], bare, 1, NEAR)
    return bare[found[0]] if found else ""


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _suspicions(names: Iterable[str], known_names: Known) -> dict[str, str]:
    """The names that nothing reads and that look like the collection's, each with the one that is meant, if any."""
    found = {}
    starts: dict[str, bool] = {}
    for name in sorted(set(names) - known_names.settable - known_names.left):
        plain = _plain(name)
        if plain.startswith(PREFIX):
            found[name] = nearest(name, known_names.settable)
            continue
        start = plain.partition("_")[0]
        if start not in starts:
            starts[start] = bool(difflib.get_close_matches(start, [PREFIX[:-1]], 1, NEAR))
        if starts[start]:
            meant = difflib.get_close_matches(plain, sorted(known_names.settable), 1, VERY_NEAR)
            if meant:
                found[name] = meant[0]
    return found


def _own(host: str, variables: Mapping[str, Any]) -> set[str]:
    """The names that are declared on a host, in a list or separated by commas. Raises OwnVariablesError."""
    if OWN not in variables:
        return set()
    names = variables[OWN]
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",")]
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise OwnVariablesError("%s: %s must be a list of names of variables" % (host, OWN))
    return set(names)


def _place(hosts: Sequence[str], looked_at: Collection[str], groups: Mapping[frozenset[str], str]) -> str:
    """Where a variable is set, as far as the hosts that have it tell."""
    if len(hosts) > 1 and frozenset(hosts) in groups:
        return "group " + groups[frozenset(hosts)]
    if len(hosts) > 1 and len(hosts) == len(looked_at):
        return "every host"
    more = " and %d other%s" % (len(hosts) - SHOWN, "s"[len(hosts) == SHOWN + 1 :]) if len(hosts) > SHOWN else ""
    return ", ".join(hosts[:SHOWN]) + more


def unknown(
    hostvars: Mapping[str, Mapping[str, Any]],
    hosts: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    extra: Collection[str] | None = (),
    known_names: Known | None = None,
) -> list[str]:
    """A line for each variable of the hosts that has the prefix of the collection, or nearly so, and that nothing reads; for each of a
    role's that has no value; and for each that only the command line can set.

    `extra` names the variables of the command line, None where they are not known. A variable that a host declares with momentum_own_variables is known there.
    """
    known_names = known_names or known()
    ignored: dict[str, list[str]] = {} if extra is None else {name: [] for name in OF_PLAYS if name not in extra}
    extra = extra or ()
    having: dict[str, list[str]] = {}
    empty: dict[str, list[str]] = {}
    # As they are written: nothing is templated for this.
    written = getattr(hostvars, "raw_get", hostvars.__getitem__)
    for host in hosts:
        variables = written(host)
        own = _own(host, hostvars[host]) if OWN in variables else set()
        for name, value in variables.items():
            if value is not None and name in ignored:
                ignored[name].append(host)
            if value is None and name in known_names.valued:
                empty.setdefault(name, []).append(host)
            elif name not in own:
                having.setdefault(name, []).append(host)
    suspicions = _suspicions(having, known_names)
    if not suspicions and not empty and not any(ignored.values()):
        return []
    looked_at = frozenset(hosts)
    names = [name for name in sorted(groups, reverse=True) if name not in (*group_names.KNOWN, "all", "ungrouped")]
    # The collection's own groups take precedence where several have the same hosts.
    members = {looked_at & frozenset(groups[name]): name for name in (*names, *group_names.KNOWN) if name in groups}
    lines = []
    for name, without in sorted(empty.items()):
        place = "-e" if name in extra else _place(without, looked_at, members)
        value = _EMPTY.get(known_names.valued[name], "")
        lines.append(
            "%s: %s has no value (nothing, null or ~ after the colon). Take the line out for the default, or give it a value%s."
            % (place, name, value and ", %s for an empty one" % value)
        )
    for name, of_hosts in ignored.items():
        if not of_hosts:
            continue
        lines.append(
            "%s: %s has no effect here, because Ansible reads it before it knows the variables of hosts. Take the line out, and give it as an extra "
            "variable, such as -e %s=%s." % (_place(of_hosts, looked_at, members), name, name, OF_PLAYS[name])
        )
    for name, meant in suspicions.items():
        place = "-e" if name in extra else _place(having[name], looked_at, members)
        shown = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else ascii(name)
        lines.append("%s: unknown variable %s.%s" % (place, shown, " Did you mean %s?" % meant if meant else ""))
    return lines
