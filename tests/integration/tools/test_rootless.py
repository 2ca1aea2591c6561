# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tools/engine with Podman alone, for an account other than root: the error names what is missing, and the command that installs it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = "cat dirname grep mkdir sed timeout uname awk readlink"
ACCOUNT = '#!/bin/sh\ncase "$1" in -u) echo 54321 ;; *) echo operator ;; esac\n'
PODMAN = "#!/bin/sh\n[ \"$1\" != --version ] || echo 'podman version %s'\n"


@pytest.fixture
def machine(tmp_path):
    """A checkout and a directory of programs: those of every system, Podman, and no way to become root."""
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS.split():
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    shutil.copytree(str(ROOT / "tools"), str(tmp_path / "tools"))
    put(tmp_path, "id", ACCOUNT)
    put(tmp_path, "podman", PODMAN % "4.9.4")
    put(tmp_path, "iptables", "#!/bin/sh\n")
    return tmp_path


def put(machine, name, text="#!/bin/sh\n"):
    (machine / "bin" / name).write_text(text)
    (machine / "bin" / name).chmod(0o755)


def engine(machine, **environment):
    done = subprocess.run(
        ["/bin/sh", "tools/engine"],
        cwd=str(machine),
        env=dict({"PATH": str(machine / "bin")}, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0 and done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("manager", "version", "packages"),
    [
        ("apt-get", "4.9.4", "sudo apt-get install -y --no-install-recommends uidmap slirp4netns"),
        ("apt-get", "5.4.0", "sudo apt-get install -y --no-install-recommends uidmap passt"),
        ("dnf", "4.9.4", "sudo dnf install -y shadow-utils slirp4netns"),
        ("dnf", "5.4.0", "sudo dnf install -y shadow-utils passt"),
    ],
)
def test_the_packages_are_named_as_the_system_calls_them(machine, manager, version, packages):
    put(machine, manager)
    put(machine, "podman", PODMAN % version)
    for said in (engine(machine), engine(machine, CONTAINER_ENGINE="podman")):
        assert packages in said and "to run containers as operator: newuidmap" in said


def test_a_system_without_a_known_package_manager_is_told_the_programs(machine):
    assert "newuidmap slirp4netns" in engine(machine)


def test_an_account_without_a_range_of_others_is_told_how_to_get_one(machine):
    for name in ("newuidmap", "slirp4netns", "netavark", "aardvark-dns"):
        put(machine, name)
    assert "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 operator" in engine(machine)
