# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's own playbooks over stub roles: what is under test is who is begun, who is finished, and the exit status."""

import json
import os
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Set

import yaml

from tests.integration.cores import INTERPRETER, ROOT, ansible_playbook

UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}

# Each role, with the files of tasks that playbooks include.
STUBS = {
    "install": ["main"],
    "standalone": ["main"],
    "cluster_node": ["main"],
    "cluster_manager": ["main"],
    "certificates": ["main"],
    "rollout": ["main"],
    "preflight": ["look", "stop"],
    "upgrade": ["main"],
}
# These leave no mark: they only prepare or report.
QUIET = ["lint", "manager_down", "services_up", "leftovers", "ready"]
INSTALL_QUIET = ["license_file", "sources", "ready", "bundle_removed"]


def _note(word: str) -> Dict[str, Any]:
    command = {"cmd": "echo {{ inventory_hostname }} >> {{ notes }}/" + word}
    return {"name": "Note that the node is " + word, "ansible.builtin.shell": command, "check_mode": False}


def _tasks() -> List[Dict[str, Any]]:
    broken = {"name": "Break", "ansible.builtin.fail": {"msg": "broken"}, "when": "inventory_hostname in broken"}
    return [_note("begun"), broken, _note("finished")]


# A node with a record of its own below momentum_state_dir: a restart is pending until `service` has done it, and only then the node is in a
# cluster of all that were named to it. With a file `unlicensed` the daemon could not start again; the file `license` has what becomes of a licence
# that is given. With a file `silent` whoever asks `service` gets its words and nothing about the daemon; with a file `silent-later` once it has
# been restarted. With a file `mute` its console does not answer, but at the endpoint that the file has.
MODULE = """\
#!/usr/bin/python
# WANT_JSON
import json, os, sys
with open(sys.argv[1]) as file:
    args = json.load(file)
directory = args["state_dir"]
done, asks = os.path.join(directory, "restarted"), args.get("_ansible_check_mode")
os.makedirs(directory, exist_ok=True)
with open(os.path.join(directory, "calls"), "a") as file:
    file.write("%s%s\\n" % ("NAME", " (asks)" if asks else " (downloads)" if args.get("download_only") else ""))
given = {key: value for key, value in args.items() if not key.startswith("_ansible")}
with open(os.path.join(directory, "arguments"), "a") as file:
    file.write(json.dumps(["NAME", given]) + "\\n")
found = os.path.exists(done)
result = {"changed": False}
service = {"action": "none" if found else "restart", "health": [{"ok": True}], "process": {"pid": 2 if found else 1}}
if os.path.exists(os.path.join(directory, "stopped")) and not found:
    service["process"] = {}
unlicensed = os.path.exists(os.path.join(directory, "unlicensed"))
service["license"] = {"refusal": "no licence: planted" if unlicensed else ""}
if "NAME" in ("service", "node") and not (asks or found):
    open(done, "w").close()
if "NAME" == "service":
    result.update(service)
    if os.path.exists(os.path.join(directory, "refuses")):
        result.update(failed=True, msg="port 25 does not answer", health=[{"ok": False}])
    silent = os.path.join(directory, "silent-later" if found else "silent")
    if asks and os.path.exists(silent):
        with open(silent) as file:
            result = {"changed": False, "failed": True, "msg": file.read()}
if "NAME" == "config_info":
    result.update(installed=True, version="5.3.0", files=[{"path": "ecelerity.conf"}])
    result.update(packages_installed=True, unit_enabled=True, has_license=True)
changes = [{"scope": 'Binding "b"', "subject": "x"}]
if "NAME" == "node":
    result.update(activation="none", transaction="", summary=[], changed_parts=[], parts={"service": service, "config": {"changes": changes}})
if "NAME" == "license":
    with open(os.path.join(directory, "license")) as file:
        result.update(action=file.read(), transaction="license-1")
if "NAME" == "bundle":
    result.update(repository_file=args["dest"] + "/momentum.repo")
if "NAME" == "packages" and os.path.exists(os.path.join(directory, "unresolved")):
    result.update(failed=True, msg="dnf: planted conflict.")
if "NAME" == "config_lint":
    result.update(findings=[])
if "NAME" == "cluster_info":
    members = args.get("members", [])
    beside = [os.path.join(os.path.dirname(directory), member) for member in members]
    stopped = [one for one in beside if os.path.exists(one + "/stopped") and not os.path.exists(one + "/restarted")]
    if members and not asks and (stopped or not found):
        result.update(failed=True, msg="not in the view: %s" % members)
    name = os.path.basename(directory)
    result.update(answered=True, members=(members or ["self"]) if found else [], nodename=name, held=[], addresses=[])
    mute = os.path.join(directory, "mute")
    if os.path.exists(mute) and not found and args.get("control") != open(mute).read():
        result.update(answered=False, members=[], nodename="")
print(json.dumps(result))
"""


def lay_out(directory: Path, real: Sequence[str] = ()) -> Path:
    """Lay out a path of collections: the real playbooks and plugins, and stubs where the roles were.

    With the names of roles that are to be real, the modules are stubs instead.
    """
    collection = directory / "ansible_collections" / "msys" / "momentum"
    collection.mkdir(parents=True)
    for name in ("galaxy.yml", "meta", "playbooks"):
        (collection / name).symlink_to(ROOT / name)
    (collection / "plugins").mkdir()
    for path in (ROOT / "plugins").iterdir():
        # An action plugin would import the module that it belongs to.
        if path.name not in ("modules", "action") or not real:
            (collection / "plugins" / path.name).symlink_to(path)
    if real:
        _stub_modules(collection / "plugins" / "modules")
    (collection / "roles").mkdir()
    for role in real:
        (collection / "roles" / role).symlink_to(ROOT / "roles" / role)
    for role in set(STUBS) - set(real):
        files = STUBS[role]
        tasks = collection / "roles" / role / "tasks"
        tasks.mkdir(parents=True)
        for name in files:
            (tasks / (name + ".yml")).write_text(yaml.safe_dump(_tasks()))
    quiet = [{"name": "Know nothing of packages", "ansible.builtin.set_fact": {"momentum_upgrade_due": True}}]
    for name in [] if "upgrade" in real else QUIET:
        (collection / "roles" / "upgrade" / "tasks" / (name + ".yml")).write_text(yaml.safe_dump(quiet))
    for name in [] if "install" in real else INSTALL_QUIET:
        (collection / "roles" / "install" / "tasks" / (name + ".yml")).write_text(yaml.safe_dump(quiet))
    return directory


def _stub_modules(directory: Path) -> None:
    directory.mkdir()
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        (directory / path.name).write_text(MODULE.replace("NAME", path.stem))


# The programs that the real role `upgrade` asks on a host: no package is installed there, and no service runs.
PROGRAMS = {
    "rpm": """#!/bin/sh
for word; do
  case $word in
    --*|%*) ;;
    /*) echo "error: file $word: No such file or directory" >&2 ;;
    *) echo "package $word is not installed" ;;
  esac
done
exit 1
""",
    "systemctl": "#!/bin/sh\nshift; for name; do echo inactive; done; exit 3\n",
}


class Outcome(NamedTuple):
    """What a run did: its exit status, its output, and the hosts that the stub roles began and finished, in their order."""

    status: int
    output: str
    begun: List[str]
    finished: List[str]

    def failed(self) -> Set[str]:
        """The hosts with a failure in the recap."""
        recap = [line.split() for line in self.output.partition("PLAY RECAP")[2].splitlines() if " : ok=" in line]
        return {words[0] for words in recap if "failed=0" not in words}


class Fleet:
    """An inventory and the means to run a playbook over it."""

    def __init__(
        self, directory: Path, core: str, groups: Dict[str, str], unreachable: str = "", real: Sequence[str] = ()
    ) -> None:
        self.directory, self.core, self.programs = directory, core, directory / "bin"
        self.programs.mkdir(exist_ok=True)
        for name, text in PROGRAMS.items() if "upgrade" in real else ():
            if not (self.programs / name).exists():
                (self.programs / name).write_text(text)
                (self.programs / name).chmod(0o755)
        self.collections = lay_out(directory / "collections", real)
        hosts = {name for names in groups.values() for name in names}
        variables = {"ansible_connection": "local", "ansible_python_interpreter": INTERPRETER}
        self.inventory = {
            "all": {
                "vars": dict(
                    variables,
                    notes=str(directory),
                    ansible_remote_tmp=str(directory / "tmp"),
                    momentum_state_dir=str(directory) + "/{{ inventory_hostname }}",
                ),
                "hosts": {name: UNREACHABLE if name in unreachable else {} for name in sorted(hosts)},
                "children": {group: {"hosts": dict.fromkeys(names, None)} for group, names in groups.items()},
            }
        }

    def calls(self, host: str) -> List[str]:
        """The stub modules that were called on a host, in their order."""
        path = self.directory / host / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def arguments(self, host: str) -> List[Any]:
        """The names and the arguments of the stub modules that were called on a host."""
        path = self.directory / host / "arguments"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def run(self, playbook: str, *arguments: str, broken: str = "", **variables: Any) -> Outcome:
        """Run a playbook of the collection, or a file; `broken` names the hosts whose role fails. Hosts have names of one letter."""
        for word in ("begun", "finished"):
            (self.directory / word).write_text("")
        (self.directory / "hosts.yml").write_text(yaml.safe_dump(self.inventory))
        (self.directory / "extra.yml").write_text(yaml.safe_dump(dict(variables, broken=list(broken))))
        done = ansible_playbook(
            self.core,
            self.directory,
            playbook if "/" in playbook else "msys.momentum." + playbook,
            *("-i", self.directory / "hosts.yml", "-e", "@%s" % (self.directory / "extra.yml"), *arguments),
            ANSIBLE_COLLECTIONS_PATH=str(self.collections),
            PATH="%s:%s" % (self.programs, os.environ["PATH"]),
            ANSIBLE_SSH_ARGS="-F none -o BatchMode=yes -o ConnectTimeout=2",
        )
        marks = [(self.directory / word).read_text().split() for word in ("begun", "finished")]
        return Outcome(done.returncode, done.stdout, *marks)
