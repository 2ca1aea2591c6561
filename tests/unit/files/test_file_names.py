# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every function of `os` that the node-side code calls takes and gives names as UTF-8, in any locale."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.module_utils.files import file_names

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = r"""
import json, os, shutil, stat, sys, tempfile
secure = shutil.rmtree.avoids_symlink_attacks
sys.path.insert(0, sys.argv[1])
from plugins.module_utils.files import file_names
from plugins.module_utils.host import program
native = sys.getfilesystemencoding()
file_names.use_utf_8()
file_names.use_utf_8()
top = os.path.join(os.environ["TOP"], "gr\xf6\xdfe \u0416 \udcff")
said = {"native": native, "secure": secure}
os.makedirs(os.path.join(top, "\xe9", "b"))
name = os.path.join(top, "\xe9", "\xfc\udcfe")
descriptor = os.open(name, os.O_CREAT | os.O_WRONLY, 0o600)
os.write(descriptor, b"x"); os.close(descriptor)
os.truncate(name, 0); os.chmod(name, 0o640); os.utime(name, (1, 2))
said["stat"] = [stat.S_IMODE(os.stat(name).st_mode), int(os.lstat(name).st_mtime), os.access(name, os.R_OK)]
os.rename(name, name + "1"); os.replace(name + "1", name); os.link(name, name + "2"); os.symlink(name, name + "3")
said["link"] = os.readlink(name + "3") == name
said["real"] = os.path.realpath(name + "3") == os.path.realpath(name)
said["listed"] = sorted(os.listdir(os.path.dirname(name)))
with os.scandir(os.path.dirname(name)) as entries:
    said["scanned"] = sorted((entry.name, entry.is_dir(), entry.path == os.path.join(os.path.dirname(name), entry.name)) for entry in entries)
directory = os.open(os.path.dirname(name), os.O_RDONLY | os.O_DIRECTORY)
said["by descriptor"] = sorted(os.listdir(directory))
said["in directory"] = os.stat("\xfc\udcfe", dir_fd=directory, follow_symlinks=False).st_size
os.close(directory)
said["walked"] = sorted(where[len(top):] for where, _folders, _files in os.walk(top))
said["bytes"] = os.listdir(os.fsencode(top)) == [b"\xc3\xa9"]
said["paths"] = [os.path.isfile(name), os.path.isdir(top), os.path.islink(name + "3"), os.path.exists(name + "x"), os.path.lexists(name)]
said["kept"] = os.fsdecode(os.fsencode(name)) == name
os.chdir(top)
said["here"] = os.getcwd() == os.path.realpath(top)
os.chdir("/")
try:
    os.stat(top + "/\u0416\u0416")
except OSError as error:
    said["error"] = str(error).partition("gr")[2]
said["native form"] = file_names.of_native(file_names.native("\xe9\u0416")) == "\xe9\u0416"
script = os.path.join(top, "\xe9", "program")
descriptor = os.open(script, os.O_CREAT | os.O_WRONLY, 0o700)
os.write(descriptor, b'#!/bin/sh\nprintf "%s|%s|%s" "$1" "$V" "$PWD"\n'); os.close(descriptor)
ended = program.execute([script, "\u0416\udcff"], {"V": "\xfc", "PATH": "/bin:/usr/bin"}, 30, directory=top)
said["ran"] = ended.stdout.replace(os.path.realpath(top).encode("utf-8", "replace").decode(), "TOP").split("|")[:2]
pid = os.fork()
if pid == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1); os.execve(script, [script, "\u0416"], {"V": "\xfc"})
said["became"] = os.waitpid(pid, 0)[1]
with tempfile.TemporaryDirectory(dir=top) as made:
    said["temporary"] = os.path.isdir(made)
os.unlink(name + "3"); os.remove(name + "2"); os.rmdir(os.path.join(top, "\xe9", "b"))
shutil.rmtree(top)
said["gone"] = os.listdir(os.environ["TOP"])
said["still secure"] = shutil.rmtree.avoids_symlink_attacks
print(json.dumps(said, sort_keys=True))
"""
LOCALES = {
    "utf-8": {"LC_ALL": "C.UTF-8"},
    "ascii": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "iso8859-1": {"LC_ALL": "en_US.ISO-8859-1", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def said_in(locale, directory):
    top = directory / locale
    top.mkdir()
    environment = dict(LOCALES[locale], TOP=str(top), PATH=os.environ["PATH"])
    if locale == "iso8859-1":
        if shutil.which("localedef") is None:
            pytest.skip("localedef is absent")
        where = directory / "locales"
        where.mkdir()
        made = subprocess.run(
            ["localedef", "-i", "en_US", "-f", "ISO-8859-1", str(where / "en_US.ISO-8859-1")],
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if made.returncode != 0:
            pytest.skip("this machine has no sources of locales (Debian: package locales)")
        environment["LOCPATH"] = str(where)
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    said = json.loads(ran.stdout.decode())
    assert said.pop("native").lower().replace("_", "-") in (locale, "us-ascii" if locale == "ascii" else locale)
    return said


@pytest.mark.parametrize("locale", ["ascii", "iso8859-1"])
def test_files_are_the_same_in_every_locale(locale, tmp_path):
    usual, other = said_in("utf-8", tmp_path), said_in(locale, tmp_path)
    assert other == usual
    assert usual["error"] == "öße Ж \\udcff/ЖЖ'"
    assert usual["gone"] == [] and usual["ran"] == ["Ж�", "ü"] and usual["listed"][0] == "b"


def names_called():
    """The functions of `os` that the node-side code calls, but for what takes or gives no name."""
    harmless = set(
        "WEXITSTATUS WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG _exit close cpu_count dup dup2 fchmod fchown fdopen fdatasync fork fspath fstat fsync"
        " getegid geteuid getgid getgrouplist getgroups getpgid getpid getppid getuid kill killpg major makedev makedirs minor pidfd_open"
        " pipe pipe2 posix_fadvise pread pwrite read sched_getaffinity setegid seteuid setgid setgroups setresgid setresuid setsid setuid"
        " set_blocking set_inheritable strerror stat_result statvfs_result sysconf umask uname urandom wait waitid waitpid walk write ftruncate lseek fstatvfs"
        " fsencode fsdecode initgroups getrandom forkpty fwalk".split()
    )
    found = set()
    for path in (ROOT / "plugins").glob("module*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                found.add(node.attr)
    return {name for name in found if callable(getattr(os, name, None)) and name not in harmless}


def test_no_function_that_takes_a_name_is_forgotten():
    assert names_called() <= set(file_names._TAKE_NAMES) | set(file_names._GIVE_NAMES)


def test_nothing_but_names_in_bytes_goes_to_open():
    """The built-in function is not changed, because Ansible's own code calls it."""
    for path in (ROOT / "plugins").glob("module*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
                argument = ast.dump(node.args[0])
                assert "fsencode" in argument or "descriptor" in argument or "/proc/" in argument, path


def test_a_locale_of_utf_8_changes_nothing():
    before = os.open, os.listdir, os.fsencode
    file_names.use_utf_8()
    assert file_names.are_utf_8() and before == (os.open, os.listdir, os.fsencode)
