variable "account" {
  description = "The account that owns the keys: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "region" {
  description = "The region that the provider of this module works in; key policies name its log service."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "keys" {
  description = <<-EOT
    The keys by logical name.
      alias:         the whole alias, with its "alias/"; identity policies find the key by it (kms:ResourceAliases).
      description:   what the key protects.
      log_groups:    ARNs or ARN patterns of the log groups that CloudWatch Logs encrypts with it.
      trails:        ARNs of the trails that CloudTrail encrypts with it.
      disks:         whether instances that Auto Scaling or Spot start have disks under it.
      topics:        ARNs of the topics that CloudWatch and EventBridge publish to, encrypted with it.
      log_detectors: whether detectors of unusual lines keep what they find under it.
      lustre:        whether a bucket under it is linked to a Lustre file system.
      deletion_days: days between the request to delete the key and the loss of all that it protects.
  EOT
  type = map(object({
    alias         = string
    description   = string
    log_groups    = optional(list(string), [])
    trails        = optional(list(string), [])
    disks         = optional(bool, false)
    lustre        = optional(bool, false)
    topics        = optional(list(string), [])
    log_detectors = optional(bool, false)
    deletion_days = number
  }))

  validation {
    condition     = alltrue([for key in var.keys : can(regex("^alias/[a-zA-Z0-9/_-]{1,250}$", key.alias)) && !startswith(key.alias, "alias/aws/")])
    error_message = "An alias is not one that KMS takes. Write alias/ and up to 250 letters, digits, /, _ or -; alias/aws/ belongs to AWS."
  }

  validation {
    condition     = length(distinct([for key in var.keys : key.alias])) == length(var.keys)
    error_message = "Two keys share an alias. An alias names one key of a region: give each its own."
  }

  validation {
    condition     = alltrue([for key in var.keys : key.deletion_days >= 7 && key.deletion_days <= 30])
    error_message = "deletion_days is outside 7 to 30, the range of KMS. Take 30 where the key protects data, 7 where nothing is lost."
  }

  validation {
    condition     = alltrue([for arn in flatten([for key in var.keys : key.log_groups]) : startswith(arn, "arn:aws:logs:${var.region}:${var.account}:log-group:")])
    error_message = "A log group lies in another account or region. CloudWatch Logs uses keys of its own account and region: begin with arn:aws:logs:${var.region}:${var.account}:log-group:."
  }

  validation {
    condition     = alltrue([for arn in flatten([for key in var.keys : key.trails]) : can(regex("^arn:aws:cloudtrail:[a-z0-9-]+:${var.account}:trail/[^*]+$", arn))])
    error_message = "A trail is not named by its whole ARN. Write arn:aws:cloudtrail:<region>:${var.account}:trail/<name>, without a wildcard."
  }

  validation {
    condition     = alltrue([for arn in flatten([for key in var.keys : key.topics]) : can(regex("^arn:aws:sns:${var.region}:${var.account}:[A-Za-z0-9_-]+$", arn))])
    error_message = "A topic is not named by its whole ARN, or lies in another account or region. Write arn:aws:sns:${var.region}:${var.account}:<name>, without a wildcard."
  }
}
