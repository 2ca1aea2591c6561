# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Momentum's checkers are judged by their words, and see staged files in a shadow of the configuration tree."""

import os
import stat
import sys

import pytest

from plugins.module_utils.errors import CheckFailed
from plugins.module_utils.files.reading import TooLarge
from plugins.module_utils.host.program import Ended, execute
from plugins.module_utils.validation.staging_tree import shadow
from plugins.module_utils.validation.validators import Checker

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
XML = '<?xml version="1.0"?>\n<config><option name="x">1</option></config>\n'


@pytest.fixture
def prefix(tmp_path):
    """An installation: two programs (which the tests replace by `run`) and a configuration."""
    for program in ("ec_dump_config", "validate_config"):
        path = tmp_path / "bin" / program
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    for directory in ("global", "default/conf.d", "node1"):
        (tmp_path / "etc" / "conf" / directory).mkdir(parents=True)
    return tmp_path


def conf(prefix, name):
    return str(prefix / "etc" / "conf" / name)


def checker(prefix, run, **named):
    search_path = [conf(prefix, "global"), conf(prefix, "{NODENAME}"), conf(prefix, "default")]
    return Checker(str(prefix), conf(prefix, "default/ecelerity.conf"), search_path, "node1", run=run, **named)


def answering(stdout="", stderr="", status=0):
    return lambda *_: Ended(status, stdout, stderr)


def put(path, text):
    with open(path, "w") as stream:
        stream.write(text)
    return path


def text_of(path):
    with open(path) as stream:
        return stream.read()


@pytest.mark.parametrize(
    "output",
    [
        "Configuration valid",
        "Configuration valid\n",
        "Configuration valid.\r\n",
        "some notice\nConfiguration valid\n",
        "[2026-01-01 00:00:00] Configuration valid\n",
    ],
)
def test_the_documented_words_mean_valid(prefix, output):
    assert checker(prefix, answering(output)).installed() is True


@pytest.mark.parametrize(
    "stdout, stderr, words",
    [
        ("", "", "printed nothing, which means that it is not valid"),
        ("\n \n", "", "printed nothing"),
        ("No configuration found\n", "", "No configuration found"),
        ("Configuration validation failed\n", "", "validation failed"),
        ("Configuration valid? no\n", "", "valid? no"),
        ("configuration valid\n", "", "configuration valid"),
        ("The Configuration valid\n", "", "The"),
        ("", "Configuration valid\n", "Configuration valid"),
        ("Configuration valid\n", "Reconfigure failed.\n", "Reconfigure failed"),
        ("", "Syntax error in a.conf at line 3 near 'x'\n", "line 3"),
    ],
)
def test_anything_else_means_not_valid(prefix, stdout, stderr, words):
    with pytest.raises(CheckFailed) as caught:
        checker(prefix, answering(stdout, stderr)).installed()
    assert words in caught.value.output


@pytest.mark.parametrize(
    "stdout, stderr",
    [
        (XML, ""),
        ("\ufeff" + XML, ""),
        ("a notice\n" + XML, "another\n"),
        ("<config/>\n", ""),
        ("<config><message>Syntax error, Reconfigure failed.</message>\n</config>\n", ""),
    ],
)
def test_a_printed_configuration_means_valid(prefix, stdout, stderr):
    assert checker(prefix, answering(stdout, stderr)).staged({}) is True


@pytest.mark.parametrize(
    "stdout, stderr, status, words",
    [
        ("", "", 0, "printed no configuration"),
        ("Syntax error in a.conf at line 3 near '<x'\n", "", 0, "line 3"),
        (XML + "Reconfigure failed.\nGlobal configuration error.\n", "", 0, "Global configuration error"),
        ("[date] No module provides capability 'x'.\nReconfigure failed.\n" + XML, "", 0, "No module provides"),
        (XML, "Syntax error in a.conf at line 1 near 'x'\n", 0, "line 1"),
        ("all is well\n", "", 0, "all is well"),
        (XML, "", -11, "ec_dump_config was killed by signal 11"),
    ],
)
def test_words_of_failure_beside_the_document_mean_not_valid(prefix, stdout, stderr, status, words):
    with pytest.raises(CheckFailed) as caught:
        checker(prefix, answering(stdout, stderr, status)).staged({})
    assert words in caught.value.output and "<?xml" not in caught.value.output


def test_missing_programs_are_said_to_be_missing(prefix):
    both = checker(prefix, answering("Configuration valid"))
    assert both.missing == []
    os.chmod(str(prefix / "bin" / "ec_dump_config"), 0o644)
    assert both.missing == [both.dump] and both.staged({}) is False and both.installed() is True
    os.unlink(str(prefix / "bin" / "validate_config"))
    assert both.missing == [both.dump, both.validate] and both.installed() is False


def test_a_program_that_cannot_run_or_does_not_answer_is_a_failure(prefix):
    put(str(prefix / "bin" / "ec_dump_config"), "#!/does/not/exist\n")
    with pytest.raises(CheckFailed, match="No such file"):
        checker(prefix, execute).staged({})
    put(str(prefix / "bin" / "validate_config"), "#!/bin/sh\nsleep 600 & sleep 600\n")
    with pytest.raises(CheckFailed, match="did not finish within 0.2 seconds"):
        checker(prefix, execute, timeout=0.2).installed()


def test_programs_run_from_the_root_with_a_clean_environment(prefix, monkeypatch):
    monkeypatch.setenv("EC_CONF_SEARCH_PATH", "/elsewhere")
    monkeypatch.setenv("LD_PRELOAD_OF_THE_USER", "x")
    script = "#!/bin/sh\nread line; echo \"$(pwd) $(env | cut -d= -f1 | sort | tr '\\n' ' ')$line\"\n"
    put(str(prefix / "bin" / "validate_config"), script)
    with pytest.raises(CheckFailed) as caught:
        checker(prefix, execute).installed()
    assert set(caught.value.output.split()) <= {"/", "LC_ALL", "PATH", "PWD", "OLDPWD", "SHLVL", "_"}


def includes(path, found):
    """A reader of includes as documented: beside the including file first, then the search path."""

    def read(path):
        found.append(path)
        with open(path) as stream:
            for line in stream:
                if "include" in line.split(" ")[0]:
                    follow(line.split(None, 1)[1].strip().strip('"'), os.path.dirname(path))

    def follow(name, beside):
        for directory in [beside] + os.environ.get("EC_CONF_SEARCH_PATH", "").split(":"):
            target = os.path.join(directory, name)
            if os.path.isdir(target):
                for one in sorted(os.listdir(target)):
                    if not one.startswith("."):
                        read(os.path.join(target, one))
                return
            if os.path.exists(target):
                return read(target)
        found.append("missing " + name)

    read(path)


def contents(prefix, mapping, monkeypatch):
    """What a program would read: the text of every file, by its name."""
    texts = {}

    def run(arguments, environment, _timeout):
        monkeypatch.setenv("EC_CONF_SEARCH_PATH", environment["EC_CONF_SEARCH_PATH"])
        found = []
        includes(arguments[2], found)
        for path in found:
            texts[os.path.basename(path)] = path if path.startswith("missing") else text_of(path)
        return Ended(0, XML, "")

    checker(prefix, run).staged(mapping)
    return texts


def test_relative_includes_reach_the_staged_whole(prefix, monkeypatch):
    main = put(conf(prefix, "default/ecelerity.conf"), "old main\n")
    common = put(conf(prefix, "default/common.conf"), "old common\n")
    put(conf(prefix, "default/untouched.conf"), "untouched\n")
    node = put(conf(prefix, "node1/node-local.conf"), "old node\n")
    gone = put(conf(prefix, "default/conf.d/20-gone.conf"), "gone\n")
    put(conf(prefix, "default/conf.d/10-kept.conf"), "kept\n")
    added = conf(prefix, "default/conf.d/30-added.conf")
    put(conf(prefix, "default/.hidden.conf"), "hidden\n")
    included = (".hidden.conf", "common.conf", "untouched.conf", "node-local.conf", "conf.d", "../global/g.conf")
    text = "".join("include %s\n" % name for name in included)
    mapping = {
        main: put(conf(prefix, "default/.0.new"), text),
        common: put(conf(prefix, "default/.1.new"), "new common\n"),
        node: put(conf(prefix, "node1/.2.new"), "new node\n"),
        gone: None,
        added: put(conf(prefix, "default/conf.d/.4.new"), "added\n"),
        conf(prefix, "global/g.conf"): put(conf(prefix, "global/.5.new"), "new global\n"),
    }
    assert contents(prefix, mapping, monkeypatch) == {
        "ecelerity.conf": text,
        ".hidden.conf": "hidden\n",
        "common.conf": "new common\n",
        "untouched.conf": "untouched\n",
        "node-local.conf": "new node\n",
        "10-kept.conf": "kept\n",
        "30-added.conf": "added\n",
        "g.conf": "new global\n",
    }


def test_absolute_includes_reach_the_staged_whole(prefix, monkeypatch):
    common = put(conf(prefix, "default/common.conf"), "old common\n")
    put(conf(prefix, "default/middle.conf"), "include relative.conf\n")
    relative = put(conf(prefix, "default/relative.conf"), "old relative\n")
    added = conf(prefix, "default/conf.d/a.conf")
    put(
        conf(prefix, "default/ecelerity.conf"),
        'include "%s"\nreadonly_include %s\ninclude "%s/"\n'
        % (common, conf(prefix, "default/middle.conf"), os.path.dirname(added)),
    )
    mapping = {
        common: put(conf(prefix, "default/.1.new"), "new common\n"),
        relative: put(conf(prefix, "default/.2.new"), "new relative\n"),
        added: put(conf(prefix, "default/conf.d/.3.new"), "added\n"),
    }
    found = contents(prefix, mapping, monkeypatch)
    assert found["common.conf"] == "new common\n" and found["relative.conf"] == "new relative\n"
    assert found["a.conf"] == "added\n"


def test_messages_name_the_real_files_and_the_shadow_is_gone(prefix, tmp_path):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    roots = []

    def run(arguments, _environment, _timeout):
        roots.append(arguments[2][: -len(main)])
        assert stat.S_IMODE(os.stat(roots[0]).st_mode) == 0o700
        return Ended(0, "", "Syntax error in %s at line 1 near 'x'\n" % arguments[2])

    with pytest.raises(CheckFailed) as caught:
        checker(prefix, run, state_dir=str(state)).staged({main: put(conf(prefix, "default/.0.new"), "new\n")})
    assert caught.value.output == "Syntax error in %s at line 1 near 'x'" % main
    assert roots[0].startswith(str(state / "check")) and os.listdir(str(state / "check")) == []


def test_the_shadow_copies_configuration_and_links_to_everything_else(prefix):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    other = put(conf(prefix, "default/other.conf"), "other\n")
    staged = put(conf(prefix, "default/.0.new"), "new\n")
    before = os.umask(0)
    try:
        with shadow({main: staged}, [conf(prefix, "missing")]) as root:
            assert (text_of(root + main), text_of(root + other)) == ("new\n", "other\n")
            # A program that resolves links must stay inside.
            assert os.path.realpath(root + main).startswith(os.path.realpath(root))
            assert stat.S_IMODE(os.stat(root + other).st_mode) == 0o600
            assert os.readlink(root + conf(prefix, "global")) == conf(prefix, "global")
            assert os.readlink(root + str(prefix / "bin")) == str(prefix / "bin")
            assert not os.listdir(root + conf(prefix, "missing"))
    finally:
        os.umask(before)
    assert not os.path.exists(root) and text_of(main) == "old\n"


def test_a_removed_file_is_missing_in_the_shadow(prefix):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    with shadow({main: None}, []) as root:
        assert not os.path.lexists(root + main)


def test_hardly_anything_is_imported_until_something_changes():
    """The no-change path of every module goes past this file."""
    code = "import sys; import plugins.module_utils.validation.validators; print(sorted(set(sys.modules) & {'subprocess', 'tempfile'}))"
    ran = execute([sys.executable, "-S", "-c", "import sys; sys.path.insert(0, %r); %s" % (ROOT, code)], {}, 60)
    assert ran.stdout.strip() == "[]", ran.stderr


def total(root):
    """The bytes that the regular files below a directory occupy, each counted once."""
    files = [
        os.lstat(os.path.join(directory, name)) for directory, _directories, names in os.walk(root) for name in names
    ]
    return sum({info.st_ino: info.st_size for info in files if stat.S_ISREG(info.st_mode)}.values())


def test_however_many_links_lead_to_a_file_the_shadow_has_it_once(prefix):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    large = put(str(prefix / "large"), "x" * (1 << 20))
    for number in range(200):
        os.symlink(large, conf(prefix, "default/%d.conf" % number))
    with shadow({main: main}, []) as root:
        assert total(root) < 2 << 20
        assert len(text_of(root + conf(prefix, "default/199.conf"))) == 1 << 20


@pytest.mark.parametrize("limit, most, words", [("_BYTES", 5000, "5000 bytes"), ("_ENTRIES", 8, "8 files")])
def test_the_shadow_refuses_what_no_configuration_has(prefix, monkeypatch, limit, most, words):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    for number in range(10):
        put(conf(prefix, "default/%d.conf" % number), "x" * 1000)
    monkeypatch.setattr("plugins.module_utils.validation.staging_tree." + limit, most)
    with pytest.raises(TooLarge, match=words) as caught:
        with shadow({main: main}, []):
            pass
    assert conf(prefix, "default") in str(caught.value)


def test_what_a_program_would_wait_for_has_no_place_in_the_shadow(prefix):
    main = put(conf(prefix, "default/ecelerity.conf"), "old\n")
    os.mkfifo(conf(prefix, "default/pipe"))
    os.symlink("pipe", conf(prefix, "default/to_pipe"))
    os.symlink("/dev/zero", conf(prefix, "default/device"))
    os.symlink("loop", conf(prefix, "default/loop"))
    with shadow({main: main}, []) as root:
        assert sorted(os.listdir(root + conf(prefix, "default"))) == ["conf.d", "ecelerity.conf", "loop"]


def test_lines_of_the_configuration_are_not_passed_on(prefix):
    main = conf(prefix, "default/ecelerity.conf")
    staged = put(str(prefix / "staged"), 'Password = "planted-ab"\nMax_Retries = 20\n')
    said = 'Syntax error in line 1: Password = "planted-ab"\nnear Other = 1\nReconfigure failed\n'
    judge = checker(prefix, answering(said), contents=lambda: [b"Other = 1\n"])
    for check in (lambda: judge.staged({main: staged}), judge.installed):
        with pytest.raises(CheckFailed) as caught:
            check()
        assert "near (a line of the configuration)\nReconfigure failed" in caught.value.output
    with pytest.raises(CheckFailed) as caught:
        judge.staged({main: staged})
    assert "planted" not in str(caught.value) and caught.value.__context__ is None
