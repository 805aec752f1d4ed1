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
