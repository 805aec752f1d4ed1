mock_provider "aws" {
  mock_resource "aws_fsx_lustre_file_system" {
    defaults = { id = "fs-0123456789abcdef0", dns_name = "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com", mount_name = "abcdef01" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0123456789abcdef0" }
  }
}

variables {
  name               = "demo-prd-scratch"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  vpc_id             = "vpc-0123456789abcdef0"
  subnet_id          = "subnet-0123456789abcdef0"
  size_gib           = 4800
  throughput_per_tib = 250
}

run "persistent_and_encrypted" {
  command = apply

  assert {
    condition     = aws_fsx_lustre_file_system.this.deployment_type == "PERSISTENT_2" && aws_fsx_lustre_file_system.this.kms_key_id == var.key_arn && aws_fsx_lustre_file_system.this.per_unit_storage_throughput == 250
    error_message = "it is not persistent, not as fast or not encrypted with the key given"
  }

  assert {
    condition     = aws_fsx_lustre_file_system.this.automatic_backup_retention_days == 7 && !aws_fsx_lustre_file_system.this.skip_final_backup
    error_message = "nothing backs it up"
  }

  assert {
    condition     = output.source == "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com@tcp:/abcdef01"
    error_message = "clients mount something else"
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.servers) == ["lnet", "more"] && keys(aws_vpc_security_group_egress_rule.servers) == ["lnet", "more"]
    error_message = "the servers cannot talk to each other"
  }
}

run "scratch_has_neither_key_nor_backup" {
  command = plan

  variables {
    throughput_per_tib = null
    size_gib           = 1200
  }

  assert {
    condition     = aws_fsx_lustre_file_system.this.deployment_type == "SCRATCH_2" && aws_fsx_lustre_file_system.this.automatic_backup_retention_days == 0 && aws_fsx_lustre_file_system.this.skip_final_backup
    error_message = "FSx refuses a scratch file system with a backup"
  }
}

run "buckets_are_folders" {
  command = apply

  variables {
    repositories = {
      transactions = { bucket = "demo-transactions", loads = true, exports = false }
      models       = { bucket = "demo-models", loads = false, exports = true }
    }
  }

  assert {
    condition     = aws_fsx_data_repository_association.this["transactions"].data_repository_path == "s3://demo-transactions" && aws_fsx_data_repository_association.this["transactions"].file_system_path == "/transactions" && aws_fsx_data_repository_association.this["transactions"].batch_import_meta_data_on_create
    error_message = "the bucket is not seen under its name"
  }

  assert {
    condition     = length(aws_fsx_data_repository_association.this["transactions"].s3[0].auto_export_policy) == 0 && length(aws_fsx_data_repository_association.this["models"].s3[0].auto_import_policy) == 0
    error_message = "a bucket is exported to that is to be loaded from alone, or the other way round"
  }

  assert {
    condition     = !contains(aws_fsx_data_repository_association.this["models"].s3[0].auto_export_policy[0].events, "DELETED")
    error_message = "a deletion goes on into the bucket"
  }

  assert {
    condition     = aws_fsx_lustre_file_system.this.automatic_backup_retention_days == 0
    error_message = "FSx backs up no file system that is linked to a bucket"
  }
}

run "refuses_a_size_between_the_steps" {
  command = plan

  variables {
    size_gib = 3600
  }

  expect_failures = [var.size_gib]
}
