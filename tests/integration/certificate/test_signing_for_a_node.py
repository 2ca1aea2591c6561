# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task for a node, with certificates that the controller signs in between."""

import json

import pytest
from signing_lab import PASSPHRASE, Lab, unit
from test_signing_on_the_controller import pieces_of_key

from plugins.module_utils.pki.x509 import certificates
from tests.integration.cores import NEWEST_FIRST
from tests.tiers import some

MAIN = "momentum/etc/conf/default/ecelerity.conf"
CERTS = "momentum/etc/certs"
REFUSING = "#!/bin/sh\necho planted words\nexit 1\n"


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path, ["node1"])
    (made.node() / MAIN).parent.mkdir(parents=True)
    (made.node() / MAIN).write_text("ESMTP_Listener {\n}\n")
    run = made.play(made.authority())
    assert run.code == 0, run.output
    return made


def task(lab, **more):
    """Settings, two certificates and the options that name one of them."""
    known = lab.task(unit("smtp"), unit("own", source="self_signed"))["msys.momentum.certificate"]
    path = "{{ node }}/%s/smtp" % CERTS
    target = {"scope": ["ESMTP_Listener"], "certificate": path + ".crt", "key": path + ".key"}
    parts = {
        "config": {"settings": [{"option": "Maximum_Retries", "value": 7}]},
        "certificate": {name: known[name] for name in ("units", "authority")},
        "tls": {"version": "4.2.1", "targets": [target]},
    }
    common = {name: known[name] for name in ("prefix", "state_dir")}
    return {"msys.momentum.node": dict(common, **dict(parts, **more))}


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_one_task_signs_and_writes_the_node_as_one_as_check_mode_says(lab, core):
    before = lab.tree()
    check = lab.play(task(lab), flags=["--check", "--diff"], core=core)
    assert check.code == 0, check.output
    assert lab.tree() == before
    run = lab.play(task(lab), flags=["-vvvv", "--diff"], core=core)
    assert run.code == 0, run.output
    foretold, done = check.result(), run.result()
    for name in ("changed", "changed_parts", "activation", "activations", "diff", "summary"):
        assert foretold[name] == done[name], name
    assert done["summary"][3].startswith("exposure: WARNING: outbound_without_tls: global: TLS = no, by default")
    assert done["summary"][:3] + done["summary"][4:] == [
        "config: Maximum_Retries (reload)",
        "certificate: smtp, own (reload)",
        "tls: TLS_Certificate, TLS_Key, SMTP_Extensions (reload)",
    ]
    assert "waiting" not in done
    leaf = certificates.read((lab.node() / CERTS / "smtp.crt").read_bytes())
    root = certificates.read((lab.root / "ca" / "bundle.pem").read_bytes())
    assert leaf.authority_key == root.subject_key
    # Settings, both pairs and the options were written in one transaction, and the request in another one before.
    assert len(list((lab.node() / "state" / "backups").iterdir())) == 2
    secrets = [PASSPHRASE.encode(), *pieces_of_key((lab.root / "ca" / "ca.key").read_bytes())]
    received = lab.record("node1").read_bytes()
    assert b"msys.momentum.node" in received and b"smtp.crt" in received
    assert not [one for one in secrets if one in received or one.decode() in run.output + check.output]
    for flags in ([], ["--check"]):
        again = lab.play(task(lab), flags=flags, core=core).result()
        assert again["changed"] is False and again["changed_parts"] == [], again


def test_nothing_is_written_and_no_request_made_where_a_part_is_refused(lab):
    before = lab.tree()
    setting = {"settings": [{"option": "Max_Retries", "value": "words"}]}
    target = {"version": "4.2.1", "targets": [{"protocols": "words"}]}
    for more in ({"config": setting}, {"tls": target}):
        run = lab.play(task(lab, **more))
        assert run.code == 2
        name = next(iter(more))
        assert run.result()["refused"][0]["part"] == name and "certificate" in run.result()["passing"], run.result()
        assert lab.tree() == before


def test_after_a_failure_of_the_second_run_the_request_waits_and_the_next_run_completes_it(lab):
    judge = lab.node() / "momentum" / "bin" / "validate_config"
    judge.parent.mkdir()
    judge.write_text(REFUSING)
    judge.chmod(0o755)
    before = (lab.node() / MAIN).read_text()
    run = lab.play(task(lab))
    assert run.code == 2 and "planted words" in run.result()["msg"], run.output
    assert run.result()["changed"] is True  # the request
    assert (lab.node() / MAIN).read_text() == before
    assert not (lab.node() / CERTS / "smtp.crt").exists() and not (lab.node() / CERTS / "own.crt").exists()
    key = (lab.node() / "state" / "pending" / "smtp" / "key.pem").read_bytes()
    judge.write_text("#!/bin/sh\necho %s\n" % "Configuration valid")
    done = lab.play(task(lab))
    assert done.code == 0, done.output
    assert (lab.node() / CERTS / "smtp.key").read_bytes() == key
    assert not (lab.node() / "state" / "pending" / "smtp" / "key.pem").exists()


@pytest.mark.parametrize("form", some(["text", "only"], ["only"]))
def test_nothing_of_the_authority_is_sent_to_the_node_however_the_part_is_given(lab, form):
    given = task(lab)
    arguments = given["msys.momentum.node"]
    if form == "text":
        arguments["certificate"] = json.dumps(arguments["certificate"])
    else:
        # An authority that is not there does not keep other parts from being applied.
        arguments["certificate"]["authority"]["certificate"] = "none.pem"
        arguments["only"] = ["config"]
    run = lab.play(given, flags=["-vvvv"])
    assert run.code == 0, run.output
    assert (lab.node() / CERTS / "smtp.crt").exists() == (form == "text")
    for text in (lab.record("node1").read_bytes(), run.output.encode()):
        assert PASSPHRASE.encode() not in text


LIES = {
    "no request": (
        "for one in result.get('parts', {}).get('certificate', {}).get('units', ()): one['request'] = ''",
        "the node waits for certificates, and returned no request",
    ),
    "no parts": ("result['parts'] = 'words'", "the node returned no dictionary of its parts"),
    "a unit too many": (
        "result['parts']['certificate']['units'].append(dict(name='bank', request='words'))",
        "returned a certificate 'bank', which the task does not have",
    ),
    "waits for ever": ("result['waiting'] = ['smtp']", "the node waits for certificates, and returned no request"),
}


@pytest.mark.parametrize(
    "lie", ["no request", *(pytest.param(one, marks=pytest.mark.long) for one in LIES if one != "no request")]
)
def test_a_node_that_lies_ends_the_task_with_the_reason(lab, lie):
    code, words = LIES[lie]
    with lab.lying(code):
        run = lab.play(task(lab))
    assert run.code == 2, run.output
    assert words in run.result()["msg"]
    assert "Traceback" not in run.output


def test_a_part_without_an_authority_or_without_sense_is_refused_with_the_option(lab):
    given = task(lab)
    del given["msys.momentum.node"]["certificate"]["authority"]
    run = lab.play(given)
    assert run.code == 2 and "the option authority is missing" in run.result()["msg"]
    for certificate, words in (("words", "certificate: a dictionary is needed here"), ([1], "a dictionary is needed")):
        run = lab.play(task(lab, certificate=certificate))
        assert run.code == 2 and words in run.result()["msg"], run.output
