resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "How the hosts of ${var.name} are launched"
  update_default_version = true

  image_id               = var.image_id
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

  # The group tags its hosts itself. Tags of spot requests are left out: EC2 refuses them for the on-demand hosts.
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
  desired_capacity    = var.size.min
  vpc_zone_identifier = values(var.subnets)
  target_group_arns   = [aws_lb_target_group.this.arn]

  # Before EC2 takes a spot host back, the group looks for another.
  capacity_rebalance = var.spot_percent > 0

  # The balancer sees whether a host answers; EC2 only whether it runs. The grace is for the setup script.
  health_check_type         = "ELB"
  health_check_grace_period = 600
  default_instance_warmup   = 300

  # A setup script takes minutes: applying does not wait for it, the balancer's health checks do.
  wait_for_capacity_timeout = "0"
  force_delete              = !var.protect

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

  # A new template, and with it new code, reaches the hosts one by one: a new one answers before an old one goes. No
  # rollback: Auto Scaling knows none for images that stand in an SSM parameter.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 110
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
    # What the load asks for would be undone by every apply.
    ignore_changes = [desired_capacity]

    # Always true: the reference alone makes Terraform wait for what the first host needs when it boots.
    precondition {
      condition     = alltrue([for id in var.after : id != ""])
      error_message = "What ${var.name} waits for has no id."
    }
  }

  # The first thing a host does is to write logs and to use its role.
  depends_on = [
    aws_iam_role_policy.web_apis,
    aws_iam_role_policy.web_edges,
    aws_iam_role_policy.web_mounts,
    aws_cloudwatch_log_group.this,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.calls_back,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.calls_back,
    aws_vpc_security_group_ingress_rule.mounts,
    aws_vpc_security_group_ingress_rule.balancer,
  ]
}

resource "aws_autoscaling_policy" "this" {
  for_each = var.target == null ? {} : { (var.target.metric) = var.target.value }

  name                   = var.name
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = each.value

    predefined_metric_specification {
      predefined_metric_type = each.key == "cpu" ? "ASGAverageCPUUtilization" : "ALBRequestCountPerTarget"
      resource_label         = each.key == "cpu" ? null : "${aws_lb.this.arn_suffix}/${aws_lb_target_group.this.arn_suffix}"
    }
  }

  # Requests are counted for a target group that a balancer uses: Auto Scaling refuses the label before.
  depends_on = [aws_lb_listener.https, aws_lb_listener.plain]
}
