"""A process that asks no model does not carry the SDK: 26 MB and half a second of its start."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
import chatbot.config.asgi
assert "openai" not in sys.modules, "loaded at the start"
from llm_bridge.providers.pool import load_client
load_client()
assert "openai" in sys.modules, "not loaded when needed"
"""


def test_the_sdk_is_loaded_when_a_model_is_first_asked() -> None:
    subprocess.run([sys.executable, "-c", LOADED], check=True, timeout=60)
