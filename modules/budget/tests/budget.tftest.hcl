mock_provider "aws" {}

variables {
  name        = "demo-prd-monthly"
  account     = "123456789012"
  monthly_usd = "6000"
  notify      = ["ops@example.com", "risk-ml@example.com"]
}

run "counts_the_account" {
  command = plan

  assert {
    condition     = aws_budgets_budget.this.limit_amount == "6000" && aws_budgets_budget.this.limit_unit == "USD" && aws_budgets_budget.this.time_unit == "MONTHLY"
    error_message = "the limit is not 6000 USD a month"
  }

  assert {
    condition     = one(aws_budgets_budget.this.cost_filter).name == "LinkedAccount" && one(aws_budgets_budget.this.cost_filter).values == tolist(["123456789012"])
    error_message = "costs of other accounts count"
  }

  assert {
    condition     = !aws_budgets_budget.this.cost_types[0].include_credit && !aws_budgets_budget.this.cost_types[0].include_refund
    error_message = "credits hide what is spent"
  }
}

run "tells_early_and_late" {
  command = plan

  assert {
    condition     = toset([for n in aws_budgets_budget.this.notification : "${n.notification_type} ${n.threshold}"]) == toset(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
    error_message = "a threshold is missing"
  }

  assert {
    condition     = alltrue([for n in aws_budgets_budget.this.notification : n.subscriber_email_addresses == toset(["ops@example.com", "risk-ml@example.com"])])
    error_message = "somebody is not told"
  }
}

run "counts_a_tag" {
  command = plan

  variables {
    tag = { key = "landform:system", value = "demo" }
  }

  assert {
    condition     = one(aws_budgets_budget.this.cost_filter).name == "TagKeyValue" && one(aws_budgets_budget.this.cost_filter).values == tolist(["user:landform:system$demo"])
    error_message = "the tag is not what is counted"
  }
}

run "refuses_nothing_to_spend" {
  command = plan

  variables {
    monthly_usd = "0"
  }

  expect_failures = [var.monthly_usd]
}

run "refuses_nobody_to_tell" {
  command = plan

  variables {
    notify = []
  }

  expect_failures = [var.notify]
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    notify = ["risk-ml"]
  }

  expect_failures = [var.notify]
}
