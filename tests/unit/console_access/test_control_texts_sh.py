# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment file as the shells of the machine read it, after it was edited and before."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.module_utils.console_access.texts import control_of, with_control
from plugins.module_utils.errors import PlanError

SHELLS = [shell for shell in ("dash", "bash", "sh") if shutil.which(shell)]
VALUES = [
    "/run/old",
    "'/a b'",
    '"/a b"',
    "/a#b",
    "#b",
    "/a\\ b",
    "/a\u2028b",
    "/a\x0cb",
    "/a\xa0b",
    "/a\r",
    "$HOME/x",
    "$(echo /x y)",
    '"$HOME"',
    "`echo z`",
    "",
    "a'b c'\"d\"e",
    '"a\\\\b"',
]
LINES = st.builds(
    "{0}{1}{2}{3}".format,
    st.sampled_from(["", " ", "export ", "\texport  ", "# ", "X", "\xa0"]),
    st.just("CONTROL="),
    st.sampled_from(VALUES),
    st.sampled_from(["", " ", " # remark", "; A=1", "\t"]),
)
FILES = st.lists(st.one_of(LINES, st.sampled_from(["A=1", "export B='2'", "# remark", ""])), max_size=5)
ENDPOINTS = st.one_of(
    st.sampled_from(["/run/ecelerity/2025", "127.0.0.1:2025", "/a b", "/a'b", "/$x", "/\xe9"]), st.text()
)


def sourced(shell, text, directory):
    path = directory / "environment"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = subprocess.run(
        [shell, "-c", '. "$0"; printf %s "$CONTROL"', str(path)],
        env={"HOME": "/home", "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return ran.stdout.decode("utf-8", "surrogateescape")


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("sourced")


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=150)
@given(lines=FILES, endpoint=ENDPOINTS)
def test_a_shell_reads_the_endpoint_that_was_set(shell, directory, lines, endpoint):
    text = "\n".join(lines)
    named = control_of(text)
    assert named in ("", sourced(shell, text, directory))
    try:
        after = with_control(text, endpoint)
    except PlanError:
        return
    assert sourced(shell, after, directory) == endpoint == control_of(after)
    assert with_control(after, endpoint) == after
