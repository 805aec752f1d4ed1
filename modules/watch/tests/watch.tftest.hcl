mock_provider "aws" {
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/returns-prd-drift-score-us-east-1" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0" }
  }

  mock_resource "aws_ebs_volume" {
    defaults = { id = "vol-0123456789abcdef0" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:us-east-1:123456789012:returns-prd-drift-score-captured-dead"
      id  = "https://sqs.us-east-1.amazonaws.com/123456789012/returns-prd-drift-score-captured"
    }
  }
}

variables {
  name          = "returns-prd-drift-score"
  account       = "123456789012"
  region        = "us-east-1"
  vpc_id        = "vpc-0123456789abcdef0"
  subnet_id     = "subnet-0123456789abcdef0"
  zone          = "us-east-1a"
  image_id      = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  root_device   = "/dev/xvda"
  instance_type = "t3.medium"
  key_arn       = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  root          = { gib = 30 }
  data          = { gib = 10 }
  user_data     = "#!/bin/bash\necho hello\n"
  role_name     = "returns-prd-drift-score-us-east-1"
  log_group     = { name = "/landform/returns/production/drift/score", retention_days = 365 }
  tags          = { "landform:system" = "returns", "landform:entry" = "drift.score" }
  captured      = { bucket_arn = "arn:aws:s3:::returns-prd-captured", prefix = "capture/serve-score/" }
  queue         = { name = "returns-prd-drift-score-captured", dead_letters = "returns-prd-drift-score-captured-dead" }
  bus           = { name = "returns-prd-drift-score" }
  egress        = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  statements = [{
    sid       = "Alarms"
    actions   = ["events:PutEvents"]
    resources = ["arn:aws:events:us-east-1:123456789012:event-bus/returns-prd-drift-score"]
  }]
}

run "one_machine" {
  assert {
    condition     = aws_autoscaling_group.this.min_size == 1 && aws_autoscaling_group.this.max_size == 1 && aws_autoscaling_group.this.desired_capacity == 1
    error_message = "Two agents would take each other's messages: the group has one machine."
  }

  assert {
    condition     = aws_autoscaling_group.this.vpc_zone_identifier == toset([var.subnet_id]) && aws_ebs_volume.state.availability_zone == var.zone
    error_message = "The machine stands where its disk is."
  }

  assert {
    condition     = one(one(aws_autoscaling_group.this.instance_refresh).preferences).min_healthy_percentage == 0
    error_message = "The old machine goes first: two cannot have one disk."
  }

  assert {
    condition     = aws_launch_template.this.user_data == base64gzip("#!/bin/bash\nLANDFORM_DISK='vol-0123456789abcdef0'\n${var.user_data}")
    error_message = "The script finds the id of the disk set."
  }

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata is to be had with a token and on the host only."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.this) == 1
    error_message = "Out by TLS alone; nobody comes in."
  }
}

run "its_disk" {
  assert {
    condition     = aws_ebs_volume.state.encrypted && aws_ebs_volume.state.kms_key_id == var.key_arn && aws_ebs_volume.state.final_snapshot
    error_message = "The state is encrypted with the given key, and leaves a snapshot."
  }

  assert {
    condition     = alltrue([for name, tag in var.tags : aws_ebs_volume.state.tags[name] == tag]) && alltrue([for name, tag in var.tags : contains([for t in aws_autoscaling_group.this.tag : t.value if t.key == name && t.propagate_at_launch], tag)])
    error_message = "The role knows disk and machine by their tags."
  }
}

run "its_queue" {
  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.dead.message_retention_seconds == 1209600
    error_message = "What came while the watch stood still is not lost for two weeks."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "What cannot be worked off five times goes aside."
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead.sqs_managed_sse_enabled
    error_message = "Queues are encrypted."
  }

  assert {
    condition = one([
      for s in jsondecode(aws_sqs_queue_policy.watch["objects"].policy).Statement : s if s.Effect == "Allow"
      ]) == {
      Sid       = "AllowTheBucketToTell"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:us-east-1:123456789012:returns-prd-drift-score-captured"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:s3:::returns-prd-captured" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }
    error_message = "One bucket of this account tells the queue, and nobody else."
  }

  assert {
    condition     = alltrue([for s in jsondecode(aws_sqs_queue_policy.watch["dead"].policy).Statement : s.Effect == "Deny"])
    error_message = "Nobody writes to the queue of dead letters but SQS."
  }
}

run "nobody_is_told" {
  assert {
    condition     = length(aws_cloudwatch_event_rule.told) == 0 && length(aws_cloudwatch_event_target.told) == 0
    error_message = "Without listeners there is no rule."
  }
}

run "somebody_is_told" {
  variables {
    bus = { name = "returns-prd-drift-score", listeners = { pager = "arn:aws:sns:us-east-1:123456789012:returns-prd-pager" } }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.told["told"].event_pattern)["detail-type"] == ["Drift Cleared", "Drift Detected"]
    error_message = "Reminders wake nobody."
  }

  assert {
    condition     = aws_cloudwatch_event_target.told["pager"].arn == var.bus.listeners["pager"] && aws_cloudwatch_event_target.told["pager"].event_bus_name == aws_cloudwatch_event_bus.this.name
    error_message = "The topic hears of what comes on the bus."
  }
}

run "development" {
  variables {
    protect = false
  }

  assert {
    condition     = !aws_ebs_volume.state.final_snapshot && aws_autoscaling_group.this.force_delete
    error_message = "In development what is destroyed is gone."
  }
}

run "a_bucket_by_its_name" {
  command = plan

  variables {
    captured = { bucket_arn = "returns-prd-captured", prefix = "" }
  }

  expect_failures = [var.captured]
}

run "a_wildcard" {
  command = plan

  variables {
    statements = [{ sid = "All", actions = ["sqs:*"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}
