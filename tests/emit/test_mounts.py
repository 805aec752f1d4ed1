"""File systems on a host: the client, the table of mounts, and what happens where there is no way to them."""

from dataclasses import replace

import pytest

from landform.emit.user_data import Mount, render

from .hosts import BARE, MOUNTS
from .sandbox import Sandbox

HOST = replace(BARE, mounts=MOUNTS)
EFS = "_netdev,nofail,noresvport,tls,iam,accesspoint={},x-systemd.before=landform-train.service"


def table(sandbox: Sandbox) -> list[str]:
    return (sandbox.root / "etc/fstab").read_text().splitlines()


def test_a_file_system_is_mounted_now_and_at_every_boot(sandbox: Sandbox) -> None:
    assert sandbox.run(render(HOST)).returncode == 0
    assert table(sandbox) == [
        f"fs-1:/ /home efs {EFS.format('fsap-1')} 0 0",
        "fs-3.fsx.us-east-1.amazonaws.com@tcp:/abc /scratch lustre _netdev,nofail,noatime,flock,"
        "x-systemd.before=landform-train.service 0 0",
        f"fs-2:/ /team/notes efs {EFS.format('fsap-2,ro')} 0 0",
    ]
    assert [call for call in sandbox.calls if call.startswith("mount ")] == [
        f"mount {sandbox.root}/home",
        f"mount {sandbox.root}/scratch",
        f"mount {sandbox.root}/team/notes",
    ]


@pytest.mark.parametrize("os", ["al2023", "ubuntu"])
def test_the_client_is_there_already(sandbox: Sandbox, os: str) -> None:
    assert sandbox.run(render(replace(HOST, os=os))).returncode == 0
    assert not any("efs-utils" in call or "lustre-client" in call for call in sandbox.calls)


def test_the_client_is_a_package_of_amazon_linux(sandbox: Sandbox) -> None:
    sandbox.without("mount.efs")
    assert sandbox.run(render(HOST)).returncode == 0
    assert "dnf install -y amazon-efs-utils" in sandbox.calls


def test_the_client_comes_from_aws_on_ubuntu(sandbox: Sandbox) -> None:
    sandbox.without("mount.efs")
    sandbox.stand_in("curl", '#!/bin/bash\necho \'echo "$@" >>"$SANDBOX/installed"\' >"${@:$#-1:1}"\n')
    done = sandbox.run(render(replace(HOST, os="ubuntu")))
    assert done.returncode == 0, done.stderr.decode()
    assert (sandbox.folder / "installed").read_text() == "--install\n"


def test_the_client_of_lustre_is_a_package_of_amazon_linux(sandbox: Sandbox) -> None:
    sandbox.without("mount.lustre")
    assert sandbox.run(render(HOST)).returncode == 0
    assert "dnf install -y lustre-client" in sandbox.calls


def test_the_client_of_lustre_fits_the_kernel_on_ubuntu(sandbox: Sandbox) -> None:
    sandbox.without("mount.lustre")
    sandbox.stand_in("curl", '#!/bin/bash\necho "key of ${@: -1}" >"${@:$#-1:1}"\n')
    sandbox.stand_in("lsb_release", "#!/bin/bash\necho noble\n")
    sandbox.stand_in("uname", "#!/bin/bash\necho 6.8.0-1021-aws\n")
    done = sandbox.run(render(replace(HOST, os="ubuntu")))
    assert done.returncode == 0, done.stderr.decode()
    source = (sandbox.root / "etc/apt/sources.list.d/fsx-lustre.list").read_text()
    assert source == (
        "deb [signed-by=/usr/share/keyrings/fsx-lustre.asc] "
        "https://fsx-lustre-client-repo.s3.amazonaws.com/ubuntu noble main\n"
    )
    assert "fsx-ubuntu-public-key.asc" in (sandbox.root / "usr/share/keyrings/fsx-lustre.asc").read_text()
    assert any(call.endswith("install -y lustre-client-modules-6.8.0-1021-aws") for call in sandbox.calls)


def test_what_is_written_to_belongs_to_the_user(sandbox: Sandbox) -> None:
    sandbox.stand_in("stat", "#!/bin/bash\necho root\n")
    assert sandbox.run(render(HOST)).returncode == 0
    assert f"chown ec2-user: {sandbox.root}/scratch" in sandbox.calls
    assert f"chown ec2-user: {sandbox.root}/home" not in sandbox.calls


def test_nothing_runs_without_its_files(sandbox: Sandbox) -> None:
    sandbox.stand_in("mount", "#!/bin/bash\nexit 32\n")
    done = sandbox.run(render(replace(HOST, command="python train.py")))
    assert done.returncode != 0
    assert not any("landform-train.service" in call for call in sandbox.calls)


@pytest.mark.parametrize("path", ["relative", "/a b", "/a/../b", "/$(touch x)", "/a\nb"])
def test_what_is_no_mount_point_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="mount point"):
        render(replace(BARE, mounts=(Mount("efs", path, "LANDFORM_DATA_HOMES", writes=True),)))
