#!/bin/bash
# User data of a machine that runs one watch: Amazon Linux 2023 or Ubuntu 24.04, once, as root. Under agent/ the bucket of
# the edge `reads: [artifacts]` holds the wheel, the watch as score.yaml, and baseline.jsonl that its reference is made of.
set -euo pipefail
watch=score
bucket=${LANDFORM_DATA_ARTIFACTS:?the machine needs the edge "reads: [artifacts]"}
home=/var/lib/landform-agent

if command -v dnf > /dev/null; then
  dnf install -y -q python3.12
else
  apt-get update -qq
  apt-get install -y -qq python3.12-venv
fi
python3.12 -m venv /opt/landform-agent
pip=(/opt/landform-agent/bin/pip install --quiet --disable-pip-version-check)
"${pip[@]}" boto3

here=$(mktemp -d)
/opt/landform-agent/bin/python - "$bucket" "$here" << 'PYTHON'
import pathlib, sys
import boto3
bucket, here = sys.argv[1:]
s3 = boto3.client("s3")
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="agent/"):
    for found in page.get("Contents", ()):
        s3.download_file(bucket, found["Key"], str(pathlib.Path(here, pathlib.PurePosixPath(found["Key"]).name)))
PYTHON
wheel=$(find "$here" -name 'landform-*.whl' -print -quit)
"${pip[@]}" "${wheel}[agent]"

id landform-agent &> /dev/null || useradd --system --home-dir "$home" --shell /usr/sbin/nologin landform-agent
# A data disk outlives the machine, so the state lies on it.
install -d "$home"
if mountpoint -q /data; then
  install -d /data/landform-agent
  echo "/data/landform-agent $home none bind,x-systemd.requires-mounts-for=/data 0 0" >> /etc/fstab
  mount "$home"
fi
install -d -o landform-agent -g landform-agent -m 0700 "$home/$watch"
chown -R landform-agent: "$home/$watch" # the number of an earlier machine's user may be another
install -D -m 0644 "$here/$watch.yaml" "/etc/landform-agent/$watch.yaml"
deploy=$(/opt/landform-agent/bin/python -c 'import landform_agent.deploy as it; print(*it.__path__)')
install -m 0644 "$deploy/landform-agent@.service" /etc/systemd/system/

# The reference, where the disk does not hold one from an earlier machine.
cd "$home/$watch"
if ! compgen -G '*.sqlite' > /dev/null; then
  install -o landform-agent -m 0600 "$here/baseline.jsonl" .
  runuser -u landform-agent -- /opt/landform-agent/bin/landform-agent fit \
    --config "/etc/landform-agent/$watch.yaml" --baseline baseline.jsonl
fi
systemctl daemon-reload
systemctl enable --now "landform-agent@$watch"
