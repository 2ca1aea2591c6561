# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""sslyze, an independent scanner: what a server accepts, found out from outside."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, List, NamedTuple

VERSIONS = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")
# What the tests of profiles saw, for the end of the run.
SUMMARY: List[str] = []
SCANS = ["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--elliptic_curves", "--reneg"]


class Scan(NamedTuple):
    """The suites accepted in each version, the curves, and whether a client may renegotiate."""

    accepted: Dict[str, FrozenSet[str]]
    curves: FrozenSet[str]
    renegotiates: bool


def scan(address: str, ports: Iterable[int], starttls: bool = True) -> Dict[int, Scan]:
    """Scan ports of an address, several at a time. Raises AssertionError for a port that could not be scanned."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "result.json"
        command = [os.environ["MOMENTUM_SSLYZE"], "--json_out=%s" % path] + ["--starttls=smtp"] * starttls + SCANS
        subprocess.run(command + ["%s:%d" % (address, port) for port in ports], stdout=subprocess.DEVNULL, check=False)
        results = json.loads(path.read_text(encoding="utf-8"))["server_scan_results"]
    return {int(result["server_location"]["port"]): _scan(result) for result in results}


def _scan(result: Dict[str, Any]) -> Scan:
    assert result["scan_status"] == "COMPLETED", result
    found = result["scan_result"]
    accepted = {version: _suites(found[version + "_cipher_suites"]) for version in VERSIONS}
    curves = _completed(found["elliptic_curves"])["supported_curves"] or []
    renegotiation = _completed(found["session_renegotiation"])
    return Scan(
        accepted,
        frozenset(curve["name"] for curve in curves),
        renegotiation["is_vulnerable_to_client_renegotiation_dos"],
    )


def _suites(attempt: Dict[str, Any]) -> FrozenSet[str]:
    return frozenset(one["cipher_suite"]["openssl_name"] for one in _completed(attempt)["accepted_cipher_suites"])


def _completed(attempt: Dict[str, Any]) -> Dict[str, Any]:
    assert attempt["status"] == "COMPLETED", attempt
    return dict(attempt["result"])
