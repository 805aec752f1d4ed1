#!/bin/bash
# shared-files machines.workbench: sets the host up. Written by `landform compile`; change the spec, not this file.
# Run again, it changes nothing. What the spec says stands quoted, and is never read as a part of the script.
# shellcheck disable=SC2016,SC2089,SC2090 # a $ or a quote in a value is only that
set -euo pipefail
umask 022
trap 'echo "landform: line $LINENO failed" >&2' ERR
export PATH="$PATH:/usr/local/bin:/snap/bin"
export HOME=/root # cloud-init sets none
root=${LANDFORM_ROOT-} # empty but in tests

region=us-east-1
entry=machines.workbench
namespace=landform/shared-files
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
# A line that bash and systemd read alike: in single quotes, and a single quote itself in double ones.
told() { # variable
  local quote="'\"'\"'"
  printf "%s='%s'\n" "$1" "${!1//\'/"$quote"}"
}
{
  printf '%s\n' AWS_DEFAULT_REGION=us-east-1
  printf '%s\n' AWS_REGION=us-east-1
  printf '%s\n' LANDFORM_DATA_NOTEBOOKS=/home/ec2-user/notebooks
  printf '%s\n' LANDFORM_DATA_SCRATCH=/scratch
  told LANDFORM_SERVE_GALLERY
} | put 0644 /etc/landform/environment
mkdir -p "$root/var/log/landform" "$root/var/lib/landform"

# --- file systems

# The helper signs the mount with the role of the host, and wraps it in TLS.
command -v mount.efs >/dev/null || install_packages amazon-efs-utils
command -v mount.lustre >/dev/null || install_packages lustre-client

# nofail, so that a file system out of reach costs a later boot its files and not its shell; the first boot stops here,
# before anything runs without them.
mount_always_remote() { # source mountpoint type options
  mkdir -p "$root$2"
  grep -q " $2 $3 " "$root/etc/fstab" ||
    printf '%s %s %s %s 0 0\n' "$1" "$2" "$3" "$4,x-systemd.before=landform-train.service" >>"$root/etc/fstab"
  mountpoint -q "$root$2" || retry mount "$root$2"
}

mount_always_remote "$LANDFORM_DATA_NOTEBOOKS_ID:/" /home/ec2-user/notebooks efs \
  "_netdev,nofail,noresvport,tls,iam,accesspoint=$LANDFORM_DATA_NOTEBOOKS_ACCESS_POINT"
mount_always_remote "$LANDFORM_DATA_SCRATCH_SOURCE" /scratch lustre "_netdev,nofail,noatime,flock,ro"

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
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "machines.workbench"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "machines.workbench"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["/"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["*"]}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/shared-files/development/machines/workbench", "log_stream_name": "{instance_id}/cloud-init"}]}}}}
LANDFORM
# A host that cannot be watched still does its work: it says so and goes on.
[[ -x $agent ]] || install_agent || echo "landform: no CloudWatch agent" >&2
[[ ! -x $agent ]] || "$agent" -a fetch-config -m ec2 -s -c "file:$root/etc/landform/cloudwatch-agent.json"
