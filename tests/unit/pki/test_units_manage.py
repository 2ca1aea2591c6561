# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import stat

import pytest
from certificate_samples import DAY, NOW, Place, certificate, key_of, key_text, vendor_made

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.units import make, manage
from plugins.module_utils.pki.x509 import keys, requests
from plugins.module_utils.pki.x509.certificates import read_all
from plugins.module_utils.transaction import transaction


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def mode(path):
    return stat.S_IMODE(os.stat(str(path)).st_mode)


def everything(place):
    return {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file() and path.name != "lock"}


def put(place, certificate_text, kind="ec-p256", which=0):
    directory = place.root / "certs"
    directory.mkdir(mode=0o755)
    (directory / "server.key").write_bytes(key_text(kind, which))
    (directory / "server.key").chmod(0o600)
    (directory / "server.crt").write_bytes(certificate_text)


def test_a_pair_is_made_kept_and_fits(place):
    first = place.keep()
    assert first["changed"] and first["units"][0]["state"] == "created" and place.fits()
    assert first["units"][0]["fingerprint"] == place.facts().fingerprint
    assert first["units"][0]["days_left"] == 90
    assert mode(place.path("certs/server.key")) == 0o600 and mode(place.path("certs/server.crt")) == 0o644
    before = everything(place)
    again = place.keep()
    assert not again["changed"] and again["diff"] == [] and again["transaction"] == ""
    assert everything(place) == before


@pytest.mark.parametrize("days, share, renewals", [(47, "1/3", 24), (365, "1/3", 4), (90, "0.1", 13)])
def test_three_years_of_daily_runs_never_leave_a_certificate_to_expire(place, days, share, renewals):
    seen, used = [], set()
    for day in range(3 * 365):
        now = NOW + day * DAY
        if seen and (seen[-1].not_after - now).total_seconds() > seen[-1].days * 86400 * 0.5:
            continue  # nothing can be due yet
        result = place.keep({"days": days, "renew_at": share}, now=now)
        if result["changed"]:
            seen.append(place.facts())
            used.add(keys.public_digest(place.key()))
        assert place.fits() and place.facts().not_before <= now < place.facts().not_after
    assert renewals <= len(seen) - 1 <= renewals * 1.5 + 1
    assert len(used) == len(seen), "every renewal has a key of its own"
    assert {facts.names for facts in seen} == {("DNS:node1.example.com",)}


def test_a_vendor_made_pair_stays_byte_for_byte_until_due_and_is_then_renewed_in_place(place):
    put(place, vendor_made(365), "rsa-2048")
    before = everything(place)
    assert not place.keep()["changed"] and everything(place) == before
    result = place.keep(now=NOW + 250 * DAY)
    assert (result["units"][0]["state"], result["units"][0]["reason"]) == ("renewed", "115 of 365 days are left")
    assert place.fits() and place.facts().names == ("DNS:momentum.example.com",)
    assert place.facts().common_name == "momentum.example.com" and place.facts().kind == "rsa-2048"


def test_the_previous_pair_is_in_the_archive_for_root_alone(place):
    put(place, certificate(age=80))
    old = (place.root / "certs/server.key").read_bytes(), (place.root / "certs/server.crt").read_bytes()
    place.keep()
    (directory,) = (place.root / "state/archive/smtp").iterdir()
    assert ((directory / "key.pem").read_bytes(), (directory / "certificate.pem").read_bytes()) == old
    assert mode(directory) == mode(directory.parent) == mode(directory.parent.parent) == 0o700
    assert {mode(path) for path in directory.iterdir()} == {0o600}


def test_no_archive_where_none_is_requested(place):
    put(place, certificate(age=80))
    place.keep({"archive": False})
    assert not (place.root / "state/archive").exists()


def test_everything_is_put_back_when_the_transaction_is(place):
    place.keep()
    before = (place.root / "certs/server.key").read_bytes(), place.facts().fingerprint
    result = place.keep({"rekey": True})
    assert (place.root / "certs/server.key").read_bytes() != before[0]
    transaction.restore(place.node.state_dir, result["transaction"])
    assert ((place.root / "certs/server.key").read_bytes(), place.facts().fingerprint) == before


def test_a_failed_swap_leaves_the_old_pair(place, monkeypatch):
    put(place, certificate(age=80))
    before = everything(place)
    swap, calls = transaction._swap_one, []

    def failing(target):
        calls.append(target)
        if len(calls) == 4:  # the archive's two, the key, and then the certificate
            raise OSError(28, "No space left on device")
        swap(target)

    monkeypatch.setattr(transaction, "_swap_one", failing)
    with pytest.raises(transaction.TransactionError) as caught:
        place.keep()
    assert caught.value.restored and len(calls) == 4
    kept = {path: text for path, text in everything(place).items() if "state" not in path.parts}
    assert kept == before and place.fits()


def test_the_key_waits_for_its_certificate_and_is_gone_afterwards(place):
    desired = {"source": "external", "names": ["mx1.example.com"], "request": place.path("certs/server.csr")}
    asked = place.keep(desired)["units"][0]
    assert asked["state"] == "requested" and asked["request"] == (place.root / "certs/server.csr").read_text()
    waiting = place.root / "state/pending/smtp/key.pem"
    assert mode(waiting) == 0o600 and mode(waiting.parent) == 0o700
    assert not (place.root / "certs/server.key").exists()
    again = place.keep(desired)
    assert not again["changed"] and again["units"][0]["request"] == asked["request"]

    request = requests.load(asked["request"].encode())
    issuer = key_of("ec-p384", 3)
    root = certificate("Authority", (), 3650, key=issuer, ca=True)
    signed = certificate(key=request, issuer=("Authority", issuer)) + root
    desired["signed"] = signed.decode()
    done = place.keep(desired)
    assert done["units"][0]["state"] == "created" and place.fits()
    assert [link.subject for link in read_all((place.root / "certs/server.crt").read_bytes())] == [
        "CN=mx1.example.com",
        "CN=Authority",
    ]
    assert not waiting.exists() and not place.keep(desired)["changed"]


def test_a_file_for_each_thing_and_one_for_all(place):
    desired = {"chain": place.path("certs/chain.pem"), "combined": place.path("certs/all.pem"), "key_mode": "0640"}
    place.keep(desired)
    leaf, key = (place.root / "certs/server.crt").read_bytes(), (place.root / "certs/server.key").read_bytes()
    assert (place.root / "certs/chain.pem").read_bytes() == leaf
    assert (place.root / "certs/all.pem").read_bytes() == key + leaf
    assert mode(place.path("certs/all.pem")) == mode(place.path("certs/server.key")) == 0o640


def test_a_file_that_is_requested_later_is_written_from_the_pair_that_is_there(place):
    place.keep()
    before = place.facts().fingerprint
    result = place.keep({"combined": place.path("certs/all.pem")})
    assert result["changed"] and result["units"][0]["state"] == "kept" and place.facts().fingerprint == before
    assert result["units"][0]["files"] == [place.path("certs/all.pem")]
    assert keys.public_digest(keys.load((place.root / "certs/all.pem").read_bytes())) == place.facts().public_digest


def test_what_others_may_read_of_a_key_is_taken_away_and_what_its_group_may_stays(place):
    put(place, certificate())
    (place.root / "certs/server.key").chmod(0o644)
    content = (place.root / "certs/server.key").read_bytes()
    result = place.keep()
    assert result["changed"] and result["activation"] == "none" and mode(place.path("certs/server.key")) == 0o640
    assert (place.root / "certs/server.key").read_bytes() == content
    assert not place.keep()["changed"]


@pytest.mark.parametrize("bits", [0o777, 0o775, 0o1777])
def test_a_directory_that_others_may_change_gets_no_key(place, bits):
    (place.root / "certs").mkdir()
    (place.root / "certs").chmod(bits)
    for check in (True, False):
        with pytest.raises(CertificateError) as caught:
            place.keep(check=check)
        assert "may exchange files in it" in str(caught.value)
    assert everything(place) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_gets_no_key_unless_the_key_is_theirs(place):
    (place.root / "certs").mkdir(mode=0o755)
    os.chown(str(place.root / "certs"), 65534, 65534)
    with pytest.raises(CertificateError) as caught:
        place.keep()
    assert "belongs to uid 65534" in str(caught.value)
    units = [unit._replace(owner=65534, group=65534) for unit in place.units({})]
    from certificate_samples import keep

    assert keep(units, place.node, NOW, False)["changed"]
    assert os.stat(place.path("certs/server.key")).st_uid == 65534


@pytest.mark.parametrize("bits", [0o777, 0o775])
def test_a_directory_above_that_others_may_change_is_refused_with_a_remedy(place, bits):
    (place.root / "certs").mkdir(mode=0o755)
    place.root.chmod(bits)
    for check in (True, False):
        with pytest.raises(CertificateError) as caught:
            place.keep(check=check)
        assert "%s is above the directory of a key" % place.root in str(caught.value)
        assert "chmod go-w %s" % place.root in str(caught.value)
    place.root.chmod(0o1777)  # what is root's in it stays root's
    assert place.keep()["changed"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_above_is_refused_on_the_way_of_links_too(place):
    """Whoever owns what holds a link of root's cannot exchange the link, but the directory that holds it."""
    real, way = place.root / "real", place.root / "way"
    (real / "certs").mkdir(parents=True)
    (way / "mine").mkdir(parents=True)
    (way / "mine/certs").symlink_to(real / "certs")
    units = [
        unit._replace(key=str(way / "mine/certs/a.key"), certificate=str(way / "mine/certs/a.crt"))
        for unit in place.units({})
    ]
    from certificate_samples import keep

    for given in (real, way):
        os.chown(str(given), 65534, 65534)
        with pytest.raises(CertificateError) as caught:
            keep(units, place.node, NOW, False)
        assert "%s is above" % given in str(caught.value) and "belongs to uid 65534" in str(caught.value)
        os.chown(str(given), 0, 0)
    assert keep(units, place.node, NOW, False)["changed"]


def test_one_bad_unit_stops_all_before_a_key_is_made(place, monkeypatch):
    other = {
        "name": "b",
        "key": place.path("certs/b.key"),
        "certificate": place.path("certs/b.crt"),
        "source": "provided",
    }
    bad = dict(other, provided_key=key_text(which=1).decode(), provided_certificate=certificate().decode())
    monkeypatch.setattr(make.keys, "generate", lambda kind: pytest.fail("a key was made"))
    worse = dict(bad, name="c", key=place.path("certs/c.key"), certificate=place.path("certs/c.crt"))
    with pytest.raises(CertificateError) as caught:
        place.keep({}, bad, worse)
    assert "certificate b: " in str(caught.value) and "certificate c: " in str(caught.value)
    assert everything(place) == {}


@pytest.mark.parametrize(
    "desired",
    [
        {},
        {"rekey": True},
        {"names": ["mx7.example.com"]},
        {"source": "external"},
        {"combined": "/{root}/all.pem"},
    ],
)
def test_check_mode_predicts_and_makes_nothing(place, desired, monkeypatch):
    put(place, certificate())
    desired = {key: str(place.root) + "/all.pem" if key == "combined" else value for key, value in desired.items()}
    before = everything(place)
    with monkeypatch.context() as patched:
        patched.setattr(make.keys, "generate", lambda kind: pytest.fail("a key was made"))
        predicted = place.keep(desired, check=True)
    assert everything(place) == before
    done = place.keep(desired)
    for key in ("changed", "activation", "diff"):
        assert predicted[key] == done[key]
    for key in ("state", "reason", "names", "usages", "key_type", "common_name"):
        assert predicted["units"][0][key] == done["units"][0][key]


def test_a_pair_of_the_smtp_service_makes_a_reload_due(place):
    (place.root / "momentum/etc").mkdir(parents=True, mode=0o755)
    desired = {"key": place.path("momentum/etc/certs/a.key"), "certificate": place.path("momentum/etc/certs/a.crt")}
    assert place.keep(desired)["activation"] == "reload"
    assert (place.root / "state/pending.json").exists()
    assert place.keep(desired)["activation"] == "none"
    assert place.keep(dict(desired, rekey=True, activation="restart"))["activation"] == "restart"


def test_a_provided_certificate_that_does_not_name_the_node_is_put_in_place_with_a_warning(place):
    desired = {
        "source": "provided",
        "provided_key": key_text().decode(),
        "provided_certificate": certificate().decode(),
    }
    (warning,) = place.keep(desired)["warnings"]
    assert "does not name this node (node1.example.com)" in warning
    named = certificate(names=("DNS:*.example.com",)).decode()
    assert place.keep(dict(desired, provided_certificate=named), now=NOW + DAY)["warnings"] == []
    assert place.keep(dict(desired, names=["mx1.example.com"]), now=NOW + 2 * DAY)["warnings"] == []


def test_a_certificate_of_the_future_is_kept_with_a_warning(place):
    put(place, certificate(age=-1))
    result = place.keep()
    assert not result["changed"] and "not yet valid" in result["warnings"][0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_new_files_belong_to_the_owner_of_the_key_that_is_there(place):
    put(place, certificate(age=80))
    os.chown(place.path("certs/server.key"), 65534, 65534)
    os.chown(place.path("certs"), 65534, 65534)
    place.keep({"combined": place.path("certs/all.pem"), "chain": place.path("certs/chain.pem")})
    owners = {name: os.stat(place.path("certs/" + name)).st_uid for name in os.listdir(place.path("certs"))}
    assert owners == {"server.key": 65534, "all.pem": 65534, "chain.pem": 65534, "server.crt": 0}


def test_a_node_with_a_very_long_name_gets_a_certificate_without_a_common_name(place):
    place.node = place.node._replace(nodename=".".join(["x" * 40] * 3))
    for desired in ({}, {"source": "external", "rekey": True}):
        assert place.keep(desired)["changed"]
    assert place.facts().subject == "" and place.facts().names == ("DNS:" + place.node.nodename,)
    assert not place.keep()["changed"]


def test_a_run_without_changes_reads_each_file_once_and_writes_nothing(place, monkeypatch):
    many = [
        {"name": "u%d" % i, "key": place.path("certs/%d.key" % i), "certificate": place.path("certs/%d.crt" % i)}
        for i in range(20)
    ]
    place.keep(*many)
    reads = []
    read = manage.current_file
    monkeypatch.setattr(manage, "current_file", lambda path, *kind: (reads.append(path), read(path, *kind))[1])
    monkeypatch.setattr(transaction.Transaction, "commit", lambda self: pytest.fail("something was written"))
    assert not place.keep(*many)["changed"]
    assert sorted(reads) == sorted(one[kind] for one in many for kind in ("key", "certificate"))


def test_no_key_is_in_a_result(place):
    result = place.keep({"combined": place.path("certs/all.pem")})
    body = (place.root / "certs/server.key").read_text().splitlines()[1]
    assert "PRIVATE" not in repr(result) and body not in repr(result)


def test_hundreds_of_units_go_into_one_transaction_below_any_soft_limit_of_descriptors(place):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        many = [
            {"name": "u%d" % i, "key": place.path("certs/%d.key" % i), "certificate": place.path("certs/%d.crt" % i)}
            for i in range(60)
        ]
        result = place.keep(*many)
        assert [one["state"] for one in result["units"]] == ["created"] * 60
        assert not place.keep(*many)["changed"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
