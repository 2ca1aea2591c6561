# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is requested of the certificates of services becomes the parameters of modules, and their results what is to be activated.

The services are data (roles/certificates/vars/main.yml): for each a list of layouts, one for each span of versions.
"""

from __future__ import annotations

from typing import Any, Iterable

from ...module_utils.errors import MomentumError
from ...module_utils.pki.served import validity
from ...module_utils.pki.x509 import pem
from ...module_utils.state import activation
from ...module_utils.state.activation import Activation
from ...module_utils.text.grammar import number

UNIT_FIELDS = (
    "source key certificate chain combined request common_name names key_type usages days renew_at rekey new_key owner group "
    "key_mode mode directory_mode provided_key provided_certificate provided_chain archive"
).split()
OWN_FIELDS = (
    "service name layout port endpoints activate daemon configuration settings style targets ca ca_file".split()
)
WRITTEN_FIELDS = ("key", "certificate", "chain", "combined", "ca_file")  # what the role writes, in check mode later
WRITTEN = ("created", "renewed", "replaced")

Entry = dict[str, Any]


class ServiceError(MomentumError):
    """A request that cannot be met; the message names the entry."""


def plan(entries: list[Entry], services: dict[str, list[Entry]], version: str, defaults: Entry) -> Entry:
    """The parameters of all modules for the requested entries.

    version: of Momentum, '' where unknown. defaults: of units, where neither entry nor layout says anything, and `prefix`.
    Raises ServiceError.
    """
    resolved = [resolve(entry, services, version, defaults) for entry in entries]
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


def _is_written(one: Entry, defaults: Entry) -> bool:
    """Whether a run writes the files of an entry; it only asks for a certificate that nobody signs in the same run."""
    return one.get("source", defaults.get("source")) != "external" or bool(defaults.get("sign_with"))


def resolve(entry: Entry, services: dict[str, list[Entry]], version: str, defaults: Entry) -> Entry:
    """An entry with what its service's layout adds. Raises ServiceError."""
    name = entry.get("name") or entry.get("service", "")
    unknown = sorted(set(entry) - set(UNIT_FIELDS) - set(OWN_FIELDS))
    if unknown:
        raise ServiceError("certificate %s: %s is not known; see the role's documentation" % (name, ", ".join(unknown)))
    if entry.get("service") not in services:
        raise ServiceError(
            "certificate %s: %r is no service; it is one of %s"
            % (name, entry.get("service"), ", ".join(sorted(services)))
        )
    layout = _layout(entry, services[entry["service"]], version)
    given = {field: value for field, value in entry.items() if value is not None}
    return _filled({**layout, **given, "name": name}, defaults.get("prefix", ""))


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


def _filled(value: Any, prefix: str) -> Any:
    """The value with Momentum's directory in the place of {prefix}."""
    if isinstance(value, dict):
        return {key: _filled(item, prefix) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, prefix) for item in value]
    return value.replace("{prefix}", prefix) if isinstance(value, str) else value


def _unit(one: Entry, defaults: Entry) -> list[Entry]:
    if "ca_file" in one:
        return []
    missing = [field for field in ("key", "certificate") if not one.get(field)]
    if missing:
        raise ServiceError("certificate %s: %s is missing" % (one["name"], " and ".join(missing)))
    fields = {field: defaults[field] for field in UNIT_FIELDS if defaults.get(field) is not None}
    fields.update({field: one[field] for field in UNIT_FIELDS if field in one})
    level = one.get("daemon", "none")
    return [dict(fields, name=one["name"], activation=level, rekey=bool(fields.get("rekey")))]


def _endpoints(one: Entry) -> list[Entry]:
    endpoints = [dict(endpoint) for endpoint in one.get("endpoints", [])]
    if "port" in one:
        endpoints = [dict(endpoint, port=one["port"]) for endpoint in endpoints]
    return [dict(endpoint, certificate=one["certificate"]) for endpoint in endpoints]


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
    if one.get("configuration"):
        names = {field: one.get(field) for field in ("key", "certificate", "ca_file")}
        settings = {name: _named(value, names) for name, value in one["settings"].items()}
        file = {"path": one["configuration"], "style": one["style"], "settings": settings, "activation": level}
        files.append(dict(file, mode="0644") if "ca_file" in one else file)
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
    texts = {one["unit"]: one["signed"] for one in signed if one["host"] == host}
    strangers = sorted(set(texts) - {unit["name"] for unit in units})
    if strangers:
        raise ServiceError("certificates were signed for %s, which %s does not have" % (", ".join(strangers), host))
    return [dict(unit, signed=texts[unit["name"]]) for unit in units if unit["name"] in texts]


def requested(results: dict[str, Entry]) -> list[Entry]:
    """The requests of all hosts, as a signing task file takes them. results: what certificate returned, by host."""
    return [
        {"host": host, "unit": unit["name"], "request": unit["request"]}
        for host, result in results.items()
        for unit in (result or {}).get("units", [])
        if unit["state"] == "requested" and unit["request"]
    ]
