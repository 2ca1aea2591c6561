# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading: where includes are looked for, in which order files count, and what is reported instead of raised."""

import os

import pytest
from ecconf import ParseError
from ecconf.loader import LoadError, load
from ecconf.reader import OverlayReader
from ecconf.syntax import limits

from plugins.module_utils.config.disk_reader import DiskReader

CONF = "/opt/msys/ecelerity/etc/conf"
MAIN = CONF + "/default/ecelerity.conf"


class CountingReader(OverlayReader):
    """Remembers what was read, and refuses what it is told to refuse."""

    def __init__(self, contents, refused=()):
        super(CountingReader, self).__init__(contents)
        self.reads = []
        self.refused = refused

    def kind(self, path):
        if path + "!" in self.refused:
            raise PermissionError(13, "Permission denied", path)
        return super(CountingReader, self).kind(path)

    def read(self, path):
        self.reads.append(path)
        if path in self.refused:
            raise PermissionError(13, "Permission denied", path)
        return super(CountingReader, self).read(path)

    def files(self, path):
        if path in self.refused:
            raise PermissionError(13, "Permission denied", path)
        return super(CountingReader, self).files(path)


def loaded(main_text, others=None, refused=(), **parameters):
    """Load ecelerity.conf of that text beside other files; names without a slash lie in conf/default."""
    contents = {MAIN: main_text.encode()}
    for name, text in (others or {}).items():
        contents[name if name.startswith("/") else CONF + "/default/" + name] = text.encode()
    parameters.setdefault("nodename", "mta1")
    return load(MAIN, reader=CountingReader(contents, refused), **parameters)


def names(configuration):
    return [os.path.basename(file.path) for file in configuration.files]


def problems(configuration):
    return [(problem.kind, problem.line) for problem in configuration.problems]


def test_a_file_without_includes_is_the_whole_configuration():
    configuration = loaded('user = "x"\n')
    assert configuration.main == MAIN
    assert [(f.path, f.readonly, f.included_by, f.line, f.of_node) for f in configuration.files] == [
        (MAIN, False, None, 0, False)
    ]
    assert str(configuration.document(MAIN)) == 'user = "x"\n'
    assert configuration.problems == []
    assert configuration.local_changes is None


def test_files_come_in_load_order_with_the_place_that_includes_them():
    configuration = loaded('include "b"\nx = 1\ninclude "a"\n', {"a": "", "b": '\n\ninclude "c"', "c": ""})
    assert names(configuration) == ["ecelerity.conf", "b", "c", "a"]
    assert [(os.path.basename(f.included_by), f.line) for f in configuration.files[1:]] == [
        ("ecelerity.conf", 1),
        ("b", 3),
        ("ecelerity.conf", 3),
    ]


def test_an_include_is_found_in_any_scope_at_any_depth():
    text = 'ESMTP_Listener { Listen ":25" { include "inner" } }\nbinding a { READONLY_INCLUDE other }\n'
    configuration = loaded(text, {"inner": 'Peer "10.0.0.0/8" { include "innermost" }', "innermost": "", "other": ""})
    assert names(configuration) == ["ecelerity.conf", "inner", "innermost", "other"]


def test_the_directory_of_the_including_file_comes_before_the_search_path():
    configuration = loaded(
        'include "sub/a"\n',
        {"sub/a": 'include "b"', "sub/b": "beside = 1", "b": "default = 1", CONF + "/global/b": "global = 1"},
    )
    assert [file.path for file in configuration.files[1:]] == [CONF + "/default/sub/a", CONF + "/default/sub/b"]


@pytest.mark.parametrize(
    "present, expected",
    [
        (["global", "mta1", "default"], "global"),
        (["mta1", "default"], "mta1"),
        (["default"], "default"),
    ],
)
def test_the_search_path_is_global_then_the_node_then_default(present, expected):
    others = {"%s/%s/node-local.conf" % (CONF, directory): "" for directory in present}
    others["/etc/first.conf"] = 'include "node-local.conf"'
    configuration = loaded('include "/etc/first.conf"', others)
    assert configuration.files[2].path == "%s/%s/node-local.conf" % (CONF, expected)
    assert configuration.files[2].of_node is (expected == "mta1")


def test_a_file_of_the_node_is_known_by_any_way_to_it():
    others = {CONF + "/mta1/x": "", CONF + "/mta10/y": ""}
    configuration = loaded('include "../mta1/x"\ninclude "%s/mta10/y"' % CONF, others)
    assert [file.of_node for file in configuration.files] == [False, True, False]


def test_an_element_with_an_unknown_placeholder_is_not_searched():
    search = ["/a/{SUBCLUSTER}", "/b"]
    files = {"/a/{SUBCLUSTER}/x": "", "/a/east/x": "", "/b/x": ""}
    assert loaded('include "x"', files, search_path=search).files[1].path == "/b/x"
    assert loaded('include "x"', files, search_path=search, subcluster="east").files[1].path == "/a/east/x"


def test_the_search_path_of_the_daemons_environment_replaces_the_given_one():
    files = {"/a/x": "", "/b/mta1/x": ""}
    environment = {"EC_CONF_SEARCH_PATH": "/nowhere:/b/{NODENAME}:/a"}
    configuration = loaded('include "x"', files, search_path=["/a"], environment=environment)
    assert configuration.files[1].path == "/b/mta1/x"
    assert loaded('include "x"', files, search_path=["/a"], environment={}).files[1].path == "/a/x"


def test_this_nodes_name_is_used_when_none_is_given():
    own = "/conf/%s/x" % os.uname().nodename
    reader = OverlayReader({MAIN: b"include x", own: b""})
    configuration = load(MAIN, ["/conf/{NODENAME}"], reader=reader)
    assert [file.path for file in configuration.files] == [MAIN, own]


def test_a_directory_stands_for_its_visible_files_in_alphabetical_order():
    others = {"d/" + name: "" for name in ("b", "a.rpmsave", "Z", ".hidden", "deep/inside", "a~")}
    configuration = loaded('include "d"', others)
    assert names(configuration)[1:] == ["Z", "a.rpmsave", "a~", "b"]
    assert configuration.included(MAIN, "d") == [CONF + "/default/d/" + name for name in ("Z", "a.rpmsave", "a~", "b")]


def test_an_empty_directory_is_no_problem(tmp_path):
    main = tmp_path / "main.conf"
    main.write_text('include "d"')
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "below").mkdir()
    configuration = load(str(main), reader=DiskReader())
    assert (names(configuration), configuration.problems) == (["main.conf"], [])


def test_everything_below_a_readonly_include_is_read_only():
    others = {"r": 'include "s"\ninclude "d"', "s": "", "d/one": "", "w": 'include "v"', "v": ""}
    configuration = loaded('readonly_include "r"\ninclude "w"', others)
    assert {os.path.basename(f.path): f.readonly for f in configuration.files} == {
        "ecelerity.conf": False,
        "r": True,
        "s": True,
        "one": True,
        "w": False,
        "v": False,
    }


def test_a_file_included_twice_is_read_once_and_is_read_only_with_what_it_includes():
    others = {"twice": 'include "below"', "below": "", "once": ""}
    configuration = loaded('include "twice"\nbinding a { include "./twice" }\ninclude "once"', others)
    assert names(configuration) == ["ecelerity.conf", "twice", "below", "once"]
    assert [f.readonly for f in configuration.files] == [False, True, True, False]
    assert configuration.problems == []


def test_each_file_is_read_and_parsed_once():
    texts = {MAIN: b"include a include a include b", "/etc/a": b"include b", "/etc/b": b"x = 1"}
    reader = CountingReader(texts)
    configuration = load(MAIN, ["/etc"], reader=reader)
    assert sorted(reader.reads) == sorted(texts) == sorted(file.path for file in configuration.files)


def test_a_file_reached_through_a_symbolic_link_is_the_same_file(tmp_path):
    (tmp_path / "real").write_text("x = 1")
    os.symlink(str(tmp_path / "real"), str(tmp_path / "link"))
    (tmp_path / "main.conf").write_text('include "real"\ninclude "link"')
    configuration = load(str(tmp_path / "main.conf"), reader=DiskReader())
    assert names(configuration) == ["main.conf", "real"]
    assert configuration.files[1].readonly
    assert configuration.document(str(tmp_path / "link")) is configuration.files[1].document
    assert list(configuration.included(configuration.main, "link")) == [str(tmp_path / "real")]


def test_a_file_uri_is_a_path():
    configuration = loaded('include "file:///etc/x.conf"', {"/etc/x.conf": ""})
    assert names(configuration) == ["ecelerity.conf", "x.conf"]


@pytest.mark.parametrize("uri", ["persist://name", "http://example.test/x", "eccmgr://manager/x", "svn+ssh://h/x"])
def test_other_uris_are_reported_as_beyond_reach(uri):
    configuration = loaded('\ninclude "%s"\nx = 1' % uri)
    (problem,) = configuration.problems
    assert (problem.kind, problem.path, problem.file, problem.line) == ("uri", uri, MAIN, 2)
    assert uri in problem.message and MAIN + ":2" in problem.message


@pytest.mark.parametrize(
    "texts, cycles",
    [
        ({"ecelerity.conf": "include ecelerity.conf"}, [("ecelerity.conf", 1)]),
        ({"ecelerity.conf": "include a", "a": "x = 1\ninclude b", "b": "\ninclude a\n"}, [("b", 2)]),
        ({"ecelerity.conf": "include a include a", "a": "include a"}, [("a", 1)]),
        ({"ecelerity.conf": "include d", "d/a": "x = 1", "d/b": "include ../d"}, [("b", 1)]),
    ],
)
def test_a_cycle_is_reported_where_it_closes(texts, cycles):
    others = {name: text for name, text in texts.items() if name != "ecelerity.conf"}
    configuration = loaded(texts["ecelerity.conf"], others)
    found = [(os.path.basename(p.file), p.line) for p in configuration.problems]
    assert {p.kind for p in configuration.problems} == {"cycle"}
    assert found == cycles


def test_what_is_missing_is_reported_and_the_rest_is_loaded():
    configuration = loaded('include "gone"\ninclude "/gone/too"\ninclude ""\ninclude "here"', {"here": ""})
    assert problems(configuration) == [("missing", 1), ("missing", 2), ("missing", 3)]
    assert names(configuration) == ["ecelerity.conf", "here"]
    assert configuration.included(MAIN, "gone") == []


def test_a_missing_main_file_is_a_problem_and_no_exception():
    configuration = load(MAIN, reader=OverlayReader({}))
    (problem,) = configuration.problems
    assert (problem.kind, problem.path, problem.file, problem.line) == ("missing", MAIN, None, 0)
    assert (configuration.files, configuration.roots()) == ([], [])
    with pytest.raises(KeyError):
        configuration.document(MAIN)


def test_a_relative_main_file_is_looked_for_in_the_search_path_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.conf").write_text("x = 1")
    assert problems(load("main.conf", ["/nowhere"], reader=DiskReader())) == [("missing", 0)]
    assert load("main.conf", ["/nowhere", str(tmp_path)], reader=DiskReader()).main == str(tmp_path / "main.conf")


@pytest.mark.parametrize("refused", ["x", "x!"])
def test_what_may_not_be_read_is_reported(refused):
    configuration = loaded('include "x"', {"x": "a = 1"}, refused=[CONF + "/default/" + refused])
    assert problems(configuration) == [("unreadable", 1)]
    assert "Permission denied" in configuration.problems[0].message


def test_a_directory_that_may_not_be_listed_is_reported():
    configuration = loaded('include "d"', {"d/x": "a = 1"}, refused=[CONF + "/default/d"])
    assert problems(configuration) == [("unreadable", 1)]


def test_a_named_pipe_is_not_read(tmp_path):
    os.mkfifo(str(tmp_path / "pipe"))
    (tmp_path / "main.conf").write_text('include "pipe"')
    configuration = load(str(tmp_path / "main.conf"), reader=DiskReader())
    assert problems(configuration) == [("unreadable", 1)]
    assert "no regular file" in configuration.problems[0].message


def test_a_named_pipe_that_takes_the_place_of_a_file_is_refused_without_waiting(tmp_path):
    class Deceived(DiskReader):
        def kind(self, path):
            return "file" if path.endswith("pipe") else super(Deceived, self).kind(path)

    os.mkfifo(str(tmp_path / "pipe"))
    (tmp_path / "main.conf").write_text('include "pipe"')
    assert problems(load(str(tmp_path / "main.conf"), reader=Deceived())) == [("unreadable", 1)]


def test_a_name_that_no_file_system_can_hold_is_no_text_of_the_language(tmp_path):
    (tmp_path / "main.conf").write_bytes(b'include "a\0b"')
    (problem,) = load(str(tmp_path / "main.conf"), reader=DiskReader()).problems
    assert "main.conf:1:11: expected no NUL character" in problem.message


def test_a_file_of_another_language_is_reported_with_its_parse_error():
    configuration = loaded('include "bad"\ninclude "bad"\ninclude "good"', {"bad": "x = 1\n}", "good": ""})
    (problem,) = configuration.problems
    assert (problem.kind, problem.path, problem.line) == ("parse", CONF + "/default/bad", 1)
    assert isinstance(problem.error, ParseError) and problem.error.line == 2
    assert problem.message.endswith(str(problem.error))
    assert names(configuration) == ["ecelerity.conf", "good"]


def test_strict_loading_raises_the_first_problem():
    with pytest.raises(ParseError) as parse_error:
        loaded('include "bad"', {"bad": "\n}"}, strict=True)
    assert parse_error.value.filename == CONF + "/default/bad"
    with pytest.raises(LoadError, match="gone") as load_error:
        loaded('include "gone"\ninclude "bad"', {"bad": "}"}, strict=True)
    assert load_error.value.problem.kind == "missing"
    assert loaded('include "good"', {"good": ""}, strict=True).problems == []


def chain(length):
    others = {"f%d" % i: "include f%d" % (i + 1) for i in range(1, length)}
    return dict(others, **{"f%d" % length: "last = 1"})


def test_a_chain_of_includes_ends_at_a_limit_that_is_reported_once():
    configuration = loaded("include f1", chain(limits.INCLUDE_DEPTH - 1))
    assert (len(configuration.files), configuration.problems) == (limits.INCLUDE_DEPTH, [])
    configuration = loaded("include f1", chain(3000))
    assert len(configuration.files) == limits.INCLUDE_DEPTH
    (problem,) = configuration.problems
    assert (problem.kind, problem.file, problem.line) == ("limit", CONF + "/default/f99", 1)
    assert "f100: more than 100 files include one another" in problem.message


@pytest.mark.parametrize(
    "limit, most, words",
    [
        ("BYTES", 200, "more than 200 bytes together"),
        ("FILES", 20, "more than 20 files"),
        ("STATEMENTS", 40, "more than 40 statements together"),
        ("INCLUSIONS", 30, "more than 30 inclusions"),
    ],
)
def test_all_files_together_have_limits(monkeypatch, limit, most, words):
    monkeypatch.setattr("ecconf.loader." + limit, most)
    others = {"d/%03d" % number: "x = 1" for number in range(100)}
    configuration = loaded('include "d"\ninclude "d/0"\n', others)
    (problem,) = configuration.problems
    assert problem.kind == "limit" and words in problem.message
    assert len(configuration.files) < 40
    assert len(configuration._reader.reads) < 41


def test_includes_of_what_is_not_there_are_counted_too(monkeypatch):
    monkeypatch.setattr("ecconf.loader.INCLUSIONS", 30)
    configuration = loaded("include gone\n" * 1000)
    assert [problem.kind for problem in configuration.problems] == ["missing"] * 31 + ["limit"]


def test_the_disk_is_read_like_any_other_source(tmp_path):
    (tmp_path / "d").mkdir()
    for name in ("b", "a", ".c"):
        (tmp_path / "d" / name).write_text("x = %s" % name.strip("."))
    (tmp_path / "main.conf").write_text('include "d"')
    configuration = load(str(tmp_path / "main.conf"), reader=DiskReader())
    assert names(configuration) == ["main.conf", "a", "b"]


def test_an_overlay_shows_the_configuration_after_a_change(tmp_path):
    (tmp_path / "d").mkdir()
    for name in ("old", "kept"):
        (tmp_path / "d" / name).write_text("x = 1")
    main = tmp_path / "main.conf"
    main.write_text('include "d"')
    changes = {
        str(main): b"include d include other include d/old",
        str(tmp_path / "d" / "old"): None,
        str(tmp_path / "d" / "new"): b"x = 2",
        str(tmp_path / "d" / "kept"): b"x = 3",
        str(tmp_path / "other" / "x"): b"",
    }
    configuration = load(str(main), reader=OverlayReader(changes, DiskReader()))
    assert names(configuration) == ["main.conf", "kept", "new", "x"]
    assert [str(file.document) for file in configuration.files[1:3]] == ["x = 3", "x = 2"]
    assert problems(configuration) == [("missing", 1)]
    assert main.read_text() == 'include "d"'


def test_a_path_with_two_slashes_at_its_beginning_ends():
    reader = OverlayReader({"//a/b.conf": b""})
    assert (reader.kind("//a"), reader.kind("//a/b.conf")) == ("directory", "file")
