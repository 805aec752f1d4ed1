mock_provider "aws" {
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/fraud-detection-prd-workbench-us-east-1" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0" }
  }
}

variables {
  name          = "fraud-detection-prd-workbench"
  account       = "123456789012"
  region        = "us-east-1"
  vpc_id        = "vpc-0123456789abcdef0"
  subnet_id     = "subnet-0123456789abcdef0"
  image_id      = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  root_device   = "/dev/xvda"
  instance_type = "g5.2xlarge"
  key_arn       = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  root          = { gib = 100 }
  user_data     = "#!/bin/bash\necho hello\n"
  role_name     = "fraud-detection-prd-workbench-us-east-1"
  log_group     = { name = "/landform/fraud-detection-prd/workbench", retention_days = 365 }
  tags          = { system = "fraud-detection" }
  statements = [{
    sid        = "Metrics"
    actions    = ["cloudwatch:PutMetricData"]
    resources  = ["*"]
    conditions = { StringEquals = { "cloudwatch:namespace" = ["landform/fraud-detection"] } }
    }, {
    sid       = "Logs"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:aws:logs:us-east-1:123456789012:log-group:/landform/fraud-detection-prd/workbench:*"]
  }]
}

run "mounts_file_systems" {
  command = plan

  variables {
    file_systems = {
      homes = {
        security_group_id = "sg-0123456789abcdef0"
        ports             = [{ from = 2049, to = 2049 }]
        statements = [{
          sid        = "DataHomesMount"
          actions    = ["elasticfilesystem:ClientMount"]
          resources  = ["arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"]
          conditions = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = ["true"] } }
        }]
      }
      scratch = {
        security_group_id = "sg-0123456789abcdef1"
        ports             = [{ from = 988, to = 988 }, { from = 1018, to = 1023 }]
        calls_back        = true
      }
    }
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.mounts) == ["homes 2049", "scratch 1018", "scratch 988"] && keys(aws_vpc_security_group_ingress_rule.mounts) == keys(aws_vpc_security_group_egress_rule.mounts)
    error_message = "Both ends have a rule for each range of ports."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.mounts["scratch 1018"].security_group_id == "sg-0123456789abcdef1" && aws_vpc_security_group_ingress_rule.mounts["scratch 1018"].to_port == 1023
    error_message = "The file system lets the host in, and nobody else."
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.calls_back) == ["scratch 1018", "scratch 988"] && aws_vpc_security_group_ingress_rule.calls_back["scratch 988"].referenced_security_group_id == "sg-0123456789abcdef1"
    error_message = "Lustre alone calls back."
  }

  assert {
    condition     = keys(aws_iam_role_policy.machine_mounts) == ["homes"] && jsondecode(aws_iam_role_policy.machine_mounts["homes"].policy).Statement[0] == { Sid = "DataHomesMount", Effect = "Allow", Action = ["elasticfilesystem:ClientMount"], Resource = ["arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"], Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = ["true"] } } }
    error_message = "The role may what the statements say, where there are any."
  }
}
