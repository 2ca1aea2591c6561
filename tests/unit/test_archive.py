# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files in the archive that Ansible sends are compiled once, and are otherwise imported as ever."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "plugins" / "module_utils" / "archive.py"
# Each compilation warns of the escape, whether or not the code of an earlier one is used.
NOTED = 'WORD = "\\d"\n'
FILES = {
    "made/__init__.py": "",
    "made/utils/__init__.py": "",
    "made/utils/archive.py": ARCHIVE.read_text(encoding="utf-8"),
    "made/utils/one.py": NOTED + "from .inner import two\nfrom .inner.deep import three\n",
    "made/utils/inner/__init__.py": NOTED,
    "made/utils/inner/two.py": NOTED + "def fail():\n    raise ValueError('found')\n",
    "made/utils/inner/deep/__init__.py": "",
    "made/utils/inner/deep/three.py": NOTED,
    "other.py": NOTED,
}
ONCE = "from made.utils import archive\narchive.compile_once()\n"


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(str(path), "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)

    def run(code, place=path):
        done = subprocess.run(
            [sys.executable, "-W", "always", "-c", "import sys; sys.path.insert(0, %r)\n%s" % (str(place), code)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            cwd=str(tmp_path),
            check=False,
        )
        return done.stdout, done.stderr

    return run


def compilations(errors):
    """How often each file was compiled."""
    lines = [line.split(":")[0] for line in errors.splitlines() if "invalid escape" in line]
    return {
        name: sum(line.endswith(name) for line in lines)
        for name in ("one.py", "inner/__init__.py", "two.py", "three.py")
    }


def test_each_file_is_compiled_once(run):
    output, errors = run(ONCE + "import made.utils.one; print('imported')")
    assert output == "imported\n", errors
    assert compilations(errors) == {"one.py": 1, "inner/__init__.py": 1, "two.py": 1, "three.py": 1}


def test_without_it_python_compiles_each_file_twice(run):
    # Where this fails, Python has got better, and archive.py can go.
    assert set(compilations(run("import made.utils.one")[1]).values()) == {2}


SHOWN = """
import made.utils.one as one
two, inner = one.two, sys.modules["made.utils.inner"]
print([one.__name__, two.__package__, inner.__package__, two.__spec__.name, hasattr(two, "__path__")])
print([path.split("made.zip")[1].replace("\\\\", "/") for path in [two.__file__, inner.__file__] + list(inner.__path__)])
print(type(two.__loader__).__name__, type(inner.__spec__.loader).__name__, two.__loader__.get_source("made.utils.inner.two")[:4])
import pkgutil; print(len(pkgutil.get_data("made.utils.inner", "two.py")), [one.name for one in pkgutil.iter_modules(inner.__path__)])
try:
    import made.utils.inner.none
except ModuleNotFoundError as error:
    print(error, error.name)
import traceback
try:
    two.fail()
except ValueError:
    print(traceback.format_exc().split("made.zip")[1])
import other
"""


def test_modules_are_what_they_are_without_it(run):
    output, errors = run(ONCE + SHOWN)
    assert output.count("\n") > 7, errors
    assert output == run(SHOWN)[0]


def test_nothing_changes_for_files_in_directories(run, tmp_path):
    with zipfile.ZipFile(str(tmp_path / "made.zip")) as archive:
        archive.extractall(str(tmp_path / "files"))
    code = "before = list(sys.meta_path)\n%sprint(sys.meta_path == before)" % ONCE
    assert run(code, tmp_path / "files")[0] == "True\n"


def test_calling_it_again_changes_nothing(run):
    assert (
        run(ONCE + "before = list(sys.meta_path)\narchive.compile_once()\nprint(sys.meta_path == before)")[0]
        == "True\n"
    )


@pytest.mark.parametrize("path", sorted((ROOT / "plugins" / "modules").glob("*.py")), ids=lambda path: path.stem)
def test_every_module_calls_it_before_it_imports_another_file_of_the_collection(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    ours = [
        at
        for at, node in enumerate(body)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("ansible_collections.msys.")
    ]
    first, call = body[ours[0]], body[ours[0] + 1]
    assert first.module == "ansible_collections.msys.momentum.plugins.module_utils"
    assert [alias.name for alias in first.names] == ["archive"]
    assert isinstance(call, ast.Expr) and ast.dump(call.value) == ast.dump(
        ast.parse("archive.compile_once()").body[0].value
    )
