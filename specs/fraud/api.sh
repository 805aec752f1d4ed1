#!/usr/bin/env bash
# What the API needs besides the image.
set -euo pipefail
dnf install -y -q python3-boto3
