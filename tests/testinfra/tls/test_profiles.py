# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each profile serves its protocols and suites, and refuses the rest: as a scanner sees it from outside."""

from typing import Any, Dict, FrozenSet

import pytest
import scanner
from expected import NONE, PROFILES

RSA, EC = 2600, 2700


@pytest.fixture(scope="module")
def scans(address: str) -> Dict[int, scanner.Scan]:
    """All listeners of profiles, and port 25."""
    count = len(PROFILES)
    return scanner.scan(address, [25, *range(RSA, RSA + count), *range(EC, EC + count), 2591])


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_serves_its_suites_and_no_others(scans: Dict[int, scanner.Scan], profile: str, kind: str) -> None:
    port = {"rsa": RSA, "ec": EC}[kind] + list(PROFILES).index(profile)
    found, served = scans[port].accepted, PROFILES[profile]
    scanner.SUMMARY.append(_line(profile, kind, found))
    assert found["tls_1_3"] == served.suites
    assert found["tls_1_2"] == getattr(served, kind)
    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"):
        assert found[version] == NONE, version


def _line(profile: str, kind: str, found: Dict[str, FrozenSet[str]]) -> str:
    spoken = " ".join("%s:%d" % (version, len(suites)) for version, suites in found.items() if suites)
    return "%-26s key %-3s  %s" % (profile, kind, spoken)


def test_groups_are_those_of_the_global_scope(scans: Dict[int, scanner.Scan]) -> None:
    for port, scan in scans.items():
        assert scan.curves == {"X25519", "secp256r1", "secp384r1"}, port


def test_renegotiation_is_refused_where_a_profile_says_so_and_nowhere_else(scans: Dict[int, scanner.Scan]) -> None:
    for index, profile in enumerate(PROFILES):
        assert scans[RSA + index].renegotiates is (profile == "vendor-minimum"), profile
    assert scans[2591].renegotiates


def test_implicit_tls_serves_the_profile_of_the_global_scope(address: str) -> None:
    (found,) = scanner.scan(address, [465], starttls=False).values()
    assert found.accepted["tls_1_2"] == PROFILES["mozilla-intermediate@6.0"].ec
    assert found.accepted["tls_1_3"] == PROFILES["mozilla-intermediate@6.0"].suites


def test_sslv3_cannot_be_offered_by_this_openssl_at_all(mta1: Any) -> None:
    """So the refusal of SSLv3 above proves the listener, not the option: it is stated rather than pretended."""
    options = mta1.run("openssl s_client -help 2>&1").stdout
    assert "-tls1_2" in options and "-ssl3" not in options
