mock_provider "aws" {
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/fraud-detection-prd-graph-us-east-1" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0" }
  }
}

variables {
  name           = "fraud-detection-prd-graph"
  account        = "123456789012"
  region         = "us-east-1"
  vpc_id         = "vpc-0123456789abcdef0"
  subnets        = { use1-az1 = "subnet-0123456789abcdef0", use1-az2 = "subnet-0123456789abcdef1" }
  image_id       = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  root_device    = "/dev/xvda"
  size           = { min = 0, max = 8, desired = 2 }
  instance_types = ["g5.12xlarge", "g4dn.12xlarge", "g6.12xlarge"]
  key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  root           = { gib = 100 }
  user_data      = "#!/bin/bash\necho hello\n"
  role_name      = "fraud-detection-prd-graph-us-east-1"
  log_group      = { name = "/landform/fraud-detection-prd/graph", retention_days = 365 }
  tags           = { system = "fraud-detection" }
  statements = [{
    sid        = "Metrics"
    actions    = ["cloudwatch:PutMetricData"]
    resources  = ["*"]
    conditions = { StringEquals = { "cloudwatch:namespace" = ["landform/fraud-detection"] } }
    }, {
    sid       = "Logs"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:aws:logs:us-east-1:123456789012:log-group:/landform/fraud-detection-prd/graph:*"]
  }]
}

run "the_least" {
  command = plan

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata is to be had with a token and on the host only."
  }

  assert {
    condition     = alltrue([for d in aws_launch_template.this.block_device_mappings : d.ebs[0].encrypted == "true" && d.ebs[0].kms_key_id == var.key_arn])
    error_message = "Every disk is encrypted with the given key."
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].launch_template[0].override[*].instance_type == var.instance_types
    error_message = "Every type is a pool, in the order given."
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 100 && !aws_autoscaling_group.this.capacity_rebalance
    error_message = "All on-demand unless a share of spot is asked for."
  }

  assert {
    condition     = aws_autoscaling_group.this.vpc_zone_identifier == toset(values(var.subnets))
    error_message = "The group lies in all subnets."
  }

  assert {
    condition     = aws_autoscaling_group.this.min_size == 0 && aws_autoscaling_group.this.max_size == 8 && aws_autoscaling_group.this.desired_capacity == 2
    error_message = "The group has the size asked for."
  }

  assert {
    condition     = aws_autoscaling_group.this.wait_for_capacity_timeout == "0" && aws_autoscaling_group.this.suspended_processes == toset(["AZRebalance"])
    error_message = "Applying waits for no capacity, and no node is ended for the balance of zones."
  }

  assert {
    condition     = { for t in aws_autoscaling_group.this.tag : t.key => t.value if t.propagate_at_launch } == { Name = var.name, system = "fraud-detection" }
    error_message = "The nodes carry the tags."
  }

  assert {
    condition     = toset(aws_launch_template.this.tag_specifications[*].resource_type) == toset(["network-interface", "volume"])
    error_message = "Disks and interfaces carry the tags; a group that mixes must not tag spot requests."
  }

  assert {
    condition     = length(aws_placement_group.this) == 0 && length(aws_vpc_security_group_ingress_rule.self) == 0 && length(aws_vpc_security_group_egress_rule.self) == 0
    error_message = "The nodes are strangers to each other unless said otherwise."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
    error_message = "EC2 alone assumes the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.fleet_edges.policy).Statement[0].Condition == { StringEquals = { "cloudwatch:namespace" = ["landform/fraud-detection"] } }
    error_message = "Conditions stand in the policy."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.key_arn
    error_message = "The log group is encrypted."
  }
}

run "a_node_that_goes_saves_first" {
  command = plan

  assert {
    condition     = one(aws_autoscaling_group.this.initial_lifecycle_hook).lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING" && one(aws_autoscaling_group.this.initial_lifecycle_hook).default_result == "CONTINUE"
    error_message = "A node has time to save, and none is kept for ever."
  }

  # The host beats every 240 s while it saves.
  assert {
    condition     = one(aws_autoscaling_group.this.initial_lifecycle_hook).heartbeat_timeout >= 2 * 240
    error_message = "One lost heartbeat does not end the wait."
  }

  # `watch` gives the last save an hour.
  assert {
    condition     = !aws_autoscaling_group.this.force_delete && aws_autoscaling_group.this.timeouts.delete == "75m"
    error_message = "A protected group drains, however long that takes."
  }
}

run "mostly_spot" {
  command = plan

  variables {
    spot_percent   = 80
    on_demand_base = 1
    protect        = false
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 20 && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_base_capacity == 1
    error_message = "80 percent of spot are 20 percent of on-demand above the base."
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].spot_allocation_strategy == "price-capacity-optimized" && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_allocation_strategy == "prioritized"
    error_message = "Spot goes where capacity is cheap and lasting, on-demand by the order given."
  }

  assert {
    condition     = aws_autoscaling_group.this.capacity_rebalance && aws_autoscaling_group.this.force_delete
    error_message = "Spot nodes are replaced before they go."
  }
}

run "all_spot" {
  command = plan

  variables {
    spot_percent = 100
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 0
    error_message = "100 percent of spot leave no on-demand above the base."
  }
}

run "close_together" {
  command = apply

  variables {
    subnets         = { use1-az1 = "subnet-0123456789abcdef0" }
    placement_group = true
    self_ingress    = true
  }

  assert {
    condition     = aws_placement_group.this["cluster"].strategy == "cluster" && aws_autoscaling_group.this.placement_group == aws_placement_group.this["cluster"].id
    error_message = "The nodes stand close together."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.self["nodes"].referenced_security_group_id == aws_security_group.this.id && aws_vpc_security_group_egress_rule.self["nodes"].referenced_security_group_id == aws_security_group.this.id
    error_message = "The nodes talk to each other and, by this rule, to nobody else."
  }
}

run "the_size_of_the_day_stays" {
  command = apply

  variables {
    subnets         = { use1-az1 = "subnet-0123456789abcdef0" }
    placement_group = true
    self_ingress    = true
    size            = { min = 0, max = 8, desired = 5 }
  }

  assert {
    condition     = aws_autoscaling_group.this.desired_capacity == 2
    error_message = "Whatever scales the group is not undone by an apply."
  }
}

run "data_disk" {
  command = plan

  variables {
    data = { gib = 500, type = "gp3", throughput = 500 }
  }

  assert {
    condition     = { for d in aws_launch_template.this.block_device_mappings : d.device_name => d.ebs[0].volume_size } == { "/dev/xvda" = 100, "/dev/sdf" = 500 }
    error_message = "Each node has a root and a data disk."
  }

  assert {
    condition     = alltrue([for d in aws_launch_template.this.block_device_mappings : d.ebs[0].encrypted == "true" && d.ebs[0].delete_on_termination == "true"])
    error_message = "Both are encrypted and go with the node."
  }
}

run "rules" {
  command = plan

  variables {
    ingress = { metrics = { port = 9400, protocol = "tcp", cidrs = ["10.20.0.0/16"] } }
    egress = {
      https = { port = 443, cidrs = ["0.0.0.0/0"] }
      s3    = { port = 443, prefix_list_ids = ["pl-63a5400a"] }
    }
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.this)) == toset(["metrics 10.20.0.0/16"]) && toset(keys(aws_vpc_security_group_egress_rule.this)) == toset(["https 0.0.0.0/0", "s3 list 0"])
    error_message = "A rule for each block and list."
  }
}

run "refuses_a_placement_group_over_zones" {
  command = plan

  variables {
    placement_group = true
  }

  expect_failures = [var.placement_group]
}

run "refuses_types_that_stand_twice" {
  command = plan

  variables {
    instance_types = ["g5.12xlarge", "g5.12xlarge"]
  }

  expect_failures = [var.instance_types]
}

run "refuses_more_types_than_a_policy_takes" {
  command = plan

  variables {
    instance_types = [for i in range(41) : "m7i.${i}xlarge"]
  }

  expect_failures = [var.instance_types]
}

run "refuses_sizes_upside_down" {
  command = plan

  variables {
    size = { min = 4, max = 2, desired = 3 }
  }

  expect_failures = [var.size]
}

run "refuses_shares_that_are_none" {
  command = plan

  variables {
    spot_percent   = 101
    on_demand_base = -1
    subnets        = {}
  }

  expect_failures = [var.spot_percent, var.on_demand_base, var.subnets]
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

  expect_failures = [aws_iam_role_policy.fleet_edges]
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
    name        = "Graph"
    image_id    = "al2023"
    role_name   = "a role"
    log_group   = { name = "/landform/x", retention_days = 10 }
    root_device = "/dev/nvme0n1"
    account     = "12345"
  }

  expect_failures = [var.name, var.image_id, var.role_name, var.log_group, var.root_device, var.account]
}
