#!/usr/bin/env bash
# What the training needs besides the image.
set -euo pipefail
pip install --quiet "torch-geometric>=2.6,<3"
