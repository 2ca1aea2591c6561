# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diffie-Hellman parameters: the groups of RFC 7919, the format, what is kept and what is refused."""

import base64
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.module_utils.errors import PlanError
from plugins.module_utils.host import program
from plugins.module_utils.host.program import Ran
from plugins.module_utils.tls.files import dhparams
from plugins.module_utils.tls.files.dhparams import DesiredParameters, Parameters, of_group, read, write
from plugins.module_utils.tls.files.dhparams_data import GROUPS

# What `openssl dhparam 512`, the vendor's example, once made.
SMALL = b"""-----BEGIN DH PARAMETERS-----
MEYCQQCZEkgJ0CQGiCTptIVaAdTW3BJGYQgcZMjduLEwsnwZo+GbR6e3tmUsx+CE
ZhQfJkz1+YFTqt8zaPdqdPf8xbt3AgEC
-----END DH PARAMETERS-----
"""


def openssl(*arguments):
    return subprocess.run(
        ["openssl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    ).stdout


def pem(body, label="DH PARAMETERS"):
    text = base64.b64encode(body).decode("ascii")
    return ("-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, text, label)).encode("ascii")


def named_groups_of_openssl():
    return b"-----BEGIN" in openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048")


@pytest.mark.skipif(
    not named_groups_of_openssl(), reason="the OpenSSL of this machine is older than 3.0: it has no named groups"
)
@pytest.mark.parametrize("name", list(GROUPS))
def test_every_group_is_the_one_that_openssl_has_under_this_name(name):
    assert write(of_group(name)) == openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:" + name)


@pytest.mark.parametrize("name", list(GROUPS))
def test_every_group_has_the_bits_of_its_name_and_64_ones_at_both_ends(name):
    prime = of_group(name).prime
    ones = (1 << 64) - 1
    assert prime.bit_length() == GROUPS[name].bits == int(name[5:])
    assert prime & ones == ones == prime >> (prime.bit_length() - 64)


def test_the_smallest_group_is_a_safe_prime_by_calculation_too():
    p = of_group("ffdhe2048").prime
    assert pow(2, p - 1, p) == 1
    assert dhparams._is_probably_prime(p >> 1)


@pytest.mark.parametrize("name", list(GROUPS))
def test_openssl_reads_what_is_written(name, tmp_path):
    path = tmp_path / "dhparams.pem"
    path.write_bytes(write(of_group(name)))
    assert b"%d bit" % GROUPS[name].bits in openssl("dhparam", "-in", str(path), "-noout", "-text")
    assert read(path.read_bytes()).group == name


@given(prime=st.integers(min_value=1, max_value=1 << 600), generator=st.integers(min_value=1, max_value=1 << 600))
def test_what_is_written_is_read_again(prime, generator):
    assert read(write(Parameters(prime, generator))) == (prime, generator)


@settings(max_examples=300)
@given(st.binary(max_size=40))
def test_no_bytes_in_a_block_are_more_than_no_parameters(body):
    found = read(pem(body))
    assert found is None or (found.prime > 0 and found.generator > 0)


@given(st.data())
def test_a_file_that_was_cut_off_holds_nothing(data):
    whole = write(of_group("ffdhe2048"))
    assert read(whole[: data.draw(st.integers(min_value=0, max_value=len(whole) - 2))]) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no parameters",
        SMALL.replace(b"\nMEYC", b"\n!!!!"),
        SMALL.replace(b"END DH", b"END DSA"),
        pem(b"\x30\x03\x02\x01\x05"),  # one number
        pem(b"\x30\x0c" + b"\x02\x01\x05" * 4),  # four of them
        pem(b"\x30\x06\x02\x01\x85\x02\x01\x02"),  # a negative one
        pem(b"\x30\x06\x02\x01\x05\x04\x01\x02"),  # something else than a number
        pem(b"\x30\x06\x02\x01\x05\x02\x01\x02\x00"),  # something after it
        pem(b"\x30\x06\x02\x01\x05\x02\x01\x02", "X9.42 DH PARAMETERS"),  # unknown to old versions of OpenSSL
    ],
)
def test_what_is_not_in_the_format_of_pkcs_3_is_no_parameters(text):
    assert read(text) is None


def test_the_text_around_and_the_line_ends_do_not_matter():
    assert read(b"# made by hand\r\n" + SMALL.replace(b"\n", b"\r\n") + b"more") == read(SMALL)
    assert (read(SMALL).bits, read(SMALL).generator, read(SMALL).group) == (512, 2, "")


def test_a_length_of_private_values_behind_the_generator_is_read_over():
    # OpenSSL 3 may add the third number that PKCS #3 allows.
    assert read(pem(b"\x30\x0a\x02\x01\x17\x02\x01\x05\x02\x02\x00\xe1")) == (23, 5)


def holds(content, requested):
    return dhparams.holds(read(content), requested)


def test_a_named_group_is_held_only_by_the_same_prime_and_generator():
    group = of_group("ffdhe2048")
    requested = dhparams.desired("ffdhe2048", None)
    assert holds(write(group), requested)
    assert not holds(write(group._replace(generator=5)), requested)
    assert not holds(write(of_group("ffdhe3072")), requested)
    assert not holds(SMALL, requested)
    assert not holds(b"", requested)


def test_parameters_of_ones_own_are_kept_if_they_are_long_enough_and_safe():
    requested = dhparams.desired(None, 2048)
    longer = of_group("ffdhe3072")
    assert holds(write(longer), requested)
    assert not holds(write(of_group("ffdhe2048")), dhparams.desired(None, 2049))
    assert not holds(write(longer._replace(prime=longer.prime - 4)), requested)
    assert not holds(write(longer._replace(generator=1)), requested)
    assert not holds(write(longer._replace(generator=longer.prime - 1)), requested)
    assert not holds(SMALL, requested)


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def test_safe_primes_are_told_from_all_other_numbers():
    told = [p for p in range(11, 20000) if dhparams.is_safe_prime(Parameters(p, 2))]
    assert told == [p for p in range(11, 20000) if is_prime(p) and is_prime((p - 1) // 2)]
    # Strong pseudoprimes to base 2 and a Carmichael number.
    assert not any(map(dhparams._is_probably_prime, (2047, 3277, 4033, 3215031751, 561)))


def test_without_a_word_the_smallest_group_is_requested():
    assert dhparams.desired(None, None) == DesiredParameters("ffdhe2048", 0)
    assert dhparams.desired("ffdhe4096", None).describe() == "ffdhe4096"


@pytest.mark.parametrize("bits", [512, 1024, 2047, 0, -1])
def test_fewer_than_2048_bits_are_refused_with_the_reason(bits):
    with pytest.raises(PlanError, match="%d bits are refused, 2048 are the least.*broken in minutes" % bits):
        dhparams.desired(None, bits)


def test_more_bits_than_openssl_can_work_with_are_refused():
    assert dhparams.desired(None, 8192).bits == 8192
    with pytest.raises(PlanError, match="8193"):
        dhparams.desired(None, 8193)


@pytest.mark.parametrize(
    "label", ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE", "TRUSTED CERTIFICATE"]
)
def test_a_file_with_something_precious_is_refused(label):
    with pytest.raises(PlanError, match="/a.pem holds a key or a certificate"):
        dhparams.refuse_foreign("/a.pem", SMALL + pem(b"x", label))
    dhparams.refuse_foreign("/a.pem", SMALL)


def test_openssl_itself_makes_parameters_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = dhparams.generate(512)  # the size does not matter to the way
    assert made.bits == 512 and dhparams.is_safe_prime(made)
    assert list(tmp_path.iterdir()) == []


def test_an_openssl_that_makes_nothing_is_told_in_its_own_words():
    with pytest.raises(PlanError, match="made no parameters of 2048 bits: .*No such file or directory"):
        dhparams.generate(2048, lambda command, timeout: program.run(["/nonexistent/openssl"], timeout))
    with pytest.raises(PlanError, match="out of memory"):
        dhparams.generate(2048, lambda command, timeout: Ran(1, "....+...\nout of memory"))


def test_an_openssl_that_makes_less_than_asked_for_is_not_believed():
    def run(command, timeout):
        with open(command[command.index("-out") + 1], "wb") as stream:
            stream.write(SMALL)
        return Ran(0, "")

    with pytest.raises(PlanError, match="made no parameters of 2048 bits"):
        dhparams.generate(2048, run)
