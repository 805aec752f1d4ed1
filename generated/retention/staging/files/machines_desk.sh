#!/bin/bash
# retention machines.desk: sets the host up. Written by `landform compile`; change the spec, not this file.
# Run again, it changes nothing. What the spec says stands quoted, and is never read as a part of the script.
# shellcheck disable=SC2016,SC2089,SC2090 # a $ or a quote in a value is only that
set -euo pipefail
umask 022
trap 'echo "landform: line $LINENO failed" >&2' ERR
export PATH="$PATH:/usr/local/bin:/snap/bin"
export HOME=/root # cloud-init sets none
root=${LANDFORM_ROOT-} # empty but in tests

region=eu-west-1
entry=machines.desk
namespace=landform/retention
user=ec2-user
groups=''

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

declare -p region entry namespace user groups | put 0644 /etc/landform/host
{
  printf '%s\n' AWS_DEFAULT_REGION=eu-west-1
  printf '%s\n' AWS_REGION=eu-west-1
  printf '%s\n' LANDFORM_DATA_CUSTOMERS=retention-stg-customers-123456789012-eu-west-1
  printf '%s\n' LANDFORM_DATA_TEAM=/team
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

mount_always_remote "$LANDFORM_DATA_TEAM_ID:/" /team efs \
  "_netdev,nofail,noresvport,tls,iam,accesspoint=$LANDFORM_DATA_TEAM_ACCESS_POINT"

# --- metrics and logs

agent=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
install_agent() { install_packages amazon-cloudwatch-agent; }
put 0644 /etc/landform/cloudwatch-agent.json <<'LANDFORM'
{
"agent": {
"metrics_collection_interval": 60},
"metrics": {
"namespace": "landform/retention",
"append_dimensions": {
"InstanceId": "${aws:InstanceId}"},
"aggregation_dimensions": [["entry"], ["entry", "InstanceId"]],
"metrics_collected": {
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "machines.desk"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "machines.desk"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "machines.desk"}, "resources": ["/"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "machines.desk"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "machines.desk"}, "resources": ["*"]}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/retention/staging/machines/desk", "log_stream_name": "{instance_id}/cloud-init"}]}}}}
LANDFORM
# A host that cannot be watched still does its work: it says so and goes on.
[[ -x $agent ]] || install_agent || echo "landform: no CloudWatch agent" >&2
[[ ! -x $agent ]] || "$agent" -a fetch-config -m ec2 -s -c "file:$root/etc/landform/cloudwatch-agent.json"
