# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we read and write, compared with the PostgreSQL and the libldap of the machine."""

import os
import tempfile

import libldap
import postgresql_server
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.module_utils.config import keyword_includes
from plugins.module_utils.config.keyword_files import STYLES, edited, text_of, value_of
from plugins.module_utils.errors import PlanError

POSTGRESQL, LDAP = STYLES["postgresql"], STYLES["ldap"]
ODD = "\t\r\x0b\x0c\x1c\x85\xa0\u2028é\udcff\udc80\\'\"#=%$;:,.-+/_ 0189abnrxXeEzZ"
SIGNS = st.one_of(st.sampled_from(ODD), st.characters(blacklist_characters="\0\n", blacklist_categories=("Cs",)))
LINES = st.one_of(
    st.text(SIGNS, max_size=30),
    st.builds(
        "{0}{1}{2}{3}{4}".format,
        st.sampled_from(
            ["x.a", "ssl", "SSL", "é", "\udcff.b", "a.b.c", "1", "x-y", "#x", "\xa0ssl", "\x0cssl", " \t\rssl"]
        ),
        st.sampled_from(["", " ", "=", " = ", "\t=\r", "==", "\x0b", "\u2028"]),
        st.text(SIGNS, max_size=12).map(lambda text: text.replace("'", "")),
        st.sampled_from(
            [
                "",
                "'",
                "''",
                "'a'",
                "'\\",
                "'\\101\\377\\303\\251\\0z\\8'",
                "'a''b\\'c'",
                "'a' 'b'",
                "0x1F",
                "-5kB",
                "1.5e3",
            ]
        ),
        st.sampled_from(["", " # remark", "#'", " \r", "\x0c", " x"]),
    ),
)
VALUES = st.text(st.one_of(st.sampled_from([sign for sign in ODD if sign.isprintable()]), st.characters()), min_size=1)


@pytest.fixture(scope="module")
def server():
    if postgresql_server.absent():
        pytest.skip(postgresql_server.absent())
    # Not below pytest's own directory, which every pytest that starts closes to other accounts.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as directory:
        os.chmod(directory, 0o755)
        real = postgresql_server.Real(directory)
        yield real
        real.stop()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    if libldap.NAME is None:
        pytest.skip("libldap is absent")
    return libldap.Real(str(tmp_path_factory.mktemp("ldap") / "ldap.conf"))


def accepted(style, name, value):
    """A file that has the value, empty where it is refused."""
    try:
        return edited("", style, {name: value})
    except PlanError:
        return ""


@settings(max_examples=60)
@given(st.lists(LINES, min_size=30, max_size=90))
def test_postgresql_reads_every_line_as_we_do(server, lines):
    """Beside a syntax error the server shows nothing else, so the lines that are none come again, without those."""
    wrong = server.syntax_errors("\n".join(lines) + "\n")
    for number, line in enumerate(lines, 1):
        ours, nothing = POSTGRESQL.read(line + "\n"), line.strip(" \t\r")[:1] in ("", "#")
        assert (number in wrong) is (ours.value is None if ours else not nothing), line
    right = [line for number, line in enumerate(lines, 1) if number not in wrong]
    rows = server.read("\n".join(right))
    for number, line in enumerate(right, 1):
        ours, row = POSTGRESQL.read(line + "\n"), rows.get(number)
        assert (ours and (ours.name, ours.value)) == (row and (row.name, row.value)), line
        assert ours is None or (line + "\n").startswith(ours.head) and (line + "\n").endswith(ours.tail)


@settings(max_examples=40)
@given(st.lists(VALUES, min_size=10, max_size=60))
def test_postgresql_reads_the_value_that_was_set(server, values):
    written = [(value, accepted(POSTGRESQL, "x.y", value)) for value in values]
    kept = [(value, text) for value, text in written if text]
    rows = server.read("".join(text for _value, text in kept))
    assert [rows[number].value for number in range(1, len(kept) + 1)] == [value for value, _text in kept]


@pytest.mark.parametrize(
    "value",
    ["server.crt", "1.2.3.4", "16MB4", "-x", "1e-07", "a\\b", "/srv/a b", "é", ".5", "-1", "0x1F", "a.b.c", "''"],
)
def test_postgresql_reads_what_is_no_word_of_its_language(server, value):
    for before in ("", "x.y = server.crt # broken\n", "x.y\n", "x.y=1 # one\r\n"):
        text = edited(before, POSTGRESQL, {"x.y": value})
        assert server.read(text)[1].value == value and edited(text, POSTGRESQL, {"x.y": value}) == text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (
            "search_path",
            ["$user", "public", "Capital Schema", 'a"b', "a,b"],
            ['"$user"', "public", '"Capital Schema"', '"a""b"', '"a,b"'],
        ),
        ("search_path", ["public"], ["public"]),
        ("listen_addresses", ["localhost", "::1", "*"], ["localhost", "::1", "*"]),
        ("ssl", True, ["on"]),
        ("work_mem", "12MB", ["12MB"]),
        ("random_page_cost", 1.5, ["1.5"]),
        ("seq_page_cost", 1e-07, ["1e-07"]),
        ("client_encoding", "UTF-8", ["UTF-8"]),
    ],
)
def test_values_of_tasks_become_what_postgresql_takes(server, name, value, shown):
    row = server.read(edited("", POSTGRESQL, {name: text_of(POSTGRESQL, name, value)}))[1]
    assert row.value == ", ".join(shown) and (not row.error or name in ("ssl", "listen_addresses")), row


def test_the_last_line_is_in_force_whatever_includes_it(server):
    main = "port = 1\nPORT = 2\ninclude_dir = 'conf.d'\ninclude 'one.conf'\ninclude_if_exists 'missing.conf'\n"
    os.makedirs(os.path.join(server.data, "conf.d"), exist_ok=True)
    files = {
        "conf.d/b.conf": "port = 4\n",
        "conf.d/a.conf": "port = 3\nwork_mem = 1MB\n",
        "conf.d/.c.conf": "port = 9\n",
    }
    for name, text in dict(
        files, **{"conf.d/x.txt": "port = 8\n", "one.conf": "include 'two'\nssl = off\n", "two": "cpu_tuple_cost = 1"}
    ).items():
        server.write(text, name)
    requested = {"port": "5", "work_mem": "1MB", "ssl": "on", "cpu_tuple_cost": "2"}
    server.write(main)
    before = {row.name.lower(): row.value for row in server.rows()}
    included = keyword_includes.of(server.path)
    assert {name: value_of(main, POSTGRESQL, name, included) for name in requested} == {
        name: before[name] for name in requested
    }
    after = edited(main, POSTGRESQL, requested, included)
    assert after == main + "port = 5\nssl = on\ncpu_tuple_cost = 2\n"
    assert edited(after, POSTGRESQL, requested, included) == after
    server.write(after)
    assert {row.name.lower(): row.value for row in server.rows()} == dict(before, **requested)
    with pytest.raises(PlanError, match=r"work_mem is set at .*conf.d/a.conf:2, too"):
        edited(main, POSTGRESQL, {"work_mem": ""}, included)


def test_what_alter_system_has_set_otherwise_is_refused(server):
    server.write("")
    server.ask("ALTER SYSTEM SET work_mem = '2MB'")
    try:
        assert [row.value for row in server.rows() if row.name == "work_mem"] == ["2MB"]
        keyword_includes.refuse_overridden(server.path, "", {"work_mem": "2MB", "port": "1"})
        for value in ("1MB", ""):
            with pytest.raises(PlanError, match="run ALTER SYSTEM RESET work_mem"):
                keyword_includes.refuse_overridden(server.path, "", {"work_mem": value})
        elsewhere = "data_directory = '%s'\n" % server.data
        with pytest.raises(PlanError, match="postgresql.auto.conf:[0-9]+"):
            keyword_includes.refuse_overridden("/etc/postgresql/postgresql.conf", elsewhere, {"work_mem": "1MB"})
    finally:
        server.ask("ALTER SYSTEM RESET ALL")


LDAP_NAMES = st.sampled_from(["BASE", "base", "TLS_CACERT", "Base=x", "#BASE", "BASE,"])
LDAP_LINES = st.builds(
    "{0}{1}{2}{3}{4}".format,
    st.sampled_from(["", " ", "\t", "\x0b\x0c", "#", " #", "\xa0", "\r"]),
    LDAP_NAMES,
    st.sampled_from([" ", "\t ", "\x0c", "\r", "", "=", "\u2028", "\x1c"]),
    st.text(SIGNS, max_size=12),
    st.sampled_from(["", " ", "\r", "\t\x0b", " # remark"]),
)


@given(st.lists(LDAP_LINES, max_size=6))
def test_libldap_reads_every_file_as_we_do(library, lines):
    text = "\n".join(lines)
    default = library.read("")
    found = library.read(text)
    for name in ("BASE", "TLS_CACERT"):
        # A line without a value is none for the library.
        values = [
            line.value for line in map(LDAP.read, text.split("\n")) if line and line.name.upper() == name and line.value
        ]
        assert found[name] == (values or [default[name]])[-1]


@given(VALUES, st.lists(LDAP_LINES, max_size=3))
def test_libldap_reads_the_value_that_was_set(library, value, lines):
    try:
        text = edited("\n".join(lines), LDAP, {"BASE": value, "tls_reqcert": "allow"})
    except PlanError:
        return
    assert (library.read(text)["BASE"], library.read(text)["TLS_REQCERT"]) == (value, "3")


@pytest.mark.parametrize(
    "before", [" TLS_REQCERT never\n", "\x0cTLS_REQCERT\x0bnever", "tls_reqcert never\r\nTLS_REQCERT allow # x\n"]
)
def test_libldap_demands_a_certificate_whatever_was_there(library, before):
    assert library.read(before)["TLS_REQCERT"] != "2" or "# x" in before
    text = edited(before, LDAP, {"TLS_REQCERT": "demand"})
    assert library.read(text)["TLS_REQCERT"] == "2"


def test_libldap_takes_the_rest_of_a_long_line_for_another_line_so_it_is_refused(library):
    hidden = "#" * LDAP.most + "TLS_REQCERT never\n"
    assert library.read(hidden)["TLS_REQCERT"] == "0"
    for text, requested in ((hidden, "demand"), ("", "x" * LDAP.most)):
        with pytest.raises(PlanError, match="2047 bytes"):
            edited(text, LDAP, {"TLS_REQCERT": requested})
    longest = "x" * (LDAP.most - len("BASE \n"))
    assert library.read(edited("", LDAP, {"BASE": longest}))["BASE"] == longest
    with pytest.raises(PlanError, match="NUL"):
        edited("TLS_REQCERT\0 never\n", LDAP, {"TLS_REQCERT": "demand"})


@pytest.mark.parametrize(("there", "truth"), [("1", "0"), ("on", "1"), ("YES", "1"), ("off", "0")])
def test_libldap_takes_1_for_off(library, there, truth):
    """Truth as ldap_set_option(3) gives it: LDAP_OPT_ON is not 0."""
    text = "REFERRALS %s\n" % there
    assert bool(int(library.read(text)["REFERRALS"])) is (truth == "1")
    after = edited(text, LDAP, {"REFERRALS": "on"})
    assert (after == text) is (truth == "1") and library.read(after)["REFERRALS"] != "0"


def test_a_list_for_libldap_has_blanks(library):
    text = edited("", LDAP, {"URI": text_of(LDAP, "URI", ["ldap://a", "ldaps://b"])})
    assert text == "URI ldap://a ldaps://b\n"
    assert [uri.partition(":" + port)[0] for uri, port in zip(library.read(text)["URI"].split(), ("389", "636"))] == [
        "ldap://a",
        "ldaps://b",
    ]
