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
