# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever momentum.repo says: our file checks signatures as asked and names the unpacked bundle, or the bundle is refused."""

import configparser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.module_utils.errors import PlanError
from plugins.module_utils.packages.repository_file import ID, MAX_SIZE, directory_in, parse, read, written

PLAIN = "[momentum]\nname=Momentum\nbaseurl=file://{top}\nenabled=0\ngpgcheck=0\n"


@pytest.fixture(name="top", scope="module")
def _top(tmp_path_factory):
    top = tmp_path_factory.mktemp("bundle") / "momentum-mta-5.3.0"
    for name in (".", "rpms", "empty"):
        (top / name / "repodata").mkdir(parents=True, exist_ok=True)
    for name in (".", "rpms"):
        (top / name / "repodata" / "repomd.xml").touch()
    (top.parent / "other" / "repodata").mkdir(parents=True)
    (top.parent / "other" / "repodata" / "repomd.xml").touch()
    (top / "out").symlink_to(top.parent / "other")
    return str(top)


def ours(text, top, signatures=True):
    """Our file for the vendor's text, as Python's reader of INI files sees it."""
    found = configparser.RawConfigParser()
    found.read_string(written(read(text.replace("{top}", top).encode(), "momentum.repo", top), signatures, "sha256:0"))
    return found


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("[momentum]", "[momentum] # x"),
        PLAIN.replace("[momentum]", "[momentum]  ; x"),
        PLAIN.rstrip("\n"),
        "\n# a comment\n" + PLAIN,
        PLAIN + "[momentum-debug]\nbaseurl=https://example.com\ngpgcheck=0\nenabled=1\npluginpath=/tmp\n",
        "[main]\ngpgcheck=0\nplugins=1\nreposdir=/dev/null\n" + PLAIN,
        PLAIN.replace("gpgcheck=0", "gpgkey=file:///a\n  gpgcheck=0\n  file:///b"),
        PLAIN.replace("gpgcheck=0", "gpgcheck = 0"),
        PLAIN.replace("file://{top}", "file:{top}"),
        PLAIN.replace("file://{top}", "file://localhost{top}/"),
    ],
)
@pytest.mark.parametrize("signatures", [True, False])
def test_our_file_has_one_section_in_which_nothing_is_the_vendors(text, signatures, top):
    found = ours(text, top, signatures)
    assert found.sections() == [ID] and not found.defaults()
    values = dict(found[ID])
    assert values == {
        "name": "Momentum",
        "baseurl": "file://" + top,
        "enabled": "0",
        "gpgcheck": str(int(signatures)),
        "repo_gpgcheck": "0",
        "sslverify": "1",
        "skip_if_unavailable": "0",
        "module_hotfixes": "0",
    }


def test_packages_may_be_below_the_top_directory_and_module_streams_may_be_set_aside(top):
    values = ours(PLAIN.replace("file://{top}", "file://{top}/rpms") + "module_hotfixes=True", top)[ID]
    assert (values["baseurl"], values["module_hotfixes"]) == ("file://%s/rpms" % top, "1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no section [momentum]"),
        (" " + PLAIN, "momentum.repo:1: the line begins with a blank"),
        ("[other]\na=1\n " + PLAIN, "no section [momentum]"),
        (PLAIN + PLAIN, "[momentum] is there twice"),
        (PLAIN + "gpgcheck=1\n", "gpgcheck is there twice"),
        (PLAIN + "pluginpath=/tmp\n", "[momentum] sets pluginpath"),
        ("[main]\npluginpath=/tmp\n" + PLAIN, "[main] sets pluginpath"),
        ("[main]\ninstallroot=/tmp\n" + PLAIN, "[main] sets installroot"),
        (PLAIN + "mirrorlist=https://example.com\n", "mirrorlist"),
        (PLAIN + "Gpgcheck=1\n", "Gpgcheck"),
        (PLAIN + "gpgcheck: 1\n", "neither a header nor KEY=VALUE"),
        ("name=x\n" + PLAIN, "no section comes before it"),
        ("[momentum] x\n", "is no header"),
        ("[momentum\n", "is no header"),
        ("[momentum]]\n", "is no header"),
        (PLAIN.replace("\n", "\r"), "control character"),
        (PLAIN + "a=\x0b\n", "control character"),
        ("\ufeff" + PLAIN, "control character"),
        (PLAIN.replace("file://{top}", "https://example.com"), "baseurl must be one file:// address"),
        (PLAIN.replace("file://{top}", "file://example.com{top}"), "baseurl must be"),
        (PLAIN.replace("file://{top}", "file://{top} file:///tmp"), "baseurl must be"),
        (PLAIN.replace("file://{top}", "file://{top}\n file:///tmp"), "baseurl must be"),
        (PLAIN.replace("file://{top}", "file://{top}/$basearch"), "without variables"),
        (PLAIN.replace("file://{top}", "file://{top}%2f.."), "baseurl must be"),
        (PLAIN.replace("baseurl=file://{top}\n", ""), "baseurl must be"),
        (PLAIN.replace("file://{top}", "file://{top}/../other"), "is not within the unpacked bundle"),
        (PLAIN.replace("file://{top}", "file://{top}/out"), "is not within the unpacked bundle"),
        (PLAIN.replace("file://{top}", "file://{top}/empty"), "no repodata/repomd.xml"),
        (PLAIN + "module_hotfixes=maybe\n", "module_hotfixes"),
        (PLAIN + "#" * MAX_SIZE, "has more than"),
    ],
)
def test_what_is_ambiguous_or_leads_elsewhere_is_refused_with_file_and_remedy(text, reason, top):
    with pytest.raises(PlanError) as refused:
        read(text.replace("{top}", top).encode(), "momentum.repo", top)
    assert reason in str(refused.value) and "momentum.repo" in str(refused.value)


def test_a_file_that_is_no_text_is_refused(top):
    with pytest.raises(PlanError, match="not UTF-8"):
        read(b"[momentum]\n\xff", "momentum.repo", top)


LINES = st.sampled_from(
    [
        "[momentum]",
        " [momentum]",
        "[main]",
        "[other]",
        "[momentum] # x",
        "gpgcheck=0",
        " gpgcheck=0",
        "gpgcheck = 1",
        "baseurl=file://{top}",
    ]
    + [
        "baseurl=https://example.com/",
        "pluginpath=/tmp",
        "installroot=/tmp",
        "",
        "# x",
        "name=x",
        "enabled=1",
        "\t",
        "=",
        "[",
        "]",
    ]
)
TEXTS = st.one_of(
    st.lists(LINES, max_size=12).flatmap(
        lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
    ),
    st.text(max_size=60),
    st.text(max_size=40).map(lambda text: PLAIN + text),
    st.text(max_size=40).map(lambda text: text + PLAIN),
)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(text=TEXTS)
def test_no_text_makes_a_file_of_ours_that_says_something_else(text, top):
    try:
        found = ours(text.encode("utf-8", "replace").decode(), top)
    except PlanError:
        return
    assert found.sections() == [ID]
    assert (found[ID]["gpgcheck"], found[ID]["baseurl"]) == ("1", "file://" + top)
    assert set(found[ID]) == {
        "name",
        "baseurl",
        "enabled",
        "gpgcheck",
        "repo_gpgcheck",
        "sslverify",
        "skip_if_unavailable",
        "module_hotfixes",
    }


def test_our_own_file_is_read_by_the_same_reader(top, tmp_path):
    file = tmp_path / "ours.repo"
    file.write_text(written(read(PLAIN.replace("{top}", top).encode(), "momentum.repo", top), True, "sha256:0"))
    assert directory_in(str(file)) == top
    file.write_text("[else]\nbaseurl=file:///\n")
    with pytest.raises(PlanError, match="was not written by"):
        directory_in(str(file))
    assert parse(b"[a]\nb = c\n  d\n", "x") == {"a": {"b": "c\nd"}}
