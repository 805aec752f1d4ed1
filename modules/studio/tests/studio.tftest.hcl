mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_sagemaker_studio_lifecycle_config" {
    defaults = { arn = "arn:aws:sagemaker:eu-west-1:123456789012:studio-lifecycle-config/mock" }
  }
}

variables {
  name         = "demo-prd-studio"
  account      = "123456789012"
  region       = "eu-west-1"
  vpc_id       = "vpc-0a1b2c3d"
  subnets      = { euw1-az1 = "subnet-0a1b2c3d", euw1-az2 = "subnet-0d4e5f6a" }
  egress       = { https = { port = 443, cidrs = ["0.0.0.0/0"] }, home = { port = 2049, cidrs = ["10.0.0.0/18"] } }
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  role_name    = "demo-prd-studio-eu-west-1"
  instance     = "ml.t3.medium"
  disk_gib     = 20
  idle_minutes = 90
  log_days     = 365
  environment  = { LANDFORM_DATA_ROWS = "demo-prd-rows", LANDFORM_ODD = "it's $HOME" }

  users = {
    ana = {
      profile    = "demo-prd-ana"
      space      = "demo-prd-ana-space"
      login      = "ana@example.com"
      role_name  = "demo-prd-studio-ana-eu-west-1"
      statements = [{ sid = "Data", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo/*"] }]
    }
    ben = {
      profile    = "demo-prd-ben"
      space      = "demo-prd-ben-space"
      login      = "ben@example.com"
      role_name  = "demo-prd-studio-ben-eu-west-1"
      statements = [{ sid = "Data", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo/*"] }]
    }
  }
}

run "apps_stay_in_the_network_under_the_key" {
  command = apply

  assert {
    condition     = aws_sagemaker_domain.this.app_network_access_type == "VpcOnly" && aws_sagemaker_domain.this.kms_key_id == var.key_arn
    error_message = "apps have a way to the internet of their own, or disks without the key given"
  }

  assert {
    condition     = length(aws_sagemaker_domain.this.subnet_ids) == 2
    error_message = "apps do not stand in every zone"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["this"].retention_in_days == 365 && aws_cloudwatch_log_group.this["this"].kms_key_id == var.key_arn
    error_message = "what apps say is kept for ever, or without the key given"
  }
}

run "nothing_stays_when_the_domain_goes" {
  command = plan

  assert {
    condition     = aws_sagemaker_domain.this.retention_policy[0].home_efs_file_system == "Delete"
    error_message = "the file system of the domain would outlive it, and keep the subnets"
  }

  assert {
    condition     = aws_sagemaker_domain.this.default_user_settings[0].auto_mount_home_efs == "Disabled" && alltrue([for p in aws_sagemaker_user_profile.this : p.user_settings[0].auto_mount_home_efs == "Disabled"])
    error_message = "somebody could keep something in a file system that goes with the domain"
  }
}

run "everybody_has_a_role_of_their_own" {
  command = apply

  assert {
    condition     = length(aws_iam_role.user) == 2 && aws_iam_role.user["ana"].name != aws_iam_role.user["ben"].name
    error_message = "two users share a role"
  }

  assert {
    condition     = jsondecode(aws_iam_role.user["ana"].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == var.account
    error_message = "any customer of SageMaker could use the role"
  }

  assert {
    condition     = aws_sagemaker_space.this["ana"].ownership_settings[0].owner_user_profile_name == "demo-prd-ana" && aws_sagemaker_space.this["ana"].space_sharing_settings[0].sharing_type == "Private"
    error_message = "a space is open to others"
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.studio_more) == 0
    error_message = "a policy stands that nobody asked for"
  }
}

run "idle_apps_end" {
  command = plan

  assert {
    condition     = aws_sagemaker_domain.this.default_user_settings[0].jupyter_lab_app_settings[0].app_lifecycle_management[0].idle_settings[0].lifecycle_management == "ENABLED"
    error_message = "apps run, and cost, until somebody thinks of them"
  }

  assert {
    condition     = aws_sagemaker_space.this["ben"].space_settings[0].jupyter_lab_app_settings[0].app_lifecycle_management[0].idle_settings[0].idle_timeout_in_minutes == 90
    error_message = "a space has another time than the domain"
  }
}

run "apps_are_told" {
  command = plan

  assert {
    condition     = strcontains(base64decode(aws_sagemaker_studio_lifecycle_config.this.studio_lifecycle_config_content), "export LANDFORM_DATA_ROWS='demo-prd-rows'")
    error_message = "terminals do not know the bucket"
  }

  assert {
    condition     = strcontains(base64decode(aws_sagemaker_studio_lifecycle_config.this.studio_lifecycle_config_content), "export LANDFORM_ODD='it'\\''s $HOME'")
    error_message = "a value would be read by the shell"
  }
}

run "file_systems_are_mounted_beside" {
  command = apply

  variables {
    file_systems = { homes = { security_group_id = "sg-0a1b2c3d", ports = [{ from = 2049, to = 2049 }] } }
    mounts       = { "/team" = { file_system_id = "fs-0123456789abcdef0", directory = "/shared" } }
  }

  assert {
    condition     = one(aws_sagemaker_user_profile.this["ana"].user_settings[0].custom_file_system_config).efs_file_system_config[0].file_system_path == "/shared"
    error_message = "users see another folder than everybody else"
  }

  assert {
    condition     = one(aws_sagemaker_space.this["ana"].space_settings[0].custom_file_system).efs_file_system[0].file_system_id == "fs-0123456789abcdef0"
    error_message = "the space mounts nothing"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.mounts) == 1 && length(aws_vpc_security_group_egress_rule.mounts) == 1
    error_message = "apps and the file system do not reach each other"
  }

  assert {
    condition     = strcontains(base64decode(aws_sagemaker_studio_lifecycle_config.this.studio_lifecycle_config_content), "/mnt/custom-file-systems/efs/fs-0123456789abcdef0 /team")
    error_message = "no link leads from the path that the spec names"
  }
}

run "canvas_has_a_place_for_each_user" {
  command = plan

  variables {
    canvas = { bucket = "demo-prd-canvas" }
  }

  assert {
    condition     = aws_sagemaker_user_profile.this["ana"].user_settings[0].canvas_app_settings[0].workspace_settings[0].s3_artifact_path == "s3://demo-prd-canvas/canvas/studio-ana"
    error_message = "users of Canvas share a place"
  }

  assert {
    condition     = aws_sagemaker_user_profile.this["ana"].user_settings[0].canvas_app_settings[0].direct_deploy_settings[0].status == "DISABLED"
    error_message = "Canvas puts models in force past the system"
  }
}

run "people_of_the_identity_center_are_known_by_their_names_there" {
  command = plan

  variables {
    auth = "sso"
  }

  assert {
    condition     = aws_sagemaker_domain.this.auth_mode == "SSO" && aws_sagemaker_user_profile.this["ana"].single_sign_on_user_value == "ana@example.com"
    error_message = "a profile is nobody's"
  }
}

run "what_is_too_long_for_one_policy_stands_in_two" {
  command = apply

  variables {
    users = {
      ana = {
        profile    = "demo-prd-ana"
        space      = "demo-prd-ana-space"
        login      = "ana"
        role_name  = "demo-prd-studio-ana-eu-west-1"
        statements = [{ sid = "Data", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo/*"] }]
        more       = [[{ sid = "More", actions = ["s3:PutObject"], resources = ["arn:aws:s3:::demo/*"] }]]
      }
    }
  }

  assert {
    condition     = aws_iam_policy.studio_more["ana 2"].name == "demo-prd-studio-ana-eu-west-1-2" && length(aws_iam_role_policy_attachment.studio_more) == 1
    error_message = "a permission is lost"
  }
}

run "somebody_else_keeps_the_log_group" {
  command = plan

  variables {
    log_days = null
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 0
    error_message = "the group of all domains would be made a second time"
  }
}

run "refuses_an_idle_time_that_sagemaker_would_refuse" {
  command = plan

  variables {
    idle_minutes = 30
  }

  expect_failures = [var.idle_minutes]
}

run "refuses_wildcards" {
  command = plan

  variables {
    users = {
      ana = {
        profile    = "demo-prd-ana"
        space      = "demo-prd-ana-space"
        login      = "ana"
        role_name  = "demo-prd-studio-ana-eu-west-1"
        statements = [{ sid = "Data", actions = ["s3:*"], resources = ["arn:aws:s3:::demo/*"] }]
      }
    }
  }

  expect_failures = [var.users]
}
