# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook of the newest ansible-core and of 2.16, the oldest that the collection supports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Without blanks, wherever the checkout is: ansible-core 2.16 does not quote the interpreter of a node.
INTERPRETER = os.path.realpath(sys.executable)
PROGRAMS = {"newest": Path(sys.executable).parent, "2.16": ROOT / ".venv-core-2.16" / "bin"}
NEEDS_OLDEST = pytest.mark.skipif(
    not PROGRAMS["2.16"].is_dir(), reason="needs ansible-core 2.16: run tools/oldest_core"
)
CORES = ["newest", pytest.param("2.16", marks=NEEDS_OLDEST)]
# Where both do the same, the older one is only asked in the long run.
NEWEST_FIRST = ["newest", pytest.param("2.16", marks=[NEEDS_OLDEST, pytest.mark.long])]
OPTIONS = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".ansible" / "collections"),
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_PIPELINING": "1",
    "ANSIBLE_DEPRECATION_WARNINGS": "0",
    "LC_ALL": "C.UTF-8",
}


def ansible_playbook(core, directory, *words, **options):
    """Run it in a directory; `options` are environment variables. What it says is in `stdout`."""
    environment = dict(os.environ, ANSIBLE_HOME=str(directory / ".ansible"), **OPTIONS)
    environment.update(options)
    return subprocess.run(
        [str(PROGRAMS[core] / "ansible-playbook")] + [str(word) for word in words],
        cwd=str(directory),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=600,
        check=False,
    )
