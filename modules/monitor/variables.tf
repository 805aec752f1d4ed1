variable "name" {
  description = "First part of the name of all that stands here."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "name is \"${var.name}\". Take 2 to 63 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "account" {
  description = "The account that is watched: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "region" {
  description = "The region that is watched, in which the provider of this module works."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "key_arn" {
  description = "The KMS key of the topics. Its policy must let CloudWatch and EventBridge encrypt what they publish to them."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "maintenance" {
  description = "Whether the system is being worked on: alarms change their state then and tell nobody."
  type        = bool
  default     = false
  nullable    = false
}

variable "topics" {
  description = "Who is told, by name: the name of the topic on AWS, and the addresses that get a mail."
  type        = map(object({ name = string, emails = list(string) }))
  default     = {}

  validation {
    condition     = alltrue([for topic in var.topics : can(regex("^[A-Za-z0-9_-]{1,256}$", topic.name))])
    error_message = "A topic has a name that SNS does not take. Use up to 256 letters, digits, hyphens and underscores."
  }
}

variable "alarms" {
  description = <<-EOT
    The alarms by name.
      comparison: CloudWatch's operator; with `sigmas` LessThanLowerOrGreaterThanUpperThreshold.
      threshold:  in the unit of the metric; null with `sigmas`, the half width of the band of what is usual.
      period, periods: seconds of a step, and how many in a row are to be over the threshold.
      missing:    what a step without data counts as.
      series:     the metrics by an id (lower case); `expression` reckons with the ids, null for one series as it is.
      topics:     who is told, by the names of `topics`; none where a composite alarm speaks for it.
  EOT
  type = map(object({
    description = string
    comparison  = string
    threshold   = optional(number)
    sigmas      = optional(number)
    period      = number
    periods     = number
    missing     = string
    series = map(object({
      namespace  = string
      name       = string
      dimensions = map(string)
      statistic  = string
    }))
    expression = optional(string)
    topics     = list(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for alarm in var.alarms : (alarm.threshold == null) != (alarm.sigmas == null)])
    error_message = "An alarm has a threshold and sigmas, or neither. Give it one of the two."
  }

  validation {
    condition     = alltrue([for alarm in var.alarms : alarm.expression != null || length(alarm.series) == 1])
    error_message = "An alarm has several series and no expression. Say how they are put together."
  }

  validation {
    # Metric alarms look back a day, or a week in steps of an hour and more (PutMetricAlarm).
    condition     = alltrue([for alarm in var.alarms : alarm.period * alarm.periods <= (alarm.period < 3600 ? 86400 : 604800)])
    error_message = "An alarm looks back further than CloudWatch does: a day, or a week in steps of at least an hour."
  }
}

variable "composites" {
  description = "Alarms that speak for others, by name: a rule over names of `alarms`, who is told, and whether the end of the rule means that all is well."
  type        = map(object({ description = string, rule = string, topics = list(string), recovers = optional(bool, true) }))
  default     = {}

  validation {
    condition     = alltrue([for composite in var.composites : length(composite.rule) <= 10240])
    error_message = "A rule has more than the 10240 characters that CloudWatch takes. Let it speak for fewer alarms."
  }

  validation {
    condition     = length(setintersection(keys(var.composites), keys(var.alarms))) == 0
    error_message = "A composite alarm has the name of another alarm. CloudWatch would take one for the other: rename one."
  }
}

variable "shown" {
  description = "Names of alarms that stand elsewhere and are shown on the dashboard as well."
  type        = list(string)
  default     = []
}

variable "failures" {
  description = "Events that tell of a failure, by the name of the rule that catches them: the pattern as JSON, and who is told."
  type        = map(object({ description = string, pattern = string, topics = list(string) }))
  default     = {}
}

variable "dashboard" {
  description = "The name of the dashboard and its widgets, as CloudWatch has them but for the states of alarms on top; null for none."
  type        = any
  default     = null
}

variable "overview" {
  description = "The name of the dashboard across regions and its widgets, as CloudWatch has them; null for none."
  type        = any
  default     = null
}

variable "queries" {
  description = "Saved queries of Logs Insights by name: the log groups that they are about, and the text."
  type        = map(object({ log_groups = list(string), text = string }))
  default     = {}
}

variable "log_detectors" {
  description = "Detectors of unusual lines, by name: the ARN of the log group that each learns from."
  type        = map(object({ log_group_arn = string }))
  default     = {}
}
