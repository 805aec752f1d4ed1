mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/demo-prd-backup-us-east-1" }
  }
}

variables {
  name           = "demo-prd"
  key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  retention_days = 35
  role_name      = "demo-prd-backup-us-east-1"
  resources      = { "data.features" = "arn:aws:dynamodb:us-east-1:123456789012:table/demo-prd-features" }
  copies         = { eu-west-1 = "arn:aws:backup:eu-west-1:123456789012:backup-vault:demo-prd" }
  statements     = [{ sid = "KeepTables", actions = ["dynamodb:StartAwsBackupJob"], resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/demo-prd-features"] }]
}

run "what_is_named_is_kept_daily_and_copied" {
  command = plan

  assert {
    condition     = one(aws_backup_plan.this["this"].rule).lifecycle[0].delete_after == 35
    error_message = "It is kept for another time."
  }

  assert {
    condition     = [for copy in one(aws_backup_plan.this["this"].rule).copy_action : copy.destination_vault_arn] == ["arn:aws:backup:eu-west-1:123456789012:backup-vault:demo-prd"]
    error_message = "It is not copied to where it is to be."
  }

  assert {
    condition     = aws_backup_selection.this["this"].resources == toset(["arn:aws:dynamodb:us-east-1:123456789012:table/demo-prd-features"])
    error_message = "Something else is kept."
  }
}

run "production_refuses_to_lose_it" {
  command = plan

  assert {
    condition     = !aws_backup_vault.this.force_destroy && strcontains(aws_backup_vault_policy.this["protected"].policy, "backup:DeleteRecoveryPoint")
    error_message = "Recovery points can be deleted."
  }
}

run "elsewhere_it_goes_with_the_vault" {
  command = plan

  variables {
    protect = false
  }

  assert {
    condition     = aws_backup_vault.this.force_destroy && length(aws_backup_vault_policy.this) == 0
    error_message = "A test system cannot be torn down."
  }
}

run "a_vault_of_copies_has_no_plan_and_no_role" {
  command = plan

  variables {
    resources  = {}
    statements = []
    copies     = {}
  }

  assert {
    condition     = length(aws_backup_plan.this) == 0 && length(aws_iam_role.this) == 0 && length(aws_backup_selection.this) == 0
    error_message = "A vault of copies fills itself."
  }
}

run "compliance_cannot_be_lifted_after_three_days" {
  command = plan

  variables {
    locked = "compliance"
  }

  assert {
    condition     = [for lock in aws_backup_vault_lock_configuration.compliance : "${lock.changeable_for_days} ${lock.min_retention_days}"] == ["3 35"] && length(aws_backup_vault_lock_configuration.governance) == 0
    error_message = "The lock is another."
  }

  assert {
    condition     = [for lock in aws_backup_vault_lock_configuration.compliance : lock.max_retention_days if lock.max_retention_days != null] == []
    error_message = "The lock, which nobody can change, refuses backups of a longer time."
  }
}

run "governance_can" {
  command = plan

  variables {
    locked = "governance"
  }

  assert {
    condition     = [for lock in aws_backup_vault_lock_configuration.governance : lock.changeable_for_days if lock.changeable_for_days != null] == [] && length(aws_backup_vault_lock_configuration.governance) == 1 && length(aws_backup_vault_lock_configuration.compliance) == 0
    error_message = "A lock of governance would become one of compliance."
  }
}

run "a_vault_is_locked_for_compliance" {
  variables {
    locked = "compliance"
  }
}

run "and_keeps_longer_later_under_the_same_lock" {
  variables {
    locked         = "compliance"
    retention_days = 90
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.compliance["this"].min_retention_days == 35 && [for rule in aws_backup_plan.this["this"].rule : rule.lifecycle[0].delete_after] == [90]
    error_message = "A lock that nobody can change would be another, or backups are kept no longer than before."
  }
}

run "refuses_an_unknown_lock" {
  command = plan

  variables {
    locked = "forever"
  }

  expect_failures = [var.locked]
}

run "refuses_a_time_that_there_is_not" {
  command = plan

  variables {
    retention_days = 0
  }

  expect_failures = [var.retention_days]
}

run "refuses_to_keep_without_a_permission" {
  command = plan

  variables {
    statements = []
  }

  expect_failures = [var.statements]
}

run "refuses_a_wildcard" {
  command = plan

  variables {
    statements = [{ sid = "All", actions = ["dynamodb:*"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}
