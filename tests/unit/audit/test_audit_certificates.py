# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules on certificates over what the reader makes of real ones: their words are those that the rules look for."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="certificates are read with the Python library cryptography")

from audited import node
from cases_certificates import entry

sys.path.insert(0, str(Path(__file__).parents[1] / "pki"))

from certificate_samples import NOW, certificate, key_of

from plugins.module_utils.audit.judge import outcome
from plugins.module_utils.audit.rules import RULES
from plugins.module_utils.pki.inspection import File, inspect
from plugins.module_utils.pki.inventory import CertificateFile
from plugins.module_utils.pki.x509 import keys
from plugins.module_utils.preflight.facts import Facts

PATH, KEY = "/c/mx.pem", "/c/mx.key"
BY_ID = {rule.id: rule for rule in RULES}
OTHER = key_of("ec-p256", 1)
CA = ("Example CA", OTHER)


def described(content, key=None, path=PATH):
    files = {PATH: content, KEY: keys.to_pem(key or key_of())}

    def read(asked):
        if asked not in files:
            raise PermissionError(13, "Permission denied", asked)
        return File(files[asked], 0o640)

    return inspect(CertificateFile(path, KEY, ("SMTP",), ("ESMTP_Listener",)), read, NOW)


def authority(**more):
    return certificate("Example CA", (), key=OTHER, ca=True, **more)


def ruled(rule, entries):
    found = outcome(BY_ID["MSEC-CRT-%03d" % rule], node("", certificates=entries))
    return found.status, " ".join(one.what for one in found.seen)


GOOD = certificate(issuer=CA) + authority()


def test_entries_of_the_fixtures_are_those_of_the_reader():
    assert set(entry()) == set(described(GOOD)[0])


@pytest.mark.parametrize(
    ("rule", "status", "entries", "words"),
    [
        (1, "pass", described(GOOD), "its chain is in order"),
        (1, "fail", described(GOOD, OTHER), "does not fit the certificate"),
        (1, "fail", described(certificate(issuer=CA) + certificate()), "the chain is out of order"),
        (1, "fail", described(certificate(issuer=CA) + certificate("Example CA", key=OTHER)), "no authority"),
        (1, "fail", described(b"\xef\xbb\xbf" + GOOD), PATH),
        (1, "fail", described(b"nothing"), "holds no certificate"),
        (1, "unknown", described(GOOD, path="/c/other.pem"), "Permission denied"),
        (1, "unknown", described(GOOD, path="mx.pem"), "relative path"),
        (2, "pass", described(GOOD), "valid until"),
        (2, "fail", described(certificate(age=91)), "expired on"),
        (2, "fail", described(certificate(age=-2)), "is not yet valid"),
        (2, "fail", described(certificate(issuer=CA) + authority(age=91)), "in the chain"),
        (3, "pass", described(GOOD), "key ec-p256, signature sha256"),
        (3, "fail", described(certificate(key=key_of("rsa-1024"))), "rsa-1024"),
    ],
)
def test_what_speaks_against_a_certificate_is_told_apart(rule, status, entries, words):
    found = ruled(rule, entries)
    assert found[0] == status and words in found[1], found


def test_a_doubt_of_the_reader_is_never_a_pass_of_a_rule():
    unseen = described(GOOD, path="/c/other.pem")
    about = [rule for rule in RULES if rule.area == "CRT"]
    assert {outcome(rule, node("", certificates=unseen, machine=Facts())).status for rule in about} <= {
        "unknown",
        "not_applicable",
    }
