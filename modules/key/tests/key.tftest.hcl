mock_provider "aws" {}

variables {
  account = "123456789012"
  region  = "eu-west-1"
  keys = {
    data = {
      alias         = "alias/demo-prd-data"
      description   = "What the system stores"
      deletion_days = 30
    }
    logs = {
      alias         = "alias/demo-prd-logs"
      description   = "Log groups"
      log_groups    = ["arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/*"]
      deletion_days = 7
    }
    audit = {
      alias         = "alias/demo-prd-audit"
      description   = "The record of calls"
      trails        = ["arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-prd"]
      deletion_days = 30
    }
    lustre = {
      alias         = "alias/demo-prd-lustre"
      description   = "Buckets that are linked"
      lustre        = true
      deletion_days = 30
    }
    disks = {
      alias         = "alias/demo-prd-disks"
      description   = "Disks of machines"
      disks         = true
      deletion_days = 30
    }
  }
}

run "every_key_rotates_and_waits_before_it_is_gone" {
  command = plan

  assert {
    condition     = alltrue([for key in aws_kms_key.this : key.enable_key_rotation])
    error_message = "a key does not rotate"
  }

  assert {
    condition     = aws_kms_key.this["data"].deletion_window_in_days == 30 && aws_kms_key.this["logs"].deletion_window_in_days == 7
    error_message = "a key has another deletion window than asked for"
  }

  assert {
    condition     = output.aliases == { audit = "alias/demo-prd-audit", data = "alias/demo-prd-data", disks = "alias/demo-prd-disks", logs = "alias/demo-prd-logs", lustre = "alias/demo-prd-lustre" }
    error_message = "aliases are not passed through"
  }
}

run "each_key_admits_only_whom_it_is_for" {
  command = plan

  assert {
    condition = { for name, key in aws_kms_key.this : name => [for statement in jsondecode(key.policy).Statement : statement.Sid] } == {
      data   = ["DelegateToIdentityPolicies"]
      logs   = ["DelegateToIdentityPolicies", "CloudWatchLogs"]
      audit  = ["DelegateToIdentityPolicies", "CloudTrailEncrypts", "CloudTrailDescribes"]
      disks  = ["DelegateToIdentityPolicies", "DisksOfGroupsAndSpot", "GrantsForAttachedDisks"]
      lustre = ["DelegateToIdentityPolicies", "BucketsOfLustre"]
    }
    error_message = "a key policy has a statement too many or too few"
  }

  assert {
    condition = alltrue(flatten([
      for key in aws_kms_key.this : [
        for statement in jsondecode(key.policy).Statement :
        can(statement.Condition) || statement.Principal == { AWS = "arn:aws:iam::123456789012:root" }
      ]
    ]))
    error_message = "somebody but the account itself is admitted without a condition"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this["logs"].policy).Statement[1].Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] == ["arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/*"]
    error_message = "log groups other than ours may be encrypted with the key"
  }

  assert {
    condition = alltrue([
      for statement in slice(jsondecode(aws_kms_key.this["audit"].policy).Statement, 1, 3) :
      statement.Condition.StringEquals["aws:SourceArn"] == ["arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-prd"]
    ])
    error_message = "trails other than ours may be encrypted with the key"
  }
}

run "a_grant_is_for_aws_alone" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this["disks"].policy).Statement :
      try(statement.Condition.Bool["kms:GrantIsForAWSResource"], "any") if contains(flatten([statement.Action]), "kms:CreateGrant")
    ] == ["true"]
    error_message = "a grant may go to something other than an AWS resource"
  }

  assert {
    condition = alltrue([
      for statement in slice(jsondecode(aws_kms_key.this["disks"].policy).Statement, 1, 3) :
      statement.Condition.StringEquals["kms:CallerAccount"] == "123456789012" && length(statement.Condition.ArnLike["aws:PrincipalArn"]) == 2
    ])
    error_message = "disks may be read by more than the two service-linked roles of the account"
  }
}

run "no_key_at_all" {
  command = plan

  variables {
    keys = {}
  }

  assert {
    condition     = length(aws_kms_key.this) == 0
    error_message = "a key stands that nobody asked for"
  }
}

run "refuses_what_kms_refuses" {
  command = plan

  variables {
    keys = {
      data = { alias = "demo-prd-data", description = "x", deletion_days = 3 }
    }
  }

  expect_failures = [var.keys]
}

run "refuses_an_alias_of_aws" {
  command = plan

  variables {
    keys = {
      data = { alias = "alias/aws/s3", description = "x", deletion_days = 30 }
    }
  }

  expect_failures = [var.keys]
}

run "refuses_one_alias_for_two_keys" {
  command = plan

  variables {
    keys = {
      data = { alias = "alias/demo", description = "x", deletion_days = 30 }
      logs = { alias = "alias/demo", description = "y", deletion_days = 30 }
    }
  }

  expect_failures = [var.keys]
}

run "refuses_a_log_group_elsewhere" {
  command = plan

  variables {
    keys = {
      logs = {
        alias         = "alias/demo"
        description   = "x"
        deletion_days = 30
        log_groups    = ["arn:aws:logs:us-east-1:123456789012:log-group:/demo/*"]
      }
    }
  }

  expect_failures = [var.keys]
}

run "refuses_a_trail_by_pattern" {
  command = plan

  variables {
    keys = {
      audit = {
        alias         = "alias/demo"
        description   = "x"
        deletion_days = 30
        trails        = ["arn:aws:cloudtrail:eu-west-1:123456789012:trail/*"]
      }
    }
  }

  expect_failures = [var.keys]
}

run "refuses_an_account_that_lost_its_zero" {
  command = plan

  variables {
    account = "12345678901"
    keys    = {}
  }

  expect_failures = [var.account]
}

run "refuses_a_zone_as_region" {
  command = plan

  variables {
    region = "eu-west-1a"
    keys   = {}
  }

  expect_failures = [var.region]
}

run "a_key_of_topics_opens_for_what_publishes_to_them" {
  command = plan

  variables {
    keys = {
      shared = {
        alias         = "alias/demo-prd/shared"
        description   = "What has no key of its own"
        topics        = ["arn:aws:sns:eu-west-1:123456789012:demo-prd-pager"]
        log_detectors = true
        deletion_days = 30
      }
    }
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this["shared"].policy).Statement :
      statement.Condition.StringEquals["kms:EncryptionContext:aws:sns:topicArn"] == ["arn:aws:sns:eu-west-1:123456789012:demo-prd-pager"]
      if contains(["AlarmsPublish", "RulesPublish"], statement.Sid)
    ])
    error_message = "A service could use the key for another topic."
  }

  assert {
    condition     = contains([for statement in jsondecode(aws_kms_key.this["shared"].policy).Statement : try(statement.Condition.StringEquals["aws:SourceAccount"], "") if statement.Sid == "AlarmsPublish"], "123456789012")
    error_message = "Another account's alarms could use the key."
  }

  # KMS refuses conditions on the source of what EventBridge publishes.
  assert {
    condition     = alltrue([for statement in jsondecode(aws_kms_key.this["shared"].policy).Statement : !can(statement.Condition.StringEquals["aws:SourceAccount"]) if statement.Sid == "RulesPublish"])
    error_message = "Events would never arrive."
  }

  assert {
    condition     = length([for statement in jsondecode(aws_kms_key.this["shared"].policy).Statement : statement if startswith(statement.Sid, "Detectors")]) == 3
    error_message = "Detectors of unusual lines could not keep what they find."
  }
}

run "a_topic_of_another_region_is_refused" {
  command = plan

  variables {
    keys = {
      shared = {
        alias         = "alias/demo-prd/shared"
        description   = "What has no key of its own"
        topics        = ["arn:aws:sns:us-east-1:123456789012:demo-prd-pager"]
        deletion_days = 30
      }
    }
  }

  expect_failures = [var.keys]
}
