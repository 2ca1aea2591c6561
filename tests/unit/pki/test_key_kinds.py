# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A renewal keeps the kind and size of the key; where that cannot be, it says so, with the option that decides."""

import os

import pytest
from certificate_samples import DAY, NOW, Place, certificate, key_of, planned
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa

from plugins.module_utils.pki.authority import issuer, manage, signing
from plugins.module_utils.pki.authority import root as authority
from plugins.module_utils.pki.authority.files import Paths
from plugins.module_utils.pki.authority.root import DesiredAuthority
from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, keys, requests

MADE = {
    "rsa-2560": lambda: rsa.generate_private_key(65537, 2560),
    "rsa-2048": lambda: key_of("rsa-2048"),
    "ec-p384": lambda: key_of("ec-p384"),
    "ec-p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ec-secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "ec-brainpoolP256r1": lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
    "ed25519": lambda: key_of("ed25519"),
    "ed448": ed448.Ed448PrivateKey.generate,
    "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),
    "ec-secp224r1": lambda: ec.generate_private_key(ec.SECP224R1()),
    "dsa-2048": lambda: dsa.generate_private_key(2048),
}
KEPT = sorted(set(MADE) - {"rsa-1024", "ec-secp224r1", "dsa-2048"})
UNSIGNED = ["ec-brainpoolP256r1", "ec-secp256k1", "ed448"]
_KEYS = {}


def key_and_text(kind):
    if kind not in _KEYS:
        _KEYS[kind] = MADE[kind]()
    form = serialization.PrivateFormat.PKCS8
    return _KEYS[kind], _KEYS[kind].private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def put(place, kind, **options):
    key, text = key_and_text(kind)
    (place.root / "certs").mkdir(mode=0o755)
    (place.root / "certs/server.crt").write_bytes(certificate(key=key, **options))
    descriptor = os.open(place.path("certs/server.key"), os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, text)
    os.close(descriptor)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def both(place, desired):
    """The result of the run, whose kind and reason check mode has told before."""
    predicted = place.keep(desired, check=True)
    done = place.keep(desired)
    for key in ("state", "reason", "key_type"):
        assert predicted["units"][0][key] == done["units"][0][key]
    assert (predicted["changed"], predicted["diff"]) == (done["changed"], done["diff"])
    return done["units"][0]


def refusal(place, desired):
    """The words of the refusal, which check mode has too; nothing was written."""
    told = set()
    for check in (True, False):
        with pytest.raises(CertificateError) as caught:
            place.keep(desired, check=check)
        told.add(str(caught.value))
    assert (
        sorted(os.listdir(place.path("certs"))) == ["server.crt", "server.key"] and not (place.root / "state").exists()
    )
    (words,) = told
    return words


@pytest.mark.parametrize("kind", KEPT)
def test_a_renewal_keeps_the_kind_of_the_key(place, kind):
    put(place, kind, age=80)
    old = place.facts().public_digest
    unit = both(place, {})
    assert (unit["state"], unit["key_type"]) == ("renewed", kind) and "new key" not in unit["reason"]
    assert place.fits() and place.facts().kind == keys.kind_of(place.key()) == kind
    assert place.facts().public_digest != old
    assert not place.keep()["changed"]


@pytest.mark.parametrize("kind", ["rsa-2560", "ec-p521"])
def test_a_request_keeps_the_kind_of_the_key_and_is_signed(place, kind):
    put(place, kind, age=80)
    desired = {"source": "external", "names": ["mx1.example.com"]}
    asked = both(place, desired)
    assert (asked["state"], asked["key_type"]) == ("requested", kind)
    assert keys.kind_of(requests.load(asked["request"].encode())) == kind
    signing.refuse_other(asked["request"].encode(), signing.Asked(("DNS:mx1.example.com",), "", ("server",), "", 90))


@pytest.mark.parametrize("kind", UNSIGNED)
def test_a_kind_that_no_authority_signs_for_is_refused_before_anything_is_asked(place, kind):
    put(place, kind, age=80)
    for source in ("external", "authority"):
        words = refusal(place, {"source": source, "names": ["mx1.example.com"]})
        assert kind in words and "set key_type" in words
    asked = both(place, {"source": "external", "names": ["mx1.example.com"], "key_type": "rsa-2048"})
    assert asked["key_type"] == "rsa-2048"


@pytest.mark.parametrize("kind, successor", [("rsa-1024", "rsa-2048"), ("ec-secp224r1", "ec-p256")])
def test_a_weak_key_is_replaced_by_the_least_of_its_family_and_the_result_says_so(place, kind, successor):
    put(place, kind)
    unit = both(place, {})
    assert (unit["state"], unit["key_type"]) == ("replaced", successor) and place.facts().kind == successor
    assert "weak key (%s)" % kind in unit["reason"]
    assert "the new key is %s because %s is too weak, and key_type is not set" % (successor, kind) in unit["reason"]


def test_a_kind_of_which_no_key_is_made_is_refused_with_the_option(place):
    put(place, "dsa-2048")
    words = refusal(place, {})
    assert "the present key is dsa-2048" in words and "set key_type, such as ec-p256" in words
    assert both(place, {"key_type": "rsa-2048"})["key_type"] == "rsa-2048"


@pytest.mark.parametrize("kind", UNSIGNED)
def test_a_kind_that_could_not_be_renewed_is_kept_until_then(place, kind):
    put(place, kind, issuer=("Authority", key_of("ec-p256", 9)))
    assert not place.keep({"source": "external", "names": ["mx1.example.com"]})["changed"]


@pytest.mark.parametrize("new_key", [True, False])
@pytest.mark.parametrize("desired", [{"rekey": True}, {"names": ["mx2.example.com"]}])
def test_other_reasons_for_a_new_certificate_keep_the_kind_too(place, new_key, desired):
    put(place, "rsa-2560")
    assert both(place, dict(desired, new_key=new_key))["key_type"] == "rsa-2560"


def test_a_key_that_is_missing_is_of_the_kind_of_its_certificate():
    found = planned({"/certs/server.crt": certificate(key=key_and_text("rsa-2560")[0])})
    assert (found.state, found.kind) == ("created", "rsa-2560")


def test_a_damaged_certificate_does_not_take_the_kind_of_the_key_away():
    text = key_and_text("rsa-2560")[1]
    found = planned({"/certs/server.crt": b"damaged", "/certs/server.key": text}, rekey=True)
    assert found.kind == "rsa-2560"


@pytest.mark.parametrize("kind", ["rsa-2560", "ec-p384", "ed25519"])
def test_an_authority_keeps_the_kind_of_its_key_unless_the_task_asks_for_another(tmp_path, kind):
    directory = tmp_path / "ca"
    directory.mkdir(mode=0o700)
    desired = DesiredAuthority("Example CA", "", ("DNS:example.com",), 3650, 1 / 3, 14, 398)
    paths = Paths(str(directory / "ca.key"), str(directory / "ca.pem"), None)
    root = authority.build(key_and_text(kind)[0], desired, 1, NOW)
    (directory / "ca.pem").write_bytes(requests.to_pem(root))
    (directory / "ca.key").write_bytes(issuer.to_pem(key_and_text(kind)[0], None))
    (directory / "ca.key").chmod(0o600)

    def keep(now, check=False, **options):
        task = manage.Task(desired._replace(**options), paths, None, False, str(directory / "state"), check)
        return manage.keep(task, now)

    assert keep(NOW)["state"] == "kept"
    due = NOW + 2600 * DAY
    predicted, done = keep(due, check=True), keep(due)
    assert (predicted["state"], predicted["diff"]) == (done["state"], done["diff"]) and done["state"] == "announced"
    assert certificates.read((directory / "ca.pem.next").read_bytes()).kind == kind
    assert keep(due + DAY)["state"] == "kept"
    assert keep(due + DAY, check=True, kind="rsa-4096")["state"] == "announced"
