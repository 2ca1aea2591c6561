# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates, keys, authorities and parameters: what the TLS library and the daemon's user say about them."""

import os
import pwd
import shutil
import signal
import struct
import subprocess
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tls_node import Node

from plugins.module_utils.tls import identity
from plugins.module_utils.tls.complaints import Refused
from plugins.module_utils.tls.files import judge, order
from plugins.module_utils.tls.files.judge import Identity
from plugins.module_utils.tls.files.key_access import KeyFile, readers

FFDHE2048 = """-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""
SHORT = """-----BEGIN DH PARAMETERS-----
MEYCQQD1Kv884bEpQBgRjXyEpwpy1obEAxnIByl6ypUM2Zafq9AKUJsCRtMIPWak
XUGfnHy9iUsiGSa6q6Jew1XpKgVfAgEC
-----END DH PARAMETERS-----
"""
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """Two pairs, a file with both halves of one, and an encrypted key."""
    directory = tmp_path_factory.mktemp("pki")
    for name in ("one", "two"):
        key, certificate = str(directory / (name + ".key")), str(directory / (name + ".pem"))
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        openssl("req", "-new", "-x509", "-key", key, "-subj", "/CN=%s.example" % name, "-out", certificate)
    (directory / "both.pem").write_text((directory / "one.pem").read_text() + (directory / "one.key").read_text())
    openssl(
        "ec",
        "-aes128",
        "-passout",
        "pass:word",
        "-in",
        str(directory / "one.key"),
        "-out",
        str(directory / "locked.key"),
    )
    return directory


def test_a_pair_fits_in_two_files_and_in_one(pki):
    assert judge.flaw("certificate", str(pki / "one.pem"), str(pki / "one.key")) is None
    assert judge.flaw("certificate", str(pki / "both.pem")) is None


def test_a_key_of_another_certificate_is_named_with_both_files(pki):
    flaw = judge.flaw("certificate", str(pki / "one.pem"), str(pki / "two.key"))
    assert str(pki / "one.pem") in flaw.reason and str(pki / "two.key") in flaw.reason
    assert "does not belong" in flaw.reason


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(pki):
    assert "encrypted" in judge.flaw("certificate", str(pki / "one.pem"), str(pki / "locked.key")).reason


def test_a_certificate_without_a_key_anywhere_does_not_load(pki):
    assert judge.flaw("certificate", str(pki / "one.pem")) is not None


def test_authorities_are_a_bundle_of_certificates(pki):
    assert judge.flaw("ca", str(pki / "one.pem")) is None
    assert "no certificate" in judge.flaw("ca", str(pki / "one.key")).reason


@pytest.mark.parametrize(
    "text, words",
    [(SHORT, "512 bits"), ("", "no Diffie-Hellman"), (FFDHE2048.replace("MIIB", "MII*"), "no Diffie-Hellman")],
)
def test_parameters_that_are_short_or_none_are_refused(tmp_path, text, words):
    (tmp_path / "dh.pem").write_text(text)
    assert words in judge.flaw("dhparams", str(tmp_path / "dh.pem")).reason


def test_a_group_of_rfc_7919_is_taken(tmp_path):
    (tmp_path / "dh.pem").write_text(FFDHE2048)
    assert judge.flaw("dhparams", str(tmp_path / "dh.pem")) is None
    assert judge.dh_bits(FFDHE2048.encode()) == 2048


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x05\x01"])
def test_damaged_parameters_are_no_parameters(der):
    import base64

    pem = b"-----BEGIN DH PARAMETERS-----\n" + base64.b64encode(der) + b"\n-----END DH PARAMETERS-----\n"
    assert judge.dh_bits(pem) is None


def test_what_is_no_file_is_said_plainly(tmp_path):
    assert "absolute" in judge.flaw("ca", "etc/ca.pem").reason
    assert "directory" in judge.flaw("ca", str(tmp_path)).reason
    missing = judge.flaw("ca", str(tmp_path / "ca.pem"))
    assert missing.missing and "No such file" in missing.reason


def nobody():
    entry = pwd.getpwnam("nobody")
    return Identity("nobody", entry.pw_uid, entry.pw_gid)


@pytest.fixture
def open_directory():
    """A directory that everybody can enter, unlike those of pytest."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(str(directory))


@ROOT_ONLY
def test_a_child_that_became_the_user_tries_the_files(open_directory):
    for name, mode in (("open", 0o644), ("closed", 0o600), ("grouped", 0o640)):
        (open_directory / name).write_text("x")
        (open_directory / name).chmod(mode)
    os.chown(str(open_directory / "grouped"), 0, 4711)
    names = [str(open_directory / name) for name in ("open", "closed", "grouped", "missing")]
    refused = judge.unreadable(names, nobody())
    assert list(refused) == names[1:]
    assert refused[names[1]] == "Permission denied" and refused[names[3]] == "No such file or directory"
    member = nobody()._replace(groups=(4711,))
    assert list(judge.unreadable(names, member)) == [names[1], names[3]]
    assert os.geteuid() == 0


@ROOT_ONLY
def test_a_file_that_the_daemons_user_cannot_open_is_refused_with_its_name(open_directory):
    (open_directory / "dh.pem").write_text(FFDHE2048)
    (open_directory / "dh.pem").chmod(0o600)
    target = {"dhparams_file": str(open_directory / "dh.pem")}
    with pytest.raises(Refused) as refused:
        Node(identity=nobody()).resolve(target)
    (complaint,) = refused.value.complaints
    assert "nobody" in complaint.reason and complaint.option == "TLS_DHParams_File"
    (open_directory / "dh.pem").chmod(0o644)
    Node(identity=nobody()).resolve(target)


def test_without_an_identity_the_present_user_is_taken(tmp_path):
    (tmp_path / "file").write_text("x")
    assert judge.unreadable([str(tmp_path / "file")], None) == {}
    assert list(judge.unreadable([str(tmp_path / "missing")], None)) == [str(tmp_path / "missing")]


def test_the_identity_is_that_of_the_security_stanza_in_force():
    text = 'Security {\n  User = "root"\n  Supplemental_Groups = ( "daemon" )\n}\n'
    found = identity.daemon_identity(Node(text).effective())
    assert (found.name, found.uid, found.gid, len(found.groups)) == ("root", 0, 0, 1)
    assert identity.daemon_identity(Node().effective()) is None
    assert identity.daemon_identity(Node('Security {\n  User = "no-such-user"\n}\n').effective()) is None


def test_the_halves_of_a_pair_are_found_where_they_are_inherited_from(pki):
    node = Node('ESMTP_Listener {\n  TLS_Key = "%s"\n}\n' % (pki / "two.key"))
    certificate = {"certificate": str(pki / "one.pem"), "key": str(pki / "one.key")}
    with pytest.raises(Refused) as refused:
        node.resolve(certificate)
    (complaint,) = refused.value.complaints
    assert complaint.scope == "ESMTP_Listener" and str(pki / "two.key") in complaint.reason
    node.resolve({"scope": ["ESMTP_Listener"], "key": ""}, certificate)


def test_the_word_none_switches_a_certificate_off_without_a_file():
    outcome = Node('TLS_Certificate = "/nowhere.pem"\n').resolve({"scope": ['Binding "b"'], "certificate": "none"})
    assert [change.after for change in outcome.plan.changes] == ["none"]


def test_pairs_that_the_task_is_not_about_are_left_alone():
    node = Node('ESMTP_Listener {\n  TLS_Certificate = "/nowhere.pem"\n}\n')
    node.resolve({"scope": ["ESMTP_Listener"], "renegotiation": False})
    node.resolve({"scope": ["HTTP_Listener"], "certificate": "none"})


def test_no_text_of_a_key_comes_back(tmp_path):
    (tmp_path / "key").write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXdvcmRz\n-----END PRIVATE KEY-----\n")
    (tmp_path / "pem").write_text("secret-words")
    assert "secret" not in str(judge.flaw("certificate", str(tmp_path / "pem"), str(tmp_path / "key")))
    assert "c2Vj" not in str(judge.flaw("certificate", str(tmp_path / "pem"), str(tmp_path / "key")))


@ROOT_ONLY
def test_a_child_that_its_account_stops_is_not_waited_for_without_end(open_directory, monkeypatch):
    (open_directory / "open").write_text("x")
    real = judge._become

    def stopped(identity):
        real(identity)
        os.kill(os.getpid(), signal.SIGSTOP)

    monkeypatch.setattr(judge, "_become", stopped)
    monkeypatch.setattr(judge, "PATIENCE", 0.3)
    refused = judge.unreadable([str(open_directory / "open")], nobody())
    assert list(refused.values()) == ["could not be tried: the child did not finish within 0.3 seconds"]


def lapsed(directory, name):
    """A pair that expired in 2020; its certificate as PEM."""
    from plugins.module_utils.pki.x509 import keys, requests, selfsigned

    key, end = keys.generate(), datetime(2020, 1, 1, tzinfo=timezone.utc)
    made = selfsigned.build(key, requests.DesiredCertificate(name, ("DNS:old.example.com",)), 9, end)
    (directory / (name + ".key")).write_bytes(keys.to_pem(key))
    (directory / (name + ".key")).chmod(0o600)
    (directory / (name + ".pem")).write_bytes(requests.to_pem(made))
    return (directory / (name + ".pem")).read_text()


def test_expired_authorities_and_certificates_are_warned_of(pki, tmp_path):
    pytest.importorskip("cryptography")
    (tmp_path / "ca.pem").write_text(lapsed(tmp_path, "old") + (pki / "one.pem").read_text())
    (tmp_path / "pair.pem").write_text((tmp_path / "old.pem").read_text())
    outcome = Node().resolve({"ca": str(tmp_path / "ca.pem")})
    (warning,) = [one for one in outcome.warnings if "expired" in one]
    assert warning.startswith("TLS_CA: 1 of 2 certificates in %s have expired" % (tmp_path / "ca.pem"))
    pair = {"certificate": str(tmp_path / "pair.pem"), "key": str(tmp_path / "old.key")}
    (warning,) = [one for one in Node().resolve(pair).warnings if "expired" in one]
    assert warning.startswith(
        "TLS_Certificate: certificates in %s have expired (number 1 on " % (tmp_path / "pair.pem")
    )
    assert not [one for one in Node().resolve({"ca": str(pki / "one.pem")}).warnings if "expired" in one]


@pytest.fixture(scope="module")
def chained(tmp_path_factory):
    """A leaf below two authorities below a root."""
    directory = tmp_path_factory.mktemp("chain")
    above = ""
    for name in ("root", "upper", "lower", "leaf"):
        key, request, certificate = (str(directory / (name + end)) for end in (".key", ".csr", ".pem"))
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", "/CN=" + name, "-out", request)
        signed = (
            ["-signkey", key] if not above else ["-CA", above + ".pem", "-CAkey", above + ".key", "-CAcreateserial"]
        )
        openssl("x509", "-req", "-in", request, *signed, "-out", certificate)
        above = str(directory / name)
    (directory / "leaf.key").chmod(0o600)
    return directory


@pytest.mark.parametrize(
    "names, words",
    [
        ("leaf", ""),
        ("leaf lower upper", ""),
        ("leaf lower upper root", ""),
        ("leaf upper lower", "of its 3 certificates, put them in the order 1, 3, 2"),
        ("leaf root upper lower", "put them in the order 1, 4, 3, 2"),
        ("leaf upper", "take out number 2, which is the issuer of none, or add what is between"),
        ("leaf leaf lower", "take out number 2"),
    ],
)
def test_a_chain_in_another_order_is_warned_of_with_the_right_one(chained, tmp_path, names, words):
    """OpenSSL loads it, and sends it as it is."""
    path, key = tmp_path / "chain.pem", str(chained / "leaf.key")
    path.write_text("".join((chained / (name + ".pem")).read_text() for name in names.split()))
    assert judge.flaw("certificate", str(path), key) is None
    outcome = Node().resolve({"certificate": str(path), "key": key})
    found = [one for one in outcome.warnings if "out of order" in one]
    assert (
        found == []
        if not words
        else found[0].startswith("TLS_Certificate: the chain in %s is" % path) and words in found[0]
    )


@pytest.mark.parametrize(
    "text", ["", "words", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "none"]
)
def test_nothing_is_said_of_the_order_of_what_holds_no_certificate(text, tmp_path):
    if text != "none":
        (tmp_path / "chain.pem").write_text(text)
    assert judge.disorder(str(tmp_path / "chain.pem")) == ""
    assert order.leaf_of([]) == 0


@pytest.mark.parametrize("names, numbers", [("lower leaf upper", "2, 1, 3"), ("upper lower leaf", "3, 2, 1")])
def test_a_leaf_that_is_not_the_first_is_refused_with_the_right_order(chained, tmp_path, names, numbers):
    path = tmp_path / "chain.pem"
    path.write_text("".join((chained / (name + ".pem")).read_text() for name in names.split()))
    flaw = judge.flaw("certificate", str(path), str(chained / "leaf.key"))
    assert "the leaf, to which the key belongs, must be the first" in flaw.reason and numbers in flaw.remedy
    flaw = judge.flaw("certificate", str(chained / "leaf.pem"), str(chained / "root.key"))
    assert "does not belong to the certificate" in flaw.reason


@pytest.mark.parametrize("kind, key", [("certificate", "one.key"), ("ca", "")])
@pytest.mark.parametrize("mark", ["\ufeff", "words "])
def test_a_file_of_which_the_library_skips_a_part_is_refused(pki, tmp_path, kind, key, mark):
    text = (pki / "one.pem").read_text() + mark + (pki / "two.pem").read_text()
    (tmp_path / "chain.pem").write_text(text)
    flaw = judge.flaw(kind, str(tmp_path / "chain.pem"), str(pki / key) if key else "")
    assert (
        flaw
        and "OpenSSL cannot read the block CERTIFICATE" in flaw.reason
        and str(tmp_path / "chain.pem") in flaw.reason
    )


def test_parameters_that_openssl_skips_are_refused(tmp_path):
    (tmp_path / "dh.pem").write_text("\ufeff" + FFDHE2048)
    flaw = judge.flaw("dhparams", str(tmp_path / "dh.pem"))
    assert flaw and "OpenSSL cannot read the block DH PARAMETERS" in flaw.reason


def test_what_an_earlier_task_creates_may_be_missing_in_check_mode_and_nothing_else(tmp_path):
    certificate, key = str(tmp_path / "certs/mx.pem"), str(tmp_path / "certs/mx.key")
    desired = {"certificate": certificate, "key": key}
    for expected in ([certificate, key], [str(tmp_path / "certs") + "/"]):
        outcome = Node().resolve(desired, expected=expected)
        assert outcome.not_judged == [certificate, key]
        assert not [one for one in outcome.warnings if key in one]
    for expected in ([], [certificate], [str(tmp_path / "cert")]):
        with pytest.raises(Refused) as refused:
            Node().resolve(desired, expected=expected)
        missing = [path for path in (certificate, key) if path not in expected]
        assert ": %s: No such file" % ", ".join(missing) in str(refused.value)


def test_a_file_that_cannot_be_looked_at_is_not_missing(tmp_path, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(judge, "_copy", refuse)
    assert judge.flaw("ca", str(tmp_path / "ca.pem")).missing == ()


DAEMON = Identity("ecuser", 900, 901, (902,))


def access_list(*entries):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@pytest.mark.parametrize(
    "key, who",
    [
        (KeyFile(0, 0, 0o600), []),
        (KeyFile(0, 901, 0o640), []),
        (KeyFile(0, 902, 0o640), []),
        (KeyFile(900, 901, 0o640), []),
        (KeyFile(0, 0, 0o640), []),
        (KeyFile(0, 0, 0o644), ["every account"]),
        (KeyFile(0, 4711, 0o640), ["the group 4711"]),
        (KeyFile(0, 4711, 0o600), []),
        (KeyFile(4712, 0, 0o600), ["its owner 4712"]),
        (KeyFile(0, 0, 0o640, access_list((2, 4, 4713), (0x10, 4, 0))), ["4713 by an access list"]),
        (KeyFile(0, 0, 0o640, access_list((8, 4, 4714), (0x10, 4, 0))), ["the group 4714 by an access list"]),
        (KeyFile(0, 0, 0o600, access_list((2, 4, 4713), (0x10, 0, 0))), []),
    ],
)
def test_a_key_is_for_root_and_the_daemon(key, who):
    assert readers(key, DAEMON) == who


def test_without_an_identity_only_what_everybody_may_counts():
    assert readers(KeyFile(0, 4711, 0o640), None) == []
    assert readers(KeyFile(0, 0, 0o604), None) == ["every account"]


@pytest.mark.parametrize("combined", [False, True])
def test_a_key_that_others_can_read_is_refused_where_it_is_asked_for_and_warned_of_elsewhere(
    pki, open_directory, combined
):
    for name in ("one.pem", "one.key", "both.pem"):
        shutil.copy(str(pki / name), str(open_directory / name))
    key = open_directory / ("both.pem" if combined else "one.key")
    key.chmod(0o644)
    target = {"certificate": str(open_directory / "both.pem")}
    if not combined:
        target = {"certificate": str(open_directory / "one.pem"), "key": str(key)}
    with pytest.raises(Refused) as refused:
        Node().resolve(target)
    assert str(key) in str(refused.value) and "every account" in str(refused.value) and "0640" in str(refused.value)
    spelled = "".join('TLS_%s = "%s"\n' % (name.capitalize(), path) for name, path in target.items())
    warnings = (
        Node("ESMTP_Listener {\n%s}\n" % spelled).resolve({"scope": ["HTTP_Listener"], "renegotiation": False}).warnings
    )
    assert [str(key) in words for words in warnings] == [True]
    warnings = Node().resolve(target, closed=[str(open_directory)]).warnings
    assert [str(key) in words for words in warnings] == [True]
    key.chmod(0o600)
    assert Node().resolve(target).warnings == []
