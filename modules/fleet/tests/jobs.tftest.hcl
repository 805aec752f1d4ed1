mock_provider "aws" {
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/fraud-detection-prd-graph-us-east-1" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0" }
  }

  mock_resource "aws_autoscaling_policy" {
    defaults = { arn = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:autoScalingGroupName/g:policyName/p" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:fraud-detection-prd-graph-jobs-dead", id = "https://sqs.us-east-1.amazonaws.com/123456789012/q" }
  }
}

variables {
  name           = "fraud-detection-prd-graph"
  account        = "123456789012"
  region         = "us-east-1"
  vpc_id         = "vpc-0123456789abcdef0"
  subnets        = { use1-az1 = "subnet-0123456789abcdef0" }
  image_id       = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  root_device    = "/dev/xvda"
  size           = { min = 0, max = 9, desired = 0 }
  instance_types = ["g5.12xlarge", "g6.12xlarge"]
  spot_percent   = 80
  key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  root           = { gib = 100 }
  user_data      = "#!/bin/bash\necho hello\n"
  role_name      = "fraud-detection-prd-graph-us-east-1"
  log_group      = { name = "/landform/fraud-detection-prd/graph", retention_days = 365 }
  statements     = [{ sid = "Logs", actions = ["logs:PutLogEvents"], resources = ["*"] }]

  jobs = {
    queue        = "fraud-detection-prd-graph-jobs"
    dead_letters = "fraud-detection-prd-graph-jobs-dead"
    attempts     = 20
    nodes        = 2
    elastic      = true
  }
}

run "without_jobs_nothing_is_driven" {
  command = plan

  variables {
    jobs = null
  }

  assert {
    condition     = length(aws_sqs_queue.jobs) + length(aws_sqs_queue.dead) + length(aws_sqs_queue_policy.fleet_jobs) + length(aws_cloudwatch_metric_alarm.size) + length(aws_autoscaling_policy.grow) + length(aws_autoscaling_group.spare) == 0
    error_message = "A fleet without a command has no queue."
  }
}

run "the_queue_is_sealed" {
  command = apply

  assert {
    condition     = alltrue([for q in [aws_sqs_queue.jobs["jobs"], aws_sqs_queue.dead["jobs"]] : q.kms_master_key_id == var.key_arn && q.message_retention_seconds == 1209600])
    error_message = "Both queues are encrypted with the given key, and keep what is in them as long as SQS can."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.jobs["jobs"].redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead["jobs"].arn, maxReceiveCount = 20 }
    error_message = "A job that was begun so many times goes to the dead letters."
  }

  assert {
    condition     = output.request == "{\"MessageBody\":\"{\\\"job\\\":\\\"<aws.scheduler.execution-id>\\\"}\",\"QueueUrl\":\"${aws_sqs_queue.jobs["jobs"].url}\"}"
    error_message = "What Scheduler sends is a job, under a name that it makes up."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead["jobs"].redrive_allow_policy).sourceQueueArns == ["arn:aws:sqs:us-east-1:123456789012:fraud-detection-prd-graph-jobs"]
    error_message = "Only this queue sends its dead letters there."
  }

  assert {
    condition = {
      for name, policy in aws_sqs_queue_policy.fleet_jobs : name => jsondecode(policy.policy).Statement
      } == {
      for name, queue in { jobs = "fraud-detection-prd-graph-jobs", dead = "fraud-detection-prd-graph-jobs-dead" } : name => [{
        Sid       = "DenyPlaintextTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:us-east-1:123456789012:${queue}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    }
    error_message = "Nothing but TLS, and nobody but whom an identity policy lets in."
  }
}

run "a_pool_follows_its_queue" {
  command = apply

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.size : name => [alarm.threshold, alarm.comparison_operator, alarm.evaluation_periods] } == {
      "jobs grow"   = [1, "GreaterThanOrEqualToThreshold", 1]
      "jobs shrink" = [-1, "LessThanOrEqualToThreshold", 10]
    }
    error_message = "It grows at once and shrinks when nodes have been idle for ten minutes."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.size : one([for q in alarm.metric_query : q.expression if q.id == "lacking"]) == "2 * (FILL(waiting, 0) + FILL(taken, 0)) - wanted"])
    error_message = "What counts are the nodes that waiting and running jobs need, beyond those that there are to be."
  }

  assert {
    condition = toset([for q in aws_cloudwatch_metric_alarm.size["jobs grow"].metric_query : "${q.metric[0].metric_name} ${join("", values(q.metric[0].dimensions))}" if q.id != "lacking"]) == toset([
      "ApproximateNumberOfMessagesVisible fraud-detection-prd-graph-jobs",
      "ApproximateNumberOfMessagesNotVisible fraud-detection-prd-graph-jobs",
      "GroupDesiredCapacity fraud-detection-prd-graph",
    ])
    error_message = "The metrics are of its own queue and group."
  }

  # Of 1 node that lacks one is added, of 2 and 3 two, of 4 to 7 four, of 8 and more eight.
  assert {
    condition = toset([for s in aws_autoscaling_policy.grow["jobs"].step_adjustment : [s.scaling_adjustment, s.metric_interval_lower_bound, s.metric_interval_upper_bound]]) == toset([
      [1, "0", "1"], [2, "1", "3"], [4, "3", "7"], [8, "7", null],
    ])
    error_message = "The steps leave no gap and never add more than lacks."
  }

  assert {
    condition = toset([for s in aws_autoscaling_policy.shrink["jobs"].step_adjustment : [s.scaling_adjustment, s.metric_interval_lower_bound, s.metric_interval_upper_bound]]) == toset([
      [-1, "-1", "0"], [-2, "-3", "-1"], [-4, "-7", "-3"], [-8, null, "-7"],
    ])
    error_message = "The steps leave no gap and never take more than there is too much."
  }

  assert {
    condition     = aws_autoscaling_policy.grow["jobs"].autoscaling_group_name == var.name && aws_autoscaling_policy.grow["jobs"].estimated_instance_warmup == 0
    error_message = "The policy is the group's, and counts no node twice."
  }
}

run "what_is_always_there_is_not_driven" {
  command = plan

  variables {
    size = { min = 2, max = 2, desired = 2 }
    jobs = { queue = "q", dead_letters = "d", attempts = 20, nodes = 2, elastic = false }
  }

  assert {
    condition     = length(aws_sqs_queue.jobs) == 1 && length(aws_cloudwatch_metric_alarm.size) == 0
    error_message = "A queue, and nothing that scales."
  }
}

run "on_demand_steps_in" {
  command = apply

  variables {
    spare = { name = "fraud-detection-prd-graph-spare", after_minutes = 15 }
  }

  assert {
    condition     = aws_autoscaling_group.spare["spare"].mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 100
    error_message = "The second group buys no spot capacity."
  }

  assert {
    condition     = aws_autoscaling_group.spare["spare"].mixed_instances_policy[0].launch_template[0].override[*].instance_type == var.instance_types && aws_autoscaling_group.spare["spare"].min_size == 0 && aws_autoscaling_group.spare["spare"].max_size == 9
    error_message = "Its nodes are the first group's, and none stands ready."
  }

  assert {
    condition     = one(aws_autoscaling_group.spare["spare"].initial_lifecycle_hook[*].name) == "checkpoint"
    error_message = "Its nodes save before they go, too."
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.size : name => [alarm.threshold, alarm.evaluation_periods] if startswith(name, "spare") } == {
      "spare grow"   = [1, 15]
      "spare shrink" = [-1, 10]
    }
    error_message = "It steps in after the time that was set."
  }

  assert {
    condition     = one([for q in aws_cloudwatch_metric_alarm.size["spare grow"].metric_query : q.expression if q.id == "lacking"]) == "wanted - there - stand_ins"
    error_message = "It stands in for what the first group wants and does not get."
  }

  assert {
    condition     = { for name, policy in aws_autoscaling_policy.grow : name => policy.autoscaling_group_name } == { jobs = "fraud-detection-prd-graph", spare = "fraud-detection-prd-graph-spare" }
    error_message = "Each policy drives its own group."
  }
}

run "a_job_larger_than_the_group_is_refused" {
  command = plan

  variables {
    jobs = { queue = "q", dead_letters = "d", attempts = 20, nodes = 10, elastic = true }
  }

  expect_failures = [var.jobs]
}

run "too_impatient_is_refused" {
  command = plan

  variables {
    spare = { name = "fraud-detection-prd-graph-spare", after_minutes = 1 }
  }

  expect_failures = [var.spare]
}

run "one_name_for_two_groups_is_refused" {
  command = plan

  variables {
    spare = { name = "fraud-detection-prd-graph", after_minutes = 15 }
  }

  expect_failures = [var.spare]
}
