# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Append to the log what -vvvv would show of every result, so that the log can be searched for secrets while the screen stays readable."""

DOCUMENTATION = r"""
name: aloud
type: aggregate
short_description: Write every result to the log as with -vvvv
description:
  - The result of every task, with its invocation and its difference, is appended to the file that ANSIBLE_LOG_PATH names.
author:
  - msys.momentum contributors (@msys)
"""

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """The talkative one. What tasks with no_log hide has been taken away before a callback gets to see it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "aloud"
    CALLBACK_NEEDS_ENABLED = True

    def _tell(self, result: Any, **_named: Any) -> None:
        line = json.dumps({"task": result._task.get_name(), "result": result._result}, default=str)
        with open(os.environ["ANSIBLE_LOG_PATH"], "a", encoding="utf-8") as file:
            file.write(line + "\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = v2_runner_on_skipped = _tell
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_runner_retry = _tell
