locals {
  jobs = var.jobs == null ? {} : { jobs = var.jobs }

  # Literal, not aws_sqs_queue.jobs.arn: policies stay readable in the plan, by people and by scanners.
  queues = {
    for name, queue in { jobs = try(var.jobs.queue, null), dead = try(var.jobs.dead_letters, null) } :
    name => { name = queue, arn = "arn:aws:sqs:${var.region}:${var.account}:${queue}" } if queue != null
  }

  # What drives a group's size: the nodes that it lacks, or has too many of where that is below zero.
  driven = merge(
    { for name, jobs in local.jobs : name => { group = aws_autoscaling_group.this.name, unit = jobs.nodes, grow = 1, shrink = 10 } if jobs.elastic },
    { for name, group in aws_autoscaling_group.spare : name => { group = group.name, unit = 1, grow = var.spare.after_minutes, shrink = 10 } },
  )

  # Each step as many nodes as certainly lack, twice as many as the one before: the next minute sees what is left.
  doublings = {
    for name, each in local.driven : name => [
      for n in range(20) : each.unit * pow(2, n) if each.unit * pow(2, n) <= max(var.size.max, each.unit)
    ]
  }
}

# --- what they work off

resource "aws_sqs_queue" "jobs" {
  for_each = local.jobs

  name = each.value.queue
  # A job may wait for capacity as long as SQS keeps a message, and its node says every minute that it is at work.
  message_retention_seconds         = 1209600
  visibility_timeout_seconds        = 360
  receive_wait_time_seconds         = 20
  kms_master_key_id                 = var.key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.attempts
  })

  tags = { Name = each.value.queue }
}

resource "aws_sqs_queue" "dead" {
  for_each = local.jobs

  name                              = each.value.dead_letters
  message_retention_seconds         = 1209600
  kms_master_key_id                 = var.key_arn
  kms_data_key_reuse_period_seconds = 300

  tags = { Name = each.value.dead_letters }
}

# A resource of its own: inside the queue it would refer to the other queue, which refers back.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each = aws_sqs_queue.dead

  queue_url = each.value.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queues.jobs.arn]
  })
}

resource "aws_sqs_queue_policy" "fleet_jobs" {
  for_each = local.queues

  queue_url = { jobs = one(values(aws_sqs_queue.jobs)[*].id), dead = one(values(aws_sqs_queue.dead)[*].id) }[each.key]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyPlaintextTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = each.value.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

# --- how many they are: a step policy grows from nothing, where a target tracked for each node would divide by zero

resource "aws_autoscaling_policy" "grow" {
  for_each = local.driven

  name                      = "${each.value.group}-grow"
  autoscaling_group_name    = each.value.group
  policy_type               = "StepScaling"
  adjustment_type           = "ChangeInCapacity"
  metric_aggregation_type   = "Maximum"
  estimated_instance_warmup = 0 # what has been asked for is in the metric already

  # The first step is of what lacks to less than a whole job.
  dynamic "step_adjustment" {
    for_each = each.value.unit > 1 ? [each.value.unit] : []

    content {
      scaling_adjustment          = 1
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = step_adjustment.value - 1
    }
  }

  dynamic "step_adjustment" {
    for_each = local.doublings[each.key]

    content {
      scaling_adjustment          = step_adjustment.value
      metric_interval_lower_bound = step_adjustment.value - 1
      metric_interval_upper_bound = try(local.doublings[each.key][step_adjustment.key + 1] - 1, null)
    }
  }
}

resource "aws_autoscaling_policy" "shrink" {
  for_each = local.driven

  name                      = "${each.value.group}-shrink"
  autoscaling_group_name    = each.value.group
  policy_type               = "StepScaling"
  adjustment_type           = "ChangeInCapacity"
  metric_aggregation_type   = "Maximum"
  estimated_instance_warmup = 0

  dynamic "step_adjustment" {
    for_each = [for n in range(20) : pow(2, n) if pow(2, n) <= var.size.max]

    content {
      scaling_adjustment          = -step_adjustment.value
      metric_interval_upper_bound = 1 - step_adjustment.value
      metric_interval_lower_bound = step_adjustment.value * 2 <= var.size.max ? 1 - 2 * step_adjustment.value : null
    }
  }
}

locals {
  # Alarms: of each driven group one that nodes lack, and one that there are too many.
  alarms = merge([
    for name, each in local.driven : {
      "${name} grow"   = { name = name, group = each.group, minutes = each.grow, threshold = 1, policy = aws_autoscaling_policy.grow[name].arn }
      "${name} shrink" = { name = name, group = each.group, minutes = each.shrink, threshold = -1, policy = aws_autoscaling_policy.shrink[name].arn }
    }
  ]...)

  expressions = {
    jobs  = "${try(var.jobs.nodes, 1)} * (FILL(waiting, 0) + FILL(taken, 0)) - wanted"
    spare = "wanted - there - stand_ins"
  }

  metrics = {
    jobs = {
      waiting = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = try(var.jobs.queue, "") } }
      taken   = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesNotVisible", dimensions = { QueueName = try(var.jobs.queue, "") } }
      wanted  = { namespace = "AWS/AutoScaling", name = "GroupDesiredCapacity", dimensions = { AutoScalingGroupName = var.name } }
    }
    spare = {
      wanted    = { namespace = "AWS/AutoScaling", name = "GroupDesiredCapacity", dimensions = { AutoScalingGroupName = var.name } }
      there     = { namespace = "AWS/AutoScaling", name = "GroupInServiceInstances", dimensions = { AutoScalingGroupName = var.name } }
      stand_ins = { namespace = "AWS/AutoScaling", name = "GroupDesiredCapacity", dimensions = { AutoScalingGroupName = try(var.spare.name, "") } }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "size" {
  for_each = local.alarms

  alarm_name          = "${each.value.group}-${split(" ", each.key)[1]}"
  alarm_description   = each.value.threshold > 0 ? "${each.value.group} lacks nodes" : "${each.value.group} has nodes that nothing waits for"
  comparison_operator = each.value.threshold > 0 ? "GreaterThanOrEqualToThreshold" : "LessThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = [each.value.policy]

  metric_query {
    id          = "lacking"
    label       = "Nodes that lack"
    expression  = local.expressions[each.value.name]
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.metrics[each.value.name]

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        period      = 60
        stat        = "Maximum"
      }
    }
  }

  tags = { Name = "${each.value.group}-${split(" ", each.key)[1]}" }
}

# --- who stands in where there is no spot capacity: the first group goes on asking for it meanwhile

resource "aws_autoscaling_group" "spare" {
  for_each = var.spare == null ? {} : { spare = var.spare }

  name                = each.value.name
  min_size            = 0
  max_size            = var.size.max
  desired_capacity    = 0
  vpc_zone_identifier = values(var.subnets)
  placement_group     = one(values(aws_placement_group.this)[*].id)

  suspended_processes       = ["AZRebalance"]
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  wait_for_capacity_timeout = "0"
  force_delete              = !var.protect

  initial_lifecycle_hook {
    name                 = "checkpoint"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    heartbeat_timeout    = 600
    default_result       = "CONTINUE"
  }

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = 100
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
  enabled_metrics     = aws_autoscaling_group.this.enabled_metrics

  dynamic "tag" {
    for_each = merge(var.tags, { Name = each.value.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }

  timeouts {
    delete = "75m"
  }

  depends_on = [
    aws_iam_role_policy.fleet_apis,
    aws_iam_role_policy.fleet_edges,
    aws_iam_role_policy.fleet_mounts,
    aws_cloudwatch_log_group.this,
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
