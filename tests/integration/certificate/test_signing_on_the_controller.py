# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task makes an authority, one task gives nodes certificates of it, through ansible-playbook as users run it."""

import stat
from datetime import datetime, timezone

import pytest
from signing_lab import PASSPHRASE, Lab, unit

from plugins.module_utils.pki.authority import issuer
from plugins.module_utils.pki.x509 import certificates, keys, requests
from tests.integration.cores import NEWEST_FIRST
from tests.tiers import some


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path, ["node1"])


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """A lab whose authority is there; tests use units of their own."""
    made = Lab(tmp_path_factory.mktemp("lab"), ["node1"])
    run = made.play(made.authority())
    assert run.code == 0, run.output
    return made


def test_one_task_gives_every_node_a_certificate_and_nothing_of_the_authority_leaves_the_controller(tmp_path):
    lab = Lab(tmp_path, ["node1", "node2", "node3"])
    run = lab.play(lab.authority(), lab.task(), lab.task(), flags=["-vvvv", "--diff"])
    assert run.code == 0, run.output
    root = certificates.read((tmp_path / "ca" / "bundle.pem").read_bytes())
    kept = (tmp_path / "ca" / "ca.key").read_bytes()
    opened = keys.to_pem(issuer.load_key(kept, PASSPHRASE.encode(), "ca.key"))
    secrets = [PASSPHRASE.encode()] + pieces_of_key(kept) + pieces_of_key(opened)
    assert len(secrets) > 5
    for name in lab.nodes:
        certs = lab.node(name) / "momentum" / "etc" / "certs"
        leaf = certificates.read((certs / "smtp.crt").read_bytes())
        assert leaf.names == ("DNS:%s.example.com" % name,)
        assert leaf.authority_key == root.subject_key
        key = (certs / "smtp.key").read_bytes()
        assert keys.public_digest(keys.load(key)) == leaf.public_digest
        assert stat.S_IMODE((certs / "smtp.key").stat().st_mode) == 0o600
        received = lab.record(name).read_bytes()
        assert b"%s.example.com" % name.encode() in received, "the record would show what was sent"
        assert b"signed" in received
        assert not [secret for secret in secrets if secret in received]
        assert not [secret for secret in secrets if any(secret in text for text in lab.tree(name).values())]
        assert not [piece for piece in pieces_of_key(key) if piece.decode() in run.output]
    assert "node1.example.com" in run.output
    assert not [secret for secret in secrets if secret.decode() in run.output]
    assert run.output.count("changed=2") == 1, "the authority counts for the first node"
    assert run.output.count("changed=1") == 2


def pieces_of_key(pem):
    """The lines of a key's text that are its own, not of its format."""
    lines = [line for line in pem.splitlines() if not line.startswith(b"-----")]
    return [line for line in lines[1:] if len(line) > 20]


def test_the_authority_is_written_for_its_owner_alone_and_kept_by_the_second_run(lab):
    first = lab.play(lab.authority()).result()
    key = lab.root / "ca" / "ca.key"
    assert (first["state"], first["changed"]) == ("created", True)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in key.read_bytes()
    second = lab.play(lab.authority()).result()
    assert (second["state"], second["changed"]) == ("kept", False)
    assert second["fingerprint"] == first["fingerprint"]
    assert second["bundle"] == (lab.root / "ca" / "bundle.pem").read_text()


def test_the_two_runs_of_the_module_are_one_result(trusted):
    own = unit("own", source="self_signed")
    mine = unit("signed")
    elsewhere = unit("elsewhere", source="external")
    result = trusted.play(trusted.task(own, mine, elsewhere)).result()
    assert [(one["name"], one["state"]) for one in result["units"]] == [
        ("own", "created"),
        ("signed", "created"),
        ("elsewhere", "requested"),
    ]
    assert result["changed"] is True
    assert result["activation"] == "reload"
    assert len(result["transactions"]) == 2
    assert result["transaction"] == result["transactions"][1]
    assert len(result["diff"]) == 3
    assert result["units"][1]["request"] == ""
    assert "BEGIN CERTIFICATE REQUEST" in result["units"][2]["request"]
    again = trusted.play(trusted.task(own, mine)).result()
    assert again["changed"] is False
    assert [one["state"] for one in again["units"]] == ["kept", "kept"]
    assert again["transactions"] == []


def test_check_mode_makes_nothing_and_the_difference_names_the_unit(trusted):
    before = trusted.tree()
    run = trusted.play(trusted.task(unit("checked")), flags=["--check", "--diff"])
    assert run.code == 0, run.output
    assert "changed=1" in run.output
    assert "certificate checked" in run.output
    assert trusted.tree() == before


REFUSED_BEFORE = [
    (
        [unit("ok"), unit("bad", names=["mx.example.org"])],
        {},
        "certificate bad: nothing was signed: the authority may not",
    ),
    ([unit("bad", names=[])], {}, "certificate bad: nothing was signed: names are missing"),
    ([unit("bad", days=500)], {}, "500 days are requested"),
    ([unit("bad")], {"passphrase": "planted-wrong-passphrase"}, "the passphrase does not open it"),
    ([unit("bad")], {"passphrase": None}, "protected by a passphrase, and none is given"),
    ([unit("bad")], {"passphrase": ""}, "the passphrase of the authority is empty"),
    ([unit("bad")], {"certificate": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
    ([unit("bad")], {"colour": "planted-colour"}, "authority needs certificate and key"),
]


@pytest.mark.parametrize("units, authority, words", REFUSED_BEFORE, ids=[words for _u, _a, words in REFUSED_BEFORE])
def test_a_bad_task_is_refused_before_a_node_is_asked(trusted, units, authority, words):
    before, received = trusted.tree(), trusted.record("node1").stat().st_size if trusted.record("node1").exists() else 0
    run = trusted.play(trusted.task(*units, authority=dict({"passphrase": "{{ passphrase }}"}, **authority)))
    assert run.code == 2
    assert words in run.result()["msg"]
    assert "planted-wrong" not in run.output and "planted-colour" not in run.output
    assert trusted.tree() == before
    now = trusted.record("node1").stat().st_size if trusted.record("node1").exists() else 0
    assert now == received, "nothing was sent to the node"


@pytest.mark.long
def test_an_authority_whose_key_lies_open_is_refused(lab):
    assert lab.play(lab.authority(passphrase="{{ omit }}")).code == 0
    (lab.root / "ca" / "ca.key").chmod(0o640)
    run = lab.play(lab.task(authority={"days": 30}))
    assert run.code == 2
    assert "others than its owner may read it (mode 0640)" in run.result()["msg"]
    (lab.root / "ca" / "ca.key").chmod(0o600)
    result = lab.play(lab.task(authority={"days": 30})).result()
    assert result["units"][0]["days_left"] == 29, "the authority's days count"


def craft(names, authority=False):
    from cryptography import x509

    key = keys.generate()
    if not authority:
        return requests.to_pem(requests.build(key, requests.DesiredCertificate("node1.example.com", names)))
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "node1.example.com")])
    )
    for extension in (
        x509.SubjectAlternativeName([x509.DNSName("node1.example.com")]),
        x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.BasicConstraints(ca=True, path_length=None),
    ):
        builder = builder.add_extension(extension, True)
    return requests.to_pem(builder.sign(key, keys.signature_hash(key)))


LIES = {
    "another name": (
        craft(("DNS:node1.example.com", "DNS:bank.example.com")),
        "it asks for the name DNS:bank.example.com",
    ),
    "the authority's flag": (craft((), authority=True), "it asks to be an authority (CA)"),
    "no request at all": (b"planted words", "is no signing request"),
}


def instead(pem):
    """A lie: another text in the place of every request."""
    return "for unit in result.get('units', ()):\n    if unit['request']: unit['request'] = %r\n" % pem.decode()


def test_a_node_that_lies_to_an_authority_elsewhere_is_noticed_too(trusted):
    with trusted.lying(instead(LIES["another name"][0])):
        run = trusted.play(trusted.task(unit("afar", source="external")))
    assert run.code == 2
    assert "certificate afar: nothing was signed: it asks for the name DNS:bank.example.com" in run.result()["msg"]
    assert "request" not in run.result()


def test_a_signer_elsewhere_gets_what_was_compared_and_nothing_else(trusted):
    """What may be wrong with a result is in tests/unit/certificates/test_judged_requests.py."""
    good = craft(("DNS:node1.example.com",))
    with trusted.lying(instead(b"planted: words\n" + good.replace(b"\n", b"\r\n") + b"planted: more\n")):
        run = trusted.play(trusted.task(unit("afar", source="external")))
    assert run.result()["units"][0]["request"] == good.decode()
    with trusted.lying("result['units'].append(dict(result['units'][0], name='../../bank'))"):
        run = trusted.play(trusted.task(unit("afar", source="external")))
    assert run.code == 2
    assert "returned a certificate '../../bank', which the task does not have" in run.result()["msg"]
    assert "units" not in run.result()


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_what_a_node_says_in_a_refused_request_is_not_run(trusted, core):
    """The role certificates tells what went wrong in a rescue, and ansible-core 2.16 runs what it does not know to be unsafe."""
    marker = trusted.root / "ran"
    told = {"ansible.builtin.set_fact": {"told": "{{ ansible_failed_result.msg }} {{ ansible_failed_result }}"}}
    said = {"ansible.builtin.debug": {"msg": "{{ told }}"}}
    task = trusted.task(unit("templated", source="external"))
    with trusted.lying("result['units'][0]['name'] = \"{{ lookup('pipe','touch ran') }}\""):
        run = trusted.play({"block": [task], "rescue": [told, said]}, core=core)
    assert run.code == 0, run.output
    assert "which the task does not have" in run.output
    assert not marker.exists()


@pytest.mark.parametrize("source", some(["authority", "external", "provided"], ["authority"]))
def test_nothing_is_signed_for_or_sent_to_a_node_whose_facts_are_variables(trusted, source):
    """The names would be those that the node returned with another task, and so would be the authority's file."""
    ping = {"ansible.builtin.ping": {}}
    with trusted.lying("result['ansible_facts'] = {'momentum_names': ['bank.example.com']}"):
        run = trusted.play(ping, trusted.task(unit("claimed", source=source, names="{{ momentum_names }}")))
    assert run.code == 2
    assert "node1: its facts hold 'momentum_names'" in run.result()["msg"]
    assert not list((trusted.node() / "momentum" / "etc" / "certs").glob("claimed*"))


@pytest.mark.parametrize("lie", some(sorted(LIES), sorted(LIES)[:1]))
def test_a_node_that_lies_in_its_request_gets_no_certificate(trusted, lie):
    pem, words = LIES[lie]
    name = "liar-%d" % sorted(LIES).index(lie)
    with trusted.lying(instead(pem)):
        run = trusted.play(trusted.task(unit(name)))
    assert run.code == 2
    assert run.result()["msg"].startswith("certificate %s: " % name)
    assert words in run.result()["msg"]
    certs = trusted.node() / "momentum" / "etc" / "certs"
    assert not (certs / (name + ".crt")).exists() and not (certs / (name + ".key")).exists()
    # The honest node's request waits, and is signed by the next run.
    result = trusted.play(trusted.task(unit(name))).result()
    assert result["units"][0]["state"] == "created", result


def test_a_certificate_is_made_anew_when_the_next_root_signs(lab):
    lab.play(lab.authority(), lab.task())
    crt = lab.node() / "momentum" / "etc" / "certs" / "smtp.crt"
    first = certificates.read(crt.read_bytes())
    announced = lab.play(lab.authority(renew=True)).result()
    assert announced["state"] == "announced"
    assert [root["role"] for root in announced["roots"]] == ["signs", "announced"]
    switched, renewed = lab.play(lab.authority(announce_days=0), lab.task()).results()
    assert switched["state"] == "switched"
    assert renewed["units"][0]["state"] == "replaced"
    assert "another key of the authority" in renewed["units"][0]["reason"]
    second = certificates.read(crt.read_bytes())
    bundle = certificates.read_all((lab.root / "ca" / "bundle.pem").read_bytes())
    assert [root.common_name for root in bundle] == ["Example Mail CA G2", "Example Mail CA G1"]
    assert [second.authority_key, first.authority_key] == [root.subject_key for root in bundle]
    assert first.not_after > datetime.now(timezone.utc)


@pytest.mark.long
@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_relative_paths_of_the_authority_are_relative_to_the_inventory_wherever_the_playbook_is(
    trusted, tmp_path, core
):
    """As for a playbook of a collection, which is in the collection. What lies beside the playbook is not taken."""
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "ca.pem").write_text("words")
    task = trusted.task(unit("relative"))
    task["msys.momentum.certificate"]["authority"]["key"] = "ca/ca.key"
    run = trusted.play(task, directory=tmp_path, core=core)
    assert run.code == 0, run.output


def test_a_file_of_the_authority_that_is_missing_is_named_with_option_and_variable(trusted):
    task = trusted.task(unit("missing"))
    task["msys.momentum.certificate"]["authority"]["key"] = "ca/none.key"
    for flags in ([], ["--check"]):
        run = trusted.play(task, flags=flags)
        message = run.result()["msg"]
        assert run.code == 2 and "authority.key: %s" % (trusted.root / "ca/none.key") in message
        assert "relative to the inventory directory" in message and "momentum_certificates_authority.key" in message
