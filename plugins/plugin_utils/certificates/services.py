# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is requested of the certificates of services becomes the parameters of modules, and their results what is to be activated.

The services are data (layouts.py): for each a list of layouts, one for each span of versions.
"""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from typing import Any, Iterable, Iterator

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils.errors import MomentumError
from ...module_utils.options import tls
from ...module_utils.pki.served import validity
from ...module_utils.pki.x509 import pem
from ...module_utils.state import activation
from ...module_utils.state.activation import Activation
from ...module_utils.text.grammar import number
from ..entries import entries_of, refuse_fields
from .layouts import SERVICES

VARIABLE = "momentum_certificates"
SIGNED = "momentum_certificates_signed"
UNIT_FIELDS = (
    "source key certificate chain combined request common_name names key_type usages days renew_at rekey new_key owner group "
    "key_mode mode directory_mode provided_key provided_certificate provided_chain archive"
).split()
OWN_FIELDS = "service name layout port endpoints activate daemon configuration settings style access check tls_required targets ca ca_file".split()
WRITTEN_FIELDS = ("key", "certificate", "chain", "combined", "ca_file")  # what the role writes, in check mode later
WRITTEN = ("created", "renewed", "replaced")

Entry = dict[str, Any]


class ServiceError(MomentumError):
    """A request that cannot be met; the message names the entry."""


def plan(entries: list[Entry], version: str, defaults: Entry, of_daemon: bool = False) -> Entry:
    """The parameters of all modules for the requested entries.

    version: of Momentum, '' where unknown. defaults: of units, where neither entry nor layout says anything, and `prefix`.
    of_daemon: the pairs alone that the module `node` can deploy as a whole. Raises ServiceError.
    """
    entries = entries_of(VARIABLE, entries)
    refuse_fields(VARIABLE, entries, ["targets", "endpoints"], ["settings"])
    resolved: list[Entry] = []
    for index, entry in enumerate(entries):
        with _naming(index):
            _refuse_unknown(entry)
            _refuse_targets(entry)
            if not of_daemon or _is_of_every_version(entry):
                resolved.append(resolve(entry, version, defaults))
                _files(resolved[-1]), _unit(resolved[-1], defaults)
    if of_daemon:
        resolved = [one for one in resolved if _is_of_daemon(one) and _is_written(one, defaults)]
    return {
        "units": [unit for one in resolved for unit in _unit(one, defaults)],
        "endpoints": [endpoint for one in resolved for endpoint in _endpoints(one)],
        "files": [file for one in resolved for file in _files(one)],
        "targets": [target for one in resolved for target in _targets(one)],
        "paths": [
            one[field] for one in resolved if _is_written(one, defaults) for field in WRITTEN_FIELDS if one.get(field)
        ],
        "activations": [_activation(one) for one in resolved],
        "daemon": any(one.get("daemon", "none") != "none" for one in resolved),
    }


@contextmanager
def _naming(index: int) -> Iterator[None]:
    """Put the place of an entry before the words of every ServiceError raised inside."""
    try:
        yield
    except ServiceError as error:
        raise ServiceError("%s[%d]: %s" % (VARIABLE, index, error)) from None


def _is_of_every_version(entry: Entry) -> bool:
    return all("since" not in layout and "before" not in layout for layout in SERVICES[entry["service"]])


def _is_of_daemon(one: Entry) -> bool:
    """Whether a pair, with what makes it active, is the daemon's alone."""
    return (
        one.get("daemon", "none") != "none"
        and "ca_file" not in one
        and not one.get("activate")
        and not one.get("configuration")
    )


def _is_written(one: Entry, defaults: Entry) -> bool:
    """Whether a run writes the files of an entry; it only asks for a certificate that nobody signs in the same run."""
    return one.get("source", defaults.get("source")) != "external" or bool(defaults.get("sign_with"))


def _refuse_unknown(entry: Entry) -> None:
    """Raise ServiceError where an entry has a field or names a service that does not exist."""
    name = _name(entry)
    unknown = sorted(set(entry) - set(UNIT_FIELDS) - set(OWN_FIELDS))
    if unknown:
        raise ServiceError("certificate %s: %s is not known; see the role's documentation" % (name, ", ".join(unknown)))
    if entry.get("service") not in SERVICES:
        raise ServiceError(
            "certificate %s: %r is no service; it is one of %s"
            % (name, entry.get("service"), ", ".join(sorted(SERVICES)))
        )
    if isinstance(entry.get("activate"), str):
        raise ServiceError("certificate %s: activate is a text; write the command as a list of words" % name)


def _refuse_targets(entry: Entry) -> None:
    """Raise ServiceError for a target that the module tls would refuse by the names of its own options, which the variable does not have."""
    for position, target in enumerate(entry.get("targets") or []):
        place, given = "targets[%d]" % position, {field for field, value in target.items() if value is not None}
        unknown = sorted(str(field) for field in set(target) - set(tls.TARGET))
        if unknown:
            raise ServiceError(
                "%s: %s is not known; there is %s" % (place, ", ".join(unknown), ", ".join(sorted(tls.TARGET)))
            )
        if {"scope", "bindings"} <= given:
            raise ServiceError("%s has both scope and bindings; make two targets of it" % place)
        if "domain" in given and "bindings" not in given:
            raise ServiceError("%s.domain needs bindings: name those whose domain it is" % place)
        for field in sorted(given):
            _refuse_choice("%s.%s" % (place, field), target[field], tls.TARGET[field].get("choices"))


def _refuse_choice(place: str, value: Any, choices: Any) -> None:
    values = value if isinstance(value, list) else [value]
    # YAML has made false of no, which Ansible takes for it.
    words = ["no" if one is False and "no" in (choices or ()) else one for one in values]
    if choices and not all(one in choices for one in words):
        raise ServiceError("%s must be one of %s" % (place, ", ".join(one or "''" for one in choices)))


def _name(entry: Entry) -> str:
    return str(entry.get("name") or entry.get("service", ""))


def resolve(entry: Entry, version: str, defaults: Entry) -> Entry:
    """An entry with what its service's layout adds. Raises ServiceError."""
    layout = dict(_layout(entry, SERVICES[entry["service"]], version))
    given = {field: value for field, value in entry.items() if value is not None}
    if "configuration" in given and "access" in layout:
        layout["access"] = given["configuration"] and posixpath.join(
            posixpath.dirname(given["configuration"]), "pg_hba.conf"
        )
    layout["tls_required"] = defaults.get("tls_required", False)
    words = {"{prefix}": str(defaults.get("prefix", "")), "{group}": str(defaults.get("group") or "ecuser")}
    return _filled({**layout, **given, "name": _name(entry)}, words)


def _layout(entry: Entry, layouts: list[Entry], version: str) -> Entry:
    fitting = [layout for layout in layouts if _fits(layout, version)]
    if entry.get("layout"):
        fitting = [layout for layout in fitting if layout.get("layout") == entry["layout"]]
    if fitting:
        return fitting[0]
    words = "Momentum %s" % version if version else "an unknown version of Momentum (set momentum_version)"
    known = "; ".join(
        "%s to %s" % (layout.get("since", "any"), "before " + layout["before"] if "before" in layout else "any")
        + (", layout %s" % layout["layout"] if "layout" in layout else "")
        for layout in layouts
    )
    raise ServiceError("certificate %s: no layout for %s; there is %s" % (entry["service"], words, known))


def _fits(layout: Entry, version: str) -> bool:
    if not version:
        return "since" not in layout and "before" not in layout
    number = _number(version)
    return _number(layout.get("since", "0")) <= number and not (
        "before" in layout and number >= _number(layout["before"])
    )


def _number(version: str) -> tuple[int, ...]:
    """The leading numbers of a version; 5.2 and 5.2.0 are one."""
    numbers = []
    for part in str(version).split("."):
        digits = number(part, 10**9)
        if digits is None:
            break
        numbers.append(digits)
    return tuple((numbers + [0, 0, 0])[:3])


def _filled(value: Any, words: dict[str, str]) -> Any:
    """The value with Momentum's directory in the place of {prefix}, and the daemon's group in that of {group}."""
    if isinstance(value, dict):
        return {key: _filled(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    if isinstance(value, str):
        for word, meant in words.items():
            value = value.replace(word, meant)
    return value


def _unit(one: Entry, defaults: Entry) -> list[Entry]:
    if "ca_file" in one:
        return []
    missing = [field for field in ("key", "certificate") if not one.get(field)]
    if missing:
        raise ServiceError("certificate %s: %s is missing" % (one["name"], " and ".join(missing)))
    fields = {field: defaults[field] for field in UNIT_FIELDS if field != "group" and defaults.get(field) is not None}
    fields.update({field: one[field] for field in UNIT_FIELDS if field in one})
    level = one.get("daemon", "none")
    return [dict(fields, name=one["name"], activation=level, rekey=boolean(fields.get("rekey") or False, strict=False))]


def _endpoints(one: Entry) -> list[Entry]:
    """Where the pair is served. Ports without TLS move with the one that they are, and are asked only where TLS is required."""
    return [dict(_placed(endpoint, one), certificate=one["certificate"]) for endpoint in one.get("endpoints", [])]


def _placed(endpoint: Entry, one: Entry) -> Entry:
    usual = endpoint.get("port")
    port = one.get("port", usual)
    placed = {field: value for field, value in endpoint.items() if field != "plain_ports"}
    if port is not None:
        placed["port"] = port
    if endpoint.get("plain_ports") and _requires_tls(one):
        placed["plain_ports"] = [port if number == usual else number for number in endpoint["plain_ports"]]
    return placed


def _requires_tls(one: Entry) -> bool:
    return boolean(one["tls_required"], strict=False)


def _files(one: Entry) -> list[Entry]:
    """The authority's certificate first, then the file that names it or the pair."""
    files: list[Entry] = []
    level = one.get("daemon", "none")
    if "ca_file" in one:
        if not one.get("ca"):
            raise ServiceError("certificate %s: ca is missing, the PEM text of the authorities to trust" % one["name"])
        text = _authorities(one["name"], one["ca"])
        files.append(
            {
                "path": one["ca_file"],
                "content": text,
                "owner": "root",
                "group": "root",
                "mode": "0644",
                "activation": level,
            }
        )
    if one.get("style") == "apache" and one.get("configuration") and "settings" not in one:
        word = "required" if _requires_tls(one) else "offered"
        files.append(
            {"path": one["configuration"], "style": "apache", "tls": word, "check": list(one.get("check", []))}
        )
    elif one.get("configuration"):
        names = {field: one.get(field) for field in ("key", "certificate", "ca_file")}
        settings = {name: _named(value, names) for name, value in one["settings"].items()}
        file = {"path": one["configuration"], "style": one["style"], "settings": settings, "activation": level}
        files.append(dict(file, mode="0644") if "ca_file" in one else file)
    if one.get("access") and _requires_tls(one):
        files.append({"path": one["access"], "style": "postgresql_access", "tls": "required"})
    return files


def _authorities(name: str, text: str) -> str:
    """The text of a file of authorities as every program reads it: as it is given, or else decoded. Raises ServiceError."""
    data = text.encode("utf-8", "replace")
    parsed = pem.parse(data)
    problems = list(parsed.problems)
    problems += ["a block %s is not a certificate" % one.label for one in parsed.blocks if not pem.is_certificate(one)]
    if not parsed.blocks and not problems:
        problems = ["it holds no certificate in PEM format"]
    if problems:
        raise ServiceError("certificate %s: ca: %s" % (name, "; ".join(problems)))
    if pem.is_plain(data):
        return text if text.endswith("\n") else text + "\n"
    return b"".join(pem.certificates(data)).decode("ascii")


def lapsed(entries: Iterable[Entry], now: str) -> list[str]:
    """Which entries trust authorities that have expired, in sentences. now: ISO 8601, UTC."""
    found = []
    for entry in entries:
        blocks = pem.certificates(str(entry.get("ca") or "").encode("utf-8", "replace"))
        ends = [end for end in (validity(pem.der(block))[1] for block in blocks) if end and end < now]
        if ends:
            found.append(
                "certificate %s: ca: %d of %d certificates have expired (the last on %s); replace them in momentum_certificates"
                % (entry.get("name") or entry.get("service", ""), len(ends), len(blocks), max(ends)[:10])
            )
    return found


def _named(value: Any, names: Entry) -> Any:
    """A path of the entry in the place of its name in braces, such as {key}."""
    for name, path in names.items():
        if value == "{%s}" % name:
            return path
    return value


def _targets(one: Entry) -> list[Entry]:
    certificate = one.get("combined") or one.get("certificate")
    return [dict(target, certificate=certificate, key=one.get("key")) for target in one.get("targets", [])]


def _activation(one: Entry) -> Entry:
    return {
        "name": one["name"],
        "certificate": one.get("certificate", ""),
        "files": [file["path"] for file in _files(one)],
        "argv": list(one.get("activate", [])),
        "level": one.get("daemon", "none"),
    }


def activate(planned: Entry, kept: list[Entry], edited: Entry, served: Entry) -> Entry:
    """What is to be activated, after the results of certificate (of all its runs), keyword_file and certificate_served.

    A service that serves something else than its file is activated again, also if nothing changed now.
    """
    units = [unit for result in kept for unit in result.get("units", [])]
    written = {unit["name"] for unit in units if unit["state"] in WRITTEN or _corrected(unit)}
    stale = {one["certificate"] for one in served.get("endpoints", []) if not one["ok"] and one["deployed"]}
    changed = set(edited.get("files", []))
    due = [
        one
        for one in planned["activations"]
        if one["name"] in written or one["certificate"] in stale or changed.intersection(one["files"])
    ]
    proven = {one["certificate"] for one in served.get("endpoints", []) if one["deployed"]}
    return {
        "activations": activation.shown(activation.merged(one for each in due for one in _activations(each))),
        "endpoints": [one for one in planned["endpoints"] if one["certificate"] in proven],
        "names": [one["name"] for one in due],
    }


def _activations(one: Entry) -> list[Activation]:
    """The command of a service, and what it needs of the daemon. The command again makes the service take what is put back."""
    files = [path for path in [one["certificate"], *one["files"]] if path]
    found = [Activation(one["name"], files, argv=one["argv"], undo=one["argv"])] if one["argv"] else []
    return found + ([activation.daemon(one["level"], files)] if one["level"] != "none" else [])


def _corrected(unit: Entry) -> bool:
    """Whether files of a pair that is kept were written: owner or mode, or a chain that was missing."""
    return unit["state"] == "kept" and bool(unit.get("files"))


def handed_back(units: list[Entry], signed: list[Entry], host: str) -> list[Entry]:
    """The units that were signed for this host, with their certificates. Raises ServiceError for one that nobody asked for."""
    entries = entries_of(SIGNED, signed, ["host", "unit", "signed"])
    texts = {one["unit"]: one["signed"] for one in entries if one["host"] == host}
    strangers = sorted(set(texts) - {unit["name"] for unit in units})
    if strangers:
        words = "%s: certificates were signed for %s, which %s does not have"
        raise ServiceError(words % (SIGNED, ", ".join(strangers), host))
    return [dict(unit, signed=texts[unit["name"]]) for unit in units if unit["name"] in texts]


def requested(results: dict[str, Entry]) -> list[Entry]:
    """The requests of all hosts, as a signing task file takes them. results: what certificate returned, by host."""
    return [
        {"host": host, "unit": unit["name"], "request": unit["request"]}
        for host, result in results.items()
        for unit in (result or {}).get("units", [])
        if unit["state"] == "requested" and unit["request"]
    ]
