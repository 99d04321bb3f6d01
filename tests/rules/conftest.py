"""Hypothesis in this folder: the usual number by default, `--hypothesis-profile=night` for more."""

from hypothesis import settings

settings.register_profile("night", max_examples=20_000)
