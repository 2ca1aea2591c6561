# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remarked about one adopted node: in its file of variables what stays the same, in the report of the run the rest.

Results of modules come in, words come out. A result may be missing or failed: then there is less to say.
"""

from typing import Any, Dict, List, Mapping, Sequence

LIMIT = 50  # lines of one kind that a report holds


def in_file(found: Mapping[str, Any], security: Mapping[str, Any], control: Mapping[str, Any]) -> Dict[str, List[str]]:
    """Remarks by section: whether the daemon can start, what the configuration takes, what is unsafe, which secrets are left out."""
    return {
        "installation": _cannot_start(found),
        "security": _privileges(security),
        "control": [_unsafe(entry) for entry in control.get("unsafe") or ()] + _rotation(found),
        "settings": _left_out(found, "secrets", "a secret that stays where it is, not managed")
        + _left_out(found, "not_text", "no plain text, stays where it is, not managed"),
    }


def in_report(
    found: Mapping[str, Any], service: Mapping[str, Any], permissions: Mapping[str, Any]
) -> Dict[str, List[str]]:
    """What the first run will do in spite of the file, and what would be tightened by momentum_permissions: enforce."""
    return {
        "the first run of site": _unsettled(found, service),
        "momentum_permissions: enforce": _differences(permissions),
    }


def _privileges(security: Mapping[str, Any]) -> List[str]:
    """Declared and needed privileges, compared."""
    compared = security.get("compared") or {}
    needed = (security.get("needed") or {}).get("value")
    words = {
        "root": "The daemon stays root with all its privileges. The configuration takes: {needed}",
        "superset": "The configuration takes less than is declared: {needed} (too much: {too_much})",
        "subset": "The configuration takes more than is declared: {needed} (missing: {missing})",
        "different": "The configuration takes something else than is declared: {needed} (too much: {too_much}; missing: {missing})",
    }
    form = words.get(compared.get("verdict", ""))
    if form is None:
        return []
    names = {key: ", ".join(compared.get(key) or ()) for key in ("too_much", "missing")}
    return [form.format(needed=needed or "none", **names)]


def _unsafe(entry: Mapping[str, Any]) -> str:
    return "Unsafe: {address} ({file}:{line}): {danger}, {because}".format(**entry)


def _rotation(found: Mapping[str, Any]) -> List[str]:
    """That ec_rotate asks where no console is. On a manager's host it may ask the MTA's."""
    installation = found.get("installation") or {}
    if installation.get("rotation_reaches", True) or installation.get("daemon") != "ecelerity":
        return []
    form = "ec_rotate asks for the console at %s, where the configuration has none: lines of the logs are lost"
    return [form % installation.get("rotation")]


def _left_out(found: Mapping[str, Any], key: str, why: str) -> List[str]:
    return sorted(
        "Left out: {0} ({1}:{2}): {3}".format(
            " > ".join(list(entry["scope"]) + [entry["option"]]), entry["file"], entry["line"], why
        )
        for entry in found.get(key) or ()
    )


def _unsettled(found: Mapping[str, Any], service: Mapping[str, Any]) -> List[str]:
    installation = found.get("installation") or {}
    said = []
    if not installation.get("packages"):
        said.append("no RPM package owns the daemon, so that the role install would look for packages to install")
    if installation.get("enabled") is False:
        said.append("enables %s, which the node does not start when it boots" % installation.get("unit"))
    if installation.get("enabled") is None:
        said.append("fails: systemd knows no unit %s; set momentum_service_name" % installation.get("unit"))
    return said + _cannot_start(found) + _of_service(service)


def _cannot_start(found: Mapping[str, Any]) -> List[str]:
    """What an installation that does not serve must have repaired before its variables describe one that does."""
    installation = found.get("installation") or {}
    said = []
    if installation.get("refused"):
        said.append(
            "Momentum refuses this configuration, and site will not start the daemon with it: %s. Repair it on the node, "
            "then adopt the node again." % str(installation["refused"]).rstrip(".")
        )
    if installation.get("running") is False:
        said.append(
            "The daemon does not run, so nothing here is proven. If it shall not run, keep the node out of site: site starts it."
        )
    return said


def _of_service(service: Mapping[str, Any]) -> List[str]:
    """What the daemon needs today, and which proofs of the health gate do not hold."""
    action = service.get("action", "none")
    if action != "none":
        return ["%ss the daemon: %s" % (action, "; ".join(service.get("reasons") or ()))]
    bad = [finding for finding in service.get("health") or () if not finding["ok"]]
    if bad:
        return ["fails at the health gate: {subject}: expected {expected}, found {found}".format(**one) for one in bad]
    return _not_asked(service, "action")


def _not_asked(result: Mapping[str, Any], key: str) -> List[str]:
    """Say that a module could not answer; `key` is in every answer."""
    return [] if key in result or not result else ["could not be asked: %s" % result.get("msg", "")]


def _differences(permissions: Mapping[str, Any]) -> List[str]:
    """What would be changed or refused."""
    lines = ["%(path)s: %(before)s becomes %(after)s" % entry for entry in permissions.get("differences") or ()]
    lines += ["%(path)s: refused, %(reason)s" % entry for entry in permissions.get("refused") or ()]
    return _limited(lines) + _not_asked(permissions, "counts")


def _limited(lines: Sequence[str]) -> List[str]:
    kept = list(lines[:LIMIT])
    return kept + (["and %d more" % (len(lines) - LIMIT)] if len(lines) > LIMIT else [])
