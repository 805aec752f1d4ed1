variable "name" {
  description = "The name of the queue, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name is \"${var.name}\". A queue takes 1 to 80 letters, digits, hyphens and underscores."
  }
}

variable "account" {
  description = "The account that owns the queue: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "region" {
  description = "The region that the provider of this module works in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts the messages."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "retention_seconds" {
  description = "How long a message stays when nobody works it off."
  type        = number

  validation {
    condition     = var.retention_seconds >= 60 && var.retention_seconds <= 1209600
    error_message = "retention_seconds is ${var.retention_seconds}. SQS keeps messages for 60 seconds to 14 days (1209600)."
  }
}

variable "visibility_seconds" {
  description = "How long a message that somebody received is hidden from the others."
  type        = number

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200
    error_message = "visibility_seconds is ${var.visibility_seconds}. SQS hides a message for at most 12 hours (43200)."
  }
}

variable "dead_letters" {
  description = "The queue that takes a message after so many attempts in vain, and keeps it for 14 days."
  type        = object({ name = string, attempts = number })

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.dead_letters.name)) && var.dead_letters.attempts >= 1 && var.dead_letters.attempts <= 1000
    error_message = "dead_letters needs a name of 1 to 80 letters, digits, hyphens and underscores, and 1 to 1000 attempts."
  }
}

variable "senders" {
  description = "AWS services that send here on behalf of one resource each: name => service and the ARN of the resource."
  type        = map(object({ service = string, source_arn = string }))
  default     = {}

  validation {
    condition     = alltrue([for s in var.senders : endswith(s.service, ".amazonaws.com") && startswith(s.source_arn, "arn:aws:")])
    error_message = "senders are AWS services, such as events.amazonaws.com, each with the ARN of the one resource that may send."
  }
}
