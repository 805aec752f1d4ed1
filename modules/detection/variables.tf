variable "name" {
  description = "The name of what has one."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,254}$", var.name))
    error_message = "name is \"${var.name}\". Take up to 255 letters, digits, dots, hyphens and underscores, a letter first."
  }
}

variable "detectors" {
  description = "What is switched on in this region: guardduty, access-analyzer, securityhub."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.detectors, ["access-analyzer", "guardduty", "securityhub"])) == 0
    error_message = "detectors names ${join(", ", setsubtract(var.detectors, ["access-analyzer", "guardduty", "securityhub"]))}. There are access-analyzer, guardduty and securityhub."
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
