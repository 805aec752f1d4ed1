#!/bin/bash
# fraud-detection machines.workbench: sets the host up. Written by `landform compile`; change the spec, not this file.
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
namespace=landform/fraud-detection
user=ec2-user
groups=''
data_device=/dev/sdf
data_mount=/data
local_mount=/local

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

declare -p region entry namespace user groups data_device data_mount local_mount | put 0644 /etc/landform/host
{
  printf '%s\n' PATH=/opt/pytorch/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
  printf '%s\n' AWS_DEFAULT_REGION=us-east-1
  printf '%s\n' AWS_REGION=us-east-1
  printf '%s\n' LANDFORM_DATA_FEATURES=fraud-detection-prd-features
  printf '%s\n' LANDFORM_DATA_HOMES=/home/team
  printf '%s\n' LANDFORM_DATA_SCRATCH=/scratch
  printf '%s\n' LANDFORM_DATA_TRANSACTIONS=fraud-detection-prd-transactions-123456789012-us-east-1
  printf '%s\n' LANDFORM_SECRETS_TRACKER=arn:aws:secretsmanager:us-east-1:123456789012:secret:tracker-AbCdEf
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

# EC2 hands out blank local disks whenever it starts the machine, so this runs at every boot.
command -v mdadm >/dev/null || install_packages mdadm
put 0755 /usr/local/lib/landform/local-disk <<'LANDFORM'
#!/bin/bash
# Local NVMe disks as one file system (RAID 0 where there are several). They are blank after every stop and start.
set -euo pipefail
root=${LANDFORM_ROOT-}
# shellcheck source=/dev/null
. "$root/etc/landform/host"

mkdir -p "$root$local_mount"
! mountpoint -q "$root$local_mount" || exit 0

# Deep Learning AMIs gather the disks themselves, under a name of their own.
if mountpoint -q "$root/opt/dlami/nvme"; then
  mount --bind "$root/opt/dlami/nvme" "$root$local_mount"
  chown "$user:" "$root$local_mount"
  exit 0
fi

mapfile -t disks < <(lsblk --nodeps --noheadings --paths --output NAME,MODEL | awk '/Amazon EC2 NVMe Instance Storage/ {print $1}')
case ${#disks[@]} in
  0) echo "landform: this instance type has no local disks" >&2; exit 1 ;;
  1) device=${disks[0]} ;;
  *)
    device=/dev/md/landform
    [[ -b $device ]] || mdadm --assemble --homehost=any "$device" "${disks[@]}" ||
      mdadm --create "$device" --homehost=any --run --level=0 --raid-devices="${#disks[@]}" "${disks[@]}"
    ;;
esac
found=$(wipefs --parsable "$device")
[[ -n $found ]] || mkfs.ext4 -q -m 0 -E lazy_itable_init=1 "$device"
mount -o noatime "$device" "$root$local_mount"
chown "$user:" "$root$local_mount"
LANDFORM
put 0644 /etc/systemd/system/landform-local-disk.service <<'LANDFORM'
[Unit]
Description=landform: local disks of the instance
After=local-fs.target dlami-nvme.service
Before=landform-train.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/landform/local-disk

[Install]
WantedBy=multi-user.target
LANDFORM
systemctl daemon-reload
systemctl enable --now landform-local-disk.service

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

mount_always_remote "$LANDFORM_DATA_HOMES_ID:/" /home/team efs \
  "_netdev,nofail,noresvport,tls,iam,accesspoint=$LANDFORM_DATA_HOMES_ACCESS_POINT"
mount_always_remote "$LANDFORM_DATA_SCRATCH_SOURCE" /scratch lustre "_netdev,nofail,noatime,flock,ro"

# --- metrics and logs

agent=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
install_agent() { install_packages amazon-cloudwatch-agent; }
put 0644 /etc/landform/cloudwatch-agent.json <<'LANDFORM'
{
"agent": {
"metrics_collection_interval": 60},
"metrics": {
"namespace": "landform/fraud-detection",
"append_dimensions": {
"InstanceId": "${aws:InstanceId}"},
"aggregation_dimensions": [["entry"], ["entry", "InstanceId"]],
"metrics_collected": {
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "machines.workbench"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "machines.workbench"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["/", "/data", "/local"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "machines.workbench"}, "resources": ["*"]},
"nvidia_gpu": {"measurement": ["utilization_gpu", "utilization_memory", "memory_used", "memory_total", "temperature_gpu", "power_draw"], "append_dimensions": {"entry": "machines.workbench"}}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/fraud-detection/production/machines/workbench", "log_stream_name": "{instance_id}/cloud-init"}]}}}}
LANDFORM
# A host that cannot be watched still does its work: it says so and goes on.
[[ -x $agent ]] || install_agent || echo "landform: no CloudWatch agent" >&2
[[ ! -x $agent ]] || "$agent" -a fetch-config -m ec2 -s -c "file:$root/etc/landform/cloudwatch-agent.json"

# --- setup, once: workbench.sh

base64 --decode <<'LANDFORM' | put 0755 /opt/landform/setup
IyEvdXNyL2Jpbi9lbnYgYmFzaAojIEEgbm90ZWJvb2sgc2VydmVyIGZvciB0aGUgdGVhbTogc3RhcnRlZCBvbmNlLCByZWFjaGFi
bGUgZnJvbSB0aGUgbmV0d29yay4Kc2V0IC1ldW8gcGlwZWZhaWwKcGlwIGluc3RhbGwgLS1xdWlldCBqdXB5dGVybGFiCm1rZGly
IC1wIC9kYXRhL25vdGVib29rcwo=
LANDFORM
if [[ ! -e $root/var/lib/landform/setup.done ]]; then
  (
    set -a
    # shellcheck source=/dev/null
    . "$root/etc/landform/environment"
    set +a
    cd "$root/opt/landform"
    ./setup
  )
  touch "$root/var/lib/landform/setup.done"
fi

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
systemctl enable --now landform-watch.service
