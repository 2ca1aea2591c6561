# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No code that runs on a node opens a file, copies one or walks a tree on its own: `reading` does, whatever is there."""

import ast
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
FILES = sorted((PLUGINS / "modules").glob("*.py")) + sorted((PLUGINS / "module_utils").rglob("*.py"))

# Whatever opens a path, or follows a tree, by the module it belongs to.
OPENERS = {
    "builtins": {"open"},
    "os": {"open", "walk", "fwalk", "listdir", "scandir", "popen"},
    "io": {"open", "FileIO"},
    "codecs": {"open"},
    "glob": {"glob", "iglob"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move"},
    "pathlib": {"Path"},
    "fileinput": {"input", "FileInput"},
    "linecache": {"getline", "getlines"},
    "tarfile": {"open"},
    "zipfile": {"ZipFile"},
}

# From file and function to why it may.
ALLOWED = {
    ("files/reading.py", "open_regular"): "this is the way",
    ("files/reading.py", "reopened"): "this is the way",
    ("files/reading.py", "_names"): "this is the way",
    ("files/safe_paths.py", "__init__"): "O_PATH of the root directory",
    ("files/safe_paths.py", "_open"): "O_PATH",
    ("files/safe_files.py", "create_by"): "creates, O_EXCL",
    ("files/safe_files.py", "clear_leftovers"): "O_DIRECTORY, then of a descriptor",
    ("files/safe_files.py", "sync"): "O_DIRECTORY",
    ("files/safe_files.py", "_open_directory"): "O_DIRECTORY",
    ("files/safe_files.py", "_refuse_swapped"): "lists a directory that was made just before and has to be empty",
    ("state/lock.py", "_take"): "in the state directory, which is root's alone",
    ("transaction/backups.py", "discard"): "in the state directory",
    ("transaction/backups.py", "_all"): "in the state directory",
    ("transaction/journal.py", "is_pending"): "in the state directory",
    ("transaction/journal.py", "_names_beside"): "in the state directory",
    ("permissions/takeover.py", "_open"): "a regular file that was judged through its place, O_NOFOLLOW",
    ("packages/archive.py", "unpack"): "of a descriptor",
    ("packages/archive.py", "_members"): "of a descriptor",
    ("packages/archive.py", "_create"): "creates, O_EXCL",
    ("packages/bundle.py", "_unpack"): "creates, O_EXCL, in a directory of its own",
    ("validation/staging_tree.py", "_copy"): "creates, O_EXCL",
    ("database/closed_directory.py", "_opened"): "O_DIRECTORY",
    ("host/terminal.py", "_is_unread"): "the other end of a terminal that this process has made",
    ("host/watchdog.py", "_keep_only"): "its own descriptors, and /dev/null",
    ("credentials/workshop.py", "put"): "creates, O_EXCL",
    ("credentials/workshop.py", "_clear_after_the_killed"): "/dev/shm or /run",
    ("credentials/hidden.py", "_child"): "/dev/null",
    ("credentials/hidden.py", "_redirect"): "the memory of a child that this process traces",
    ("sandbox/chroot.py", "_objects"): "by descriptors, links not followed",
    ("sandbox/systemd.py", "verify"): "creates, in a directory of its own",
    ("permissions/undo.py", "_undone"): "O_PATH",
    ("permissions/walk.py", "run"): "O_DIRECTORY",
    ("permissions/walk.py", "_open"): "O_PATH, or O_DIRECTORY",
    ("permissions/walk.py", "_entries_of_list"): "of a descriptor, name by name",
    ("permissions/walk.py", "_entries_of_scan"): "of a descriptor, name by name",
    ("daemon/process.py", "survey"): "/proc",
    ("daemon/process.py", "executes"): "/proc",
    ("daemon/process.py", "threads"): "/proc",
    ("daemon/process.py", "sockets_of"): "/proc",
}


def openings(path):
    """Function and line of everything in a file that opens."""
    found = []

    def visit(node, function):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            function = getattr(node, "name", function)
        if isinstance(node, ast.Call) and opens(node.func):
            found.append((function, node.lineno))
        if isinstance(node, ast.ImportFrom) and node.module in OPENERS:
            # By another name it would be overlooked.
            bad = {name.name for name in node.names} & OPENERS[node.module]
            assert not bad, "%s:%d: import the module instead of %s" % (path, node.lineno, bad)
        for child in ast.iter_child_nodes(node):
            visit(child, function)

    visit(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


def opens(called):
    if isinstance(called, ast.Name):
        return called.id in OPENERS["builtins"]
    owner = called.value if isinstance(called, ast.Attribute) else None
    return isinstance(owner, ast.Name) and called.attr in OPENERS.get(owner.id, ())


def test_files_of_a_node_are_opened_in_one_place():
    found = {}
    for path in FILES:
        name = "/".join(path.relative_to(PLUGINS).parts[1:])
        for function, line in openings(path):
            found.setdefault((name, function), []).append(line)
    others = {place: lines for place, lines in found.items() if place not in ALLOWED}
    assert not others, "use plugins/module_utils/files/reading.py"
    assert set(ALLOWED) <= set(found), "what is gone needs no permission"
