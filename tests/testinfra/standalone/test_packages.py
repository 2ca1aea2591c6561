# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checksums and signatures of packages, and what an upgrade may touch, with second small bundles that are on the node.

Needs rpmbuild, rpmsign and gpg there. The tests build upon each other.
"""

import shlex
from pathlib import Path
from typing import Any, Dict, Iterator

import plays
import pytest

EXTRA = "/root/extra"
SCRIPT = Path(__file__).with_name("extra_bundle.sh")
TRIED = "/root/tried"
REPOSITORY = "[extra]\\nname=Extra\\nbaseurl=file://%s/bundle\\nenabled=0\\ngpgcheck=%d\\n"
STRANGERS = "[strangers]\\nname=Strangers\\nbaseurl=file://%s/strangers\\nenabled=1\\ngpgcheck=0\\n"


@pytest.fixture(name="bundles", scope="module")
def _bundles(host: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, Any]]:
    """Make the bundles on the node, bring their key to the controller, and give the variables that name them."""
    clean(host)
    host.check_output("sh -c %s" % shlex.quote(SCRIPT.read_text(encoding="utf-8")))
    key = tmp_path_factory.mktemp("key") / "key.asc"
    key.write_text(host.file(EXTRA + "/key.asc").content_string, encoding="utf-8")
    yield {
        "momentum_bundle_on_node": True,
        "momentum_packages": ["msys-test-extra"],
        "momentum_version": "5.3",
        "momentum_gpg_key": str(key),
    }
    clean(host)


def clean(host: Any) -> None:
    host.run("rpm -e msys-test-extra msys-test-part test-stranger")
    host.run("rm -rf %s /etc/yum.repos.d/extra.repo /etc/yum.repos.d/strangers.repo" % TRIED)


def named(host: Any, bundles: Dict[str, Any], name: str, **more: Any) -> Dict[str, Any]:
    """The variables for one of the bundles, with its true checksum."""
    path = "%s/%s.tar.gz" % (EXTRA, name)
    return dict(bundles, momentum_bundle=path, momentum_bundle_checksum=digest(host, path), **more)


def digest(host: Any, path: str) -> str:
    return "sha256:" + str(host.check_output("sha256sum %s", path).split()[0])


def repository(host: Any, text: str, name: str) -> None:
    host.check_output("sh -c \"printf '%s' > /etc/yum.repos.d/%s.repo\"" % (text, name))


def versions(host: Any) -> Dict[str, str]:
    """The test's packages that are installed."""
    lines = host.check_output("rpm -qa --queryformat '%{NAME} %{VERSION}\\n' 'msys-test-*' 'test-*'").splitlines()
    return dict(line.split() for line in lines)


def test_a_bundle_with_another_checksum_or_none_is_not_unpacked(host: Any, bundles: Dict[str, Any]) -> None:
    variables = named(host, bundles, "signed")
    other = plays.play(check=True, **dict(variables, momentum_bundle_checksum="sha256:" + "0" * 64))
    none = plays.play(**dict(variables, momentum_bundle_checksum=""))
    assert other.code != 0 and "Nothing was copied or unpacked" in str(plays.message(other))
    assert none.code != 0 and "momentum_bundle_unverified" in str(plays.message(none))
    assert other.changed() == none.changed() == [] and versions(host) == {}
    assert host.check_output("find /var/tmp -name 'momentum-*'") == ""


@pytest.mark.parametrize("name", ["unsigned", "crlf", "comment", "unfinished", "second"])
def test_unsigned_packages_are_refused_however_the_vendors_file_is_written(
    host: Any, bundles: Dict[str, Any], name: str
) -> None:
    path = "%s/%s.tar.gz" % (EXTRA, name)
    host.run("rm -rf %s", TRIED)
    unpacked = plays.task("msys.momentum.bundle", src=path, dest=TRIED, checksum=digest(host, path))
    assert unpacked.code == 0, unpacked.output
    file = TRIED + "/repository/msys-momentum-bundle.repo"
    assert "\ngpgcheck=1\n" in host.file(file).content_string
    run = plays.task("msys.momentum.packages", name=["msys-test-extra"], repository_file=file)
    assert run.code != 0 and "not signed" in run.output
    assert versions(host) == {}


def test_the_vendors_file_loads_no_plugins(host: Any, bundles: Dict[str, Any]) -> None:
    path = EXTRA + "/plugins.tar.gz"
    host.run("rm -rf %s", TRIED)
    run = plays.task("msys.momentum.bundle", src=path, dest=TRIED, checksum=digest(host, path))
    assert run.code != 0 and "[main] sets pluginpath" in run.output
    assert not host.file(TRIED).exists


def test_unsigned_packages_are_refused_by_the_role_once_a_key_is_given(host: Any, bundles: Dict[str, Any]) -> None:
    run = plays.play(**named(host, bundles, "unsigned"))
    assert run.code != 0
    assert "not signed" in str(plays.message(run))
    assert versions(host) == {}
    assert host.check_output("find /var/tmp -name 'momentum-*'") == ""


def test_signed_packages_are_installed_without_a_warning(host: Any, bundles: Dict[str, Any]) -> None:
    run = plays.play(**named(host, bundles, "signed"))
    assert run.code == 0
    assert "NOT checked" not in run.output and "NOT verified" not in run.output
    assert versions(host) == {"msys-test-extra": "5.3", "msys-test-part": "5.3"}


def test_an_upgrade_that_would_touch_anothers_package_is_refused_and_names_it(
    host: Any, bundles: Dict[str, Any]
) -> None:
    host.check_output("sh -c 'rpm -i %s/strangers/noarch/test-stranger-1-*.rpm'" % EXTRA)
    repository(host, STRANGERS % EXTRA, "strangers")
    before = versions(host)
    # The daemon stays 5.3: of the version only what the packages are is the matter here.
    upgrade = {
        "name": ["msys-test-extra"],
        "version": "5.4",
        "repository_file": TRIED + "/repository/msys-momentum-bundle.repo",
    }
    host.run("rm -rf %s", TRIED)
    path = EXTRA + "/newer.tar.gz"
    assert plays.task("msys.momentum.bundle", src=path, dest=TRIED, checksum=digest(host, path)).code == 0
    refused = plays.task("msys.momentum.packages", **upgrade)
    assert refused.code != 0 and "upgrade test-stranger 1-3 to 2-3" in refused.output
    assert versions(host) == before
    allowed = plays.task("msys.momentum.packages", may_change=["test-stranger"], **upgrade)
    assert allowed.code == 0, allowed.output
    # The role package requires any version of the other: both are upgraded.
    assert versions(host) == {"msys-test-extra": "5.4", "msys-test-part": "5.4", "test-stranger": "2"}
    assert plays.task("msys.momentum.packages", **upgrade).changed() == []


def test_a_repository_that_the_node_knows_must_check_signatures(host: Any, bundles: Dict[str, Any]) -> None:
    repository(host, REPOSITORY % (EXTRA, 0), "extra")
    requested = {"name": ["msys-test-extra"], "version": "5.3", "repository": "extra"}
    refused = plays.task("msys.momentum.packages", **requested)
    assert refused.code != 0 and "would not check the signatures" in refused.output
    older = plays.task("msys.momentum.packages", require_signatures=False, **requested)
    assert older.code != 0 and "No downgrade is documented" in older.output
    host.check_output("rpm -e msys-test-extra msys-test-part test-stranger")
    variables = dict(bundles, momentum_bundle="", momentum_repository="extra")
    predicted = plays.play(check=True, momentum_repository_unverified=True, **variables)
    assert predicted.code == 0 and "NOT checked" in predicted.output and versions(host) == {}
    repository(host, REPOSITORY % (EXTRA, 1), "extra")
    run = plays.play(**variables)
    assert run.code == 0
    changes = [one.of("msys.momentum.packages").result["changes"] for one in (predicted, run)]
    assert changes[0] == changes[1]
    assert [change["name"] for change in changes[0]] == ["msys-test-extra", "msys-test-part"]
    assert versions(host) == {"msys-test-extra": "5.3", "msys-test-part": "5.3"}
