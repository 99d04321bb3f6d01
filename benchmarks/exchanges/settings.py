"""The product's settings with another application behind them: how the yardsticks are served."""

import os

from chatbot.config.settings import *  # noqa: F403 - the same settings, all of them

ASGI_APPLICATION = f"{os.environ['BENCHMARK_APPLICATION']}.application"
