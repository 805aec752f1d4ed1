#!/bin/bash
# training-platform train.features: sets the host up. Written by `landform compile`; change the spec, not this file.
# Run again, it changes nothing. What the spec says stands quoted, and is never read as a part of the script.
# shellcheck disable=SC2016,SC2089,SC2090 # a $ or a quote in a value is only that
set -euo pipefail
umask 022
trap 'echo "landform: line $LINENO failed" >&2' ERR
export PATH="$PATH:/usr/local/bin:/snap/bin"
export HOME=/root # cloud-init sets none
root=${LANDFORM_ROOT-} # empty but in tests

region=us-east-1
entry=train.features
namespace=landform/training-platform
user=ec2-user
groups='training-platform-prd-features training-platform-prd-features-spare'
data_device=/dev/sdf
data_mount=/data
code_uri=s3://training-platform-prd-artifacts-123456789012-us-east-1/code/train_features.zip
checkpoint_uri=s3://training-platform-prd-scratch-123456789012-us-east-1/checkpoints/train-features/
checkpoint_directory=/data/checkpoint

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

declare -p region entry namespace user groups data_device data_mount code_uri checkpoint_uri checkpoint_directory | put 0644 /etc/landform/host
# A line that bash and systemd read alike: in single quotes, and a single quote itself in double ones.
told() { # variable
  local quote="'\"'\"'"
  printf "%s='%s'\n" "$1" "${!1//\'/"$quote"}"
}
{
  printf '%s\n' AWS_DEFAULT_REGION=us-east-1
  printf '%s\n' AWS_REGION=us-east-1
  printf '%s\n' LANDFORM_CHECKPOINT=/data/checkpoint
  printf '%s\n' LANDFORM_DATA_SCRATCH=training-platform-prd-scratch-123456789012-us-east-1
  printf '%s\n' LANDFORM_DATA_TRANSACTIONS=training-platform-prd-transactions-123456789012-us-east-1
  printf '%s\n' LANDFORM_INPUT_DAILY=/data/input/daily
  printf '%s\n' LANDFORM_OUTPUT=/data/output/model
  printf '%s\n' LANDFORM_OUTPUT_URI=s3://training-platform-prd-scratch-123456789012-us-east-1/training/train-features/
  told LANDFORM_FROM_DAILY
} | put 0644 /etc/landform/environment
mkdir -p "$root/var/log/landform" "$root/var/lib/landform"

# --- disks
# Nitro shows EBS disks under NVMe names in any order; the name that EC2 gave stands in the controller's vendor bytes.
ebs_name() { # /dev/nvme1n1
  python3 - "$1" <<'PYTHON'
import ctypes, fcntl, struct, sys
answer = ctypes.create_string_buffer(4096)
identify = struct.pack("<BBHIIIQQIIIIIIIIII", 6, 0, 0, 0, 0, 0, 0, ctypes.addressof(answer), 0, 4096, 1, *[0] * 7)
with open(sys.argv[1], "rb") as disk:
    fcntl.ioctl(disk, 0xC0484E41, identify)  # NVME_IOCTL_ADMIN_CMD
if answer.raw[24:64].startswith(b"Amazon Elastic Block Store"):
    print("/dev/" + answer.raw[3072:3104].decode("ascii", "ignore").strip(" \0").removeprefix("/dev/"))
PYTHON
}

# The device behind EC2's name: Xen has /dev/xvdf for /dev/sdf, Amazon Linux on Nitro a link, others neither.
real_device() { # /dev/sdf
  local disk other=/dev/xvd${1#/dev/sd} name
  for disk in "$1" "$other"; do
    [[ ! -b $disk ]] || { readlink -f "$disk"; return; }
  done
  for disk in /dev/nvme*n1; do
    [[ -b $disk ]] || continue
    name=$(ebs_name "$disk")
    [[ $name != "$1" && $name != "$other" ]] || { echo "$disk"; return; }
  done
  return 1
}

# Only what bears no signature at all, of a file system, a partition table, a volume group or an array, is blank.
format_blank() { # device
  local found
  found=$(wipefs --parsable "$1")
  [[ -n $found ]] || mkfs.ext4 -q -m 0 "$1"
}

# By UUID, since NVMe names change from boot to boot; nofail, so that a lost disk does not cost the shell: a boot does
# not wait for it then, but the command does, whose checkpoints may lie there.
mount_always() { # device mountpoint
  local uuid type field=$2
  uuid=$(blkid -p -o value -s UUID "$1")
  type=$(blkid -p -o value -s TYPE "$1")
  field=${field//\\/\\134} field=${field// /\\040} field=${field//$'\t'/\\011} field=${field//$'\n'/\\012}
  mkdir -p "$root$2"
  grep -q "^UUID=$uuid " "$root/etc/fstab" ||
    printf 'UUID=%s %s %s %s 0 2\n' "$uuid" "$field" "$type" \
      defaults,nofail,x-systemd.before=landform-train.service >>"$root/etc/fstab"
  mountpoint -q "$root$2" || mount "$root$2"
  # A new file system belongs to root; what somebody has set since stays.
  [[ $(stat -c %U "$root$2") != root ]] || chown "$user:" "$root$2"
}

# The disk is attached once the machine runs, so it may come minutes after the first boot began.
for _ in {1..120}; do
  disk=$(real_device "$data_device") && break
  sleep 5
done
[[ -n ${disk-} ]] || { echo "landform: no disk $data_device after ten minutes" >&2; exit 1; }
format_blank "$disk"
mount_always "$disk" "$data_mount"

# The disk that holds the checkpoints is there now, and the setup may already want to write to them.
mkdir -p "$root$checkpoint_directory"
chown "$user:" "$root$checkpoint_directory"

# --- metrics and logs

agent=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
install_agent() { install_packages amazon-cloudwatch-agent; }
put 0644 /etc/landform/cloudwatch-agent.json <<'LANDFORM'
{
"agent": {
"metrics_collection_interval": 60},
"metrics": {
"namespace": "landform/training-platform",
"append_dimensions": {
"InstanceId": "${aws:InstanceId}"},
"aggregation_dimensions": [["entry"], ["entry", "InstanceId"]],
"metrics_collected": {
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "train.features"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "train.features"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "train.features"}, "resources": ["/", "/data"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "train.features"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "train.features"}, "resources": ["*"]}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/training-platform/production/train/features", "log_stream_name": "{instance_id}/cloud-init"}, {"file_path": "/var/log/landform/train.log", "log_group_name": "/landform/training-platform/production/train/features", "log_stream_name": "{instance_id}/train"}]}}}}
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
  # The service runs as root: it lies where the user of the command cannot write.
  mkdir -p "$root/usr/local/lib/landform"
  rm -rf "$root/usr/local/lib/landform/jobs"
  mv "$unpacked/.landform-jobs" "$root/usr/local/lib/landform/jobs"
  chmod 0755 "$unpacked"
  chown -R "$user:" "$unpacked"
  mv "$unpacked" "$root/opt/landform/code"
fi

# --- checkpoints

put 0755 /usr/local/lib/landform/checkpoint <<'LANDFORM'
#!/bin/bash
# checkpoint save | restore: the directory of the checkpoints of the job at hand and its copy in S3.
set -euo pipefail
export PATH="$PATH:/usr/local/bin:/snap/bin"
root=${LANDFORM_ROOT-}
# shellcheck source=/dev/null
. "$root/etc/landform/host"

[[ -s $root/run/landform/job ]] || exit 0 # between two jobs
job=$(<"$root/run/landform/job")
directory=$root$checkpoint_directory/$job
checkpoint_uri=$checkpoint_uri$job/
restored=$directory/.landform-restored
copy() { aws s3 sync --only-show-errors --region "$region" --exclude .landform-restored "$@"; }

mkdir -p "$directory"
case $1 in
  restore)
    # Once for a disk: after a crash or a reboot what stands here is newer than what stands there.
    [[ ! -e $restored ]] || exit 0
    copy "$checkpoint_uri" "$directory"
    chown -R "$user:" "$directory"
    touch "$restored"
    ;;
  save)
    # Nothing is saved over what could not be restored. The last save waits for one under way, then sends the rest.
    [[ -e $restored ]] || exit 0
    exec 9>"$root/var/lib/landform/checkpoint.lock"
    flock 9
    copy "$directory" "$checkpoint_uri"
    ;;
esac
LANDFORM
put 0644 /etc/systemd/system/landform-checkpoint.service <<'LANDFORM'
[Unit]
Description=landform: save the checkpoints

[Service]
Type=oneshot
ExecStart=/usr/local/lib/landform/checkpoint save
LANDFORM
put 0644 /etc/systemd/system/landform-checkpoint.timer <<'LANDFORM'
[Unit]
Description=landform: when to save the checkpoints

[Timer]
OnActiveSec=300s
OnUnitActiveSec=300s

[Install]
WantedBy=timers.target
LANDFORM

# --- the command, once for each job

printf '%s\n' $'cd "$LANDFORM_INPUT_DAILY" && cut -d, -f1 -- *.csv | sort | uniq -c >"$LANDFORM_OUTPUT/per-account"' | put 0755 /etc/landform/command
mkdir -p "$root/opt/landform/code"
put 0644 /etc/logrotate.d/landform <<'LANDFORM'
/var/log/landform/*.log {
  size 100M
  rotate 3
  copytruncate
  missingok
}
LANDFORM
put 0644 /etc/landform/jobs.json <<'LANDFORM'
{
"queue": "https://sqs.us-east-1.amazonaws.com/123456789012/training-platform-prd-features-jobs",
"records": "s3://training-platform-prd-artifacts-123456789012-us-east-1/jobs/train-features/",
"region": "us-east-1",
"groups": ["training-platform-prd-features", "training-platform-prd-features-spare"],
"nodes": 1,
"attempts": 20,
"max_seconds": null,
"log_group": "/landform/training-platform/production/train/features",
"user": "ec2-user",
"gpu": false,
"checkpoint": "/data/checkpoint"}
LANDFORM
put 0644 /etc/systemd/system/landform-train.service <<'LANDFORM'
[Unit]
Description=landform: the jobs of the spec
Wants=network-online.target
After=network-online.target local-fs.target landform-local-disk.service

[Service]
Type=exec
WorkingDirectory=/usr/local/lib/landform
EnvironmentFile=/etc/landform/environment
ExecStart=/usr/bin/python3 -m jobs serve
StandardOutput=append:/var/log/landform/train.log
StandardError=inherit
Restart=always
RestartSec=30s
# The service is told of the end, and ends the command itself.
KillMode=mixed
# An end must leave time to save within the two minutes of spot.
TimeoutStopSec=45s

[Install]
WantedBy=multi-user.target
LANDFORM

# --- the end, announced

put 0755 /usr/local/lib/landform/watch <<'LANDFORM'
#!/bin/bash
# Waits until EC2 or Auto Scaling announces the end of this host, then ends the command and saves its work.
set -euo pipefail
export PATH="$PATH:/usr/local/bin:/snap/bin"
root=${LANDFORM_ROOT-}
# shellcheck source=/dev/null
. "$root/etc/landform/host"
imds=${LANDFORM_IMDS-http://169.254.169.254}
save=$root/usr/local/lib/landform/checkpoint
library=$root/usr/local/lib/landform

# What IMDS says of this host; nothing where it has nothing to say.
said() { # path
  local token
  token=$(curl -fs --max-time 2 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$imds/latest/api/token") || return 0
  curl -fs --max-time 2 -H "X-aws-ec2-metadata-token: $token" "$imds/latest/meta-data/$1" || true
}

# Ends the command (SIGTERM, then SIGKILL: TimeoutStopSec of its unit), then saves what it has left.
finish() { # seconds in all, of which half at most for the end
  local until=$((SECONDS + $1))
  timeout "$(($1 / 2))" systemctl stop landform-checkpoint.timer landform-train.service || true
  [[ ! -x $save ]] || timeout "$((until - SECONDS))" "$save" save || true
  # Once its work is saved, another node may go on with it.
  [[ ! -d $library/jobs ]] || (cd "$library" && timeout 10 /usr/bin/python3 -m jobs release)
}

# Of two groups this host belongs to one, and the other refuses.
lifecycle() { # complete-lifecycle-action | record-lifecycle-action-heartbeat, more arguments
  local group
  for group in $groups; do
    aws autoscaling "$@" --region "$region" --auto-scaling-group-name "$group" \
      --lifecycle-hook-name checkpoint --instance-id "$(said instance-id)" && return
  done
  return 1
}

heartbeat() {
  while sleep "${LANDFORM_HEARTBEAT_SECONDS-240}"; do lifecycle record-lifecycle-action-heartbeat || true; done
}

rebalanced=
while :; do
  if [[ -n $(said spot/instance-action) ]]; then
    # Spot gives two minutes, of which some may have gone until this poll.
    aws cloudwatch put-metric-data --region "$region" --namespace "$namespace" \
      --metric-name SpotInterruptions --dimensions "entry=$entry" --unit Count --value 1 &
    metric=$!
    finish "${LANDFORM_SPOT_SECONDS-95}" || true
    wait "$metric" || true
    [[ -z $groups ]] || lifecycle complete-lifecycle-action --lifecycle-action-result CONTINUE || true
    exit 0
  fi
  if [[ -n $groups && $(said autoscaling/target-lifecycle-state) == Terminated ]]; then
    # The hook waits as long as it hears from this host: a large checkpoint takes the time that it takes.
    heartbeat &
    beating=$!
    finish 3600 || true
    kill "$beating" || true
    lifecycle complete-lifecycle-action --lifecycle-action-result CONTINUE
    exit 0
  fi
  if [[ -z $rebalanced && -n $(said events/recommendations/rebalance) ]]; then
    # An early word, with no time set: a checkpoint now makes the last one small. The last one waits for it, within its
    # own time: ended, this one would have sent the half of a large file for nothing.
    rebalanced=yes
    [[ ! -x $save ]] || timeout 600 "$save" save &
  fi
  sleep "${LANDFORM_POLL_SECONDS-5}"
done
LANDFORM
put 0644 /etc/systemd/system/landform-watch.service <<'LANDFORM'
[Unit]
Description=landform: notice of interruption or scale-in
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/local/lib/landform/watch
Restart=on-failure
RestartSec=5s

[Install]
WantedBy=multi-user.target
LANDFORM

systemctl daemon-reload
systemctl enable --now landform-watch.service landform-checkpoint.timer landform-train.service
