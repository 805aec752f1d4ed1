variable "name" {
  description = "Physical name of the watch that the loop is of."
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
  description = "KMS key of the ledger, of logs and of the environment of functions."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
}

variable "protect" {
  description = "Whether the ledger refuses to be deleted."
  type        = bool
  default     = true
}

variable "table_name" {
  description = "Name of the ledger: which alarms are known, who trains, until when there is rest."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.table_name))
    error_message = "A table's name is 3 to 255 letters, digits and _.-"
  }
}

variable "shift_parameter" {
  description = "Name of the SSM parameter that says whether traffic shifts to another version."
  type        = string

  validation {
    condition     = startswith(var.shift_parameter, "/")
    error_message = "The name of a parameter begins with a slash here."
  }
}

variable "code" {
  description = "The archive of the steps: a file of the output, and its hash in base64."
  type = object({
    file = string
    hash = string
  })
}

variable "steps" {
  description = "The functions of the steps: retrain and deploy."
  type = map(object({
    name       = string
    log_group  = string
    memory_mib = optional(number, 1024)
    role_name  = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  }))

  validation {
    condition     = toset(keys(var.steps)) == toset(["deploy", "retrain"])
    error_message = "The steps are those of retrain and of deploy."
  }

  validation {
    condition     = alltrue([for a in flatten([for step in var.steps : step.statements[*].actions]) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "machines" {
  description = "The state machines: retrain and deploy, each with its definition in Amazon States Language."
  type = map(object({
    name       = string
    definition = string
    log_group  = string
    role_name  = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  }))

  validation {
    condition     = toset(keys(var.machines)) == toset(["deploy", "retrain"])
    error_message = "The machines are retrain and deploy."
  }

  validation {
    condition     = alltrue([for machine in var.machines : startswith(machine.log_group, "/aws/vendedlogs/")])
    error_message = "Logs that AWS delivers go to a group under /aws/vendedlogs/, whose policy does not grow."
  }

  validation {
    condition     = alltrue([for a in flatten([for machine in var.machines : machine.statements[*].actions]) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "rule" {
  description = "What starts a retraining: alarms of one watch of one model, by severity and kind."
  type = object({
    name       = string
    watch      = string
    model      = string
    severities = optional(list(string), ["warning", "critical"])
    kinds      = list(string)
    role_name  = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  })

  validation {
    condition     = length(var.rule.kinds) > 0 && length(var.rule.severities) > 0
    error_message = "A rule without a kind or a severity hears of nothing."
  }
}

variable "strayed" {
  description = "Alarm on how far the answers of a version that is being deployed lie from where they should: its name, the metric, the endpoint, and the share that is let pass."
  type = object({
    alarm     = string
    namespace = string
    name      = string
    endpoint  = string
    threshold = number
  })

  validation {
    condition     = var.strayed.threshold > 0 && var.strayed.threshold < 1
    error_message = "A share of answers lies between 0 and 1."
  }
}

variable "bus_name" {
  description = "Name of the bus that alarms come by."
  type        = string
}

variable "dead_letters" {
  description = "Name of the queue of events that could not be delivered."
  type        = string
}

variable "topics" {
  description = "ARNs of the topics that hear of runs that have not ended well."
  type        = list(string)
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
