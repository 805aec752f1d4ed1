{% set kinds = mounts | map(attribute="kind") | list %}
{% if "efs" in kinds %}

# The helper signs the mount with the role of the host, and wraps it in TLS.
{% if os == "al2023" %}
command -v mount.efs >/dev/null || install_packages amazon-efs-utils
{% else %}
install_efs() {
  local installer
  installer=$(mktemp)
  retry curl -fsS --max-time 60 -o "$installer" https://amazon-efs-utils.aws.com/efs-utils-installer.sh
  retry sh "$installer" --install
}
command -v mount.efs >/dev/null || install_efs
{% endif %}
{% endif %}
{% if "lustre" in kinds %}
{% if os == "al2023" %}
command -v mount.lustre >/dev/null || install_packages lustre-client
{% else %}
install_lustre() { # the module for the kernel that runs, from AWS's repository
  local key repository=https://fsx-lustre-client-repo
  key=$(mktemp)
  retry curl -fsS --max-time 60 -o "$key" "$repository-public-keys.s3.amazonaws.com/fsx-ubuntu-public-key.asc"
  put 0644 /usr/share/keyrings/fsx-lustre.asc <"$key"
  echo "deb [signed-by=/usr/share/keyrings/fsx-lustre.asc] $repository.s3.amazonaws.com/ubuntu $(lsb_release -cs) main" |
    put 0644 /etc/apt/sources.list.d/fsx-lustre.list
  install_packages "lustre-client-modules-$(uname -r)"
}
command -v mount.lustre >/dev/null || install_lustre
{% endif %}
{% endif %}

# nofail, so that a file system out of reach costs a later boot its files and not its shell; the first boot stops here,
# before anything runs without them.
mount_always_remote() { # source mountpoint type options
  mkdir -p "$root$2"
  grep -q " $2 $3 " "$root/etc/fstab" ||
    printf '%s %s %s %s 0 0\n' "$1" "$2" "$3" "$4,x-systemd.before=landform-train.service" >>"$root/etc/fstab"
  mountpoint -q "$root$2" || retry mount "$root$2"
}
