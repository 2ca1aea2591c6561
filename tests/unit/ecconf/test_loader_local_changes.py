# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Local_Changes_File: loaded last wherever it is set, and never one of the other files."""

import pytest
from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader

LOCAL = "/opt/msys/ecelerity/etc/local_changes.conf"


def loaded(**texts):
    contents = {"/etc/%s.conf" % name: text.encode() for name, text in texts.items() if name != "local"}
    if "local" in texts:
        contents[LOCAL] = texts["local"].encode()
    return load("/etc/main.conf", ["/etc"], reader=OverlayReader(contents))


def test_it_is_loaded_after_everything_else_and_wins():
    main = 'Local_Changes_File = "%s"\nuser = early\ninclude "more.conf"\n' % LOCAL
    configuration = loaded(main=main, more="user = late", local="user = operator")
    assert [file.path for file in configuration.files] == ["/etc/main.conf", "/etc/more.conf", LOCAL]
    assert (configuration.files[2].included_by, configuration.files[2].line) == ("/etc/main.conf", 1)
    assert configuration.local_changes == LOCAL
    setting = Effective(configuration).get((), "user")
    assert (setting.value, setting.file) == ("operator", LOCAL)
    assert [earlier.value for earlier in setting.overridden] == ["early", "late"]


def test_the_last_global_declaration_names_it():
    main = 'local_changes_file = "/etc/first.conf"\ninclude "a.conf"\ninclude "b.conf"\ninclude "a.conf"\n'
    texts = {"main": main, "a": 'LOCAL_CHANGES_FILE = "%s"' % LOCAL, "b": 'local_changes_file = "/etc/second.conf"'}
    assert loaded(local="", first="", second="", **texts).files[-1].path == LOCAL


def test_it_may_be_declared_in_a_file_below_another_one():
    declaration = 'local_changes_file = "%s"' % LOCAL
    configuration = loaded(main='include "a.conf"', a='include "b.conf"', b=declaration, local="")
    assert configuration.files[-1].path == LOCAL
    assert configuration.files[-1].included_by == "/etc/b.conf"


def test_inside_a_scope_the_name_means_nothing():
    main = 'Security { local_changes_file = "%s" include "a.conf" }' % LOCAL
    configuration = loaded(main=main, local="", a='cluster { local_changes_file = "%s" }' % LOCAL)
    assert configuration.local_changes is None
    assert len(configuration.files) == 2


def test_a_file_that_does_not_exist_yet_is_no_problem():
    configuration = loaded(main='local_changes_file = "%s"' % LOCAL)
    assert (configuration.local_changes, configuration.problems, len(configuration.files)) == (LOCAL, [], 1)
    assert configuration.roots() == ["/etc/main.conf"]


def test_a_relative_name_is_looked_for_beside_the_declaring_file():
    configuration = loaded(main='local_changes_file = "more.conf"', more="x = 1")
    assert configuration.local_changes == "/etc/more.conf"
    assert loaded(main="local_changes_file = none.conf").local_changes == "/etc/none.conf"


@pytest.mark.parametrize("name", ["/etc/main.conf", "/etc/more.conf", "more.conf", "/etc/./more.conf"])
def test_it_must_not_be_the_main_file_or_an_included_one(name):
    configuration = loaded(main='include "more.conf"\nlocal_changes_file = "%s"' % name, more="x = 1")
    (problem,) = configuration.problems
    assert (problem.kind, problem.file, problem.line) == ("local_changes", "/etc/main.conf", 2)
    assert len(configuration.files) == 2
    assert configuration.local_changes is None


@pytest.mark.parametrize("value", ["( a b )", '""'])
def test_it_must_name_one_file(value):
    configuration = loaded(main="local_changes_file = %s" % value)
    assert [problem.kind for problem in configuration.problems] == ["local_changes"]


def test_one_that_cannot_be_parsed_is_reported_at_its_declaration():
    configuration = loaded(main='\nlocal_changes_file = "%s"' % LOCAL, local="}")
    (problem,) = configuration.problems
    assert (problem.kind, problem.file, problem.line) == ("parse", "/etc/main.conf", 2)


def test_a_declaration_inside_it_changes_nothing():
    main = 'local_changes_file = "%s"' % LOCAL
    configuration = loaded(main=main, local='local_changes_file = "/etc/more.conf"', more="")
    assert (configuration.local_changes, len(configuration.files)) == (LOCAL, 2)


def test_what_it_includes_is_loaded_too():
    main = 'local_changes_file = "%s"\ninclude more.conf' % LOCAL
    configuration = loaded(main=main, local="include more.conf", more="")
    assert [file.readonly for file in configuration.files] == [False, True, False]


def test_a_file_at_the_contradictory_default_is_pointed_out():
    main = "/opt/msys/ecelerity/etc/conf/default/ecelerity.conf"
    reader = OverlayReader({main: b"x = 1", LOCAL: b"x = 2"})
    configuration = load(main, nodename="mta1", reader=reader, strict=True)
    (problem,) = configuration.problems
    assert (problem.kind, problem.path, problem.file) == ("local_changes", LOCAL, None)
    assert [file.path for file in configuration.files] == [main]
    assert loaded(main="x = 1", local="x = 2").problems == []

    included = OverlayReader({main: b'include "%s"' % LOCAL.encode(), LOCAL: b"x = 2"})
    assert load(main, nodename="mta1", reader=included).problems == []
