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

run "the_least" {
  command = plan

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata is to be had with a token and on the host only."
  }

  assert {
    condition     = aws_instance.this.metadata_options[0].http_tokens == "required" && aws_instance.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "The instance says the same as its template."
  }

  assert {
    condition     = one(aws_launch_template.this.block_device_mappings).device_name == "/dev/xvda" && one(one(aws_launch_template.this.block_device_mappings).ebs).encrypted == "true" && one(one(aws_launch_template.this.block_device_mappings).ebs).kms_key_id == var.key_arn
    error_message = "The root disk is the image's own, encrypted with the given key."
  }

  assert {
    condition     = aws_launch_template.this.image_id == var.image_id && aws_launch_template.this.user_data == base64gzip(var.user_data)
    error_message = "The template launches the image with the user data."
  }

  assert {
    condition     = length(aws_ebs_volume.data) == 0 && output.volume_id == null
    error_message = "No data disk unless asked for."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.this) == 0 && length(aws_vpc_security_group_egress_rule.this) == 0
    error_message = "No rule unless asked for."
  }

  assert {
    condition     = length(aws_launch_template.this.instance_market_options) == 0 && aws_instance.this.disable_api_termination
    error_message = "On-demand and protected, unless said otherwise."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
    error_message = "EC2 alone assumes the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.machine_edges.policy).Statement[0].Condition == { StringEquals = { "cloudwatch:namespace" = ["landform/fraud-detection"] } }
    error_message = "Conditions stand in the policy."
  }

  assert {
    condition     = !can(jsondecode(aws_iam_role_policy.machine_edges.policy).Statement[1].Condition)
    error_message = "A statement without conditions has no Condition: IAM takes an empty one for an error of the writer."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.key_arn && aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "The log group is encrypted and kept as long as said."
  }
}

run "spot_stops_and_comes_back" {
  command = plan

  variables {
    purchase = "spot"
  }

  assert {
    condition     = one(one(aws_launch_template.this.instance_market_options).spot_options).spot_instance_type == "persistent" && one(one(aws_launch_template.this.instance_market_options).spot_options).instance_interruption_behavior == "stop"
    error_message = "An interruption stops the machine."
  }

  assert {
    condition     = !aws_instance.this.disable_api_termination
    error_message = "EC2 refuses termination protection for spot."
  }

  assert {
    condition     = toset(aws_launch_template.this.tag_specifications[*].resource_type) == toset(["network-interface", "spot-instances-request", "volume"])
    error_message = "The request is tagged too."
  }
}

run "on_demand_tags_no_spot_request" {
  command = plan

  assert {
    condition     = toset(aws_launch_template.this.tag_specifications[*].resource_type) == toset(["network-interface", "volume"])
    error_message = "EC2 refuses tags of a spot request that is not made."
  }

  assert {
    condition     = alltrue([for t in aws_launch_template.this.tag_specifications : t.tags == tomap({ Name = var.name, system = "fraud-detection" })])
    error_message = "What EC2 makes on launch carries the tags."
  }
}

run "data_disk" {
  command = apply

  variables {
    data = { gib = 500, type = "io2", iops = 16000 }
  }

  assert {
    condition     = aws_ebs_volume.data["data"].encrypted && aws_ebs_volume.data["data"].kms_key_id == var.key_arn && aws_ebs_volume.data["data"].final_snapshot
    error_message = "The data disk is encrypted, and a protected one leaves a snapshot."
  }

  assert {
    condition     = aws_ebs_volume.data["data"].availability_zone == aws_instance.this.availability_zone
    error_message = "The disk lies where the machine does."
  }

  assert {
    condition     = aws_volume_attachment.data["data"].device_name == "/dev/sdf" && aws_volume_attachment.data["data"].stop_instance_before_detaching
    error_message = "Attached by the name that the host looks for, detached from a stopped host only."
  }

  assert {
    condition     = output.volume_id == aws_ebs_volume.data["data"].id
    error_message = "The disk is an output."
  }
}

run "new_user_data_keeps_the_data_disk" {
  command = apply

  variables {
    data      = { gib = 500, type = "io2", iops = 16000 }
    user_data = "#!/bin/bash\necho changed\n"
  }

  assert {
    condition     = output.volume_id == run.data_disk.volume_id
    error_message = "The data disk outlives the machine."
  }

  assert {
    condition     = output.instance_id != run.data_disk.instance_id
    error_message = "New user data makes a new machine."
  }
}

run "new_tags_keep_the_machine" {
  command = apply

  variables {
    data      = { gib = 500, type = "io2", iops = 16000 }
    user_data = "#!/bin/bash\necho changed\n"
    tags      = { system = "fraud-detection", cost-centre = "4711" }
  }

  assert {
    condition     = output.instance_id == run.new_user_data_keeps_the_data_disk.instance_id
    error_message = "A tag is no reason to replace a machine."
  }
}

run "rules" {
  command = plan

  variables {
    ingress = { jupyter = { port = 8888, protocol = "tcp", cidrs = ["10.20.0.0/16", "10.21.0.0/16"] } }
    egress = {
      https = { port = 443, cidrs = ["0.0.0.0/0"] }
      s3    = { port = 443, prefix_list_ids = ["pl-63a5400a"] }
    }
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.this)) == toset(["jupyter 10.20.0.0/16", "jupyter 10.21.0.0/16"])
    error_message = "A rule for each block."
  }

  assert {
    condition     = alltrue([for r in aws_vpc_security_group_ingress_rule.this : r.from_port == 8888 && r.to_port == 8888 && r.ip_protocol == "tcp"])
    error_message = "A rule opens its port alone."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.this["s3 list 0"].prefix_list_id == "pl-63a5400a" && aws_vpc_security_group_egress_rule.this["s3 list 0"].cidr_ipv4 == null
    error_message = "A prefix list is a destination of its own."
  }
}

run "unprotected" {
  command = plan

  variables {
    protect = false
    data    = { gib = 10 }
  }

  assert {
    condition     = !aws_instance.this.disable_api_termination && !aws_ebs_volume.data["data"].final_snapshot
    error_message = "What is not protected goes without a trace."
  }
}

run "refuses_ssh_to_half_the_world" {
  command = plan

  variables {
    ingress = { ssh = { port = 22, cidrs = ["0.0.0.0/1", "128.0.0.0/1"] } }
  }

  expect_failures = [var.ingress]
}

run "refuses_what_is_no_block" {
  command = plan

  variables {
    ingress = { web = { port = 80, cidrs = ["::/0"] } }
    egress  = { web = { port = 80, cidrs = ["anywhere"] } }
  }

  expect_failures = [var.ingress, var.egress]
}

run "refuses_a_wildcard_action" {
  command = plan

  variables {
    statements = [{ sid = "All", actions = ["s3:*"], resources = ["arn:aws:s3:::x"] }]
  }

  expect_failures = [var.statements]
}

run "refuses_no_statements" {
  command = plan

  variables {
    statements = []
  }

  expect_failures = [var.statements]
}

run "refuses_a_policy_that_iam_would_refuse" {
  command = plan

  variables {
    statements = [{ sid = "Long", actions = ["s3:GetObject"], resources = [for i in range(300) : "arn:aws:s3:::a-bucket-with-a-long-name-${i}/*"] }]
  }

  expect_failures = [aws_iam_role_policy.machine_edges]
}

run "refuses_user_data_that_ec2_would_refuse" {
  command = plan

  variables {
    # Digests hardly compress: 51,200 characters become more than 25,600 bytes.
    user_data = "#!/bin/bash\n${join("", [for i in range(800) : sha256(tostring(i))])}"
  }

  expect_failures = [var.user_data]
}

run "takes_user_data_that_fits_once_compressed" {
  command = plan

  variables {
    user_data = "#!/bin/bash\n${join("", [for i in range(400) : sha256(tostring(i))])}"
  }

  assert {
    condition     = length(var.user_data) > 16384 && aws_launch_template.this.user_data == base64gzip(var.user_data)
    error_message = "What counts is the size of the compressed script."
  }
}

run "refuses_a_key_of_another_region" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }

  expect_failures = [var.key_arn]
}

run "refuses_disks_that_ebs_would_refuse" {
  command = plan

  variables {
    root = { gib = 4, type = "io2" }
    data = { gib = 10, type = "gp3", device = "/dev/sda1" }
  }

  expect_failures = [var.root, var.data]
}

run "refuses_names_that_aws_would_refuse" {
  command = plan

  variables {
    name          = "Workbench"
    image_id      = "al2023"
    instance_type = "large"
    purchase      = "reserved"
    role_name     = "a role"
    log_group     = { name = "/landform/x", retention_days = 10 }
    root_device   = "/dev/nvme0n1"
    account       = "12345"
  }

  expect_failures = [
    var.name, var.image_id, var.instance_type, var.purchase, var.role_name, var.log_group, var.root_device, var.account,
  ]
}
