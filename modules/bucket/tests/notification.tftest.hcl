mock_provider "aws" {}

variables {
  name    = "demo-prd-events-123456789012-eu-west-1"
  account = "123456789012"
  region  = "eu-west-1"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  protect = false
}

run "tells_nobody_unless_told" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_notification.this) == 0
    error_message = "somebody is told of objects who was not named"
  }
}

run "tells_each_function_of_its_part" {
  command = plan

  variables {
    notifications = {
      functions-ingest = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-ingest", prefix = "in/" }
      functions-thumb  = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-thumb", suffix = ".png" }
    }
  }

  assert {
    condition = jsonencode({ for f in aws_s3_bucket_notification.this["this"].lambda_function : f.id => [f.lambda_function_arn, f.filter_prefix, f.filter_suffix] }) == jsonencode({
      functions-ingest = ["arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-ingest", "in/", null]
      functions-thumb  = ["arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-thumb", null, ".png"]
    })
    error_message = "a function is told of another one's objects"
  }

  assert {
    condition     = alltrue([for f in aws_s3_bucket_notification.this["this"].lambda_function : f.events == toset(["s3:ObjectCreated:*"])])
    error_message = "told of something else than new objects"
  }
}

run "tells_each_queue_of_its_part" {
  command = plan

  variables {
    queues = {
      drift_score = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-drift-score-captured", prefix = "capture/serve-score/" }
    }
  }

  assert {
    condition = jsonencode({ for q in aws_s3_bucket_notification.this["this"].queue : q.id => [q.queue_arn, q.filter_prefix] }) == jsonencode({
      drift_score = ["arn:aws:sqs:eu-west-1:123456789012:demo-prd-drift-score-captured", "capture/serve-score/"]
    })
    error_message = "a queue is told of another one's objects"
  }

  assert {
    condition     = alltrue([for q in aws_s3_bucket_notification.this["this"].queue : q.events == toset(["s3:ObjectCreated:*"])])
    error_message = "told of something else than new objects"
  }
}
