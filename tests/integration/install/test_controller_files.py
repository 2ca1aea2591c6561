# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role install names the variable of a file that is not on the controller, and compares the bundle's checksum, in check mode too, before
anything is done on the node."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


def play(directory, tasks_from, variables, *arguments):
    """Run tasks of the role on this machine, which must not get as far as a change."""
    role = {"name": "msys.momentum.install", "tasks_from": tasks_from}
    content = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [{"name": "Install", "ansible.builtin.include_role": role}],
        }
    ]
    (directory / "play.yml").write_text(yaml.safe_dump(content))
    (directory / "hosts.yml").write_text(
        yaml.safe_dump(
            {
                "all": {
                    "hosts": {
                        "localhost": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
                    },
                    "vars": variables,
                }
            }
        )
    )
    environment = dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".ansible" / "collections"),
        ANSIBLE_NOCOLOR="true",
        ANSIBLE_LOCAL_TEMP=str(directory / "tmp"),
        ANSIBLE_REMOTE_TEMP=str(directory / "tmp"),
        LC_ALL="C.UTF-8",
    )
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            str(directory / "hosts.yml"),
            str(directory / "play.yml"),
            *arguments,
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    return done


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "bundle.tar.gz"
    path.write_bytes(b"a bundle")
    digest = hashlib.sha256(b"a bundle").hexdigest()
    return {"momentum_bundle": "bundle.tar.gz", "momentum_bundle_checksum": "sha256:" + digest}


def test_a_missing_licence_is_named_with_its_variable_before_anything_is_done(tmp_path):
    done = play(tmp_path, "main", {"momentum_license": "no/license"})
    assert done.returncode != 0
    assert "momentum_license: no file %s/no/license on the controller." % tmp_path in done.stdout
    assert "Read the state of Momentum" not in done.stdout


def test_a_missing_key_of_the_vendor_is_named_with_its_variable(tmp_path, bundle):
    done = play(tmp_path, "packages", dict(bundle, momentum_gpg_key="no/key"), "--check")
    assert done.returncode != 0
    assert "momentum_gpg_key: no file %s/no/key on the controller." % tmp_path in done.stdout


def test_a_missing_bundle_is_named_with_its_variable(tmp_path, bundle):
    done = play(tmp_path, "packages", dict(bundle, momentum_bundle="no/bundle"), "--check")
    assert done.returncode != 0
    assert "momentum_bundle: no file %s/no/bundle on the controller." % tmp_path in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["run", "check"])
def test_a_wrong_checksum_is_refused_in_the_same_words_before_the_bundle_is_copied(tmp_path, bundle, arguments):
    done = play(tmp_path, "packages", dict(bundle, momentum_bundle_checksum="sha256:" + "0" * 64), *arguments)
    assert done.returncode != 0
    assert bundle["momentum_bundle_checksum"] + ", but momentum_bundle_checksum is" in done.stdout
    assert "Nothing was copied or unpacked." in done.stdout
    assert "Make a private directory for the bundle" not in done.stdout and "Copy the bundle" not in done.stdout
    assert "would install" not in done.stdout


def test_the_right_checksum_is_accepted_in_check_mode(tmp_path, bundle):
    done = play(tmp_path, "packages", dict(bundle, momentum_packages=["msys-role-mta"]), "--check")
    assert done.returncode == 0 and "would install" in done.stdout
