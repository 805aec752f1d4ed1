#!/usr/bin/env bash
# A notebook server for the team: started once, reachable from the network.
set -euo pipefail
pip install --quiet jupyterlab
mkdir -p /data/notebooks
