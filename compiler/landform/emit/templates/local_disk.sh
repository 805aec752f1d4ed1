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
