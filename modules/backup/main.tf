resource "aws_backup_vault" "this" {
  name          = var.name
  kms_key_arn   = var.key_arn
  force_destroy = !var.protect
  tags          = { Name = var.name }
}

# What is kept ends by its own lifecycle. Whoever means to lose it sooner takes the policy away first.
resource "aws_backup_vault_policy" "this" {
  for_each = var.protect ? { protected = aws_backup_vault.this.name } : {}

  backup_vault_name = each.value
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "KeepRecoveryPoints"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = ["backup:DeleteBackupVault", "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
      Resource  = "*"
    }]
  })
}

# Governance can be lifted by those who may, and follows what is asked for. Neither lock has a longest time: what is kept
# longer than asked for breaks no promise.
resource "aws_backup_vault_lock_configuration" "governance" {
  for_each = var.locked == "governance" ? { this = aws_backup_vault.this.name } : {}

  backup_vault_name  = each.value
  min_retention_days = var.retention_days
}

# Compliance is lifted by nobody, AWS included, once three days have passed. Every change of a lock is another lock to the
# provider, which it could not make: the shortest time stays that of the first apply.
resource "aws_backup_vault_lock_configuration" "compliance" {
  for_each = var.locked == "compliance" ? { this = aws_backup_vault.this.name } : {}

  backup_vault_name   = each.value
  min_retention_days  = var.retention_days
  changeable_for_days = 3

  lifecycle {
    ignore_changes = [min_retention_days]
  }
}

# --- what fills it, in the region of what is kept

locals {
  filled = length(var.resources) > 0 ? { this = var.name } : {}
}

resource "aws_backup_plan" "this" {
  for_each = local.filled

  name = each.value

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 5 ? * * *)"
    start_window      = 60
    completion_window = 720

    lifecycle {
      delete_after = var.retention_days
    }

    dynamic "copy_action" {
      for_each = var.copies

      content {
        destination_vault_arn = copy_action.value

        lifecycle {
          delete_after = var.retention_days
        }
      }
    }
  }

  tags = { Name = var.name }
}

resource "aws_backup_selection" "this" {
  for_each = local.filled

  name         = var.name
  plan_id      = aws_backup_plan.this[each.key].id
  iam_role_arn = aws_iam_role.this[each.key].arn
  resources    = values(var.resources)

  # A job that starts before its role may do anything fails, and is not tried again until the next day.
  depends_on = [aws_iam_role_policy.backup_service]
}

resource "aws_iam_role" "this" {
  for_each = local.filled

  name                 = var.role_name
  description          = "What AWS Backup may do for ${var.name}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AwsBackup"
      Effect    = "Allow"
      Principal = { Service = "backup.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = { Name = var.role_name }
}

resource "aws_iam_role_policy" "backup_service" {
  for_each = aws_iam_role.this

  name = "backup"
  role = each.value.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in var.statements : merge(
        { Sid = statement.sid, Effect = "Allow", Action = statement.actions, Resource = statement.resources },
        length(statement.conditions) > 0 ? { Condition = statement.conditions } : {},
      )
    ]
  })
}
