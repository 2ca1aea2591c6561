# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chains in whatever form they arrive, and the files that are deployed from them, as OpenSSL reads them: it shakes hands with them."""

import base64
import shutil
import ssl
import subprocess
import tempfile
from datetime import datetime, timezone

import pytest
from certificate_samples import NOW, Place, certificate, key_of, key_text, name_of
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import keys, pem

TODAY = datetime.now(timezone.utc)
AGE = (NOW - TODAY).days + 5  # samples begin before NOW, and OpenSSL has the clock of the machine
ROOT = certificate("Root", (), 3650, AGE, key_of(which=1), ca=True)
MIDDLE = certificate("Middle", (), 3650, AGE, key_of(which=2), ("Root", key_of(which=1)), ca=True)
LEAF = certificate(age=AGE, key=key_of(which=3), issuer=("Middle", key_of(which=2)))
KEY = key_text(which=3)
OLD = certificate("Middle", (), 3, AGE, key_of(which=2), ("Root", key_of(which=1)), ca=True)
BODY = b"\n".join(MIDDLE.splitlines()[1:-1])

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")


def revocations():
    """A list of revoked certificates (CRL), PEM."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(name_of("Root"))
    made = builder.last_update(NOW.replace(tzinfo=None)).next_update(NOW.replace(tzinfo=None))
    return made.sign(key_of(which=1), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def pkcs7():
    """The certificate of the intermediate in a container, as Microsoft's tools export it."""
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"]
    return subprocess.run(command, input=MIDDLE, stdout=subprocess.PIPE, check=True).stdout


READABLE = {
    "plain": MIDDLE,
    "without a last line end": MIDDLE.rstrip(),
    "a byte order mark": b"\xef\xbb\xbf" + MIDDLE,
    "carriage returns": MIDDLE.replace(b"\n", b"\r\n"),
    "carriage returns alone": MIDDLE.replace(b"\n", b"\r"),
    "trailing blanks": MIDDLE.replace(b"\n", b"  \n"),
    "indented": b"    " + MIDDLE.replace(b"\n", b"\n    "),
    "words around it": b"subject=CN = Middle\nissuer=CN = Root\n" + MIDDLE + b"\n# the end",
    "one line": MIDDLE.replace(BODY, BODY.replace(b"\n", b"")),
    "empty lines": MIDDLE.replace(b"\n", b"\n\n"),
    "given twice": MIDDLE + MIDDLE,
    "the leaf again": LEAF + MIDDLE,
    "the root as well": MIDDLE + ROOT,
    "glued to the root": MIDDLE.rstrip() + ROOT,
}
UNREADABLE = {
    "truncated": (lambda: MIDDLE[:-60], "truncated"),
    "without its first line": (lambda: MIDDLE.split(b"\n", 1)[1], "no BEGIN line"),
    "bare base64": (lambda: BODY, "base64 without its BEGIN line"),
    "a page": (lambda: b"<!DOCTYPE html>\n<html>Sign in</html>", "HTML"),
    "a page after a certificate": (lambda: MIDDLE + b"\n<html>" + MIDDLE.replace(b"\n", b"<br>\n"), "not base64"),
    "PKCS#7": (pkcs7, "PKCS7"),
    "a certificate and PKCS#7": (lambda: MIDDLE + pkcs7(), "PKCS7"),
    "revocations": (revocations, "X509 CRL"),
    "damaged borders": (lambda: MIDDLE.replace(b"-----", b"----"), "BEGIN or END line is damaged"),
    "its key as well": (lambda: MIDDLE + key_text(which=2), "private key"),
    "a damaged certificate": (lambda: MIDDLE.replace(BODY, base64.b64encode(b"x" * 90)), "damaged certificate"),
    "words": (lambda: b"to follow", "holds no certificate"),
    "another leaf": (lambda: certificate("mx2.example.com", (), key=key_of(which=4)), "out of order"),
    "expired": (lambda: OLD, "in the chain: the certificate CN=Middle expired"),
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "certs").mkdir(mode=0o755)
    return Place(tmp_path)


def handshake(path, key):
    """Whether a client that trusts the root accepts a server with these files. Both are OpenSSL, in memory."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path, key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=ROOT.decode())
    streams = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(streams[0], streams[1], server_hostname="mx1.example.com"),
        server.wrap_bio(streams[1], streams[0], server_side=True),
    )
    for _turn in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                return False
    return True


def provided(place, text, **options):
    paths = {"key": place.path("certs/a.key"), "certificate": place.path("certs/a.crt")}
    texts = {"provided_key": KEY.decode(), "provided_certificate": LEAF.rstrip().decode()}
    desired = dict(paths, source="provided", provided_chain=text.decode("utf-8"), **texts)
    return dict(desired, **options)


@pytest.mark.parametrize("form", sorted(READABLE))
def test_a_chain_is_deployed_as_openssl_reads_it_whatever_its_form(place, form):
    result = place.keep(provided(place, READABLE[form]), now=TODAY)
    assert result["changed"] and handshake(place.path("certs/a.crt"), place.path("certs/a.key"))
    deployed = (place.root / "certs/a.crt").read_bytes()
    assert deployed.startswith(LEAF + MIDDLE) and deployed.count(LEAF) == deployed.count(MIDDLE) == 1
    assert not place.keep(provided(place, READABLE[form]), now=TODAY)["changed"]


@pytest.mark.parametrize("form", sorted(UNREADABLE))
@pytest.mark.parametrize("option", ["provided_chain", "signed"])
def test_a_chain_that_cannot_be_read_is_refused_and_nothing_is_written(place, form, option):
    make, words = UNREADABLE[form]
    desired = provided(place, make())
    if option == "signed":
        (place.root / "state/pending/smtp").mkdir(parents=True, mode=0o700)
        (place.root / "state/pending/smtp/key.pem").write_bytes(KEY)
        desired = dict(
            provided(place, b""), source="external", signed=(LEAF + make()).decode(), names=["mx1.example.com"]
        )
    if form == "words" and option == "signed":
        pytest.skip("words after a certificate are commentary")
    told = set()
    for check in (True, False):
        with pytest.raises(CertificateError) as caught:
            place.keep(desired, now=TODAY, check=check)
        told.add(str(caught.value))
    (message,) = told
    assert words in message and "PRIVATE KEY-----" not in message
    assert not list((place.root / "certs").iterdir())


@pytest.mark.parametrize("option", ["provided_certificate", "provided_chain"])
def test_a_key_is_never_written_where_a_chain_belongs(place, option):
    desired = provided(place, MIDDLE, chain=place.path("certs/chain.pem"))
    with pytest.raises(CertificateError) as caught:
        place.keep(dict(desired, **{option: (LEAF + KEY).decode()}), now=TODAY)
    assert "%s: line" % option in str(caught.value) and "private key" in str(caught.value)


@pytest.mark.parametrize("form", sorted(set(READABLE) - {"the leaf again"}))
def test_a_chain_that_another_tool_wrote_is_written_again_where_openssl_cannot_read_it(place, form):
    """And stays as it is where it can: the file then is read by OpenSSL already."""
    path, text = place.path("certs/a.crt"), LEAF + READABLE[form]
    (place.root / "certs/a.crt").write_bytes(text)
    (place.root / "certs/a.key").write_bytes(KEY)
    (place.root / "certs/a.key").chmod(0o600)
    desired = dict(provided(place, b""), source="external", names=["mx1.example.com"])
    predicted = place.keep(desired, now=TODAY, check=True)
    result = place.keep(desired, now=TODAY)
    assert (predicted["changed"], predicted["diff"]) == (result["changed"], result["diff"])
    assert result["units"][0]["state"] == "kept" and handshake(path, place.path("certs/a.key"))
    assert result["changed"] == ((place.root / "certs/a.crt").read_bytes() != text)
    assert result["changed"] == (not pem.is_plain(text) or form == "given twice")
    assert not place.keep(desired, now=TODAY)["changed"]


@pytest.mark.parametrize("form", ["truncated", "bare base64", "PKCS#7", "a page", "words", "a damaged certificate"])
def test_a_chain_on_the_node_that_cannot_be_read_is_refused_not_dropped(place, form):
    (place.root / "certs/a.crt").write_bytes(LEAF)
    (place.root / "certs/chain.pem").write_bytes(UNREADABLE[form][0]())
    (place.root / "certs/a.key").write_bytes(KEY)
    desired = dict(
        provided(place, b""), source="external", names=["mx1.example.com"], chain=place.path("certs/chain.pem")
    )
    for check in (True, False):
        with pytest.raises(CertificateError) as caught:
            place.keep(desired, now=TODAY, check=check)
        assert "chain.pem" in str(caught.value) and "rekey" in str(caught.value)
    # Another certificate that is provided takes its place, as the documentation says.
    place.keep(provided(place, MIDDLE, chain=place.path("certs/chain.pem")), now=TODAY)
    assert (place.root / "certs/chain.pem").read_bytes() == MIDDLE


def test_a_key_in_a_certificate_file_of_another_tool_is_taken_out(place):
    (place.root / "certs/a.crt").write_bytes(LEAF + KEY + MIDDLE)
    (place.root / "certs/a.key").write_bytes(KEY)
    place.keep(dict(provided(place, b""), source="external", names=["mx1.example.com"]), now=TODAY)
    assert (place.root / "certs/a.crt").read_bytes() == LEAF + MIDDLE


@pytest.mark.parametrize("chain, words", [(OLD, "expired on"), (ROOT, "out of order")])
def test_a_chain_of_no_use_that_is_there_is_warned_of(place, chain, words):
    (place.root / "certs/a.crt").write_bytes(LEAF + chain)
    (place.root / "certs/a.key").write_bytes(KEY)
    result = place.keep(dict(provided(place, b""), source="external", names=["mx1.example.com"]), now=TODAY)
    assert any(words in warning for warning in result["warnings"]), result["warnings"]


def test_openssl_serves_the_whole_chain_of_a_glued_file_to_a_client_that_verifies(place):
    place.keep(provided(place, READABLE["a byte order mark"].rstrip()), now=TODAY)
    (place.root / "root.pem").write_bytes(ROOT)
    path, key = place.path("certs/a.crt"), place.path("certs/a.key")
    command = ["openssl", "verify", "-CAfile", str(place.root / "root.pem"), "-untrusted", path, path]
    assert subprocess.run(command, stdout=subprocess.PIPE, check=False).returncode == 0
    assert keys.public_digest(place.key("certs/a.key")) == place.facts("certs/a.crt").public_digest
    served = subprocess.Popen(
        ["openssl", "s_server", "-cert", path, "-cert_chain", path, "-key", key, "-accept", "0", "-naccept", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        line = next(line for line in served.stdout if line.startswith(b"ACCEPT"))
        port = line.split(b":")[-1].split()[0].decode()
        asked = ["openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile", str(place.root / "root.pem")]
        told = subprocess.run(asked, input=b"Q\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout
        assert b"Verify return code: 0 (ok)" in told, told
    finally:
        served.kill()
        served.communicate()


FORMS = [
    lambda text: text,
    lambda text: text.rstrip(),
    lambda text: b" " + text,
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text.replace(b"\n", b"\r\n"),
    lambda text: text.replace(b"\n", b"\r"),
    lambda text: text.replace(b"\n", b" \t\n"),
    lambda text: text.replace(b"\n", b"\n\n", 3),
    lambda text: text.replace(b"-----\n", b"-----\n ", 1),
    lambda text: text.replace(b"\n", b"", 4),
    lambda text: text.replace(b"-----\n", b"-----x\n"),
    lambda text: b"words" + text,
    lambda text: b"words: more\n\n" + text,
    lambda text: text.replace(b"\n-----END", b"-----END"),
]


@given(st.lists(st.tuples(st.sampled_from([ROOT, MIDDLE, OLD]), st.sampled_from(FORMS)), min_size=1, max_size=4))
def test_openssl_reads_every_certificate_of_a_text_without_an_obstacle(parts):
    text = b"".join(form(certificate) for certificate, form in parts)
    known = set(pem.certificates(text))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        try:
            context.load_verify_locations(cafile=file.name)
        except ssl.SSLError:
            pass
    whole = context.cert_store_stats()["x509"] == len(known) == len({certificate for certificate, _form in parts})
    assert whole or pem.obstacle(text)
