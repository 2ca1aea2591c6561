# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A domain gets its first key, signs with it once that is published, and comes to sign with the next one, with a name server that answers."""

import os
import re
import socket
import struct
import tempfile
import threading
from pathlib import Path

import pytest
from module_nodes import Node

pytestmark = pytest.mark.slow

MAIN = "momentum/etc/conf/default/ecelerity.conf"
KEYS = "momentum/etc/conf/dkim/example.com"
TEXT = 'opendkim "o" {\n  headerlist = ("from")\n  key = "{root}/momentum/etc/conf/dkim/%{d}/%{s}.key"\n}\n'


class NameServer:
    """A name server that knows the TXT records in `records`, and answers nothing for the names in `silent`."""

    def __init__(self):
        self.records, self.silent, self.asked = {}, set(), []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            if not query:
                return
            name = self.name_of(query)
            self.asked.append(name)
            if name not in self.silent:
                self.socket.sendto(self.answer(query, name), peer)

    def end(self):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", self.socket.getsockname())

    @staticmethod
    def name_of(query):
        labels, place = [], 12
        while query[place]:
            labels.append(query[place + 1 : place + 1 + query[place]].decode())
            place += 1 + query[place]
        return ".".join(labels)

    def answer(self, query, name):
        texts = self.records.get(name, [])
        data = [b"".join(bytes([len(one)]) + one for one in strings) for strings in texts]
        body = b"".join(b"\xc0\x0c" + struct.pack("!2HIH", 16, 1, 60, len(one)) + one for one in data)
        return query[:2] + struct.pack("!5H", 0x8180 if texts else 0x8183, 1, len(texts), 0, 0) + query[12:] + body

    def publish(self, record):
        self.records[record["name"]] = [[text.encode() for text in record["strings"]]]


@pytest.fixture
def server():
    made = NameServer()
    yield made
    made.end()


def selector_of(node):
    return re.findall(r'selector = "?(\w+)', (node.root / MAIN).read_text())


def run(node, *keys, **options):
    """The result, with its keys by selector as well."""
    node.case["arguments"].update(options, keys=[dict({"domain": "example.com"}, **one) for one in keys])
    done = node.run("dkim_key").result
    return dict(done, **{one["selector"]: one for one in done.get("signing_keys", [])})


def foretold(node, *keys, **options):
    """As `run`. A check before it says the same, but for the record of a key that is yet to be made."""
    node.case["arguments"].update(options, keys=[dict({"domain": "example.com"}, **one) for one in keys])
    check, done = node.run("dkim_key", check=True).result, run(node, *keys)
    assert (check.get("msg"), check.get("failed")) == (done.get("msg"), done.get("failed"))
    for one, other in zip(check.get("signing_keys", []), done.get("signing_keys", [])):
        if one["action"] == "made":
            assert one["record"]["value"] == "" and other["record"]["value"]
            other = dict(other, record=one["record"])
        assert one == other
    assert check.get("changed") is done.get("changed") and check.get("diff") == done.get("diff")
    return done


def test_a_domain_signs_with_a_key_once_its_record_is_published(node_of, server):
    node = node_of({"files": {MAIN: TEXT}, "arguments": {"group": "0", "resolvers": [server.address], "timeout": 2}})
    first = {"selector": "s1", "signs": True}
    # The first run makes the key and reports its record; nothing signs.
    done = foretold(node, first)
    made = (node.root / KEYS / "s1.key").read_bytes()
    assert done["s1"]["action"] == "made" and (done["s1"]["published"], done["s1"]["switch"]) == ("absent", "waiting")
    assert done["summary"][0] == "publish: %s (no record is published)" % done["s1"]["record"]["line"]
    assert selector_of(node) == [] and made.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert oct((node.root / KEYS / "s1.key").stat().st_mode) == "0o100640"
    assert oct((node.root / KEYS).stat().st_mode) == "0o40750"
    assert run(node, first)["changed"] is False
    # Published, it signs.
    server.publish(done["s1"]["record"])
    done = foretold(node, first)
    assert (done["s1"]["published"], done["s1"]["switch"], done["s1"]["signs"]) == ("match", "switched", True)
    assert selector_of(node) == ["s1"] and done["activation"] == "reload" and done["summary"] == []
    assert (node.root / KEYS / "s1.key").read_bytes() == made
    # The next key waits, whoever else publishes something at its name.
    second = {"selector": "s2", "signs": True}
    server.records["s2._domainkey.example.com"] = [[b"v=DKIM1; p=AAAA"]]
    done = run(node, {"selector": "s1"}, second)
    assert (done["s2"]["action"], done["s2"]["published"], done["s2"]["switch"]) == ("made", "differs", "waiting")
    assert done["s1"]["signs"] and not done["s2"]["signs"] and selector_of(node) == ["s1"]
    # What signs is not removed.
    done = run(node, {"selector": "s1", "state": "absent"}, second)
    assert done["s1"]["action"] == "left" and done["changed"] is False and (node.root / KEYS / "s1.key").exists()
    server.publish(done["s2"]["record"])
    done = foretold(node, {"selector": "s1", "state": "absent"}, second)
    assert (done["s1"]["action"], done["s2"]["switch"]) == ("removed", "switched") and selector_of(node) == ["s2"]
    assert [path.name for path in (node.root / KEYS).iterdir()] == ["s2.key"]
    assert "s1._domainkey.example.com: leave the record for a week" in done["summary"][0]
    assert run(node, {"selector": "s1", "state": "absent"}, second)["changed"] is False


def test_where_nobody_answers_the_domain_signs_as_before_unless_the_task_says_otherwise(node_of, server):
    node = node_of({"files": {MAIN: TEXT}, "arguments": {"group": "0", "resolvers": [server.address], "timeout": 1}})
    server.silent.add("s1._domainkey.example.com")
    first = {"selector": "s1", "signs": True}
    done = run(node, first)
    assert (done["s1"]["published"], done["s1"]["switch"]) == ("unknown", "waiting") and selector_of(node) == []
    assert "127.0.0.1 did not answer in time" in done["s1"]["because"]
    done = run(node, first, publication="ignored")
    assert (done["s1"]["published"], done["s1"]["switch"]) == ("not_asked", "switched") and selector_of(node) == ["s1"]
    # A key that signs is not replaced by one that nobody can verify.
    content = (node.root / KEYS / "s1.key").read_text()
    (node.root / KEYS / "s1.key").unlink()
    run(node, {"selector": "s1"}, publication="ignored")
    given = dict(first, content=content)
    refused = foretold(node, given, publication="required")
    assert refused["failed"] and "not published" in refused["msg"] and "PRIVATE" not in str(refused)
    done = run(node, given, publication="reported")
    assert done["s1"]["action"] == "replaced" and done["activation"] == "reload" and "PRIVATE" not in str(done)
    assert (node.root / KEYS / "s1.key").read_text() == content


def test_what_was_lost_is_not_made_anew_against_its_record(node_of, server):
    node = node_of({"files": {MAIN: TEXT}, "arguments": {"group": "0", "resolvers": [server.address], "timeout": 1}})
    first = {"selector": "s1", "signs": True}
    server.publish(run(node, first)["s1"]["record"])
    assert run(node, first)["s1"]["switch"] == "switched"
    (node.root / KEYS / "s1.key").unlink()
    refused = foretold(node, first)
    assert refused["failed"] and "is missing" in refused["msg"] and "another key is published" in refused["msg"]
    server.records.clear()
    done = run(node, first)
    assert done["s1"]["action"] == "made" and done["summary"][1].startswith(
        "s1._domainkey.example.com: the configuration signs"
    )


def test_a_path_with_two_slashes_at_its_beginning_ends(node_of):
    node = node_of({"files": {}, "arguments": {"group": "0", "publication": "ignored"}})
    one = {"selector": "s1", "path": "/%s/k/s1.key" % node.root}
    assert run(node, one)["s1"]["action"] == "made" and run(node, one)["changed"] is False


def test_what_others_put_among_the_keys_hinders_no_run(node_of):
    node = node_of({"files": {MAIN: TEXT, "other": ""}, "arguments": {"group": "0", "publication": "ignored"}})
    run(node, {"selector": "s1"})
    os.link(str(node.root / "other"), str(node.root / KEYS / "link.key"))
    with open(str(node.root / KEYS / "large.key"), "w") as large:
        large.truncate(1 << 23)
    os.mkfifo(str(node.root / KEYS / "pipe.key"))
    done = foretold(node, {"selector": "s1"})
    assert done["changed"] is False and [one["path"].rpartition("/")[2] for one in done["named"]] == [
        "large.key",
        "link.key",
    ]
    assert "hard links" in done["named"][1]["left"] and (node.root / "other").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to accounts")
def test_keys_that_others_read_are_restricted_and_said_to_be_disclosed():
    """Below a directory that others can enter: one of pytest's own protects what is in it."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        restricted(
            Node(Path(directory), {"files": {MAIN: TEXT}, "arguments": {"group": "nogroup", "publication": "ignored"}})
        )


def restricted(node):
    run(node, {"selector": "s1", "domain": "example.com"}, {"selector": "s0", "domain": "example.org"})
    ours, theirs = node.root / KEYS / "s1.key", node.root / KEYS / "../../dkim/example.org/s0.key"
    for path in (ours, theirs):
        path.chmod(0o644)
        path.parent.chmod(0o755)
    (node.root / "momentum/etc/conf/dkim").chmod(0o755)
    done = run(node, {"selector": "s1"})
    assert done["s1"]["disclosed"] and [one["disclosed"] for one in done["named"]] == [True]
    assert len([words for words in done["summary"] if "consider the key disclosed" in words]) == 2
    for path in (ours, theirs):
        info = path.stat()
        assert (info.st_uid, info.st_gid, info.st_mode & 0o777) == (0, 65534, 0o640)
    assert run(node, {"selector": "s1"})["changed"] is False
    # A configuration that others write names keys in vain.
    theirs.chmod(0o644)
    os.chown(node.root / MAIN, 65534, 65534)
    left = run(node, {"selector": "s1", "path": str(ours)})
    assert left["changed"] is False and "others than root can write" in left["named"][0]["left"]
