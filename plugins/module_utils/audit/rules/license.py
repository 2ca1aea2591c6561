# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The licence, without which a daemon that stops does not start again."""

from typing import Iterator, Sequence

from ...catalog.catalog import parse_version
from ...license.judge import DesiredLicense
from ...license.tools import ENFORCED, UNCONFIRMED, VALID
from ...license.tools import UNKNOWN as NOT_TOLD
from ..evidence import CouldNotLook, Evidence
from ..rule import DECLARED, DISK, FAIL, HIGH, MEDIUM, MTA, PASS, Rule, Seen
from .common import seen

WARN_DAYS = DesiredLicense().warn_days
_SIGNED_ANEW = "5.3.0"  # the first version with licences that FIPS permits (page 4/before-you-begin)


def _readable(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.license()
    path = str(found["path"])
    for words in found["problems"]:
        yield Seen(FAIL, DISK, "%s: %s" % (path, words), path)
    if found["present"] and not found["problems"]:
        words = "%s (%s:%s %s) is there, and the daemon can read it"
        yield Seen(PASS, DISK, words % (path, found["owner"], found["group"], found["mode"]), path)


def _lasting(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.license()
    left = found["days_left"]
    if left is None:
        raise CouldNotLook("the licence does not show its last day, and nobody has given it")
    words = "%d days are left" % left if left >= 0 else "it ended %d days ago" % -left
    yield seen(left >= WARN_DAYS, DISK, words, str(found["path"]))


def _valid(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.license()
    if not found["present"]:
        raise CouldNotLook("there is no licence to ask about")
    if found["validity"] == NOT_TOLD:
        raise CouldNotLook("neither ec_lic nor the daemon says anything of the licence")
    words = {VALID: "Momentum calls it valid", UNCONFIRMED: "Momentum does not confirm it: %s" % found["said"]}
    yield seen(found["validity"] == VALID, DISK, words[found["validity"]], str(found["path"]))


def _permitted(evidence: Evidence) -> Iterator[Seen]:
    found, version = evidence.license(), evidence.host.version
    if found["fips"] == NOT_TOLD:
        raise CouldNotLook("openssl does not say whether it enforces FIPS")
    if found["fips"] != ENFORCED:
        yield Seen(PASS, DISK, "OpenSSL does not enforce FIPS")
    elif version and parse_version(version) < parse_version(_SIGNED_ANEW):
        yield Seen(FAIL, DISK, "OpenSSL enforces FIPS, and %s knows licences with DSA and SHA-1 alone" % version)
    else:
        raise CouldNotLook("OpenSSL enforces FIPS, and how the licence is signed cannot be seen")


RULES: Sequence[Rule] = (
    Rule(
        "MSEC-LIC-001",
        "The licence is there, the daemon reads it, and nobody else changes it",
        "A daemon without one starts only if it can fetch one, and one that runs ends within 15 minutes.",
        HIGH,
        (DECLARED, DISK),
        _readable,
        "momentum_license",
        ("page 4/before-you-begin", "page 4/config/ref-license", "NIST SP 800-53 CP-10"),
        MTA,
    ),
    Rule(
        "MSEC-LIC-002",
        "The licence does not end within %d days" % WARN_DAYS,
        "The daemon ends with it, and does not start with one that ends within a week.",
        HIGH,
        (DISK,),
        _lasting,
        "momentum_license with a new one, and its last day in momentum_license_expires",
        ("page 4/before-you-begin", "page 4/config/ref-license", "NIST SP 800-53 CP-10"),
        MTA,
    ),
    Rule(
        "MSEC-LIC-003",
        "Momentum confirms the licence",
        "One of another host, or for other addresses, is there and does not count.",
        HIGH,
        (DECLARED, DISK),
        _valid,
        "momentum_license, with momentum_license_require: valid",
        ("page 4/executable/ec-lic", "NIST SP 800-53 CP-10"),
        MTA,
    ),
    Rule(
        "MSEC-LIC-004",
        "FIPS mode of OpenSSL permits the signature of the licence",
        "A licence that is signed with DSA and SHA-1 is invalid where OpenSSL permits approved algorithms "
        "alone, and the daemon does not start.",
        MEDIUM,
        (DISK,),
        _permitted,
        "ask the vendor for a licence that is signed with ECDSA, and upgrade to 5.3.0 or later",
        ("page 4/before-you-begin", "NIST SP 800-53 SC-13"),
        MTA,
    ),
)
