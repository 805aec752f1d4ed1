#!/bin/bash
# fraud-detection drift.score: sets the host up. Written by `landform compile`; change the spec, not this file.
# Run again, it changes nothing. What the spec says stands quoted, and is never read as a part of the script.
# shellcheck disable=SC2016,SC2089,SC2090 # a $ or a quote in a value is only that
set -euo pipefail
umask 022
trap 'echo "landform: line $LINENO failed" >&2' ERR
export PATH="$PATH:/usr/local/bin:/snap/bin"
export HOME=/root # cloud-init sets none
root=${LANDFORM_ROOT-} # empty but in tests

region=us-east-1
entry=drift.score
namespace=landform/fraud-detection
user=ec2-user
groups=''
data_device=/dev/sdf
data_mount=/var/lib/landform-agent
code_uri=s3://fraud-detection-prd-artifacts-123456789012-us-east-1/code/drift_score.zip

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

declare -p region entry namespace user groups data_device data_mount code_uri | put 0644 /etc/landform/host
{
  printf '%s\n' AWS_DEFAULT_REGION=us-east-1
  printf '%s\n' AWS_REGION=us-east-1
  printf '%s\n' LANDFORM_CODE=73e224c7cabd20d2
  printf '%s\n' LANDFORM_WATCH=score
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

# The disk of the machine before: it is free once that one is gone.
imds=${LANDFORM_IMDS-http://169.254.169.254}
attach() { # device
  local token instance
  real_device "$1" >/dev/null && return
  token=$(curl -fsS --max-time 5 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$imds/latest/api/token")
  instance=$(curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$imds/latest/meta-data/instance-id")
  aws ec2 attach-volume --region "$region" --volume-id "$LANDFORM_DISK" --instance-id "$instance" --device "$1" >/dev/null
}
for _ in {1..60}; do
  if attach "$data_device"; then break; fi
  sleep "${LANDFORM_RETRY_SECONDS-10}"
done

# The disk is attached once the machine runs, so it may come minutes after the first boot began.
for _ in {1..120}; do
  disk=$(real_device "$data_device") && break
  sleep 5
done
[[ -n ${disk-} ]] || { echo "landform: no disk $data_device after ten minutes" >&2; exit 1; }
format_blank "$disk"
mount_always "$disk" "$data_mount"

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
"cpu": {"measurement": ["usage_active", "usage_iowait"], "append_dimensions": {"entry": "drift.score"}, "totalcpu": true, "resources": ["cpu-total"]},
"mem": {"measurement": ["used_percent", "available"], "append_dimensions": {"entry": "drift.score"}},
"disk": {"measurement": ["used_percent", "free"], "append_dimensions": {"entry": "drift.score"}, "resources": ["/", "/var/lib/landform-agent"], "drop_device": true},
"diskio": {"measurement": ["reads", "writes", "read_bytes", "write_bytes", "io_time"], "append_dimensions": {"entry": "drift.score"}, "resources": ["*"]},
"net": {"measurement": ["bytes_recv", "bytes_sent", "drop_in", "drop_out"], "append_dimensions": {"entry": "drift.score"}, "resources": ["*"]}}},
"logs": {
"logs_collected": {
"files": {"collect_list": [{"file_path": "/var/log/cloud-init-output.log", "log_group_name": "/landform/fraud-detection/production/drift/score", "log_stream_name": "{instance_id}/cloud-init"}, {"file_path": "/var/log/landform/drift.log", "log_group_name": "/landform/fraud-detection/production/drift/score", "log_stream_name": "{instance_id}/drift"}]}}}}
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

# --- setup, once: install.sh

base64 --decode <<'LANDFORM' | put 0755 /opt/landform/setup
IyEvYmluL2Jhc2gKIyBQdXRzIGEgd2F0Y2ggb24gYSBtYWNoaW5lIHRoYXQgbGFuZGZvcm0gbWFkZTogYXMgcm9vdCwgb25jZSwg
b24gQW1hem9uIExpbnV4IDIwMjMuIEluIC9vcHQvbGFuZGZvcm0vY29kZSBsaWUgdGhlIGFnZW50LAojIGl0cyBsb2NrIGFuZCB0
aGUgY29uZmlndXJhdGlvbiBvZiB0aGUgd2F0Y2gsIHdob3NlIG5hbWUgaXMgaW4gdGhlIGVudmlyb25tZW50LiBSdW4gYWdhaW4s
IGl0IGNoYW5nZXMgbm90aGluZy4Kc2V0IC1ldW8gcGlwZWZhaWwKd2F0Y2g9JHtMQU5ERk9STV9XQVRDSDo/aXQgbmFtZXMgdGhl
IHdhdGNofQpyb290PSR7TEFOREZPUk1fUk9PVC19ICMgZW1wdHkgYnV0IGluIHRlc3RzCmNvZGU9JHJvb3Qvb3B0L2xhbmRmb3Jt
L2NvZGUKaG9tZT0kcm9vdC9vcHQvbGFuZGZvcm0tYWdlbnQKc3RhdGU9JHJvb3QvdmFyL2xpYi9sYW5kZm9ybS1hZ2VudAp1bml0
cz0kcm9vdC9ldGMvc3lzdGVtZC9zeXN0ZW0KCiMgQSBtaXJyb3IgdGhhdCBkb2VzIG5vdCBhbnN3ZXIgYXQgb25jZSBpcyBubyBy
ZWFzb24gdG8gZ2l2ZSB1cC4KcmV0cnkoKSB7CiAgbG9jYWwgYXR0ZW1wdAogIGZvciBhdHRlbXB0IGluIDEgMiAzIDQgNTsgZG8K
ICAgICIkQCIgJiYgcmV0dXJuCiAgICBlY2hvICJsYW5kZm9ybTogYXR0ZW1wdCAkYXR0ZW1wdCBmYWlsZWQ6ICQxIiA+JjIKICAg
IHNsZWVwICIke0xBTkRGT1JNX1JFVFJZX1NFQ09ORFMtMTB9IgogIGRvbmUKICByZXR1cm4gMQp9CgojIFdpdGhvdXQgaXRzIGRp
c2sgdGhlIHN0YXRlIHdvdWxkIGJlIGxvc3Qgd2l0aCB0aGUgbWFjaGluZTogcmF0aGVyIG5vIHdhdGNoLCB3aGljaCBhbiBhbGFy
bSB0ZWxscyBvZi4KbW91bnRwb2ludCAtcSAiJHN0YXRlIiB8fCB7IGVjaG8gImxhbmRmb3JtOiBubyBkaXNrIGF0ICRzdGF0ZSIg
PiYyOyBleGl0IDE7IH0KCmNvbW1hbmQgLXYgcHl0aG9uMy4xMiA+L2Rldi9udWxsIHx8IHJldHJ5IGRuZiBpbnN0YWxsIC15IC1x
IHB5dGhvbjMuMTIKcHl0aG9uMy4xMiAtbSB2ZW52ICIkaG9tZSIKcmV0cnkgIiRob21lL2Jpbi9waXAiIGluc3RhbGwgLS1xdWll
dCAtLWRpc2FibGUtcGlwLXZlcnNpb24tY2hlY2sgLS1uby1jYWNoZS1kaXIgXAogIC0tcmVxdWlyZS1oYXNoZXMgLS1vbmx5LWJp
bmFyeSA6YWxsOiAtciAiJGNvZGUvbGFuZGZvcm1fYWdlbnQvZGVwbG95L2FnZW50LmxvY2siCnBhY2thZ2VzPSQoIiRob21lL2Jp
bi9weXRob24iIC1jICdpbXBvcnQgc3lzY29uZmlnOyBwcmludChzeXNjb25maWcuZ2V0X3BhdGgoInB1cmVsaWIiKSknKQpybSAt
cmYgIiRwYWNrYWdlcy9sYW5kZm9ybV9hZ2VudCIKY3AgLXIgIiRjb2RlL2xhbmRmb3JtX2FnZW50IiAiJHBhY2thZ2VzLyIKY2hv
d24gLVIgcm9vdDogIiRwYWNrYWdlcy9sYW5kZm9ybV9hZ2VudCIKY2F0ID4iJGhvbWUvYmluL2xhbmRmb3JtLWFnZW50IiA8PFBZ
VEhPTgojISRob21lL2Jpbi9weXRob24KZnJvbSBsYW5kZm9ybV9hZ2VudC5jbGkgaW1wb3J0IGVudHJ5CgplbnRyeSgpClBZVEhP
TgpjaG1vZCAwNzU1ICIkaG9tZS9iaW4vbGFuZGZvcm0tYWdlbnQiCgojIFRoZSBzYW1lIG51bWJlciBvbiBlYWNoIG1hY2hpbmU6
IHRoZSBkaXNrIHJlbWVtYmVycyBpdC4KaWQgbGFuZGZvcm0tYWdlbnQgJj4vZGV2L251bGwgfHwKICB1c2VyYWRkIC0tc3lzdGVt
IC0tdWlkIDEwMDAxIC0taG9tZS1kaXIgL3Zhci9saWIvbGFuZGZvcm0tYWdlbnQgLS1zaGVsbCAvdXNyL3NiaW4vbm9sb2dpbiBs
YW5kZm9ybS1hZ2VudAppbnN0YWxsIC1kIC1vIGxhbmRmb3JtLWFnZW50IC1nIGxhbmRmb3JtLWFnZW50IC1tIDA3MDAgIiRzdGF0
ZS8kd2F0Y2giCmluc3RhbGwgLUQgLW0gMDY0NCAiJGNvZGUvd2F0Y2gueWFtbCIgIiRyb290L2V0Yy9sYW5kZm9ybS1hZ2VudC8k
d2F0Y2gueWFtbCIKaW5zdGFsbCAtRCAtbSAwNjQ0ICIkcGFja2FnZXMvbGFuZGZvcm1fYWdlbnQvZGVwbG95L2xhbmRmb3JtLWFn
ZW50QC5zZXJ2aWNlIiAiJHVuaXRzL2xhbmRmb3JtLWFnZW50QC5zZXJ2aWNlIgoKIyAtLS0gbG9ncywgd2hlcmUgdGhlIENsb3Vk
V2F0Y2ggYWdlbnQgcmVhZHMgdGhlbQoKbWtkaXIgLXAgIiR1bml0cy9sYW5kZm9ybS1hZ2VudEAuc2VydmljZS5kIiAiJHJvb3Qv
ZXRjL2xvZ3JvdGF0ZS5kIgpjYXQgPiIkdW5pdHMvbGFuZGZvcm0tYWdlbnRALnNlcnZpY2UuZC9sYW5kZm9ybS5jb25mIiA8PCdV
TklUJwpbU2VydmljZV0KU3RhbmRhcmRPdXRwdXQ9YXBwZW5kOi92YXIvbG9nL2xhbmRmb3JtL2RyaWZ0LmxvZwpTdGFuZGFyZEVy
cm9yPWluaGVyaXQKVU5JVApjYXQgPiIkcm9vdC9ldGMvbG9ncm90YXRlLmQvbGFuZGZvcm0iIDw8J1JPVEFURScKL3Zhci9sb2cv
bGFuZGZvcm0vKi5sb2cgewogIHNpemUgMTAwTQogIHJvdGF0ZSAzCiAgY29weXRydW5jYXRlCiAgbWlzc2luZ29rCn0KUk9UQVRF
CgojIC0tLSBoZWFsdGg6IGEgd2F0Y2ggdGhhdCBhbnN3ZXJzIG5vIG1vcmUsIG9yIGNvbW1pdHMgbm90aGluZyB3aGlsZSB0aGVy
ZSBpcyB3b3JrLCBpcyBzdGFydGVkIGFnYWluOyB3aGF0IHJlZnVzZWQgdG8gcnVuLCBvciB3YXMgc3RvcHBlZCwgaXMgbm90Cgpj
YXQgPiIkdW5pdHMvbGFuZGZvcm0tYWdlbnQtaGVhbHRoQC5zZXJ2aWNlIiA8PCdVTklUJwpbVW5pdF0KRGVzY3JpcHRpb249SGVh
bHRoIG9mIHRoZSBkcmlmdCB3YXRjaCAlaQoKW1NlcnZpY2VdClR5cGU9b25lc2hvdApFeGVjU3RhcnQ9L3Vzci9iaW4vY3VybCAt
ZnNTIC0tbWF4LXRpbWUgMTAgLS1yZXRyeSA1IC0tcmV0cnktZGVsYXkgMjAgLS1yZXRyeS1hbGwtZXJyb3JzIC1vIC9kZXYvbnVs
bCBodHRwOi8vMTI3LjAuMC4xOjgwODAvaGVhbHRoegpFeGVjU3RvcFBvc3Q9L2Jpbi9zaCAtYyAnWyAiJCRTRVJWSUNFX1JFU1VM
VCIgPSBzdWNjZXNzIF0gfHwgc3lzdGVtY3RsIHRyeS1yZXN0YXJ0IGxhbmRmb3JtLWFnZW50QCVpJwpVTklUCmNhdCA+IiR1bml0
cy9sYW5kZm9ybS1hZ2VudC1oZWFsdGhALnRpbWVyIiA8PCdVTklUJwpbVW5pdF0KRGVzY3JpcHRpb249V2hlbiB0byBhc2sgZm9y
IHRoZSBoZWFsdGggb2YgdGhlIGRyaWZ0IHdhdGNoICVpCgpbVGltZXJdCk9uQWN0aXZlU2VjPTEwbQpPblVuaXRBY3RpdmVTZWM9
MW0KCltJbnN0YWxsXQpXYW50ZWRCeT10aW1lcnMudGFyZ2V0ClVOSVQKCnN5c3RlbWN0bCBkYWVtb24tcmVsb2FkCnN5c3RlbWN0
bCBlbmFibGUgLS1ub3cgImxhbmRmb3JtLWFnZW50QCR3YXRjaCIgImxhbmRmb3JtLWFnZW50LWhlYWx0aEAkd2F0Y2gudGltZXIi
Cg==
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
