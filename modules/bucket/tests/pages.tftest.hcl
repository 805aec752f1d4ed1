mock_provider "aws" {
  # IAM and S3 look at the form of ARNs; a mock's random words are refused.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
}

variables {
  name    = "demo-prd-orders-123456789012-eu-west-1"
  account = "123456789012"
  region  = "eu-west-1"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  protect = true
}

run "no_page_posts_to_it_unless_told" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0
    error_message = "A bucket answers browsers that nobody speaks of."
  }
}

run "pages_of_these_origins_post_and_do_no_more" {
  command = plan

  variables {
    uploads_from = ["https://*.studio.us-east-1.sagemaker.aws"]
  }

  assert {
    condition = (
      one(one(aws_s3_bucket_cors_configuration.this["this"].cors_rule).allowed_methods) == "POST"
      && one(one(aws_s3_bucket_cors_configuration.this["this"].cors_rule).allowed_origins) == "https://*.studio.us-east-1.sagemaker.aws"
    )
    error_message = "The rule lets other pages in, or lets them do more."
  }
}

run "refuses_the_pages_of_everybody" {
  command = plan

  variables {
    uploads_from = ["https://*"]
  }

  expect_failures = [var.uploads_from]
}

run "refuses_the_pages_of_whoever_has_a_dot" {
  command = plan

  variables {
    uploads_from = ["https://*.*"]
  }

  expect_failures = [var.uploads_from]
}

run "refuses_the_pages_of_everybody_in_two_stars" {
  command = plan

  variables {
    uploads_from = ["https://**"]
  }

  expect_failures = [var.uploads_from]
}

run "refuses_the_pages_of_a_whole_top_level_domain" {
  command = plan

  variables {
    uploads_from = ["https://*.com"]
  }

  expect_failures = [var.uploads_from]
}

run "refuses_the_pages_of_two_stars" {
  command = plan

  variables {
    uploads_from = ["https://*.*.example.com"]
  }

  expect_failures = [var.uploads_from]
}

run "refuses_the_pages_of_plain_text" {
  command = plan

  variables {
    uploads_from = ["http://www.example.com"]
  }

  expect_failures = [var.uploads_from]
}
