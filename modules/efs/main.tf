locals {
  clients = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"]

  # Nothing else is allowed here: what a consumer may do stands with its role. A policy that allows nobody also ends what EFS
  # grants without one, full access to whoever reaches a mount target. Of conditions EFS knows these few only.
  denials = merge(
    {
      DenyPlaintextTransport = { Action = local.clients, Condition = { Bool = { "aws:SecureTransport" = "false" } } }
      DenyRoot               = { Action = ["elasticfilesystem:ClientRootAccess"] }
    },
    var.without_identity == null ? {
      DenyPastAccessPoints = { Action = local.clients, Condition = { Null = { "elasticfilesystem:AccessPointArn" = "true" } } }
    } : {},
    var.protect ? { DenyDeletion = { Action = ["elasticfilesystem:DeleteFileSystem"] } } : {},
  )

  # SageMaker Studio mounts without a role and an access point: then the rules of the security group alone decide who does,
  # and all whom they let in may read.
  admissions = var.without_identity == null ? {} : {
    AllowWhomTheNetworkLetsIn = {
      Action    = concat(["elasticfilesystem:ClientMount"], var.without_identity.write ? ["elasticfilesystem:ClientWrite"] : [])
      Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } }
    }
  }
}

resource "aws_efs_file_system" "this" {
  #checkov:skip=CKV2_AWS_18:a plan of the system selects each but copies, whose original it keeps, and those that the spec keeps out (backup = false); production_is_backed_up warns where production has no plan
  creation_token                  = var.name
  encrypted                       = true
  kms_key_id                      = var.key_arn
  throughput_mode                 = var.throughput_mibps == null ? "elastic" : "provisioned"
  provisioned_throughput_in_mibps = var.throughput_mibps
  tags                            = { Name = var.name }

  # EFS writes to nothing that is protected from it. Once it does, it says so in the same place.
  dynamic "protection" {
    for_each = toset(var.copy ? ["copy"] : [])

    content {
      replication_overwrite = "DISABLED"
    }
  }

  # EFS takes one transition to a block.
  dynamic "lifecycle_policy" {
    for_each = var.cold_after_days == null ? [] : ["AFTER_${var.cold_after_days}_DAY${var.cold_after_days == 1 ? "" : "S"}"]

    content {
      transition_to_ia = lifecycle_policy.value
    }
  }

  dynamic "lifecycle_policy" {
    for_each = var.cold_after_days == null ? [] : ["AFTER_1_ACCESS"]

    content {
      transition_to_primary_storage_class = lifecycle_policy.value
    }
  }

  lifecycle {
    ignore_changes = [protection]
  }
}

resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for sid, own in merge(local.denials, local.admissions) : merge(own, {
        Sid       = sid
        Effect    = startswith(sid, "Allow") ? "Allow" : "Deny"
        Principal = { AWS = "*" }
        Resource  = aws_efs_file_system.this.arn
      })
    ]
  })
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = var.backup ? "ENABLED" : "DISABLED"
  }
}

# --- its copy in another region, which EFS keeps minutes behind

resource "aws_efs_replication_configuration" "this" {
  for_each = var.replication == null ? {} : { copy = var.replication }

  source_file_system_id = aws_efs_file_system.this.id

  destination {
    file_system_id = each.value.file_system_id
    region         = each.value.region
  }
}

# --- how it is reached

resource "aws_security_group" "this" {
  for_each = var.network == null ? {} : { this = var.network.vpc_id }

  # Not the name alone: a host may have it.
  name        = "${var.name}-mounts"
  description = "Traffic of ${var.name}"
  vpc_id      = each.value
  tags        = { Name = "${var.name}-mounts" }
}

# Who mounts it brings the rule that lets it in.
resource "aws_efs_mount_target" "this" {
  for_each = var.network == null ? {} : var.network.subnets

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.this["this"].id]
}

# One for each consumer, so that each can be told apart and shut out alone. All lead to the same files, and whoever
# comes by one is the user that owns them: the login user of Amazon Linux and of Ubuntu has this number.
resource "aws_efs_access_point" "this" {
  for_each = var.consumers

  file_system_id = aws_efs_file_system.this.id
  tags           = { Name = "${var.name} ${each.key}" }

  posix_user {
    uid = 1000
    gid = 1000
  }

  root_directory {
    path = "/shared"

    creation_info {
      owner_uid   = 1000
      owner_gid   = 1000
      permissions = "0755"
    }
  }
}
