# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that the daemon reads from its encrypted database."""

import os
import stat
from typing import Dict, List, NamedTuple, Optional, Tuple

from ..apply import planned, prepare
from ..config import files as file_plan
from ..config import reader
from ..config.current import CurrentConfiguration
from ..config.files import FilePlan
from ..config.plan import NOTHING, FileEdit, Plan
from ..config.plan import plan as plan_settings
from ..credentials import entries, places
from ..credentials.current import CurrentCredentials
from ..credentials.current import current as current_credentials
from ..credentials.places import Pair
from ..credentials.session import (
    Contents,
    Job,
    Result,
    carry_out,
)
from ..credentials.tool import Cipher
from ..errors import PlanError
from ..files import intended
from ..files.current import CurrentFile
from ..files.named_paths import refuse_of_others
from ..host import accounts
from ..node_options import Node
from ..planned import Planned
from ..task import Task
from ..text import generated

MOST = 0o640


def current(
    node: Node, now: Optional[CurrentConfiguration], database: Optional[str] = None, key: Optional[str] = None
) -> CurrentCredentials:
    """Return the database and the key that the daemon reads, or those that are named. now: None where there is no configuration."""
    return current_credentials(node.prefix, None if now is None else now.effective, database, key)


class Site(NamedTuple):
    """The managed pair, what is there of it, and the plan of the stanza that names it."""

    pair: Pair
    found: Dict[str, Optional[CurrentFile]]
    stanza: Plan

    def contents(self) -> Contents:
        """The bytes of both files."""
        both = [self.found[path] for path in self.pair]
        return Contents(*[None if one is None else one.content for one in both])


def survey(task: Task) -> Site:
    """Find the pair; refuse a second one, and places where it cannot be."""
    params = task.params
    has_configuration = params["stanza"] or intended.exists(task.node.main)
    now, reload = prepare(task) if has_configuration else (None, None)
    found, stanza = current(task.node, now, params["database"], params["key"]), NOTHING
    for one in found.named:
        remedy = "name the files yourself with 'database' and 'key' (roles: momentum_credentials_database, momentum_credentials_key)"
        refuse_of_others(one.name, str(one.value), one.file, one.line, remedy)
    refuse_unusable(task, found)
    refuse_split(found, params["allow"])
    if params["stanza"] and now is not None and reload is not None:
        stanza = plan_settings(now.configuration, reload, places.settings(found.pair))
    elif now is not None and found.declared != found.pair and "split_database" not in params["allow"]:
        raise PlanError(
            "the daemon reads %s and %s, the task manages %s and %s; leave 'stanza' at true, or name the same"
            % (found.declared + found.pair)
        )
    site = Site(found.pair, found.files(), stanza)
    refuse_empty_key(site)
    return site


def refuse_empty_key(site: Site) -> None:
    """Stop at a key without content, such as a write that was cut off has left: passwords would be encrypted with what everybody knows."""
    before = site.contents()
    if before.key is not None and not before.key.strip():
        remedy = (
            "remove it, and a new one is made"
            if before.database is None
            else "put the key of %s back from a backup, or remove both and set all entries again" % site.pair.database
        )
        raise PlanError(
            "%s: the key is empty, so that anybody could decrypt the passwords; %s" % (site.pair.key, remedy)
        )


def refuse_unusable(task: Task, found: CurrentCredentials) -> None:
    """Stop at places in which the files cannot be, or a change by others is under way."""
    pair = found.pair
    if pair.database == pair.key:
        raise PlanError("database and key are both %s; name two files" % pair.database)
    for path in pair:
        directory = os.path.dirname(generated.line("the path of a file of credentials", path))
        if not os.path.isabs(path):
            raise PlanError("path %r is not absolute; write it from / on" % path)
        reader.refuse_without_directory(path, task.refuse_unless_announced)
        if os.path.isdir(directory) and os.stat(directory).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            task.warn("%s: others than its owner can exchange files in its directory; take that from them" % path)
    for path in found.unfinished:
        raise PlanError("%s: somebody is changing the database, or was interrupted; let credmgr finish first" % path)


def refuse_split(found: CurrentCredentials, allow: List[str]) -> None:
    """Stop at a second pair: the daemon may read one while somebody writes the other."""
    if found.strays and "split_database" not in allow:
        raise PlanError(
            "the credentials are split: %s is managed, but %s is also there, where Momentum or credmgr looks. Name the pair "
            "that counts with 'database' and 'key', move what it lacks over, and remove the other; or accept it with "
            "'allow: [split_database]'" % (" with ".join(found.pair), " and ".join(found.strays))
        )


def attributes(task: Task, site: Site) -> FilePlan:
    """Plan owner, group and mode of both files."""
    params = task.params
    keys = {key: params[key] for key in ("owner", "group", "mode")}
    all_desired = [file_plan.desired(dict(keys, path=path, source=None, directory_mode="0750")) for path in site.pair]
    if all_desired[0].mode & ~MOST:
        raise PlanError(
            "mode %04o gives more than 0640, with which the daemon can read its passwords; use that"
            % all_desired[0].mode
        )
    # The directories are there, or an earlier task makes them.
    look = file_plan.Look(site.found.get, lambda path: True, accounts.user_id, accounts.group_id)
    return file_plan.plan_files(all_desired, look, task.check_mode)


def use_tool(task: Task, site: Site) -> Result:
    """Compare and change the entries, on copies. In check mode an earlier task may install the tool."""
    params = task.params
    all_desired = entries.all_desired(params["entries"], task.node.nodename)
    program = os.path.join(task.node.prefix, "bin", "credmgr")
    before = site.contents()
    if not os.access(program, os.X_OK):
        missing = "%s is missing; install Momentum first" % program
        if before.database is not None:
            raise PlanError(missing)
        task.refuse_unless_announced(missing)
        return Result([(desired.entry, entries.action(desired, None)) for desired in all_desired], "none", before)
    cipher = Cipher(params["cipher"], params["key_size"], params["block_mode"])
    return carry_out(Job(program, site.pair, cipher, all_desired, params["allow"]), before, task.check_mode)


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


def plan(task: Task) -> Planned:
    """Let credmgr make copies that hold what is requested, and put them in place with the stanza, as one."""
    site = survey(task)
    files = attributes(task, site)
    outcome = use_tool(task, site)
    done = [dict(entry._asdict(), action=action) for entry, action in outcome.actions]
    own = dict(site.pair._asdict(), entries=done, hidden_by=outcome.way)
    whole = planned(task, together(site, files, outcome), files_attributes(site, files), **own)
    whole.result["diff"] = difference(whole.result["diff"], site.pair, outcome.actions)
    return whole._replace(requested=files.requested)


def files_attributes(site: Site, files: FilePlan) -> Dict[str, Tuple[Optional[int], Optional[int], Optional[int]]]:
    """Owner, group and mode of files that change; others keep what they have."""
    return {path: files.attributes.get(path, (None, None, None)) for path in site.pair}
