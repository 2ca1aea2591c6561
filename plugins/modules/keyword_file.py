#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: keyword_file
short_description: Set options in postgresql.conf and ldap.conf, and place the files they name, as one
version_added: 0.2.0
description:
  - Brings settings in files of keywords, one a line, into force, and places whole files beside them, all in one transaction that
    M(msys.momentum.restore) can put back.
  - Values are compared by meaning, and the last line of a name is the one in force, as PostgreSQL and OpenLDAP read their files.
    Comments, order and everything else stay.
  - Where a file that C(postgresql.conf) includes sets an option otherwise after the last line of its name, a line is added to the end of
    C(postgresql.conf). An option that C(ALTER SYSTEM) has set to another value is refused.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The file. It is created if it is not there; its directory must be.
        type: path
        required: true
      style:
        description: How the file is written, V(postgresql) for C(postgresql.conf), V(ldap) for the C(ldap.conf) of OpenLDAP.
        type: str
        choices: [postgresql, ldap]
      settings:
        description:
          - Names and values. Names are compared without regard to case. An empty value removes the setting.
          - A truth value is written as V(on) or V(off). A list is written as the program separates its elements, with commas for
            V(postgresql) (elements in double quotes where needed), with blanks for V(ldap).
          - Needs O(files[].style).
        type: dict
      content:
        description: The whole text of the file, instead of O(files[].settings). It is kept out of results, differences and logs.
        type: str
      owner:
        description: Owner, by name or number. If not given, a file keeps its own, and a new one belongs to root.
        type: str
      group:
        description: Group, by name or number. If not given, a file keeps its own, and a new one belongs to root.
        type: str
      mode:
        description:
          - Permissions. If not given, a file keeps its own, and a new one has V(0644).
          - Octal in quotes with a leading zero (V("0644")), or the unquoted number V(0644) as M(ansible.builtin.file) takes it.
          - Text without a leading zero is refused, and so is a mode that lets others than the owner write.
        type: raw
      activation:
        description:
          - What makes Momentum's own daemon take a change of this file over. It is recorded, so that M(msys.momentum.service) makes up
            for it in a later run if this one ends before.
        type: str
        choices: [none, reload, restart]
        default: none
attributes:
  check_mode:
    description: Reports what a run would do, and writes nothing.
    support: full
  diff_mode:
    description: Returns the settings that change, not the files around them, which may hold secrets.
    support: partial
    details: Of O(files[].content) only the fact that it changes is reported.
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
notes:
  - Whether a running PostgreSQL has read its files again is not looked at. M(msys.momentum.certificate_served) proves what is in force.
seealso:
  - module: msys.momentum.restore
  - module: msys.momentum.certificate_served
"""

EXAMPLES = r"""
- name: Have PostgreSQL do TLS
  msys.momentum.keyword_file:
    files:
      - path: /var/lib/pgsql/16/data/postgresql.conf
        style: postgresql
        settings:
          ssl: "on"
          ssl_cert_file: server.crt
          ssl_key_file: server.key

- name: Have Momentum 3.x verify the directory it asks about users
  msys.momentum.keyword_file:
    files:
      - path: /opt/msys/3rdParty/etc/openldap/ca.pem
        content: "{{ lookup('ansible.builtin.file', 'directory-ca.pem') }}\n"
      - path: /opt/msys/3rdParty/etc/openldap/ldap.conf
        style: ldap
        settings:
          TLS_CACERT: /opt/msys/3rdParty/etc/openldap/ca.pem
          TLS_REQCERT: demand
        mode: "0644"
        activation: restart
  register: trust

- name: Have it read the file
  msys.momentum.service:
    activation: "{{ trust.activation }}"
"""

RETURN = r"""
files:
  description: The files that were changed, or would be.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/pgsql/16/data/postgresql.conf]
activation:
  description: What makes Momentum's daemon take the change over.
  returned: success
  type: str
  sample: restart
transaction:
  description: The name of the transaction, which M(msys.momentum.restore) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500.000000-0a1b2c3d
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.msys.momentum.plugins.module_utils.config import keyword_files, keyword_includes, reader
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files import file_mode, obstacles
from ansible_collections.msys.momentum.plugins.module_utils.files.safe_files import read_file
from ansible_collections.msys.momentum.plugins.module_utils.host import accounts
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.redaction import redaction
from ansible_collections.msys.momentum.plugins.module_utils.state import directory as state_directory
from ansible_collections.msys.momentum.plugins.module_utils.state import pending
from ansible_collections.msys.momentum.plugins.module_utils.text import visible

FILE = {
    "path": {"type": "path", "required": True},
    "style": {"type": "str", "choices": ["postgresql", "ldap"]},
    "settings": {"type": "dict"},
    "content": {"type": "str", "no_log": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "activation": {"type": "str", "choices": list(pending.LEVELS), "default": "none"},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": FILE,
        "mutually_exclusive": [["settings", "content"]],
        "required_one_of": [["settings", "content"]],
        "required_by": {"settings": ["style"]},
    },
}
NEW = (0, 0, 0o644)
Absent = Callable[[str], None]
NOBODY_YET = -1  # an account that an earlier task of a check mode run would have made


class Found(NamedTuple):
    """A file as it is."""

    content: bytes
    attributes: Tuple[int, int, int]


class Edit(NamedTuple):
    """A file as it is to be."""

    path: str
    before: Optional[Found]
    content: bytes
    attributes: Tuple[int, int, int]

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return self.before is None or (self.before.content, self.before.attributes) != (self.content, self.attributes)


def find(path: str) -> Optional[Found]:
    """A regular file, None where there is none. Raises UnsafePath, OSError."""
    try:
        content, info = read_file(path, "keywords")
    except FileNotFoundError:
        return None
    return Found(content, (info.st_uid, info.st_gid, info.st_mode & 0o7777))


def edit_of(entry: Dict[str, Any], absent: Absent) -> Edit:
    """Plan one file. absent: gets the refusal for a missing account or directory. Raises PlanError."""
    found = find(entry["path"])
    present = found.attributes if found else NEW
    requested = (
        _account(entry["path"], entry["owner"], accounts.user_id, present[0], absent),
        _account(entry["path"], entry["group"], accounts.group_id, present[1], absent),
        present[2] if entry["mode"] is None else _mode(entry),
    )
    return Edit(entry["path"], found, _content(entry, found.content if found else b""), requested)


def _content(entry: Dict[str, Any], before: bytes) -> bytes:
    if entry["content"] is not None:
        if not visible.is_clean(entry["content"]):
            raise PlanError("the content of %s must have no control characters but line feeds and tabs" % entry["path"])
        return str(entry["content"]).encode("utf-8")
    try:
        return _with_settings(entry, before.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    except PlanError as error:
        raise PlanError("%s: %s" % (entry["path"], error))


def _with_settings(entry: Dict[str, Any], before: str) -> str:
    path, style = entry["path"], keyword_files.STYLES[entry["style"]]
    requested = {name: keyword_files.text_of(style, name, value) for name, value in entry["settings"].items()}
    for name in requested:
        if entry["style"] == "postgresql" and name.lower() in keyword_includes.DIRECTIVES:
            raise PlanError(
                "settings: %s is no setting: a file may have several. Write the line into the file yourself" % name
            )
    if entry["style"] != "postgresql":
        return keyword_files.edited(before, style, requested)
    after = keyword_files.edited(before, style, requested, keyword_includes.of(path))
    keyword_includes.refuse_overridden(path, after, requested)
    return after


def _account(
    path: str, name: Optional[str], lookup: Callable[[str], Optional[int]], present: int, absent: Absent
) -> int:
    if not name:
        return present
    number = lookup(name)
    if number is None:
        absent("%s: there is no account %r on the node; create it first" % (path, name))
    return NOBODY_YET if number is None else number


def _mode(entry: Dict[str, Any]) -> int:
    mode = file_mode.number("%s: mode" % entry["path"], entry["mode"])
    if mode & 0o022:
        raise PlanError("%s: mode %04o lets others than the owner change the file" % (entry["path"], mode))
    return mode


def difference(entry: Dict[str, Any], edit: Edit) -> Dict[str, str]:
    """What changes, without the file around it."""
    words = ["content" if entry["content"] is not None else ""]
    if edit.before is None or edit.before.content == edit.content:
        words.append("created" if edit.before is None else "owner, group or mode")
    shown = redaction.mask_value("", entry["settings"] or {})
    words += ["%s: %s" % (name, _shown(value)) for name, value in sorted(shown.items())]
    lines = "\n".join(word for word in words if word)
    return {"before_header": edit.path, "after_header": edit.path, "prepared": "%s\n%s\n" % (edit.path, lines)}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return ("on" if value else "off") if isinstance(value, bool) else "" if value is None else str(value)


def write(edits: List[Edit], state_dir: str, level: str, due: List[str]) -> str:
    """Write all files in one transaction, after which this level is due because of the files `due`. Raises TransactionError."""
    from ansible_collections.msys.momentum.plugins.module_utils.transaction import write as transaction

    files = [
        transaction.PlannedFile(edit.path, edit.before.content if edit.before else None, edit.content, *edit.attributes)
        for edit in edits
    ]
    return transaction.write(files, state_dir, due=transaction.Due(level, due))


def run(module: MomentumModule) -> Dict[str, Any]:
    """Plan all files, then write those that differ."""
    entries = module.params["files"]
    obstacles.refuse_twice("files", [entry["path"] for entry in entries])
    pairs = [(entry, edit_of(entry, module.refuse_unless_announced)) for entry in entries]
    changing = [(entry, edit) for entry, edit in pairs if edit.changes]
    edits = [edit for _entry, edit in changing]
    if edits:
        state_directory.refuse([edit.path for edit in edits], [], module.node.state_dir)
    for edit in edits:
        reader.refuse_without_directory(edit.path, module.refuse_unless_announced)
    level = pending.strongest("none", *(entry["activation"] for entry, _edit in changing))
    transaction = ""
    if edits and not module.check_mode:
        paths = [edit.path for entry, edit in changing if entry["activation"] != "none"]
        transaction = write(edits, module.node.state_dir, level, paths)
    return {
        "changed": bool(edits),
        "activation": level,
        "files": [edit.path for edit in edits],
        "diff": [difference(entry, edit) for entry, edit in changing],
        "transaction": transaction,
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
