# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checksums and signatures of packages, with a second small bundle that lies on the node. Needs rpmbuild, rpmsign and gpg there."""

import shlex
from pathlib import Path
from typing import Any, Dict

import plays
import pytest

EXTRA = "/root/extra"
SCRIPT = Path(__file__).with_name("extra_bundle.sh")


@pytest.fixture(name="bundles", scope="module")
def _bundles(host: Any, tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Any]:
    """Make the bundles on the node, bring their key to the controller, and give the variables that name them."""
    host.run("rpm -e msys-test-extra")
    host.check_output("sh -c %s" % shlex.quote(SCRIPT.read_text(encoding="utf-8")))
    key = tmp_path_factory.mktemp("key") / "key.asc"
    key.write_text(host.file(EXTRA + "/key.asc").content_string, encoding="utf-8")
    return {
        "momentum_bundle_on_node": True,
        "momentum_bundle_checksum": "",
        "momentum_packages": ["msys-test-extra"],
        "momentum_version": "5.3",
        "momentum_gpg_key": str(key),
    }


def test_a_bundle_with_another_checksum_is_not_unpacked(host: Any, bundles: Dict[str, Any]) -> None:
    variables = dict(bundles, momentum_bundle=EXTRA + "/signed.tar.gz", momentum_bundle_checksum="sha256:" + "0" * 64)
    run = plays.play(**variables)
    assert run.code != 0
    assert "Nothing was unpacked" in str(plays.message(run))
    assert host.run("rpm -q msys-test-extra").rc != 0
    assert host.check_output("find /var/tmp -name 'momentum-*'") == ""


def test_unsigned_packages_are_refused_once_a_key_is_given(host: Any, bundles: Dict[str, Any]) -> None:
    run = plays.play(**dict(bundles, momentum_bundle=EXTRA + "/unsigned.tar.gz"))
    assert run.code != 0
    assert "not signed" in str(plays.message(run))
    assert host.run("rpm -q msys-test-extra").rc != 0
    assert host.check_output("find /var/tmp -name 'momentum-*'") == ""


def test_signed_packages_are_installed_without_a_warning(host: Any, bundles: Dict[str, Any]) -> None:
    run = plays.play(**dict(bundles, momentum_bundle=EXTRA + "/signed.tar.gz"))
    assert run.code == 0
    assert "NOT checked" not in run.output
    assert host.run("rpm -q msys-test-extra-5.3").rc == 0


def test_a_repository_that_the_node_knows_serves_as_well(host: Any, bundles: Dict[str, Any]) -> None:
    host.check_output("rpm -e msys-test-extra")
    repository = "[extra]\\nname=Extra\\nbaseurl=file://%s/bundle\\nenabled=0\\ngpgcheck=1\\n" % EXTRA
    host.check_output("sh -c \"printf '%s' > /etc/yum.repos.d/extra.repo\"" % repository)
    variables = dict(bundles, momentum_bundle="", momentum_repository="extra")
    run = plays.play(**variables)
    assert run.code == 0
    assert host.run("rpm -q msys-test-extra-5.3").rc == 0
    assert plays.play(**variables).changed() == []
