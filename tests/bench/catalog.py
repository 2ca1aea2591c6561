# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the option catalog costs a module run: size in the payload, import and look-ups, beside other ways to ship it.

    python tests/bench/catalog.py [PYTHON ...]

Every figure is the median of fresh processes that import from a zip without compiled files, as modules on a node do.
`one string` is what the collection ships; `dict` has the same table as a Python literal, `json` as a JSON text that is
parsed when it is imported, both beside the same functions.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent.parent
MODULE_UTILS = ROOT / "plugins" / "module_utils"
RUNS = 15
LOOK_UPS = 100

SHIPPED = """
from package.catalog import catalog
def look_up(name, scope):
    return catalog.lookup(name, scope)
"""

ALTERNATIVE = """
from package.catalog import catalog
from package.alternative import TABLE
def look_up(name, scope):
    return TABLE[name][scope]
"""

PROBE = """
import sys, time, typing
sys.path.insert(0, sys.argv[1])
started = time.perf_counter()
import probe
imported = time.perf_counter()
probe.look_up("tls_protocols", "global")
first = time.perf_counter()
for _turn in range(%d):
    probe.look_up("watch_interval", "snmp_traps")
print(imported - started, first - imported, (time.perf_counter() - first) / %d)
""" % (LOOK_UPS, LOOK_UPS)


def table() -> Dict[str, Dict[str, List[str]]]:
    """The catalog as nested dictionaries: name, scope, fields."""
    found: Dict[str, Dict[str, List[str]]] = {}
    for line in (ROOT / "tools" / "catalog" / "options.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, scopes, *fields = line.split("\t")
        for scope in scopes.split(","):
            found.setdefault(name, {})[scope] = fields[:7]
    return found


def forms() -> Dict[str, Dict[str, str]]:
    """The files of each way to ship the catalog."""
    # The errors come with any module, so their cost is not the catalog's.
    errors = {"package/errors.py": "class InvalidValue(Exception):\n    pass\n"}
    code = {"package/catalog/catalog.py": (MODULE_UTILS / "catalog" / "catalog.py").read_text(), **errors}
    data = {"package/catalog/data.py": (MODULE_UTILS / "catalog" / "data.py").read_text()}
    no_data = {"package/catalog/data.py": "ENTRIES = ''\nSCOPE_SETS = ()\n"}
    literal = f"TABLE = {table()!r}\n"
    text = f"import json\nTABLE = json.loads({json.dumps(table())!r})\n"
    return {
        "one string": {**code, **data, "probe.py": SHIPPED},
        "dict": {**code, **no_data, "package/alternative.py": literal, "probe.py": ALTERNATIVE},
        "json": {**code, **no_data, "package/alternative.py": text, "probe.py": ALTERNATIVE},
    }


def packed(directory: Path, name: str, files: Dict[str, str]) -> Path:
    """A zip of the files, compressed as the payload of a module is."""
    path = directory / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in ("package", "package/catalog"):
            archive.writestr(package + "/__init__.py", "")
        for inner, text in files.items():
            archive.writestr(inner, text)
    return path


def measured(python: str, archive: Path) -> List[float]:
    """Medians in milliseconds: import, first look-up, each further look-up."""
    runs = []
    for _turn in range(RUNS):
        output = subprocess.check_output([python, "-B", "-S", "-E", "-c", PROBE, str(archive)])
        runs.append([1000 * float(figure) for figure in output.split()])
    return [statistics.median(column) for column in zip(*runs)]


def interpreters() -> List[str]:
    """The oldest and the newest Python of this machine."""
    found = subprocess.check_output([str(ROOT / "tools" / "pythons")], universal_newlines=True).splitlines()
    return [found[at].partition(" ")[2] for at in (-1, 0)]


def main(pythons: List[str]) -> None:
    """Print one line for each interpreter and form."""
    print(f"{'python':32} {'form':12} {'source':>8} {'zipped':>8} {'import':>9} {'first':>9} {'each':>9}")
    with tempfile.TemporaryDirectory() as directory:
        for python in pythons or interpreters():
            for name, files in forms().items():
                archive = packed(Path(directory), name.replace(" ", "-"), files)
                source = sum(len(text) for inner, text in files.items() if inner != "probe.py")
                zipped = sum(info.compress_size for info in zipfile.ZipFile(archive).infolist())
                figures = "".join(f"{figure:7.3f}ms " for figure in measured(python, archive))
                print(f"{python[-32:]:32} {name:12} {source:8} {zipped:8} {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
