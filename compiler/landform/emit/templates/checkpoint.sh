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
