locals {
  # One rule resource for each block or prefix list: adding one never touches another.
  ingress = merge([
    for name, rule in var.ingress : {
      for cidr in rule.cidrs : "${name} ${cidr}" => merge(rule, { name = name, cidr = cidr })
    }
  ]...)

  # Ids of prefix lists are not known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  # One rule for each file system and range of ports.
  mounts = merge([
    for name, system in var.file_systems : {
      for port in system.ports : "${name} ${port.from}" => { name = name, group = system.security_group_id, from = port.from, to = port.to }
    }
  ]...)

  calls_back = { for name, rule in local.mounts : name => rule if var.file_systems[rule.name].calls_back }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in var.statements : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })
}

# --- who may talk to the nodes, and whom they may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ingress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} from ${each.value.cidr}"
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  tags              = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "self" {
  for_each = toset(var.self_ingress ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} to ${each.value.cidr == null ? "a prefix list" : each.value.cidr}"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  prefix_list_id    = each.value.list
  tags              = { Name = "${var.name} ${each.value.name}" }
}

# EFA asks for the way out to the own group too.
resource "aws_vpc_security_group_egress_rule" "self" {
  for_each = toset(var.self_ingress ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
}

# The rules of both ends stand here: a file system knows nothing of who mounts it.
resource "aws_vpc_security_group_egress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = aws_security_group.this.id
  description                  = "Mounts ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = each.value.group
  description                  = "Mounted by ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# Lustre's servers open connections to their clients too.
resource "aws_vpc_security_group_egress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = each.value.group
  description                  = "Calls back to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = aws_security_group.this.id
  description                  = "Called back by ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# --- what they may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "fleet_edges" {
  name   = "edges"
  role   = aws_iam_role.this.name
  policy = local.policy

  lifecycle {
    precondition {
      condition     = length(local.policy) <= 10240
      error_message = "The permissions of ${var.name} make a policy of ${length(local.policy)} characters; IAM allows a role 10240."
    }
  }
}

# Apart from the rest: ARNs of file systems are known once they stand, and would hide the other statements from a plan.
resource "aws_iam_role_policy" "fleet_mounts" {
  for_each = { for name, system in var.file_systems : name => system.statements if length(system.statements) > 0 }

  name = "mounts-${each.key}"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in each.value : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })
}

resource "aws_iam_instance_profile" "this" {
  name = var.role_name
  path = var.iam_path
  role = aws_iam_role.this.name
}

# --- what they write down

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# --- the nodes

resource "aws_placement_group" "this" {
  for_each = toset(var.placement_group ? ["cluster"] : [])

  name     = var.name
  strategy = each.value
}

resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "How the nodes of ${var.name} are launched"
  update_default_version = true

  image_id               = var.image_id
  key_name               = var.key_pair
  user_data              = base64gzip(var.user_data) # EC2 takes 16 KiB, and cloud-init unpacks gzip by itself
  ebs_optimized          = true
  vpc_security_group_ids = [aws_security_group.this.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  # Hop limit 1: no container and no proxy on the host reaches the role's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  monitoring {
    enabled = true
  }

  dynamic "block_device_mappings" {
    for_each = merge(
      { (var.root_device) = var.root },
      var.data == null ? {} : { (var.data.device) = { gib = var.data.gib, type = var.data.type, iops = var.data.iops, throughput = var.data.throughput } },
    )

    content {
      device_name = block_device_mappings.key

      ebs {
        volume_size           = block_device_mappings.value.gib
        volume_type           = block_device_mappings.value.type
        iops                  = block_device_mappings.value.iops
        throughput            = block_device_mappings.value.throughput
        encrypted             = true
        kms_key_id            = var.key_arn
        delete_on_termination = true
      }
    }
  }

  # The group tags its nodes itself. Tags of spot requests are left out: EC2 refuses them for the on-demand nodes.
  dynamic "tag_specifications" {
    for_each = toset(["network-interface", "volume"])

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  tags = { Name = var.name }
}

resource "aws_autoscaling_group" "this" {
  name                = var.name
  min_size            = var.size.min
  max_size            = var.size.max
  desired_capacity    = var.size.desired
  vpc_zone_identifier = values(var.subnets)
  placement_group     = one(values(aws_placement_group.this)[*].id)

  # Before EC2 takes a spot node back, the group looks for another and the node saves its work.
  capacity_rebalance = var.spot_percent > 0

  # To even out the zones, Auto Scaling would end nodes in the middle of their work.
  suspended_processes = ["AZRebalance"]

  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300

  # Accelerators may take hours to come by: applying does not wait for them.
  wait_for_capacity_timeout = "0"
  force_delete              = !var.protect

  # A node that is to go first saves a checkpoint and then says so (`complete-lifecycle-action`), which ends the wait.
  # CONTINUE: one that cannot say so any more goes all the same when the time is over. In the group itself, since a
  # resource of its own would be destroyed before the group, and with it the wait.
  initial_lifecycle_hook {
    name                 = "checkpoint"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    heartbeat_timeout    = 600
    default_result       = "CONTINUE"
  }

  # No instance refresh: a new template is for new nodes, a running training ends on the old one.
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = var.on_demand_base
      on_demand_percentage_above_base_capacity = 100 - var.spot_percent
      on_demand_allocation_strategy            = "prioritized"
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        version            = aws_launch_template.this.latest_version
      }

      dynamic "override" {
        for_each = var.instance_types

        content {
          instance_type = override.value
        }
      }
    }
  }

  metrics_granularity = "1Minute"
  enabled_metrics = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
  ]

  dynamic "tag" {
    for_each = merge(var.tags, { Name = var.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # Whatever drives the group's size would be undone by every apply.
    ignore_changes = [desired_capacity]

    # Always true: the reference alone makes Terraform wait for what the first node needs when it boots.
    precondition {
      condition     = alltrue([for id in var.after : id != ""])
      error_message = "What ${var.name} waits for has no id."
    }
  }

  # A node takes up to an hour to save, and Terraform waits for the last one.
  timeouts {
    delete = "75m"
  }

  # The first thing a node does is to write logs, to use its role, to mount and to call, the last to send its checkpoint.
  depends_on = [
    aws_iam_role_policy.fleet_apis,
    aws_iam_role_policy.fleet_edges,
    aws_iam_role_policy.fleet_mounts,
    aws_cloudwatch_log_group.this,
    aws_sqs_queue_policy.fleet_jobs,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.calls_back,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_egress_rule.self,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.calls_back,
    aws_vpc_security_group_ingress_rule.mounts,
    aws_vpc_security_group_ingress_rule.self,
  ]
}
