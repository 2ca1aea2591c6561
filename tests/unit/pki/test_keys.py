# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from certificate_samples import certificate, key_of, key_text
from cryptography.hazmat.primitives import serialization

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, keys


def encrypted(format_):
    return key_of().private_bytes(
        serialization.Encoding.PEM, format_, serialization.BestAvailableEncryption(b"planted-passphrase")
    )


@pytest.mark.parametrize("kind", keys.KINDS)
def test_a_key_of_every_kind_is_made_written_and_read_again(kind):
    key = key_of(kind)
    text = keys.to_pem(key)
    assert text.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert keys.kind_of(key) == keys.kind_of(keys.load(text)) == kind
    assert keys.public_digest(key) == keys.public_digest(keys.load(text))
    assert not keys.is_weak(kind, keys.bits_of(key))


def test_a_key_and_its_certificate_have_one_digest_and_other_keys_another():
    read = certificates.load(certificate())
    assert keys.public_digest(read) == keys.public_digest(key_of())
    assert keys.public_digest(read) != keys.public_digest(key_of(which=1))


@pytest.mark.parametrize("format_", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_a_key_with_a_passphrase_is_refused_with_its_file_and_the_remedy(format_):
    with pytest.raises(CertificateError) as caught:
        keys.load(encrypted(format_), "/certs/server.key")
    assert "/certs/server.key is protected by a passphrase" in str(caught.value)
    assert "openssl pkey" in str(caught.value)


def test_what_is_no_key_is_refused_without_quoting_it():
    damaged = b"-----BEGIN PRIVATE KEY-----\ncGxhbnRlZA==\n-----END PRIVATE KEY-----\n"
    for text, words in ((b"planted", "holds no private key"), (damaged, "damaged or of an unknown kind")):
        with pytest.raises(CertificateError) as caught:
            keys.load(text, "/k")
        assert words in str(caught.value)
        assert "planted" not in str(caught.value) and "cGxhbn" not in str(caught.value)


def test_the_key_is_found_behind_parameters_and_words_and_in_traditional_format():
    traditional = key_of().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    found = keys.load(b"words\n" + certificate() + parameters + traditional.replace(b"\n", b"\r\n"))
    assert keys.public_digest(found) == keys.public_digest(key_of())


def test_weak_keys_are_told_by_family():
    assert keys.is_weak("rsa-1024", 1024) and keys.is_weak("dsa-4096", 4096) and keys.is_weak("ec-secp224r1", 224)
    assert not keys.is_weak("ec-p521", 521) and not keys.is_weak("ed448", 448)


def test_an_unknown_kind_is_refused():
    with pytest.raises(CertificateError) as caught:
        keys.generate("rsa-1024")
    assert "known are ec-p256" in str(caught.value)


def test_the_text_of_a_key_has_no_passphrase():
    assert b"ENCRYPTED" not in key_text()
