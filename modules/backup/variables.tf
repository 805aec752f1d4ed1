variable "name" {
  description = "Name of the vault, and of the plan that fills it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{2,50}$", var.name))
    error_message = "name is \"${var.name}\". A vault takes 2 to 50 letters, digits, hyphens and underscores."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts what is kept, of the vault's own region; not the one of what it is kept of."
  type        = string
  nullable    = false
}

variable "retention_days" {
  description = "How long a recovery point is kept."
  type        = number

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "retention_days is ${var.retention_days}. AWS Backup keeps 1 to 36500 days."
  }
}

variable "locked" {
  description = "Mode of the vault's lock: governance, compliance, or null for none."
  type        = string
  default     = null

  validation {
    condition     = var.locked == null ? true : contains(["compliance", "governance"], var.locked)
    error_message = "locked is \"${coalesce(var.locked, "null")}\". There are governance and compliance."
  }
}

variable "protect" {
  description = "Refuse to lose what is kept before its time."
  type        = bool
  default     = true
  nullable    = false
}

variable "resources" {
  description = "ARNs of what is kept, by the entry that it belongs to; none for a vault that only takes copies."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "copies" {
  description = "Vaults that every recovery point is copied to: region => ARN."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "role_name" {
  description = "Name of the role that AWS Backup works under."
  type        = string
  default     = "backup"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "role_name is \"${var.role_name}\". A role takes 1 to 64 letters, digits and + = , . @ _ -."
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
  default  = []
  nullable = false

  validation {
    condition     = length(var.resources) == 0 || length(var.statements) > 0
    error_message = "A role without a permission keeps nothing: IAM refuses a policy without statements."
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
