#!/bin/bash
# shared-files serve.gallery: sets the host up. Written by `landform compile`; change the spec, not this file.
# Run again, it changes nothing. What the spec says stands quoted, and is never read as a part of the script.
# shellcheck disable=SC2016,SC2089,SC2090 # a $ or a quote in a value is only that
set -euo pipefail
umask 022
trap 'echo "landform: line $LINENO failed" >&2' ERR
export PATH="$PATH:/usr/local/bin:/snap/bin"
export HOME=/root # cloud-init sets none
root=${LANDFORM_ROOT-} # empty but in tests

region=us-east-1
entry=serve.gallery
namespace=landform/shared-files
user=ec2-user
groups=''
code_uri=s3://shared-files-dev-artifacts-123456789012-us-east-1/code/serve_gallery.zip

# Writes standard input to a file: whole or not at all, and not where it stands there already.
put() { # mode path
  local target=$root$2 draft
  mkdir -p "${target%/*}"
  draft=$(mktemp "$target.XXXXXX")
  cat >"$draft"
  chmod "$1" "$draft"
  if cmp -s "$draft" "$target"; then rm "$draft"; else mv "$draft" "$target"; fi
}

# A network that is just coming up, or a package lock that cloud-init still holds, is no reason to give up.
retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return
    echo "landform: attempt $attempt failed: $1" >&2
    sleep "${LANDFORM_RETRY_SECONDS-10}"
  done
  return 1
}

install_packages() { retry dnf install -y "$@"; }

# --- what programs are told

declare -p region entry namespace user groups code_uri | put 0644 /etc/landform/host
{
  printf '%s\n' AWS_DEFAULT_REGION=us-east-1
  printf '%s\n' AWS_REGION=us-east-1
  printf '%s\n' LANDFORM_CODE=4185a324d3667bdd
  printf '%s\n' LANDFORM_DATA_NOTEBOOKS=/notebooks
  printf '%s\n' LANDFORM_PORT=8080
} | put 0644 /etc/landform/environment
mkdir -p "$root/var/log/landform" "$root/var/lib/landform"

# --- file systems

# The helper signs the mount with the role of the host, and wraps it in TLS.
command -v mount.efs >/dev/null || install_packages amazon-efs-utils

# nofail, so that a file system out of reach costs a later boot its files and not its shell; the first boot stops here,
# before anything runs without them.
mount_always_remote() { # source mountpoint type options
  mkdir -p "$root$2"
  grep -q " $2 $3 " "$root/etc/fstab" ||
    printf '%s %s %s %s 0 0\n' "$1" "$2" "$3" "$4,x-systemd.before=landform-train.service" >>"$root/etc/fstab"
  mountpoint -q "$root$2" || retry mount "$root$2"
}

mount_always_remote "$LANDFORM_DATA_NOTEBOOKS_ID:/" /notebooks efs \
  "_netdev,nofail,noresvport,tls,iam,accesspoint=$LANDFORM_DATA_NOTEBOOKS_ACCESS_POINT,ro"

# --- metrics and logs

agent=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
install_agent() { install_packages amazon-cloudwatch-agent; }
put 0644 /etc/landform/cloudwatch-agent.json <<'LANDFORM'
{
"agent": {
"metrics_collection_interval": 60},
"metrics": {
"namespace": "landform/shared-files",
"append_dimensions": {
"InstanceId": "${aws:InstanceId}"},
"aggregation_dimensions": [["entry"], ["entry", "InstanceId"]],
"metrics_collected": {
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "serve.gallery"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "serve.gallery"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "serve.gallery"}, "resources": ["/"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "serve.gallery"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "serve.gallery"}, "resources": ["*"]}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/shared-files/development/serve/gallery", "log_stream_name": "{instance_id}/cloud-init"}, {"file_path": "/var/log/landform/serve.log", "log_group_name": "/landform/shared-files/development/serve/gallery", "log_stream_name": "{instance_id}/serve"}]}}}}
LANDFORM
# A host that cannot be watched still does its work: it says so and goes on.
[[ -x $agent ]] || install_agent || echo "landform: no CloudWatch agent" >&2
[[ ! -x $agent ]] || "$agent" -a fetch-config -m ec2 -s -c "file:$root/etc/landform/cloudwatch-agent.json"

# --- code

command -v unzip >/dev/null || install_packages unzip
if [[ ! -d $root/opt/landform/code ]]; then
  mkdir -p "$root/opt/landform"
  unpacked=$(mktemp -d "$root/opt/landform/code.XXXXXX")
  retry aws s3 cp --only-show-errors --region "$region" "$code_uri" "$unpacked.zip"
  unzip -oq "$unpacked.zip" -d "$unpacked"
  rm "$unpacked.zip"
  chmod 0755 "$unpacked"
  chown -R "$user:" "$unpacked"
  mv "$unpacked" "$root/opt/landform/code"
fi

# --- the service

printf '%s\n' 'python3 app.py' | put 0755 /etc/landform/command
mkdir -p "$root/opt/landform/code"
put 0644 /etc/logrotate.d/landform <<'LANDFORM'
/var/log/landform/*.log {
  size 100M
  rotate 3
  copytruncate
  missingok
}
LANDFORM
put 0644 /etc/systemd/system/landform-serve.service <<'LANDFORM'
[Unit]
Description=landform: the service of the spec
Wants=network-online.target
After=network-online.target local-fs.target landform-local-disk.service
# Tried for ever: the balancer sees a host that does not answer, and the group puts another in its place.
StartLimitIntervalSec=0

[Service]
Type=exec
User=ec2-user
WorkingDirectory=/opt/landform/code
EnvironmentFile=/etc/landform/environment
ExecStart=/bin/bash /etc/landform/command
StandardOutput=append:/var/log/landform/serve.log
StandardError=inherit
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
LANDFORM

systemctl daemon-reload
systemctl enable --now landform-serve.service
