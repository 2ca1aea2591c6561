# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No value adds a line, a word or a setting to a file that the collection makes up, whoever wrote the value."""

import os
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.config import keyword_files
from plugins.module_utils.console_access import passwords, texts
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.sandbox import dropin, eyes, places
from plugins.module_utils.sandbox.facts import Choice, Look, facts
from plugins.module_utils.text import generated

NASTY = "\n\r\x0b\x0c\x1c\x85\u2028\u2029\x00\x1b\t \"'\\%$;#=:,[]{}()~!+-./aZ09_\u202e\udcff"
TEXTS = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=24)
VALUES = st.one_of(TEXTS, TEXTS.map(lambda text: "/" + text), st.none(), st.integers(), st.booleans())


def refused(made):
    """What a function gives, None where it refuses."""
    try:
        return made()
    except PlanError:
        return None


def systemd_words(value):
    """A list in a unit file as systemd.syntax(7) and systemd.unit(5) have it read: quotes, backslashes, then specifiers."""
    lexer = shlex.shlex(value, posix=True)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters, lexer.escapedquotes = " \t\n\r", True, "", "\"'"
    words = list(lexer)
    assert all(not word.replace("%%", "").count("%") for word in words), "a specifier"
    return [word.replace("%%", "%") for word in words]


def lines(text):
    """As readers in C do: a line feed alone ends a line, and NUL ends the text."""
    assert text.endswith("\n") and not set(text) & set("\x00\r")
    return text[:-1].split("\n")


@given(VALUES)
def test_a_word_of_a_unit_file_reads_back_as_one_word(value):
    word = refused(lambda: generated.systemd_word("it", value))
    if word is not None:
        assert systemd_words(word) == [value]
    else:
        assert not isinstance(value, str) or not value.isprintable()


@given(name=VALUES, value=VALUES)
def test_a_setting_is_one_line_of_one_name(name, value):
    setting = refused(lambda: generated.systemd_setting(name, value))
    if setting is not None:
        assert lines(generated.text([setting])) == ["%s=%s" % (name, value)]
        assert name.isalnum() and not setting.endswith("\\") and value is not None


@given(st.lists(VALUES))
def test_a_file_has_as_many_lines_as_it_was_given(values):
    text = refused(lambda: generated.text(values))
    if text:
        assert lines(text) == values


@given(VALUES)
def test_a_path_is_absolute_and_says_where_it_is(value):
    path = refused(lambda: generated.path("it", value))
    if path is not None:
        assert path == value == os.path.normpath(value) and path.startswith("/") and len(path) > 1
        assert not {"..", ".", ""} & set(path.split("/")[1:])


@given(directory=VALUES, owner=VALUES, group=VALUES)
def test_the_file_for_the_boot_makes_one_directory(directory, owner, group):
    text = refused(lambda: texts.boot(directory, owner, group, 0o750))
    if text is not None:
        head, made = lines(text)
        assert head == texts.BOOT_HEAD
        assert made.split() == ["d", directory, "0750", owner, group, "-"] and "%" not in made


@given(text=st.sampled_from(["", "A=1\n", "export CONTROL=/tmp/2025 # x\nB=2"]), endpoint=VALUES)
def test_the_environment_names_one_endpoint_and_runs_nothing(text, endpoint):
    made = refused(lambda: texts.with_control(text, endpoint))
    if made is not None:
        assert texts.control_of(made) == endpoint
        assert made.count("\n") == (text.count("\n") if "CONTROL" in text else text.count("\n") + 1)


@given(old=TEXTS, name=VALUES, members=st.lists(VALUES, max_size=3))
def test_the_file_of_groups_gains_one_line_at_most_and_loses_none_of_others(old, name, members):
    made = refused(lambda: texts.with_groups(old, [texts.Group(name, members)]))
    if made is not None:
        rest = [line for line in old.split("\n") if line and line.partition(":")[0].strip() != name]
        assert [line for line in rest if line not in made.split("\n")] == []
        assert len(made.split("\n")) <= len(old.split("\n")) + 2


@given(old=TEXTS, name=VALUES, realm=VALUES)
def test_the_file_of_passwords_gains_one_line_at_most_and_keeps_those_of_others(old, name, realm):
    made = refused(lambda: passwords.edit(old, realm, [passwords.User(name, "word")]))
    if made is not None:
        digest = "%s:%s:%s" % (name, realm, passwords.digest(name, realm, "word"))
        assert digest in made.text.split("\n")
        rest = [line for line in old.split("\n") if line and line.rstrip().split(":")[:2] != [name, realm]]
        assert [line for line in rest if line not in made.text.split("\n")] == []


@pytest.mark.parametrize("style", sorted(keyword_files.STYLES))
@given(old=TEXTS, value=VALUES)
def test_a_keyword_is_set_to_the_value_and_nothing_else_is(style, old, value):
    made = refused(
        lambda: keyword_files.edited("other = 1\n#" + old + "\n", keyword_files.STYLES[style], {"name": value})
    )
    if made is not None and value:
        read = [keyword_files.STYLES[style].read(line) for line in made.split("\n")]
        found = [(line.name.lower(), line.value) for line in read if line is not None]
        assert [pair for pair in found if pair[0] == "name"][-1] == ("name", value)
        assert made.count("\n") <= old.count("\n") + 3


def as_bytes(text):
    """Bytes that a file may have: a lone surrogate that stands for none is not UTF-8 either."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def drop_in(text, local_changes=None, version=252):
    """The drop-in of a configuration as a daemon's account might write it."""
    look = Look(lambda path: False, lambda user: False, lambda named: [], lambda user: "/opt/msys", 40)
    reader = OverlayReader({"/c/main.conf": as_bytes(text)})
    effective = Effective(load("/c/main.conf", [], nodename="mta1", reader=reader))
    known = facts(effective, "/opt/msys/ecelerity", local_changes, Choice(), look)
    return dropin.text(dropin.directives(known, version, {}, ())).decode("utf-8")


PLAIN = 'Control_Listener {\n  Listen "/run/ecelerity/2025" { }\n}\nSecurity {\n  User = "ecuser"\n  Chroot = "%s"\n}\nX = "%s"\n'
NAMES = [line.partition("=")[0] for line in drop_in(PLAIN % ("/srv", "")).splitlines()]


@given(chroot=VALUES, other=VALUES, changes=VALUES)
def test_no_value_of_the_configuration_adds_a_directive_to_the_drop_in(chroot, other, changes):
    clean = [str(value).replace("\\", "/").replace('"', "'") for value in (chroot, other)]
    text = refused(lambda: drop_in(PLAIN % tuple(clean), changes or None))
    if text is None:
        return
    kept = set(NAMES) | {"ProtectHome", "PrivateTmp"}
    assert [line.partition("=")[0] for line in lines(text) if line.partition("=")[0] not in kept] == []
    (writable,) = [line.partition("=")[2] for line in lines(text) if line.startswith("ReadWritePaths=")]
    for word in systemd_words(writable):
        assert word.startswith("-/") and os.path.normpath(word[1:]) == word[1:]
        assert not places.under(word[1:], ["/etc", "/usr", "/opt/msys/ecelerity/bin", "/opt/msys/ecelerity/sbin"])


@pytest.mark.parametrize("name", ["Chroot", "Local_Changes_File"])
@pytest.mark.parametrize(
    "evil", ["/srv/x\nExecStartPre=+/bin/sh -c id\n/y", "/srv/x\u2028y/z", "/srv/../etc/x", "//etc/x"]
)
def test_the_options_of_the_attack_are_refused_by_file_and_line(name, evil):
    text = PLAIN % (evil if name == "Chroot" else "/srv", "")
    text = text if name == "Chroot" else 'Local_Changes_File = "%s"\n%s' % (evil, text)
    with pytest.raises(PlanError, match=r"%s, /c/main.conf:[16] " % name):
        drop_in(text, evil if name == "Local_Changes_File" else None)


def test_a_directory_that_the_account_could_replace_is_not_followed(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    theirs = tmp_path / "theirs"
    (theirs / "a" / "b").mkdir(parents=True)
    os.chown(str(theirs), 65534, 65534)

    def replaceable(path):
        return eyes.replaceable(path, "65534")

    assert places.anchored(str(theirs / "a" / "b"), replaceable, ["/etc"]) == str(theirs)
    assert places.anchored(str(theirs), replaceable, ["/etc"]) == str(theirs)
    assert places.anchored(str(tmp_path / "ours"), replaceable, ["/etc"]) == str(tmp_path / "ours")
