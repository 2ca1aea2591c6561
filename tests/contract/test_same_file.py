# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of one task that cannot all be written are refused before anything is, in check mode in the same words as in the run: two names
of one file, a file above another, a name that ends in a slash, and the records of the collection itself."""

import pytest

MAIN = {"momentum/etc/conf/default/ecelerity.conf": "X = 1\n"}


def conf(*paths, **more):
    files = [{"path": path, "owner": "root", "group": "root", "mode": "0600"} for path in paths]
    return "config", dict(more, files=files)


def unit(key, certificate, name="a"):
    return {"name": name, "key": key, "certificate": certificate}


def keywords(*paths):
    return "keyword_file", {"files": [{"path": path, "content": "a\n"} for path in paths]}


CASES = {
    "configuration files, one twice": (conf("{root}/d/a", "{root}/d/a"), "named twice"),
    "configuration files, one in two spellings": (conf("{root}/d/a", "{root}/./d/a"), "named twice"),
    "configuration files, one by a link": (conf("{root}/d/a", "{root}/e/a"), "named twice"),
    "a configuration file and a setting in it": (
        conf("{root}/conf/ecelerity.conf", settings=[{"option": "Y", "value": "1"}]),
        "the same file as",
    ),
    "a configuration file above another": (conf("{root}/d/a", "{root}/d/a/b"), "must be a file"),
    "a configuration file that is to be a directory": (conf("{root}/d/a/"), "ends in a slash"),
    "a file of keywords that is to be a directory": (keywords("{root}/d/a/"), "ends in a slash"),
    "a file of keywords above another": (keywords("{root}/d", "{root}/d/a"), "d: is not a regular file"),
    "a certificate by a link": (
        (
            "certificate",
            {
                "units": [
                    unit("{root}/d/k", "{root}/d/c"),
                    unit("{root}/e/k", "{root}/e/c", "b"),
                ]
            },
        ),
        "the same file as",
    ),
    "a key that is to be a directory": (
        ("certificate", {"units": [unit("{root}/d/k/", "{root}/d/c")]}),
        "ends in a slash",
    ),
    "Diffie-Hellman parameters in a directory": (("dhparams", {"path": "{root}/d/a/"}), "ends in a slash"),
    "the lock": (keywords("{root}/state/lock"), "keeps its own records"),
    "the state itself": (keywords("{root}/state"), "keeps its own records"),
    "the journal": (conf("{root}/state/journal.new"), "keeps its own records"),
    "a backup": (keywords("{root}/state/backups/x/manifest.json"), "keeps its own records"),
    "a key among the records": (
        ("certificate", {"units": [unit("{root}/state/pending.json", "{root}/d/c")]}),
        "keeps its own records",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_all_be_written_is_refused_alike(name, node_of):
    (module, arguments), words = CASES[name]
    node = node_of({"files": dict(MAIN, **{"d/x": ""}), "arguments": arguments})
    (node.root / "e").symlink_to("d")
    (node.root / "conf").symlink_to("momentum/etc/conf/default")
    before = node.snapshot()
    check, done = node.run(module, check=True).result, node.run(module).result
    assert check.get("failed") and done.get("failed"), (check, done)
    assert check["msg"] == done["msg"] and words in done["msg"]
    assert node.snapshot() == before
