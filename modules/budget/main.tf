locals {
  # Spent already, nearly or wholly; and where the month is going, while there is still time.
  notifications = {
    nearly   = { type = "ACTUAL", percent = 80 }
    wholly   = { type = "ACTUAL", percent = 100 }
    foreseen = { type = "FORECASTED", percent = 100 }
  }

  # AWS joins key and value of a tag with a dollar sign.
  filter = var.tag == null ? {
    LinkedAccount = var.account
    } : {
    TagKeyValue = join("$", ["user:${var.tag.key}", var.tag.value])
  }
}

resource "aws_budgets_budget" "this" {
  account_id   = var.account
  name         = var.name
  budget_type  = "COST"
  limit_amount = var.monthly_usd
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Credits would hide what is spent until they are used up.
  cost_types {
    include_credit = false
    include_refund = false
  }

  dynamic "cost_filter" {
    for_each = local.filter

    content {
      name   = cost_filter.key
      values = [cost_filter.value]
    }
  }

  dynamic "notification" {
    for_each = local.notifications

    content {
      notification_type          = notification.value.type
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.notify
    }
  }
}
