# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of editing: what was set is read back, what was not asked for stays as it was."""

import re

from ecconf import EditError, edit, parse
from ecconf.syntax.values import from_raw, to_text
from ecconf_strategies import DOCUMENTS, WORD, dicts, lists, without_lines
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

# Nothing here is timed; machines differ.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NEW_NAMES = st.sampled_from(["Alpha", "alpha", "beta", "tls_key", "new_option", "New_Option"])
TEXTS = st.text(alphabet=WORD + " \n#{}[]()='\",", max_size=8)
VALUES = st.one_of(
    TEXTS, TEXTS, st.integers(-9, 99999), st.lists(TEXTS, max_size=4), st.dictionaries(TEXTS, TEXTS, max_size=3)
)
ELEMENTS = st.tuples(st.sampled_from(["alpha", "Alpha", "gamma"]), st.sampled_from([None, "a", "x y"]))
NEW_PATHS = st.lists(ELEMENTS, max_size=2).map(tuple)


def paths(document):
    """The path of every scope of a document, the global one first."""
    found, stack = [], [((), document)]
    while stack:
        path, container = stack.pop()
        found.append(path)
        stack += [(path + ((item.key, item.instance),), item) for item in container.items if hasattr(item, "items")]
    return found


def plain(value):
    """A value as the language gives it back."""
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, dict):
        return {str(key): str(item) for key, item in value.items()}
    return str(value)


def shared(before, after):
    """The lengths of the longest common start and, beyond it, the longest common end."""
    limit = min(len(before), len(after))
    start = next((i for i in range(limit) if before[i] != after[i]), limit)
    end = next((i for i in range(limit - start) if before[-1 - i] != after[-1 - i]), limit - start)
    return start, end


def squeezed(text):
    """The text without white space."""
    return re.sub(r"[ \t\r\n]", "", text)


@st.composite
def documents_and_paths(draw):
    """A document, and the path of a scope in it or of a new one."""
    document = parse(draw(DOCUMENTS)[0])
    return document, draw(st.one_of(st.sampled_from(paths(document)), NEW_PATHS))


def names_in(document, path):
    """The names of the options of a scope."""
    return [
        item.name for container in edit.find_scopes(document, path) for item in container.items if hasattr(item, "kind")
    ]


def read_back(document):
    """The document parsed from its own text, after checking that both hold the same."""
    again = parse(str(document))
    assert without_lines(again.to_data()) == without_lines(document.to_data())
    assert [item.pieces() for _container, item in again.walk()] == [item.pieces() for _c, item in document.walk()]
    return again


@unhurried
@given(documents_and_paths(), st.data(), VALUES)
def test_what_is_set_is_read_back_and_setting_it_again_changes_nothing(where, data, value):
    document, path = where
    name = data.draw(st.one_of(NEW_NAMES, st.sampled_from(names_in(document, path) or ["beta"])))
    before = str(document)
    try:
        changed = edit.set_option(document, path, name, value)
    except EditError:
        assert str(document) == before
        return
    assert changed == (str(document) != before)
    assert edit.find_options(read_back(document), path, name)[-1].value == plain(value)
    assert not edit.set_option(document, path, name, value)


@unhurried
@given(DOCUMENTS, st.data(), TEXTS)
def test_changing_a_value_touches_no_byte_outside_it(generated, data, value):
    document = parse(generated[0] + "\nalways = 'there'\n")
    scalars = [
        (path, name)
        for path in paths(document)
        for name in names_in(document, path)
        if edit.find_options(document, path, name)[-1].kind == "scalar"
    ]
    path, name = data.draw(st.sampled_from(scalars))
    before, raw = str(document), edit.find_options(document, path, name)[-1].raw
    try:
        edit.set_option(document, path, name, value)
    except EditError:
        return
    start, end = shared(before, str(document))
    assert start + end >= len(before) - len(raw)


@unhurried
@given(documents_and_paths(), VALUES)
def test_adding_an_option_only_inserts(where, value):
    document, path = where
    before = squeezed(str(document))
    try:
        edit.set_option(document, path, "wholly_new", value)
    except EditError:
        return
    start, end = shared(before, squeezed(str(document)))
    assert start + end >= len(before)


@unhurried
@given(documents_and_paths(), VALUES)
def test_adding_an_option_and_removing_it_leaves_the_other_data_alone(where, value):
    document, path = where
    assume(edit.find_scopes(document, path))
    before = without_lines(document.to_data())
    try:
        edit.set_option(document, path, "wholly_new", value)
    except EditError:
        return
    assert edit.unset_option(document, path, "WHOLLY_NEW")
    assert without_lines(read_back(document).to_data()) == before


@unhurried
@given(documents_and_paths(), st.data())
def test_an_option_unset_is_gone_and_the_other_items_stay(where, data):
    document, path = where
    name = data.draw(st.sampled_from(names_in(document, path) or ["beta"]))
    expected = [
        item.pieces()[1:]
        for container, item in document.walk()
        if not (hasattr(item, "kind") and item.key == name.lower() and container in edit.find_scopes(document, path))
    ]
    before = str(document)
    assert edit.unset_option(document, path, name) == (str(document) != before)
    assert [item.pieces()[1:] for _container, item in read_back(document).walk()] == expected


@unhurried
@given(documents_and_paths(), st.data())
def test_an_option_commented_out_is_gone_but_its_words_stay(where, data):
    document, path = where
    name = data.draw(st.sampled_from(names_in(document, path) or ["beta"]))
    before = squeezed(str(document)).replace("#", "")
    edit.comment_out(document, path, name)
    assert not edit.find_options(read_back(document), path, name)
    assert squeezed(str(document)).replace("#", "") == before


@unhurried
@given(st.one_of(lists(), dicts()), st.lists(TEXTS, max_size=5), st.data())
def test_any_list_or_dictionary_changed_in_its_layout_reads_back(written, texts, data):
    raw, old = written
    pool = list(old) + texts
    chosen = data.draw(st.lists(st.sampled_from(pool or ["x"]), max_size=6))
    value = chosen if isinstance(old, list) else {key: data.draw(TEXTS) for key in chosen}
    try:
        text = to_text(value, raw)
    except EditError:
        return
    assert from_raw(text) == value
    assert parse("a = " + text).items[0].raw == text


OPERATIONS = st.one_of(
    st.tuples(st.just("set_option"), NEW_NAMES, VALUES),
    st.tuples(st.just("unset_option"), NEW_NAMES),
    st.tuples(st.just("comment_out"), NEW_NAMES),
    st.tuples(st.just("rename_option"), NEW_NAMES, NEW_NAMES),
    st.tuples(st.just("move_option"), NEW_NAMES, NEW_PATHS),
    st.tuples(st.just("ensure_scope")),
    st.tuples(st.just("remove_scope")),
    st.tuples(st.just("rename_scope"), ELEMENTS),
    st.tuples(st.just("ensure_include"), TEXTS, st.booleans()),
    st.tuples(st.just("remove_include"), TEXTS),
)


@unhurried
@given(DOCUMENTS, st.data())
def test_after_any_changes_the_text_reads_back_as_the_document(generated, data):
    document = parse(generated[0])
    for _step in range(3):
        name, *arguments = data.draw(OPERATIONS)
        path = data.draw(st.one_of(st.sampled_from(paths(document)), NEW_PATHS))
        before = str(document)
        try:
            changed = getattr(edit, name)(document, path, *arguments)
        except EditError:
            changed = False
        assert changed == (str(document) != before)
        read_back(document)
