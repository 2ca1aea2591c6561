# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of Webhooks and of RabbitMQ: what each says that is open, with its line, and what nobody can tell."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.config.current import CurrentConfiguration
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.exposure import current, judge, rules
from plugins.module_utils.exposure.subject import ServiceFile
from plugins.module_utils.text import json_values

MAIN = "/c/ecelerity.conf"
CONFIGURATION = CurrentConfiguration(load(MAIN, ["/c"], nodename="n", reader=OverlayReader({MAIN: b""})))
PRINTED = "p1-Vk0lXy"
OWN = "of-our-own-8d2f"
# As the page has its examples.
ETL = '{\n  "rabbitmq": {\n    "password": "%s",\n    "host": "%s"%s\n  }\n}\n'
WITH_TLS = ',\n    "port": 5671,\n    "ssl": {"enabled": true, "caFile": "/ca.pem"}'
CONSUMERS = '[\n  {\n    "name": "first",\n    "target": "https://a.example/x",\n    "%s": %s\n  }\n]\n'
TLS_ONLY = "listeners.tcp = none  # comment out if allows non-TLS connection\nlisteners.ssl.default = 5671\n"

OPEN, UNKNOWN = rules.OPEN, rules.UNKNOWN
READABLE, IN_CLEAR, BEYOND, DEFAULT = (
    rules.WEBHOOKS_READABLE,
    rules.AMQP_WITHOUT_TLS,
    rules.AMQP_BEYOND_HOST,
    rules.PRINTED_PASSWORD,
)


def findings(kind, text, mode=0o640, version="5.3.0", **more):
    file = ServiceFile(kind, "/f/" + kind, text, mode, **more)
    return judge.findings(CONFIGURATION, version, services=[file])


@pytest.mark.parametrize(
    ("kind", "text", "mode", "expected"),
    [
        (rules.ETL, ETL % (OWN, "localhost", ""), 0o640, []),
        (rules.ETL, ETL % (OWN, "localhost", ""), 0o644, [(READABLE, OPEN, 3)]),
        (rules.ETL, ETL % (PRINTED, "127.0.0.1", ""), 0o640, [(DEFAULT, OPEN, 3)]),
        (rules.ETL, ETL % ("guest", "::1", ""), 0o600, [(DEFAULT, OPEN, 3)]),
        (rules.ETL, ETL % (OWN, "192.0.2.9", ""), 0o640, [(IN_CLEAR, OPEN, 4)]),
        (rules.ETL, ETL % (OWN, "192.0.2.9", ',"ssl": {"enabled": false}'), 0o640, [(IN_CLEAR, OPEN, 4)]),
        (rules.ETL, ETL % (OWN, "192.0.2.9", WITH_TLS), 0o640, []),
        (rules.ETL, "{}", 0o644, []),
        (rules.ETL, "{]", 0o644, [(name, UNKNOWN, 1) for name in (IN_CLEAR, READABLE, DEFAULT)]),
        (rules.API, '{"application": {"cassandraSupport": {"enabled": false}}}', 0o644, []),
        (rules.API, '{"vertica": {"password": "admin"}}', 0o640, [(DEFAULT, OPEN, 1)]),
        (rules.CONSUMERS, CONSUMERS % ("auth_token", '"%s"' % OWN), 0o644, [(READABLE, OPEN, 5)]),
        (rules.CONSUMERS, CONSUMERS % ("custom_headers", '{"x-api-key": "%s"}' % OWN), 0o604, [(READABLE, OPEN, 5)]),
        (
            rules.CONSUMERS,
            CONSUMERS % ("custom_headers", '{"x-api-key": "4194cf7d-f0ce-427c-a026-a11faa6c437e"}'),
            0o640,
            [(DEFAULT, OPEN, 5)],
        ),
        (rules.CONSUMERS, CONSUMERS % ("events", '["open"]'), 0o644, []),
        (rules.RABBITMQ, TLS_ONLY, 0o644, []),
        (rules.RABBITMQ, "", 0o644, [(BEYOND, OPEN, 1)]),
        (rules.RABBITMQ, TLS_ONLY.replace("listeners.tcp", "# listeners.tcp"), 0o644, [(BEYOND, OPEN, 1)]),
        (rules.RABBITMQ, "\nlisteners.tcp.default = 5672\n", 0o644, [(BEYOND, OPEN, 2)]),
        (rules.RABBITMQ, "listeners.tcp.a = 127.0.0.1:5672\nlisteners.tcp.b = ::1:5672\n", 0o644, []),
        (rules.RABBITMQ, "listeners.tcp.a = 127.0.0.1:5672\nlisteners.tcp.b = :::5672\n", 0o644, [(BEYOND, OPEN, 2)]),
        (rules.RABBITMQ, TLS_ONLY + "default_pass = guest\n", 0o644, [(DEFAULT, OPEN, 3)]),
    ],
)
def test_what_a_file_leaves_open_has_its_line(kind, text, mode, expected):
    found = findings(kind, text, mode)
    assert [(one.name, one.status, one.line) for one in found] == expected
    assert all(one.file == "/f/" + kind and one.because and one.remedy and one.page for one in found)
    shown = json.dumps([judge.as_data(found), judge.summary(judge.as_data(found))])
    assert not any(secret in shown for secret in (PRINTED, OWN, '"guest"', "4194cf7d"))


def test_a_file_that_cannot_be_read_leaves_its_rules_open_to_doubt():
    for kind, names in rules.OF_FILES.items():
        found = findings(kind, None, reason="it cannot be read")
        assert [(one.name, one.status) for one in found] == [(name, UNKNOWN) for name in names]


def test_another_file_of_rabbitmq_may_say_where_it_listens():
    (found,) = findings(rules.RABBITMQ, "", beside=["advanced.config"])
    assert found.status == UNKNOWN and "advanced.config" in found.because
    assert findings(rules.RABBITMQ, TLS_ONLY, beside=["advanced.config"]) == []


def test_a_version_without_webhooks_has_no_findings_of_them():
    assert [one.name for one in findings(rules.ETL, ETL % (PRINTED, "192.0.2.9", ""), 0o644, "4.1")] == [DEFAULT]


def test_files_are_looked_for_beside_the_prefix_and_have_the_mode_that_the_run_gives_them(tmp_path, monkeypatch):
    rabbitmq = tmp_path / "rabbitmq" / "rabbitmq.conf"
    monkeypatch.setattr(current, "FILES", [rules.FILES[0], (rules.RABBITMQ, str(rabbitmq))])
    prefix = str(tmp_path / "msys" / "ecelerity")
    assert current.services(prefix, {}) == []
    file = tmp_path / "msys" / rules.FILES[0][1]
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    os.chmod(str(file), 0o644)
    rabbitmq.parent.mkdir()
    (rabbitmq.parent / "conf.d").mkdir()
    etl, defaults = current.services(prefix, {})
    assert etl == ServiceFile(rules.ETL, str(file), "{}", 0o644, beside=[])
    assert defaults == ServiceFile(rules.RABBITMQ, str(rabbitmq), "", beside=["conf.d"])
    assert current.services(prefix, {str(file): 0o640})[0].mode == 0o640
    rabbitmq.mkdir()
    assert current.services(prefix, {})[1].text is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def leaves(data, path=()):
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if inner is None:
        return [(path, data)]
    return [leaf for key, one in inner for leaf in leaves(one, (*path, key))]


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_every_value_of_a_json_text_is_found_at_its_place(data, indent, ascii_only):
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    found = json_values.values(text)
    assert [(one.path, one.value) for one in found] == leaves(data)
    assert all(json.loads(text[one.start : one.end]) == one.value for one in found)


@pytest.mark.parametrize("text", ["", "{", '{"a": }', '{"a": 1} x', "[" * 100000, "﻿{}"])
def test_what_is_no_json_is_an_error_of_one_kind(text):
    with pytest.raises(ValueError):
        json_values.values(text)
