#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: credential
short_description: Manage the passwords of Momentum's data sources in its credentials database
version_added: 0.1.0
description:
  - Sets, rotates and removes entries of the encrypted database of the module C(securecreds), with the vendor's C(credmgr), and
    creates database and key where they are missing.
  - The two manual pages name different default places. Both files are named to C(credmgr) and in the C(securecreds) stanza;
    a second pair at another of these places is an error.
  - Stored passwords are read back and compared; nothing is written where they are right, and none is ever shown.
  - C(credmgr) takes passwords as arguments only. They are replaced by stars before anybody can list them, see RV(hidden_by).
  - C(credmgr) works on copies in memory. What it made is read back, and then database, key and configuration change as one,
    or none of them. The previous ones are kept in O(state_dir), with mode V(0600).
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  entries:
    description: The entries, all of them in one call. Others are left alone.
    type: list
    elements: dict
    default: []
    suboptions:
      documented:
        description:
          - Entries that the manual requires where C(securecreds) is turned on after the installation, in place of
            O(entries[].username), O(entries[].hostname) and O(entries[].facility).
          - V(ecconfigd) is C(ecuser) at C(_ecconfigd_); V(pgsql) and V(ecdb) are C(ecuser) at O(nodename) and at C(localhost).
        type: str
        choices: [ecconfigd, pgsql, ecdb]
      username:
        description: The user that the password belongs to.
        type: str
      hostname:
        description: The host that the password is for.
        type: str
      facility:
        description: What the password is for. V(ecdb), V(ecconfigd) and V(eccfg) are of Momentum's own.
        type: str
        choices: [pgsql, odbc, mysql, ldap, proxy, ecdb, ecconfigd, eccfg]
      password:
        description: The password, of at least four characters. Needed if O(entries[].state=present).
        type: str
      state:
        description: Whether the entry is to be there.
        type: str
        choices: [present, absent]
        default: present
  database:
    description:
      - The database. What the C(securecreds) stanza specifies if not given, else the daemon's own default, C(etc/credentials.db)
        beside O(prefix), which is C(/opt/msys/etc/credentials.db).
    type: path
  key:
    description: The key, found as O(database) is, C(/opt/msys/etc/credentials.key) by default.
    type: path
  cipher:
    description: The cipher, C(--cipher) of C(credmgr).
    type: str
    choices: [aes]
    default: aes
  key_size:
    description: The length of the key in bytes.
    type: int
    choices: [16, 24, 32]
    default: 32
  block_mode:
    description: How the cipher is used, C(--block_mode) of C(credmgr).
    type: str
    choices: [cbc]
    default: cbc
  owner:
    description: Name or number of the owner of database and key.
    type: str
    default: root
  group:
    description: Name or number of the group, which is how the daemon may read them.
    type: str
    default: ecuser
  mode:
    description:
      - The mode of database and key. Nothing that gives others anything, or the group more than reading, is accepted.
      - Octal in quotes with a leading zero (V("0640")), or the unquoted number V(0640) as M(ansible.builtin.file) takes it.
      - Text without a leading zero is refused.
    type: raw
    default: "0640"
  stanza:
    description: Whether the C(securecreds) stanza is managed, so that the daemon reads these files.
    type: bool
    default: true
  allow:
    description:
      - Safety checks to override, by name.
      - V(visible_arguments) hands passwords to C(credmgr) even where any user of the node can list them meanwhile.
      - V(split_database) leaves a second database or key in another place where the daemon or C(credmgr) looks.
    type: list
    elements: str
    default: []
    choices: [visible_arguments, split_database]
notes:
  - The form of C(credmgr)'s answers and its exit codes are not documented. The form is learnt in each run with random words in a
    database of its own; a tool that answers otherwise than expected leads to an error, never to a guess.
  - That a reload makes the daemon read changed passwords is inferred.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Keep what Momentum itself needs, and the password of a directory
  msys.momentum.credential:
    entries:
      - {documented: pgsql, password: "{{ vault_pgsql }}"}
      - {documented: ecdb, password: "{{ vault_pgsql }}"}
      - {documented: ecconfigd, password: "{{ vault_ecconfigd }}"}
      - {username: momentum, hostname: ldap.example.com, facility: ldap, password: "{{ vault_ldap }}"}
      - {username: momentum, hostname: old.example.com, facility: ldap, state: absent}
  register: momentum_credentials

- name: Let the daemon read them
  msys.momentum.service:
    activation: "{{ momentum_credentials.activation }}"

- name: Keep using the database where credmgr made it
  msys.momentum.credential:
    database: /opt/msys/ecelerity/etc/credentials.db
    key: /opt/msys/ecelerity/etc/credentials.key
"""

RETURN = r"""
activation:
  description: V(reload) or V(restart) where something changed, else V(none).
  returned: success
  type: str
  sample: reload
database:
  description: The database that is managed.
  returned: success
  type: str
  sample: /opt/msys/etc/credentials.db
key:
  description: Its key.
  returned: success
  type: str
  sample: /opt/msys/etc/credentials.key
entries:
  description: What was done, or would be, about each entry.
  returned: success
  type: list
  elements: dict
  contains:
    username:
      description: The user.
      type: str
      sample: ecuser
    hostname:
      description: The host.
      type: str
      sample: localhost
    facility:
      description: What the password is for.
      type: str
      sample: pgsql
    action:
      description: V(add), V(rotate), V(remove) or V(none).
      type: str
      sample: rotate
hidden_by:
  description:
    - How passwords are kept out of the list of processes. V(replaced), stars are in their place; V(hidepid), /proc shows
      foreign processes to nobody; V(visible), not at all, as allowed; V(none), there was none to hand over.
  returned: success
  type: str
  sample: replaced
changes:
  description: What was changed, as M(msys.momentum.config) returns it.
  returned: success
  type: list
  elements: dict
transaction:
  description: The name of the transaction, which M(msys.momentum.service) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500-4711
"""

import os
import stat
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.msys.momentum.plugins.module_utils.apply import carry_out as write
from ansible_collections.msys.momentum.plugins.module_utils.apply import prepare
from ansible_collections.msys.momentum.plugins.module_utils.config import files as file_plan
from ansible_collections.msys.momentum.plugins.module_utils.config import reader
from ansible_collections.msys.momentum.plugins.module_utils.config.files import FilePlan, Found
from ansible_collections.msys.momentum.plugins.module_utils.config.plan import NOTHING, FileEdit, Plan, plan
from ansible_collections.msys.momentum.plugins.module_utils.credentials import entries, places
from ansible_collections.msys.momentum.plugins.module_utils.credentials.places import Pair
from ansible_collections.msys.momentum.plugins.module_utils.credentials.session import (
    Contents,
    Job,
    Result,
    carry_out,
)
from ansible_collections.msys.momentum.plugins.module_utils.credentials.tool import Cipher
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.effective import Effective
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.host import accounts
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.text import generated

ENTRY: Dict[str, Dict[str, Any]] = {
    "documented": {"type": "str", "choices": list(entries.DOCUMENTED)},
    "username": {"type": "str"},
    "hostname": {"type": "str"},
    "facility": {"type": "str", "choices": list(entries.FACILITIES)},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
    "database": {"type": "path"},
    # The path of a file, which is no secret.
    "key": {"type": "path", "no_log": False},
    "cipher": {"type": "str", "choices": ["aes"], "default": "aes"},
    "key_size": {"type": "int", "choices": [16, 24, 32], "default": 32, "no_log": False},
    "block_mode": {"type": "str", "choices": ["cbc"], "default": "cbc"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "stanza": {"type": "bool", "default": True},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["visible_arguments", "split_database"],
    },
}

MOST = 0o640


class Site(NamedTuple):
    """The managed pair, what is there of it, and the plan of the stanza that names it."""

    pair: Pair
    found: Dict[str, Optional[Found]]
    stanza: Plan

    def contents(self) -> Contents:
        """The bytes of both files."""
        both = [self.found[path] for path in self.pair]
        return Contents(*[None if one is None else one.content for one in both])


def survey(module: MomentumModule) -> Site:
    """Find the pair; refuse a second one, and places where it cannot be."""
    params = module.params
    default = places.of_daemon(module.node.prefix)
    has_configuration = params["stanza"] or os.path.lexists(module.node.main)
    declared, stanza = default, NOTHING
    if has_configuration:
        configuration, reload = prepare(module)
        settings = [Effective(configuration).get(places.SCOPE, option) for option in places.OPTIONS]
        declared = Pair(*[path if one is None else str(one.value) for one, path in zip(settings, default)])
    pair = places.choose(params["database"], params["key"], declared)
    refuse_unusable(module, pair)
    others = [declared, default, places.of_tool(module.node.prefix)]
    refuse_split(pair, others, params["allow"])
    if params["stanza"]:
        stanza = plan(configuration, reload, places.settings(pair))
    elif has_configuration and declared != pair and "split_database" not in params["allow"]:
        raise PlanError(
            "the daemon reads %s and %s, the task manages %s and %s; leave 'stanza' at true, or name the same"
            % (declared + pair)
        )
    return Site(pair, {path: reader.file(path) for path in pair}, stanza)


def refuse_unusable(module: MomentumModule, pair: Pair) -> None:
    """Stop at places in which the files cannot be, or a change by others is under way."""
    if pair.database == pair.key:
        raise PlanError("database and key are both %s; name two files" % pair.database)
    for path in pair:
        directory = os.path.dirname(generated.line("the path of a file of credentials", path))
        if not os.path.isabs(path):
            raise PlanError("path %r is not absolute; write it from / on" % path)
        reader.refuse_without_directory(path, module.refuse_unless_announced)
        if os.path.isdir(directory) and os.stat(directory).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            module.warn("%s: others than its owner can exchange files in its directory; take that from them" % path)
    for path in (pair.database + "-journal", pair.database + "-wal"):
        if os.path.lexists(path) and os.path.getsize(path):
            raise PlanError(
                "%s: somebody is changing the database, or was interrupted; let credmgr finish first" % path
            )


def refuse_split(pair: Pair, others: List[Pair], allow: List[str]) -> None:
    """Stop at a second pair: the daemon may read one while somebody writes the other."""
    strays = places.strays(pair, others)
    if strays and "split_database" not in allow:
        raise PlanError(
            "the credentials are split: %s is managed, but %s is also there, where Momentum or credmgr looks. Name the pair "
            "that counts with 'database' and 'key', move what it lacks over, and remove the other; or accept it with "
            "'allow: [split_database]'" % (" with ".join(pair), " and ".join(strays))
        )


def attributes(module: MomentumModule, site: Site) -> FilePlan:
    """Plan owner, group and mode of both files."""
    params = module.params
    keys = {key: params[key] for key in ("owner", "group", "mode")}
    all_desired = [file_plan.desired(dict(keys, path=path, source=None, directory_mode="0750")) for path in site.pair]
    if all_desired[0].mode & ~MOST:
        raise PlanError(
            "mode %04o gives more than 0640, with which the daemon can read its passwords; use that"
            % all_desired[0].mode
        )
    # The directories are there, or an earlier task makes them.
    look = file_plan.Look(site.found.get, lambda path: True, accounts.user_id, accounts.group_id)
    return file_plan.plan_files(all_desired, look, module.check_mode)


def use_tool(module: MomentumModule, site: Site) -> Result:
    """Compare and change the entries, on copies. In check mode an earlier task may install the tool."""
    params = module.params
    all_desired = entries.all_desired(params["entries"], module.node.nodename)
    program = os.path.join(module.node.prefix, "bin", "credmgr")
    before = site.contents()
    if not os.access(program, os.X_OK):
        missing = "%s is missing; install Momentum first" % program
        if before.database is not None:
            raise PlanError(missing)
        module.refuse_unless_announced(missing)
        return Result([(desired.entry, entries.action(desired, None)) for desired in all_desired], "none", before)
    cipher = Cipher(params["cipher"], params["key_size"], params["block_mode"])
    return carry_out(Job(program, site.pair, cipher, all_desired, params["allow"]), before, module.check_mode)


def together(site: Site, files: FilePlan, outcome: Result) -> Plan:
    """One plan of database, key and stanza."""
    steps = entries.changes(site.pair.database, outcome.actions)
    before = site.contents()
    edits = [
        FileEdit(path, old, new or b"")
        for path, old, new in zip(site.pair, before, outcome.after)
        if old != new or (steps and path == site.pair.database)
    ]
    created = [change._replace(activation="reload") for change in files.changes]
    merged = file_plan.merge(files._replace(changes=created), Plan(edits, steps, []))
    warnings = site.stanza.warnings + merged.warnings
    return Plan(merged.edits + site.stanza.edits, merged.changes + site.stanza.changes, warnings)


def difference(
    shown: List[Dict[str, str]], pair: Pair, actions: List[Tuple[entries.Entry, str]]
) -> List[Dict[str, str]]:
    """The difference without a byte of database and key: what is done about each entry stands for them."""
    words = ["%s: %s\n" % (done, entry) for entry, done in actions if done != "none"]
    headers = {"before_header": pair.database, "after_header": pair.database}
    others = [one for one in shown if one.get("before_header") not in pair]
    return others + ([dict(headers, prepared="".join(words))] if words else [])


def run(module: MomentumModule) -> Dict[str, Any]:
    """Let credmgr make copies that hold what is requested, and put them in place with the stanza, as one."""
    site = survey(module)
    files = attributes(module, site)
    outcome = use_tool(module, site)
    if module.node.validate == "auto" and not os.path.lexists(module.node.main):
        # Without a configuration Momentum's checkers have nothing to judge.
        module.node = module.node._replace(validate="never")
    result = write(module, together(site, files, outcome), files_attributes(site, files))
    result["diff"] = difference(result["diff"], site.pair, outcome.actions)
    done = [dict(entry._asdict(), action=action) for entry, action in outcome.actions]
    return dict(result, entries=done, hidden_by=outcome.way, **site.pair._asdict())


def files_attributes(site: Site, files: FilePlan) -> Dict[str, Tuple[Optional[int], Optional[int], Optional[int]]]:
    """Owner, group and mode of files that change; others keep what they have."""
    return {path: files.attributes.get(path, (None, None, None)) for path in site.pair}


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
