variable "name" {
  description = "Physical name: of the schedule and its group."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "A name is 2 to 63 lower-case letters, digits and hyphens, and starts with a letter."
  }
}

variable "account" {
  description = "Account that everything here belongs to: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account is twelve digits."
  }
}

variable "region" {
  description = "Region of the provider that this module is given."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "key_arn" {
  description = "KMS key of what is sent."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "expression" {
  description = "When: rate(…) or cron(…), in UTC."
  type        = string

  validation {
    condition     = can(regex("^(rate|cron)\\([^()]+\\)$", var.expression))
    error_message = "A schedule is rate(12 hours) or cron(0 3 ? * SUN *)."
  }
}

variable "call" {
  description = "What is called: a service and an operation of the AWS SDK, like batch:submitJob."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+:[a-z][A-Za-z]+$", var.call))
    error_message = "A call is service:operation, like batch:submitJob."
  }
}

variable "input" {
  description = "The arguments of the call, as JSON; keywords such as <aws.scheduler.execution-id> are filled in."
  type        = string
}

variable "role_name" {
  description = "Name of the role that calls."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role name has at most 64 characters."
  }
}

variable "statements" {
  description = "All that the role may do. conditions: operator => key => values."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))

  validation {
    condition     = length(var.statements) > 0
    error_message = "A role without a permission needs no policy: IAM refuses one without statements."
  }

  validation {
    condition     = alltrue([for s in var.statements : can(regex("^[A-Za-z0-9]+$", s.sid))])
    error_message = "A sid has letters and digits only."
  }

  validation {
    condition     = alltrue([for a in flatten(var.statements[*].actions) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "iam_path" {
  description = "Path of the roles here, and of what goes with them."
  type        = string
  default     = "/"

  # IAM API, CreateRole: Path.
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "A path begins and ends with a slash and has at most 512 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the roles here may ever do. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A boundary is given by the ARN of a policy."
  }
}
