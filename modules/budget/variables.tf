variable "name" {
  description = "The name of the budget, unique in its account."
  type        = string

  validation {
    condition     = can(regex("^[^:\\\\]{1,100}$", var.name))
    error_message = "name is \"${var.name}\". A budget takes 1 to 100 characters, none of them a colon or a backslash."
  }
}

variable "account" {
  description = "The account whose costs are counted: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "monthly_usd" {
  description = "What a calendar month may cost, in USD: an amount as text, for AWS keeps it as text."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{1,9}(\\.[0-9]{1,2})?$", var.monthly_usd)) && tonumber(var.monthly_usd) > 0
    error_message = "monthly_usd is \"${var.monthly_usd}\". Give an amount such as 6000 or 99.50."
  }
}

variable "tag" {
  description = "Count only what carries this tag, which must be an active cost-allocation tag of the payer. Null counts the whole account."
  type        = object({ key = string, value = string })
  default     = null

  validation {
    condition     = var.tag == null || try(length(var.tag.key) > 0 && length(var.tag.value) > 0, false)
    error_message = "tag has no key or no value. Give both, or null to count the whole account."
  }
}

variable "notify" {
  description = "E-mail addresses that are told at 80 % and 100 % of the amount, and when a month is foreseen to exceed it."
  type        = set(string)

  validation {
    condition     = length(var.notify) >= 1 && length(var.notify) <= 10 && alltrue([for address in var.notify : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "notify takes 1 to 10 e-mail addresses; AWS Budgets sends to no more."
  }
}
