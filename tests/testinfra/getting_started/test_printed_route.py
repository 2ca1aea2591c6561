# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page docs/getting-started.md does what it says: its blocks are written and run as they are printed.

What differs here from a reader's site is beside the printed files: the vendor's files, and variables of the host, which take precedence over the
inventory's.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

import pytest

ROOT = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
PAGE = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
NODE = "mta1.example.com"
CONNECTIONS = {"podman": "containers.podman.podman", "docker": "community.docker.docker"}
PORTS = {25: "-starttls smtp", 587: "-starttls smtp", 465: ""}


# The distribution's package, for dnf to find; the library itself is in the image.
LIBRARY = """\
Name: python3-cryptography
Version: 3.2.1
Release: 1
Summary: An empty package in the place of the distribution's
License: GPL-3.0-or-later
BuildArch: noarch
%description
Empty.
%files
"""
DISTRIBUTION = (
    "mkdir /srv/distribution && cd /srv/distribution && printf '%%s' %s > library.spec && "
    "rpmbuild -bb --define '_rpmdir /srv/distribution' library.spec && createrepo_c . && "
    "printf '[distribution]\\nname=d\\nbaseurl=file:///srv/distribution\\ngpgcheck=0\\n' > /etc/yum.repos.d/distribution.repo"
)


class Ran(NamedTuple):
    """A printed command, its exit status and output."""

    command: str
    status: int
    output: str

    def counted(self, what: str) -> List[int]:
        """A number of the recap, of every host."""
        return [
            int(number)
            for number in re.findall(r"(?<![a-z])%s=(\d+)" % what, re.sub(r"\x1b\[[0-9;]*m", "", self.output))
        ]


def blocks(language: str) -> List[str]:
    """The code blocks of a language, in order."""
    return re.findall(r"^```%s\n(.*?)^```$" % language, PAGE, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("console") for line in block.splitlines()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Path:
    """The directory of a reader: the printed files under their printed names, and what the vendor sent."""
    directory: Path = tmp_path_factory.mktemp("site")
    for text in blocks("yaml"):
        name = re.match(r"# (\S+)\n", text)
        assert name, text
        (directory / name.group(1)).write_text(text, encoding="utf-8")
    bundle = Path(os.environ["MOMENTUM_STANDIN_BUNDLE"])
    (directory / "files").mkdir()
    named = re.search(r"momentum_bundle: (\S+)", PAGE)
    assert named
    (directory / named.group(1)).symlink_to(bundle)
    (directory / "files" / "license").symlink_to(os.environ["MOMENTUM_STANDIN_LICENSE"])
    (directory / "host_vars").mkdir()
    (directory / "host_vars" / (NODE + ".json")).write_text(json.dumps(own_variables(bundle)), encoding="utf-8")
    return directory


def own_variables(bundle: Path) -> Dict[str, Any]:
    """How the container is reached, and what is true of the stand-in's bundle: its checksum, and that nobody signed it."""
    return {
        "ansible_connection": CONNECTIONS[os.environ["CONTAINER_ENGINE"]],
        "ansible_host": "%s-%s-mta1" % (os.environ["MOMENTUM_TEST_NAME"], os.environ["MOLECULE_SCENARIO_NAME"]),
        "ansible_user": "root",
        "ansible_become": False,
        "momentum_bundle_checksum": "sha256:" + Path(str(bundle) + ".sha256").read_text().split()[0],
        "momentum_gpg_key": "",
    }


@pytest.fixture(scope="module")
def runs(host: Any, site: Path) -> Iterator[List[Ran]]:
    """Every printed command, until one fails."""
    host.run_expect([0], DISTRIBUTION, LIBRARY)
    found: List[Ran] = []
    for command in COMMANDS:
        found.append(ran(command, site))
        if found[-1].status:
            break
    yield found


def ran(command: str, site: Path) -> Ran:
    """Run a command in the directory of the reader."""
    plain = {"ANSIBLE_NOCOLOR": "true", "ANSIBLE_FORCE_COLOR": "false", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=str(site),
        env=dict(os.environ, **plain),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print("$ %s\n%s" % (command, done.stdout))
    return Ran(command, done.returncode, done.stdout)


def test_every_printed_command_succeeds(runs: List[Ran]) -> None:
    assert [(ran.command, ran.status) for ran in runs] == [(command, 0) for command in COMMANDS], runs[-1].output


def test_the_runs_that_are_said_to_change_nothing_change_nothing(runs: List[Ran]) -> None:
    # The first run of rotate_certificates as well: the certificates are those that site has deployed.
    first = next(number for number, ran in enumerate(runs) if ran.command.endswith("msys.momentum.site"))
    again = runs[first + 1 : first + 3]
    assert [ran.command.split()[-1] for ran in again] == ["msys.momentum.site", "msys.momentum.rotate_certificates"]
    assert [ran.counted("changed") for ran in again] == [[0], [0]], "\n".join(ran.output for ran in again)


def test_the_run_that_rotates_is_a_change(runs: List[Ran]) -> None:
    (rotated,) = [ran for ran in runs if "rekey" in ran.command]
    assert rotated.counted("changed")[0] > 0


def test_each_port_presents_a_certificate_that_the_authority_signed(host: Any, site: Path, runs: List[Ran]) -> None:
    authority = (site / "authority" / "ca-bundle.pem").read_text(encoding="ascii")
    host.run_expect([0], "printf '%%s' %s > /root/ca-bundle.pem", authority)
    served = set()
    for port, how in PORTS.items():
        shown = host.check_output(
            "echo QUIT | openssl s_client -connect 127.0.0.1:%d %s -CAfile /root/ca-bundle.pem -verify_return_error "
            "-verify_hostname %s 2>/dev/null" % (port, how, NODE)
        )
        assert "Verify return code: 0 (ok)" in shown, "port %d: %s" % (port, shown)
        served.add(re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END", shown, re.DOTALL)[0])
    assert len(served) == 1


def test_the_report_names_the_certificate(site: Path, runs: List[Ran]) -> None:
    found = json.loads((site / "certificates.json").read_text(encoding="utf-8"))
    assert any("server.crt" in str(one) and NODE in str(one) for one in found["certificates"])
    assert NODE in (site / "certificates.html").read_text(encoding="utf-8")


RENEW = (
    "cd /opt/msys/ecelerity/etc/certs && openssl req -x509 -new -key server.key -subj /CN=%s -days 30 -out /root/other.crt && "
    "cat /root/other.crt > server.crt"
)
FINGERPRINT = "openssl x509 -noout -fingerprint -sha256"


def test_a_certificate_that_another_program_renewed_is_loaded_by_the_next_run(
    host: Any, site: Path, runs: List[Ran]
) -> None:
    """The last test: what it leaves is of no authority."""
    host.run_expect([0], RENEW, NODE)
    # The part `certificate` alone would have it replaced, because its authority did not sign it.
    found = ran("ansible-playbook -i inventory.yml msys.momentum.site --tags service", site)
    assert found.status == 0, found.output
    assert "service: reload (files on disk differ from what the daemon has loaded)" in found.output
    other = host.check_output("%s -in /root/other.crt" % FINGERPRINT)
    for port, how in PORTS.items():
        wire = "echo QUIT | openssl s_client -connect 127.0.0.1:%d %s 2>/dev/null | %s" % (port, how, FINGERPRINT)
        assert host.check_output(wire) == other, port
