# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an authority: who may read them, what is in them, and that nothing is lost of them."""

import os
import stat
from datetime import datetime, timedelta, timezone

import pytest
from authorities import DESIRED, NOW

from plugins.module_utils.pki.authority import issuer
from plugins.module_utils.pki.authority import manage as keeper
from plugins.module_utils.pki.authority.files import Paths
from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, keys

SECRET = b"open sesame"


@pytest.fixture
def directory(tmp_path):
    """A directory in which only its owner can exchange files, under an umask that gives everything away."""
    before = os.umask(0)
    place = tmp_path / "private"
    place.mkdir(mode=0o755)
    yield place
    os.umask(before)


def keep(directory, now=NOW, passphrase=SECRET, renew=False, check_mode=False, **desired):
    ca = str(directory / "ca")
    paths = Paths(ca + "/ca.key", ca + "/ca.pem", ca + "/bundle.pem")
    task = keeper.Task(DESIRED._replace(**desired), paths, passphrase, renew, ca + "/.state", check_mode)
    return keeper.keep(task, now)


def content(directory, name):
    return (directory / "ca" / name).read_bytes()


def names(directory):
    return sorted(path.name for path in (directory / "ca").iterdir() if path.is_file())


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_for_their_owner_alone_whatever_the_umask(directory):
    keep(directory)
    keep(directory, renew=True)
    assert names(directory) == ["bundle.pem", "ca.key", "ca.key.next", "ca.pem", "ca.pem.next"]
    assert mode(directory / "ca") == mode(directory / "ca" / ".state") == 0o700
    assert mode(directory / "ca" / "ca.key") == mode(directory / "ca" / "ca.key.next") == 0o600
    assert mode(directory / "ca" / "ca.pem") == mode(directory / "ca" / "bundle.pem") == 0o644
    assert all(b"ENCRYPTED" in content(directory, name) for name in ("ca.key", "ca.key.next"))


def test_check_mode_tells_the_same_and_makes_nothing(directory):
    told = keep(directory, check_mode=True)
    assert not (directory / "ca").exists()
    done = keep(directory)
    assert told["changed"] is done["changed"] is True
    assert told["diff"] == done["diff"]
    assert (told["state"], told["fingerprint"], told["bundle"]) == ("created", "", "")
    assert done["fingerprint"]


def test_a_switch_takes_the_announced_pair_over_and_forgets_the_old_key(directory):
    keep(directory)
    old = content(directory, "ca.key")
    keep(directory, renew=True)
    following = content(directory, "ca.key.next")
    result = keep(directory, now=NOW + timedelta(days=15))
    assert result["state"] == "switched"
    assert names(directory) == ["bundle.pem", "ca.key", "ca.pem", "ca.pem.previous"]
    assert content(directory, "ca.key") == following != old
    key = issuer.load_key(following, SECRET, "ca.key")
    assert keys.public_digest(key) == certificates.read(content(directory, "ca.pem")).public_digest
    assert [root["role"] for root in result["roots"]] == ["signs", "trusted"]
    assert result["roots"][1]["trusted_until"] == "2028-01-08T10:00:00Z"
    assert content(directory, "bundle.pem") == result["bundle"].encode()


def test_a_key_that_was_open_is_encrypted_and_a_mode_corrected(directory):
    keep(directory, passphrase=None)
    fingerprint = certificates.read(content(directory, "ca.pem")).fingerprint
    (directory / "ca" / "ca.key").chmod(0o644)
    result = keep(directory)
    assert (result["state"], result["changed"]) == ("corrected", True)
    assert "0644" in result["diff"][0]["before"] and "0600, encrypted" in result["diff"][0]["after"]
    assert mode(directory / "ca" / "ca.key") == 0o600
    assert b"ENCRYPTED" in content(directory, "ca.key")
    assert certificates.read(content(directory, "ca.pem")).fingerprint == fingerprint
    assert keep(directory)["changed"] is False


def test_a_bundle_that_somebody_changed_is_written_anew_and_comments_are_left_alone(directory):
    keep(directory)
    pem = content(directory, "ca.pem")
    (directory / "ca" / "bundle.pem").write_bytes(b"# our own authority\n" + pem)
    assert keep(directory)["changed"] is False
    (directory / "ca" / "bundle.pem").write_bytes(b"nothing\n")
    assert keep(directory)["state"] == "corrected"
    assert content(directory, "bundle.pem") == pem


@pytest.mark.parametrize(
    "passphrase, words", [(b"another", "the passphrase does not open it"), (None, "protected by a passphrase")]
)
def test_without_its_passphrase_an_authority_is_left_alone(directory, passphrase, words):
    keep(directory)
    before = {name: content(directory, name) for name in names(directory)}
    with pytest.raises(CertificateError, match=words):
        keep(directory, passphrase=passphrase, renew=True)
    assert {name: content(directory, name) for name in names(directory)} == before


def test_half_a_pair_is_never_completed(directory):
    keep(directory, renew=True)
    keep(directory, renew=True)
    (directory / "ca" / "ca.pem.next").unlink()
    with pytest.raises(CertificateError, match="ca.pem.next is missing.*restore it, or remove both"):
        keep(directory)


def test_a_directory_in_which_others_may_exchange_the_key_is_refused(directory):
    (directory / "ca").mkdir(mode=0o777)
    with pytest.raises(CertificateError, match="chmod go-w"):
        keep(directory)
    assert names(directory) == []


@pytest.mark.parametrize(
    "desired, words",
    [
        ({"leaf_days": 0}, "leaf_days"),
        ({"leaf_days": 399}, "leaf_days"),
        ({"announce_days": -1}, "announce_days"),
        ({"announce_days": 1217}, "announce_days"),
        ({"days": 0}, "days is 0"),
        ({"days": -1}, "days is -1"),
        ({"days": 3000000}, "ends in the year 9999 at the latest"),
        ({"days": 10**12}, "ends in the year 9999 at the latest"),
    ],
)
def test_figures_that_leave_no_time_to_cross_over_are_refused(desired, words):
    with pytest.raises(CertificateError, match=words):
        keeper.refuse_impossible(DESIRED._replace(**desired), NOW)
    keeper.refuse_impossible(DESIRED, NOW)


def told(directory, **options):
    """The words of a refusal, the same in check mode and in a run, after which nothing is there."""
    words = set()
    for check_mode in (True, False):
        with pytest.raises(CertificateError) as caught:
            keep(directory, check_mode=check_mode, **options)
        words.add(str(caught.value))
    (message,) = words
    return message


@pytest.mark.parametrize(
    "options, words",
    [
        ({"name": "x" * 62}, "has 65 bytes in UTF-8, more than 64; set a name of at most 61 bytes"),
        ({"name": "\u00e9" * 40}, "has 80 bytes in UTF-8"),
        ({"name": "a\nb"}, "control character"),
        ({"name": "  "}, "is empty"),
        ({"days": 10**9}, "ends in the year 9999 at the latest"),
        ({"days": -5}, "days is -5"),
        ({"days": 1, "announce_days": 0, "renew_at": 0.999}, "due as soon as it is made"),
    ],
)
def test_what_no_root_can_be_is_refused_in_check_mode_as_in_a_run(directory, options, words):
    assert words in told(directory, **options)
    assert not (directory / "ca").exists()


def test_a_name_that_is_too_long_for_its_next_generation_is_refused_when_that_is_due(directory, monkeypatch):
    name = "x" * 61
    keep(directory, name=name)
    monkeypatch.setattr(keeper.authority, "generation_of", lambda facts, name: 9)
    before = content(directory, "ca.pem")
    assert "set a name of at most 60 bytes" in told(directory, name=name, renew=True)
    assert content(directory, "ca.pem") == before and not keep(directory, name=name)["changed"]


def test_the_longest_lifetime_is_one_that_a_run_can_make(directory):
    end = keep(directory, days=(datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc) - NOW).days)["not_after"]
    assert end.startswith("9999-12-31") and not keep(directory, days=2900000)["changed"]


def test_a_bundle_that_another_tool_glued_together_is_written_again(directory):
    keep(directory)
    keep(directory, renew=True)
    bundle = directory / "ca" / "bundle.pem"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole.replace(b"\n-----B", b"-----B"))
    assert keep(directory)["state"] == "corrected" and bundle.read_bytes() == whole
    bundle.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert not keep(directory)["changed"]


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-30], lambda text: text + b"<html>", lambda text: text.replace(b"-----E", b"----E")]
)
def test_an_old_root_that_cannot_be_read_is_refused_not_forgotten(directory, spoil):
    keep(directory)
    keep(directory, renew=True, announce_days=0)
    path = directory / "ca" / "ca.pem.previous"
    path.write_bytes(spoil(path.read_bytes()))
    assert "ca.pem.previous: line" in told(directory)


def test_an_old_root_without_an_end_is_trusted_until_what_it_signed_has_ended(directory):
    """The sum would be beyond what dates can say."""
    keep(directory)
    keep(directory, renew=True, announce_days=0)
    path = directory / "ca" / "ca.pem.previous"
    path.write_bytes(b"# signed until 9999-12-31T00:00:00Z\n" + path.read_bytes().split(b"\n", 1)[1])
    result = keep(directory)
    assert result["roots"][-1]["trusted_until"] == result["roots"][-1]["not_after"]
