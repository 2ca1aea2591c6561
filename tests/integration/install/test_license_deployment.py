# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role install deploys a licence byte by byte, a newer one over its own old one, and never over one that Momentum has fetched."""

import json
import os

import pytest
import yaml

from tests.integration.cores import INTERPRETER, NEWEST_FIRST, ansible_playbook

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the licence belongs to root")
# Not UTF-8, no line end at the end, and another one within: nothing of it may change.
FIRST, SECOND, FETCHED = (b"\xff\x00planted-licence-%d\r\nplanted-words\n\n " % number for number in range(3))


class Site:
    """A directory with an inventory of one node that has Momentum, and a licence for it."""

    def __init__(self, root, core):
        self.root, self.core = root, core
        main = root / "mta1" / "momentum" / "etc" / "conf" / "default"
        main.mkdir(parents=True)
        (main / "ecelerity.conf").write_text("Max_Retries = 7\n")
        (root / "mta1" / "momentum" / "sbin").mkdir()
        (root / "mta1" / "momentum" / "sbin" / "ecelerity").write_text("")
        self.given, self.sent = root / "license", root / "mta1" / "momentum" / "etc" / "license"
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": INTERPRETER,
            "ansible_remote_tmp": str(root / "tmp"),
            "momentum_prefix": str(root / "mta1" / "momentum"),
            "momentum_state_dir": str(root / "mta1" / "state"),
            "momentum_config_group": "0",
            "momentum_license": "license",
            "momentum_packages": [],
        }
        inventory = {"momentum_standalone": {"hosts": {"mta1": {}}, "vars": variables}}
        (root / "hosts.yml").write_text(yaml.safe_dump(inventory))
        book = [{"hosts": "mta1", "gather_facts": False, "roles": ["msys.momentum.install"]}]
        (root / "play.yml").write_text(yaml.safe_dump(book))

    def play(self, *arguments, **variables):
        """Run the role as far as the licence; whether that task changed anything, None where it was skipped, and what the run said."""
        words = ["-i", self.root / "hosts.yml", "play.yml", "-e", json.dumps(variables), "-vvv", "--diff", *arguments]
        done = ansible_playbook(self.core, self.root, *words)
        assert "planted-" not in done.stdout
        task = done.stdout.partition("Deploy the licence]")[2].partition("TASK [")[0]
        assert task, done.stdout
        return None if "skipping:" in task else "changed:" in task, done.stdout


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_a_newer_licence_replaces_the_one_that_was_deployed_and_none_that_was_fetched(tmp_path, core):
    site = Site(tmp_path, core)
    site.given.write_bytes(FIRST)
    assert site.play("--check")[0] is True and not site.sent.exists()
    assert site.play()[0] is True
    assert (site.sent.read_bytes(), site.sent.stat().st_mode & 0o7777) == (FIRST, 0o640)
    assert site.play()[0] is None

    site.given.write_bytes(SECOND)
    assert site.play("--check")[0] is True and site.sent.read_bytes() == FIRST
    assert site.play(momentum_license_replace="never")[0] is None
    assert site.play()[0] is True and site.sent.read_bytes() == SECOND
    backups = [path.read_bytes() for path in (tmp_path / "mta1" / "state").rglob("*") if path.is_file()]
    assert FIRST in backups

    site.sent.write_bytes(FETCHED)  # as Momentum does at its start, and daily
    assert site.play()[0] is None and site.sent.read_bytes() == FETCHED
    assert site.play(momentum_license_replace="always")[0] is True and site.sent.read_bytes() == SECOND


@pytest.mark.long
@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_a_licence_that_was_put_back_is_deployed_again_by_the_next_run(tmp_path, core):
    site = Site(tmp_path, core)
    for content in (FIRST, SECOND):
        site.given.write_bytes(content)
        assert site.play()[0] is True
    transactions = sorted(path.name for path in (tmp_path / "mta1/state/backups").iterdir())
    node = {"prefix": str(tmp_path / "mta1/momentum"), "state_dir": str(tmp_path / "mta1/state")}
    task = {"msys.momentum.restore": dict(node, transactions=transactions[-1:])}
    book = [{"hosts": "mta1", "gather_facts": False, "tasks": [task]}]
    (tmp_path / "back.yml").write_text(yaml.safe_dump(book))
    done = ansible_playbook(core, tmp_path, "-i", tmp_path / "hosts.yml", "back.yml")
    assert site.sent.read_bytes() == FIRST, done.stdout
    assert site.play("--check")[0] is True and site.play()[0] is True and site.sent.read_bytes() == SECOND
    assert site.play()[0] is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has 0 bytes, which is no licence"),
        pytest.param(None, "no file", marks=pytest.mark.long),
        ("directory", "no file"),
        pytest.param(b"x" * (2 << 20), "has 2097152 bytes", marks=pytest.mark.long),
    ],
)
def test_what_can_be_no_licence_is_refused_by_name(content, words, tmp_path):
    site = Site(tmp_path, "newest")
    if content == "directory":
        site.given.mkdir()
    elif content is not None:
        site.given.write_bytes(content)
    for more in (["--check"], []):
        done = ansible_playbook("newest", tmp_path, "-i", tmp_path / "hosts.yml", "play.yml", *more)
        assert words in " ".join(done.stdout.split()) and "failed=1" in done.stdout, done.stdout
        assert not site.sent.exists()


@pytest.mark.long
def test_a_licence_of_unknown_origin_stays_and_the_run_says_so(tmp_path):
    site = Site(tmp_path, "newest")
    site.given.write_bytes(FIRST)
    site.sent.write_bytes(FETCHED)
    changed, said = site.play()
    assert changed is False and site.sent.read_bytes() == FETCHED
    assert "momentum_license_replace" in " ".join(said.split())
    site.sent.write_bytes(FIRST)  # one that an earlier version of the role has deployed
    site.sent.chmod(0o640)
    assert site.play()[0] is False and site.play()[0] is None


def test_one_that_ec_lic_does_not_confirm_is_not_deployed_where_that_is_required(tmp_path):
    site = Site(tmp_path, "newest")
    site.given.write_bytes(FIRST)
    assert site.play()[0] is True
    program = tmp_path / "mta1" / "momentum" / "bin" / "ec_lic"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat $5; echo it has expired; exit 1\n")
    program.chmod(0o755)
    site.given.write_bytes(SECOND)
    for mode in ("--check", "--diff"):
        changed, said = site.play(mode, momentum_license_require="valid")
        assert changed is False and site.sent.read_bytes() == FIRST
        assert "it has expired" in said and "momentum_license_require" in said
    program.write_text("#!/bin/sh\nexit 0\n")
    assert site.play(momentum_license_require="valid")[0] is True and site.sent.read_bytes() == SECOND
