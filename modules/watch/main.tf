locals {
  # Ids of prefix lists are not known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in var.statements : merge(
        { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
        length(s.conditions) > 0 ? { Condition = s.conditions } : {},
      )
    ]
  })

  # What the script finds set: the disk has an id that AWS chooses.
  user_data = "#!/bin/bash\nLANDFORM_DISK='${aws_ebs_volume.state.id}'\n${var.user_data}"
}

# --- whom it may talk to; nobody talks to it

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
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

# --- what it may do

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

resource "aws_iam_role_policy" "watch_edges" {
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

resource "aws_iam_instance_profile" "this" {
  name = var.role_name
  path = var.iam_path
  role = aws_iam_role.this.name
}

# --- what it writes down

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# --- its state: one disk, in one zone, for one machine after the other

resource "aws_ebs_volume" "state" {
  #checkov:skip=CKV2_AWS_9:The agent copies its state to S3 every five minutes, fenced; yesterday's disk would tell yesterday's alarms once more
  availability_zone = var.zone
  size              = var.data.gib
  type              = var.data.type
  iops              = var.data.iops
  throughput        = var.data.throughput
  encrypted         = true
  kms_key_id        = var.key_arn
  final_snapshot    = var.protect
  tags              = merge(var.tags, { Name = "${var.name} state" })
}

# --- the machine: a group of one, which makes another where it fails

resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "How the machine of ${var.name} is launched"
  update_default_version = true

  image_id               = var.image_id
  instance_type          = var.instance_type
  user_data              = base64gzip(local.user_data) # EC2 takes 16 KiB, and cloud-init unpacks gzip by itself
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

  block_device_mappings {
    device_name = var.root_device

    ebs {
      volume_size           = var.root.gib
      volume_type           = var.root.type
      iops                  = var.root.iops
      throughput            = var.root.throughput
      encrypted             = true
      kms_key_id            = var.key_arn
      delete_on_termination = true
    }
  }

  # The group tags its machine itself.
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
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  vpc_zone_identifier = [var.subnet_id]

  health_check_type         = "EC2"
  health_check_grace_period = 600
  default_instance_warmup   = 300

  # The installation takes minutes: applying does not wait for it, an alarm tells where the watch does not come.
  wait_for_capacity_timeout = "0"
  force_delete              = !var.protect

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # A new template, and with it a new agent or configuration: the old machine goes first, since both want the disk.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 0
      max_healthy_percentage = 100
    }
  }

  metrics_granularity = "1Minute"
  enabled_metrics     = ["GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  dynamic "tag" {
    for_each = merge(var.tags, { Name = var.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # Always true: the reference alone makes Terraform wait for what the machine needs when it boots.
    precondition {
      condition     = alltrue([for id in var.after : id != ""])
      error_message = "What ${var.name} waits for has no id."
    }
  }

  # The first thing the machine does is to write logs and to use its role; the way out is where its packages are.
  depends_on = [
    aws_iam_role_policy.watch_edges,
    aws_cloudwatch_log_group.this,
    aws_sqs_queue_policy.watch,
    aws_vpc_security_group_egress_rule.this,
  ]
}
