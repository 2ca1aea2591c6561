# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has made of a node, in a few lines: what is open on purpose, what was fixed, and what is left to the operator."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from ..module_utils.errors import MomentumError

KINDS = ("standalone", "cluster_node", "cluster_manager")
_PAGE = "docs/manual-coverage.md"
_UNPUBLISHED = ("absent", "differs")


class SummaryError(MomentumError):
    """What is to be summed up is not what the modules return."""


def lines(
    node: Mapping[str, Any],
    preflight: Mapping[str, Any],
    steps: Mapping[str, Any],
    declared: Iterable[str],
    check: bool,
) -> list[str]:
    """Return the summary of a node.

    node, preflight: what the modules of these names have returned; preflight is empty where nobody looked at the host. steps: what the manuals leave
    to the operator of such a node, see tools/manual_coverage.py. declared: variables that do away with some of these steps. check: whether
    nothing was written.
    """
    if "summary" not in node:
        raise SummaryError("this is not the result of msys.momentum.node")
    return [_on_purpose(node), _fixed(node, check), _left(node, preflight), _by_the_manuals(steps, declared)]


def _on_purpose(node: Mapping[str, Any]) -> str:
    if "exposure" not in node:
        return "open on purpose: not judged, because no part has read a configuration on the node"
    accepted = ["%s (%s)" % (one["name"], one["accepted"]) for one in node["exposure"] if one["accepted"]]
    return "open on purpose: " + _listed(accepted, "nothing")


def _fixed(node: Mapping[str, Any], check: bool) -> str:
    """Return the parts that change, and the findings that this closes."""
    words = "would be fixed: " if check else "fixed: "
    closed = node.get("exposure_closed") or []
    unknown = node.get("not_judged") or []
    return (
        words
        + _listed(node["changed_parts"], "nothing")
        + ("; closed: " + _listed(closed) if closed else "")
        + ("; not judged before the packages are there: " + _listed(unknown) if unknown else "")
    )


def _left(node: Mapping[str, Any], preflight: Mapping[str, Any]) -> str:
    exposure = node.get("exposure") or []
    weaker = (node["parts"].get("tls") or {}).get("weaker") or []
    signing = (node["parts"].get("dkim_key") or {}).get("signing_keys") or []
    left = {
        "open": [one["name"] for one in exposure if one["status"] == "open" and not one["accepted"]],
        "nobody can tell": [one["name"] for one in exposure if one["status"] == "unknown"],
        "weaker TLS": ["%s in %s" % (one["option"], one["scope"]) for one in weaker if not one["removed"]],
        "records to publish": [one["record"]["name"] for one in signing if one["published"] in _UNPUBLISHED],
        "the host": [one["name"] for one in preflight.get("findings") or []],
    }
    found = ["%s: %s" % (word, _listed(names)) for word, names in left.items() if names]
    return "left to the operator: " + ("; ".join(found) or "nothing that was looked at")


def _by_the_manuals(steps: Mapping[str, Any], declared: Iterable[str]) -> str:
    known = set(declared)
    remind = [one["words"] for one in steps["remind"] if one.get("unless") not in known]
    return "left to the operator by the manuals: %s (%s has all %d steps)" % ("; ".join(remind), _PAGE, steps["count"])


def _listed(names: Iterable[str], otherwise: str = "") -> str:
    return ", ".join(dict.fromkeys(names)) or otherwise
