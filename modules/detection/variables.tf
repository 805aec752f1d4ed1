variable "name" {
  description = "The name of what has one."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,254}$", var.name))
    error_message = "name is \"${var.name}\". Take up to 255 letters, digits, dots, hyphens and underscores, a letter first."
  }
}

variable "detectors" {
  description = "What is switched on in this region: guardduty, access-analyzer, securityhub, config."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.detectors, ["access-analyzer", "config", "guardduty", "securityhub"])) == 0
    error_message = "detectors names ${join(", ", setsubtract(var.detectors, ["access-analyzer", "config", "guardduty", "securityhub"]))}. There are access-analyzer, config, guardduty and securityhub."
  }

  validation {
    condition     = contains(var.detectors, "config") == (var.config != null)
    error_message = "config is switched on by what it is told: give both, or neither."
  }
}

variable "config" {
  description = "AWS Config: the bucket that it delivers to, whether it records IAM here, and its rules by name. null: it is not switched on."
  type = object({
    account     = string
    bucket      = string
    records_iam = bool
    rules       = map(object({ identifier = string, description = string }))
  })
  default = null

  validation {
    condition     = var.config == null ? true : can(regex("^[0-9]{12}$", var.config.account))
    error_message = "account is no account: write its 12 digits."
  }

  validation {
    condition     = var.config == null ? true : alltrue([for rule in values(var.config.rules) : can(regex("^[A-Z0-9_]+$", rule.identifier))])
    error_message = "A rule has no identifier of AWS Config: S3_BUCKET_SSL_REQUESTS_ONLY is one."
  }
}

variable "findings" {
  description = "Findings that are told, by the name of the rule that catches them: the pattern of the event as JSON."
  type        = map(object({ description = string, pattern = string }))
  default     = {}

  validation {
    condition     = alltrue([for finding in var.findings : can(jsondecode(finding.pattern).source)])
    error_message = "A pattern names no source. Every event of the account would be told."
  }
}

variable "topic_arns" {
  description = "The topics of those who are told, by name."
  type        = map(string)
  default     = {}
}

variable "maintenance" {
  description = "Whether the system is being worked on: nothing is told then."
  type        = bool
  default     = false
  nullable    = false
}
