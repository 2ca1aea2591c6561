# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package as a whole: its samples, its small programs, its bundle, and what it must not contain."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tarfile
import time
from typing import Iterator, Tuple

import pytest
from momentum_standin import loading
from standin_node import Node

STANDIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "standin")
SAMPLES = os.path.join(STANDIN, "ecelerity", "etc", "sample-configs", "default")

COMPILERS = [one for one in ("cc", "gcc", "clang", "tcc") if shutil.which(one)]
MISSING = [one for one in ("rpmbuild", "createrepo_c") if shutil.which(one) is None] + ["a C compiler"] * (
    not COMPILERS
)


def sources() -> Iterator[str]:
    for directory, _directories, names in os.walk(STANDIN):
        for name in names:
            if name.endswith(".py"):
                yield os.path.join(directory, name)


def test_nothing_of_the_collection_is_imported() -> None:
    seen = 0
    for path in sources():
        with open(path) as file:
            imports = re.findall(r"^\s*(?:from|import) .*", file.read(), re.MULTILINE)
        seen += len(imports)
        assert not [line for line in imports if "plugins" in line or "ansible" in line or "ecconf" in line], path
    assert seen > 20


@pytest.mark.parametrize("name", ["ecelerity.conf", "eccluster.conf"])
def test_the_samples_are_valid(name: str) -> None:
    tree = loading.load(os.path.join(SAMPLES, name), []).tree
    assert tree.child("Security") is not None
    assert tree.child("Cluster") is None
    assert (tree.child("msgc_server") is not None) == (name == "eccluster.conf")


def test_the_clusters_stanza_wins_once_it_is_included(node: Node) -> None:
    for name in os.listdir(SAMPLES):
        shutil.copy(os.path.join(SAMPLES, name), node.directory)
    node.write(node.main, node.read(node.main).replace('# include "ecelerity-cluster', 'include "ecelerity-cluster'))
    tree = loading.load(node.main, []).tree
    security = tree.child("Security")
    assert security is not None and tree.child("ec_logger") is None
    assert "cap_sys_resource" in security.text("capabilities")


def test_logs_are_aggregated_once_the_marks_are_removed(node: Node) -> None:
    path = os.path.join(SAMPLES, "ecelerity-cluster.conf")
    node.write(node.main, node.read(path).replace("#aggr#", ""))
    tree = loading.load(node.main, [SAMPLES]).tree
    cluster = tree.child("Cluster")
    assert tree.child("ec_logger", "ec_logger_cluster") is not None
    logs = cluster.get("logs") if cluster else None
    assert logs is not None and len(logs.value) == 5


@pytest.mark.parametrize("program", ["ecelerity", "eccmgr"])
def test_help_says_that_this_is_a_stand_in(node: Node, program: str) -> None:
    done = node.call("sbin/" + program, "-h")
    assert done.returncode == 0
    assert "stand-in" in done.stdout


def test_passwords_are_stored_encrypted_and_survive_a_new_key(node: Node) -> None:
    database, key = node.root + "/c.db", node.root + "/c.key"
    entry = ["-d", database, "-k", key, "-h", "localhost", "-u", "ecuser", "-f", "pgsql"]
    for action in ("create_db", "create_key"):
        assert node.call("bin/credmgr", action, *entry).returncode == 0
    assert node.call("bin/credmgr", "set_cred", *(entry + ["-p", "winter"])).returncode == 0
    with open(database, "rb") as file:
        assert b"winter" not in file.read()
    assert stat.S_IMODE(os.stat(key).st_mode) & 0o007 == 0
    first = node.read(key)
    assert node.call("bin/credmgr", "create_key", *entry).returncode == 0
    assert node.read(key) != first
    assert node.call("bin/credmgr", "get_cred", "-P", *entry).stdout == "ecuser localhost pgsql winter\n"
    assert "winter" not in node.call("bin/credmgr", "get_cred", *entry).stdout
    node.call("bin/credmgr", "del_cred", *entry)
    assert node.call("bin/credmgr", "get_cred", "-P", *entry).stdout == ""


def test_a_digest_line_is_user_realm_and_md5_and_is_replaced(node: Node) -> None:
    path = node.root + "/passwords"
    for password in ("old", "new"):
        assert node.call("bin/ec_md5passwd", "-f", path, "admin", input=password + "\n").returncode == 0
    digest = hashlib.md5(b"admin:Momentum Console:new").hexdigest()
    assert node.read(path) == "admin:Momentum Console:%s\n" % digest


def test_a_certificate_is_made_once_and_its_key_is_private(node: Node) -> None:
    directory = node.root + "/pair"
    line = ["sh", node.prefix + "/bin/create_ssl_cert", "ecconfigd", "mta1.example.com", directory, str(os.getuid())]
    assert subprocess.call(line) == 0
    assert stat.S_IMODE(os.stat(directory + "/server.key").st_mode) == 0o600
    text = subprocess.check_output(["openssl", "x509", "-noout", "-subject", "-in", directory + "/server.crt"])
    assert b"mta1.example.com" in text
    assert subprocess.call(line, stderr=subprocess.DEVNULL) == 1


@pytest.mark.skipif(bool(MISSING), reason="not installed here: " + ", ".join(MISSING))
@pytest.mark.parametrize(("version", "web"), [("5.0.9", ("nginx",)), ("5.1.0", ())])
def test_the_bundle_has_one_directory_with_packages_repository_and_setrepodir(
    node: Node, version: str, web: Tuple[str, ...]
) -> None:
    out = node.root + "/out"
    printed = subprocess.check_output([os.path.join(STANDIN, "build_bundle.sh"), out, version], universal_newlines=True)
    path = out + "/momentum-mta-bundle-%s.rhel9.x86_64.tar.gz" % version
    assert printed.strip() == path
    with open(path, "rb") as file:
        assert node.read(path + ".sha256").split()[0] == hashlib.sha256(file.read()).hexdigest()
    with tarfile.open(path) as bundle:
        names = bundle.getnames()
    subprocess.check_call(["tar", "-C", out, "-xzf", path])
    top = "momentum-mta-" + version
    assert {name.split("/")[0] for name in names} == {top}
    packages = sorted(os.path.basename(name) for name in names if name.endswith(".rpm"))
    kinds = (
        "ecelerity-config-client",
        "ecelerity-config-server",
        "ecelerity-core",
        "ecelerity-mobility-db",
        "ecelerity-schema",
        "gimli",
        *web,
    )
    kinds += ("riak", "role-db", "role-manager", "role-mta", "role-mta-versioned")
    compiled = {"ecelerity-core", "gimli"}
    machine = os.uname().machine
    assert packages == [
        "msys-%s-%s-1.%s.rpm" % (kind, version, machine if kind in compiled else "noarch") for kind in kinds
    ]
    assert subprocess.call(["./setrepodir"], cwd=os.path.join(out, top)) == 0
    assert "\nbaseurl=file://%s\n" % os.path.join(out, top) in node.read(os.path.join(out, top, "momentum.repo"))


@pytest.mark.skipif(not COMPILERS, reason="no C compiler is installed here")
def test_the_daemon_is_an_executable_of_its_own_and_no_interpreter(node: Node) -> None:
    program = node.prefix + "/sbin/ecelerity"
    subprocess.check_call([os.path.join(STANDIN, "compile"), program, "5.2.9"])
    shutil.copy(program + ".py", node.prefix + "/lib/ecelerity.py")
    # The library of a Python that was built by hand is not where the loader looks.
    found = os.path.join(str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME")))
    if sys.version_info < (3, 8) or not os.path.exists(found):
        pytest.skip("this Python has no library that can be loaded")
    environment = dict(node.environment, LD_LIBRARY_PATH=os.path.dirname(found), PYTHONHOME=sys.base_prefix)
    node.process = subprocess.Popen([program, "-d"], env=environment, cwd="/", universal_newlines=True)
    while not node.ask("version"):
        assert node.process.poll() is None
        time.sleep(0.05)
    assert node.process.pid == node.pid()
    assert os.readlink("/proc/%d/exe" % node.pid()) == program
    with open(program, "rb") as file:
        assert b"5.2.9" in file.read()
    assert node.stop() == 0
