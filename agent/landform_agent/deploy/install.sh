#!/bin/bash
# Puts a watch on a machine that landform made: as root, once, on Amazon Linux 2023. In /opt/landform/code lie the agent,
# its lock and the configuration of the watch, whose name is in the environment. Run again, it changes nothing.
set -euo pipefail
watch=${LANDFORM_WATCH:?it names the watch}
root=${LANDFORM_ROOT-} # empty but in tests
code=$root/opt/landform/code
home=$root/opt/landform-agent
state=$root/var/lib/landform-agent
units=$root/etc/systemd/system

# A mirror that does not answer at once is no reason to give up.
retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return
    echo "landform: attempt $attempt failed: $1" >&2
    sleep "${LANDFORM_RETRY_SECONDS-10}"
  done
  return 1
}

# Without its disk the state would be lost with the machine: rather no watch, which an alarm tells of.
mountpoint -q "$state" || { echo "landform: no disk at $state" >&2; exit 1; }

command -v python3.12 >/dev/null || retry dnf install -y -q python3.12
python3.12 -m venv "$home"
retry "$home/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir \
  --require-hashes --only-binary :all: -r "$code/landform_agent/deploy/agent.lock"
packages=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$packages/landform_agent"
cp -r "$code/landform_agent" "$packages/"
chown -R root: "$packages/landform_agent"
cat >"$home/bin/landform-agent" <<PYTHON
#!$home/bin/python
from landform_agent.cli import entry

entry()
PYTHON
chmod 0755 "$home/bin/landform-agent"

# The same number on each machine: the disk remembers it.
id landform-agent &>/dev/null ||
  useradd --system --uid 10001 --home-dir /var/lib/landform-agent --shell /usr/sbin/nologin landform-agent
install -d -o landform-agent -g landform-agent -m 0700 "$state/$watch"
install -D -m 0644 "$code/watch.yaml" "$root/etc/landform-agent/$watch.yaml"
install -D -m 0644 "$packages/landform_agent/deploy/landform-agent@.service" "$units/landform-agent@.service"

# --- logs, where the CloudWatch agent reads them

mkdir -p "$units/landform-agent@.service.d" "$root/etc/logrotate.d"
cat >"$units/landform-agent@.service.d/landform.conf" <<'UNIT'
[Service]
StandardOutput=append:/var/log/landform/drift.log
StandardError=inherit
UNIT
cat >"$root/etc/logrotate.d/landform" <<'ROTATE'
/var/log/landform/*.log {
  size 100M
  rotate 3
  copytruncate
  missingok
}
ROTATE

# --- health: a watch that answers no more, or commits nothing while there is work, is started again; what refused to run, or was stopped, is not

cat >"$units/landform-agent-health@.service" <<'UNIT'
[Unit]
Description=Health of the drift watch %i

[Service]
Type=oneshot
ExecStart=/usr/bin/curl -fsS --max-time 10 --retry 5 --retry-delay 20 --retry-all-errors -o /dev/null http://127.0.0.1:8080/healthz
ExecStopPost=/bin/sh -c '[ "$$SERVICE_RESULT" = success ] || systemctl try-restart landform-agent@%i'
UNIT
cat >"$units/landform-agent-health@.timer" <<'UNIT'
[Unit]
Description=When to ask for the health of the drift watch %i

[Timer]
OnActiveSec=10m
OnUnitActiveSec=1m

[Install]
WantedBy=timers.target
UNIT

systemctl daemon-reload
systemctl enable --now "landform-agent@$watch" "landform-agent-health@$watch.timer"
