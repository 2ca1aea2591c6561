# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files, includes, names and values: what the stand-in accepts as a configuration."""

import pathlib
from typing import List, Sequence

import pytest
from momentum_standin import errors, loading, xmlout


def load(directory: pathlib.Path, text: str, search_path: Sequence[str] = ()) -> loading.Loaded:
    main = directory / "main.conf"
    main.write_text(text)
    return loading.load(str(main), list(search_path))


def words(directory: pathlib.Path, text: str) -> List[str]:
    with pytest.raises(errors.ConfigurationError) as caught:
        load(directory, text)
    return caught.value.lines


def test_the_parts_of_a_scope_merge_and_the_last_value_wins(tmp_path: pathlib.Path) -> None:
    (tmp_path / "b").write_text('security { CAPABILITIES = "cap_net_raw+ep" }')
    tree = load(tmp_path, 'Security { user = "a" capabilities = "x" }\ninclude "b"').tree
    security = tree.child("Security")
    assert security is not None
    assert (security.text("User"), security.text("capabilities")) == ("a", "cap_net_raw+ep")


def test_a_directory_is_included_in_alphabetical_order_without_hidden_files_and_sub_directories(
    tmp_path: pathlib.Path,
) -> None:
    inner = tmp_path / "d"
    (inner / "c").mkdir(parents=True)
    (inner / "c" / "x").write_text("No_Such = 1")
    (inner / ".hidden").write_text("No_Such = 1")
    (inner / "b~").write_text("Spool_Mode = 0600")
    (inner / "a").write_text("Spool_Mode = 0640")
    assert load(tmp_path, 'include "d"').tree.text("Spool_Mode") == "0600"


def test_an_include_is_looked_for_beside_its_file_and_then_along_the_search_path(tmp_path: pathlib.Path) -> None:
    for name, mode in (("one", "0600"), ("two", "0604")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("Spool_Mode = %s" % mode)
    path = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert load(tmp_path, 'include "x"', path).tree.text("Spool_Mode") == "0600"
    (tmp_path / "x").write_text("Spool_Mode = 0660")
    assert load(tmp_path, 'include "x"', path).tree.text("Spool_Mode") == "0660"


def test_an_include_stands_inside_the_scope_it_is_written_in(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x").write_text("Enable = false")
    tree = load(tmp_path, 'ESMTP_Listener { Listen ":25" { include "x" } }').tree
    assert not tree.named("ESMTP_Listener")[0].named("Listen")[0].boolean("Enable", True)


def test_the_local_changes_file_is_read_last_wherever_it_is_named(tmp_path: pathlib.Path) -> None:
    local = tmp_path / "local"
    local.write_text("Spool_Mode = 0600")
    text = 'Local_Changes_File = "%s"\nSpool_Mode = 0640' % local
    assert load(tmp_path, text).tree.text("Spool_Mode") == "0600"
    assert "Local_Changes_File" in words(tmp_path, text + '\ninclude "local"')[0]


def test_an_unknown_option_is_a_capability_that_no_module_provides(tmp_path: pathlib.Path) -> None:
    lines = words(tmp_path, "invalid_option = 1")
    text = "No module provides capability 'config.Global:invalid_option'."
    assert lines[0].endswith("] " + text)
    assert lines[1].endswith("] CFG-07961 " + text)
    assert lines[2:] == ["Reconfigure failed.", "Global configuration error."]


def test_an_unknown_scope_is_named(tmp_path: pathlib.Path) -> None:
    assert words(tmp_path, "x { }")[0] == "'x' is not a valid scope name in scope 'Global'"


def test_security_is_a_scope_of_the_global_level_alone(tmp_path: pathlib.Path) -> None:
    assert words(tmp_path, 'Domain "a" { Security { } }')[0] == "'Security' is not a valid scope name in scope 'Domain'"


def test_the_options_of_modules_are_not_judged(tmp_path: pathlib.Path) -> None:
    assert load(tmp_path, 'ec_logger "l" { anything = at_all inner { more = 1 } }').tree.named("ec_logger")


@pytest.mark.parametrize(
    "value",
    ["TLS = maybe", "Spool_Mode = 0888", "Spool_Mode = 640", "Use_MTA_STS = perhaps", "Message_Expiration = soon"],
)
def test_a_value_must_have_its_options_type(tmp_path: pathlib.Path, value: str) -> None:
    assert words(tmp_path, value)[0].startswith("Invalid value for option '%s' " % value.split()[0])


def test_a_file_that_includes_itself_or_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    assert "includes itself" in words(tmp_path, 'include "main.conf"')[0]
    missing = words(tmp_path, 'include "no.conf"')[0]
    assert missing.endswith("CFG-07961 failed to stat '%s/no.conf': No such file or directory" % tmp_path)


def test_the_xml_is_well_formed_whatever_a_value_holds(tmp_path: pathlib.Path) -> None:
    from xml.etree import ElementTree

    (tmp_path / "main.conf").write_bytes(b'Domain "<&\xff\x01>" { EHLO_Hostname = "a\xffb" Relay_Hosts = ( "<" ) }')
    text = xmlout.document(loading.load(str(tmp_path / "main.conf"), []).tree)
    assert [one.tag for one in ElementTree.fromstring(text.encode("utf-8")).iter()] == [
        "configuration",
        "scope",
        "option",
        "option",
        "item",
    ]


def test_scopes_and_includes_that_lie_too_deep_are_refused(tmp_path: pathlib.Path) -> None:
    assert "line 2" in words(tmp_path, "\n" + "ESMTP_Listener { " * 2000 + "}" * 2000)[0]
    for number in range(1, 2000):
        (tmp_path / str(number)).write_text("include %d" % (number + 1))
    assert "include one another" in words(tmp_path, "include 1")[0]


def test_a_list_in_a_list_is_no_value(tmp_path: pathlib.Path) -> None:
    assert "Syntax error" in words(tmp_path, "Listen_Backlog = " + "(" * 2000 + ")" * 2000)[0]
