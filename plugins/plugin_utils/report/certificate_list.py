# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of many nodes as one flat list, graded by one clock: the data of the JSON report and of the page."""

from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from ...module_utils.pki.x509 import lifetime

TIME = "%Y-%m-%dT%H:%M:%SZ"
TEXTS = ("path", "service", "subject", "issuer", "key_kind", "signature_hash", "fingerprint", "key_path", "key_mode")
LISTS = ("names", "scopes", "problems")


def parse_time(text: Any) -> Optional[datetime]:
    """Return an ISO 8601 time in UTC, or None if the text is none."""
    try:
        return datetime.strptime(str(text), TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def moment(text: str) -> datetime:
    """Return a time that a user or Ansible's C(now) wrote: ISO 8601, UTC without a zone. Raise ValueError if it is none."""
    found = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    aware = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).replace(microsecond=0)


def report(results: Mapping[str, Any], now: datetime) -> Dict[str, Any]:
    """Return the results of C(certificate_info) of all hosts as one report, graded at `now` (UTC).

    Results come from other machines, so their types are checked: a host without a list of certificates is in `silent` with its error
    message. What could not be read of a configuration is in `partial`, because it may name certificates.
    """
    answers = [(host, results[host]) for host in sorted(results)]
    partial = [dict(host=host, reason=reason) for host, answer in answers for reason in _gaps(answer)]
    silent = [{"host": host, "reason": _reason(answer)} for host, answer in answers if _entries(answer) is None]
    rows = [row for host, answer in answers for row in _rows(host, _entries(answer) or [], now)]
    rows.sort(key=_order)
    return {
        "generated": now.strftime(TIME),
        "summary": _summary(rows, len(answers), len(silent), len(partial)),
        "certificates": rows,
        "silent": silent,
        "partial": partial,
    }


def _entries(answer: Any) -> Optional[List[Any]]:
    if not isinstance(answer, Mapping) or answer.get("failed") or answer.get("unreachable"):
        return None
    found = answer.get("certificates")
    return list(found) if isinstance(found, (list, tuple)) else None


def _gaps(answer: Any) -> List[str]:
    """What the host could not read of its configuration, without missing files, which name no certificates."""
    found = answer.get("problems") if _entries(answer) is not None else None
    problems = [item for item in found or [] if isinstance(item, Mapping)] if isinstance(found, (list, tuple)) else []
    return [_text(item.get("message")) for item in problems if item.get("kind") != "missing"]


def _reason(answer: Any) -> str:
    return _text(answer.get("msg") if isinstance(answer, Mapping) else "") or "did not answer"


def _rows(host: str, entries: Iterable[Any], now: datetime) -> List[Dict[str, Any]]:
    return [_row(host, entry, now) for entry in entries if isinstance(entry, Mapping)]


def _row(host: str, entry: Mapping[str, Any], now: datetime) -> Dict[str, Any]:
    """One certificate with its grade at `now`."""
    row: Dict[str, Any] = {"host": _text(host)}
    row.update((key, _text(entry.get(key))) for key in TEXTS)
    row.update((key, _list(entry.get(key))) for key in LISTS)
    bits, fits = entry.get("key_bits"), entry.get("key_fits")
    row["key_bits"] = bits if isinstance(bits, int) else None
    row["key_fits"] = fits if isinstance(fits, bool) else None
    row["self_signed"] = entry.get("self_signed") is True
    row.update(_validity(entry, now))
    if row["grade"] == lifetime.OK and (row["key_fits"] is False or row["problems"]):
        row["grade"] = lifetime.DUE
    return row


def _validity(entry: Mapping[str, Any], now: datetime) -> Dict[str, Any]:
    start, end = parse_time(entry.get("not_before")), parse_time(entry.get("not_after"))
    if start is None or end is None or end < start:
        return dict(not_before=None, not_after=None, days_left=None, share_left=None, grade=lifetime.UNREADABLE)
    left = lifetime.left(start, end, now)
    return {
        "not_before": start.strftime(TIME),
        "not_after": end.strftime(TIME),
        "days_left": left.days,
        "share_left": round(left.share, 4),
        "grade": lifetime.grade(start, end, now),
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _list(value: Any) -> List[str]:
    return [_text(item) for item in value] if isinstance(value, (list, tuple)) else []


def _order(row: Mapping[str, Any]) -> Tuple[bool, str, str, str]:
    """Sort by expiry date; what cannot be read comes last."""
    return row["not_after"] is None, row["not_after"] or "", row["host"], row["path"]


def _summary(rows: List[Dict[str, Any]], hosts: int, silent: int, partial: int) -> Dict[str, Any]:
    counts = {grade: 0 for grade in lifetime.GRADES}
    for row in rows:
        counts[row["grade"]] += 1
    coming = [row for row in rows if row["not_after"] is not None and row["grade"] != lifetime.EXPIRED]
    keys = ("host", "path", "service", "scopes", "subject", "names", "not_after", "days_left")
    return dict(
        counts,
        hosts=hosts,
        silent=silent,
        partial=partial,
        certificates=len(rows),
        next={key: coming[0][key] for key in keys} if coming else None,
    )
