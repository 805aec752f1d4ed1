mock_provider "aws" {
  mock_resource "aws_efs_file_system" {
    defaults = { id = "fs-0123456789abcdef0", arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0" }
  }
}

variables {
  name      = "demo-prd-homes"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  network   = { vpc_id = "vpc-0123456789abcdef0", subnets = { euw1-az1 = "subnet-0123456789abcdef0", euw1-az2 = "subnet-0123456789abcdef1" } }
  consumers = ["machines-workbench", "train-graph"]
}

run "a_copy_lets_itself_be_written_over_and_copies_nothing" {
  command = plan

  variables {
    copy   = true
    backup = false
  }

  assert {
    condition     = aws_efs_file_system.this.protection[0].replication_overwrite == "DISABLED"
    error_message = "EFS cannot write to the copy"
  }

  assert {
    condition     = length(aws_efs_replication_configuration.this) == 0
    error_message = "a copy is copied"
  }
}

run "encrypted_and_backed_up" {
  command = plan

  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.kms_key_id == var.key_arn
    error_message = "files are not encrypted with the key given"
  }

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "ENABLED"
    error_message = "nothing backs it up"
  }

  assert {
    condition     = aws_efs_file_system.this.throughput_mode == "elastic" && length(aws_efs_file_system.this.lifecycle_policy) == 0
    error_message = "throughput and storage class are not the defaults"
  }
}

run "its_policy_only_denies" {
  command = apply

  assert {
    condition     = alltrue([for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Effect == "Deny" && s.Resource == aws_efs_file_system.this.arn && s.Principal.AWS == "*"])
    error_message = "the policy allows somebody something"
  }

  assert {
    condition     = toset(jsondecode(aws_efs_file_system_policy.this.policy).Statement[*].Sid) == toset(["DenyDeletion", "DenyPastAccessPoints", "DenyPlaintextTransport", "DenyRoot"])
    error_message = "plaintext, root, a mount past the access points or a deletion is let through"
  }

  assert {
    condition     = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Action if s.Sid == "DenyRoot"] == [["elasticfilesystem:ClientRootAccess"]]
    error_message = "root access is not denied to everybody"
  }
}

run "a_mount_target_in_each_zone_and_an_access_point_for_each_consumer" {
  command = apply

  assert {
    condition     = keys(aws_efs_mount_target.this) == ["euw1-az1", "euw1-az2"] && alltrue([for t in aws_efs_mount_target.this : t.security_groups == toset([aws_security_group.this["this"].id])])
    error_message = "a zone has no mount target, or one without the group"
  }

  assert {
    condition     = alltrue([for p in aws_efs_access_point.this : p.posix_user[0].uid == 1000 && p.root_directory[0].path == "/shared"])
    error_message = "a consumer is somebody else, or somewhere else"
  }

  assert {
    condition     = keys(output.access_points) == ["machines-workbench", "train-graph"]
    error_message = "a consumer has no access point"
  }
}

run "provisioned_cold_and_unprotected" {
  command = apply

  variables {
    throughput_mibps = 200
    cold_after_days  = 30
    backup           = false
    protect          = false
  }

  assert {
    condition     = aws_efs_file_system.this.throughput_mode == "provisioned" && aws_efs_file_system.this.provisioned_throughput_in_mibps == 200
    error_message = "the throughput is not the one that is paid for"
  }

  assert {
    condition     = aws_efs_file_system.this.lifecycle_policy[0].transition_to_ia == "AFTER_30_DAYS" && aws_efs_file_system.this.lifecycle_policy[1].transition_to_primary_storage_class == "AFTER_1_ACCESS"
    error_message = "files do not go and come back"
  }

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "DISABLED" && length(jsondecode(aws_efs_file_system_policy.this.policy).Statement) == 3
    error_message = "it is backed up or protected all the same"
  }
}

run "nobody_mounts_it" {
  command = plan

  variables {
    network   = null
    consumers = []
  }

  assert {
    condition     = length(aws_efs_mount_target.this) == 0 && length(aws_security_group.this) == 0 && output.security_group_id == null
    error_message = "there is a way in, and no network"
  }
}

run "refuses_an_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/demo"
  }

  expect_failures = [var.key_arn]
}

run "a_file_system_is_copied_to_the_one_that_is_given" {
  command = apply

  variables {
    replication = { file_system_id = "fs-0fedcba9876543210", region = "us-east-1" }
  }

  assert {
    condition     = aws_efs_replication_configuration.this["copy"].source_file_system_id == aws_efs_file_system.this.id
    error_message = "something else is copied"
  }

  assert {
    condition     = aws_efs_replication_configuration.this["copy"].destination[0].file_system_id == "fs-0fedcba9876543210"
    error_message = "it is copied to elsewhere"
  }
}

run "refuses_the_copy_of_a_copy" {
  command = plan

  variables {
    copy        = true
    replication = { file_system_id = "fs-0fedcba9876543210", region = "us-east-1" }
  }

  expect_failures = [var.replication]
}

run "studio_is_let_in_by_the_network_alone" {
  command = apply

  variables {
    without_identity = { write = false }
  }

  assert {
    condition     = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Action if s.Effect == "Allow"] == [["elasticfilesystem:ClientMount"]]
    error_message = "who reads may write as well, or nobody is let in"
  }

  assert {
    condition     = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Condition.Bool if s.Effect == "Allow"] == [{ "elasticfilesystem:AccessedViaMountTarget" = "true" }]
    error_message = "somebody comes past the mount targets, which the security group guards"
  }

  assert {
    condition     = join(" ", sort([for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Sid if s.Effect == "Deny"])) == "DenyDeletion DenyPlaintextTransport DenyRoot"
    error_message = "somebody is root, or mounts in plain text"
  }
}

run "studio_writes_where_it_may" {
  command = apply

  variables {
    without_identity = { write = true }
  }

  assert {
    condition     = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Action if s.Effect == "Allow"] == [["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]]
    error_message = "users of Studio cannot write"
  }
}
