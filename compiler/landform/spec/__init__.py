"""The language: one file of models for each section."""

import os

# Pydantic asks every installed package for plugins before it builds a model: none has a say in the language.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
