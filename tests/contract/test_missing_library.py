# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On a host whose Python has no library `cryptography`, modules for certificates name the package and the interpreter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUTHORITY = {"name": "Example CA", "permitted": ["example.com"], "certificate": "{root}/ca.pem", "key": "{root}/ca.key"}
UNIT = {"name": "smtp", "key": "{root}/server.key", "certificate": "{root}/server.crt", "names": ["mx.example.com"]}
NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("certificate", {"units": [UNIT]}),
        ("node", {"certificate": {"units": [UNIT]}}),
        ("certificate_authority", AUTHORITY),
        ("dkim_key", {"publication": "ignored", "group": "0", "keys": [{"domain": "example.com", "selector": "s1"}]}),
        ("certificate_info", {"product": False, "paths": ["{root}/there.crt"]}),
    ],
)
def test_the_package_and_the_interpreter_are_named(module, arguments, tmp_path):
    (tmp_path / "without" / "cryptography").mkdir(parents=True)
    (tmp_path / "without" / "cryptography" / "__init__.py").write_text(
        "raise ImportError('No module named cryptography')\n"
    )
    (tmp_path / "there.crt").write_text(NO_CERTIFICATE)
    own = {"prefix": str(tmp_path / "momentum"), "state_dir": str(tmp_path / "state")}
    asked = dict(json.loads(json.dumps(arguments).replace("{root}", str(tmp_path))), **own)
    paths = [str(tmp_path / "without"), str(ROOT / ".ansible" / "collections")]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), module],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": asked}),
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(paths), PYTHONDONTWRITEBYTECODE="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "python3-cryptography" in done.stdout and sys.executable in done.stdout, done.stdout
